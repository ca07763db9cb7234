"""How a network divides the plane between its classes, with the training points on it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style

CELLS = 120  # of each side of the field
BUDGET = 1000  # points
UNDER, OVER = 0.02, 0.98  # of a class's part of the colours: its ends belong to the next class


def decision_boundary(
    x: style.Numbers,
    y: style.Numbers,
    probabilities: np.ndarray,
    points: np.ndarray,
    targets: style.Numbers,
    *,
    classes: Sequence[object],
    x_title: str = "feature 1",
    y_title: str = "feature 2",
) -> go.Figure:
    """The field of probabilities (rows, columns, classes) at heights y and places x, and points.

    `points` are (n, 2), `targets` (n,) their classes' numbers. Of two classes the field shows how
    likely each is, undecided in the middle; of more, the likeliest one, the surer the stronger.
    """
    fig = style.figure(x_title, y_title, height=style.MATRIX)
    across, up = style.finite(x).ravel(), style.finite(y).ravel()
    field = style.finite(probabilities)
    field = field if field.ndim == 3 else np.zeros((0, 0, len(classes)))
    rows = style.thinned(field.shape[0], CELLS)
    columns = style.thinned(field.shape[1], CELLS)
    shown = field[np.ix_(rows, columns)]
    names = [style.symbol(name) for name in classes]
    if shown.size and shown.shape[2] >= 2:
        draw = _two if shown.shape[2] == 2 else _several
        where = dict(x=across[columns], y=up[rows])
        draw(fig, shown, names, where)
        fig.add_traces(style.blanks(shown.sum(axis=2), **where))
    drawn, every = _points(fig, points, targets, names)
    return style.caption(
        fig,
        "The fainter the ground, the less sure the network is." if shown.size else "",
        style.thinned_words(drawn, every, "points"),
        style.thinned_words(len(rows) * len(columns), field[..., 0].size, "places")
        if field.size
        else "",
        style.not_finite_words(field.sum(axis=2)),
    )


def colors(classes: int) -> list[str]:
    """The colour of each class: of two the ends of the signed scale, else those of lines."""
    if classes == 2:
        return [style.SIGNED[0][1], style.SIGNED[-1][1]]
    return [style.LINES[i % len(style.LINES)] for i in range(classes)]


def _two(fig: go.Figure, shown: np.ndarray, names: list[str], where: dict[str, Any]) -> None:
    """The second class's probability, 50 % see-through, and the line where both are as likely."""
    second = 100 * np.clip(shown[..., 1], 0, 1)
    named = names[1] if len(names) > 1 else "the second"
    fig.add_heatmap(
        **dict(z=style.light(second), **where, zmin=0, zmax=100, colorscale=style.FIELD),
        colorbar=style.colorbar("how sure (%)")
        | dict(tickvals=[0, 25, 50, 75, 100], ticktext=["100", "75", "50", "75", "100"]),
        name="probability",
        hovertemplate=f"{named}: %{{z:.1f}} %<extra></extra>",
    )
    if min(second.shape) > 1:
        fig.add_contour(
            **dict(z=style.light(second), **where, hoverinfo="skip", showscale=False),
            **dict(name="boundary", showlegend=False, contours_coloring="none"),
            **dict(autocontour=False, contours=dict(start=50, end=50, size=1)),
            line=dict(color=style.MUTED, width=2),
        )


def _several(fig: go.Figure, shown: np.ndarray, names: list[str], where: dict[str, Any]) -> None:
    """The likeliest class as a colour, and how likely it is as that colour's strength."""
    count = shown.shape[2]
    known = np.isfinite(shown).all(axis=2)
    filled = np.clip(np.where(known[..., None], shown, 0), 0, 1)
    best, share = filled.argmax(axis=2), filled.max(axis=2)
    sure = np.clip((share - 1 / count) / (1 - 1 / count), UNDER, OVER)
    scale: list[list[Any]] = []
    for index, color in enumerate(colors(count)):
        for end, strength in ((0, 0.08), (1, 0.6)):
            scale.append([(index + end) / count, style.faded(color, strength)])
    said = [names[i] if i < len(names) else str(i) for i in range(count)]
    fig.add_heatmap(
        **dict(z=style.light(np.where(known, best + sure, np.nan)), **where),
        **dict(zmin=0, zmax=count, colorscale=scale, showscale=False, name="probability"),
        **dict(text=np.array(said, object)[best], customdata=style.light(100 * share)),
        hovertemplate="%{text}: %{customdata:.1f} %<extra></extra>",
    )


def _points(
    fig: go.Figure, points: np.ndarray, targets: style.Numbers, names: list[str]
) -> tuple[int, int]:
    """The points, a series a class; gives how many are drawn, and of how many."""
    table, target = style.finite(points).reshape(-1, 2), style.finite(targets).ravel()
    known = np.isfinite(table).all(axis=1) & np.isfinite(target)
    keep = np.flatnonzero(known)[style.thinned(int(known.sum()), BUDGET)]
    for index, color in enumerate(colors(len(names))):
        mine = keep[target[keep] == index]
        fig.add_scatter(
            **dict(name=names[index], x=table[mine, 0], y=table[mine, 1], mode="markers"),
            marker=dict(
                **dict(color=color, size=7, symbol=style.SYMBOLS[index % len(style.SYMBOLS)]),
                line=dict(color=style.PAPER, width=1),
            ),
            hovertemplate="%{x:.3g}, %{y:.3g}",
        )
    return len(keep), int(known.sum())
