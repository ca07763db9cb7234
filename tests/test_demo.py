"""The recorded run that comes with the project: whole, small, honest, and open to any reader."""

import contextlib
import ctypes
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core import runs
from core.commands import Inbox
from core.records import Event, Moment
from core.runfile import Damaged, Writer
from core.runs import DEMO, Run
from core.settings import Settings, settings_from
from tests.samples import written

STEPS = 40


def test_the_demo_is_whole_and_small():
    demo = runs.find("demo")
    assert DEMO.stat().st_size < 1_000_000
    with contextlib.closing(sqlite3.connect(f"{DEMO.as_uri()}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    summary, settings, moments = demo.summary(), demo.settings(), demo.moments()
    assert summary.state == "finished" and summary.pinned
    assert summary.step == settings.steps == demo.steps()[-1] and demo.steps()[0] == 0
    assert len(moments) >= 10
    for moment in moments:
        for layer in settings.layers:
            for kind, shape in layer.weights.items():
                array = moment.arrays[layer.name, kind]
                assert array.values.shape[1:] == shape[1:]
                assert (array.units or len(array.values)) == shape[0]
            if layer.kind != "flatten":
                assert (layer.name, "output") in moment.arrays


def test_the_demo_tells_the_accuracy_that_its_network_has():
    """The last moment holds every output for ten test images; the file says how good they are."""
    demo = runs.find("demo")
    (ending,) = [event for event, _ in demo.events() if event.kind == "finished"]
    assert ending.value is not None and ending.value == demo.summary().accuracy
    assert f"{ending.value:.2%}" in ending.text
    measured = demo.metrics()["held_out_accuracy"]
    assert abs(measured[np.isfinite(measured)][-1] - ending.value) < 0.02
    assert ending.value >= 0.975


def test_the_demo_is_what_its_settings_give():
    """Its first steps are trained again here and come out alike."""
    from core.training import train

    demo = runs.find("demo")
    again: dict[int, Moment] = {}
    for record in train(demo.settings(), Inbox()):
        if isinstance(record, Moment):
            again[record.step] = record
        if record.step > STEPS:
            break
    compared = 0
    for moment in demo.moments([step for step in demo.steps() if step <= STEPS]):
        for key, array in moment.arrays.items():
            mine, scale = again[moment.step].arrays[key].numbers(), np.abs(array.numbers()).max()
            np.testing.assert_allclose(mine, array.numbers(), atol=0.01 * scale + 1e-6)
            compared += 1
        assert moment.loss == pytest.approx(again[moment.step].loss, rel=1e-3)
    assert compared > 20


def test_the_demo_has_the_default_settings():
    own = settings_from({}).model_dump(exclude={"recorded_units"})
    assert runs.find("demo").settings().model_dump(exclude={"recorded_units"}) == own
    assert isinstance(runs.find("demo").settings(), Settings)


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that is closed to writing once `as_somebody` runs."""
    folder = Path(tempfile.mkdtemp(prefix="layerscope-closed-"))
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@contextlib.contextmanager
def as_somebody(folder: Path) -> Iterator[None]:
    """Close a folder to writing; root, whom no mode stops, looks at it with a guest's rights."""
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    if os.geteuid() != 0:
        yield
        return
    if sys.platform != "linux":
        pytest.skip("root may write anywhere")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.setfsuid(65_534)
    try:
        yield
    finally:
        libc.setfsuid(0)


def test_the_demo_is_read_from_a_read_only_folder(closed: Path):
    shutil.copy(DEMO, closed / "demo.sqlite")
    run = Run("demo", closed / "demo.sqlite")
    with as_somebody(closed):
        with pytest.raises(OSError):
            (closed / "new").touch()
        assert run.summary().state == "finished" and len(run.moments()) >= 10


@pytest.mark.parametrize("ending", ["closed", "exported"])
def test_a_run_file_is_read_from_a_read_only_folder(home: Path, closed: Path, ending: str):
    from core.exchange import exported

    run = written()
    copy = Run("copy", closed / "copy.sqlite")
    copy.path.write_bytes(run.path.read_bytes() if ending == "closed" else exported(run))
    with as_somebody(closed):
        assert copy.summary().state == "finished" and len(copy.moments()) == 4
        assert [path.name for path in closed.iterdir()] == ["copy.sqlite"]


def test_a_read_only_run_with_an_unread_log_is_not_shown_half(home: Path, closed: Path):
    run = written()
    writer = Writer(run.path)
    writer.append([Event(3, "paused")])
    copy = Run("copy", closed / "copy.sqlite")
    for suffix in ("", "-wal"):
        shutil.copy(f"{run.path}{suffix}", f"{copy.path}{suffix}")
    writer.close()
    with as_somebody(closed), pytest.raises(Damaged):
        copy.events()
