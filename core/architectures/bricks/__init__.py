"""The bricks an architecture is made of: layers as data, with their sizes. No torch here.

A stack of bricks validates from JSON, so that a form, a URL and a file can carry it.
"""

from typing import Annotated

from pydantic import Field

from core.architectures.bricks.base import Brick, Mismatch, Shape, Window, sizes
from core.architectures.bricks.containers import Branches, Container, Residual, place_of
from core.architectures.bricks.convolution import (
    AvgPool2d,
    Conv1d,
    Conv2d,
    GlobalAveragePool,
    MaxPool2d,
)
from core.architectures.bricks.dense import Activation, Dropout, Flatten, Linear, Rows
from core.architectures.bricks.norms import BatchNorm, GroupNorm, LayerNorm
from core.architectures.bricks.sequences import (
    GRU,
    LSTM,
    RNN,
    Embedding,
    LastStep,
    MeanOverTime,
    Positions,
    SelfAttention,
)

AnyBrick = Annotated[
    Linear
    | Conv2d
    | Conv1d
    | MaxPool2d
    | AvgPool2d
    | GlobalAveragePool
    | Flatten
    | Rows
    | Activation
    | Dropout
    | BatchNorm
    | LayerNorm
    | GroupNorm
    | Embedding
    | Positions
    | RNN
    | LSTM
    | GRU
    | SelfAttention
    | LastStep
    | MeanOverTime
    | Residual
    | Branches,
    Field(discriminator="kind"),
]
for _container in (Residual, Branches):
    _container.model_rebuild(_types_namespace={"AnyBrick": AnyBrick})

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "AnyBrick",
    "AvgPool2d",
    "BatchNorm",
    "Branches",
    "Brick",
    "Container",
    "Conv1d",
    "Conv2d",
    "Dropout",
    "Embedding",
    "Flatten",
    "GlobalAveragePool",
    "GroupNorm",
    "LastStep",
    "LayerNorm",
    "Linear",
    "MaxPool2d",
    "MeanOverTime",
    "Mismatch",
    "Positions",
    "Residual",
    "Rows",
    "SelfAttention",
    "Shape",
    "Window",
    "place_of",
    "sizes",
]
