"""Jobs: a run in training as the engine holds it, and how its records reach its file."""

from typing import Any

from core import live
from core.budget import free_space, thin
from core.records import Event, Record
from core.runfile import Writer, is_disk_fault
from core.runs import Run
from core.settings import Settings


class Job:
    """One run that this process trains: its file's writer, its actor, its waiting commands."""

    def __init__(self, run: Run, settings: Settings, fresh: bool) -> None:
        """`fresh` says that it starts from the random start, not from a checkpoint."""
        self.run, self.settings, self.fresh = run, settings, fresh
        self.writer = Writer(run.path)
        self.channel = live.channels.setdefault(run.id, live.Channel())
        self.actor: Any = None
        self.worker = ""
        self.trouble = ""
        self.unsaved: list[Record] = []
        self.step = 0

    def store(self, records: list[Record]) -> bool:
        """Append to the run's file; on a full disk keep the records here and say so."""
        self.unsaved += records
        if not self.unsaved:
            return True
        try:
            self.writer.append(self.unsaved)
            if any(not isinstance(r, Event) for r in self.unsaved):
                self.step = max(self.step, self.unsaved[-1].step)
            if any(hasattr(r, "arrays") for r in self.unsaved):
                thin(self.writer)
        except Exception as fault:
            if not is_disk_fault(fault):
                raise
            needed = sum(
                a.values.nbytes for r in self.unsaved for a in getattr(r, "arrays", {}).values()
            )
            self.trouble = (
                f"Disk full: recorded up to step {self.step} ({free_space() / 1e6:.0f} MB free, "
                f"{max(1, needed // 10**6)} MB needed). Training is paused; make room, then resume."
            )
            return False
        self.unsaved, self.trouble = [], ""
        return True
