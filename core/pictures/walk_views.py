"""Walk views: one training step as a strip, what every layer gave and the gradient that came back.

Every number of it can be pointed at: a cell of a picture stands for a place of a layer's output.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.architectures.plans import Layer
from core.data.dataset import Dataset
from core.one_step import Walk
from core.pictures.guarded import Faults
from core.pictures.inputs import Probes, last_words
from core.pictures.panels import Panel, output_panel
from core.pictures.planes import arranged
from core.pictures.strips import card, pictured
from core.records import Array, Moment

Cell = tuple[int, int, int]
"""Tile, line and column of a picture; of a vector the number alone, as its tile."""


def walk_view(
    run_id: str,
    dataset: Dataset,
    layers: Sequence[Layer],
    walk: Walk,
    chosen: dict[str, tuple[int, ...]],
    epoch: float = 0.0,
) -> bytes:
    """The strip of one step for its example: outputs, and ∂loss ÷ ∂ each of them below.

    `chosen` are places of outputs that are marked, by layer; `epoch` says when the step was. Every
    picture has its own scale.
    """
    arrays = {(name, "output"): Array(values[np.newaxis]) for name, values in walk.outputs.items()}
    arrays |= {(name, "slope"): Array(values[np.newaxis]) for name, values in walk.slopes.items()}
    moment = Moment(walk.step, epoch, walk.own_loss, arrays)
    panels, offset, marks = [], 0, {}
    for layer in layers:
        words = last_words(dataset) if layer is layers[-1] else ""
        gave = output_panel(layer, (1, *layer.output_shape), last=words)
        mine = [gave]
        if layer.name in walk.slopes:
            mine.append(_slopes(gave, layer))
        for panel in mine:
            offset = panel.place(offset)
            if layer.name in chosen:
                marks[panel.id] = cell_of(layer, chosen[layer.name])
        panels.append(mine)
    cards = [card(layer, mine) for layer, mine in zip(layers, panels, strict=True)]
    probes = Probes(dataset, walk.inputs[np.newaxis], np.asarray(walk.target)[np.newaxis])
    told: dict = {"run": run_id, "title": f"training input {walk.place:,}"}
    told |= {"opens": True, "marks": marks}
    placed = [one for mine in panels for one in mine]
    return pictured(probes, layers, cards, placed, [moment], told, Faults())


def _slopes(gave: Panel, layer: Layer) -> Panel:
    """The same picture of the gradient."""
    told: dict = {"id": f"{layer.name}/slope", "role": "gradient", "caption": "∂loss ÷ ∂output"}
    return replace(gave, source=(layer.name, "slope"), histogram=False, planes=[], **told)


def _places(layer: Layer) -> np.ndarray:
    """The flat place in a layer's output that each cell stands for, (tiles, lines, columns); -1 for
    none.
    """
    panel = output_panel(layer, (1, *layer.output_shape))
    count = int(np.prod(layer.output_shape))
    numbers = np.arange(1, count + 1).reshape(1, *layer.output_shape)
    rows = panel.rows(Array(numbers))
    assert rows is not None
    if panel.cell == "unit":
        return rows.reshape(-1, 1, 1) - 1
    return arranged(rows, panel.looks_at) - 1


def place_at(layer: Layer, cell: Cell) -> tuple[int, ...] | None:
    """The place in a layer's output that a cell of its picture stands for; None for none."""
    places = _places(layer)
    if any(not 0 <= n < side for n, side in zip(cell, places.shape, strict=True)):
        return None
    flat = int(places[cell])
    return None if flat < 0 else tuple(map(int, np.unravel_index(flat, layer.output_shape)))


def cell_of(layer: Layer, place: tuple[int, ...]) -> Cell | None:
    """The cell that shows a place of a layer's output; None where it is not shown."""
    found = np.argwhere(_places(layer) == np.ravel_multi_index(place, layer.output_shape))
    return tuple(map(int, found[0])) if len(found) else None  # type: ignore[return-value]
