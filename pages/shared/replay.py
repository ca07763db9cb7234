"""Replay: a run as one page of HTML that plays without a server, its pictures and all in it."""

import zlib
from base64 import b64encode
from html import escape
from pathlib import Path
from string import Template

from core.pictures import functions
from core.runs import Run
from core.settings import Settings
from core.tasks import Words, words_of
from pages.shared import packed
from pages.shared.scope import SCRIPT, STYLE
from pages.shared.watching import curves_of

PAGE = Path(__file__).with_name("replay.html")


def replay_page(run: Run, settings: Settings) -> str:
    """The page: every layer at up to 48 moments, the functions at work, loss and score.

    The run must have a recorded moment. Nothing is asked of another machine, and no text of the
    run's is markup.
    """
    summary, steps = run.summary(), run.steps()
    here = settings.dataset.is_here()
    views = {"Every layer": packed.replay(run.id, steps[-1], here, run, steps[-1], 0)}
    if functions(settings.layers):
        work = packed.work(run.id, steps[-1], here, run, steps[-1], 0)
        views["The activation functions at work"] = work
    metrics, words = run.metrics(), words_of(settings.dataset.task, run.notes())
    charts = curves_of(words, metrics, [])
    return Template(PAGE.read_text("utf-8")).substitute(
        title=escape(summary.name),
        told=escape(_told(settings, words, summary.step, summary.accuracy)),
        views="\n".join(_view(title, data) for title, data in views.items()),
        charts="\n".join(
            fig.to_html(full_html=False, include_plotlyjs=not place, config={"displaylogo": False})
            for place, fig in enumerate(charts)
        ),
        style=STYLE,
        script=SCRIPT.replace("export default ", ""),
    )


def _view(title: str, data: bytes) -> str:
    packed_more = b64encode(zlib.compress(data)).decode()
    return f'<h2>{escape(title)}</h2>\n<div data-packed="{packed_more}"></div>'


def _told(settings: Settings, words: Words, step: int, score: float | None) -> str:
    """What was trained and how well it did, in a sentence or two."""
    names = " → ".join(layer.name for layer in settings.cards)
    reached = f" {words.score[0].upper()}{words.score[1:]}: {score:.2%}." if score else ""
    return (
        f"{settings.title}, {step:,} steps: {names}.{reached} Press play or move the slider to see "
        "its layers learn; choose another input on the left. Recorded by Layerscope, with 16 bits "
        "a number, drawn from 8."
    )
