"""Which small wrong changes of the code would no test notice? Tries some, in a copy of the project.

    make mutate MODULES=core/turns.py NUMBER=20 SEED=7

takes 20 random changes of these files or folders, makes one at a time and runs the tests that
execute the changed lines, the nearest and quickest first, until one fails. The first use measures
which test executes what, one file of tests after the other; later ones measure again only what has
changed. Results are kept in `.mutation/`: a change that was noticed is not tried again, one that
was not is, as soon as a test has changed. `tools/equivalents.jsonl` lists the changes that change
nothing, and why: lines of the results with a reason added.
"""

import argparse
import contextlib
import hashlib
import json
import os
import queue
import resource
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import TypeVar

from tools.mutants import Mutant, mutants
from tools.trial import Copy, Measured, digest_of

Job = TypeVar("Job")
Result = TypeVar("Result")
Batches = list[tuple[float, list[str]]]
KEPT = Path(".mutation")
RESULTS = KEPT / "results.jsonl"
EQUIVALENTS = Path("tools/equivalents.jsonl")
BATCHES = (4.0, 16.0)
"""Seconds of tests that are run at first, and after them; a last batch holds the others."""
WARM = ["numpy", "pandas", "plotly.graph_objects", "pydantic", "torch", "distributed"]
MEMORY = 8 * 2**30
"""Bytes of data that a process may hold: a wrong change may ask for any number of them."""


def chosen(mutant: Mutant, measured: dict[Path, Measured], limit: float) -> tuple[Batches, int]:
    """The tests to run for a change, in batches with their seconds, and how many are left out.

    At first those that execute its lines, then the others of the same files, since what they share
    may have executed the lines for them; each the nearest and quickest first, `limit` seconds in
    all. What is in no function, as a constant, is executed by whoever is the first to import it:
    the tests of the module are taken, those that execute any of it, else those that import it.
    """
    here = PurePosixPath(mutant.module).with_suffix("").parts
    lines = mutant.lines if mutant.inside else None
    reached = {file: tests.reaching(mutant.module, lines) for file, tests in measured.items()}
    if not mutant.inside and not any(reached.values()):
        reached = {file: {""} for file, tests in measured.items() if mutant.module in tests.digests}
    found = []
    for file, names in reached.items():
        there = PurePosixPath(*file.parts[1:-1], file.stem.removeprefix("test_")).parts
        near = len(os.path.commonprefix([here, there]))
        for name, seconds in measured[file].seconds.items() if names else ():
            found.append((name not in names, -near, seconds, f"{file}::{name}"))
    found.sort()
    batches = []
    for most in (*BATCHES, limit):
        taken, total = [], 0.0
        for test in found:
            if total + test[2] <= min(most, limit):
                taken.append(test)
                total += test[2]
        limit -= total
        found = [test for test in found if test not in taken]
        batches.append((total, [name for *_, name in taken]))
    return [batch for batch in batches if batch[1]], len(found)


def draw(modules: Sequence[Path], number: int, seed: int) -> list[Mutant]:
    """So many random changes of these modules; code that comes or goes elsewhere keeps them."""
    lines = EQUIVALENTS.read_text("utf-8").splitlines() if EQUIVALENTS.exists() else []
    equivalent = {json.loads(line)["key"] for line in lines if line.strip()}
    every = [m for file in modules for m in mutants(file.as_posix(), file.read_bytes())]

    def place(mutant: Mutant) -> str:
        return hashlib.sha256(f"{seed} {mutant.key}".encode()).hexdigest()

    return sorted((m for m in every if m.key not in equivalent), key=place)[:number]


class Copies:
    """Copies of the project, of which each takes one job at a time."""

    def __init__(self, number: int, warm: Sequence[str]) -> None:
        """Make so many of them; these packages are imported beforehand."""
        self.folder = tempfile.TemporaryDirectory()
        self.all = [Copy(Path(self.folder.name) / str(place), warm) for place in range(number)]

    def close(self) -> None:
        """Remove them; what runs there is ended."""
        for copy in self.all:
            copy.close()
        self.folder.cleanup()

    def spread(
        self, jobs: Sequence[Job], work: Callable[[Copy, Job], Result]
    ) -> Iterator[tuple[Job, Result]]:
        """Each job with what came of it, as it comes."""
        free: queue.SimpleQueue[Copy] = queue.SimpleQueue()
        for copy in self.all:
            free.put(copy)

        def one(job: Job) -> tuple[Job, Result]:
            copy = free.get()
            try:
                return job, work(copy, job)
            finally:
                free.put(copy)

        threads = ThreadPoolExecutor(len(self.all))
        try:
            for done in as_completed([threads.submit(one, job) for job in jobs]):
                yield done.result()
        finally:  # also where this is interrupted: nothing is left running
            threads.shutdown(wait=False, cancel_futures=True)
            for copy in self.all:
                copy.end()
            threads.shutdown()


