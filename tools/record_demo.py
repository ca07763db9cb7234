"""Records the run that comes with the project: the two-layer network, its first 16 units.

python -m tools.record_demo
"""

from core.budget import kept_steps
from core.commands import Inbox
from core.records import Checkpoint, Moment
from core.runfile import Writer
from core.runs import DEMO, files
from core.settings import settings_from
from core.training import train

MOMENTS = 14


def main() -> None:
    """Train with the default settings and keep the settings, curves and a few moments."""
    settings = settings_from({"recorded_units": 16})
    records = [r for r in train(settings, Inbox()) if not isinstance(r, Checkpoint)]
    moments = [record.step for record in records if isinstance(record, Moment)]
    kept = set(kept_steps(moments, MOMENTS))
    for path in files(DEMO):
        path.unlink(missing_ok=True)
    DEMO.parent.mkdir(exist_ok=True)
    notes = {"id": "demo", "name": "A recorded run", "pinned": "yes", "created": "0", "owner": ""}
    writer = Writer(DEMO, {**notes, "settings": settings.model_dump_json()})
    writer.append(r for r in records if not isinstance(r, Moment) or r.step in kept)
    writer.connection.execute("PRAGMA journal_mode = DELETE")
    writer.connection.execute("VACUUM")
    writer.close()
    print(f"{DEMO}: {DEMO.stat().st_size / 1000:.0f} kB, moments at {sorted(kept)}")


if __name__ == "__main__":
    main()
