"""The plan of a race: its runs, their settings, and the sentences for what cannot be."""

import pytest

from core.races.outcomes import WAITING, Outcome
from core.races.plan import SIZE, Cell, Contestant, Plan, plan_from
from core.settings import settings_from
from core.unfit import Unfit

MLP = Contestant(name="MLP", settings=settings_from({"architecture": "mlp", "data": "digits"}))
TWO = Contestant(
    name="Two", settings=settings_from({"architecture": "two_linear", "data": "digits"})
)


def a_plan(**more):
    given = {"name": "A race", "contestants": [MLP, TWO], "values": [100, 0], "seeds": [0, 1]}
    return Plan.model_validate({**given, **more})


def test_every_contestant_has_every_value_and_every_seed_once():
    plan = a_plan()
    assert len(set(plan.cells)) == len(plan.cells) == 8
    assert plan.cells[:4] == (Cell(0, 0, 0), Cell(1, 0, 0), Cell(0, 1, 0), Cell(1, 1, 0))


def test_the_runs_differ_in_nothing_but_contestant_size_and_seed():
    plan = a_plan(epochs=3)
    total = MLP.settings.dataset.train_size
    for cell in plan.cells:
        settings, alone = plan.settings(cell), plan.contestants[cell.contestant].settings
        assert settings.images == (100 if cell.value == 0 else total) == plan.size(cell)
        assert (settings.seed, settings.epochs) == (cell.seed, 3)
        varied = {"seed", "epochs", "share", "recorded_units", "seconds"}
        assert settings.model_dump(exclude=varied) == alone.model_dump(exclude=varied)


def test_all_inputs_can_be_named_by_their_number_and_few_units_are_recorded():
    total = MLP.settings.dataset.train_size
    plan = a_plan(values=[total])
    assert plan.size(Cell(0, 0, 0)) == total
    assert plan.settings(Cell(0, 0, 0)).recorded_units == 32
    assert plan.settings(Cell(1, 0, 0)).recorded_units == 32
    with pytest.raises(ValueError, match=f"not {total + 1:,}"):
        a_plan(values=[total + 1])


@pytest.mark.parametrize(
    ("most", "more"),
    [
        ({"contestants": 8, "values": 1}, {"contestants": 9, "values": 1}),
        ({"values": 12}, {"values": 13}),
        ({"seeds": 20}, {"seeds": 21}),
        ({"epochs": 1000}, {"epochs": 1001}),
        ({"epochs": 1}, {"epochs": 0}),
        ({"seconds": 3600}, {"seconds": 3601}),
        ({"seconds": 0.001}, {"seconds": 0}),
    ],
)
def test_a_race_has_its_bounds_and_may_reach_them(most, more):
    def of_size(contestants=1, values=1, seeds=1, epochs=None, seconds=None):
        ones = [MLP.model_copy(update={"name": f"{place}"}) for place in range(contestants)]
        places = {"values": list(range(2, 2 + values)), "seeds": list(range(seeds))}
        budget = {"epochs": 1 if epochs is seconds is None else epochs, "seconds": seconds}
        return a_plan(contestants=ones, **places, **budget)

    assert of_size(**most).cells
    with pytest.raises(ValueError):
        of_size(**more)


def test_a_run_that_has_not_begun_has_no_curve_and_no_score():
    outcome = Outcome(Cell(0, 0, 0))
    assert [len(column) for column in vars(outcome.curve).values()] == [0, 0, 0]
    assert (outcome.state, outcome.score, outcome.seconds) == (WAITING, None, 0)
    assert (outcome.step, outcome.steps, outcome.examples) == (0, 0, 0)


def test_four_hundred_runs_are_not_too_many():
    plan = a_plan(values=list(range(2, 12)), seeds=list(range(20)))
    assert len(plan.cells) == 400
    with pytest.raises(ValueError, match="440 runs; a race has at most 400"):
        a_plan(values=list(range(2, 13)), seeds=list(range(20)))


def test_a_setting_can_be_varied_instead_of_the_size():
    plan = a_plan(varied="learning_rate", values=[0.1, 0.01])
    assert [plan.settings(Cell(1, v, 0)).learning_rate for v in (0, 1)] == [0.1, 0.01]
    assert plan.settings(Cell(0, 0, 0)).images == MLP.settings.dataset.train_size


