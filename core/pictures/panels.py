"""Panels: how one recorded array stands on a card, as a plane of tiles and a histogram."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.architectures.bricks import Shape
from core.architectures.bricks.sequences import GATES
from core.architectures.plans import Layer
from core.pictures.planes import (
    LEAST_SCALE,
    arranged,
    columns,
    display_scale,
    not_finite,
    signed_bytes,
    tile_shape,
    unsigned_bytes,
)
from core.records import Array

BINS = 51  # of 5 bytes each: zero is in the middle of the middle one
MOST_WEIGHTS = 2**17  # values of one weight picture
MOST_OUTPUTS = 12_288  # values of one layer's output for one probe
MOST_MAPS = 64
GATE_NAMES = {
    "lstm": ("input", "forget", "cell", "output"),
    "gru": ("reset", "update", "new"),
}
MATRICES = ("rnn", "lstm", "gru", "selfattention", "embedding", "positions")
"""Kinds whose weights are matrices to be seen whole, no picture a unit."""
OF_INPUTS = ("output", "slope")
"""Arrays with a picture for every input."""
PLAIN = (
    *("flatten", "rows", "dropout", "maxpool2d", "avgpool2d", "globalaveragepool"),
    *("laststep", "meanovertime", "embedding", "positions", "branches"),
)
"""Kinds whose outputs are neither pre-activations nor activations."""


@dataclass
class Panel:
    """One picture of a card: which array it shows, and how its numbers are laid out."""

    id: str
    role: str
    caption: str
    source: tuple[str, str]
    looks_at: Shape
    probes: int
    tiles: int
    tile: str  # what one tile is called: "unit", "filter", "map"
    cell: str  # what one cell is: "pixel" (row, column), "unit", "input", "matrix"
    histogram: bool = True
    fixed: Array | None = None  # still: the same array in every frame
    own_scale: bool = False
    note: str = ""
    absent: str = ""  # said at the moments that have nothing to paint
    units: Sequence[int | str] | None = None  # the tiles' own numbers, where not 0, 1, 2 …
    planes: list[dict] = field(default_factory=list)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of one tile."""
        return self.looks_at if self.cell == "matrix" else tile_shape(self.looks_at)  # type: ignore[return-value]

    def place(self, offset: int) -> int:
        """Describe this panel's planes from byte `offset` of a frame on; the offset after them."""
        height, width = self.size
        gates = self.tile == "gate"  # stay side by side
        told = {
            "id": self.id,
            "role": self.role,
            "caption": self.caption,
            "offset": offset,
            "probes": self.probes,
            "tiles": self.tiles,
            "height": height,
            "width": width,
            "columns": self.tiles if gates else columns(self.tiles, height, width),
            "cells": math.prod(self.looks_at),
            "tile": self.tile,
            "cell": self.cell,
            "signed": True,
            "still": self.fixed is not None,
            "units": None if self.units is None else list(self.units),
            "absent": self.absent,
        }
        offset += self.probes * self.tiles * height * width
        self.planes = [told]
        if self.histogram:
            one = {"probes": 1, "tiles": 1, "columns": 1, "cells": BINS, "signed": False}
            bins = {"role": "histogram", "offset": offset, "cell": "bin"}
            bins |= {"height": 1, "width": BINS}
            self.planes.append(told | one | bins | {"id": f"{self.id}/histogram"})
            offset += BINS
        return offset

    def reach(self, array: Array | None) -> float:
        """The display scale of a recorded array, 0 for one that was not recorded."""
        size = 0.0 if array is None else display_scale(array.values) * array.scale
        return 0.0 if array is None else max(size, LEAST_SCALE)

    def paint(
        self, array: Array | None, scale: float, scales: dict[str, float]
    ) -> list[np.ndarray]:
        """The bytes of this panel's planes; notes what is to be known of them in `scales`."""
        height, width = self.size
        shape = (self.probes, self.tiles, height, width)
        numbers = self.rows(array)
        if array is None or numbers is None:
            blank = np.full(shape, 128, np.uint8)
            scales[self.id] = 0.0
            return [blank, np.zeros(BINS, np.uint8)] if self.histogram else [blank]
        if numbers.dtype == np.int8:  # 256 possible numbers: a table is quicker
            table = signed_bytes(np.arange(256, dtype=np.uint8).view(np.int8) * array.scale, scale)
            rows = table[numbers.view(np.uint8)]
        else:
            rows = signed_bytes(numbers, scale / max(array.scale, LEAST_SCALE))
        scales |= {self.id: scale} | not_finite(self.id, rows, self.probes)
        picture = rows if self.cell == "matrix" else arranged(rows, self.looks_at)
        if not self.histogram:
            return [picture]
        counts = np.bincount(rows.ravel(), minlength=256)
        scales[f"{self.id}/histogram/low"], scales[f"{self.id}/histogram/high"] = -scale, scale
        scales[f"{self.id}/beyond"] = round(float(counts[1] + counts[255]) / rows.size, 5)
        bars = counts[1:].reshape(BINS, 5).sum(1)
        return [picture, unsigned_bytes(bars, bars.max())]

    def rows(self, array: Array | None) -> np.ndarray | None:
        """The shown numbers, one row a tile; None if the array has not the planned shape."""
        if array is None:
            return None
        values, row = array.values, math.prod(self.looks_at)
        if self.cell == "matrix":
            values = values.reshape(len(values), -1)[: self.looks_at[0], : self.looks_at[1]]
            return values if values.shape == self.looks_at else None
        if self.source[1] in OF_INPUTS:
            if len(values) != self.probes:
                return None
            if self.cell == "step":
                values = values.transpose(0, 2, 1)[:, : self.looks_at[1]]
            parts = values.reshape(self.probes, values.shape[1] if self.tile == "map" else 1, -1)
            rows = parts[:, : self.tiles, :row].reshape(-1, row)
        elif values.ndim == 1:
            rows = values[None, :row]
        elif self.tile in ("gate", "") and self.cell == "pixel":
            rows = values.reshape(-1)[: self.tiles * row].reshape(self.tiles, row)
        else:
            rows = values.reshape(len(values), -1)[: self.tiles, :row]
        return rows if rows.shape == (self.probes * self.tiles, row) else None


