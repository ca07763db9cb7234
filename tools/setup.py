"""The toolshed: makes the environment, finds a browser, starts the dashboard; stdlib only."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CPU_BUILDS = "https://download.pytorch.org/whl/cpu"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_WINDOW = "chromium-headless-shell"
"""Chromium without its windows: draws pages the same, for a sixth less work."""
LOOPBACK = "127.0.0.1"


def environment(dev: bool = False) -> None:
    """Make `.venv` hold what the requirement files ask for; costs nothing when it already does."""
    names = ["requirements.txt", "requirements-dev.txt"][: 2 if dev else 1]
    with _alone():
        if PYTHON.exists() and _Stamp(names[-1]).is_current():
            return
        if not PYTHON.exists():
            _make_venv()
        _say("Installing what the dashboard needs; the first time this takes a few minutes.")
        if not _has("torch") and _prefers_cpu_builds():
            _say("No NVIDIA GPU here: taking PyTorch's smaller CPU builds.")
            _pip("--index-url", CPU_BUILDS, *_torch_lines(), required=False)
        _pip(*(part for name in names for part in ("-r", str(ROOT / name))))
        for name in names:
            _Stamp(name).write()


def installed_browser(windows: bool = True) -> str | None:
    """The path of a Chromium or Chrome that starts on this machine; None where there is none.

    Without `windows`, one that has none comes first.
    """
    named = os.environ.get("LAYERSCOPE_BROWSER")
    for name in [named] if named else BROWSERS if windows else [NO_WINDOW, *BROWSERS]:
        path = shutil.which(name)
        if path and _succeeds(path, "--version"):
            return path
    return None


def browser() -> None:
    """Make sure that the tests have a browser: an installed one, Debian's, or Playwright's."""
    if installed_browser() or _playwright_has_one():
        return
    _say("Installing a browser for the tests.")
    if _can_apt():
        _apt("chromium", NO_WINDOW)
    if not installed_browser():
        with_libraries = ["--with-deps"] if _can_apt() else []
        _run(str(PYTHON), "-m", "playwright", "install", *with_libraries, "chromium")
    if not installed_browser() and not _playwright_has_one():
        sys.exit(
            "The tests need a browser: install Chromium (Debian: sudo apt install chromium) "
            "or set LAYERSCOPE_BROWSER to the path of one."
        )


def serve(port: int | None, everyone: bool, flags: list[str]) -> None:
    """Become the dashboard's server, for this machine or for everyone on the network."""
    port = _checked(port) if port else next((p for p in range(8501, 8600) if _is_free(p)), 8501)
    own = _network_address()
    hosts = ["localhost", LOOPBACK, "::1"]
    if everyone:
        hosts += [own, socket.gethostname(), f"{socket.gethostname()}.local"]
    address = "0.0.0.0" if everyone else LOOPBACK
    command = [str(PYTHON), "-m", "streamlit", "run", "app.py"]
    command += ["--server.port", str(port), "--server.address", address]
    command += [part for host in hosts for part in ("--server.allowedHosts", host)]
    if everyone:
        command += ["--browser.serverAddress", own, "--server.headless", "true"]
        _say(f"Layerscope for everyone on this network: type http://{own}:{port} (Ctrl-C ends it).")
    else:
        _say(f"Layerscope: open http://localhost:{port} (Ctrl-C ends it).")
    os.chdir(ROOT)
    os.execv(command[0], [*command, *flags])


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold off a second set-up in the same folder until this one is done."""
    folder = os.open(ROOT / "tools", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


class _Stamp:
    """A file in `.venv` that holds the hash of the requirements that were installed into it."""

    def __init__(self, name: str) -> None:
        self.path = VENV / f"layerscope-{name}.stamp"

    def is_current(self) -> bool:
        return self.path.exists() and self.path.read_text() == self.hash()

    def write(self) -> None:
        self.path.write_text(self.hash())

    def hash(self) -> str:
        files = [VENV / "pyvenv.cfg", *sorted(ROOT.glob("requirements*.txt"))]
        return hashlib.sha256(b"\n".join(file.read_bytes() for file in files)).hexdigest()


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not _can_apt():
            sys.exit(f"This Python cannot make environments yet: sudo apt install {package}")
        _apt(package)
    _say(f"Making the environment .venv with Python {sys.version.split()[0]}.")
    _run(sys.executable, "-m", "venv", str(VENV))
    if not PYTHON.exists() or not _succeeds(str(PYTHON), "-m", "pip", "--version"):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("The environment .venv could not be made; the lines above say why.")


def _prefers_cpu_builds() -> bool:
    """Linux, no NVIDIA GPU, and PyTorch's index of CPU builds answers within four seconds."""
    if not sys.platform.startswith("linux"):
        return False
    if shutil.which("nvidia-smi") or Path("/proc/driver/nvidia").exists():
        return False
    answered = threading.Event()

    def ask() -> None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{CPU_BUILDS}/torch/", timeout=4).close()
            answered.set()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(4)
    return answered.is_set()


def _torch_lines() -> list[str]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [line for line in lines if line.startswith(("torch>", "torchvision>"))]


def _pip(*arguments: str, required: bool = True) -> None:
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    options = ["--disable-pip-version-check", "--prefer-binary", *quiet]
    done = _run(str(PYTHON), "-m", "pip", "install", *options, *arguments)
    if required and not done:
        sys.exit("Installing failed; pip's lines above say why. The same command tries again.")


def _has(package: str) -> bool:
    return _succeeds(str(PYTHON), "-c", f"import importlib.metadata as m; m.version({package!r})")


def _playwright_has_one() -> bool:
    code = (
        "import os, playwright.sync_api as p\n"
        "with p.sync_playwright() as w: assert os.path.exists(w.chromium.executable_path)"
    )
    return _succeeds(str(PYTHON), "-c", code)


def _can_apt() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt(*packages: str) -> None:
    """Install packages one after the other, so that one which is not there hinders no other."""
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    installs = [["install", "-y", "--no-install-recommends", package] for package in packages]
    for words in [["update"], *installs]:
        subprocess.run(["apt-get", "-qq", *words], env=quietly, stdin=subprocess.DEVNULL)


def _checked(port: int) -> int:
    if not _is_free(port):
        sys.exit(f"Port {port} is taken by another program: choose another, as in PORT={port + 1}.")
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _network_address() -> str:
    """This machine's address on its network, found without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])


def _run(*command: str) -> bool:
    return subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0


def _succeeds(*command: str) -> bool:
    quiet = subprocess.DEVNULL
    return subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet).returncode == 0


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def main() -> None:
    """Read the command line and do the one thing it asks for."""
    parser = argparse.ArgumentParser(prog="tools/setup.py", description="Set up and start.")
    parser.add_argument("task", choices=["run", "classroom", "environment", "browser"])
    parser.add_argument("--port", type=int)
    asked, flags = parser.parse_known_args()  # what it does not know is for Streamlit
    if asked.task in ("run", "classroom"):
        environment()
        serve(asked.port, asked.task == "classroom", flags)
    elif asked.task == "environment":
        environment(dev=True)
    else:
        browser()


if __name__ == "__main__":
    main()
