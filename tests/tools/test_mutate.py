"""Mutation testing of a small project: what is noticed, what survives, what is left untouched."""

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tools.mutants import mutants
from tools.mutate import RESULTS, chosen, draw
from tools.trial import Copy, Measured, digest_of

ROOT = Path(__file__).resolve().parents[2]
FARES = '''"""What a ride costs."""

SEATS = 40


def fare(distance):
    """In cents."""
    if distance > 100:
        return 400
    return distance + 50


def seats_left(taken):
    return SEATS - taken


def unknown_to_all(a):
    return -a
'''
TEST_FARES = """import subprocess
import sys

from core.fares import fare, seats_left


def test_a_short_ride():
    assert fare(10) == 60


def test_it_is_broken_as_it_is():
    assert fare(10) == 61


def test_in_another_process():
    code = "from core.fares import seats_left; print(seats_left(3))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "37\\n"
"""
TEST_ENDLESS = """import subprocess
import sys
import time
from pathlib import Path


def test_it_never_ends():
    sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
    started = subprocess.Popen(sleep, start_new_session=True)
    Path("pid").write_text(str(started.pid))
    time.sleep(600)
"""
TEST_LONG = """from core.fares import fare


def test_a_long_ride():
    assert fare(200) == 400
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "small"
    for name, text in {
        "core/fares.py": FARES,
        "tests/core/test_fares.py": TEST_FARES,
        "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n',
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.chdir(root)
    return root


def mutate(*arguments: str) -> list[str]:
    """The lines that the command says about a project, at the working folder."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.mutate", *arguments, "--warm"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def results(lines: list[str]) -> dict[str, str]:
    """Whether each change was noticed."""
    said = [line.split(maxsplit=1) for line in lines if line.startswith(("noticed", "SURVIVED"))]
    return {change: verdict for verdict, change in said}


def test_what_is_noticed_what_survives_and_what_a_new_test_then_notices(project: Path):
    before = {file: file.read_bytes() for file in project.rglob("*") if file.is_file()}
    first = mutate("core", "--number", "100")
    assert {file: file.read_bytes() for file in before} == before
    assert results(first) == {
        "core/fares.py:3  40 -> 41": "noticed",
        "core/fares.py:8  distance > 100 -> distance >= 100": "SURVIVED",
        "core/fares.py:8  100 -> 101": "SURVIVED",
        "core/fares.py:9  400 -> 401": "SURVIVED",
        "core/fares.py:10  distance + 50 -> distance - 50": "noticed",
        "core/fares.py:10  50 -> 51": "noticed",
        "core/fares.py:14  SEATS - taken -> SEATS + taken": "noticed",
        "core/fares.py:18  -a -> a": "SURVIVED",
    }
    assert first[-1] == "8 changes tried, 4 noticed."
    assert "no test runs this line" in first[first.index("core/fares.py:18  -a -> a") + 1]
    kept = [json.loads(line) for line in RESULTS.read_text().splitlines()]
    by = {result["change"]: result["noticed"] for result in kept}
    assert by["core/fares.py:10  50 -> 51"] == "tests/core/test_fares.py::test_a_short_ride"
    assert by["core/fares.py:14  SEATS - taken -> SEATS + taken"].endswith("_another_process")

    Path("tests/core/test_long.py").write_text(TEST_LONG)
    second = mutate("core", "--number", "100", "--jobs", "2")
    measured = [line.partition(":")[0] for line in second if line.startswith("measured")]
    assert measured == ["measured tests/core/test_long.py"]  # what has not changed is known
    assert results(second) == results(first) | {"core/fares.py:9  400 -> 401": "noticed"}
    again = RESULTS.read_text().splitlines()[len(kept) :]
    assert sorted(json.loads(line)["change"] for line in again) == [
        "core/fares.py:8  100 -> 101",
        "core/fares.py:8  distance > 100 -> distance >= 100",
        "core/fares.py:9  400 -> 401",
    ]


def test_known_equivalents_are_left_out_and_a_seed_draws_the_same(project: Path):
    module = [Path("core/fares.py")]
    every = draw(module, 100, 1)
    assert len(every) == 8
    assert draw(module, 3, 1) == every[:3]
    assert draw(module, 100, 2) != every
    (project / "tools").mkdir()
    Path("tools/equivalents.jsonl").write_text(json.dumps({"key": every[1].key}) + "\n")
    assert draw(module, 2, 1) == [every[0], every[2]]


