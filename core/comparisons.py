"""Comparisons: networks that were trained under equal conditions, and the curves they gave.

A few come with the project, as small JSON files beside the recorded run. Nothing here trains.
"""

import json
import math
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "demo"
MEMORY, SKIPS = FOLDER / "memory.json", FOLDER / "skips.json"
LARGEST = 100_000
"""Bytes of a file that is read."""
MOST = 10**12
"""No length, seed, step or number of weights is larger."""


class Misread(ValueError):
    """A file holds no comparison; the message says what is wrong with it."""


@dataclass(frozen=True)
class Compared:
    """One network of a comparison: what it was, and how it fared.

    `scores` (and `losses`, where they were kept) belong to the first of the comparison's steps; a
    network that was good enough early was trained no further.
    """

    network: str
    data: str
    length: int
    """Steps of a sequence; 0 where the input is none."""
    seed: int
    weights: int
    scores: tuple[float, ...]
    losses: tuple[float, ...] = ()

    @property
    def score(self) -> float:
        """The last score."""
        return self.scores[-1]


@dataclass(frozen=True)
class Comparison:
    """What was held alike, at which steps everyone was measured, and who took part."""

    title: str
    settings: dict[str, Any]
    steps: tuple[int, ...]
    networks: tuple[Compared, ...]

    @property
    def enough(self) -> float:
        """The score with which a network was trained no further: 1, the best, if none is told."""
        told = self.settings.get("enough")
        return float(told) if isinstance(told, int | float) and 0 < told <= 1 else 1.0

    def steps_to(self, score: float, one: Compared) -> int | None:
        """The first measured step at which a network reached a score; None if it never did."""
        measured = zip(self.steps, one.scores, strict=False)
        return next((step for step, found in measured if found >= score), None)


def read(path: Path) -> Comparison:
    """Read a comparison; raises Misread where the file is missing, too large or damaged.

    Scores are 1 at most and losses 0 at least, all of them finite.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise Misread(f"{path.name} is larger than a comparison can be")
        return _comparison(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise Misread(f"{path.name} cannot be read: {error.strerror}") from None
    except RecursionError:
        raise Misread(f"{path.name} is nested too deep") from None
    except UnicodeDecodeError:
        raise Misread(f"{path.name} is no text") from None
    except json.JSONDecodeError as error:
        raise Misread(f"{path.name} is no JSON: {error.msg}") from None
    except Misread:
        raise
    except (ValueError, OverflowError):
        raise Misread(f"{path.name} has a number of too many digits") from None


def written(comparison: Comparison) -> str:
    """A comparison as the JSON that `read` reads, one network a line."""
    lines = [
        json.dumps(
            {
                **{key: value for key, value in vars(one).items() if value != ()},
                "scores": [float(f"{score:.4g}") for score in one.scores],
                **({"losses": [float(f"{loss:.4g}") for loss in one.losses]} if one.losses else {}),
            }
        )
        for one in comparison.networks
    ]
    head = {"title": comparison.title, "settings": comparison.settings, "steps": comparison.steps}
    return json.dumps(head)[:-1] + ', "networks": [\n' + ",\n".join(lines) + "\n]}\n"


def _comparison(given: Any) -> Comparison:
    given = _keyed(given, "the comparison", {"title", "settings", "steps", "networks"})
    settings = _of(given["settings"], dict, "settings")
    steps = tuple(_count(step, "steps") for step in _of(given["steps"], list, "steps"))
    if not steps or list(steps) != sorted(set(steps)):
        raise Misread("steps must be there and rise")
    networks = tuple(_compared(one, len(steps)) for one in _of(given["networks"], list, "networks"))
    if not networks:
        raise Misread("no network is compared")
    return Comparison(_of(given["title"], str, "title"), settings, steps, networks)


def _compared(given: Any, most: int) -> Compared:
    needed = {"network", "data", "length", "seed", "weights", "scores"}
    given = _keyed(given, "a network", needed, {"losses"})
    scores = _curve(given["scores"], "scores", -math.inf, 1)
    losses = _curve(given.get("losses", []), "losses", 0, math.inf)
    if not 1 <= len(scores) <= most or losses and len(losses) != len(scores):
        raise Misread("scores and losses do not fit the steps")
    network, data = (_of(given[key], str, key) for key in ("network", "data"))
    length, seed, weights = (_count(given[key], key) for key in ("length", "seed", "weights"))
    return Compared(network, data, length, seed, weights, scores, losses)


def _keyed(given: Any, what: str, needed: Set[str], more: Set[str] = frozenset()) -> dict[str, Any]:
    found = _of(given, dict, what)
    if not needed <= set(found) <= set(needed | more):
        raise Misread(f"{what} must have {', '.join(sorted(needed))}")
    return found


def _of(given: Any, kind: type, what: str) -> Any:
    if not isinstance(given, kind):
        raise Misread(f"{what} must be of type {kind.__name__}")
    return given


def _count(given: Any, what: str) -> int:
    if type(given) is not int or not 0 <= given <= MOST:
        raise Misread(f"{what} must be whole numbers from 0 to {MOST:,}")
    return given


def _curve(given: Any, what: str, low: float, high: float) -> tuple[float, ...]:
    for value in _of(given, list, what):
        if type(value) not in (int, float) or not math.isfinite(value) or not low <= value <= high:
            raise Misread(f"{what} must be finite numbers from {low:g} to {high:g}")
    return tuple(float(value) for value in given)
