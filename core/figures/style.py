"""The figures' one look: palette, type scale, sizes, and rules for thinning and for odd numbers.

Every figure starts with `figure(...)` and takes its colours from here. Backgrounds are transparent
and lines mid-grey, so that one figure reads on a light page and on a dark one.
"""

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Any

import numpy as np
import plotly.graph_objects as go

Numbers = Sequence[float | None] | np.ndarray  # what a figure takes for a line; None is a gap
Steps = Sequence[int] | np.ndarray

# One meaning each, told apart by all eyes, 3:1 on the light page and on the dark one; a test
# simulates colour blindness and measures both.
INPUT = "#616d71"
WEIGHT = "#7f5dae"
PRE_ACTIVATION = "#3b9a99"
ACTIVATION = "#c88802"
GRADIENT = "#d03d81"
GATE = "#829859"  # how much is let through, from 0 to 1: gates, attention, branches
TRAINING = "#2f6db5"
HELD_OUT = "#da7a1b"
DEAD = "#8a8f98"
SATURATED = "#b23a48"
ROLES = {
    "input": INPUT,
    "weight": WEIGHT,
    "pre_activation": PRE_ACTIVATION,
    "activation": ACTIVATION,
    "gradient": GRADIENT,
    "gate": GATE,
}

# Lines that are told apart by name only (layers, norms): after the last one the dashes change.
LINES = ("#2f6db5", "#da7a1b", "#16a4ad", "#c23776", "#796b94", "#929091", "#b2844a")
DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x", "triangle-down")

# Zero is see-through and in the middle, so it takes the page's own background in light and in dark.
SIGNED = (
    (0.0, "rgba(33,102,172,1)"),
    (0.25, "rgba(67,147,195,0.75)"),
    (0.5, "rgba(128,128,128,0)"),
    (0.75, "rgba(224,130,80,0.75)"),
    (1.0, "rgba(179,88,6,1)"),
)
SOLID = (  # the same on white: a number in a cell finds its contrast to what is not see-through
    (0.0, "rgb(33,102,172)"),
    (0.25, "rgb(114,174,210)"),
    (0.5, "rgb(255,255,255)"),
    (0.75, "rgb(232,161,124)"),
    (1.0, "rgb(179,88,6)"),
)
FIELD = (  # the same, pale enough for points to lie on
    (0.0, "rgba(33,102,172,0.55)"),
    (0.5, "rgba(128,128,128,0)"),
    (1.0, "rgba(179,88,6,0.55)"),
)

MUTED = "#7a7f87"  # text where the page's own colours are not known: 4:1 on white and on black
GRID = "rgba(128,132,140,0.25)"
EDGE = "rgba(128,132,140,0.8)"
CLEAR = "rgba(0,0,0,0)"
PAPER = "rgba(255,255,255,0.8)"  # the rim of points that lie on colours

TITLE, TEXT, LINE = 14, 12, 17  # pixels: axis titles, all other text, the height of a line
STRIP, CURVE, MATRIX = 180, 320, 440  # the three heights in pixels
LEGEND_ROOM, PLAIN_ROOM, AXIS_ROOM = 36, 14, 46  # above, with a legend and without; below
LARGEST = 1e304  # a thousand times it is still a finite float64: sums and percents of it hold

TEMPLATE = go.layout.Template(
    layout=dict(
        font=dict(family="sans-serif", size=TEXT, color=MUTED),
        colorway=LINES,
        hoverlabel=dict(font=dict(size=TEXT)),
        modebar=dict(bgcolor=CLEAR, color=GRID, activecolor=MUTED, orientation="h"),
        xaxis=dict(gridcolor=GRID, linecolor=EDGE, zeroline=False, automargin=True),
        yaxis=dict(gridcolor=GRID, linecolor=EDGE, zeroline=False, automargin=True),
    )
)


def figure(
    x_title: str, y_title: str, *, height: int = CURVE, legend: bool = True, **layout: Any
) -> go.Figure:
    """An empty figure in the one look with titled axes; more of the layout may follow by name."""
    axis = dict(tickfont=dict(size=TEXT), ticks="outside", ticklen=4, tickcolor=GRID)
    fig = go.Figure(
        layout=dict(
            template=TEMPLATE,
            height=height,
            margin=dict(
                l=8,
                r=12,
                t=LEGEND_ROOM if legend else PLAIN_ROOM,
                b=AXIS_ROOM,
                pad=0,
                autoexpand=True,
            ),
            paper_bgcolor=CLEAR,
            plot_bgcolor=CLEAR,
            showlegend=legend,
            legend=dict(orientation="h", x=0, xanchor="left", y=1, yanchor="bottom", bgcolor=CLEAR),
            bargap=0.15,
            xaxis=dict(axis, title=_axis_title(x_title, 6), tickangle=0, showgrid=False),
            yaxis=dict(axis, title=_axis_title(y_title, 8), nticks=7, showgrid=True),
        )
    )
    return fig.update_layout(**layout)


def _axis_title(text: str, standoff: int) -> dict[str, Any]:
    return dict(text=plain(text), font=dict(size=TITLE), standoff=standoff)


