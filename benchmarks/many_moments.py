"""A run with many recorded moments: a real training in which each of the first steps is recorded.

By the usual schedule so many moments would take hundreds of thousands of steps. Run as a child,
see `child.py`.
"""

import json

from benchmarks.child import asked
from core import training
from core.commands import Inbox
from core.records import Checkpoint
from core.runfile import Writer
from core.runs import create
from core.settings import settings_from


def main(moments: int) -> None:
    """Train two_linear for one epoch with at least so many moments, and say which run it is."""
    training.DENSE = moments
    settings = settings_from({"architecture": "two_linear", "epochs": 1})
    run = create(settings)
    writer = Writer(run.path)
    for record in training.train(settings, Inbox()):
        if not isinstance(record, Checkpoint):
            writer.append([record])
    writer.close()
    print(json.dumps({"run": run.id}))


if __name__ == "__main__":
    main(asked()["moments"])
