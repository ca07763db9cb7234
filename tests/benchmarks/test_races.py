"""The benchmarks of races: which runs they train, and what counts as repeated."""

from benchmarks.race_killed import is_repeated, went_on
from benchmarks.races import one_by_one, twelve_runs
from tests.core.races.conftest import small_plan

BEFORE = [(0, "created"), (0, "started"), (900, "interrupted"), (900, "created")]


def test_a_race_has_twelve_runs_of_two_sizes():
    plan = twelve_runs()
    assert len(plan.cells) == 12 and {plan.size(cell) for cell in plan.cells} == {3000, 10000}
    assert len(twelve_runs(values=[0], seeds=[0, 1]).cells) == 2


def test_what_goes_on_from_its_checkpoint_is_not_repeated():
    assert went_on([*BEFORE, (800, "resumed")]) == ("resumed", 800)
    assert not is_repeated([*BEFORE, (800, "resumed")], 800)
    assert is_repeated([*BEFORE, (700, "resumed")], 800)


def test_what_starts_anew_or_never_goes_on_is():
    assert is_repeated([*BEFORE, (0, "started")], 800) and is_repeated(BEFORE, 800)
    assert is_repeated([*BEFORE, (0, "started"), (950, "resumed")], 800)


def test_the_bare_loop_trains_every_run_of_a_plan():
    assert one_by_one(small_plan(seeds=[0]).model_dump_json()) > 0
