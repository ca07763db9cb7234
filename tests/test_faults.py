"""The whole dashboard when it is killed, started again, and visited by somebody who means harm."""

import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from core import runs
from core.runs import Run
from tests.protocol import Tab
from tests.samples import told, until, until_state

RESUME = "Resume from the last checkpoint"


def family(pid: int) -> list[psutil.Process]:
    """The processes that a server has started, and those that they have started."""
    return psutil.Process(pid).children(recursive=True)


def goes_on(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def newest(home: Path) -> Run:
    until(lambda: runs.ids(), "for a run")
    return runs.find(runs.ids()[0])


def train(server: Any) -> Run:
    """Press Train in a new tab, close it, and wait until the first checkpoint is kept."""
    with Tab(server.url) as tab:
        tab.run()
        tab.press("Train")
    run = newest(server.home)
    until(lambda: run.steps(exact=True), f"for a checkpoint: {server.said()[-2000:]}")
    return run


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_a_killed_server_leaves_no_process_and_its_run_can_be_resumed(
    start_server: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
):
    server = start_server(LAYERSCOPE_WORKERS="1")
    monkeypatch.setenv("LAYERSCOPE_HOME", str(server.home))
    run = train(server)
    assert run.summary().state == "running"
    workers = family(server.pid)
    assert workers
    kept, moments = run.steps(exact=True), run.steps()
    os.kill(server.pid, signal.SIGKILL)
    until(lambda: not any(map(goes_on, workers)), "for the workers to end", 30)
    assert run.summary().state == "interrupted"
    steps = run.metrics()["step"].tolist()
    assert steps == sorted(steps) and set(run.steps()) >= set(moments)
    assert len(run.moments()) == len(run.steps()) and run.last_checkpoint() is not None

    second = start_server(LAYERSCOPE_WORKERS="1")
    with Tab(second.url, query=f"run={run.id}") as tab:
        tab.run()
        assert any(f"Interrupted at step {run.summary().step}" in text for text in tab.texts)
        tab.press(RESUME)
    until_state(run, "running")
    resumed = [step for step, kind, *_ in told(run) if kind == "resumed"]
    assert len(resumed) == 1 and resumed[0] in run.steps(exact=True) and resumed[0] >= kept[-1]
    until(lambda: len(run.steps(exact=True)) and run.summary().state != "waiting")
    until(lambda: run.metrics()["step"][-1] > resumed[0])
    workers = family(second.pid)
    os.kill(second.pid, signal.SIGTERM)  # a decent end this time
    until(lambda: not any(map(goes_on, workers)), "for the workers to end", 30)
    until_state(run, "interrupted", "finished")


def test_a_stranger_who_clears_the_caches_disturbs_no_run(
    server: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LAYERSCOPE_HOME", str(server.home))
    run = train(server)
    workers = {process.pid for process in family(server.pid)}
    with Tab(server.url) as stranger, Tab(server.url, query=f"run={run.id}") as owner:
        stranger.run()
        owner.run()
        for _ in range(5):
            message = BackMsg()
            message.clear_cache = True
            stranger.send(message)
            stranger.run()
        at = run.summary().step
        until(lambda: run.summary().step > at or run.summary().state == "finished")
        owner.run()
        assert {process.pid for process in family(server.pid)} == workers
        assert run.summary().state in ("running", "finished")
        if run.summary().state == "running":
            owner.press("Stop")
            until_state(run, "stopped", "finished")
    assert [kind for _, kind, *_ in told(run)][:2] == ["created", "started"]
