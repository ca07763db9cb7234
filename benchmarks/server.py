"""A server of its own for a benchmark: `streamlit run app.py` on a free port of this machine."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.child import ROOT, environment
from benchmarks.recorded_run import temporary_home

START_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """A running dashboard; its runs are found by this process too."""

    url: str
    pid: int


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """Start the dashboard with a home of its own; end it, and only it, afterwards."""
    with temporary_home() as home:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", port]
        command += ["--server.address", "127.0.0.1", "--server.headless", "true"]
        with (home / "server.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            server = Server(f"http://127.0.0.1:{port}", process.pid)
            _await_health(server, process)
            yield server
        except BaseException:
            sys.stderr.write((home / "server.log").read_text(errors="replace")[-3000:])
            raise
        finally:
            _end(process)


def _await_health(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("the server ended at once")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5).close()
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not answer within {START_SECONDS} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # its own group: workers that stayed
    process.wait()
