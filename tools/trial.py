"""A trial: a copy of the project in which tests run, with a wrong change in it or measured.

Nothing that happens in a copy touches the folder that it was made from.
"""

import ast
import contextlib
import hashlib
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import xml.etree.ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import coverage
import psutil

from tools import nursery
from tools.mutants import Mutant, lines_in_functions

NOT_COPIED = (
    ".git",
    ".venv",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
    ".mutation",
    "test-results",
)
PATIENCE = 900.0
"""Seconds that one file of tests may take while it is measured."""
MEMORY = 8 * 2**30
"""Bytes of data that a process may hold: a wrong change may ask for any number of them."""
COVERAGE = """[run]
source = .
omit = tests/*
parallel = true
patch = subprocess, _exit
sigterm = true
dynamic_context = test_function
disable_warnings = no-data-collected, module-not-measured, module-not-imported, couldnt-parse
data_file = {folder}/lines
"""


@dataclass(frozen=True)
class Measured:
    """What a file of tests does: the seconds that each of its functions takes, and the lines of
    each module that each of them executes, as bits, in base 16.

    Under the name "" are lines that a fixture or another process executed; lines that an import
    executes are left out, and so are functions that fail without any change.
    """

    digest: str
    seconds: dict[str, float]
    digests: dict[str, str]
    lines: dict[str, dict[str, str]]

    def is_current(self, file: Path, digests: dict[str, str]) -> bool:
        """Whether it still holds for these modules: the tests have not changed, nor those of them
        of which they execute more than what an import does.
        """
        known = {name: digest for name, digest in self.digests.items() if self.lines.get(name)}
        changed = any(digests.get(name, digest) != digest for name, digest in known.items())
        return self.digest == digest_of(file) and not changed

    def reaching(self, module: str, lines: range | None) -> set[str]:
        """The functions that execute one of these lines of a module, or anything in it if None."""
        wanted = sum(1 << line for line in lines) if lines else -1
        functions = self.lines.get(module, {}).items()
        return {name for name, bits in functions if int(bits, 16) & wanted}


class Copy:
    """A copy of the project in a folder of its own, where one change at a time is made."""

    def __init__(self, folder: Path, warm: Sequence[str] = ()) -> None:
        """Copy the working folder; nothing in it is touched by what happens here.

        Args:
            folder: Where the copy is made.
            warm: Packages that are imported once for all tests.
        """
        self.root = folder / "project"
        shutil.copytree(".", self.root, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
        # Compiled so that a change is always seen, whatever the times of the files.
        hashed = ["compileall", "-q", "--invalidation-mode", "checked-hash", "."]
        subprocess.run([sys.executable, "-m", *hashed], cwd=self.root)
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
        environment |= {"LAYERSCOPE_HOME": str(folder / "home"), "PYTHONPATH": ""}
        self.output = folder / "output"
        self.running = 0
        self.nursery = subprocess.Popen(
            [sys.executable, "-P", nursery.__file__, *warm],
            cwd=self.root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, tests: Sequence[str], limit: float, coverage: str = "") -> tuple[int | None, str]:
        """The exit code (None: it was ended) and the output of pytest with these arguments.

        Tests are ended when they have worked for `limit` seconds or run for ten times as long.
        """
        assert self.nursery.stdin and self.nursery.stdout
        request = {
            "arguments": ["-q", "-p", "no:cacheprovider", *tests],
            "output": str(self.output),
            "limit": math.ceil(limit),
            "coverage_settings": coverage,
        }
        print(json.dumps(request), file=self.nursery.stdin, flush=True)
        self.running = int(self.nursery.stdout.readline())
        late = threading.Timer(10 * limit, self.end)
        late.start()
        code = int(self.nursery.stdout.readline())
        late.cancel()
        late.join()
        self.end()
        return None if code < 0 else code, self.output.read_text(errors="replace")

    def end(self) -> None:
        """End the tests with all that they started, groups and sessions of its own included."""
        running, self.running = self.running, 0
        if not running:
            return
        started: list[psutil.Process] = []
        with contextlib.suppress(psutil.NoSuchProcess):
            started = psutil.Process(running).children(recursive=True)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(running, signal.SIGKILL)
        for child in started:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()

    def close(self) -> None:
        """Run nothing any more."""
        self.end()
        self.nursery.kill()
        self.nursery.communicate()

    def noticed(self, mutant: Mutant, batches: list[tuple[float, list[str]]]) -> str:
        """The test that notices a change, or how else it was noticed; "" where nothing does.

        Args:
            mutant: The change; it is undone at the end.
            batches: Tests to run together, with the seconds that they take without it.
        """
        file = self.root / mutant.module
        source = file.read_bytes()
        try:
            file.write_bytes(mutant.applied(source))
            for seconds, tests in batches:
                code, output = self.run(["-x", *tests], 5 * seconds + 20)
                if code is None:
                    return "too slow, or too large"
                if code:
                    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)
                    return failed.group(1) if failed else "the tests do not start"
            return ""
        finally:
            file.write_bytes(source)

    def measured(self, file: Path) -> Measured:
        """Run a file of tests, and note what each of its functions executes."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            report, settings = folder / "report.xml", folder / "coverage.ini"
            settings.write_text(COVERAGE.format(folder=folder))
            self.run([f"--junitxml={report}", str(file)], PATIENCE, str(settings))
            seconds = _seconds(report)
            lines: dict[str, dict[str, int]] = {}
            for part in folder.glob("lines.*"):
                data = coverage.CoverageData(str(part))
                try:
                    data.read()
                except coverage.exceptions.DataError:  # of a process that was killed while it wrote
                    continue
                for path in filter(os.path.exists, data.measured_files()):
                    module = os.path.relpath(path, self.root)
                    known = lines.setdefault(module, {})
                    body = lines_in_functions(ast.parse(Path(path).read_bytes()))
                    for line, contexts in data.contexts_by_lineno(path).items():
                        for function in (context.rpartition(".")[2] for context in contexts):
                            function = function if function in seconds else ""
                            if function or line in body:
                                known[function] = known.get(function, 0) | 1 << line
        hexadecimal = {
            module: {function: f"{bits:x}" for function, bits in known.items()}
            for module, known in lines.items()
        }
        digests = {module: digest_of(self.root / module) for module in lines}
        return Measured(digest_of(self.root / file), seconds, digests, hexadecimal)


def _seconds(report: Path) -> dict[str, float]:
    """How long each function that passed takes, all its parameters together; a JUnit report."""
    seconds: dict[str, float] = {}
    failed: set[str] = set()
    for case in xml.etree.ElementTree.parse(report).iter("testcase") if report.exists() else ():
        name = case.get("name", "").partition("[")[0]
        seconds[name] = seconds.get(name, 0) + float(case.get("time", 0))
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(name)
    return {name: taken for name, taken in seconds.items() if name not in failed}


def digest_of(file: Path) -> str:
    """What tells a file's text from another."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]
