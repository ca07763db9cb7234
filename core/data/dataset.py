"""The data room: what every data set is, whatever file or library it comes from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from itertools import zip_longest
from pathlib import Path
from typing import Literal

import numpy as np

Task = Literal["classify", "regress", "next", "other"]
"""Other: nothing is known of what the outputs mean."""
Kind = Literal["image", "sequence", "vector", "symbols"]
MOST_CLASSES = 16
MOST_PROBES = 50
PROBES = 10
"""Probe inputs of a data set without classes."""
LONGEST = 200
"""Steps that inputs have at most where their length is chosen."""


class DataError(Exception):
    """A data set cannot be had; the message is one sentence or two for the person who asked."""


def missing(path: Path) -> DataError:
    """Say that a data file is not there."""
    return DataError(f"The data file {path.name} is missing: put it back and retry.")


def damaged(path: Path, how: str) -> DataError:
    """Say that a data file is not what it should be."""
    return DataError(f"The data file {path.name} is damaged: {how}. Replace it with a whole copy.")


@dataclass(frozen=True, eq=False)
class Split:
    """The inputs and targets of a data set, apart for training and for testing, all read-only.

    Inputs are uint8 images, 0 to 255, (N, channels, height, width); float32 sequences (N, time,
    features) or vectors (N, features); or int64 symbols (N, time). Targets are int64 (N,), each the
    place of its class in `Dataset.classes`; float32 (N, outputs), standardised by the training part
    (mean 0, spread 1); or, of symbols, the int64 (N, time) that come next.
    """

    train_inputs: np.ndarray
    train_targets: np.ndarray
    test_inputs: np.ndarray
    test_targets: np.ndarray

    def __post_init__(self) -> None:
        """Lock the arrays: one copy of them serves everybody in the process."""
        for array in (self.train_inputs, self.train_targets, self.test_inputs, self.test_targets):
            array.setflags(write=False)

    @classmethod
    def at(cls, train_size: int, inputs: np.ndarray, targets: np.ndarray) -> "Split":
        """Cut all inputs and targets in two: the first `train_size` are the training part."""
        first, last = slice(train_size), slice(train_size, None)
        return cls(inputs[first], targets[first], inputs[last], targets[last])


@dataclass(frozen=True)
class Quantity:
    """What a regression predicts: standardised targets times `spread` plus `mean`, in `unit`.

    Of a forecast (several outputs from a sequence with one feature) the inputs are the same
    quantity on the same scale, and the targets go on where the inputs end.
    """

    name: str
    unit: str
    mean: float
    spread: float
    outputs: int = 1
    """How many numbers at once: the next steps of a forecast."""


@dataclass(frozen=True)
class Dataset:
    """A data set: what the menu says about it, and the function that gives its numbers.

    `shape` is that of one input: (channels, height, width), (time, features), (features,), or
    (time,) where `alphabet` names the symbols. `classes` names what is told apart, `quantity` what
    is predicted, `features` the columns; `samples`: those of a step are a signal's successive
    samples; `watched`: a network brought its own inputs, all of them are looked at, and a target of
    -1 is not known. `load` raises DataError where the data cannot be had;
    `test`, where it is given, reads the test part alone and saves memory. `downloads` says that the
    first `load` needs a network; `is_here` says whether a `load` now would need none.
    """

    name: str
    title: str
    description: str
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    train_size: int
    test_size: int
    terms: str
    load: Callable[[], Split]
    test: Callable[[], Split] | None = None
    downloads: bool = False
    is_here: Callable[[], bool] = partial(bool, True)
    task: Task = "classify"
    alphabet: tuple[str, ...] = ()
    quantity: Quantity | None = None
    features: tuple[str, ...] = ()
    samples: bool = False
    watched: bool = False
    epochs: int = 5
    learning_rate: float = 0.001
    """What suits most networks on it: what a run has where nobody says otherwise."""
    of_length: Callable[[int], "Dataset"] | None = None
    """The same task with inputs of another length, where it can be had."""
    shortest: int = 2
    """The fewest steps that it is made for."""

    @property
    def kind(self) -> Kind:
        """What one input is."""
        if self.alphabet:
            return "symbols"
        kinds: dict[int, Kind] = {1: "vector", 2: "sequence", 3: "image"}
        return kinds[len(self.shape)]

    def lines(self, inputs: np.ndarray) -> np.ndarray:
        """A sequence (time, features) as lines (lines, numbers): the features, or one signal."""
        return inputs.reshape(1, -1) if self.samples else inputs.T

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of what a network says of one input."""
        if self.task == "classify":
            return (len(self.classes),)
        if self.task == "regress":
            return (self.quantity.outputs if self.quantity else 1,)
        return (*self.shape, len(self.alphabet))

    def at_length(self, length: int) -> "Dataset":
        """Give the same task with inputs of so many steps; for one length always the same object.

        Raises ValueError where it cannot be had.
        """
        if self.of_length is None:
            raise ValueError(f"{self.title} cannot be had in another length; leave the length out")
        if not self.shortest <= length <= LONGEST:
            raise ValueError(f"{self.title} can be had with {self.shortest} to {LONGEST} steps")
        return self if length == self.shape[0] else _made(self.of_length, length)

    def load_test(self) -> Split:
        """Give the test inputs; the training part may be left empty. Raises DataError."""
        return (self.test or self.load)()

    def probes(self, split: Split) -> tuple[int, ...]:
        """Give the places of the inputs that every moment looks at.

        The first test input of each class, for the first 16 classes; of a regression ten from the
        smallest to the largest target; of symbols ten from the whole test part.
        """
        if self.watched:
            return tuple(range(len(split.test_inputs)))
        if self.task == "classify":
            return tuple(places[0] for places in self._places(split, 1) if places)
        return self._spread(split, PROBES)

    def many_probes(self, split: Split) -> tuple[int, ...]:
        """Give the places of up to 50 test inputs, beginning with `probes`.

        As many of each class: the first of each class come first, then the second of each, and so
        on. Of a regression and of symbols from all over, as in `probes`.
        """
        if self.task != "classify" or self.watched:
            first = self.probes(split)
            return (*first, *(p for p in self._spread(split, MOST_PROBES) if p not in first))
        each = MOST_PROBES // min(len(self.classes), MOST_CLASSES)
        rounds = zip_longest(*self._places(split, each))
        return tuple(place for one_round in rounds for place in one_round if place is not None)

    def _places(self, split: Split, each: int) -> list[list[int]]:
        classes = range(min(len(self.classes), MOST_CLASSES))
        return [np.flatnonzero(split.test_targets == c)[:each].tolist() for c in classes]

    def _spread(self, split: Split, count: int) -> tuple[int, ...]:
        targets = split.test_targets
        order = np.argsort(targets[:, 0], kind="stable") if self.task == "regress" else None
        chosen = np.unique(np.linspace(0, len(targets) - 1, min(count, len(targets))).astype(int))
        return tuple(int(place if order is None else order[place]) for place in chosen)


@cache
def _made(of_length: Callable[[int], Dataset], length: int) -> Dataset:
    made = of_length(length)
    return replace(made, title=f"{made.title}, {length} steps")


def as_fed(inputs: np.ndarray) -> np.ndarray:
    """Give inputs as a network is fed: uint8 as float32 between 0 and 1, other numbers unchanged.

    Raises TypeError for a kind of number that no data set has.
    """
    if inputs.dtype == np.uint8:
        return inputs.astype(np.float32) / np.float32(255)
    if inputs.dtype not in (np.float32, np.int64):
        raise TypeError(f"inputs must be uint8, float32 or int64, not {inputs.dtype}")
    return inputs


def cached(read: Callable[[], Split]) -> Callable[[], Split]:
    """Let a process read a data set once: it keeps the two that were used last."""
    return partial(_kept, read)


@lru_cache(maxsize=2)
def _kept(read: Callable[[], Split]) -> Split:
    return read()
