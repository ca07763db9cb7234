"""Shapes: what those of a call's weights, and of what it is given and gives, tell of it.

No name of somebody's own class tells anything. This room knows torch.
"""

from core.architectures.bricks import Shape
from core.foreign.recognition import own_class
from core.foreign.tracing import Call


def path_of(call: Call) -> str:
    """The name of a function; of a module the whole path of its class."""
    kind = type(call.module)
    return call.word if call.module is None else f"{kind.__module__}.{kind.__qualname__}"


def time_is_last(call: Call, gave: Shape) -> bool:
    """Whether of (batch, channels, time) is given what torch's functions for sequences give.

    A class that is not torch's is known by its weights: filters of three axes, one for a channel.
    """
    known = own_class(call.module)
    if call.module is None or known is not None:
        word = call.word if known is None else known.__name__
        return word.lower().endswith("1d")
    filters = [p.shape[:2] for p in call.parameters.values() if p.ndim == 3]
    return any(gave[1] in sides and gave[2] not in sides for sides in filters)


def multiplies(weights: dict[str, Shape], given: Shape, gave: Shape) -> bool:
    """Whether there is a matrix, or filters, between the channels given and those that come out."""
    axes = [-1 if len(shape) < 3 else 0 for shape in (given, gave)]
    sides = {shape[axis] for shape, axis in zip((given, gave), axes, strict=True) if shape}
    return any(len(shape) > 1 and sides <= set(shape) for shape in weights.values())
