"""Watched networks: what was seen of one that was not put together here, as data. No torch here.

Its layers were seen in a pass of its own inputs; it validates from JSON like settings, so that a
run's file carries it and a page draws it like every other network.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from core.architectures.bricks import AnyBrick, Shape
from core.architectures.bricks.field import Field as Seen
from core.architectures.bricks.field import Reach
from core.architectures.bricks.foreign import Elementwise, Foreign
from core.architectures.layers import Layer
from core.data.dataset import DataError, Dataset, Split

NAME = r"^[\w.\-·]+$"
INPUTS, TARGETS = ("", "inputs"), ("", "targets")
"""Where the first moment has what the network is watched with."""
MOST_LAYERS, MOST_INPUTS, MOST_CLASSES, MOST_SYMBOLS = 1_000, 100, 10_000, 10**6
DEEPEST = 20
"""Most blocks in one another that layers are drawn in; deeper ones stand side by side."""
ENDLESS = 10**9
"""Steps of a run whose end nobody has said."""
MOST_CARDS = 60
"""Most layers that a strip shows; of more, blocks stand for what is inside them."""
Side = Annotated[int, Field(ge=1, lt=2**31)]
Sides = Annotated[tuple[Side, ...], Field(min_length=1, max_length=8)]
Drawn = Annotated[tuple[Side, ...], Field(min_length=1, max_length=3)]
Name = Annotated[str, Field(pattern=NAME, max_length=120)]
Kind = Annotated[str, Field(pattern=r"^(weight|bias)(_[a-z0-9_]+)?$", max_length=70)]


class SeenLayer(BaseModel):
    """A call of a module or a function, as it was seen: see `Layer` for the fields.

    `field` is None where it is not known; earlier versions wrote (first, width, jump). `moved`:
    what it was given is not just what its first source gave, but was laid out anew or computed on
    in between.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    brick: AnyBrick | Elementwise | Foreign
    input_shape: Drawn
    output_shape: Drawn
    weights: dict[Kind, Sides] = Field(default_factory=dict, max_length=64)
    place: str = Field(pattern=r"^\d+(\.\d+)*$", max_length=8 * DEEPEST)
    sources: Annotated[tuple[Name | Annotated[str, Field(max_length=0)], ...], Field(min_length=1)]
    field: Seen | tuple[int, int, int] | None = None
    moved: bool = False
    only_weights: bool = False
    """Whether what it gave was not recorded, for it has no place for the inputs."""

    @model_validator(mode="after")
    def _consistent(self) -> "SeenLayer":
        """A known kind of layer has the shapes that it would have here; its biases may be left."""
        if isinstance(self.brick, Foreign):
            return self
        wanted, shape = self.brick.weights(self.input_shape), self.brick.output(self.input_shape)
        lacking = {kind for kind in wanted if kind.startswith("weight")} - set(self.weights)
        others = {kind for kind, sides in self.weights.items() if wanted.get(kind) != sides}
        if shape != self.output_shape or lacking or others:
            raise ValueError(f"{self.name} is no {self.brick.kind} of these shapes")
        return self


