"""Reach: what of all that a network's code can reach is its owner's, and which names code uses."""

import copy
import dis
import functools
import io
import sys
import types
from collections.abc import Iterator
from typing import Any

CLOSED = {"torch", "numpy", "lightning", "pytorch_lightning"}
"""Objects of theirs that are no modules are not looked into: optimizers, trainers, data sets."""
OURS = "core.foreign"


class Disturbing(ValueError):
    """A network's code would change what cannot be put back; the text is a sentence about it."""


class Spent:
    """In the place of an iterator that nothing can turn back; complains where it is used."""

    def __init__(self, kind: str) -> None:
        """`kind` is the class of that iterator."""
        self.kind = kind

    def __iter__(self) -> "Spent":
        """Itself, as iterators do."""
        return self

    def __next__(self) -> Any:
        """Raise Disturbing."""
        raise Disturbing(
            f"this network takes from a Python {self.kind} while it runs, which cannot be turned "
            "back: looking at the network would change what it does next; a list or a counter can"
        )


def is_iterator(value: Any) -> bool:
    """Whether it is one of Python's own iterators, which keep to themselves where they are."""
    own = isinstance(value, Iterator) and not isinstance(value, io.IOBase)
    return own and not hasattr(value, "__dict__")


def copied(value: Any) -> Any:
    """A copy of an iterator, or what complains in its place."""
    try:
        return copy.deepcopy(value)
    except Exception:  # whatever is in its way
        return Spent(type(value).__name__)


@functools.cache
def _is_installed(root: str) -> bool:
    """Whether a module comes with Python or was installed, by the name before its first dot."""
    file = getattr(sys.modules.get(root), "__file__", None) or ""
    return root in sys.stdlib_module_names or "-packages" in file


def is_library(thing: Any) -> bool:
    """Whether a module, class or function is nobody's own."""
    name = thing.__name__ if isinstance(thing, types.ModuleType) else thing.__module__
    return not name or name.startswith(OURS) or _is_installed(name.partition(".")[0])


def is_closed(kind: type) -> bool:
    """Whether objects of a class are not looked into."""
    root = (kind.__module__ or "").partition(".")[0]
    if issubclass(kind, types.SimpleNamespace) or kind.__module__.startswith("torch.distrib"):
        return kind.__module__.startswith("torch.distributed")
    own = kind.__module__.startswith(OURS)
    return own or root in CLOSED or root in sys.stdlib_module_names


@functools.cache
def names_in(code: types.CodeType) -> tuple[set[str], set[str]]:
    """The globals that code uses, and the attributes; of functions inside it, too."""
    used, attributes = set(), set()
    for step in dis.get_instructions(code):
        if step.opname.endswith(("_GLOBAL", "_NAME")):
            used.add(step.argval)
        elif step.opname.endswith(("_ATTR", "_METHOD")):
            attributes.add(step.argval)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            more = names_in(inner)
            used, attributes = used | more[0], attributes | more[1]
    return used, attributes
