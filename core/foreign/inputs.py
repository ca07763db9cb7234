"""Inputs: what a network is watched with, however it is laid out, and how it is called with that.

This room knows torch.
"""

import copy
import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

Form = Literal["arguments", "names", "one"]


class Unseen(ValueError):
    """A network that cannot be watched; the text is a sentence that says why."""


def tensors_in(value: Any) -> Iterator[torch.Tensor]:
    """The tensors in a value, in order, however they are nested; of packed sequences the data."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, PackedSequence):
        yield value.data
    else:
        for one in _parts(value):
            yield from tensors_in(one)


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, tuple | list):
        return list(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name, None) for field in dataclasses.fields(value)]
    return []


def rebuilt(value: Any, change: Callable[[Any], Any]) -> Any:
    """A container like this one, with all that it holds changed; what is none stays itself."""
    if isinstance(value, Mapping):
        changed = {name: change(one) for name, one in value.items()}
        if type(value) is dict or not isinstance(value, MutableMapping):
            return changed
        fresh = copy.copy(value)
        fresh.update(changed)
        return fresh
    if isinstance(value, tuple | list):
        parts = [change(one) for one in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        another: Any = copy.copy(value)
        for field in dataclasses.fields(value):
            object.__setattr__(another, field.name, change(getattr(value, field.name, None)))
        return another
    return value


def mapped(value: Any, change: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """The same with every tensor changed."""
    if isinstance(value, torch.Tensor):
        return change(value)
    if isinstance(value, PackedSequence):
        return PackedSequence(change(value.data), *value[1:])
    return rebuilt(value, lambda one: mapped(one, change))


def _lists(value: Any) -> Iterator[list[torch.Tensor]]:
    """The lists of tensors in a value: pictures of several sizes come in them."""
    if isinstance(value, list) and value and all(isinstance(x, torch.Tensor) for x in value):
        yield value
    elif not isinstance(value, torch.Tensor | PackedSequence):
        for one in _parts(value):
            yield from _lists(one)


@dataclass(frozen=True)
class Inputs:
    """The inputs of a network in one reading."""

    value: Any
    form: Form = "one"
    """Whether `value` holds the arguments of forward, in order or by name, or is the only one."""
    axis: int | None = 0
    """Where the inputs are in its tensors; None: they are the members of a list."""
    note: str = ""
    """How this reading differs from inputs along the first axis of tensors, a sentence."""
    gradients: bool = False
    """Whether the network cannot do without: some give what they differentiate themselves."""

    @property
    def count(self) -> int:
        """How many inputs there are; 0 where there is none."""
        if self.axis is None:
            return len(next(_lists(self.value)))
        packed = _packed_in(self.value)
        if packed is not None:
            return int(packed.batch_sizes[0])
        first = next(tensors_in(self.value), None)
        return 0 if first is None or first.ndim <= self.axis else first.shape[self.axis]

    def only(self, places: list[int]) -> "Inputs":
        """The same with the inputs of these places only."""
        return dataclasses.replace(self, value=_chosen(self.value, places, self.count, self.axis))

    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What to call the network with: tensors of their own."""
        fresh = mapped(self.value, lambda one: one.detach().clone())
        if self.form == "names":
            return (), dict(fresh)
        return (tuple(fresh), {}) if self.form == "arguments" else ((fresh,), {})

    def first(self) -> torch.Tensor:
        """The first tensor as it is drawn, the inputs along its first axis."""
        if self.axis is None:
            return _stacked(next(_lists(self.value)))
        packed = _packed_in(self.value)
        if packed is not None:
            return pad_packed_sequence(packed, batch_first=True)[0]
        return next(tensors_in(self.value)).movedim(self.axis, 0)


def _packed_in(value: Any) -> PackedSequence | None:
    """The packed sequence that holds the first tensor, if that is in one."""
    while not isinstance(value, torch.Tensor | PackedSequence):
        parts = [one for one in _parts(value) if next(tensors_in(one), None) is not None]
        if not parts:
            return None
        value = parts[0]
    return value if isinstance(value, PackedSequence) else None


def _chosen(value: Any, places: list[int], count: int, axis: int | None) -> Any:
    if isinstance(value, torch.Tensor):
        fits = axis is not None and value.ndim > axis and value.shape[axis] == count
        wanted = torch.tensor(places, device=value.device)
        return value.index_select(axis, wanted) if fits else value  # type: ignore[arg-type]
    if isinstance(value, PackedSequence):
        padded, lengths = pad_packed_sequence(value, batch_first=True)
        return pack_padded_sequence(
            padded[places], lengths[places], batch_first=True, enforce_sorted=False
        )
    if axis is None and isinstance(value, list) and len(value) == count:
        return [value[place] for place in places]
    return rebuilt(value, lambda one: _chosen(one, places, count, axis))


def _stacked(tensors: list[torch.Tensor]) -> torch.Tensor:
    """One tensor of several, smaller ones with zeros behind them."""
    ndim = max(one.ndim for one in tensors)
    alike = [one.reshape((1,) * (ndim - one.ndim) + one.shape) for one in tensors]
    shape = [max(sides) for sides in zip(*(one.shape for one in alike), strict=True)]
    stacked = alike[0].new_zeros((len(alike), *shape))
    for place, one in enumerate(alike):
        corner = stacked[place]
        for axis, side in enumerate(one.shape):
            corner = corner.narrow(axis, 0, side)
        corner.copy_(one)
    return stacked


def readings(network: nn.Module, given: Any) -> Iterator[Inputs]:
    """All ways to read what a network is watched with, the usual one first; raises Unseen."""
    form = _form(network, given)
    first = next(tensors_in(given), None)
    plain = Inputs(given, form)
    if first is None or first.ndim < 1 or not plain.count:
        raise Unseen(
            "inputs must be a tensor, a tuple or a dict of tensors or a list of them with at least "
            "one input, the inputs along the first axis"
        )
    if next(_lists(given), None):
        yield Inputs(given, form, None, "the members of the list are the inputs")
        if isinstance(given, list) and len({one.shape for one in given}) == 1:
            yield Inputs(torch.stack(given), "one", 0, f"the list of {len(given)} was stacked")
    yield plain
    note = "the inputs have no batch axis: they are taken as one input"
    yield Inputs(mapped(given, lambda one: one[None]), form, 0, note)
    if first.ndim > 1:
        note = "the first axis is time, as a layer without batch_first=True has it; inputs are "
        yield Inputs(given, form, 1, f"{note}along the second")
    note = "the inputs have no batch axis, and their first axis is time: they are one input"
    yield Inputs(mapped(given, lambda x: x.unsqueeze(min(1, x.ndim))), form, 1, note)


def _form(network: nn.Module, given: Any) -> Form:
    """How a network takes what is given: by what its forward accepts."""
    if isinstance(given, Mapping):
        return "names" if _accepts(network, (), given) or not _accepts(network, (given,)) else "one"
    if isinstance(given, tuple) and not isinstance(given, PackedSequence):
        fits = _accepts(network, given) or not _accepts(network, (given,))
        return "arguments" if fits else "one"
    return "one"


def _accepts(network: nn.Module, args: tuple, kwargs: Mapping | None = None) -> bool:
    try:
        inspect.signature(network.forward).bind(*args, **(kwargs or {}))
    except TypeError:
        return False
    except ValueError:  # it has no signature that can be read
        return True
    return True
