"""The files of brought data: who uses them, when they go, and what is never believed."""

import os

import numpy as np
import pytest
from pydantic import ValidationError

from core.data import DataError
from core.data.own import kept
from core.data.own.description import MOST_FEATURES, OwnData
from core.data.own.prepared import Prepared
from core.settings import settings_from
from core.unfit import Unfit
from tests.core.data.own.files import brought


@pytest.fixture(autouse=True)
def nobody(home, monkeypatch):
    """A home of its own, and nobody in it."""
    monkeypatch.setattr(kept, "_users", {})


def made(seed: int = 0) -> Prepared:
    return brought("classify", seed)


@pytest.fixture
def own() -> OwnData:
    return made().store("somebody")


def test_what_is_stored_is_what_is_loaded_and_read_only(own):
    split = own.dataset.load()
    for name in kept.PARTS:
        np.testing.assert_array_equal(getattr(split, name), getattr(made().split, name))
        assert not getattr(split, name).flags.writeable
    assert own.dataset.load().train_inputs is split.train_inputs
    assert OwnData.model_validate_json(kept.description(own.id)) == own
    assert own.dataset.is_here() and not kept.descriptions()


def test_it_goes_with_the_last_who_uses_it(own):
    kept.hold(own.id, "a run")
    kept.let_go("somebody")
    own.dataset.load()
    kept.let_go("a run")
    with pytest.raises(DataError, match="not on this machine"):
        own.dataset.load()
    assert kept.taken() == 0


def test_what_is_kept_stays_until_it_is_deleted(own):
    kept.keep(own.id)
    kept.let_go("somebody")
    assert kept.is_kept(own.id) and list(kept.descriptions()) == [own.id]
    own.dataset.load()
    kept.remove(own.id)
    assert not kept.is_here(own.id)
    with pytest.raises(DataError, match="not on this machine"):
        kept.keep(own.id)


def test_the_same_file_with_the_same_choices_is_stored_once(own):
    before = sorted(path.stat().st_mtime_ns for path in kept.folder().iterdir())
    assert made().store("another").id == own.id
    assert sorted(path.stat().st_mtime_ns for path in kept.folder().iterdir()) == before
    kept.let_go("somebody")
    assert kept.is_here(own.id)


def test_what_a_killed_server_left_goes_and_another_servers_stays(own):
    mine = kept.folder() / f"own-{'1' * 16}.{kept._this_server()}.session"
    alive = kept.folder() / f"own-{'2' * 16}.1-{int(kept.psutil.Process(1).create_time())}.session"
    dead = kept.folder() / f"own-{'3' * 16}.99999999-5.session"
    strange = kept.folder() / f"own-{'4' * 16}.x.session"
    half = kept.folder() / f"own-{'5' * 16}.{kept._this_server()}.tmp"
    stays = kept.folder() / "notes.txt"
    for path in (mine, alive, dead, strange, half, stays):
        path.write_bytes(b"x")
    kept.tidy_up()
    left = {path.name for path in kept.folder().iterdir()}
    assert left == {alive.name, stays.name, f"{own.id}.{kept._this_server()}.session"}


def test_a_full_folder_takes_no_more_and_a_full_disk_leaves_nothing_half(own, monkeypatch):
    monkeypatch.setattr(kept, "BUDGET", kept.taken() + 100)
    with pytest.raises(DataError, match="are full: delete a data set"):
        made(1).store("somebody")
    monkeypatch.undo()

    def full(*given, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept.np, "savez", full)
    with pytest.raises(DataError, match="could not be stored"):
        made(1).store("somebody")
    assert [path for path in kept.folder().iterdir() if path.suffix == ".tmp"] == []


@pytest.mark.parametrize(
    "damage", ["empty", "half", "no zip", "pickled", "other", "classes", "nan"]
)
def test_a_file_that_is_not_what_was_trained_on_is_one_sentence(own, damage):
    (path,) = kept.folder().iterdir()
    split, arrays = made().split, {}
    arrays = {name: np.array(getattr(split, name)) for name in kept.PARTS}
    if damage == "pickled":
        arrays["train_inputs"] = np.array([{"a": 1}], object)
    if damage == "other":
        arrays["train_inputs"] = arrays["train_inputs"][:, :2]
    if damage == "classes":
        arrays["test_targets"] = arrays["test_targets"] + 2
    if damage == "nan":
        arrays["test_inputs"][0, 0] = np.nan
    whole = path.read_bytes()
    if damage in ("empty", "half", "no zip"):
        path.write_bytes({"empty": b"", "half": whole[:900], "no zip": b"x" * 900}[damage])
    else:
        with path.open("wb") as file:
            np.savez(file, **arrays)
    os.utime(path, (5, 5))
    with pytest.raises(DataError, match="does not hold what the run was trained on"):
        own.dataset.load()
    assert not kept.descriptions()


@pytest.mark.parametrize(
    "name", ["../x", "own-*", "*", "", "own-0123456789abcde/", "own-" + "g" * 16]
)
def test_an_id_is_looked_up_and_never_a_path(name, own):
    assert not kept.is_here(name)
    with pytest.raises(DataError, match="not on this machine"):
        kept.load(name)
    kept.remove(name)
    assert kept.is_here(own.id)


HOSTILE = {
    "an id that is a path": {"id": "own-../../../../pass"},
    "a title that means something": {"title": "<img src=x onerror=alert(1)>"},
    "a long title": {"title": "x" * 41},
    "no title": {"title": ""},
    "a class that means something": {"classes": ("a", "$x$")},
    "a class twice": {"classes": ("a", "a")},
    "one class": {"classes": ("a",)},
    "many classes": {"classes": tuple(f"c{n}" for n in range(101))},
    "classes and a number": {"quantity": "price"},
    "no column": {"features": ()},
    "many columns": {"features": tuple(f"c{n}" for n in range(MOST_FEATURES + 1))},
    "columns and pictures": {"side": 28, "channels": 1},
    "too many bytes": {"train_size": 199_999, "features": tuple(f"c{n}" for n in range(500))},
    "too many rows": {"train_size": 10**9},
    "no row": {"test_size": 0},
    "a negative size": {"train_size": -5},
    "endless": {"classes": (), "quantity": "price", "mean": float("inf")},
    "no spread": {"classes": (), "quantity": "price", "spread": 0.0},
    "something more": {"path": "/etc/passwd"},
    "a strange side": {"features": (), "side": 30, "channels": 1},
    "two colours": {"features": (), "side": 28, "channels": 2},
    "a number from pictures": {
        **{"features": (), "side": 28, "channels": 1, "classes": (), "quantity": "price"}
    },
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_description_is_refused_with_a_sentence(name):
    whole = made().own.model_dump()
    assert OwnData.model_validate(whole) == made().own
    with pytest.raises(ValidationError):
        OwnData.model_validate({**whole, **HOSTILE[name]})
    with pytest.raises(Unfit) as told:
        settings_from({"data": "own", "own": {**whole, **HOSTILE[name]}, "architecture": "tabular"})
    assert len(str(told.value)) <= 300 and "\n" not in str(told.value)


@pytest.mark.parametrize(
    "given", [{"data": "own"}, {"data": "digits", "own": made().own}, {"data": "own", "own": 7}]
)
def test_own_data_and_its_description_come_together(given):
    with pytest.raises(Unfit):
        settings_from({**given, "architecture": "tabular"})


def test_settings_of_before_have_no_own_data():
    old = settings_from({"data": "digits"}).model_dump(exclude={"own"})
    assert settings_from(old) == settings_from({"data": "digits"})
