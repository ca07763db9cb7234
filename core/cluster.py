"""The local cluster: Dask's scheduler and workers in a process of their own.

    python -m core.cluster 2

prints the scheduler's address. Each line of its standard input is a number of workers to have from
then on; it ends when that closes, which is also what happens when the process that started it is
killed. The workers end with it.
"""

import contextlib
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import dask
from distributed import LocalCluster

END_SECONDS = 2.0
QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.worker.memory.monitor-interval": "1s",
    "distributed.admin.system-monitor.interval": "2s",
    "distributed.nanny.pre-spawn-environ": {
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    },
}
"""Dask as training wants it. Its profiler looks at every thread a hundred times a second, and its
environment has malloc give back every freed page, which a training step takes again at once."""


def workers(race: bool = False) -> int:
    """How many workers are wanted: LAYERSCOPE_WORKERS, or one less than the cores, at most four.

    A race, which stands back whenever anybody else wants a core, has one for every core.
    """
    if chosen := os.environ.get("LAYERSCOPE_WORKERS"):
        return int(chosen)
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(4, cores if race else cores - 1))


def started(workers: int) -> tuple[subprocess.Popen, str]:
    """Start a cluster; its process and its address. Raises RuntimeError where it does not start."""
    process = subprocess.Popen(
        [sys.executable, "-m", "core.cluster", str(workers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        start_new_session=True,  # Ctrl-C is for the server, which then closes the input
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    if not address:
        process.kill()
        raise RuntimeError("The workers that train could not be started; the log says why.")
    return process, address


def grow(process: subprocess.Popen, workers: int) -> None:
    """Have so many workers in a cluster that `started` gave; nothing happens where it has ended."""
    assert process.stdin is not None
    with contextlib.suppress(OSError, ValueError):
        process.stdin.write(f"{workers}\n")
        process.stdin.flush()


def ended(process: subprocess.Popen) -> None:
    """End a cluster that `started` gave, with its workers."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    try:
        process.wait(timeout=END_SECONDS + 3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def main() -> None:
    """Run a cluster until the standard input closes."""
    dask.config.set(QUIET)
    # A killed worker is started again by its nanny. The cluster would close that nanny, for good,
    # where the worker is not there just 15 seconds later: busy starting, or killed once more.
    dask.config.set({"distributed.deploy.lost-worker-timeout": "365 days"})
    cluster = LocalCluster(
        n_workers=int(sys.argv[1]),
        threads_per_worker=8,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.ERROR,
    )
    print(cluster.scheduler_address, flush=True)
    for line in sys.stdin:
        cluster.scale(int(line))
    watchdog = threading.Timer(END_SECONDS, os._exit, args=(0,))
    watchdog.daemon = True
    watchdog.start()
    cluster.close()
    os._exit(0)


if __name__ == "__main__":
    main()
