"""What one number of a layer's output was made of, term by term."""

from typing import Any, NamedTuple

import numpy as np

from core.architectures.plans import Layer
from core.one_step import Walk
from core.settings import Settings

Place = tuple[int, ...]


class Made(NamedTuple):
    """One number and what it was made of: the same columns, a row a term."""

    names: list[str]
    """What each term is: "input 3", "channel 0 · row 2 · column 5"."""
    columns: dict[str, np.ndarray]
    """Float64 numbers by what they are called, (terms,) each, in the order of reading."""
    result: float
    """What the terms come to, in float64."""
    words: str
    """How they come to it, in a sentence."""
    adds: str = ""
    """The column that adds up to the result; empty where the result is no sum."""


class Asked(NamedTuple):
    """Which number: of which layer, at which place of its output, in which step."""

    settings: Settings
    walk: Walk
    layer: Layer
    place: Place

    @property
    def brick(self) -> Any:
        """The layer's brick, of the kind that the asking room knows."""
        return self.layer.brick

    @property
    def given(self) -> np.ndarray:
        """What the layer was given for the example, float64."""
        return self.walk.given[self.layer.name].astype(np.float64)

    @property
    def gave(self) -> float:
        """The number itself, as PyTorch computed it."""
        return float(self.walk.outputs[self.layer.name][self.place])

    @property
    def slope(self) -> float | None:
        """∂ loss of the batch ÷ ∂ the number; None where no gradient comes."""
        slopes = self.walk.slopes.get(self.layer.name)
        return None if slopes is None else float(slopes[self.place])

    def weight(self, kind: str = "weight") -> np.ndarray:
        """One of the layer's learned arrays before the step, float64; of a large one, its start."""
        return self.walk.before[self.layer.name, kind].astype(np.float64)

    def source(self, number: int) -> np.ndarray:
        """What the layer's `number`-th source gave; the network's input where that is it."""
        name = self.layer.sources[number]
        return (self.walk.outputs[name] if name else self.walk.inputs).astype(np.float64)


def named(place: Place) -> str:
    """A place in words: a number of a vector, of a sequence, or of an image."""
    words = {1: ("number",), 2: ("step", "number"), 3: ("channel", "row", "column")}
    return " · ".join(f"{word} {n}" for word, n in zip(words[len(place)], place, strict=True))


def named_each(shape: Place, first: Place = ()) -> list[str]:
    """The name of every place in a block of this shape that begins at `first`."""
    start = first or (0,) * len(shape)
    return [
        named(tuple(int(a + b) for a, b in zip(start, place, strict=True)))
        for place in np.ndindex(*shape)
    ]