WEIGHT_WORDS = {"ih": "weights of the input", "hh": "weights of the state"}


def weight_panel(
    layer: Layer, shape: Shape, units: int | None = None, kind: str = "weight"
) -> Panel:
    """The panel of one of a layer's weight arrays, of `shape`: a tile for what each unit looks at.

    The matrices of a recurrent layer have a tile for each gate, others are drawn as they are.
    """
    rows, row = (shape[0], math.prod(shape[1:])) if len(shape) > 1 else (1, shape[0])
    source, name, whole = (layer.name, kind), f"{layer.name}/{kind}", units or rows
    if layer.kind in MATRICES and len(shape) == 2:
        gates = GATES.get(layer.kind, 1) if units is None else 1
        looks_at: Shape = (1, rows // gates, row)
        tiles, unit = gates, "gate" if gates > 1 else ""
        if math.prod(shape) > MOST_WEIGHTS:
            looks_at, tiles, unit = (1, max(1, MOST_WEIGHTS // row), min(row, MOST_WEIGHTS)), 1, ""
        panel = Panel(name, "weight", told_weights(kind), source, looks_at, 1, tiles, unit, "pixel")
        if unit:
            panel.units = GATE_NAMES[layer.kind]
            panel.caption += f", one {looks_at[1]}×{row} tile per gate"
        if looks_at[1] * tiles < whole:
            panel.note = f"{looks_at[1]} of {whole} rows shown"
        return panel
    if math.prod(layer.looks_at) == row and len(shape) > 1:
        looks_at = layer.looks_at
    else:
        looks_at = (1, *shape[1:]) if len(shape) == 3 else shape[1:] if len(shape) > 2 else (row,)
    if row > MOST_WEIGHTS:
        looks_at = (MOST_WEIGHTS,)
    height, width = tile_shape(looks_at)
    tiles = min(rows, max(1, MOST_WEIGHTS // (height * width)))
    turned = (
        layer.kind == "foreign" and layer.weights[kind][0] != layer.output_shape[layer.units_axis]
    )
    unit = "filter" if layer.kind in ("conv2d", "conv1d") else "row" if turned else "unit"
    told = f"weights, one {height}×{width} tile per {unit}" if len(shape) > 1 else "weights"
    cell = "pixel" if len(looks_at) > 1 else ("input" if len(shape) > 1 else "channel")
    panel = Panel(name, "weight", told, source, looks_at, 1, tiles, unit, cell)
    if len(shape) > 1 and tiles < whole:
        panel.note = f"{tiles} of {whole} {unit}s shown"
    if row > MOST_WEIGHTS:
        panel.note += f"; {MOST_WEIGHTS:,} of {row:,} weights each"
    return panel


def told_weights(kind: str) -> str:
    """What a weight array is called: "weight_hh_l1_reverse", "weight_query", "weight"."""
    _, _, rest = kind.partition("_")
    word, _, place = rest.partition("_")
    if word in WEIGHT_WORDS:
        where = "" if place in ("l0", "") else f" {place.replace('_', ' ')}"
        return f"{WEIGHT_WORDS[word]}{where}"
    return f"{word} weights" if word else "weights"


def output_panel(
    layer: Layer, shape: Shape, units: int | None = None, last: str = "", room: int = 1
) -> Panel:
    """The panel of a layer's outputs of `shape` (probes, …), a picture for each probe.

    A sequence is drawn with its time from left to right. `last`: what the last layer's are called;
    `room`: how many times the usual numbers there is room for.
    """
    large = room * MOST_OUTPUTS
    linear = layer.gives_pre_activations
    looks_at: Shape
    told = last or ("pre-activations" if linear else "activations")
    if layer.kind in PLAIN:
        told = "outputs"
    role = "pre-activation" if linear else "activation"
    source, name = (layer.name, "output"), f"{layer.name}/output"
    if len(shape) == 3:
        time, most = shape[1], max(1, large // shape[1])
        looks_at = (1, min(shape[2], most), time)
        panel = Panel(name, role, f"{told}, time →", source, looks_at, shape[0], 1, "", "step")
        count, shown, unit = shape[2], looks_at[1], "unit"
    elif len(shape) > 3:
        count, looks_at = shape[1], (1, *shape[2:])
        tiles = min(count, MOST_MAPS, max(1, large // math.prod(looks_at)))
        panel = Panel(name, role, told, source, looks_at, shape[0], tiles, "map", "pixel")
        shown, unit = tiles, "map"
    else:
        count = shape[1]
        shown, unit = min(count, large), "unit"
        looks_at, cell = (shown,), "unit"
        if layer.kind == "flatten" and shown == math.prod(layer.input_shape):
            looks_at, cell = layer.input_shape, "pixel"
        panel = Panel(name, role, told, source, looks_at, shape[0], 1, "", cell)
    panel.histogram = linear or layer.kind not in PLAIN
    if shown < (units or count):
        panel.note = f"{shown} of {units or count} {unit}s shown"
    return panel
