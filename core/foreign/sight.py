"""Sight: what was seen of a network: its layers, their places, and how each is recorded."""

from dataclasses import dataclass, field

from core.activation import Function
from core.foreign.tracing import Call
from core.foreign.watched import SeenLayer
from core.records import ArrayKey


@dataclass
class Look:
    """How one layer is recorded: where its inputs are, whether it is swapped, its function."""

    axis: int | None
    """Where the inputs are in its output; None: all of them get the same."""
    swapped: bool
    function: Function | None = None
    given_axis: int = 0


@dataclass
class Sight:
    """All that was seen of a network."""

    layers: tuple[SeenLayer, ...] = ()
    looks: dict[str, Look] = field(default_factory=dict)
    """By the name of the call."""
    names: dict[str, str] = field(default_factory=dict)
    """The layer of each call that is recorded."""
    parameters: dict[ArrayKey, str] = field(default_factory=dict)
    """The network's names of what each layer learns."""
    statistics: dict[ArrayKey, str] = field(default_factory=dict)
    """Its names of their running statistics."""
    left_out: tuple[str, ...] = ()
    swapped_input: bool = False


def placed(order: list[tuple[Call, SeenLayer]]) -> tuple[SeenLayer, ...]:
    """The layers with their places: "4.2" is the second in the fourth."""
    kept = {call.name for call, _ in order if not call.leaf}
    inside: dict[str, list[str]] = {}
    for call, _ in order:
        outer = next((name for name in reversed(call.around) if name in kept), "")
        inside.setdefault(outer, []).append(call.name)
    places: dict[str, str] = {}

    def place(outer: str, before: str) -> None:
        for number, name in enumerate(inside.get(outer, ()), 1):
            places[name] = f"{before}{number}"
            place(name, f"{places[name]}.")

    place("", "")
    return tuple(layer.model_copy(update={"place": places[c.name]}) for c, layer in order)