def test_tests_that_run_the_line_come_first_the_near_ones_before_the_quick_ones():
    (mutant,) = mutants("core/fares.py", b"x = a - b")

    def tests(seconds: dict[str, float], reach: str) -> Measured:
        return Measured("", seconds, {}, {"core/fares.py": {reach: "2"}})

    known = {
        Path("tests/pages/test_fares.py"): tests({"test_a": 0.1, "test_b": 0.1}, "test_b"),
        Path("tests/core/test_fares.py"): tests({"test_c": 1.0, "test_d": 9.0}, "test_c"),
        Path("tests/core/test_other.py"): tests({"test_e": 0.2}, ""),
        Path("tests/core/test_none.py"): Measured("", {"test_g": 0.1}, {}, {}),
    }
    batches, left_out = chosen(mutant, known, limit=8)
    assert batches == [
        (
            pytest.approx(1.4),
            [
                "tests/core/test_fares.py::test_c",
                "tests/pages/test_fares.py::test_b",
                "tests/core/test_other.py::test_e",
                "tests/pages/test_fares.py::test_a",
            ],
        )
    ]
    assert left_out == 1
    batches, left_out = chosen(mutant, known, limit=20)
    assert batches[-1] == (9.0, ["tests/core/test_fares.py::test_d"]) and left_out == 0


def test_a_constant_is_tried_with_the_tests_of_its_module_and_a_line_that_none_runs_with_none():
    source = b"RATE = 3\n\n\ndef f(a):\n    return -a\n"
    constant, inside = mutants("core/fares.py", source)
    seconds = {"test_a": 0.1, "test_b": 0.1}
    imports = {Path("tests/test_x.py"): Measured("", seconds, {"core/fares.py": ""}, {})}
    others = {Path("tests/test_y.py"): Measured("", seconds, {"core/rows.py": ""}, {})}
    (tests,), _ = chosen(constant, imports | others, 60)
    assert tests[1] == ["tests/test_x.py::test_a", "tests/test_x.py::test_b"]
    assert chosen(inside, imports | others, 60) == ([], 0)
    runs = {Path("tests/test_z.py"): Measured("", seconds, {}, {"core/fares.py": {"test_b": "20"}})}
    (tests,), _ = chosen(constant, imports | runs, 60)
    assert tests[1] == ["tests/test_z.py::test_b", "tests/test_z.py::test_a"]
    (tests,), _ = chosen(inside, imports | runs, 60)
    assert tests[1] == ["tests/test_z.py::test_b", "tests/test_z.py::test_a"]
    late = {Path("tests/test_w.py"): Measured("", seconds, {}, {"core/fares.py": {"test_a": "2"}})}
    (tests,), _ = chosen(constant, late | runs, 60)
    assert len(tests[1]) == 4, "one of them imported it while it ran"


def test_what_was_measured_holds_until_the_tests_or_what_they_execute_have_changed(project: Path):
    file = Path("tests/core/test_fares.py")
    digests = {"core/fares.py": "a", "core/rows.py": "b"}
    known = Measured(digest_of(file), {}, digests, {"core/fares.py": {"test_a": "2"}})
    assert known.is_current(file, digests)
    assert known.is_current(file, digests | {"core/rows.py": "c"}), "it is only imported"
    assert not known.is_current(file, digests | {"core/fares.py": "c"})
    file.write_text(TEST_LONG)
    assert not known.is_current(file, digests)


def test_what_takes_too_long_is_ended_with_all_that_it_started(project: Path, tmp_path: Path):
    (project / "tests/test_endless.py").write_text(TEST_ENDLESS)
    with contextlib.closing(Copy(tmp_path / "copy")) as copy:
        assert copy.run(["tests/test_endless.py"], 2)[0] is None
        pid = int((copy.root / "pid").read_text())
        assert copy.run(["tests/core/test_fares.py::test_a_short_ride"], 20)[0] == 0
    deadline = time.monotonic() + 60
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
