"""Choosing which run, layer and moment, in the URL. Only this room touches `session_state`."""

import contextlib
import math
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core import runs
from core.data.own import kept
from core.runs import Missing, Run, Summary
from pages.shared.plain import plain

Option = TypeVar("Option")
MOST_SIDE_BY_SIDE = 20
DOUBLE_SECONDS = 1.0
"""Two presses of a button within so long are one."""
LAG_SECONDS = 5.0
"""So long a browser may still say the run that was left; one cannot go back to it sooner."""


def run_in_link() -> str:
    """The run that the link names, as it stands there; it need not exist."""
    return st.query_params.get("run", "")[:80]


def brought() -> list[str]:
    """The ids of what this visitor brought, and of what the link names: F5 begins a new visit."""
    ids: list[str] = st.session_state.setdefault("_own", [])
    named = st.query_params.get("own", "")[:40]
    if named and named not in ids and kept.is_here(named):
        ids.append(named)
    return ids


def open_run(run_id: str) -> None:
    """Make a run the chosen one: in the link. It opens at its last moment."""
    if run_id == run_in_link():
        return
    st.session_state["_left"] = [run_in_link(), run_id, time.monotonic()]  # first: see below
    st.session_state.pop("_beside", None)
    st.query_params.pop("step", None)  # from here on a second press may begin the script anew
    st.query_params["run"] = run_id


def opened_just_now() -> bool:
    """Whether a run was opened a moment ago: a second press of its button says no more."""
    return time.monotonic() - st.session_state.get("_left", [-math.inf])[-1] < DOUBLE_SECONDS


def choose_beside(listed: dict[str, Summary]) -> str | None:
    """Let a person choose a run that stands beside the chosen one; its id is in the link."""
    named = st.query_params.get("twin", "")[:80]
    if named and named not in listed:
        st.warning(Missing.sentence, icon=":material/link_off:")
    st.session_state["_twin"] = named if named in listed else None
    return st.selectbox(
        "Beside it",
        list(listed),
        key="_twin",
        # nothing in it changes while the run trains: a browser would send the old words
        format_func=lambda run_id: f"{listed[run_id].name} · {run_id[-4:]}",
        on_change=lambda: put_beside(st.session_state["_twin"]),
        placeholder="Choose a run to stand beside it, or train twins above",
    )


def put_beside(run_id: str | None) -> None:
    """Make a run the one that stands beside the chosen one: in the link."""
    if not run_id and _beside_just_now():
        return
    st.query_params.pop("twin", None)
    st.session_state["_beside"] = [run_id, time.monotonic()]
    if run_id:
        st.query_params["twin"] = run_id


def _beside_just_now() -> str | None:
    beside, since = st.session_state.get("_beside", (None, -math.inf))
    return beside if time.monotonic() - since < LAG_SECONDS else None


def keep_run() -> None:
    """Keep what was opened just now, whatever a browser that lags behind still says.

    A page's timer may ask before the browser has heard of it: with the link and menu of before.
    """
    if _left_just_now(run_in_link()):
        st.query_params["run"] = st.session_state["_left"][1]
    if (beside := _beside_just_now()) and not st.query_params.get("twin"):
        st.query_params["twin"] = beside


def _left_just_now(run_id: str) -> bool:
    left, _, since = st.session_state.get("_left", ("", "", -math.inf))
    return run_id == left and time.monotonic() - since < LAG_SECONDS


def _open_picked(picked: str | None, names: dict[str, str]) -> None:
    """Open the run that was picked; browsers send its label, which may have changed meanwhile."""
    named = [run_id for run_id, name in names.items() if f"{picked}".startswith(f"{name} · ")]
    meant = [picked] if picked in names else named
    if picked and len(meant) == 1 and not _left_just_now(meant[0]):
        open_run(meant[0])


def choose_run() -> tuple[Run, Summary]:
    """Let a person choose a run; where the link names none, the newest or the recorded one.

    A link to a run that is not here, or cannot be read, stops the page with a sentence.
    """
    listed = {summary.id: summary for summary in runs.summaries(run_in_link())}
    listed["demo"] = runs.find("demo").summary()
    whole = [run_id for run_id, summary in listed.items() if summary.state != "damaged"]
    chosen, names = run_in_link() or whole[0], runs.told_apart(listed.values())
    st.session_state["_run"] = chosen if chosen in listed else None
    st.selectbox(
        "Run",
        list(listed),
        key="_run",
        format_func=lambda run_id: listed[run_id].label(names[run_id]),
        on_change=lambda: _open_picked(st.session_state["_run"], names),
        label_visibility="collapsed",
        placeholder="Choose a run",
    )
    if chosen not in listed:
        st.warning(Missing.sentence, icon=":material/link_off:")
        st.stop()
    if chosen not in whole:
        st.error(plain(listed[chosen].message), icon=":material/broken_image:")
        st.page_link("runs.py", label="Go to the runs", icon=":material/folder_open:")
        st.stop()
    if chosen != "demo" and not run_in_link():
        st.query_params["run"] = chosen
    return runs.find(chosen), listed[chosen]


