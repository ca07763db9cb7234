"""The report of a race: one page of HTML to give away, its figures, verdicts and runs all in it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from string import Template

import streamlit as st

from core.figures.description import sentence
from core.races import judging
from core.races.alike import budget, held_equal, value_words, varied_words
from core.races.differences import comparisons, confidence
from core.races.outcomes import Outcome
from core.races.plan import SIZE, Plan
from core.races.race import Race
from core.tasks import WORDS
from pages.shared.chart import CONFIG
from pages.shared.markup import FIRM, Column, table, text
from pages.shared.race_course import outcomes_now
from pages.shared.race_figures import COST, EXAMPLES, PARAMETERS, SECONDS, figure, number
from pages.shared.race_verdict import sentences

PAGE = Path(__file__).with_name("race_report.html")
SCORES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
"""Scores of which the report tells when they were reached: the highest few that somebody has."""
MOST_SCORES = 4
FITS = {"responsive": True}
MEASURED = 400
"""Test inputs on which a score is measured while a run trains, at most."""


def report_button(race: Race) -> None:
    """Let a person download the report; it is made when they press."""
    st.download_button(
        "Report",
        partial(report_page, race),
        "race-report.html",
        "text/html",
        icon=":material/lab_profile:",
        on_click="ignore",
        help="One page with figures, verdicts and all runs, for any browser: it needs no server.",
    )


def report_page(race: Race) -> str:
    """The page: what was compared, the figures, who is ahead, all runs, and what they are worth.

    Nothing is asked of another machine, and no text of the plan's is markup. Raises Broken.
    """
    plan, state, notes = race.plan(), race.state(), race.notes()
    outcomes = outcomes_now(race, plan)
    return Template(PAGE.read_text("utf-8")).substitute(
        title=text(plan.name),
        state=text(_state(state, outcomes)),
        date=text(_date(notes.get("created", ""))),
        summary=text(summary(plan, outcomes)),
        alike="".join(f"<p>{_labelled(words)}</p>" for words in held_equal(plan).sentences),
        figures=_figures(plan, outcomes),
        verdicts=_verdicts(plan, outcomes),
        reached=_reached(plan, outcomes),
        runs=_runs(plan, outcomes),
        caveats=_items(_caveats(plan, outcomes)),
    )


def summary(plan: Plan, outcomes: Sequence[Outcome]) -> str:
    """A race in a few sentences: what was trained, and who has the highest median."""
    first = plan.contestants[0].settings
    score = WORDS[first.dataset.task].score
    many = len(plan.contestants) > 1
    who = f"{len(plan.contestants)} contestants" if many else plan.contestants[0].name
    words = [plan.value_word(value) for value in range(len(plan.values))]
    told = _listed(words)
    data = f"{told} training inputs" if plan.varied == SIZE else f"{varied_words(plan)} {told}"
    seeds = f"{len(plan.seeds)} seed{'s' * (len(plan.seeds) != 1)}"
    said = [
        f"{who} learned {first.dataset.title} with {data} and {seeds}{' each' * many}: "
        f"{len(outcomes):,} runs of {budget(plan)}."
    ]
    lost = sum(map(judging.failed, outcomes))
    if lost:
        said.append(f"{lost:,} of them failed and {'have' if lost > 1 else 'has'} no score.")
    found, value = judging.bands(plan, outcomes), largest(plan)
    medians = {n: found[n, value].median for n in range(len(plan.contestants))}
    known = {n: median for n, median in medians.items() if median is not None}
    if not known:
        return " ".join([*said, f"None with {value_words(plan, value)} has finished yet."])
    order = sorted(known, key=known.__getitem__, reverse=True)
    each = [f"{plan.contestants[n].name} {100 * known[n]:.2f} %" for n in order]
    said.append(f"Median {score} with {value_words(plan, value)}: {', '.join(each)}.")
    if len(order) > 1:
        said.append("Which of these differences are more than chance is told below.")
    return " ".join(said)


def largest(plan: Plan) -> int:
    """The place of the largest of the values: that with the most inputs, where sizes are varied."""
    return max(range(len(plan.values)), key=partial(number, plan))


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + " and " * (len(words) > 1) + words[-1]


def _state(state: str, outcomes: Sequence[Outcome]) -> str:
    ended = sum(judging.finished(one) or judging.failed(one) for one in outcomes)
    if state == "finished":
        return f"Finished: {ended:,} runs"
    return f"{state.capitalize()}: {ended:,} of {len(outcomes):,} runs have ended"


def _date(created: str) -> str:
    made = f"Report made on {_day(datetime.now(UTC))}"
    try:
        return f"Begun on {_day(datetime.fromtimestamp(float(created), UTC))}. {made}"
    except (ValueError, OverflowError, OSError):
        return made


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def _labelled(words: str) -> str:
    """A sentence with what stands before its colon in bold."""
    label, colon, rest = words.partition(":")
    return f"<strong>{text(label)}{colon}</strong> {text(rest)}"


def _figures(plan: Plan, outcomes: Sequence[Outcome]) -> str:
    varied, value = varied_words(plan), largest(plan)
    here = f", with {value_words(plan, value)}" if len(plan.values) > 1 else ""
    titles = {
        varied: f"Over {varied}",
        EXAMPLES: f"Over the inputs seen{here}",
        SECONDS: f"Over seconds of training{here}",
        PARAMETERS: f"Against the size of the network{here}",
        COST: f"Against training time{here}",
    }
    return "\n".join(
        _drawn(title, plan, outcomes, axis, value, axis == varied) for axis, title in titles.items()
    )


def _drawn(
    title: str, plan: Plan, outcomes: Sequence[Outcome], axis: str, value: int, first: bool
) -> str:
    fig = figure(plan, outcomes, axis, value)
    height = fig.layout.height
    chart = fig.to_html(full_html=False, include_plotlyjs=first, config=CONFIG | FITS)
    return (
        f'<figure aria-label="{text(sentence(fig))}"><figcaption>{text(title)}</figcaption>'
        f'<div style="min-height: {height}px">{chart}</div></figure>'
    )


def _verdicts(plan: Plan, outcomes: Sequence[Outcome]) -> str:
    if len(plan.contestants) < 2:
        return "<p>There is one contestant: nobody to compare it with.</p>"
    order = sorted(range(len(plan.values)), key=partial(number, plan), reverse=True)
    try:
        told = {value_words(plan, value): sentences(plan, outcomes, value) for value in order}
    except Exception as fault:
        return f"<p>No worker could judge the differences ({text(type(fault).__name__)}).</p>"
    return "\n".join(
        f"<h3>With {text(words)}</h3>\n<ul>{_items(ones)}</ul>" for words, ones in told.items()
    )


def _items(sentences: Sequence[str]) -> str:
    return "\n".join(f"<li>{text(words)}</li>" for words in sentences)


def _reached(plan: Plan, outcomes: Sequence[Outcome]) -> str:
    """A row a contestant and value, a column for each of the highest scores that somebody had."""
    found = {score: judging.reached(plan, outcomes, score) for score in SCORES}
    had = [score for score in SCORES if any(o.seconds is not None for o in found[score].values())]
    if not had:
        return "<p>No score was measured often enough yet.</p>"
    columns: list[Column] = [("Contestant", None), (varied_words(plan).capitalize(), str)]
    columns += [(f"{score:.0%}".replace("%", " %"), str) for score in had[-MOST_SCORES:]]
    rows = [
        [plan.contestants[n].name, plan.value_word(value)]
        + [_first(found[score][n, value]) for score in had[-MOST_SCORES:]]
        for n, value in found[had[0]]
    ]
    return table("When a score was first reached", columns, rows)


def _first(one: judging.Reached) -> str:
    if one.seconds is None or one.examples is None:
        return f"{one.count}{FIRM}of{FIRM}{one.ended}{FIRM}runs" if one.count else "–"
    often = "" if one.count == one.ended else f" ({one.count}{FIRM}of{FIRM}{one.ended})"
    return f"{one.seconds:,.1f}{FIRM}s, {one.examples:,.0f}{FIRM}inputs{often}"


def _runs(plan: Plan, outcomes: Sequence[Outcome]) -> str:
    rows = judging.table(plan, outcomes)
    columns: dict[str, Column] = {
        "Contestant": ("Contestant", None),
        "Value": (varied_words(plan).capitalize(), str),
        "Seed": ("Seed", _whole),
        "Score": (f"{_score(plan).capitalize()} (%)", lambda x: f"{100 * x:.2f}"),
        "Seconds": ("Seconds", lambda x: f"{x:,.1f}"),
        "Steps": ("Updates", _whole),
        "Examples": ("Inputs seen", _whole),
        "Weights": ("Learned numbers", _whole),
        "State": ("State", None),
    }
    cells = rows[list(columns)].to_numpy(object).tolist()
    told = [
        f"{plan.contestants[one.cell.contestant].name}, {value_words(plan, one.cell.value)}, "
        f"seed {one.cell.seed}: {one.note}"
        for one in outcomes
        if one.note
    ]
    more = f"<h3>Why runs failed</h3>\n<ul>{_items(told)}</ul>" if told else ""
    return table("All runs", list(columns.values()), cells) + more


def _score(plan: Plan) -> str:
    return WORDS[plan.contestants[0].settings.dataset.task].score


def _whole(value: float) -> str:
    return f"{value:,}"


def _caveats(plan: Plan, outcomes: Sequence[Outcome]) -> list[str]:
    count = plan.contestants[0].settings.dataset.test_size
    measured = f"all {count:,}" if count <= MEASURED else f"{MEASURED} of the {count:,}"
    told = [
        *([confidence(plan)] if comparisons(plan) else []),
        f"A run's score is that on all {count:,} test inputs, at its end. While it trains it is "
        f"measured on {measured} test inputs, a few times an epoch at most: curves, and the "
        "moments when a score was reached, are not exact.",
        "When a score was reached is told in medians over the seeds, where more than half of the "
        "runs reached it.",
        "Seconds are those of the machine that trained, with whatever else it did meanwhile.",
    ]
    lost, left = sum(map(judging.failed, outcomes)), sum(o.score is None for o in outcomes)
    if lost:
        told.append("A run that failed has no score and is in no median of the scores.")
    if left > lost:
        told.append("The race is not over: what the missing runs will say is not in this report.")
    return told
