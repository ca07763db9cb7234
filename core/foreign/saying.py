"""Saying: what is understood of what a script gives, printed once; losses and scores as numbers.

It goes to the standard error stream, where it disturbs no output. This room knows torch.
"""

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from core.foreign.watched import Watched

MOST_NAMED = 5
"""So many of the things that are left out are printed."""


def say(sentence: str) -> None:
    """Print a sentence beside a script's own output."""
    print(f"Layerscope: {sentence}", file=sys.stderr)


def understood_as(watched: Watched, note: str) -> str:
    """What a network and its inputs were taken for, in sentences."""
    sides = " × ".join(map(str, watched.shape))
    one = f"{watched.count} input{'s' * (watched.count > 1)} of {sides}"
    kind = f" symbols from 0 to {watched.symbols - 1}" if watched.symbols else " numbers"
    layers = f"{len(watched.layers)} layer{'s' * (len(watched.layers) > 1)}"
    sentences = [f"{watched.title} with {layers} is looked at with {one}{kind}."]
    if note:
        sentences.append(f"{note[0].upper()}{note[1:]}.")
    named = list(watched.left_out[:MOST_NAMED])
    if more := len(watched.left_out) - len(named):
        named.append(f"{more} more")
    if named:
        sentences.append(f"Left out: {'; '.join(named)}.")
    return " ".join(sentences)


class Speaker:
    """Says each thing once."""

    def __init__(self) -> None:
        """Nothing was said."""
        self.spoken: set[str] = set()

    def say(self, key: str, sentence: str) -> None:
        """Print a sentence unless one was printed for this key."""
        if key not in self.spoken:
            self.spoken.add(key)
            say(sentence)

    def say_all(self, sentences: Mapping[str, str]) -> None:
        """The same of many, by their keys."""
        for key, sentence in sentences.items():
            self.say(key, f"{sentence}; everything else is.")


def number_of(value: Any, word: str, speaker: Speaker) -> float | None:
    """A loss or score as one number; None, said once, where it is none."""
    try:
        if isinstance(value, torch.Tensor):
            value = value.detach()
            if value.numel() > 1:
                value = value.abs() if value.is_complex() else value
                many = f"the {word} has {value.numel():,} numbers: their mean is recorded"
                speaker.say(f"{word} mean", many)
                value = value.float().mean()
            value = value.item()
        if isinstance(value, np.ndarray | list | tuple) and np.size(value) > 1:
            numbers = np.asarray(value, np.float64)
            many = f"the {word} has {numbers.size:,} numbers: their mean is recorded"
            speaker.say(f"{word} mean", many)
            return float(numbers.mean())
        if isinstance(value, np.ndarray | list | tuple):
            value = np.asarray(value).item()
        return abs(value) if isinstance(value, complex) else float(value)
    except (TypeError, ValueError, RuntimeError):
        what = f"the {word} is no number but a {type(value).__name__}: it is not recorded"
        speaker.say(f"{word} none", what)
        return None
