"""Arithmetic: what one number of any layer's output was made of in one training step.

One file a kind of arithmetic, MAKERS the list. numpy only; `made` answers for every kind.
"""

from collections.abc import Callable, Sequence

from core.architectures.plans import Layer
from core.arithmetic import pointwise, sequences, sums, windows
from core.arithmetic.made import Asked, Made, Place, named
from core.one_step import Walk
from core.settings import Settings

__all__ = ["MAKERS", "Made", "Place", "made", "named", "way"]

ONE_FOR_ONE = ("activation", "dropout", "batchnorm", "layernorm", "groupnorm")
"""Kinds that make one number of the one at the same place."""

MAKERS: dict[str, Callable[[Asked], Made]] = {
    "linear": sums.linear,
    "conv2d": sums.conv2d,
    "conv1d": sums.conv1d,
    "maxpool2d": windows.maxpool2d,
    "avgpool2d": windows.avgpool2d,
    "globalaveragepool": windows.global_average,
    "meanovertime": windows.mean_over_time,
    "activation": pointwise.activation,
    "dropout": pointwise.dropout,
    "batchnorm": pointwise.batchnorm,
    "layernorm": pointwise.layernorm,
    "groupnorm": pointwise.groupnorm,
    "flatten": pointwise.flatten,
    "rows": pointwise.rows,
    "laststep": pointwise.last_step,
    "residual": pointwise.residual,
    "branches": pointwise.branches,
    "embedding": pointwise.embedding,
    "positions": pointwise.positions,
    "rnn": sequences.recurrent,
    "lstm": sequences.recurrent,
    "gru": sequences.recurrent,
    "selfattention": sequences.self_attention,
}
"""How the number at a place is made, by the kind of layer."""


def made(settings: Settings, walk: Walk, name: str, place: Place) -> Made:
    """What the number at `place` of a layer's output was made of, for the example of the step.

    The result is float64 from float32 numbers: PyTorch's within float32 rounding. Raises IndexError
    where the layer has no such place, and that or ValueError where it has too many weights for
    those of this number to be here.
    """
    layer = next(layer for layer in settings.layers if layer.name == name)
    return MAKERS[layer.kind](Asked(settings, walk, layer, place))


def way(layers: Sequence[Layer], name: str) -> list[Layer]:
    """A number's way: from the layer that makes it through those that change it, one for one.

    So a sum stands before its norm, its activation function and its Dropout, whichever of them was
    asked for.
    """
    by_name = {layer.name: layer for layer in layers}
    found = [by_name[name]]
    while found[0].kind in ONE_FOR_ONE and found[0].sources[0]:
        found.insert(0, by_name[found[0].sources[0]])
    while True:
        after = [layer for layer in layers if found[-1].name in layer.sources]
        if len(after) != 1 or after[0].kind not in ONE_FOR_ONE:
            return found
        found.append(after[0])
