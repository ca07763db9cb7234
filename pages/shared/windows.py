"""Windows: what one output of a convolution or a pooling layer saw, and how it was made of it."""

from typing import Any

import numpy as np
import streamlit as st

from core.architectures.plans import Layer
from core.figures.receptive_field import receptive_field
from core.figures.weight_matrix import weight_matrix
from core.records import Array, ArrayKey
from pages.shared.chart import still_chart
from pages.shared.choose import number_chosen

PLACES: dict[str, Any] = {"x_title": "column", "y_title": "row", "quantity": "value"}


def draw_window(
    layer: Layer,
    weights: dict[ArrayKey, Array],
    given: np.ndarray | None,
    gave: np.ndarray,
    image: np.ndarray,
    why: str,
) -> None:
    """Let a person choose one output; draw what it saw of the image, and its arithmetic.

    `given` (channels, height, width) is what the layer was given, `gave` what it made of it; `why`
    says why it is not here, where it is not.
    """
    maps, height, width = gave.shape
    with st.container(horizontal=True):
        one = number_chosen("Map", "map", maps - 1)
        row = number_chosen("Row", "row", height - 1, height // 2)
        column = number_chosen("Column", "column", width - 1, width // 2)
    left, right = st.columns([1, 2])
    with left:
        if layer.field is not None and len(layer.field.sides) == 2 and image.ndim == 3:
            rows, columns = layer.field.at((row, column))
            seen = rows[0], columns[0], rows[1] + 1, columns[1] + 1
            still_chart(
                receptive_field(image, seen, (row, column), layer=layer.name), "receptive-field"
            )
            if layer.field.norms:
                st.caption("Through the mean and variance of a norm before it, all pixels count.")
        else:
            st.caption("Which part of the input one output of this layer sees is not known here.")
    with right:
        if given is None:
            st.caption(why)
            return
        if layer.kind == "conv2d":
            _convolution(layer, weights, given, gave, (one, row, column))
        else:
            _pooling(layer, given, gave, (one, row, column))


def patch(given: np.ndarray, layer: Layer, row: int, column: int) -> np.ndarray:
    """The window (channels, size, size) that an output was made of; the padding is zero."""
    brick = layer.brick
    size = brick.kernel if layer.kind == "conv2d" else brick.size  # type: ignore[union-attr]
    stride = brick.stride or size  # type: ignore[union-attr]
    padding = brick.padding  # type: ignore[union-attr]
    blank = -np.inf if layer.kind == "maxpool2d" else 0.0
    sides = ((0, 0), (padding, padding), (padding, padding))
    padded = np.pad(given, sides, constant_values=blank)
    top, left = row * stride, column * stride
    return padded[:, top : top + size, left : left + size]


def _convolution(
    layer: Layer,
    weights: dict[ArrayKey, Array],
    given: np.ndarray,
    gave: np.ndarray,
    place: tuple[int, int, int],
) -> None:
    one, row, column = place
    weight, bias = weights[layer.name, "weight"].numbers(), weights.get((layer.name, "bias"))
    if one >= len(weight):
        st.caption(f"Of this layer's filters the first {len(weight)} were recorded.")
        return
    seen = patch(given, layer, row, column)
    channel = number_chosen("Channel", "channel", len(seen) - 1) if len(seen) > 1 else 0
    parts = {
        "the patch": seen[channel],
        "× the filter": weight[one, channel],
        "= products": seen[channel] * weight[one, channel] + 0.0,  # no -0
    }
    for side, (title, values) in zip(st.columns(3), parts.items(), strict=True):
        with side:
            st.caption(title)
            still_chart(weight_matrix(values, **PLACES), f"window-{title[-6:].strip()}")
    sums = (seen * weight[one]).sum(axis=(1, 2))
    others = f"; all {len(seen)} channels {sums.sum():.4g}" if len(seen) > 1 else ""
    added = ""
    if bias is not None:
        shift = bias.numbers()[one]
        added = f"With the bias {shift:.4g} that is {sums.sum() + shift:.4g}; "
    st.caption(
        f"The products add up to {sums[channel]:.4g}{others}. "
        f"{added}PyTorch gave, in row {row} and column {column}, {gave[one, row, column]:.4g}."
    )


def _pooling(
    layer: Layer, given: np.ndarray, gave: np.ndarray, place: tuple[int, int, int]
) -> None:
    one, row, column = place
    window = patch(given, layer, row, column)[one]
    with st.columns(2)[0]:
        st.caption("the window")
        inside = np.where(np.isfinite(window), window, np.nan)
        still_chart(weight_matrix(inside, **PLACES), "window-pool")
    if layer.kind == "maxpool2d":
        down, across = np.unravel_index(int(window.argmax()), window.shape)
        st.caption(
            f"The largest, {window.max():.4g}, is kept: it stood in row {down}, column {across} of "
            f"the window. PyTorch gave {gave[one, row, column]:.4g}."
        )
    else:
        st.caption(f"Its mean is {window.mean():.4g}; PyTorch gave {gave[one, row, column]:.4g}.")
