"""Watching a run: its state, its curves and its layers, live while it trains."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from core import live
from core.engine import engine
from core.figures.accuracy_curve import accuracy_curve
from core.figures.loss_curve import loss_curve
from core.foreign.watched import Watched
from core.runs import Run, Summary
from core.settings import Settings
from core.tasks import Words, words_of
from pages.shared import packed
from pages.shared.arithmetic import open_unit
from pages.shared.chart import live_chart
from pages.shared.choose import first_number, value_of
from pages.shared.faults import faults_told
from pages.shared.fresh import trains
from pages.shared.inputs import BLANK, told_outer
from pages.shared.plain import plain
from pages.shared.prediction import boundary
from pages.shared.presenting import carried
from pages.shared.recorded import draw_recorded
from pages.shared.scope import keep_moment, scope
from pages.shared.steering import controls

PUSHED_SECONDS, ASKED_SECONDS = 2.0, 0.25
RESUMABLE = ("interrupted", "stopped", "failed")


def watch(run: Run, summary: Summary) -> None:
    """Draw a run and keep it fresh: pictures are pushed where they can be, else asked for."""
    live_now, pushed = _manner(run, summary)
    every = (PUSHED_SECONDS if pushed else ASKED_SECONDS) if live_now else None
    st.fragment(_watch, run_every=every)(run, live_now, pushed)


def _manner(run: Run, summary: Summary) -> tuple[bool, bool]:
    """Whether a run is live, and whether its pictures are pushed."""
    seen = value_of(f"scope-{run.id}") or {}
    open_line = live.route_is_open and seen.get("socket") != "failed"
    here = run.id in engine().jobs  # a script's pictures, or another server's, do not come here
    return trains(summary), trains(summary) and open_line and here


def _watch(run: Run, live_now: bool, pushed: bool) -> None:
    summary = run.summary()
    if (live_now, pushed) != _manner(run, summary):
        st.rerun()  # it began, ended or went, or its pictures do not get through
    with faults_told():
        settings, metrics = run.settings(), run.metrics()
        told = [event for event, _ in run.events() if event.kind == "learning_rate"]
        rates = [(event.step, event.value) for event in told if event.value]
        rate = _rate_now(settings, metrics, rates)
        if settings.watched:
            _watched_line(summary, settings.watched, metrics)
        else:
            begun = len(metrics["step"]) > 0 or bool(run.steps(exact=True))
            _state_line(summary, settings, begun, metrics, rate)
        if live_now and not settings.watched:
            falls = settings.schedule != "constant" and not told
            controls(run, summary, settings, settings.learning_rate if falls else rate)
        if not live_now and not run.steps():
            st.info("Nothing was recorded in this run.", icon=":material/hourglass_empty:")
            return
        _strip(run, settings, live_now and not settings.watched, pushed)
        if len(metrics["step"]) or not settings.watched:
            _curves(run, settings, metrics, rates)


def _rate_now(
    settings: Settings, metrics: dict[str, np.ndarray], rates: list[tuple[int, float]]
) -> float:
    """The learning rate of the next step: as set since the last metric, else as that says."""
    step, rate = 0, settings.learning_rate
    if len(metrics["step"]):
        step, rate = metrics["step"][-1], float(metrics["learning_rate"][-1])
    return rates[-1][1] if rates and rates[-1][0] >= step else rate


def _state_line(
    summary: Summary, settings: Settings, begun: bool, metrics: dict[str, np.ndarray], rate: float
) -> None:
    step, total, message = summary.step, settings.steps, plain(summary.message)
    if trouble := engine().trouble(summary.id):
        st.error(plain(trouble), icon=":material/hard_drive:")
    elif summary.state in ("interrupted", "failed"):
        st.warning(message, icon=":material/power_off:")
    elif summary.state == "diverged":
        st.error(
            f"{message} Everything before is kept. A smaller learning rate would help.",
            icon=":material/trending_up:",
        )
    if summary.state in RESUMABLE and summary.id != "demo" and step < total:
        st.button(
            "Resume from the last checkpoint" if begun else "Try again",
            icon=":material/play_arrow:",
            on_click=engine().resume,
            args=(summary.id,),
        )
    place = engine().place(summary.id)
    words = {
        "waiting": f"Waiting for a free worker, {place}. in line." if place else "Starting …",
        "running": f"Training · {_time_left(metrics, total)}",
        "paused": "Paused",
    }
    told = [summary.state.capitalize(), plain(summary.message.rstrip("."))]
    text = words.get(summary.state, " · ".join(filter(None, told)))
    if summary.state in (*words, "finished", "stopped"):
        epoch = f"epoch {step / settings.steps_per_epoch:.2f} of {settings.epochs}"
        st.progress(
            min(1.0, step / total),
            f"**{text}** · step {step:,} of {total:,} · {epoch} · learning rate {rate:g}",
        )


def _watched_line(summary: Summary, watched: Watched, metrics: dict[str, np.ndarray]) -> None:
    """What is to be said of a network that a script trains, or that was only opened."""
    words = {"running": "Its script is training it", "finished": "Watched to the end"}
    if not len(metrics["step"]):
        words = {"running": "Watched; no step yet", "finished": "Looked at, not trained"}
    text = words.get(summary.state, summary.state.capitalize())
    more = [plain(summary.message), plain(watched.note)]
    st.write(" · ".join(filter(None, [f"**{text}**, step {summary.step:,}", *more])))
    if watched.left_out:
        count = len(watched.left_out)
        with st.expander(f"Not recorded: {count} {'thing' if count == 1 else 'things'}"):
            st.write("\n".join(f"- {plain(sentence)}" for sentence in watched.left_out))


def _time_left(metrics: dict[str, np.ndarray], total: int) -> str:
    steps, seconds = metrics["step"], metrics["seconds"]
    if len(steps) < 2 or steps[-1] <= steps[0]:
        return "measuring the speed"
    first = max(0, len(steps) - 60)
    pace = (seconds[-1] - seconds[first]) / max(1.0, steps[-1] - steps[first])
    left = pace * (total - steps[-1])
    speed = f"{1 / pace:,.0f} steps/s" if pace > 0 else "fast"
    return (
        f"{speed} · {int(left // 60)} min {int(left % 60)} s left"
        if left >= 60
        else (f"{speed} · {left:.0f} s left")
    )


def _strip(run: Run, settings: Settings, live_now: bool, pushed: bool) -> None:
    key, steps = f"scope-{run.id}", run.steps()
    if live_now:
        data = packed.live_strip(run.id, True, run) if pushed else packed.newest_strip(run)
    else:
        at = first_number(key, "step", steps[-1]), first_number(key, "probe", 0)
        here = settings.dataset.is_here()
        if not here:
            st.caption(BLANK)
        data = packed.replay(run.id, steps[-1], here, run, *at, autoplay=run.id == "demo")
    if len(settings.cards) < len(settings.drawn_layers):
        st.caption(told_outer(settings))
    seen = scope(data, key)
    if not live_now:
        names = [layer.name for layer in settings.cards]
        draw_recorded(run, names, *keep_moment(seen, at), key)
    open_unit(run, settings.drawn_layers, seen.unit)
    named = {layer.name: layer for layer in settings.drawn_layers}
    if seen.layer in named:
        plain_weights = named[seen.layer].pictured == ("weight",)
        page = "weights.py" if plain_weights else "layer.py"
        st.switch_page(page, query_params={"run": run.id, "layer": seen.layer, **carried()})


def curves_of(
    words: Words, metrics: dict[str, np.ndarray], rates: list[tuple[int, float]]
) -> tuple[go.Figure, go.Figure]:
    """A run's loss and score over its steps, the (step, learning rate) that were set marked."""
    steps, measured = metrics["step"], np.isfinite(metrics["held_out_loss"])
    held = [metrics[f"held_out_{name}"][measured] for name in ("loss", "accuracy")]
    marks = [(step, f"learning rate {rate:g}") for step, rate in rates]
    common: dict[str, Any] = {"epochs": metrics["epoch"], "marks": marks}
    loss = loss_curve(steps, metrics["loss"], steps[measured], held[0], **common)
    accuracy = accuracy_curve(
        *(steps, metrics["accuracy"], steps[measured], held[1]), **common, quantity=words.score
    )
    return loss, accuracy


def _curves(
    run: Run, settings: Settings, metrics: dict[str, np.ndarray], rates: list[tuple[int, float]]
) -> None:
    words = words_of(settings.dataset.task, run.notes())
    names = ["loss", "accuracy"]
    if settings.watched and not np.isfinite(metrics["accuracy"]).any():
        names.remove("accuracy")  # the script said no score
    curves = curves_of(words, metrics, rates)
    for side, name, fig in zip(st.columns(2), names, curves, strict=False):
        with side:
            live_chart(fig, f"{name}-{run.id}")
    if settings.watched:
        st.caption("What the script said of each step: means over the steps between two points.")
        return
    st.caption(
        f"{words.meaning} Training: means over the steps between two points. Held-out: measured on "
        "400 of the test inputs while it trains; the result at the end is of all of them."
    )
    flat = settings.layers[0].input_shape == (2,) and settings.dataset.task == "classify"
    if flat and len(run.steps()):
        newest = max(run.steps()[-1], *run.steps(exact=True), 0)
        boundary(run, settings, newest, live_chart)
