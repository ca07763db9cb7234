"""What one output of a convolution sees: a rectangle of the input image."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style

SIDE = 240  # pixels


def receptive_field(
    image: np.ndarray,
    sees: tuple[int, int, int, int],
    place: tuple[int, int],
    *,
    layer: str = "the layer",
) -> go.Figure:
    """The image (height, width), or (channels, height, width), with a rectangle on it.

    `sees` is (top, left, bottom, right) in pixels of the image, the last two not seen any more; it
    may reach beyond the image, into the padding. `place` is the output's row and column.
    """
    fig = style.figure("column", "row", height=style.CURVE, legend=False)
    fig.update_xaxes(constrain="domain", nticks=6)
    fig.update_yaxes(autorange="reversed", scaleanchor="x", constrain="domain", showgrid=False)
    pixels = style.finite(image)
    pixels = pixels if pixels.size else np.zeros((0, 0))
    if pixels.ndim == 3:
        pixels = (pixels / len(pixels)).sum(axis=0)
    rows, columns = (style.thinned(size, SIDE) for size in pixels.shape)
    shown = pixels[np.ix_(rows, columns)]
    where: dict[str, Any] = dict(x=columns, y=rows)
    known = shown[np.isfinite(shown)]
    low, high = (min(float(known.min()), 0.0), float(known.max())) if known.size else (0.0, 1.0)
    fig.add_heatmap(
        **dict(z=style.light(shown), **where, zmin=low, zmax=high if high > low else low + 1),
        **dict(colorscale=style.evenly(style.INPUT), showscale=False),
        hovertemplate="row %{y}, column %{x}: %{z:.4g}<extra></extra>",
    )
    fig.add_traces(style.blanks(shown, **where))
    if not pixels.size:
        return fig
    height, width = pixels.shape
    top, left, bottom, right = sees
    top_in, left_in = max(top, 0), max(left, 0)
    bottom_in, right_in = min(bottom, height), min(right, width)
    inside = max(bottom_in - top_in, 0) * max(right_in - left_in, 0)
    fig.add_shape(
        **dict(type="rect", x0=-0.5, x1=width - 0.5, y0=-0.5, y1=height - 0.5),
        line=dict(color=style.EDGE, width=1),
    )
    if inside:
        fig.add_shape(
            **dict(type="rect", x0=left_in - 0.5, x1=right_in - 0.5),
            **dict(y0=top_in - 0.5, y1=bottom_in - 0.5),
            **dict(line=dict(color=style.ACTIVATION, width=3)),
            fillcolor=style.faded(style.ACTIVATION, 0.15),
        )
    beyond = (bottom - top) * (right - left) - inside
    return style.caption(
        fig,
        f"The output of {layer} at row {place[0]}, column {place[1]} sees {inside:,} of "
        f"{height * width:,} pixels.",
        "The rest of its window lies outside the image." if beyond > 0 else "",
        style.thinned_words(len(rows) * len(columns), pixels.size, "pixels"),
        style.not_finite_words(pixels),
    )
