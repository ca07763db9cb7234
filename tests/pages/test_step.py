"""One training step: the page tells what the worker's step gave, and its sums come out."""

import numpy as np
import pytest

from core.checkpoints import State
from core.one_step import one_step
from core.runfile import Writer
from core.softmax import softmax
from pages.shared.arithmetic import unit_terms, unit_words
from tests.core.small_runs import small
from tests.pages.conftest import said, sound
from tests.pages.every_task import TASKS, tiny


def begun(make_run, settings=None, state="finished"):
    """A run that has kept its exact state at the random start, and the walk from there."""
    run = make_run(state, settings=settings)
    start = State(run.settings()).checkpoint()
    writer = Writer(run.path)
    writer.append([start])
    writer.close()
    return run, one_step(run.settings(), start, 3)


@pytest.fixture
def stopped(make_run):
    """A run with an exact state from which another step follows, and that step's walk."""
    return begun(make_run)


def test_the_loss_is_told_with_its_arithmetic(open_page, stopped):
    run, walk = stopped
    tab = open_page("step.py", run=run.id, example="3", after=f"{walk.step:,}")
    p = softmax(walk.outputs["linear2"].astype(float))[int(walk.target)]
    assert f"gives that p = {p:.4g}. Its loss is −ln p = **{walk.own_loss:.4g}**." in said(tab)
    assert -np.log(p) == pytest.approx(walk.own_loss, rel=1e-5)
    assert f"examples of the batch is **{walk.loss:.4g}**" in said(tab)
    assert f"training input {walk.place:,}." in said(tab)


def test_the_tables_hold_the_steps_numbers(open_page, stopped):
    run, walk = stopped
    tab = open_page("step.py", run=run.id, example="3", after=f"{walk.step:,}")
    forward, update, changed, _ = (table.value for table in tab.dataframe)
    largest = [walk.outputs[name].max() for name in forward["Layer"]]
    assert np.allclose(forward["Largest"], largest)
    sizes = [np.linalg.norm(walk.after[key] - before) for key, before in walk.before.items()]
    assert np.allclose(update["‖change‖"], sizes, rtol=1e-4)
    first = next(iter(walk.before))
    most = np.abs(walk.after[first] - walk.before[first]).max()
    assert np.abs(changed["After"] - changed["Before"])[0] == pytest.approx(most, rel=1e-4)


@pytest.mark.parametrize("name", ["linear1", "linear2"])
def test_a_units_products_add_up_to_its_pre_activation(stopped, name):
    run, walk = stopped
    for unit in range(len(walk.outputs[name])):
        terms = unit_terms(walk, name, unit).set_index("Input")
        assert terms.loc["sum", "x × w"] == pytest.approx(walk.outputs[name][unit], abs=1e-5)
        parts = terms["x × w"].drop("sum")
        assert parts.sum() == pytest.approx(terms.loc["sum", "x × w"])
        slope = walk.slopes[name][unit]
        assert f"so ∂loss ÷ ∂sum = **{slope:.6g}**" in unit_words(run.settings(), walk, name, unit)


def test_the_gradient_of_a_unit_is_what_came_times_the_derivative(stopped):
    _, walk = stopped
    slopes = walk.slopes["relu1"] * (walk.outputs["linear1"] > 0)
    assert np.allclose(walk.slopes["linear1"], slopes, atol=1e-9)


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_walked(open_page, make_run, name):
    run, _ = begun(make_run, tiny(name))
    tab = open_page("step.py", run=run.id, after="0")
    assert not tab.error and not tab.warning and "5 · The update" in said(tab)


def test_a_run_that_is_over_has_no_step_left(open_page, make_run):
    run = make_run()
    assert run.steps(exact=True)[-1] == run.settings().steps
    tab = open_page("step.py", run=run.id)
    if len(run.steps(exact=True)) == 1:
        assert "No exact state was kept" in tab.info[0].value
    else:
        assert f"Step {run.settings().steps + 1:,} looks" not in said(tab)


def test_a_running_run_can_be_paused_here(open_page, make_run, listener):
    run = make_run("running")
    listener.jobs.add(run.id)
    tab = open_page("step.py", run=run.id)
    sound(next(one for one in tab.button if one.label == "Pause the run here").click().run())
    assert ("pause", None) in listener.told


@pytest.mark.parametrize("given", [{"example": "99999"}, {"after": "7,777"}, {"unit": "999"}])
def test_a_link_that_asks_for_what_is_not_there_is_answered(open_page, stopped, given):
    tab = open_page("step.py", run=stopped[0].id, **given)
    assert "6 · One unit" in said(tab)


def test_a_worker_that_fails_is_told_in_a_sentence(open_page, stopped, listener):
    def fail(*_):
        raise RuntimeError("gone")

    listener.ask = fail
    tab = open_page("step.py", run=stopped[0].id, example="7")
    assert "No worker could take this step (RuntimeError: gone)." in tab.warning[0].value


def test_the_linear_layer_behind_convolutions_has_its_units(open_page, make_run):
    run, walk = begun(make_run, small("lenet", batch_size=16, share=0.1))
    tab = open_page("step.py", run=run.id, after="0", example="3", unit="1")
    first = next(layer.name for layer in run.settings().layers if layer.kind == "linear")
    terms = unit_terms(walk, first, 1)
    assert tab.dataframe[-1].value["x × w"].tolist() == pytest.approx(terms["x × w"].tolist())
