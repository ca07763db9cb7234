"""A cluster on loopback: Dask's own scheduler and workers, each a process with a home of its own.

Started by the commands that any cluster is started with; nothing on the disk is shared.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.child import ENVIRONMENT, ROOT

START_SECONDS = 60
VARIABLE = "LAYERSCOPE_SCHEDULER"


@dataclass
class Loopback:
    """A scheduler's address, its process, and those of its workers."""

    folder: Path
    address: str = ""
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_scheduler(self, port: int = 0, python_path: str = str(ROOT)) -> None:
        """Start the scheduler, on a free port or on the one that it had before."""
        file = self.folder / "scheduler.json"
        self.folder.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        given = ["--port", str(port), "--scheduler-file", str(file)]
        self.scheduler = self._process("scheduler", *given, python_path=python_path)
        until = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError, ValueError):
                self.address = json.loads(file.read_text())["address"]
                return
            if self.scheduler.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"no scheduler: {self.said('scheduler')}")
            time.sleep(0.05)

    def start_worker(
        self, nanny: bool = False, python_path: str = str(ROOT)
    ) -> subprocess.Popen[bytes]:
        """Start one more worker; with a `nanny`, a killed one is started again by it."""
        name = f"worker-{len(self.workers)}"
        given = ["--nthreads", "8", "--local-directory", str(self.folder / name / "dask")]
        process = self._process(
            "worker",
            self.address,
            *given,
            "--nanny" if nanny else "--no-nanny",
            name=name,
            python_path=python_path,
        )
        self.workers.append(process)
        return process

    def _process(
        self, part: str, *given: str, name: str = "", python_path: str = str(ROOT)
    ) -> subprocess.Popen[bytes]:
        name = name or part
        home = self.folder / name
        home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", f"distributed.cli.dask_{part}", *given]
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [*command, "--host", "127.0.0.1", "--no-dashboard"],
                cwd=home,
                env={**ENVIRONMENT, "PYTHONPATH": python_path, "LAYERSCOPE_HOME": str(home)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def said(self, name: str) -> str:
        """The end of what a process has printed."""
        return (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]

    def end(self) -> None:
        """End every process, with those that it started."""
        for process in [*self.workers, *([self.scheduler] if self.scheduler else [])]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # its group, made for it
            process.wait()


@contextlib.contextmanager
def loopback(folder: Path, workers: int = 2, nanny: bool = False) -> Iterator[Loopback]:
    """A scheduler and so many workers; engines that start meanwhile join them."""
    made, before = Loopback(folder), os.environ.get(VARIABLE)
    try:
        made.start_scheduler()
        for _ in range(workers):
            made.start_worker(nanny)
        os.environ[VARIABLE] = made.address
        yield made
    finally:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before
        made.end()
