"""The command that measures: what fails is told, and the others are measured all the same."""

import json
import sys
from types import SimpleNamespace

from benchmarks import BENCHMARKS
from benchmarks.__main__ import main
from benchmarks.result import Result


def test_a_benchmark_that_fails_does_not_end_the_others(monkeypatch, capsys):
    def fails() -> Result:
        raise FileNotFoundError("its file went")

    def measures() -> Result:
        return Result("nothing", "<= 1", True, value=0.5)

    monkeypatch.setattr("benchmarks.__main__.BENCHMARKS", {**BENCHMARKS, "bad": "", "good": ""})
    for name, measure in {"bad": fails, "good": measures}.items():
        monkeypatch.setitem(sys.modules, f"benchmarks.{name}", SimpleNamespace(measure=measure))
    assert main(["bad", "good"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["benchmark"] == "good" and "its file went" in told.err
    assert main(["good"]) == 0
    assert main(["nonsense"]) == 2
