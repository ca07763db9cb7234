"""Recorded walks: a moment of a run as a walk of one input through the network. No torch here.

What one number of it was made of is then told as that of a training step is: see core.arithmetic.
"""

from collections.abc import Mapping

import numpy as np

from core.given import given_to
from core.one_step import Walk
from core.pictures import Probes
from core.records import Array, ArrayKey, Moment
from core.settings import Settings

A_ROW_A_UNIT = ("linear", "conv1d", "conv2d")
"""Kinds of layers of whose weights one row is enough for one unit."""
ALONE = ("activation", "dropout", "batchnorm")
"""Kinds of which each number is made of the one at its place alone."""


def recorded_walk(
    settings: Settings,
    step: int,
    probe: Probes,
    outputs: Mapping[str, np.ndarray],
    arrays: Mapping[ArrayKey, Array],
) -> Walk:
    """The walk of one input, `probe`, in evaluation mode, as far as it was recorded.

    `outputs` are what the layers gave for it, by layer (no batch), of wide ones the first units;
    `arrays` the weights that made it so. What each layer was `given`, and `before`, its weights,
    hold only what is known whole: of anything else `made` raises KeyError, IndexError or
    ValueError.
    """
    layers = {layer.name: layer for layer in settings.layers}
    gave = {}
    for name, values in outputs.items():
        if name in layers:
            shape = layers[name].output_shape
            units = None if values.shape == shape else shape[layers[name].units_axis]
            gave[name, "output"] = Array(values[np.newaxis], units=units)
    moment, given = Moment(step, 0, None, gave), {}
    inputs = None if probe.blank else probe.inputs
    for name, layer in layers.items():
        try:
            given[name] = given_to(layer, settings.layers, moment, inputs)[0]
        except (KeyError, ValueError):
            if layer.kind in ALONE and layer.sources[0] in outputs:
                given[name] = outputs[layer.sources[0]]
    weights = {
        key: array.numbers()
        for key, array in arrays.items()
        if key[0] in layers
        and not key[1].startswith("output")
        and (array.units is None or layers[key[0]].kind in A_ROW_A_UNIT)
    }
    spreads = {
        name: (weights[name, "running_mean"], weights[name, "running_var"])
        for name in layers
        if (name, "running_mean") in weights and (name, "running_var") in weights
    }
    return Walk(
        step=step,
        learning_rate=np.nan,
        batch=1,
        place=0,
        inputs=probe.inputs[0],
        target=np.asarray(probe.targets[0]),
        given=given,
        outputs={name: values for name, values in outputs.items() if name in layers},
        slopes={},
        loss=np.nan,
        own_loss=np.nan,
        before=weights,
        gradient={},
        after={},
        spreads=spreads,
        training=False,
    )
