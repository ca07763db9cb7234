"""States of what holds numbers, to put back later: tensors, arrays, generators of random numbers.

This room knows torch.
"""

import copy
import random
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.nn.parameter import is_lazy

MOST_BYTES = 4 * 10**9
"""Most that is copied of tensors and arrays; of more, none could be put back."""


GENERATORS: tuple[tuple[Any, Callable, Callable], ...] = (
    (torch.Generator, lambda one: one.get_state(), lambda one, state: one.set_state(state)),
    (random.Random, lambda one: one.getstate(), lambda one, state: one.setstate(state)),
    (
        np.random.RandomState,
        lambda one: one.get_state(legacy=False),
        lambda one, state: one.set_state(state),
    ),
    (
        np.random.Generator,
        lambda one: copy.deepcopy(one.bit_generator.state),
        lambda one, state: setattr(one.bit_generator, "state", state),
    ),
    (
        np.random.BitGenerator,
        lambda one: copy.deepcopy(one.state),
        lambda one, state: setattr(one, "state", state),
    ),
)
"""Kinds of generators of random numbers, how to read their state and how to put it back."""


def global_generators() -> list[Callable[[], None]]:
    """What puts the generators of Python, numpy and torch back to where they are now."""
    undo: list[Callable[[], None]] = [
        partial(random.setstate, random.getstate()),
        partial(np.random.set_state, np.random.get_state()),
        partial(torch.set_rng_state, torch.get_rng_state()),
    ]
    if torch.cuda.is_initialized():
        undo.append(partial(torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()))
    return undo


class States:
    """The tensors and arrays that were noted, as they were then."""

    def __init__(self) -> None:
        """Nothing is noted yet."""
        self.undo: list[Callable[[], None]] = []
        self.bytes = 0

    def restore(self) -> None:
        """Put back what is not as it was."""
        with torch.no_grad():
            for undo in self.undo:
                undo()

    def note(self, tensor: torch.Tensor) -> None:
        """Keep a copy of a tensor's numbers; of one without numbers, nothing."""
        if is_lazy(tensor) or tensor.device.type == "meta":
            return
        with torch.no_grad():
            numbers = tensor.detach()  # the same storage, whatever becomes of the tensor
            if not self._room_for(numbers):
                return
            before = numbers.clone()
        version = None if tensor.is_inference() else tensor._version
        learns, leaf = tensor.requires_grad, tensor.is_leaf
        gradient = tensor.grad if leaf else None

        def undo() -> None:
            if _address(tensor) != _address(numbers) or tensor.shape != numbers.shape:
                tensor.data = numbers
            if not _alike(numbers, before):
                numbers.copy_(before)
            if version is not None and tensor._version != version:
                torch._C._autograd._unsafe_set_version_counter((tensor,), (version,))
            if leaf and tensor.is_leaf and tensor.requires_grad != learns:
                tensor.requires_grad_(learns)
            if leaf and tensor.is_leaf and tensor.grad is not gradient:
                tensor.grad = gradient

        self.undo.append(undo)

    def note_array(self, array: np.ndarray) -> None:
        """Keep a copy of an array's numbers, in the same way."""
        if not array.flags.writeable or not self._room_for(array):
            return
        before = array.copy()

        def undo() -> None:
            if array.dtype == object or array.tobytes() != before.tobytes():
                np.copyto(array, before)

        self.undo.append(undo)

    def _room_for(self, numbers: Any) -> bool:
        self.bytes += numbers.nbytes
        return self.bytes <= MOST_BYTES or isinstance(numbers, torch.Tensor)


def _address(tensor: torch.Tensor) -> int:
    """Where its numbers lie; 0 where it does not say, as a sparse one."""
    try:
        return tensor.data_ptr()
    except RuntimeError:
        return 0


def _alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors are alike to the bit, as far as that can be told."""
    try:
        return torch.equal(one, other)
    except RuntimeError:  # no comparison for this kind of tensor
        return False
