"""What every brick is: a layer as data, and the shapes that go in and come out. No torch here.

Shapes are without the batch: (n,) is a vector, (channels, height, width) an image, (time, features)
a sequence. Symbols are (time,) whole numbers, which only Embedding understands.
"""

import math

from pydantic import BaseModel, ConfigDict

from core.architectures.bricks.field import Field

Shape = tuple[int, ...]
Window = tuple[int, int, int]
"""How many neighbours one output sees, how far on the next one's are, and the padding before."""

FOR_SEQUENCES = {"GlobalAveragePool": "put MeanOverTime in its place", "Rows": "leave it out"}
"""What does for a sequence what the brick does for an image; for the others it is Conv1d."""


class Mismatch(ValueError):
    """A stack of bricks that does not fit together; the text says where and what would fit."""


class Brick(BaseModel):
    """One layer as data: what it is, and its sizes. Its `kind` names it in JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def output(self, shape: Shape) -> Shape:
        """The shape that comes out for an input of `shape` (both without the batch)."""
        return shape

    def weights(self, shape: Shape) -> dict[str, Shape]:
        """The learned arrays by name, with their shapes, for an input of `shape`."""
        return {}

    def multiply_adds(self, shape: Shape) -> int:
        """Multiplications with an addition for one input of `shape`, as torch's counter has them.

        Products of matrices and convolutions count; what is done to each number alone does not.
        """
        return 0

    @property
    def copies(self) -> int:
        """How many numbers torch keeps until the gradient is known, for each one that comes out."""
        return 1

    def field(self, before: Field, shape: Shape) -> Field:
        """What one output depends on, where what comes in, of `shape`, depends on `before`.

        Here of a layer that treats each number by itself.
        """
        return before

    def formula(self) -> str:
        """What the layer computes, as a line of text."""
        return "y = x"

    def formula_without_bias(self) -> str:
        """The same for a layer from elsewhere that has none of its biases."""
        return self.formula()


def sizes(shape: Shape) -> str:
    """A shape as a person writes it: "16×5×5"."""
    return "×".join(map(str, shape))


def image(brick: str, shape: Shape) -> tuple[int, int, int]:
    """Channels, height and width of an image; raises Mismatch for anything else."""
    if len(shape) != 3:
        better = "put it before Flatten" if len(shape) == 1 else FOR_SEQUENCES.get(brick)
        raise Mismatch(
            f"{brick} needs channels × height × width, but gets {sizes(shape)}; "
            f"{better or 'put Conv1d in its place'}"
        )
    return shape[0], shape[1], shape[2]


def sequence(brick: str, shape: Shape) -> tuple[int, int]:
    """Time and features of a sequence; raises Mismatch for anything else."""
    if len(shape) != 2:
        before = "Rows before it" if len(shape) == 3 else "it before what makes a vector"
        raise Mismatch(f"{brick} needs time × features, but gets {sizes(shape)}; put {before}")
    return shape[0], shape[1]


def slid(brick: str, side: int, kernel: int, stride: int, padding: int) -> int:
    """How often a window fits along a side; raises Mismatch where it does not fit once."""
    if kernel > side + 2 * padding:
        raise Mismatch(
            f"{brick} has a window of {kernel}, larger than its input of {side} with padding "
            f"{padding}; a window of at most {side + 2 * padding} fits"
        )
    return (side + 2 * padding - kernel) // stride + 1


def product(shape: Shape) -> int:
    """How many numbers an array of `shape` has."""
    return math.prod(shape)
