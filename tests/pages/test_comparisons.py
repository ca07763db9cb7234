"""The page of comparisons: every recorded number as it stands in the files, and nothing beyond."""

import json

import numpy as np
import pandas as pd
import pytest

import core.comparisons
from core.architectures import ARCHITECTURES
from core.comparisons import MEMORY, SKIPS
from core.data import DATASETS
from core.tasks import WORDS
from pages.shared.plain import plain
from tests.pages.conftest import PAYLOADS, chart, numbers, said, sound

RECORDED = {
    "Memory": json.loads(MEMORY.read_text()),
    "Skip connections": json.loads(SKIPS.read_text()),
}
CASES = sorted(
    {
        (name, one["data"], one["length"])
        for name, recorded in RECORDED.items()
        for one in recorded["networks"]
    }
)


def titled(network):
    return ARCHITECTURES[network].title if network in ARCHITECTURES else network


def link(name, data, length):
    """What a link says to choose one case."""
    if name != "Memory":
        return {"comparison": name}
    return {"comparison": name, "task": DATASETS[data].title, "length": str(length)}


def of(name, data, length):
    """The networks of one case as they stand in the file."""
    everyone = RECORDED[name]["networks"]
    return [one for one in everyone if (one["data"], one["length"]) == (data, length)]


def drawn(tab):
    """Every line and every mark of the chart: who, over which steps, how well in percent."""
    return sorted(
        (trace["name"], trace["mode"] == "markers", *map(tuple, (x.tolist(), y.tolist())))
        for trace in chart(tab)["data"]
        for x, y in [(numbers(trace["x"]), numbers(trace["y"]).round(6))]
    )


@pytest.fixture
def changed(tmp_path, monkeypatch):
    """Put text in the place of the first comparison's file."""

    def change(text):
        file = tmp_path / "memory.json"
        file.write_text(text)
        monkeypatch.setattr(core.comparisons, "MEMORY", file)

    return change


@pytest.mark.parametrize("case", CASES)
def test_every_comparison_is_drawn_with_the_recorded_scores(open_page, case):
    tab = open_page("comparisons.py", **link(*case))
    steps, networks = RECORDED[case[0]]["steps"], of(*case)
    wanted = []
    for one in networks:
        y = tuple(round(100 * score, 6) for score in one["scores"])
        wanted.append((titled(one["network"]), False, tuple(steps[: len(y)]), y))
    for network in {one["network"] for one in networks}:
        short = [
            one["scores"]
            for one in networks
            if one["network"] == network and len(one["scores"]) < len(steps)
        ]
        if short:
            x = tuple(steps[len(scores) - 1] for scores in short)
            y = tuple(round(100 * scores[-1], 6) for scores in short)
            wanted.append((titled(network), True, x, y))
    assert drawn(tab) == sorted(wanted)
    title = chart(tab)["layout"]["yaxis"]["title"]["text"]
    assert title == f"{WORDS[DATASETS[case[1]].task].score} (%)"


@pytest.mark.parametrize("case", CASES)
def test_the_table_has_a_row_for_every_network_and_seed(open_page, case):
    table = open_page("comparisons.py", **link(*case)).dataframe[0].value
    steps = RECORDED[case[0]]["steps"]
    for (_, row), one in zip(table.iterrows(), of(*case), strict=True):
        name, weights, seed, trained, last, good = row
        assert (name, weights, seed) == (titled(one["network"]), one["weights"], one["seed"])
        assert trained == steps[len(one["scores"]) - 1]
        assert last == pytest.approx(100 * one["scores"][-1])
        reached = [s for s, score in zip(steps, one["scores"], strict=False) if score >= 0.9]
        assert (None if pd.isna(good) else good) == (reached or [None])[0]


