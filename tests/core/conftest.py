"""What the tests of the engine share: one engine with one worker, warm for the whole session."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import live
from core.engine import Engine
from core.runs import Run
from core.settings import Settings


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An engine with one worker; its runs are in the home of each test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERSCOPE_WORKERS", "1")
        made = Engine()
    yield made
    made.close()


@pytest.fixture
def started(engine: Engine, home: Path) -> Iterator[Callable[[Settings], Run]]:
    """Start runs that are removed afterwards, whatever they are doing then."""
    made: list[Run] = []

    def start(settings: Settings) -> Run:
        made.append(engine.train(settings))
        return made[-1]

    yield start
    for run in made:
        engine.remove(run)
    assert not engine.jobs and not live.channels
