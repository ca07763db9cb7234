"""The data room, one's own: what is said of a data set that a person brought, as data.

It travels in run files, so nothing in it is trusted: names are harmless, numbers are bounded, and
it names no file: the arrays are looked up by an id of sixteen digits.
"""

import math
from functools import lru_cache, partial

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.data.dataset import Dataset, Quantity, Split, Task
from core.data.own import kept
from core.data.own.names import Name
from core.data.own.reading import MOST_CHOICES

MOST_CLASSES = 100
MOST_FEATURES = 1_024
MOST_ROWS = 200_000
MOST_BYTES = 64_000_000
"""Of the arrays of pictures; each byte of a picture is four while it trains."""
MOST_TABLE_BYTES = 200_000_000
"""Of a table's arrays, which are as large while it trains."""
LARGEST, SMALLEST = 1e30, 1e-30
"""Of the numbers that are predicted, and of their standard deviation."""
SIDES = (28, 32)
"""Pictures are squares with so many pixels a side."""


class OwnData(BaseModel):
    """A table (columns in, a class or a number out) or pictures (a class out)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str = Field(pattern=r"^own-[0-9a-f]{16}$")
    title: Name
    classes: tuple[Name, ...] = Field((), max_length=MOST_CLASSES)
    """What is told apart; none where a number is predicted."""
    features: tuple[Name, ...] = Field((), max_length=MOST_FEATURES)
    """The columns, as they are fed; none where these are pictures."""
    side: int = Field(0, ge=0, le=max(SIDES))
    channels: int = Field(0, ge=0, le=3)
    quantity: Name | None = None
    mean: float = Field(0.0, ge=-LARGEST, le=LARGEST)
    spread: float = Field(1.0, ge=SMALLEST, le=LARGEST)
    train_size: int = Field(ge=2, le=MOST_ROWS)
    test_size: int = Field(ge=1, le=MOST_ROWS)
    choices: tuple[Name, ...] = Field((), max_length=MOST_CHOICES)
    """How a table was read, where it could have been read otherwise."""

    @model_validator(mode="after")
    def _holds_together(self) -> "OwnData":
        pictures = (self.side, self.channels) != (0, 0)
        if pictures and (self.side not in SIDES or self.channels not in (1, 3)):
            raise ValueError("pictures have 28 or 32 pixels a side, in grey or in colour")
        if pictures == bool(self.features):
            raise ValueError("a data set has either columns or pictures")
        if (len(self.classes) >= 2) == (self.quantity is not None) or len(self.classes) == 1:
            raise ValueError("a data set has either two classes or more, or a number to predict")
        if pictures and self.quantity is not None:
            raise ValueError("pictures have classes")
        for names in (self.classes, self.features):
            if len(set(names)) != len(names):
                raise ValueError("a name is there twice")
        most = MOST_BYTES if pictures else MOST_TABLE_BYTES
        if self.bytes > most:
            raise ValueError(f"a data set takes at most {most // 10**6} MB")
        return self

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input."""
        if self.features:
            return (len(self.features),)
        return (self.channels, self.side, self.side)

    @property
    def task(self) -> Task:
        """What is asked: a class or a number."""
        return "classify" if self.classes else "regress"

    @property
    def bytes(self) -> int:
        """What the inputs take on the disk."""
        numbers = (self.train_size + self.test_size) * math.prod(self.shape)
        return numbers * (4 if self.features else 1)

    @property
    def dataset(self) -> Dataset:
        """The data set that it describes, like every other; its `load` needs the file."""
        return _dataset(self)


@lru_cache(maxsize=256)
def _dataset(own: OwnData) -> Dataset:
    what = f"{len(own.features)} columns" if own.features else f"pictures of {own.side} pixels"
    asked = f"one of {len(own.classes)} classes" if own.classes else "a number"
    return Dataset(
        name=own.id,
        title=own.title,
        description=f"Your own data: {own.train_size + own.test_size:,} inputs, {what}, each with "
        f"{asked}.{_read_with(own)}",
        shape=own.shape,
        classes=own.classes,
        train_size=own.train_size,
        test_size=own.test_size,
        terms="Brought by a person; its terms are theirs.",
        load=partial(_load, own),
        is_here=partial(kept.is_here, own.id),
        task=own.task,
        quantity=Quantity(own.quantity, "", own.mean, own.spread) if own.quantity else None,
        features=own.features,
        epochs=40 if own.features else 10,
    )


def _read_with(own: OwnData) -> str:
    return f" Read with: {'; '.join(own.choices)}." if own.choices else ""


def _load(own: OwnData) -> Split:
    split = kept.load(own.id)
    inputs = np.float32 if own.features else np.uint8
    targets, width = (np.int64, ()) if own.classes else (np.float32, (1,))
    for given, truth, size in (
        (split.train_inputs, split.train_targets, own.train_size),
        (split.test_inputs, split.test_targets, own.test_size),
    ):
        fits = given.shape == (size, *own.shape) and truth.shape == (size, *width)
        sound = fits and given.dtype == inputs and truth.dtype == targets
        if sound and own.classes:
            sound = bool(((truth >= 0) & (truth < len(own.classes))).all())
        if not sound or not (np.isfinite(given).all() and np.isfinite(truth).all()):
            raise kept.damaged()
    return split
