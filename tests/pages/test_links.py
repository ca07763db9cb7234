"""A link edited by hand: whatever it says, on any page, it breaks, writes and starts nothing."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core import runs
from tests.pages.conftest import PAGES, Listener, sound

KNOWN = (
    *("run", "step", "probe", "layer", "view", "what", "at", "function", "input", "image"),
    *("temperature", "parameter_leaky_relu", "parameter_elu", "deleted", "data", "share"),
    *("architecture", "two_linear_hidden", "two_linear_activation", "mlp_depth", "lenet_filters"),
    *("mlp_batch_norm", "mlp_dropout", "optimizer", "learning_rate", "batch_size", "epochs"),
    *("seed", "table", "own", "comparison", "task", "length"),
)
SENSIBLE = st.sampled_from(
    [
        *(
            "demo",
            "linear1",
            "linear2",
            "relu1",
            "pictures",
            "matrix",
            "distributions",
            "gradients",
        ),
        *(
            "softmax",
            "tanh",
            "leaky_relu",
            "any image",
            "7",
            "Trouser",
            "fashion",
            "digits",
            "lenet",
        ),
        *("mlp", "true", "True", "sgd", "0", "1", "-1", "12", "0.5", "1e400", "nan", "inf", "100"),
        *("99999999999", "9" * 400, "١٢", "0x10", "1_0", "../../etc/passwd", "%00", "\x00", "CON"),
        "own-0123456789abcdef",
        "<img src=x onerror=alert(1)>",
    ]
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
LINKS = st.dictionaries(st.sampled_from(KNOWN) | TEXT, SENSIBLE | TEXT, max_size=8)
ENDLESS = {"batch_size": "1e400", "seed": "-inf", "image": "9" * 400, "input": "any image"}
written: list[str] = []
listening = False


def _hear(event: str, details: tuple) -> None:
    """Notes what this process opens for writing, once it is asked to (a hook stays for ever)."""
    if (
        listening
        and event == "open"
        and isinstance(details[1], str)
        and set(details[1]) & set("wax+")
    ):
        written.append(str(details[0]))


sys.addaudithook(_hear)


def files(home: Path) -> dict[str, int]:
    """What lies in the home folder, with the time of its last change."""
    found = (home / "runs").iterdir()
    return {path.name: path.stat().st_mtime_ns for path in found if path.suffix == ".sqlite"}


@pytest.mark.parametrize("page", PAGES)
def test_no_link_breaks_a_page_or_does_anything(
    home, listener: Listener, open_page, make_run, page
):
    global listening
    own = [make_run("finished").id, make_run("running", network="lenet").id, make_run("damaged").id]
    open_page(page)
    before = files(home)

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(LINKS, st.sampled_from([*own, "demo", "", "0" * 26, None]))
    @example(ENDLESS, None)
    def garbage(query, run_id):
        if run_id is not None:
            query = {**query, "run": run_id}
        sound(open_page(page, **query))

    written.clear()
    listening = True
    try:
        garbage()
    finally:
        listening = False
    assert not [path for path in written if str(home) in path]
    assert files(home) == before
    asked = ("outputs", "one_step", "sentences")  # questions, which change nothing
    assert [told for told, _ in listener.told if told not in asked] == []
    assert len(runs.ids()) == 3


@pytest.mark.parametrize(
    "name", ["../x", "..\\x", "C:", "//h/x", "%2e%2e", "CON", "a" * 300, "\x00"]
)
def test_a_run_is_looked_up_and_never_a_path(home, listener, open_page, name):
    (home / "x.sqlite").write_bytes(b"secret")
    (home / "x.deleted").write_bytes(b"secret")
    tab = open_page("weights.py", run=name)
    assert "not on this machine" in tab.warning[0].value
    tab = open_page("runs.py", deleted=name)
    undo = next(button for button in tab.button if "back" in button.label)
    assert "deleted for good" in sound(undo.click().run()).warning[0].value
    assert (home / "x.sqlite").read_bytes() == b"secret" == (home / "x.deleted").read_bytes()