def choose(
    title: str,
    options: Sequence[Option],
    key: str,
    format_func: Callable[[Option], str] = str,
    default: int = 0,
    **more: Any,
) -> Option:
    """Let a person choose one option, side by side where there are few; it is in the link.

    Where the link says nothing, it is the one at the place `default`.
    """
    more |= {"key": key, "bind": "query-params", "format_func": format_func}
    put_now = False
    if (wanted := st.session_state.pop(f"_put-{key}", None)) in options:
        st.session_state[key], put_now = wanted, True  # then a default would be one too many
        with contextlib.suppress(StreamlitAPIException):  # a field that was here does so itself
            st.query_params[key] = format_func(wanted)
    if len(options) > MOST_SIDE_BY_SIDE:
        chosen = st.selectbox(title, options, index=None if put_now else default, **more)
    else:
        one = None if put_now else options[default]
        chosen = st.segmented_control(title, options, default=one, required=True, **more)
    return options[default] if chosen is None else chosen


def put(key: str, option: str) -> None:
    """Let `choose` take this option when it is drawn next."""
    st.session_state[f"_put-{key}"] = option


def option_chosen(key: str) -> str:
    """What `choose` will say of texts when it is drawn; "" where nothing was chosen yet."""
    put_now, known = (st.session_state.get(name) for name in (f"_put-{key}", key))
    return put_now or known or st.query_params.get(key, "")


def number_chosen(title: str, key: str, last: int, default: int = 0) -> int:
    """Let a person choose a number from 0 to `last`; it is in the link, and fits another layer."""
    asked = min(last, number_in_link(default, key))
    st.session_state[f"_{key}"] = asked
    return st.number_input(
        f"{title}, 0 to {last:,}",
        0,
        last,
        key=f"_{key}",
        width=150,
        on_change=lambda: keep_number(st.session_state[f"_{key}"], key),
    )


def choose_step(steps: Sequence[int]) -> int:
    """Let a person choose one of the recorded moments; the last where the link names none."""
    if len(steps) == 1:
        st.caption(f"Step {steps[0]:,}, the only recorded moment so far.")
        return steps[0]
    nearest = min(steps, key=lambda step: abs(step - number_in_link(steps[-1], "step")))
    st.session_state["_step"] = nearest
    return st.select_slider(
        "Moment (step)",
        steps,
        key="_step",
        format_func=lambda step: f"{step:,}",
        on_change=lambda: keep_number(st.session_state["_step"], "step"),
    )


def number_typed(
    title: str, key: str, number: float, bounds: tuple[float, float], **more: Any
) -> float | None:
    """A field for a number that may change elsewhere, too: gives what a person typed, once.

    The field shows `number`, and follows it when it changes.
    """
    seen, known = f"_seen-{key}", f"_known-{key}"
    if key not in st.session_state or st.session_state.get(seen) != number:
        st.session_state[seen] = st.session_state[known] = st.session_state[key] = number
    typed = st.number_input(title, *bounds, key=key, **more)
    if typed == st.session_state[known]:
        return None
    st.session_state[known] = typed
    return typed


def number_in_link(default: int, name: str) -> int:
    """The number that the link gives under a name, or the default where it gives none."""
    text = st.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else default


def keep_number(number: int | None, name: str) -> None:
    """Write a number into the link."""
    keep_run()
    if number is not None and st.query_params.get(name) != str(number):
        st.query_params[name] = str(number)


def first_number(key: str, name: str, default: int) -> int:
    """Where a scope opens: what the link said when it was first drawn, not as it is moved."""
    return st.session_state.setdefault(f"_first-{name}-{key}", number_in_link(default, name))


def value_of(key: str) -> Any:
    """What a widget or a component of this page holds; None where it was not drawn yet."""
    return st.session_state.get(key)


def fill(key: str, value: Any) -> None:
    """Let a widget of this page hold this, whatever it held, when it is drawn next."""
    st.session_state[key] = value
