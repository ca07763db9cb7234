"""Endings: when a watched script is over, or a cell of a notebook, and why. No torch here."""

import atexit
import builtins
import sys
import weakref
from types import TracebackType
from typing import Any, Protocol


class Ending(Protocol):
    """What ends with a script."""

    caller: Any

    @property
    def steps(self) -> int:
        """How far it came."""

    def rest(self, fault: BaseException | None) -> None:
        """A cell is over."""

    def end(self, fault: BaseException | None) -> None:
        """All is over."""


_going: "weakref.WeakSet[Ending]" = weakref.WeakSet()
_held: set[Ending] = set()
"""Those of scripts: a network is recorded to the script's end, whoever still knows its watch."""


def attend(ending: Ending) -> None:
    """Have it ended when the script or the notebook is; in a notebook also when nobody has it."""
    _going.add(ending)
    shell = _shell()
    if shell is None:
        _held.add(ending)
    else:
        _Cells.of(shell).begun.pop(ending, None)


def release(ending: Ending) -> None:
    """It is over."""
    _going.discard(ending)
    _held.discard(ending)


def reason_of(fault: BaseException | None, place: str) -> str:
    """A sentence about what ended a script or a cell; "" where it came to its end."""
    if fault is None or (isinstance(fault, SystemExit) and not fault.code):
        return ""
    text = " ".join(str(fault).split())
    return f"The {place} ended with {type(fault).__name__}{f': {text}' if text else ''}"[:500]


@atexit.register
def _script_ended() -> None:
    for ending in list(_going):
        ending.end(_uncaught(ending))


def _uncaught(ending: Ending) -> BaseException | None:
    """What ended the script; at a prompt the last fault only if it was in the code that trained."""
    fault = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if _shell() is not None:
        return getattr(ending, "_fault", None)
    if fault is not None and hasattr(sys, "ps1"):
        return fault if _passed_through(fault.__traceback__, ending.caller) else None
    return fault


def _passed_through(trace: TracebackType | None, code: Any) -> bool:
    while trace is not None:
        if trace.tb_frame.f_code is code:
            return True
        trace = trace.tb_next
    return False


def _shell() -> Any:
    """IPython's shell, which runs the cells of a notebook; None elsewhere."""
    get = getattr(builtins, "get_ipython", None)
    return get() if get is not None else None


class _Cells:
    """Hears of the cells of one shell."""

    _heard: "weakref.WeakKeyDictionary[Any, _Cells]" = weakref.WeakKeyDictionary()

    def __init__(self, shell: Any) -> None:
        self.begun: weakref.WeakKeyDictionary[Ending, int] = weakref.WeakKeyDictionary()
        shell.events.register("pre_run_cell", self.begins)
        shell.events.register("post_run_cell", self.ends)

    @classmethod
    def of(cls, shell: Any) -> "_Cells":
        if shell not in cls._heard:
            cls._heard[shell] = cls(shell)
        return cls._heard[shell]

    def begins(self, info: Any = None) -> None:
        for ending in list(_going):
            self.begun[ending] = ending.steps

    def ends(self, result: Any = None) -> None:
        """Only those that came further in this cell, or began in it, have to do with its end."""
        fault = getattr(result, "error_in_exec", None) or getattr(result, "error_before_exec", None)
        for ending in list(_going):
            if self.begun.get(ending) != ending.steps:
                ending.rest(fault)
