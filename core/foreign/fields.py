"""Fields: what one output of a call sees of a network's input, where that is known.

What is not known is not all: None. This room knows torch.
"""

import torch

from core.architectures.bricks import AnyBrick, Shape
from core.architectures.bricks.field import Field
from core.architectures.bricks.foreign import Elementwise, Foreign
from core.foreign.recognition import shown
from core.foreign.shapes import path_of
from core.foreign.tracing import Call

POINTWISE = (
    *("add", "cat", "stack", "mul", "torch.nn.modules.linear.Identity"),
    "torchvision.transforms.transforms.Normalize",
    "torchvision.ops.stochastic_depth.StochasticDepth",
)
"""What sees of the input only what that sees which it is given: functions, and classes by path."""
Before = list[tuple[Shape, Field | None]]
"""The shape and the field of each output that a call is given."""


def of_input(first: torch.Tensor, swapped: bool) -> tuple[Shape, Field]:
    """One input as it is drawn: its shape, and its own field; `swapped`: time stands last."""
    shape = tuple(shown(torch.empty(first.shape, device="meta"), 0, swapped).shape[1:])
    whole = not (first.is_floating_point() or first.is_complex()) and first.ndim == 2
    return shape, Field.of(shape, symbols=whole and int(first.min()) >= 0)


def of_call(
    call: Call,
    brick: AnyBrick | Elementwise | Foreign,
    before: Before,
    given: Shape,
    gave: Shape,
) -> Field | None:
    """What one output of a call sees that was given all of `before`, laid out as `given`."""
    known = [field for _, field in before if field is not None]
    if len(known) < len(before):
        return None
    if not isinstance(brick, Foreign):
        return brick.field(Field.union(known), given)
    # only what leaves each place where it was: laid behind one another, places would move
    stays = all(_places(shape) == _places(gave) for shape, _ in before)
    path = path_of(call)
    passes = path in POINTWISE or not call.leaf
    return Field.union(known, beside=path == "cat") if stays and passes else None


def _places(shape: Shape) -> Shape:
    """The rows and columns, or the steps, of what has this shape."""
    return shape[1:] if len(shape) == 3 else shape[:-1]
