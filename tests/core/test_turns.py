"""Whose turn it is: single runs before those of races, which stand back."""

from types import SimpleNamespace
from typing import Any

from core.turns import RUNS_A_WORKER, given, in_line, turned


def job(worker: str = "", race: str = "", rests: bool = False, yields: bool = False) -> Any:
    return SimpleNamespace(worker=worker, race=race, rests=rests, yields=yields)


def test_single_runs_come_first_each_kind_in_its_order():
    jobs = {"r1": job(race="r"), "a": job(), "r2": job(race="q"), "b": job()}
    assert in_line(jobs, list(jobs)) == ["a", "b", "r1", "r2"]


def test_each_begins_where_the_fewest_train():
    jobs = {"old": job("w1"), "a": job(), "b": job(), "c": job()}
    assert given(jobs, ["a", "b", "c"], ["w1", "w2"]) == {"a": "w2", "b": "w1", "c": "w2"}


def test_a_worker_has_so_many_runs_at_most_and_the_rest_waits():
    jobs = {f"{n}": job("w1") for n in range(RUNS_A_WORKER - 1)} | {"a": job(), "b": job()}
    assert given(jobs, ["a", "b"], ["w1"]) == {"a": "w1"}
    assert given(jobs, ["a", "b"], []) == {}


def test_a_races_run_waits_for_a_worker_with_nothing_else_to_do():
    jobs = {"single": job("w1"), "r1": job(race="r"), "r2": job(race="r")}
    assert given(jobs, ["r1", "r2"], ["w1", "w2"]) == {"r1": "w2"}
    jobs["r1"].worker = "w2"
    assert given(jobs, ["r2"], ["w1", "w2"]) == {}
    jobs["single"].rests = True  # somebody looks at it, and nothing is computed
    assert given(jobs, ["r2"], ["w1", "w2"]) == {"r2": "w1"}
    jobs["r1"].rests = jobs["r1"].yields = True  # it will go on
    assert given(jobs, ["r2"], ["w2"]) == {}


def test_a_race_that_rests_begins_no_run_and_holds_no_other_up():
    jobs = {"r1": job(race="r"), "q1": job(race="q"), "r2": job(race="r")}
    assert given(jobs, ["r1", "q1", "r2"], ["w1", "w2"], {"r"}) == {"q1": "w1"}


def test_one_more_of_a_race_stands_by_while_many_of_it_wait():
    jobs = {"r1": job("w1", race="r")} | {f"r{n}": job(race="r") for n in range(2, 7)}
    waits = ["r2", "r3", "r4", "r5", "r6"]
    assert given(jobs, waits, ["w1"]) == {"r2": "w1"}  # one
    assert given(jobs, waits, ["w1", "w2"]) == {"r2": "w2", "r3": "w1", "r4": "w2"}  # idle first
    assert given(jobs, waits[:1], ["w1"]) == {}  # the last ones take the worker that is free first
    jobs["r1"].rests = True
    assert given(jobs, waits, ["w1"]) == {}


def test_nobody_stands_by_behind_another_race_or_a_single_run():
    waiting = {f"r{n}": job(race="r") for n in range(3)}
    for ahead in (job("w1", race="q"), job("w1")):
        assert given({"ahead": ahead, **waiting}, list(waiting), ["w1"]) == {}


def test_the_runs_of_a_race_on_a_worker_leave_room_for_single_ones():
    jobs = {"r1": job("w1", race="r"), "r2": job("w1", race="r")}
    jobs |= {f"{n}": job() for n in range(RUNS_A_WORKER)}
    assert len(given(jobs, [f"{n}" for n in range(RUNS_A_WORKER)], ["w1"])) == RUNS_A_WORKER - 1


def test_a_races_run_rests_while_another_trains_beside_it_or_its_race_rests():
    racing, single = job("w1", race="r"), job("w1")
    assert turned([racing], []) == []
    assert turned([racing, single], []) == [racing]
    racing.yields = True
    assert turned([racing, single], []) == []
    single.rests = True
    assert turned([racing, single], []) == [racing]
    assert turned([racing], ["r"]) == [] and turned([racing], ["other"]) == [racing]
    assert turned([job("", race="r"), job("w2", race="q"), single], ["r"]) == []
