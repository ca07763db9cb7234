"""Restoring: all that a network's code can change while it runs is as before when it has run.

Not only parameters and buffers: whatever its modules hold, however nested; generators of random
numbers, the global ones and its own; what its forward, its hooks and the functions that they call
keep in closures, globals and classes. This room knows torch.
"""

import array
import collections
import contextlib
import functools
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.modules import module as module_hooks

from core.foreign.reach import copied, is_closed, is_iterator, is_library, names_in
from core.foreign.states import GENERATORS, States, global_generators

ATOMS = (type(None), bool, int, float, complex, str, bytes, torch.dtype, torch.device, torch.Size)
UNNAMED = {"forward", "__call__", "__getattr__", "__setattr__", "__getitem__", "__iter__"}
"""Methods that run though no code names them."""
COLLECTIONS = (dict, list, collections.deque, set, bytearray, array.array)
NOTHING = object()


@contextlib.contextmanager
def restored(*roots: Any) -> Iterator[None]:
    """Put back all that code reachable from these changed while the block ran."""
    snapshot = Snapshot(*roots)
    try:
        yield
    finally:
        snapshot.restore()


class Snapshot:
    """All that is reachable from some objects, as it is now."""

    def __init__(self, *roots: Any) -> None:
        """Walk all of it."""
        self.undo = global_generators()
        self.walked: dict[int, Any] = {}
        self.names = set(UNNAMED)
        self.methods: list[tuple[str, Any]] = []
        self.classes: set[int] = set()
        self.states = States()
        hooks = (module_hooks._global_forward_pre_hooks, module_hooks._global_forward_hooks)
        self.waiting: list[Any] = [*hooks, *reversed(roots)]
        while self.waiting or self._named_methods():
            self._walk(self.waiting.pop())

    def restore(self) -> None:
        """Put it back; raises the first fault when all the others are done."""
        faults = []
        for undo in (*self.undo, self.states.restore):
            try:
                undo()
            except Exception as fault:
                faults.append(fault)
        if faults:
            raise faults[0]

    def _named_methods(self) -> bool:
        """Walk on to the methods that code names; whether there are any."""
        reached = [method for name, method in self.methods if name in self.names]
        self.methods = [one for one in self.methods if one[0] not in self.names]
        self.waiting += reached
        return bool(self.waiting)

    def _walk(self, thing: Any) -> None:
        if isinstance(thing, ATOMS) or id(thing) in self.walked:
            return
        self.walked[id(thing)] = thing
        generator = next((one for one in GENERATORS if isinstance(thing, one[0])), None)
        if generator:
            self.undo.append(functools.partial(generator[2], thing, generator[1](thing)))
        elif isinstance(thing, torch.Tensor):
            self.states.note(thing)
            self._dict(vars(thing))
        elif isinstance(thing, np.ndarray):
            self.states.note_array(thing)
        elif isinstance(thing, types.FunctionType):
            self._function(thing)
        elif isinstance(thing, types.MethodType):
            self.waiting += [thing.__self__, thing.__func__]
        elif isinstance(thing, staticmethod | classmethod):
            self.waiting.append(thing.__func__)
        elif isinstance(thing, property):
            self.waiting += [thing.fget, thing.fset]
        elif isinstance(thing, functools.partial):
            self.waiting += [thing.func, thing.args, thing.keywords]
        elif isinstance(thing, tuple | frozenset):
            self.waiting += thing
        elif isinstance(thing, type):
            self._class(thing)
        else:
            if isinstance(thing, COLLECTIONS):
                self._collection(thing)
            self._object(thing)

    def _collection(self, thing: Any) -> None:
        """What it holds, and that."""
        if isinstance(thing, dict):
            self._dict(thing)
            return
        before = list(thing)
        fill = set.update if isinstance(thing, set) else type(thing).extend

        def undo() -> None:
            if not _same(list(thing), before):
                if isinstance(thing, array.array):
                    del thing[:]
                else:
                    thing.clear()
                fill(thing, before)

        self.undo.append(undo)
        for place, value in enumerate(before):
            if isinstance(thing, list) and is_iterator(value):
                thing[place] = copied(value)
            else:
                self.waiting.append(value)

    def _dict(self, thing: dict) -> None:
        """Its names and values, in their order, and those."""
        ordered = isinstance(thing, collections.OrderedDict)
        base: Any = collections.OrderedDict if ordered else dict
        before = list(base.items(thing))

        def undo() -> None:
            now = list(base.items(thing))
            if not _same([x for pair in now for x in pair], [x for pair in before for x in pair]):
                base.clear(thing)
                for name, value in before:
                    base.__setitem__(thing, name, value)

        self.undo.append(undo)
        for name, value in before:
            if is_iterator(value):
                base.__setitem__(thing, name, copied(value))
            else:
                self.waiting += [name, value]

    def _object(self, thing: Any) -> None:
        """An object with fields of its own, and its class."""
        kind = type(thing)
        if not isinstance(thing, nn.Module) and is_closed(kind):
            return
        if isinstance(thing, nn.Module):
            self.undo.append(functools.partial(_put_class, thing, kind))
        if isinstance(fields := getattr(thing, "__dict__", None), dict):
            self._dict(fields)
        for slot in (s for c in kind.__mro__ for s in vars(c).values()):
            if isinstance(slot, types.MemberDescriptorType) and not is_library(slot.__objclass__):
                value = slot.__get__(thing) if hasattr(thing, slot.__name__) else NOTHING
                self.undo.append(functools.partial(_put_slot, thing, slot, value))
                self.waiting.append(value)
        self.waiting.append(kind)

    def _class(self, kind: type) -> None:
        """What a person's own class holds itself, and its methods where code names them."""
        for one in kind.__mro__:
            if is_library(one) or id(one) in self.classes:
                continue
            self.classes.add(id(one))
            code = (types.FunctionType, property, staticmethod, classmethod)
            self.methods += [
                (n, value) for n, value in vars(one).items() if isinstance(value, code)
            ]
            fields = {n: v for n, v in vars(one).items() if n[:2] != "__"}
            self.waiting += [value for value in fields.values() if not isinstance(value, code)]
            self.undo.append(functools.partial(_put_fields, one, fields))

    def _function(self, thing: types.FunctionType) -> None:
        """What a function keeps in its closure, and what of the globals it uses."""
        self._dict(vars(thing))
        self.waiting += [thing.__defaults__, thing.__kwdefaults__]
        for cell in thing.__closure__ or ():
            with contextlib.suppress(ValueError):  # it is empty
                value = cell.cell_contents
                self.undo.append(functools.partial(setattr, cell, "cell_contents", value))
                self.waiting.append(value)
        if is_library(thing):
            return
        used, attributes = names_in(thing.__code__)
        self.names |= attributes
        self._scope(thing.__globals__, used, attributes)

    def _scope(self, scope: dict[str, Any], used: set[str], attributes: set[str]) -> None:
        """The globals of these names; of modules among them, what is called as `attributes`."""
        before = {name: scope.get(name, NOTHING) for name in used}
        self.undo.append(functools.partial(_put_names, scope, before))
        for value in before.values():
            if not isinstance(value, types.ModuleType):
                self.waiting.append(value)
            elif not is_library(value) and id(value) not in self.walked:
                self.walked[id(value)] = value
                self._scope(vars(value), attributes, set())


def _put_names(scope: dict[str, Any], before: dict[str, Any]) -> None:
    """Give these names of a scope their values again."""
    for name, value in before.items():
        if value is NOTHING:
            scope.pop(name, None)
        elif scope.get(name, NOTHING) is not value:
            scope[name] = value


def _put_fields(kind: type, before: dict[str, Any]) -> None:
    """Give a class its own fields again."""
    for name in [n for n in vars(kind) if n[:2] != "__" and n not in before]:
        delattr(kind, name)
    for name, value in before.items():
        if vars(kind).get(name, NOTHING) is not value:
            setattr(kind, name, value)


def _put_class(module: nn.Module, kind: type) -> None:
    """A lazy layer is lazy again."""
    if type(module) is not kind:
        module.__class__ = kind


def _put_slot(thing: Any, slot: Any, value: Any) -> None:
    if value is not NOTHING:
        slot.__set__(thing, value)
    elif hasattr(thing, slot.__name__):
        slot.__delete__(thing)


def _same(now: list, before: list) -> bool:
    return len(now) == len(before) and all(a is b for a, b in zip(now, before, strict=True))