def measure(files: Sequence[Path], modules: Sequence[Path], copies: Copies) -> dict[Path, Measured]:
    """What each file of tests executes: kept, or measured again where it has changed."""
    digests = {module.as_posix(): digest_of(module) for module in modules}
    known: dict[Path, Measured] = {}
    for file in files:
        if (kept := _kept(file)).exists():
            measured = Measured(**json.loads(kept.read_text("utf-8")))
            if measured.is_current(file, digests):
                known[file] = measured
    missing = [file for file in files if file not in known]
    for file, measured in copies.spread(missing, Copy.measured):
        known[file] = measured
        _kept(file).parent.mkdir(parents=True, exist_ok=True)
        _kept(file).write_text(json.dumps(asdict(measured)), "utf-8")
        seconds = sum(measured.seconds.values())
        print(f"measured {file}: {len(measured.seconds)} tests, {seconds:.0f} s", flush=True)
    return known


def _kept(file: Path) -> Path:
    return KEPT / "measured" / f"{file.as_posix().replace('/', '.')}.json"


def attempt(
    wrong: Sequence[Mutant], measured: dict[Path, Measured], limit: float, copies: Copies
) -> Iterator[dict[str, str]]:
    """The result of each change as it comes, at first those known from before that still hold."""
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.touch()
    before = {(r := json.loads(line))["key"]: r for line in RESULTS.read_text("utf-8").splitlines()}
    waiting: list[tuple[Mutant, Batches, dict[str, str]]] = []
    for mutant in wrong:
        batches, left_out = chosen(mutant, measured, limit)
        files = sorted({Path(test.partition("::")[0]) for _, tests in batches for test in tests})
        ran = " ".join(map(str, files)) or "no test runs this line"
        state = "".join(measured[file].digest for file in files)
        result = {"key": mutant.key, "change": str(mutant), "noticed": "", "tests": state}
        result["ran"] = f"{ran}; {left_out} tests left out" if left_out else ran
        known = before.get(mutant.key, {})
        if known.get("noticed") or known.get("tests") == state:
            yield known | {"change": str(mutant)}
        else:
            waiting.append((mutant, batches, result))
    for (_, _, result), noticed in copies.spread(waiting, lambda copy, job: copy.noticed(*job[:2])):
        result["noticed"] = noticed
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
        yield result


def main() -> None:
    """Draw, measure, try, and say what was not noticed."""
    ask = argparse.ArgumentParser(prog="python -m tools.mutate")
    ask.add_argument("modules", nargs="*", type=Path, default=[Path("core")])
    ask.add_argument("--number", type=int, default=40)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--jobs", type=int, default=1, help="how many are tried at a time")
    ask.add_argument("--limit", type=float, default=120, help="seconds of tests for one change")
    ask.add_argument("--tests", nargs="+", type=Path, default=[Path("tests")])
    ask.add_argument("--without", nargs="*", default=["browser", "benchmarks"])
    ask.add_argument("--warm", nargs="*", default=WARM, help="packages to import once for all")
    options = ask.parse_args()
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))
    modules = _files(options.modules, "*.py")
    tests = [f for f in _files(options.tests, "test_*.py") if not {*f.parts} & {*options.without}]
    wrong = draw(modules, options.number, options.seed)
    with contextlib.closing(Copies(options.jobs, options.warm)) as copies:
        measured = measure(tests, sorted({Path(mutant.module) for mutant in wrong}), copies)
        results = []
        for result in attempt(wrong, measured, options.limit, copies):
            results.append(result)
            verdict = "noticed " if result["noticed"] else "SURVIVED"
            print(verdict, result["change"], flush=True)
    survived = [result for result in results if not result["noticed"]]
    for result in sorted(survived, key=lambda result: result["change"]):
        print(f"\n{result['change']}\n  key {result['key']}, survived: {result['ran']}")
    print(f"\n{len(results)} changes tried, {len(results) - len(survived)} noticed.")


def _files(paths: Sequence[Path], pattern: str) -> list[Path]:
    """These files, and those below these folders, in one order, as paths from here."""
    found = [file for path in paths for file in (path.rglob(pattern) if path.is_dir() else [path])]
    return sorted({Path(os.path.relpath(file)) for file in found})


if __name__ == "__main__":
    main()
