"""Weights from a file on the Runs page: they become a run, or a sentence says what is wrong."""

import pytest

from core import export, runs
from tests.pages.conftest import PAGES, said, sound
from tests.pages.test_runs import button
from tests.samples import is_same


def give_weights(tab, data):
    uploader = next(one for one in tab.get("file_uploader") if "safetensors" in one.label)
    uploader.set_value(("weights.safetensors", data, "application/octet-stream"))
    return sound(button(tab, "Begin a run with them").click().run())


@pytest.mark.parametrize("network", ["two_linear", "mlp", "lenet"])
def test_weights_that_are_given_become_a_run_that_every_page_shows(open_page, make_run, network):
    run = make_run(name="taught", network=network)
    step = run.steps(exact=True)[-1]
    given = export.weights(run.settings(), run.checkpoint(step))
    tab = give_weights(open_page("runs.py", run=run.id), given)
    (new,) = (runs.find(one) for one in runs.ids() if one != run.id)
    assert tab.query_params["run"] == new.id
    assert new.summary().name == "taught, weights from a file"
    assert "Begun with weights from a file" in said(tab)
    kept, now = run.checkpoint(step).arrays, new.checkpoint(0).arrays
    learned = {key for key in kept if key[0] and "/" not in key[1]}
    assert learned and all(is_same(now[key], kept[key]) for key in learned)
    assert new.summary().accuracy == run.summary().accuracy
    for page in PAGES:
        assert sound(open_page(page, run=new.id)).query_params["run"] == new.id


def test_training_goes_on_from_weights_that_were_given(open_page, make_run, listener):
    run = make_run()
    given = export.weights(run.settings(), run.last_checkpoint())
    tab = give_weights(open_page("runs.py", run=run.id), given)
    (new,) = (one for one in runs.ids() if one != run.id)
    sound(button(open_page("train.py", run=new), "Resume from the last checkpoint").click().run())
    assert listener.told[-1] == ("resume", new)
    assert tab.query_params["run"] == new


def test_weights_that_do_not_fit_are_refused_with_a_sentence(open_page, make_run, listener):
    run, other = make_run(), make_run(network="lenet")
    theirs = export.weights(other.settings(), other.last_checkpoint())
    for data, words in (
        (b"not weights \x00\xff", "This is no safetensors file"),
        (theirs, "which this network does not have"),
        (theirs[:-1], "or not a whole one"),
    ):
        tab = give_weights(open_page("runs.py", run=run.id), data)
        assert words in tab.error[0].value
        assert sorted(runs.ids()) == sorted([run.id, other.id]) and not listener.told
    tab = open_page("runs.py", run=run.id)
    assert "Choose a file first" in said(sound(button(tab, "Begin a run with them").click().run()))


def test_a_pickle_is_answered_with_two_lines_of_python(open_page, make_run):
    run = make_run()
    tab = give_weights(
        open_page("runs.py", run=run.id), b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
    )
    assert "it is a pickle" in tab.error[0].value
    lines = "save_file(torch.load('weights.safetensors', weights_only=True)"
    assert any(lines in code.value for code in tab.code)
