"""One layer's weights or their gradient as one picture, zero in the middle of the colours."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET = 110_000  # cells
WRITTEN = 64  # cells of a matrix that is small enough for its numbers to be written in it


def weight_matrix(
    values: np.ndarray,
    *,
    quantity: str = "weight",
    scale: float | None = None,
    role: str = "weight",
    x_title: str = "input",
    y_title: str = "unit",
) -> go.Figure:
    """A heat map of a weight (out, in), (out, in, height, width) or (out,): a row an output unit.

    `quantity` is the title of the colour bar. The colours reach from -scale to +scale: pass the
    scale of another moment to compare the two, else it is the largest absolute value. With the
    `role` "gate" they reach from 0 to 1. In a matrix of at most 64 cells the numbers are written.
    """
    fig = style.figure(x_title, y_title, height=style.MATRIX, legend=False)
    fig.update_yaxes(autorange="reversed", showgrid=False)
    matrix = style.finite(values)
    matrix = matrix.reshape(len(matrix), -1) if matrix.size else np.zeros((0, 0))
    rows, columns = shown_cells(*matrix.shape)
    shown = matrix[np.ix_(rows, columns)]
    end = min(scale or style.largest(matrix), style.LARGEST)
    z = shown.astype(np.float32) if end < 1e37 else shown
    where: dict[str, Any] = dict(x=columns, y=rows)
    colors: dict[str, Any] = dict(zmin=-end, zmax=end, zmid=0, colorscale=style.SIGNED)
    if role == "gate":
        colors = dict(zmin=0, zmax=1, colorscale=style.evenly(style.GATE))
    named = style.plain(y_title), style.plain(x_title)
    written: dict[str, Any] = dict(colorbar=style.colorbar(quantity))
    if matrix.size and matrix.size <= WRITTEN:
        words = [[f"{number:.2g}" for number in row] for row in shown]
        colors |= dict(colorscale=style.SOLID) if role != "gate" else {}
        written = dict(text=words, texttemplate="%{text}", showscale=False)
        fig.update_layout(height=style.CURVE, xaxis_dtick=1, yaxis_dtick=1)
        fig.update_yaxes(nticks=None)
    fig.add_heatmap(
        z=z,
        **where,
        **colors,
        **written,
        hovertemplate=f"{named[0]} %{{y}}, {named[1]} %{{x}}: %{{z:.4g}}<extra></extra>",
    )
    fig.add_traces(style.blanks(shown, **where))
    return style.caption(
        fig,
        style.thinned_words(len(rows), matrix.shape[0], "rows"),
        style.thinned_words(len(columns), matrix.shape[1], "columns"),
        style.not_finite_words(matrix),
    )


def shown_cells(rows: int, columns: int, budget: int = BUDGET) -> tuple[np.ndarray, np.ndarray]:
    """Which rows and which columns of a matrix to draw so that the cells stay under the budget."""
    side = int(budget**0.5)
    row_budget = max(side, budget // max(columns, 1))
    kept_rows = style.thinned(rows, row_budget)
    return kept_rows, style.thinned(columns, budget // max(len(kept_rows), 1))
