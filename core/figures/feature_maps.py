"""A convolution's feature maps for one input: a grid of pictures with one scale of colours."""

import numpy as np
import plotly.graph_objects as go

from core.figures import style

BUDGET = 60_000  # cells
MAPS = 64


def feature_maps(
    maps: np.ndarray, *, quantity: str = "activation", columns: int | None = None
) -> go.Figure:
    """A grid of the maps (channels, height, width), row by row; `columns` pictures side by side."""
    fig = style.figure("column", "row", height=style.CURVE, legend=False)
    fig.update_xaxes(visible=False, constrain="domain")
    fig.update_yaxes(visible=False, autorange="reversed", scaleanchor="x", constrain="domain")
    values = style.finite(maps)
    values = values.reshape(-1, *values.shape[-2:]) if values.size else np.zeros((0, 1, 1))
    keep = style.thinned(len(values), MAPS)
    side = int(max(BUDGET / max(len(keep), 1), 16) ** 0.5)
    rows, across = style.thinned(values.shape[1], side), style.thinned(values.shape[2], side)
    shown = values[np.ix_(keep, rows, across)]
    picture, channels = mosaic(shown, keep, columns)
    end = style.largest(values)
    fig.add_heatmap(
        z=picture.astype(np.float32) if end < 1e37 else picture,
        **dict(zmin=-end, zmax=end, zmid=0, colorscale=style.SIGNED, customdata=channels),
        **dict(colorbar=style.colorbar(quantity), hoverongaps=False),
        hovertemplate="map %{customdata}: %{z:.4g}<extra></extra>",
    )
    if not np.isfinite(shown).all():
        gaps, _ = mosaic(np.where(np.isfinite(shown), 0.0, np.inf), keep, columns)
        fig.add_traces(style.blanks(np.where(np.isinf(gaps), np.nan, 0.0)))
    edges = _outlines(len(keep), len(rows), len(across), columns)
    looks = dict(type="rect", line=dict(color=style.GRID, width=1))
    fig.update_layout(shapes=[looks | edge for edge in edges])  # at once: one by one is slow
    return style.caption(
        fig,
        style.thinned_words(len(keep), len(values), "maps"),
        style.thinned_words(len(rows) * len(across), values[:1].size or 1, "cells a map")
        if values.size
        else "",
        style.not_finite_words(values),
    )


def mosaic(
    maps: np.ndarray, names: np.ndarray, columns: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Maps (n, height, width) in a grid, an empty cell (NaN) between; and the map of every cell."""
    count, height, width = maps.shape
    across = columns or grid_columns(count)
    down = -(-count // across) if count else 0
    picture = np.full((max(down * (height + 1) - 1, 0), across * (width + 1) - 1), np.nan)
    owner = np.full(picture.shape, -1)
    for index in range(count):
        top, left = (index // across) * (height + 1), (index % across) * (width + 1)
        picture[top : top + height, left : left + width] = maps[index]
        owner[top : top + height, left : left + width] = names[index]
    return picture, owner


def grid_columns(count: int) -> int:
    """How many pictures side by side: about a square, wider rather than high, few places empty."""
    side = max(1, int(np.ceil(count**0.5)))
    return min(range(side, 2 * side), key=lambda columns: (-count % columns, columns))


def _outlines(count: int, height: int, width: int, columns: int | None) -> list[dict[str, float]]:
    across = columns or grid_columns(count)
    corners = [((i % across) * (width + 1), (i // across) * (height + 1)) for i in range(count)]
    return [
        dict(x0=left - 0.5, x1=left + width - 0.5, y0=top - 0.5, y1=top + height - 0.5)
        for left, top in corners
    ]
