"""The home folder: where it is, that it is made, and what happens where it cannot be."""

import os
import re
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from core import exchange, runs, saved_stacks
from core.budget import Full, crowded_out, new_run, weight
from core.data.dataset import Split
from core.data.own import kept
from core.home import HomeError, home, size_of, trouble
from core.races import race
from core.runfile import Damaged
from core.runs import Missing
from core.settings import Settings
from core.unfit import Unfit
from tests.core.races.races import a_plan


def test_the_environment_names_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERSCOPE_HOME", str(tmp_path / "a" / "b"))
    assert home() == tmp_path / "a" / "b"
    assert home().is_dir()


def test_without_a_name_it_is_the_users_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERSCOPE_HOME", "")
    monkeypatch.setattr(platformdirs, "user_data_path", lambda app: tmp_path / app)
    assert home() == tmp_path / "layerscope"
    assert home().is_dir()


def test_a_file_that_goes_while_it_is_looked_at_breaks_nothing(tmp_path, monkeypatch):
    (tmp_path / "stays").write_bytes(b"12345")
    (tmp_path / "goes").write_bytes(b"123")
    real = Path.exists

    def gone_afterwards(path: Path) -> bool:
        there = real(path)
        (tmp_path / "goes").unlink(missing_ok=True)
        return there

    monkeypatch.setattr(Path, "exists", gone_afterwards)
    paths = [tmp_path / name for name in ("goes", "stays", "never")]
    assert size_of(paths) in (5, 8)
    (tmp_path / "goes").unlink(missing_ok=True)
    assert size_of(paths) == 5


STACK = [{"kind": "flatten"}, {"kind": "linear", "units": 10}]


def in_the_way(folder: Path, name: str) -> Path:
    """A file where a folder should be: it stops root as well."""
    (folder / name).write_text("in the way")
    return folder / name


@pytest.mark.parametrize("part", ["", "below", "runs", "races", "stacks", "data", "data/own"])
def test_a_home_that_cannot_be_used_is_one_sentence_that_names_the_folder(
    tmp_path, monkeypatch, part
):
    home_folder = tmp_path / "home"
    if part in ("", "below"):
        wrong = in_the_way(tmp_path, "home")
        home_folder = home_folder / part
    else:
        (home_folder / part).parent.mkdir(parents=True)
        wrong = in_the_way(home_folder, part)
    monkeypatch.setenv("LAYERSCOPE_HOME", str(home_folder))
    told = trouble()
    assert str(wrong) in told and "LAYERSCOPE_HOME" in told and told.count("cannot be used") == 1
    with pytest.raises(HomeError, match="cannot be used"):
        home(part if part != "below" else "")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there are no such permissions")
def test_a_home_without_permission_is_told_and_what_is_in_it_can_be_read(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    (folder / "runs").mkdir(parents=True)
    monkeypatch.setenv("LAYERSCOPE_HOME", str(folder))
    assert trouble() == ""
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != folder and allowed(path, mode))
    assert f"the folder {folder} cannot be used (it may not be written" in trouble()
    with pytest.raises(HomeError):
        home("runs")
    assert runs.ids() == []


@pytest.fixture
def nowhere(tmp_path, monkeypatch) -> str:
    """A home that cannot be made."""
    monkeypatch.setenv("LAYERSCOPE_HOME", str(in_the_way(tmp_path, "file") / "home"))
    return trouble()


def test_without_a_home_what_is_there_is_nothing(nowhere):
    assert runs.ids() == [] and runs.summaries() == [] and weight() == 0 and crowded_out() == []
    assert race.found() == [] and saved_stacks.found() == {} and kept.descriptions() == {}
    assert kept.taken() == 0 and not kept.is_here("own-" + "0" * 16)
    kept.tidy_up()
    with pytest.raises(Missing):
        runs.find("0" * 26)
    assert runs.find("demo").summary().state == "finished"
    assert exchange.exported(runs.find("demo"))[:15] == b"SQLite format 3"


def test_without_a_home_whatever_would_be_kept_says_why(nowhere):
    assert nowhere
    wanted = re.escape(nowhere)
    with pytest.raises(Full, match=wanted):
        new_run(Settings(data="digits"))
    with pytest.raises(Damaged, match=wanted):
        exchange.imported(runs.DEMO.read_bytes())
    with pytest.raises(HomeError, match=wanted):
        race.create(a_plan(), "")
    with pytest.raises(Unfit, match=wanted):
        saved_stacks.save(STACK, "mine")
    empty = Split(*[np.zeros(0)] * 4)
    with pytest.raises(HomeError, match=wanted):
        kept.store("own-" + "0" * 16, "{}", empty)
