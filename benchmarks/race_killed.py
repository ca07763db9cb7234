"""Workers killed in mid-race: runs that were lost, and runs that began again for nothing."""

import os
import signal
from collections.abc import Sequence

from benchmarks import races
from benchmarks.recorded_run import temporary_home
from benchmarks.result import Result, is_quick
from core.engine import Engine
from core.races.driving import begin
from core.races.outcomes import FINISHED
from core.races.race import Race
from core.runs import find

KILLS, KILL_SECONDS = 3, 300


def measure() -> Result:
    """Race four runs on all of MNIST; kill the worker of one that has kept a checkpoint, thrice."""
    plan = races.twelve_runs(values=[0], seeds=range(4))
    kept: list[tuple[str, int]] = []
    with temporary_home(), races.warm() as engine:
        race = begin(plan, engine)
        for _ in range(1 if is_quick() else KILLS):
            kept.append(killed(engine, race, {run_id for run_id, _ in kept}))
        races.wait_for(lambda: race.state() == "finished")
        outcomes = race.outcomes()
        events = {one.run: told(one.run) for one in outcomes}
    lost = sum(one.state != FINISHED for one in outcomes) + len(plan.cells) - len(events)
    again = sum(is_repeated(events[run_id], step) for run_id, step in kept)
    return Result(
        "runs lost, and runs repeated from the start although they had a checkpoint",
        "0 and 0",
        lost == again == 0,
        value=[lost, again],
        raw={
            "runs": len(plan.cells),
            "kills": len(kept),
            "checkpoint_steps": [step for _, step in kept],
            "resumed_steps": [went_on(events[run_id])[1] for run_id, _ in kept],
            "quick": is_quick(),
        },
    )


def killed(engine: Engine, race: Race, spared: set[str]) -> tuple[str, int]:
    """Kill the worker of a run with a checkpoint, one that was not killed before: run and step."""
    found: list[tuple[str, int, str]] = []

    def looked() -> bool:
        going = [job for job in list(engine.jobs.values()) if job.race == race.id and job.actor]
        for job in going:
            checkpoint = job.run.last_checkpoint()
            if checkpoint and job.run.id not in spared:
                found.append((job.run.id, checkpoint.step, job.worker))
        return bool(found)

    races.wait_for(looked, KILL_SECONDS)
    run_id, step, worker = found[0]
    os.kill(races.pids(engine)[worker], signal.SIGKILL)
    races.wait_for(lambda: "interrupted" in [kind for _, kind in told(run_id)], KILL_SECONDS)
    return run_id, step


def told(run_id: str) -> list[tuple[int, str]]:
    """What happened to a run, each with its step."""
    return [(event.step, event.kind) for event, _ in find(run_id).events()]


def went_on(events: Sequence[tuple[int, str]]) -> tuple[str, int]:
    """How a run went on after it was interrupted: "resumed" or "started", and at which step."""
    kinds = [kind for _, kind in events]
    after = events[kinds.index("interrupted") :]
    return next(((kind, at) for at, kind in after if kind in ("resumed", "started")), ("", 0))


def is_repeated(events: Sequence[tuple[int, str]], kept: int) -> bool:
    """Whether a run with a checkpoint at the step `kept` did not go on from there, or later."""
    kind, step = went_on(events)
    return kind != "resumed" or step < kept
