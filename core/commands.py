"""What can be said to a run while it trains, and the inbox it is read from between steps."""

import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

Word = Literal["pause", "resume", "step", "epoch", "stop", "learning_rate"]


@dataclass(frozen=True)
class Command:
    """One command; `value` is the new learning rate where the word is "learning_rate"."""

    word: Word
    value: float | None = None

    def __post_init__(self) -> None:
        """Refuse what no run can do, with a sentence."""
        if self.word not in get_args(Word):
            raise ValueError(f"a run knows {', '.join(get_args(Word))}, not {self.word!r}")
        if self.word == "learning_rate" and not (self.value and 0 < self.value <= 1e12):
            raise ValueError(f"a learning rate is a number above 0, not {self.value!r}")


class Inbox:
    """Where commands wait for the training thread; safe to use from any thread."""

    def __init__(self, lost: Callable[[], bool] = lambda: False) -> None:
        """An empty inbox; no pictures are wanted yet. One that is `lost` nobody knows any more."""
        self._lost = lost
        self._waiting: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.picture_wanted = False
        self.insides: tuple[str, ...] = ()
        """The layers of which a picture is to hold all that is to be seen inside."""

    def send(self, command: Command) -> None:
        """Put a command in; it takes effect before the next step."""
        self._waiting.put(command)

    def take(self, wait: float = 0) -> Command | None:
        """The oldest command, or None if there is none within `wait` seconds.

        Who waits at an inbox that is lost is told to stop: no command can come.
        """
        if wait and self._lost():
            return Command("stop")
        try:
            return self._waiting.get(timeout=wait) if wait else self._waiting.get_nowait()
        except queue.Empty:
            return None

    def empty(self) -> bool:
        """Whether no command waits."""
        return self._waiting.empty()
