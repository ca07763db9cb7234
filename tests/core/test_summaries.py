"""Who owns a run: a process by its number and its start, so that no other is taken for it."""

import json
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from core.records import Event
from core.summaries import is_alive, state_of, this_process

STARTED = [Event(0, "created"), Event(0, "started")]


@pytest.fixture
def stranger() -> Iterator[psutil.Process]:
    """Another program that runs."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield psutil.Process(process.pid)
        process.kill()


def test_a_run_of_a_process_that_lives_is_running(stranger: psutil.Process):
    for owner in (this_process(), json.dumps([stranger.pid, stranger.create_time()])):
        assert is_alive(owner) and state_of(STARTED, owner, 3)[0] == "running"


@pytest.mark.parametrize("apart", [-100_000, -5, 5])
def test_a_number_that_was_given_to_another_program_is_not_the_owner(
    stranger: psutil.Process, apart: float
):
    owner = json.dumps([stranger.pid, stranger.create_time() + apart])
    assert not is_alive(owner)
    state, message = state_of(STARTED, owner, 3)
    assert state == "interrupted" and message.startswith("Interrupted at step 3: ")


def test_a_process_that_ended_owns_nothing(stranger: psutil.Process):
    owner = json.dumps([stranger.pid, stranger.create_time()])
    stranger.kill()
    for _ in range(500):
        if not is_alive(owner):
            break
        psutil.wait_procs([stranger], timeout=0.02)
    assert not is_alive(owner)


@pytest.mark.parametrize(
    "owner", ["", "7", "[]", "[1]", "[-1, 0]", '["a", 0]', "[1, null]", "[1e400, 0]", "[" * 99_999]
)
def test_what_names_no_process_is_nobody(owner: str):
    assert not is_alive(owner)