class Watched(BaseModel):
    """A network as it was seen, and the inputs that it was watched with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1, max_length=80)
    layers: tuple[SeenLayer, ...] = Field(min_length=1, max_length=MOST_LAYERS)
    shape: Drawn
    """Of one input."""
    count: int = Field(ge=1, le=MOST_INPUTS)
    symbols: int = Field(0, ge=0, le=MOST_SYMBOLS)
    """How many symbols there are where the inputs are symbols, whole numbers; else 0."""
    classes: tuple[Annotated[str, Field(max_length=80)], ...] = Field((), max_length=MOST_CLASSES)
    """What the numbers of the last layer stand for; empty where that is not known."""
    note: str = Field("", max_length=500)
    """Where the network and its weights come from, in a sentence."""
    untrained: bool = False
    """Its weights are random, and nobody trained them."""
    left_out: tuple[Annotated[str, Field(max_length=300)], ...] = Field((), max_length=200)
    """What could not be recorded of it, and why, a sentence each."""
    _inputs: Callable[[], tuple[np.ndarray, np.ndarray]] | None = PrivateAttr(None)
    _plan: tuple[Layer, ...] | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _whole(self) -> "Watched":
        """Every layer takes what an earlier one gave, and every part stands in a whole."""
        names, places = {""}, {layer.place for layer in self.layers}
        for layer in self.layers:
            outer = layer.place.rpartition(".")[0]
            if not names >= set(layer.sources) or (outer and outer not in places):
                raise ValueError(f"{layer.name} takes what no layer before it gives")
            if layer.name in names:
                raise ValueError(f"two layers are called {layer.name}")
            names.add(layer.name)
        if self.classes and not tells_apart(self.layers[-1].output_shape, len(self.classes)):
            raise ValueError("the last layer has not a number for every class")
        return self

    def reading(self, inputs: Callable[[], tuple[np.ndarray, np.ndarray]]) -> "Watched":
        """The same, with a function that gives its inputs and their targets, both batch first."""
        copy = self.model_copy()
        copy._inputs = inputs
        return copy

    def plan(self) -> tuple[Layer, ...]:
        """Its layers as pages draw them; a block has the layers inside it."""
        if self._plan is None:
            self._plan = self._planned()
        return self._plan

    def _planned(self) -> tuple[Layer, ...]:
        inside: dict[str, list[Layer]] = {}
        layers = []
        for seen in self.layers:
            mine = tuple(inside.pop(seen.place, ()))
            layer = Layer(
                name=seen.name,
                brick=seen.brick,  # type: ignore[arg-type]
                input_shape=seen.input_shape,
                output_shape=seen.output_shape,
                weights=dict(seen.weights),
                looks_at=_looked_at(seen),
                place=seen.place,
                sources=seen.sources,
                field=self._field(seen.field),
                inside=(("block", mine),) if mine else (),
                watched="weights" if seen.only_weights else "moved" if seen.moved else "direct",
            )
            layers.append(layer)
            inside.setdefault(seen.place.rpartition(".")[0], []).append(layer)
        return tuple(layers)

    def _field(self, kept: Seen | tuple[int, int, int] | None) -> Seen | None:
        """What one output sees, of the newer and of the older form."""
        whole = Seen.of(self.shape, symbols=self.symbols > 0)
        if isinstance(kept, tuple):
            first, width, jump = kept
            window = (Reach(first, jump, first + width - 1, jump),)
            return replace(whole, sides=(window,) * len(whole.sides))
        return kept if kept and kept.lengths == whole.lengths and kept.sane else None

    def cards(self, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        """The layers that a strip shows: all, or as many levels of blocks as there is room for."""
        deepest = max(layer.place.count(".") for layer in layers)
        levels = [
            tuple(layer for layer in layers if layer.place.count(".") <= depth)
            for depth in range(deepest + 1)
        ]
        return next((some for some in reversed(levels) if len(some) <= MOST_CARDS), levels[0])

    @property
    def dataset(self) -> Dataset:
        """The inputs that it was watched with, as a data set without a training part."""
        return Dataset(
            name="watched",
            title="its own inputs",
            description="The inputs that the network was watched with.",
            shape=self.shape,
            classes=self.classes,
            train_size=0,
            test_size=self.count,
            terms="",
            load=partial(_split, self._inputs),
            is_here=partial(bool, self._inputs),
            task="classify" if self.classes else "other",
            alphabet=tuple(f"{symbol} " for symbol in range(self.symbols)),
            watched=True,
        )


def tells_apart(output: Shape, classes: int) -> bool:
    """Whether outputs of this shape can tell so many classes apart: two need one number only."""
    return output == (classes,) or (output == (1,) and classes == 2)


def _looked_at(seen: SeenLayer) -> Shape:
    weight = next(iter(seen.weights.values()), ())[1:]
    return weight or seen.input_shape


def _split(inputs: Callable[[], tuple[np.ndarray, np.ndarray]] | None) -> Split:
    if inputs is None:
        raise DataError("The inputs of this network are not here.")
    values, targets = inputs()
    return Split.at(0, values, targets)


def tidy(text: Any, pattern: str, other: str, most: int) -> str:
    """A text from outside with `other` for all that `pattern` matches, at most so long."""
    return re.sub(pattern, other, " ".join(str(text).split()))[:most]


def shallow(layers: tuple[SeenLayer, ...]) -> tuple[SeenLayer, ...]:
    """The same with at most `DEEPEST` blocks in one another: what is deeper stands in the last."""
    counts: Counter[str] = Counter()
    found = []
    for layer in layers:
        parts = layer.place.split(".")
        if len(parts) > DEEPEST:
            outer = ".".join(parts[:DEEPEST])
            counts[outer] += 1
            layer = layer.model_copy(update={"place": f"{outer}.{counts[outer]}"})
        found.append(layer)
    return tuple(found)
