"""Whose turn it is: which waiting run gets which worker, and which runs of races stand back.

A race's run waits for a worker with nothing else to do, and rests while another run trains there.
While many of a race wait, one more stands by on each worker: it trains when the first has ended.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from core.jobs import Job

RUNS_A_WORKER = 4


def in_line(jobs: dict[str, Job], queue: Sequence[str]) -> list[str]:
    """The ids of the queue in the order in which they get their turn: those of races last."""
    return sorted(queue, key=lambda run_id: bool(jobs[run_id].race))


def given(
    jobs: dict[str, Job],
    queue: Sequence[str],
    workers: Sequence[str],
    resting: Collection[str] = (),
) -> dict[str, str]:
    """The worker of each waiting run, by id, that can begin now: the one with the fewest runs.

    No run of a race that is `resting` begins.
    """
    there = {worker: [job for job in jobs.values() if job.worker == worker] for worker in workers}
    waiting = Counter(jobs[run_id].race for run_id in queue)
    found: dict[str, str] = {}
    for run_id in in_line(jobs, queue):
        job = jobs[run_id]
        room = [worker for worker in workers if _load(there[worker]) < RUNS_A_WORKER]
        if job.race in resting:
            continue
        if job.race:
            many = waiting[job.race] > len(workers)
            idle = [worker for worker in room if not _at_work(there[worker])]
            room = idle or [worker for worker in room if many and _lets_in(there[worker], job)]
        if room:
            found[run_id] = worker = min(room, key=lambda one: _load(there[one]))
            there[worker].append(job)
            waiting[job.race] -= 1
    return found


def _load(there: Sequence[Job]) -> int:
    """How many runs a worker has: those of races, of which one trains at a time, are one."""
    return sum(not job.race for job in there) + any(job.race for job in there)


def _at_work(there: Sequence[Job]) -> list[Job]:
    return [job for job in there if job.race or not job.rests]


def _lets_in(there: Sequence[Job], job: Job) -> bool:
    """Whether one more of a race can stand by: behind a single one of the same race that trains."""
    ahead = _at_work(there)
    return len(ahead) == 1 and ahead[0].race == job.race and not (ahead[0].rests or ahead[0].yields)


def turned(jobs: Collection[Job], resting: Collection[str]) -> list[Job]:
    """The races' runs that are to rest now, or to go on: all whose `yields` is to be the other."""
    busy = {job.worker for job in jobs if job.worker and not job.race and not job.rests}
    return [
        job
        for job in jobs
        if job.race and job.worker and (job.worker in busy or job.race in resting) != job.yields
    ]
