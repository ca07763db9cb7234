"""How a recording ends, and why: in scripts, at a prompt, and in notebooks."""

import code
import gc
import os
import subprocess
import sys

import pytest
import torch
from torch import nn

import layerscope
from core.foreign import endings
from core.foreign.endings import reason_of
from core.runs import find, ids
from tests.conftest import ROOT

CELL = """
network = torch.nn.Sequential(torch.nn.Linear(3, 2))
inputs = torch.rand(4, 3)
seen = layerscope.watch(network, inputs)
"""
LOOP = """
for _ in range(3):
    loss = network(inputs).mean()
    loss.backward()
    seen.step(loss)
"""


class Result:
    """What a cell came to, as IPython tells it."""

    def __init__(self, fault=None) -> None:
        self.error_in_exec, self.error_before_exec = fault, None


class Events:
    """As IPython's: functions that are called around each cell."""

    def __init__(self) -> None:
        self.heard = {"pre_run_cell": [], "post_run_cell": []}

    def register(self, name, function) -> None:
        self.heard[name].append(function)


class Notebook:
    """Runs cells as IPython does: each by itself, faults noted and told to who listens."""

    def __init__(self) -> None:
        self.events = Events()
        self.names = {"torch": torch, "layerscope": layerscope}

    def run(self, text):
        for heard in list(self.events.heard["pre_run_cell"]):
            heard(None)
        fault = None
        try:
            Raises(self.names).runsource(text, "<cell>", "exec")
        except BaseException as raised:  # as a notebook shows it
            fault = raised.with_traceback(None)
        for heard in list(self.events.heard["post_run_cell"]):
            heard(Result(fault))
        return fault


class Raises(code.InteractiveInterpreter):
    """Hands faults on."""

    def showtraceback(self):
        raise sys.exc_info()[1]


@pytest.fixture
def notebook(monkeypatch):
    made = Notebook()
    monkeypatch.setattr(endings.builtins, "get_ipython", lambda: made, raising=False)
    return made


def state(run):
    summary = find(run.id).summary()
    return summary.state, summary.message


def test_a_cell_that_is_run_again_ends_the_run_before_it(notebook):
    assert notebook.run(CELL + LOOP) is None
    first = notebook.names["seen"].run
    assert state(first) == ("running", "")
    assert first.steps()[-1] == 3, "how it is at the cell's end"
    assert notebook.run(CELL + LOOP) is None
    gc.collect()
    assert state(first) == ("finished", "")
    assert state(notebook.names["seen"].run) == ("running", "")
    notebook.names["seen"].close()


def test_an_error_in_another_cell_is_not_the_runs_end(notebook):
    notebook.run(CELL + LOOP)
    run = notebook.names["seen"].run
    assert isinstance(notebook.run("1 / 0"), ZeroDivisionError)
    assert state(run) == ("running", "")
    notebook.names["seen"].close()
    assert state(run) == ("finished", "")


def test_an_error_in_the_cell_that_trains_stops_it_until_it_goes_on(notebook):
    notebook.run(CELL)
    run = notebook.names["seen"].run
    fault = notebook.run(LOOP.replace("seen.step(loss)", "seen.step(loss); nothing"))
    assert isinstance(fault, NameError)
    told = "The cell ended with NameError: name 'nothing' is not defined"
    assert state(run) == ("stopped", told)
    notebook.run("1 / 0")
    assert state(run) == ("stopped", told)
    notebook.run(LOOP)
    assert state(run) == ("running", "") and notebook.names["seen"].steps == 4
    notebook.names["seen"].close()
    assert state(run) == ("finished", "")


def test_an_interrupted_cell_that_is_run_again_stays_stopped(notebook):
    interrupted = LOOP.replace("seen.step(loss)", "seen.step(loss); raise KeyboardInterrupt")
    notebook.run(CELL + interrupted)
    first = notebook.names["seen"].run
    assert state(first) == ("stopped", "The cell ended with KeyboardInterrupt")
    notebook.run(CELL)
    gc.collect()
    assert state(first) == ("stopped", "The cell ended with KeyboardInterrupt")
    notebook.names["seen"].close()


def test_two_networks_that_are_watched_at_once_go_on_both(notebook):
    notebook.run(CELL + "other = layerscope.watch(network, inputs)")
    notebook.run(LOOP)
    assert (
        state(notebook.names["seen"].run)[0] == state(notebook.names["other"].run)[0] == "running"
    )
    notebook.names["seen"].close()
    notebook.names["other"].close()


def test_a_script_holds_a_watch_that_nobody_else_does():
    network = nn.Sequential(nn.Linear(3, 2))
    run = layerscope.watch(network, torch.rand(4, 3)).run
    gc.collect()
    assert state(run) == ("running", "")
    endings._script_ended()
    assert state(run)[0] == "finished"


@pytest.mark.parametrize(
    "fault, told",
    [
        (None, ""),
        (SystemExit(0), ""),
        (SystemExit(None), ""),
        (SystemExit(3), "The script ended with SystemExit: 3"),
        (KeyboardInterrupt(), "The script ended with KeyboardInterrupt"),
        (ValueError("two\nlines"), "The script ended with ValueError: two lines"),
    ],
)
def test_the_reason_of_an_end_is_a_sentence(fault, told):
    assert reason_of(fault, "script") == told


PROMPT = """import torch, layerscope
network = torch.nn.Sequential(torch.nn.Linear(3, 2))
1 / 0
seen = layerscope.watch(network, torch.rand(4, 3))
for _ in range(3): seen.step(0.5)

{fault}
"""


@pytest.mark.parametrize(
    "fault, told",
    [
        ("no_name", ("finished", "")),
        (
            "for _ in range(3): seen.step(0.5); nothing\n",
            ("stopped", "The script ended with NameError: name 'nothing' is not defined"),
        ),
    ],
)
def test_at_a_prompt_only_what_stopped_the_training_is_its_reason(fault, told, home):
    place = {**os.environ, "PYTHONPATH": str(ROOT), "LAYERSCOPE_HOME": str(home)}
    text = PROMPT.format(fault=fault).encode()
    subprocess.run([sys.executable, "-i"], input=text, env=place, capture_output=True, check=True)
    (run_id,) = ids()
    summary = find(run_id).summary()
    assert (summary.state, summary.message) == told


FORKS = """
import os, torch, layerscope
seen = layerscope.watch(torch.nn.Sequential(torch.nn.Linear(3, 2)), torch.rand(2, 3))
seen.step(1.0)
if os.fork() == 0:
    seen.step(1.0)
    raise SystemExit(1)
os.wait()
seen.step(2.0)
"""


def test_a_copy_of_the_scripts_process_writes_nothing(home):
    place = {**os.environ, "PYTHONPATH": str(ROOT), "LAYERSCOPE_HOME": str(home)}
    subprocess.run([sys.executable, "-c", FORKS], env=place, capture_output=True, check=True)
    (run_id,) = ids()
    summary = find(run_id).summary()
    assert (summary.state, summary.message, summary.step) == ("finished", "", 2)