def test_the_length_of_a_task_for_memory_can_be_varied():
    gru = {"architecture": "gru", "data": "recall"}
    plan = a_plan(
        contestants=[Contestant(name="GRU", settings=settings_from(gru))],
        varied="length",
        values=[10, 30, 60],
    )
    found = [plan.settings(Cell(0, v, 0)) for v in range(3)]
    assert [one.dataset.shape for one in found] == [(10,), (30,), (60,)]
    assert [one.length for one in found] == [10, 30, 60]
    assert plan_from(plan.model_dump_json()) == plan and plan.value_word(2) == "60"
    with pytest.raises(ValueError, match="GRU: a length is a whole number, not 10.5"):
        Plan.model_validate({**plan.model_dump(), "values": [10.5]})


def test_an_option_that_is_varied_makes_another_network():
    wide = a_plan(contestants=[MLP], varied="depth", values=[1, 4])
    layers = [len(wide.settings(Cell(0, v, 0)).layers) for v in (0, 1)]
    assert layers[0] < layers[1]
    narrow = a_plan(contestants=[MLP], varied="dropout", values=[0.25, 0])
    assert [narrow.settings(Cell(0, v, 0)).options["dropout"] for v in (0, 1)] == [0.25, 0]
    normed = a_plan(contestants=[MLP], varied="batch_norm", values=[0, 1])
    assert [normed.settings(Cell(0, v, 0)).options["batch_norm"] for v in (0, 1)] == [False, True]
    assert all(isinstance(wide.settings(Cell(0, v, 0)).options["depth"], int) for v in (0, 1))


def test_a_budget_of_seconds_ends_a_run_by_its_clock():
    plan = a_plan(epochs=None, seconds=0.5, contestants=[MLP])
    settings = plan.settings(plan.cells[0])
    assert (settings.seconds, settings.epochs, settings.schedule) == (0.5, 1000, "constant")


def test_a_plan_survives_json():
    plan = a_plan()
    assert plan_from(plan.model_dump_json()) == plan


def test_one_more_can_take_part():
    plan = a_plan(contestants=[MLP]).with_contestant(TWO)
    assert [one.name for one in plan.contestants] == ["MLP", "Two"]
    with pytest.raises(Unfit, match="one name"):
        plan.with_contestant(TWO)


def test_values_are_called_by_what_they_are():
    plan = a_plan(values=[1000, 0])
    assert [plan.value_word(v) for v in (0, 1)] == ["1,000", f"all {plan.size(Cell(0, 1, 0)):,}"]
    assert plan.varied == SIZE


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"values": [10**9]}, "MLP: there are 1,437 training inputs, not 1,000,000,000"),
        ({"values": [10.5]}, "whole number"),
        ({"values": [-1]}, "whole number"),
        ({"values": [1, 1]}, "a value is there twice"),
        ({"seeds": [3, 3]}, "a seed is there twice"),
        ({"seeds": list(range(20)), "values": list(range(1, 12))}, "440 runs"),
        ({"seconds": 1.0}, "epochs or of seconds"),
        ({"epochs": None}, "epochs or of seconds"),
        ({"varied": "filters"}, "no setting filters"),
        ({"varied": "depth", "values": [2, 2.5], "contestants": [MLP]}, "not 2.5"),
        ({"varied": "batch_size", "values": [0]}, "Batch size"),
        ({"varied": "batch_size", "values": [8.5]}, "MLP: a batch size is a whole number, not 8.5"),
        ({"varied": "length", "values": [10]}, "MLP: Digits 8x8 cannot be had in another length"),
        ({"contestants": [MLP, MLP]}, "one name"),
        ({"contestants": []}, "at least 1"),
        ({"values": list(range(29))}, "Values: there can be 12 at most, not 29"),
        ({"unknown": 1}, "Unknown"),
    ],
)
def test_what_cannot_be_raced_is_named(wrong, said):
    given = {"name": "A race", "contestants": [MLP, TWO], "values": [100], "seeds": [0, 1]}
    given["contestants"] = [MLP.model_dump(mode="json"), TWO.model_dump(mode="json")]
    given |= {
        k: [c.model_dump(mode="json") for c in v] if k == "contestants" else v
        for k, v in wrong.items()
    }
    with pytest.raises(Unfit) as fault:
        plan_from(given)
    assert said.lower() in str(fault.value).lower()
