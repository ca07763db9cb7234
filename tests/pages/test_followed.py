"""A number that was clicked opens as itself: of that input, at that moment."""

import numpy as np
import pytest

from core import runs
from pages.shared.scope import Seen, _clicked
from tests.core.small_runs import small
from tests.pages.conftest import said


def recorded(run, step, layer):
    return run.moments([step], layer=layer)[0].arrays[layer, "output"].numbers()


@pytest.mark.parametrize(("probe", "unit"), [(3, 7), (0, 0), (9, 5)])
def test_a_link_names_a_moment_and_an_input_and_their_number_is_told(
    open_page, make_run, probe, unit
):
    run = make_run(settings=small())
    step = run.steps()[-2]
    link = {"run": run.id, "step": str(step), "probe": str(probe), "layer": "linear2"}
    tab = open_page("step.py", **link, unit=str(unit))
    gave = recorded(run, step, "linear2")[probe][unit]
    assert f"PyTorch gave **{gave:.6g}**" in said(tab)
    assert f"Step {step:,}" in said(tab) and "evaluation" in said(tab)


def test_a_click_hands_on_the_moment_and_the_input_that_were_shown(
    open_page, make_run, monkeypatch
):
    run = make_run(settings=small())
    step = run.steps()[3]
    clicks = [Seen(None, None, None, None, ("linear2", (4, 0, 0)), (step, 6))]
    nothing = Seen(None, None, None, None)
    monkeypatch.setattr("pages.shared.scope.scope", lambda *_: clicks.pop() if clicks else nothing)
    tab = open_page("layer.py", run=run.id, layer="linear2")
    gave = recorded(run, step, "linear2")[6][4]
    assert f"PyTorch gave **{gave:.6g}**" in said(tab)


def test_what_cannot_be_told_of_a_moment_is_said_with_its_number(open_page):
    demo = runs.find("demo")  # 16 of its 128 units are recorded, and no exact weights
    step = demo.steps()[-1]
    link = {"run": "demo", "step": str(step), "probe": "1", "layer": "linear2", "unit": "4"}
    tab = open_page("step.py", **link)
    gave = recorded(demo, step, "linear2")[1][4]
    told = tab.error[0].value.replace("\\", "").replace("\u2060", "")
    assert f"was recorded as {gave:.4g}." in told and "in part only" in told


def test_a_training_step_is_one_press_away(open_page, make_run):
    run = make_run(settings=small())
    tab = open_page("step.py", run=run.id, step="2", probe="1", layer="linear1", unit="3")
    next(button for button in tab.button if "training step" in button.label).click().run()
    assert "2 · Forward" in said(tab) and "probe" not in tab.query_params


def test_a_click_without_a_moment_is_one_of_a_training_step():
    assert _clicked("conv1:3:5:7:120:2") == (("conv1", (3, 5, 7)), (120, 2))
    assert _clicked("conv1:3:5:7") == (("conv1", (3, 5, 7)), None)
    for hostile in ("conv1:3:5", "conv1:3:5:7:1", "a:-1:2:3:4:5", "x" * 300, "a:1:2:3:4:²"):
        assert _clicked(hostile) == (None, None)


def test_a_step_that_is_not_recorded_says_which_one_is_shown(open_page, make_run):
    run = make_run(settings=small())
    last = run.steps()[-1]
    tab = open_page("step.py", run=run.id, step=str(last + 500), probe="1", layer="linear1")
    assert f"Step {last + 500:,} was not recorded" in said(tab)
    assert np.isfinite(recorded(run, last, "linear1")).all()
