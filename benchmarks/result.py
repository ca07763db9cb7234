"""What a benchmark gives: its figure, its goal and the raw numbers, as one line of JSON."""

import json
import os
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Result:
    """One benchmark's outcome."""

    compared: str
    """In words: what was measured, or what was divided by what."""
    target: str
    reached: bool
    value: Any = None
    ratio: Any = None
    """Where two things are compared, this and no `value`."""
    raw: dict[str, Any] = field(default_factory=dict)

    def line(self, name: str) -> str:
        """The outcome as one line of JSON, numbers rounded to five digits."""
        figure = {"ratio": self.ratio} if self.ratio is not None else {"value": self.value}
        told = {"benchmark": name, **figure, "target": self.target, "reached": self.reached}
        return json.dumps(_rounded({**told, "compared": self.compared, **self.raw}))


def is_quick() -> bool:
    """Whether LAYERSCOPE_BENCH_QUICK asks for fewer repetitions; the result must then say so."""
    return os.environ.get("LAYERSCOPE_BENCH_QUICK", "") not in ("", "0")


def _rounded(thing: Any) -> Any:
    if isinstance(thing, float):
        return float(f"{thing:.5g}")
    if isinstance(thing, dict):
        return {key: _rounded(value) for key, value in thing.items()}
    return [_rounded(value) for value in thing] if isinstance(thing, list | tuple) else thing
