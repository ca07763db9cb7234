"""The scope: packed pictures on the page, drawn in the browser, and what was chosen there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import streamlit as st

from core.pictures.walk_views import Cell
from pages.shared.choose import keep_number

_HERE = Path(__file__).parent
CURVE = _HERE / "scope_curve.js"
"""The mathematics of curves, apart from drawing."""
_PARTS = (  # one script
    *("saving.js", "scope_pictures.js", "scope_cards.js", "scope_answers.js"),
    *("scope_live.js", CURVE.name, "scope_work.js", "scope.js"),
)
STYLE = "\n".join((_HERE / f"{part}.css").read_text("utf-8") for part in ("scope", "saving"))
SCRIPT = "\n".join((_HERE / part).read_text(encoding="utf-8") for part in _PARTS)
_mount = st.components.v2.component("layerscope_scope", css=STYLE, js=SCRIPT)


@dataclass(frozen=True)
class Seen:
    """What was chosen in the scope; None for what was not touched."""

    step: int | None
    """The step at which the slider was released."""
    probe: int | None
    """The number of the probe input, counted from 0."""
    layer: str | None
    """The id of the card whose title was clicked just now; None in the next run."""
    socket: Literal["open", "failed"] | None
    """ "failed" where live pictures do not get through, "open" once they do again."""
    unit: tuple[str, Cell] | None = None
    """The layer and the cell of the number that was clicked just now; None in the next run."""
    at: tuple[int, int] | None = None
    """The step and the probe input that were shown when it was clicked."""


def keep_moment(seen: Seen, opened: tuple[int, int]) -> tuple[int, int]:
    """Keep in the link what was chosen in a scope; gives the step and the probe that it shows.

    `opened` says at which ones it was opened.
    """
    keep_number(seen.step, "step")
    keep_number(seen.probe, "probe")
    return (
        opened[0] if seen.step is None else seen.step,
        opened[1] if seen.probe is None else seen.probe,
    )


def _changed() -> None:
    """Streamlit keeps a component's value only where it has a callback."""


def scope(packed: bytes, key: str) -> Seen:
    """Draw packed pictures of core.pictures, and give what was chosen in them.

    The same `key` keeps the canvas, its place in time and its socket over reruns.
    """
    names = ("step", "probe", "layer", "socket", "unit")
    values = _mount(
        key=key,
        data=packed,
        on_step_change=_changed,
        on_probe_change=_changed,
        on_layer_change=_changed,
        on_socket_change=_changed,
        on_unit_change=_changed,
    )
    step, probe, layer, socket, unit = (values.get(name) for name in names)
    return Seen(
        step if isinstance(step, int) else None,
        probe if isinstance(probe, int) else None,
        layer if isinstance(layer, str) else None,
        cast(Literal["open", "failed"], socket) if socket in ("open", "failed") else None,
        *(_clicked(unit) if isinstance(unit, str) else (None, None)),
    )


def _clicked(text: str) -> tuple[tuple[str, Cell] | None, tuple[int, int] | None]:
    """A layer and a cell, a step and a probe from "conv1:3:5:7:120:2"; None for what is none."""
    name, *told = text[:200].split(":")
    if len(told) not in (3, 5) or not all(
        n.isascii() and n.isdigit() and len(n) < 11 for n in told
    ):
        return None, None
    tile, line, column, *at = map(int, told)
    return (name, (tile, line, column)), (at[0], at[1]) if at else None
