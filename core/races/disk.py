"""Disk: about how many bytes a run of a race will take, from its shapes alone. No torch here."""

import math

from core.architectures.bricks.sequences import GATES
from core.architectures.layers import PASSING, Layer
from core.budget import CHECKPOINT_BUDGET, RUN_BUDGET
from core.settings import Settings

WEIGHT_BUDGET, OUTPUT_BUDGET = 131_072, 36_864
"""Most weights, and most outputs for one input, of a moment: as recording has them."""
CHECKPOINT_SECONDS = 2.0
"""A run that trains for longer keeps more than one checkpoint: as training has it."""
CLASSES, PROBES = 16, 10
"""Inputs whose outputs a moment keeps: one of each of so many classes, or so many."""
EMPTY, A_ROW = 60_000, 450
"""Bytes of a file that holds nothing yet, and of what surrounds one array; both were measured."""
COPIES = {"adam": 3, "adamw": 3, "sgd": 2, "rmsprop": 2}
"""How often a checkpoint holds every parameter: itself, and what the optimizer remembers of it."""
COUNTING = {"adam", "adamw", "rmsprop"}
"""Optimizers that also keep a number for every parameter: the updates that it has had."""


def moments(steps: int) -> int:
    """How many moments a run of so many updates keeps: after 0, 1, 2, 4, 8 … and the last one."""
    return 2 + (steps - 1).bit_length() if steps else 1


def file_bytes(settings: Settings, steps: int, seconds: float = 0.0) -> int:
    """About how many bytes the file of a run takes that trains for so many updates and seconds.

    An estimate: the shapes of what is recorded, and what was measured of the rows around them.
    """
    layers = settings.layers
    learned = sum(layer.parameters for layer in layers)
    arrays = sum(len(layer.weights) for layer in layers)
    norms = [layer.input_shape[0] for layer in layers if layer.kind == "batchnorm"]
    drawn = sum(layer.kind not in PASSING for layer in layers)
    weights = min(WEIGHT_BUDGET, sum(_weights(layer, settings.recorded_units) for layer in layers))
    outputs = min(OUTPUT_BUDGET, sum(_outputs(layer, settings.recorded_units) for layer in layers))
    moment = 2 * (2 * weights + 4 * sum(norms) + _probes(settings) * outputs)
    moment += A_ROW * (2 * arrays + drawn + 4 * len(norms))
    copies = COPIES[settings.optimizer]
    counts = arrays if settings.optimizer in COUNTING else 0
    checkpoint = 4 * (copies * learned + counts + 2 * sum(norms)) + 8 * len(norms)
    checkpoint += A_ROW * (copies * arrays + counts + 3 * len(norms))
    kept = min(
        checkpoint * (1 + int(seconds / CHECKPOINT_SECONDS)),
        max(CHECKPOINT_BUDGET, 2 * checkpoint),
    )
    return EMPTY + kept + min(RUN_BUDGET, moments(steps) * moment)


def _weights(layer: Layer, units: int) -> int:
    """How many of a layer's weights a moment keeps: recurrent layers and attention have all."""
    whole = layer.kind in (*GATES, "selfattention")
    return sum(
        math.prod(shape) if whole else min(shape[0], units) * math.prod(shape[1:])
        for shape in layer.weights.values()
        if shape
    )


def _outputs(layer: Layer, units: int) -> int:
    """How many of a layer's outputs for one input a moment keeps."""
    if layer.kind in PASSING:
        return 0
    there = layer.output_shape[layer.units_axis]
    return math.prod(layer.output_shape) // there * min(there, units)


def _probes(settings: Settings) -> int:
    dataset = settings.dataset
    return min(CLASSES, len(dataset.classes)) if dataset.task == "classify" else PROBES
