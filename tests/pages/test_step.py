"""One training step: the page tells what the worker's step gave, and its sums come out."""

import json

import numpy as np
import pytest

from core.arithmetic import made
from core.checkpoints import State
from core.one_step import one_step
from core.pictures import unpack
from core.runfile import Writer
from core.softmax import softmax
from pages.shared.arithmetic import SHOWN, terms
from tests.core.small_runs import small
from tests.pages.conftest import numbers, said, sound
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
    forward, update, changed = (table.value for table in tab.dataframe[-3:])
    largest = [walk.outputs[name].max() for name in forward["Layer"]]
    assert np.allclose(forward["Largest"], largest)
    moved = [walk.after[key] - before for key, before in walk.before.items()]
    sizes = [np.sqrt((change**2).mean()) for change in moved]
    assert np.allclose(update["RMS of change"], sizes, rtol=1e-4)
    assert np.allclose(bars_of(tab), [np.sqrt((one**2).mean()) for one in walk.slopes.values()])
    first = next(iter(walk.before))
    most = np.abs(walk.after[first] - walk.before[first]).max()
    assert np.abs(changed["After"] - changed["Before"])[0] == pytest.approx(most, rel=1e-4)


def bars_of(tab):
    """The lengths of the bars of the gradient on its way back."""
    specs = (json.loads(one.proto.spec) for one in tab.get("plotly_chart"))
    (bars,) = (spec["data"][0] for spec in specs if spec["data"][0]["type"] == "bar")
    return numbers(bars["x"])


@pytest.mark.parametrize("name", ["linear1", "linear2"])
def test_a_units_largest_products_the_others_and_the_bias_add_up(stopped, name):
    run, walk = stopped
    for unit in range(len(walk.outputs[name])):
        found = made(run.settings(), walk, name, (unit,))
        table = terms(found).set_index("Number")["x × w"]
        assert table["sum"] == pytest.approx(walk.outputs[name][unit], abs=1e-5)
        assert table.drop("sum").sum() == pytest.approx(table["sum"])
        assert len(table) == SHOWN + 3
        sizes = table.iloc[:SHOWN].abs().tolist()
        assert sizes == sorted(sizes, reverse=True)


def test_the_page_tells_the_sum_the_function_and_the_gradients(open_page, stopped):
    run, walk = stopped
    tab = open_page("step.py", run=run.id, example="3", layer="relu1", unit="5")
    sum_, bent = (float(walk.outputs[name][5]) for name in ("linear1", "relu1"))
    assert f"PyTorch gave **{sum_:.6g}**" in said(tab) and f"PyTorch gave **{bent:.6g}**" in said(
        tab
    )
    assert f"∂loss ÷ ∂ it = **{float(walk.slopes['linear1'][5]):.6g}**" in said(tab)
    came = float(walk.slopes["relu1"][5])
    assert f"The gradient that comes back is {came:.6g}; times the derivative" in said(tab)


def test_a_clicked_number_is_the_one_that_is_told(open_page, stopped, monkeypatch):
    from pages.shared import stages
    from pages.shared.scope import Seen

    run, walk = stopped
    clicks = [Seen(None, None, None, None, ("linear2", (7, 0, 0)))]
    given = []

    def scope(packed, key):
        given.append(unpack(packed)[0]["marks"])
        return clicks.pop() if clicks else Seen(None, None, None, None)

    monkeypatch.setattr(stages, "scope", scope)
    tab = open_page("step.py", run=run.id, example="3")
    assert f"PyTorch gave **{float(walk.outputs['linear2'][7]):.6g}**" in said(tab)
    assert given[-1] == {"linear2/output": [7, 0, 0], "linear2/slope": [7, 0, 0]}
    assert (tab.session_state["layer"], tab.query_params["unit"]) == ("linear2", "7")
    assert tab.query_params["example"] == "3"


def test_the_gradient_of_a_unit_is_what_came_times_the_derivative(stopped):
    _, walk = stopped
    slopes = walk.slopes["relu1"] * (walk.outputs["linear1"] > 0)
    assert np.allclose(walk.slopes["linear1"], slopes, atol=1e-9)


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_walked(open_page, make_run, name):
    run, _ = begun(make_run, tiny(name))
    tab = open_page("step.py", run=run.id, after="0")
    assert not tab.error and not tab.warning and "5 · The update" in said(tab)


def test_of_a_run_that_is_over_the_first_step_can_be_walked(open_page, make_run):
    run = make_run()
    assert not run.steps(exact=True) or run.steps(exact=True)[-1] == run.settings().steps
    tab = open_page("step.py", run=run.id, after="0")
    assert "Step 1 looks at" in said(tab)
    walk = one_step(run.settings(), None)
    assert f"Its loss is −ln p = **{walk.own_loss:.4g}**." in said(tab)


def test_a_running_run_can_be_paused_here(open_page, make_run, listener):
    run = make_run("running")
    listener.jobs[run.id] = None
    tab = open_page("step.py", run=run.id)
    sound(next(one for one in tab.button if one.label == "Pause the run here").click().run())
    assert ("pause", None) in listener.told


@pytest.mark.parametrize("given", [{"example": "99999"}, {"after": "7,777"}, {"unit": "999"}])
def test_a_link_that_asks_for_what_is_not_there_is_answered(open_page, stopped, given):
    tab = open_page("step.py", run=stopped[0].id, **given)
    assert "2 · Forward" in said(tab) and "PyTorch gave" in said(tab)


def test_a_worker_that_fails_is_told_in_a_sentence(open_page, stopped, listener):
    def fail(*_):
        raise RuntimeError("gone")

    listener.ask = fail
    tab = open_page("step.py", run=stopped[0].id, example="7")
    assert "No worker could take this step (RuntimeError: gone)." in tab.warning[0].value


def test_a_number_of_a_convolution_is_told_by_its_map_row_and_column(open_page, make_run):
    run, walk = begun(make_run, small("lenet", batch_size=16, share=0.1))
    given = {"layer": "conv1", "map": "1", "row": "3", "column": "4"}
    tab = open_page("step.py", run=run.id, after="0", example="3", **given)
    assert "channel 1 · row 3 · column 4" in said(tab)
    found = made(run.settings(), walk, "conv1", (1, 3, 4))
    shown = tab.dataframe[0].value["x × w"]
    assert shown.tolist() == pytest.approx(terms(found)["x × w"].tolist())
    assert shown.iloc[-1] == pytest.approx(float(walk.outputs["conv1"][1, 3, 4]), abs=1e-5)
