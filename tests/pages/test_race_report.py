"""The report of a race: all of it is on the page, and nothing of it is markup."""

import re
from itertools import combinations

import numpy as np
import pytest

from core.races import judging
from core.races.differences import confidence
from core.races.outcomes import FAILED, FINISHED, Curve, Outcome
from core.races.plan import Plan
from core.races.race import Race, create
from core.runs import this_process
from pages.shared.markup import table, text
from pages.shared.race_report import largest, report_page, summary
from tests.core.races.races import a_plan, contestant

HOSTILE = "<img src=x onerror=alert(1)>"


def ended(plan: Plan) -> Race:
    """A race that is over, its scores and curves made by hand; the last of its runs failed."""
    race = create(plan, this_process())
    outcomes = []
    for place, cell in enumerate(plan.cells):
        score = 0.8 + 0.1 * cell.value - 0.05 * cell.contestant + 0.004 * cell.seed
        grown = np.linspace(0.2, score, 6)
        curve = Curve(np.arange(6) * 300.0, np.arange(6) * 0.25 + cell.contestant, grown)
        done = dict(score=score, seconds=1.5, step=123_456, steps=123_456, examples=1500)
        outcomes.append(Outcome(cell, FINISHED, f"{place:026}", **done, curve=curve))
    outcomes[-1] = Outcome(plan.cells[-1], FAILED, note="It diverged.")
    race.write(outcomes)
    return race


def three(*names: str, **more: object) -> Plan:
    """Three contestants with these names."""
    kinds = ("mlp", "two_linear", "lenet")
    named = zip(names, kinds, strict=True)
    return a_plan([contestant(name, kind) for name, kind in named], **more)


def test_it_holds_every_contestant_every_verdict_and_every_run(home, listener):
    plan = three("MLP", "Two layers", "LeNet & co")
    race = ended(plan)
    page, outcomes = report_page(race), race.outcomes()
    for one in plan.contestants:
        assert text(one.name) in page
    for value in range(2):
        for pair in combinations(range(3), 2):
            assert text(judging.difference(plan, outcomes, *pair, value).sentence) in page
    runs = page[page.index("<h2>All runs") : page.index("<h2>To keep in mind")]
    assert runs.count("<tr>") == 1 + len(plan.cells) and runs.count("123,456") == 29
    assert "It diverged." in runs and "<td>failed</td>" in runs
    assert page.count('class="plotly-graph-div"') == 5
    assert text(confidence(plan)) in page and "360 test inputs" in page
    assert "Finished: 30 runs" in page and "Alike for all:" in page and "nan" not in runs


def test_no_text_of_the_plan_is_markup_and_no_other_machine_is_asked(home, listener):
    hostile = HOSTILE, "</script><script>alert(1)</script>", "a $title \u202e\n b"
    page = report_page(ended(three(*hostile, name=HOSTILE)))
    assert "<img" not in page and "&lt;img src=x" in page and "alert(1)</script>" not in page
    assert "\u202e" not in page and "a $title b" in page
    bare = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert (
        "src=" not in bare.replace("img src=x", "") and "href=" not in bare and "url(" not in bare
    )
    assert not re.search(r"<script[^>]*\ssrc", page)
    assert "default-src 'none'" in page[: page.index("<style>")]


def test_the_library_is_in_it_once(home, listener):
    assert report_page(ended(a_plan())).count("plotly.js v") == 1


def test_a_race_that_has_just_begun_has_a_report_too(home, listener):
    race = create(a_plan(), this_process())
    page = report_page(race)
    assert "Running: 0 of 20 runs have ended" in page and "No score was measured" in page
    assert "too few seeds" in page and "The race is not over" in page


def test_a_report_without_a_worker_says_so(home, listener, monkeypatch):
    def asleep(*given):
        raise TimeoutError

    monkeypatch.setattr(listener, "ask", asleep)
    assert "No worker could judge the differences (TimeoutError)" in report_page(ended(a_plan()))


def test_the_summary_tells_who_has_the_highest_median_with_the_most_data(home, listener):
    plan = a_plan(values=[0, 100])
    told = summary(plan, ended(plan).outcomes())
    assert largest(plan) == 0
    assert told.startswith("2 contestants learned Digits") and "all 1,437" in told
    assert "1 of them failed and has no score." in told
    assert told.index("MLP 80.80 %") < told.index("Two 75.80 %")


def test_a_table_has_its_numbers_on_the_right_and_a_dash_for_none():
    drawn = table(
        "", [("Who", None), ("How much", "{:,.1f}".format)], [("a<b", 1234.5), ("", np.nan)]
    )
    assert '<td>a&lt;b</td><td class="number">1,234.5</td>' in drawn
    assert drawn.endswith('<td></td><td class="number">–</td></tr></tbody></table></div>')


@pytest.mark.parametrize("name", ["Report", "Download as CSV"])
def test_a_race_on_its_page_can_be_taken_away(open_page, name):
    race = ended(a_plan())
    tab = open_page("race.py", race=race.id)
    assert name in [one.proto.label for one in tab.get("download_button")]
