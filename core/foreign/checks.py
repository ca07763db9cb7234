"""Checks: what a person says about a watched network, each fault with a sentence that says more.

This room knows torch.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from core.foreign.watched import MOST_CLASSES, SeenLayer, tells_apart

LONGEST_NOTE, LONGEST_CLASS, MOST_UNITS = 500, 80, 4096


def class_names(classes: Any) -> tuple[str, ...]:
    """The classes' names, from any sequence of them; raises ValueError."""
    if classes is None:
        return ()
    try:
        listed = list(
            classes.tolist() if isinstance(classes, np.ndarray | torch.Tensor) else classes
        )
    except TypeError:
        raise ValueError(
            "classes must be the names of the classes in their order, as in "
            f"classes=['cat', 'dog'], not {classes!r:.80}"
        ) from None
    if isinstance(classes, bytes) or any(isinstance(x, list | tuple | dict) for x in listed):
        raise ValueError("classes must be the names of the classes, one text for each")
    names = unlike([" ".join(str(one).split())[:LONGEST_CLASS] for one in listed])
    if len(names) > MOST_CLASSES:
        raise ValueError(f"classes names {len(names):,} classes; at most {MOST_CLASSES:,} can be")
    return names


def unlike(names: list[str]) -> tuple[str, ...]:
    """The same names, the second of one name as "name (2)": ImageNet has two cranes."""
    often: Counter[str] = Counter()
    different = []
    for name in names:
        often[name] += 1
        different.append(f"{name} ({often[name]})" if often[name] > 1 else name)
    return tuple(different)


def fit_last(names: tuple[str, ...], classes: Any, layers: Sequence[SeenLayer]) -> None:
    """Raises ValueError where the last layer does not tell these classes apart."""
    last = layers[-1]
    if not names or tells_apart(last.output_shape, len(names)):
        return
    if len(last.output_shape) == 1:
        (numbers,) = last.output_shape
        gives = f"{numbers:,} number" + ("s" if numbers > 1 else "")
        right = "two names" if numbers == 1 else f"{numbers:,} names"
        right = f"classes must have {right}, or be left out"
        if isinstance(classes, str):
            right += "; a text counts as one name for each of its letters"
    else:
        gives = " × ".join(f"{side:,}" for side in last.output_shape) + " numbers"
        right = "classes must be left out, for they name the numbers of a last layer with one axis"
    raise ValueError(
        f"classes has {len(names):,} name{'s' * (len(names) > 1)}, but the last layer, "
        f"{last.name}, gives {gives} for each input: {right}"
    )


def known_classes(
    targets: Any, count: int, names: tuple[str, ...], reading: str = ""
) -> np.ndarray:
    """The true classes of the inputs, -1 where they are not known; raises ValueError.

    `reading` says how the inputs were read, where that is not the usual way.
    """
    if targets is None or not names:
        return np.full(count, -1, np.int64)
    wrong = f"targets must be {count} numbers from 0 to {len(names) - 1}, the classes'"
    wrong += f" ({reading})" if reading else ""
    try:
        if isinstance(targets, torch.Tensor):
            targets = targets.detach().cpu()
        known = np.asarray(targets, np.float64).reshape(-1)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(wrong) from None
    if known.shape != (count,) or not ((known >= 0) & (known < len(names))).all():
        raise ValueError(wrong)
    if (known != known.round()).any():
        raise ValueError(wrong)
    return known.astype(np.int64)


def note_of(note: Any) -> str:
    """A note as it is kept; raises ValueError where it is too long."""
    text = " ".join(str(note).split())
    if len(text) > LONGEST_NOTE:
        raise ValueError(f"note has {len(text):,} characters; at most {LONGEST_NOTE} are kept")
    return text


def units_of(units: Any) -> int:
    """How many units are recorded; raises ValueError."""
    whole = not isinstance(units, bool) and isinstance(units, int | np.integer)
    if not whole or not 1 <= units <= MOST_UNITS:
        raise ValueError(
            f"units must be a whole number from 1 to {MOST_UNITS:,}, not {units!r:.40}"
        )
    return int(units)
