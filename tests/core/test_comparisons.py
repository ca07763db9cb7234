"""Comparisons: those that come with the project are sound, and a damaged one is answered so."""

import json
import math
from pathlib import Path

import pytest

from core.comparisons import (
    LARGEST,
    MEMORY,
    MOST,
    SKIPS,
    Compared,
    Comparison,
    Misread,
    read,
    written,
)

ONE = {"network": "gru", "data": "recall", "length": 20, "seed": 0, "weights": 9, "scores": [0.5]}
WHOLE = {"title": "Two", "settings": {"rate": 0.1}, "steps": [10, 20], "networks": [ONE]}


def test_what_is_written_is_read_again(tmp_path: Path):
    networks = (
        Compared("gru", "recall", 20, 1, 900, (0.25, 0.9712)),
        Compared("with skips", "fashion", 0, 0, 30, (0.5,), (1.25,)),
    )
    comparison = Comparison("Two", {"rate": 0.1}, (10, 20), networks)
    file = tmp_path / "two.json"
    file.write_text(written(comparison))
    assert read(file) == comparison


def test_the_steps_to_a_score_are_the_first_that_have_it():
    one = Compared("gru", "recall", 20, 0, 9, (0.5, 0.95, 0.8))
    comparison = Comparison("One", {}, (10, 20, 30, 40), (one,))
    assert comparison.steps_to(0.9, one) == 20
    assert comparison.steps_to(0.95, one) == 20
    assert comparison.steps_to(0.96, one) is None
    assert one.score == 0.8


@pytest.mark.parametrize(
    ("told", "enough"),
    [(0.98, 0.98), (1, 1), (None, 1), ("0.98", 1), (0, 1), (1.5, 1), (math.nan, 1)],
)
def test_what_was_enough_is_a_score_above_none(told: object, enough: float):
    assert Comparison("One", {"enough": told}, (10,), ()).enough == enough
    assert Comparison("One", {}, (10,), ()).enough == 1


def test_the_largest_and_the_smallest_numbers_are_read(tmp_path: Path):
    many = {"length": MOST, "seed": 0, "weights": MOST, "scores": [1, -3], "losses": [0, 1e300]}
    file = tmp_path / "full.json"
    file.write_text(json.dumps(WHOLE | {"steps": [0, MOST], "networks": [ONE | many]}))
    file.write_text(file.read_text().ljust(LARGEST))
    (one,) = read(file).networks
    assert (one.length, one.weights, one.scores, one.losses) == (MOST, MOST, (1, -3), (0, 1e300))
    file.write_text(json.dumps(WHOLE | {"networks": [ONE | {"weights": MOST + 1}]}))
    with pytest.raises(Misread, match="weights must be whole numbers from 0 to 1,000,000,000,000"):
        read(file)


@pytest.mark.parametrize("digits", [400, 5000])
@pytest.mark.parametrize("what", ["losses", "weights"])
def test_a_number_of_too_many_digits_is_answered(what: str, digits: int, tmp_path: Path):
    file = tmp_path / "long.json"
    many = "9" * digits
    value = f"[{many}]" if what == "losses" else many
    one = json.dumps(ONE)[:-1] + f', "{what}": {value}}}'
    file.write_text(json.dumps(WHOLE | {"networks": ["HERE"]}).replace('"HERE"', one))
    with pytest.raises(Misread, match="long.json|whole"):
        read(file)


@pytest.mark.parametrize(
    "change",
    [
        {"title": 1},
        {"settings": []},
        {"steps": []},
        {"steps": [20, 10]},
        {"steps": [10, 10]},
        {"steps": [10, True]},
        {"steps": [-10, 10]},
        {"networks": []},
        {"networks": {}},
        {"networks": [3]},
        {"more": 1},
    ],
)
def test_a_wrong_comparison_is_answered(change: dict, tmp_path: Path):
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(WHOLE | change))
    with pytest.raises(Misread):
        read(file)


@pytest.mark.parametrize(
    "change",
    [
        {"network": 1},
        {"seed": "0"},
        {"seed": -1},
        {"weights": 1.5},
        {"scores": []},
        {"scores": [0.1, 0.2, 0.3]},
        {"scores": [1.01]},
        {"scores": [float("nan")]},
        {"scores": [float("-inf")]},
        {"scores": ["1"]},
        {"scores": [True]},
        {"losses": [0.1, 0.2]},
        {"losses": [-0.1]},
        {"losses": [float("inf")]},
        {"losses": 1},
        {"more": 1},
    ],
)
def test_a_wrong_network_is_answered(change: dict, tmp_path: Path):
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(WHOLE | {"networks": [ONE | change]}))
    with pytest.raises(Misread):
        read(file)


@pytest.mark.parametrize("missing", ONE)
def test_a_network_without_one_of_its_facts_is_answered(missing: str, tmp_path: Path):
    file = tmp_path / "wrong.json"
    one = {key: value for key, value in ONE.items() if key != missing}
    file.write_text(json.dumps(WHOLE | {"networks": [one]}))
    with pytest.raises(Misread):
        read(file)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"3", b"[" * 50_000, b" " * (LARGEST + 1)]
)
def test_what_is_no_comparison_is_answered(content: bytes, tmp_path: Path):
    file = tmp_path / "none.json"
    file.write_bytes(content)
    with pytest.raises(Misread, match="none.json|comparison"):
        read(file)


def test_a_missing_file_is_answered(tmp_path: Path):
    with pytest.raises(Misread, match="cannot be read"):
        read(tmp_path / "missing.json")


def test_who_remembers_how_long_comes_with_the_project():
    assert MEMORY.stat().st_size < 20_000
    memory = read(MEMORY)
    assert {one.network for one in memory.networks} == {"rnn", "lstm", "gru", "transformer"}
    assert {one.data for one in memory.networks} == {"recall", "temporal_order", "adding"}
    for one in memory.networks:
        ended = len(one.scores) == len(memory.steps) or one.score >= memory.settings["enough"]
        assert ended and one.length > 0
    sizes = [one.weights for one in memory.networks]
    assert max(sizes) < 1.5 * min(sizes)
    kinds = [(one.network, one.data, one.length, one.seed) for one in memory.networks]
    assert len(set(kinds)) == len(kinds)


def test_a_network_with_skips_and_one_without_come_with_the_project():
    skips = read(SKIPS)
    assert [one.network for one in skips.networks] == ["with skips", "without skips"]
    for one in skips.networks:
        assert len(one.scores) == len(one.losses) == len(skips.steps)
    options = skips.settings["options"]
    assert 1 + 3 * 2 * options["depth"] >= 30 and options["batch_norm"] is False
