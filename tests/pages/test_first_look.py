"""No page opens with a hole where a gradient is: it opens at the last moment that has one."""

import numpy as np
import pytest

from core import pictures
from core.pictures.packing import plane_of
from pages.shared.recorded import last_with_gradient
from tests.core.small_runs import small
from tests.pages.conftest import scopes

STACKS = {
    "two_linear": {"options": {"hidden": 16}},
    "transformer": {"data": "recall", "architecture": "transformer", "options": {}},
    "lstm": {"data": "recall", "architecture": "lstm", "options": {}},
    "lenet": {"architecture": "lenet", "options": {"filters": 3}},
}


def opened(tab):
    """The first scope of a page, and the place of the frame that it opens at."""
    packed = next(
        c.proto.bytes
        for c in tab.get("bidi_component")
        if "layerscope_scope" in c.proto.component_name
    )
    header, _ = pictures.unpack(packed)
    steps = [frame["step"] for frame in header["frames"]]
    return packed, header, max(n for n, step in enumerate(steps) if step <= header["step"])


@pytest.mark.parametrize("name", STACKS)
def test_every_layer_that_learns_opens_with_its_gradients(open_page, make_run, name):
    run = make_run(settings=small(**{"share": 0.02, "epochs": 2} | STACKS[name]))
    assert not any(
        kind.endswith("_gradient") for _, kind in run.moments(run.steps()[-1:])[0].arrays
    )
    for layer in run.settings().drawn_layers:
        if not layer.weights:
            continue
        for page in ("layer.py", "weights.py"):
            packed, header, at = opened(open_page(page, run=run.id, layer=layer.name))
            planes = [
                plane for card in header["cards"] for plane in card["planes"]
                if plane["role"] == "gradient"
            ]  # fmt: skip
            assert planes
            for plane in planes:
                assert np.ptp(plane_of(packed, plane["id"], at)) > 0, (page, layer.name, plane)


def test_the_last_moment_with_a_gradient_is_the_one_before_the_end(make_run):
    run = make_run(settings=small())
    steps = run.steps()
    assert last_with_gradient(run, steps, "linear1") == steps[-2]
    assert last_with_gradient(run, steps, "relu1") == steps[-1]


def test_a_link_to_the_last_moment_shows_the_last_moment(open_page, make_run):
    run = make_run(settings=small())
    last = str(run.steps()[-1])
    tab = open_page("weights.py", run=run.id, layer="linear1", step=last)
    assert opened(tab)[1]["step"] == int(last) and scopes(tab)
