"""Whose turn it is: which waiting run gets which worker, and which runs of races stand back.

A race's run waits for a worker with nothing else to do, and rests while another run trains there.
"""

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
    load = dict.fromkeys(workers, 0)
    for job in jobs.values():
        if job.worker in load:
            load[job.worker] += 1
    idle = set(workers) - {job.worker for job in jobs.values() if job.race or not job.rests}
    found: dict[str, str] = {}
    for run_id in in_line(jobs, queue):
        if jobs[run_id].race in resting:
            continue
        room = [worker for worker in workers if load[worker] < RUNS_A_WORKER]
        if jobs[run_id].race:
            room = [worker for worker in room if worker in idle]
        if not room:
            break
        found[run_id] = worker = min(room, key=load.__getitem__)
        load[worker] += 1
        idle.discard(worker)
    return found


def turned(jobs: Collection[Job], resting: Collection[str]) -> list[Job]:
    """The races' runs that are to rest now, or to go on: all whose `yields` is to be the other."""
    busy = {job.worker for job in jobs if job.worker and not job.race and not job.rests}
    return [
        job
        for job in jobs
        if job.race and job.worker and (job.worker in busy or job.race in resting) != job.yields
    ]