@pytest.mark.parametrize("case", CASES)
def test_the_sentence_says_what_the_numbers_say(open_page, case):
    words = said(open_page("comparisons.py", **link(*case)))
    recorded, networks = RECORDED[case[0]], of(*case)
    enough, won = recorded["settings"]["enough"], 0
    for network in {one["network"] for one in networks}:
        mine = [one["scores"] for one in networks if one["network"] == network]
        count = sum(max(scores) >= enough for scores in mine)
        won += count
        told = f"{plain(titled(network))} with {count} of {len(mine)} seeds"
        assert (told in words) == any(max(one["scores"]) >= enough for one in networks)
        ends = [scores[-1] for scores in mine]
        low, high = (f"{end:z.1%}" for end in (min(ends), max(ends)))
        assert f"{plain(titled(network))} {low}" in words
        assert low == high or f" {low} to {high}" in words
    assert ("no network reached" in words) == (won == 0)
    assert DATASETS[case[1]].title in words


@pytest.mark.parametrize("name", RECORDED)
def test_what_was_alike_is_told(open_page, name):
    words, given = said(open_page("comparisons.py", comparison=name)), RECORDED[name]["settings"]
    for part in (
        f"optimizer {given['optimizer']}, learning rate {given['learning_rate']}, ",
        f"batch size {given['batch_size']}, {given['steps']:,} steps at most",
        f"measured every {given['every']} steps; ",
        f"a network at {given['enough']:.0%} was trained no further",
        "may end otherwise",
    ):
        assert part in words
    first = RECORDED[name]["networks"][0]
    assert f"Weights: {plain(titled(first['network']))} {first['weights']:,}" in words


def test_another_choice_changes_the_chart(open_page):
    tab = open_page("comparisons.py")
    before = drawn(tab)
    tab.button_group(key="length").set_value(60).run()
    assert drawn(sound(tab)) != before
    tab.button_group(key="comparison").set_value("Skip connections").run()
    assert {name for name, *_ in drawn(sound(tab))} == {"with skips", "without skips"}


@pytest.mark.parametrize(
    "wrong", [{"comparison": "none"}, {"task": "<b>x"}, {"length": "61"}, {"length": "9" * 99}]
)
def test_a_link_edited_by_hand_falls_back_to_the_first(open_page, wrong):
    tab = open_page("comparisons.py", **wrong)
    assert drawn(tab) == drawn(open_page("comparisons.py"))
    assert not tab.error


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{", "is no JSON"), ("[]", "must be of type dict"), (MEMORY.read_text()[:-9], "is no JSON")],
)
def test_a_damaged_comparison_is_told_and_the_other_one_is_still_shown(
    open_page, changed, text, sentence
):
    changed(text)
    tab = open_page("comparisons.py")
    assert sentence in tab.error[0].value and not tab.get("plotly_chart")
    tab.button_group(key="comparison").set_value("Skip connections").run()
    assert not sound(tab).error and tab.get("plotly_chart")


def test_a_missing_comparison_is_told(open_page, monkeypatch, tmp_path):
    monkeypatch.setattr(core.comparisons, "MEMORY", tmp_path / "memory.json")
    assert "cannot be read" in open_page("comparisons.py").error[0].value


@pytest.mark.parametrize("evil", PAYLOADS)
def test_words_of_a_file_are_only_text_and_missing_settings_are_not_told(open_page, changed, evil):
    one = RECORDED["Memory"]["networks"][0] | {"network": evil, "data": evil}
    settings = {"optimizer": evil, "enough": "x", "every": [1]}
    changed(
        json.dumps(RECORDED["Memory"] | {"title": evil, "settings": settings, "networks": [one]})
    )
    words = said(open_page("comparisons.py"))
    assert evil not in words and plain(evil) in words
    assert "batch size" not in words and "a network at 100% was" in words


def test_a_network_that_was_still_learning_is_the_reason_for_its_low_score(open_page):
    words = said(open_page("comparisons.py", task=DATASETS["recall"].title, length="20"))
    mine = [x for x in RECORDED["Memory"]["networks"] if (x["data"], x["length"]) == ("recall", 20)]
    lstm = [x["scores"] for x in mine if x["network"] == "lstm"]
    half, last = (np.mean([scores[at] for scores in lstm]) for at in (4, 9))
    assert f"rose from {half:.1%} at step 500 to {last:.1%} at step 1,000" in words
    assert "An answer that looks at no input has 12.5%" in words
    words = said(open_page("comparisons.py", task=DATASETS["recall"].title, length="60"))
    assert "GRU" not in words.partition("Why some are low")[2].partition("(means")[0]