def plain(text: object) -> str:
    """The text as Plotly shows it literally: its labels are a kind of HTML, with `<` and `&`."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def caption(fig: go.Figure, *sentences: str) -> go.Figure:
    """The figure with sentences in small type below its x axis; empty ones are left out."""
    text = " ".join(sentence for sentence in sentences if sentence)
    if not text:
        return fig
    lines = wrap(text, 40)  # a phone is as wide as that
    fig.add_annotation(
        name="caption",
        text="<br>".join(plain(line) for line in lines),
        **dict(x=0, xref="paper", xanchor="left", y=0, yref="paper", yanchor="top"),
        **dict(yshift=-AXIS_ROOM, align="left", showarrow=False, font=dict(size=TEXT)),
    )
    room = LINE * len(lines) + 6
    return fig.update_layout(height=fig.layout.height + room, margin_b=fig.layout.margin.b + room)


WHITE = {" ": "␣", "\n": "↵", "\t": "⇥", "": "∅"}


def symbol(text: object) -> str:
    """A symbol as it can be seen and is shown literally: a space is "␣", the end of a line "↵"."""
    return plain(WHITE.get(str(text), text))


def named_ticks(labels: Sequence[object] | None, kept: np.ndarray, most: int) -> dict[str, Any]:
    """Ticks with the labels of the things drawn; none where there are more letters than `most`."""
    names = [symbol(labels[i]) for i in kept if i < len(labels)] if labels is not None else []
    if not names or sum(map(len, names)) > most:
        return {}
    return dict(tickvals=kept[: len(names)], ticktext=names, tickmode="array")


def called(labels: Sequence[object] | None, kept: np.ndarray) -> list[str]:
    """What a pointer's text adds to the number of each thing drawn: its label, " (a)", or ""."""
    names = [] if labels is None else labels
    return [f" ({symbol(names[i])})" if i < len(names) else "" for i in kept]


def light(values: np.ndarray) -> np.ndarray:
    """The values as float32, half as much to send, where all of them fit into it."""
    fits = np.nanmax(np.abs(values), initial=0.0) < 1e37
    return values.astype(np.float32) if fits else values


def thinned(n: int, budget: int) -> np.ndarray:
    """Which of n things to draw: at most `budget` indices, evenly spread, first and last kept."""
    if n <= budget:
        return np.arange(n)
    return np.unique(np.linspace(0, n - 1, max(budget, 2)).round().astype(int))


def thinned_words(shown: int, n: int, things: str) -> str:
    """The sentence that says that a figure was thinned, or nothing when all is shown."""
    return f"{shown:,} of {n:,} {things} shown." if shown < n else ""


def finite(values: Iterable[Any] | np.ndarray | None) -> np.ndarray:
    """The values as float64, with NaN (a gap in a figure) for None and whatever is not finite."""
    array = np.asarray([] if values is None else values)
    array = array.astype(np.float64) if array.size else np.zeros(array.shape)
    return np.where(np.abs(array) <= LARGEST, array, np.nan)


def not_finite_words(values: np.ndarray) -> str:
    """The sentence that counts values that are no finite number, or nothing when all are."""
    missing = int(np.count_nonzero(~np.isfinite(values)))
    words = f"{missing:,} of {values.size:,} values are not finite numbers (grey)."
    return words if missing else ""


def largest(values: np.ndarray) -> float:
    """The largest absolute finite value, or 1 when that is zero or there is none: ends a scale."""
    sizes = np.abs(values[np.isfinite(values)])
    top = float(sizes.max()) if sizes.size else 0.0
    return top if top > 0 else 1.0


def end(scale: float | None, values: np.ndarray) -> float:
    """Where a scale ends: where it was asked to, else at the largest of the values."""
    return float(scale) if scale is not None and 0 < scale <= LARGEST else largest(values)


def shades(color: str) -> list[list[Any]]:
    """A scale from see-through (0) to a colour (1), steep at first so that small shares show."""
    stops = ((0.0, 0.0), (0.02, 0.18), (0.1, 0.4), (0.3, 0.65), (0.6, 0.85), (1.0, 1.0))
    return [[at, faded(color, strength)] for at, strength in stops]


def evenly(color: str) -> list[list[Any]]:
    """A scale from see-through (0) to a colour (1) in which half of it is half as strong."""
    return [[0.0, faded(color, 0)], [1.0, faded(color, 1)]]


def faded(color: str, strength: float) -> str:
    """A `#rrggbb` colour at a strength from 0 (see-through) to 1."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{strength:.3g})"


def colorbar(title: str) -> dict[str, Any]:
    """A slim colour bar with a title above it, in short lines and apart from the numbers."""
    lines = [plain(line) for line in wrap(str(title), 9, break_on_hyphens=False)]
    text = "<br>".join([*lines, '<span style="font-size:5px"> </span>'])
    return dict(
        title=dict(text=text, font=dict(size=TEXT), side="top"),
        **dict(
            thickness=10, len=1, outlinewidth=0, xpad=6, ypad=0, nticks=5, tickfont=dict(size=TEXT)
        ),
    )


def blanks(values: np.ndarray, **places: Any) -> list[go.Heatmap]:
    """A grey picture that covers exactly the cells that are no finite number, if there are any."""
    missing = ~np.isfinite(values)
    if not missing.any():
        return []
    scale = [[0, DEAD], [1, DEAD]]
    return [
        go.Heatmap(
            z=np.where(missing, 1.0, np.nan),
            **dict(colorscale=scale, zmin=0, zmax=1, showscale=False, name="not finite"),
            hovertemplate="not a finite number<extra></extra>",
            **places,
        )
    ]
