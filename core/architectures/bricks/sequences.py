"""Bricks for sequences: symbols to vectors, recurrent layers, attention, and what reads the end."""

from dataclasses import replace
from typing import Literal

from pydantic import Field as Setting

from core.architectures.bricks.base import Brick, Mismatch, Shape, product, sequence
from core.architectures.bricks.field import Field

GATES = {"rnn": 1, "lstm": 4, "gru": 3}
"""How many weighted sums a recurrent cell makes for each unit."""
KEPT = {"rnn": 4, "lstm": 24, "gru": 9}
"""How many numbers torch keeps for each unit and step, about, until the gradient is known."""


class Embedding(Brick):
    """A learned vector for every symbol (torch.nn.Embedding)."""

    kind: Literal["embedding"] = "embedding"
    symbols: int = Setting(ge=1, le=65_536)
    features: int = Setting(16, ge=1, le=4096)

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        return (*shape, self.features)

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        return {"weight": (self.symbols, self.features)}

    def formula(self) -> str:  # noqa: D102
        return "y = the row of W for this symbol"


class Positions(Brick):
    """Adds a learned vector for every place in the sequence (as in GPT)."""

    kind: Literal["positions"] = "positions"

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        return {"weight": sequence("Positions", shape)}

    def formula(self) -> str:  # noqa: D102
        return "y = x + W of this place"


class _Recurrent(Brick):
    kind: str
    units: int = Setting(32, ge=1, le=2048)
    layers: int = Setting(1, ge=1, le=8)
    bidirectional: bool = False

    @property
    def directions(self) -> tuple[str, ...]:
        """The endings of the weights' names, one for each direction that is read in."""
        return ("", "_reverse") if self.bidirectional else ("",)

    def output(self, shape: Shape) -> Shape:
        time, _ = sequence(type(self).__name__, shape)
        return time, self.units * len(self.directions)

    def weights(self, shape: Shape) -> dict[str, Shape]:
        features, rows = sequence(type(self).__name__, shape)[1], GATES[self.kind] * self.units
        found: dict[str, Shape] = {}
        for layer in range(self.layers):
            for ending in self.directions:
                place = f"l{layer}{ending}"
                found[f"weight_ih_{place}"] = (rows, features)
                found[f"weight_hh_{place}"] = (rows, self.units)
                found[f"bias_ih_{place}"] = found[f"bias_hh_{place}"] = (rows,)
            features = self.units * len(self.directions)
        return found

    def multiply_adds(self, shape: Shape) -> int:
        matrices = [s for name, s in self.weights(shape).items() if name.startswith("weight")]
        return shape[0] * sum(map(product, matrices))

    @property
    def copies(self) -> int:
        return self.layers * KEPT[self.kind]

    def field(self, before: Field, shape: Shape) -> Field:
        if not self.bidirectional:
            return before.so_far()
        # one layer in two directions: an output has read the sequence from one end only
        return replace(before.over(shape), at_most=self.layers == 1)


class RNN(_Recurrent):
    """Reads step after step and keeps a state (torch.nn.RNN; Elman, 1990)."""

    kind: Literal["rnn"] = "rnn"
    function: Literal["tanh", "relu"] = "tanh"

    def formula(self) -> str:  # noqa: D102
        return f"hₜ = {self.function}(W xₜ + b + U hₜ₋₁ + c)"

    def formula_without_bias(self) -> str:  # noqa: D102
        return f"hₜ = {self.function}(W xₜ + U hₜ₋₁)"


class LSTM(_Recurrent):
    """Reads step after step with gates around a cell (torch.nn.LSTM; Hochreiter et al., 1997)."""

    kind: Literal["lstm"] = "lstm"

    def formula(self) -> str:  # noqa: D102
        return "cₜ = f cₜ₋₁ + i g,  hₜ = o tanh(cₜ)"


class GRU(_Recurrent):
    """Reads step after step with two gates around its state (torch.nn.GRU; Cho et al., 2014)."""

    kind: Literal["gru"] = "gru"

    def formula(self) -> str:  # noqa: D102
        return "hₜ = (1 − z) n + z hₜ₋₁"


class SelfAttention(Brick):
    """Every step looks at all steps and mixes what it finds (torch.nn.MultiheadAttention).

    `causal`: only at itself and what came before.
    """

    kind: Literal["selfattention"] = "selfattention"
    heads: int = Setting(1, ge=1, le=64)
    causal: bool = False

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        _, features = sequence("SelfAttention", shape)
        if features % self.heads:
            fitting = [n for n in range(1, min(features, 64) + 1) if features % n == 0][:8]
            raise Mismatch(
                f"SelfAttention cannot share {features} features between {self.heads} heads; "
                f"{', '.join(map(str, fitting))} would fit"
            )
        return shape

    def weights(self, shape: Shape) -> dict[str, Shape]:  # noqa: D102
        side = sequence("SelfAttention", shape)[1]
        parts = ("query", "key", "value", "output")
        found: dict[str, Shape] = {f"weight_{part}": (side, side) for part in parts}
        return found | {f"bias_{part}": (side,) for part in parts}

    def multiply_adds(self, shape: Shape) -> int:  # noqa: D102
        time, features = shape
        return 4 * time * features**2 + 2 * time**2 * features

    @property
    def copies(self) -> int:  # noqa: D102
        return 6  # query, key, value, their mix, the output, and sums by head

    def field(self, before: Field, shape: Shape) -> Field:  # noqa: D102
        return before.so_far() if self.causal else replace(before.over(shape), at_most=False)

    def formula(self) -> str:  # noqa: D102
        return "y = softmax(QKᵀ ÷ √d) V, then Linear"


class LastStep(Brick):
    """Keeps the last step of a sequence."""

    kind: Literal["laststep"] = "laststep"

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        return (sequence("LastStep", shape)[1],)

    def field(self, before: Field, shape: Shape) -> Field:  # noqa: D102
        return before.of_place(shape[0] - 1)

    def formula(self) -> str:  # noqa: D102
        return "y = x of the last step"


class MeanOverTime(Brick):
    """Keeps the mean over all steps of a sequence."""

    kind: Literal["meanovertime"] = "meanovertime"

    def output(self, shape: Shape) -> Shape:  # noqa: D102
        return (sequence("MeanOverTime", shape)[1],)

    def field(self, before: Field, shape: Shape) -> Field:  # noqa: D102
        return before.over(shape)

    def formula(self) -> str:  # noqa: D102
        return "y = mean of x over the steps"
