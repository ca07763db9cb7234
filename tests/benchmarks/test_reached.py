"""What the benchmark of scores counts as reached, as guessed, and as a linear regression's."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from benchmarks import alone, interleaved
from benchmarks.reached import PAIRS, Goal, linear_score, measured_by
from core.architectures import ARCHITECTURES
from core.data import DATASETS
from core.tasks import work_of


def test_every_pair_fits():
    for name, data in PAIRS:
        assert ARCHITECTURES[name].fits(work_of(DATASETS[data])), (name, data)


def test_a_goal_is_reached_in_time_or_not():
    found = {"score": 0.9, "seconds": 10, "guess": 0.5}
    assert measured_by(Goal(0.9, 10), found)["reached"]
    assert not measured_by(Goal(0.91, 10), found)["reached"]
    assert not measured_by(Goal(0.9, 9), found)["reached"]
    assert not measured_by(Goal(0.1), found | {"score": None})["reached"]


def test_without_a_score_of_its_own_a_goal_is_clearly_better_than_the_guess():
    found = {"score": 0.6, "seconds": 1, "guess": 0.5}
    assert measured_by(Goal(), found) == {"goal": 0.6, "goal_seconds": 120, "reached": True}
    assert not measured_by(Goal(), found | {"score": 0.59})["reached"]


@pytest.mark.parametrize("data", ["carseats", "superstore"])
def test_the_linear_score_is_what_sklearn_says_beside_the_training_mean(data):
    split = DATASETS[data].load()
    line = LinearRegression().fit(split.train_inputs, split.train_targets)
    wrong = np.square(line.predict(split.test_inputs) - split.test_targets).mean()
    assert linear_score(data) == pytest.approx(1 - wrong / np.square(split.test_targets).mean())
    r2 = line.score(split.test_inputs, split.test_targets)
    assert linear_score(data) == pytest.approx(r2, abs=0.02)


def test_the_trivial_guess_is_the_most_frequent_answer():
    split = DATASETS["mnist"].load()
    assert alone.trivial_guess(DATASETS["mnist"]) == (split.test_targets == 1).mean()
    letters = DATASETS["letters"]
    space = letters.alphabet.index(" ")
    assert alone.trivial_guess(letters) == (letters.load().test_targets == space).mean()
    assert alone.trivial_guess(DATASETS["co2"]) == 0


def test_a_network_alone_tells_its_score_and_what_it_took(capsys):
    alone.main({"data": "digits", "epochs": 1})
    told = json.loads(capsys.readouterr().out)
    assert told["guess"] < told["score"] <= 1
    assert told["steps"] > 0 and told["seconds"] >= 0 and told["cpu_seconds"] > 0


def test_a_recorded_run_and_a_bare_loop_take_the_same_steps_in_turns(capsys):
    interleaved.main({"data": "digits", "epochs": 1})
    told = json.loads(capsys.readouterr().out)
    assert told["steps"] == 45 and told["data"] == "digits"
    speeds = told["recorded_steps_per_s"], told["bare_steps_per_s"]
    assert told["ratio"] == pytest.approx(speeds[0] / speeds[1])
