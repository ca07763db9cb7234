"""Refusals: what the guard turned away, a line each in the log, and never a flood of them."""

import logging
import math
import time
from collections.abc import Callable

LINES = 20
"""Lines of one kind at once; then one every so many seconds, which says how many it stands for."""
SECONDS = 10.0
LONGEST = 80
"""Most characters of a header's text in a line."""
log = logging.getLogger("layerscope")


class Refusals:
    """Writes a line for what was refused; a flood of one kind hides none of the others."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing was refused yet."""
        self.clock = clock
        self._kinds: dict[str, tuple[float, float, int]] = {}  # lines left, when, how many unsaid

    def note(self, kind: str, sentence: str) -> None:
        """Log a refusal. `kind` is one of few words of our own: each is remembered."""
        now = self.clock()
        lines, then, unsaid = self._kinds.get(kind, (LINES, -math.inf, 0))
        lines = min(LINES, lines + (now - then) / SECONDS)
        if lines < 1:
            self._kinds[kind] = lines, now, unsaid + 1
            return
        self._kinds[kind] = lines - 1, now, 0
        more = f" ({unsaid:,} more like it since the last such line)" if unsaid else ""
        log.warning("refused: %s%s", sentence, more)


def shown(text: str | None) -> str:
    """A text from outside in a line of the log: short, in one line, and nothing but text."""
    return "none" if text is None else ascii(text[:LONGEST])
