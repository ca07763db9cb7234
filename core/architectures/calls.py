"""Calls: what makes the module of each brick, as data. No torch here.

The builder makes the modules by it, and the code that a person takes away is written from it.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from core.activations import ACTIVATIONS
from core.architectures.bricks import Shape
from core.architectures.plans import Layer


class Call(NamedTuple):
    """A module's class, "nn.Linear" of torch or "Rows" of ours, and what it is given."""

    maker: str
    arguments: tuple[Any, ...] = ()
    named: dict[str, Any] = {}

    def __str__(self) -> str:
        """As Python writes it: "nn.Conv2d(1, 6, kernel_size=5)"."""
        named = [f"{name}={value!r}" for name, value in self.named.items()]
        return f"{self.maker}({', '.join([*map(repr, self.arguments), *named])})"


def _window(brick: Any, given: str) -> dict[str, Any]:
    """The sizes of a window by torch's names, without what is usual."""
    size = getattr(brick, given)
    usual = {"stride": 1 if given == "kernel" else size, "padding": 0}
    told = {"stride": brick.stride or size, "padding": brick.padding}
    return {"kernel_size": size} | {k: v for k, v in told.items() if v != usual[k]}


def _convolution(maker: str, axis: int) -> Callable[[Any, Shape], Call]:
    def call(brick: Any, shape: Shape) -> Call:
        return Call(maker, (shape[axis], brick.filters), _window(brick, "kernel"))

    return call


def _batchnorm(brick: Any, shape: Shape) -> Call:
    if len(shape) == 2:
        return Call("SequenceBatchNorm", (shape[1],))
    return Call("nn.BatchNorm2d" if len(shape) == 3 else "nn.BatchNorm1d", (shape[0],))


def _recurrent(maker: str) -> Callable[[Any, Shape], Call]:
    def call(brick: Any, shape: Shape) -> Call:
        named: dict[str, Any] = {"num_layers": brick.layers} if brick.layers > 1 else {}
        named |= {"nonlinearity": brick.function} if brick.kind == "rnn" else {}
        named |= {"bidirectional": True} if brick.bidirectional else {}
        return Call(maker, (shape[1], brick.units), named | {"batch_first": True})

    return call


def _attention(brick: Any, shape: Shape) -> Call:
    return Call("SelfAttention", (shape[1],), {"heads": brick.heads, "causal": brick.causal})


CALLS: dict[str, Callable[[Any, Shape], Call]] = {
    "linear": lambda brick, shape: Call("nn.Linear", (shape[-1], brick.units)),
    "conv2d": _convolution("nn.Conv2d", 0),
    "conv1d": _convolution("Conv1d", 1),
    "maxpool2d": lambda brick, shape: Call("nn.MaxPool2d", (), _window(brick, "size")),
    "avgpool2d": lambda brick, shape: Call("nn.AvgPool2d", (), _window(brick, "size")),
    "globalaveragepool": lambda brick, shape: Call("GlobalAveragePool"),
    "flatten": lambda brick, shape: Call("nn.Flatten"),
    "rows": lambda brick, shape: Call("Rows"),
    "activation": lambda brick, shape: Call(f"nn.{ACTIVATIONS[brick.function].torch_name}"),
    "dropout": lambda brick, shape: Call("nn.Dropout", (brick.share,)),
    "batchnorm": _batchnorm,
    "layernorm": lambda brick, shape: Call("nn.LayerNorm", (brick.weights(shape)["weight"],)),
    "groupnorm": lambda brick, shape: Call("nn.GroupNorm", (brick.groups, shape[0])),
    "embedding": lambda brick, shape: Call("nn.Embedding", (brick.symbols, brick.features)),
    "positions": lambda brick, shape: Call("Positions", shape),
    "rnn": _recurrent("RNN"),
    "lstm": _recurrent("LSTM"),
    "gru": _recurrent("GRU"),
    "selfattention": _attention,
    "laststep": lambda brick, shape: Call("LastStep"),
    "meanovertime": lambda brick, shape: Call("MeanOverTime"),
}
"""The call for each kind of brick, for an input of a shape; containers are made of their stacks."""


CONTAINERS = {"residual": "Residual", "branches": "Branches"}
"""Our class for each container; it is given the container's stacks by name."""


def call_of(layer: Layer) -> Call:
    """What makes a layer's module; raises KeyError for a container."""
    return CALLS[layer.kind](layer.brick, layer.input_shape)
