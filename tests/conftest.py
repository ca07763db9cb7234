"""What every test may ask for: a home of its own, a free port, a real server."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

# Two test processes share two cores, and two threads of one process on a busy machine wait for
# each other: training would take twenty times as long. Set before anybody imports torch.
os.environ.setdefault("OMP_NUM_THREADS", "1")
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")  # no test is judged by a busy machine's clock
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Server:
    """A running dashboard: where it is, its process, its runs, and the file with its output."""

    url: str
    pid: int
    home: Path
    log: Path
    port: int

    def said(self) -> str:
        """Everything that the server has printed so far."""
        return self.log.read_text(errors="replace")


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(
    home: Path,
    app: Path = ROOT / "app.py",
    port: int | None = None,
    base: str = "",
    **environment: str,
) -> Iterator[Server]:
    """Start `streamlit run app` in a process group of its own; end it, and only it, afterwards.

    `base` is the path that it is served under, "/lab". Its log is beside the home.
    """
    port = port or unused_port()
    with contextlib.suppress(OSError):  # a test may be about a home that cannot be made
        home.mkdir(parents=True, exist_ok=True)
    log = next(p for p in home.parents if p.is_dir()) / f"server-{port}.log"
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true"]
    command += ["--server.baseUrlPath", base] if base else []
    environment = {**os.environ, "LAYERSCOPE_HOME": str(home), **environment}
    environment["PYTHONPATH"] = str(app.parent if (app.parent / "core").exists() else ROOT)
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=app.parent if (app.parent / ".streamlit").exists() else ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}{base}", process.pid, home, log, port)
    try:
        _await_health(server, process)
        yield server
    finally:
        _end(process)


def _await_health(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the server ended at once:\n{server.said()[-4000:]}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5).close()
            return
        time.sleep(0.1)
    raise AssertionError(f"the server did not answer:\n{server.said()[-4000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # its group, made for it: workers that stayed
    process.wait()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for runs, the one this test's code finds."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("LAYERSCOPE_HOME", str(folder))
    return folder


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    return unused_port()


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers that this test may kill: `start_server(home=…, app=…, port=…, NAME="value")`.

    Without `home` all of them share one, so that a second one finds the runs of the first.
    """
    with contextlib.ExitStack() as stack:

        def start(home: Path = tmp_path / "home", **options: object) -> Server:
            return stack.enter_context(serving(home, **options))  # type: ignore[arg-type]

        yield start


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One dashboard for all tests of a module."""
    with serving(tmp_path_factory.mktemp("server") / "home") as running:
        yield running
