"""Saved stacks: kept under names, opened again as they were, bounded, and read with care."""

import json
import threading

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules

from core import saved_stacks as saved
from core import stacks as edit
from core.runs import new_id
from core.unfit import Unfit
from tests.core.architectures.random_stacks import stacks
from tests.core.small_runs import NESTED

STACK = [{"kind": "flatten"}, {"kind": "linear", "units": 10}]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERSCOPE_HOME", str(tmp_path))
    return tmp_path


def put(text, stem=None):
    saved.folder().mkdir(exist_ok=True)
    path = saved.folder() / f"{stem or new_id()}.json"
    path.write_bytes(text if isinstance(text, bytes) else json.dumps(text).encode())
    return path


def names():
    return [one.name for one in saved.whole(saved.found()).values()]


@given(stacks())
@rules(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_stack_is_opened_as_it_was_saved(found):
    stack = [brick.model_dump(mode="json") for brick in found[0]]
    stack_id = saved.save(stack, "one", "digits")
    assert saved.found()[stack_id] == saved.SavedStack(name="one", data="digits", bricks=stack)
    saved.delete(stack_id)


def test_nested_stacks_are_named_renamed_deleted_and_brought_back():
    bricks = NESTED["images"]["bricks"]
    first, second = saved.save(bricks, "  b\n"), saved.save(STACK, "a")
    assert names() == ["a", "b"]
    saved.rename(first, "Z")
    saved.rename(second, "a")
    assert names() == ["a", "Z"]
    saved.delete(first)
    saved.delete(first)
    assert names() == ["a"]
    saved.restore(first)
    assert names() == ["a", "Z"] and saved.found()[first].bricks == bricks
    saved.delete(first)
    saved.delete(second)
    assert names() == []
    with pytest.raises(saved.Lost, match="deleted for good"):
        saved.restore(first)
    saved.restore(second)
    assert names() == ["a"]


def test_a_name_is_taken_once_and_is_only_text():
    stack_id = saved.save(STACK, "../<b>Mine</b>")
    assert [path.stem for path in saved.folder().iterdir()] == [stack_id]
    for name in ("../<B>mine</b>", " ../<b>Mine</b>\u202e "):
        with pytest.raises(Unfit, match="already: choose another name"):
            saved.save(STACK, name)
    for name in ("", "  ", "!?"):
        with pytest.raises(Unfit, match="at least one letter or digit"):
            saved.save(STACK, name)
    other = saved.save(STACK, "other")
    with pytest.raises(Unfit, match="already"):
        saved.rename(other, "../<b>Mine</b>")


def test_there_are_only_so_many(monkeypatch):
    monkeypatch.setattr(saved, "MOST", 2)
    for name in "ab":
        stack_id = saved.save(STACK, name)
    with pytest.raises(Unfit, match="There are 2 saved stacks"):
        saved.save(STACK, "c")
    saved.delete(stack_id)
    saved.save(STACK, "c")
    with pytest.raises(Unfit, match="There are 2 saved stacks"):
        saved.restore(stack_id)


def test_a_stack_that_is_too_large_is_not_saved():
    with pytest.raises(Unfit, match="50 kB"):
        saved.save([{"kind": "linear", "units": "x" * 2000}] * 150, "a")
    assert saved.found() == {}


def test_what_is_no_stack_is_not_saved():
    with pytest.raises(Unfit, match="no stack of layers"):
        saved.save([{"kind": "what"}], "a")


@pytest.mark.parametrize("text", [
    b"", b"{", b"\xff\xfe", b"[]", b"null", b"[" * 100_000, b'{"name": "' + b"a" * 300_000 + b'"}',
    {"name": "a"}, {"name": "", "bricks": []}, {"name": 5, "bricks": []}, {"bricks": STACK},
    {"name": "a" * 81, "bricks": STACK}, {"name": "a", "bricks": {}}, {"name": "a", "bricks": [3]},
    {"name": "a", "bricks": [{"kind": "what"}]}, {"name": "a", "bricks": STACK, "more": 1},
    {"name": "a", "bricks": [{"kind": "residual", "block": 5}]}, {"name": "a", "bricks": "x"},
    {"name": "a", "bricks": [{"kind": "flatten"}] * 201},
])  # fmt: skip
def test_a_damaged_file_is_named_and_the_others_stay(text):
    kept, path = saved.save(STACK, "whole"), put(text)
    read = saved.found()
    assert isinstance(read[path.stem], Unfit) and path.name in str(read[path.stem])
    assert list(saved.whole(read)) == [kept]
    with pytest.raises(Unfit, match=path.name):
        saved.rename(path.stem, "b")
    saved.delete(path.stem)
    assert path.stem not in saved.found()


def test_a_folder_and_files_of_other_names_are_left_alone(home):
    put({"name": "a", "bricks": STACK}, "my notes")
    (saved.folder() / f"{new_id()}.json").mkdir()
    assert saved.whole(saved.found()) == {}
    assert (saved.folder() / "my notes.json").exists()


@pytest.mark.parametrize("stack_id", ["", "../../x", "a" * 25, "A" * 26, "x" * 4000, "\x00" * 26])
def test_an_id_that_names_no_file_is_lost(stack_id):
    for act in (saved.delete, saved.restore, lambda one: saved.rename(one, "a")):
        with pytest.raises(saved.Lost):
            act(stack_id)


def test_nothing_half_written_is_left_where_it_cannot_be_written(home):
    (home / "stacks").write_text("in the way")
    with pytest.raises(Unfit, match="could not be saved"):
        saved.save(STACK, "a")
    assert saved.found() == {}


def test_many_save_at_once_and_each_name_is_there_once():
    faults = []

    def save():
        try:
            saved.save(STACK, "same")
        except Unfit as fault:
            faults.append(fault)

    threads = [threading.Thread(target=save) for _ in range(8)]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert names() == ["same"] and len(faults) == 7


def test_those_that_fit_a_data_set_can_be_trained_on_it():
    images = saved.save(STACK, "images", "digits")
    saved.save([{"kind": "linear", "units": 10}], "for vectors", "carseats")
    saved.save([], "nothing yet", "digits")
    saved.save([{"kind": "linear", "units": 10**9}], "absurd", "digits")
    assert list(saved.fitting_stacks({"data": "digits", "own": None})) == [images]
    assert list(saved.fitting_stacks({"data": "mnist", "own": None})) == [images]


def test_a_stack_may_fit_one_length_of_a_data_set_and_not_another():
    stack = [
        {"kind": "embedding", "symbols": 12, "features": 4},
        {"kind": "conv1d", "filters": 4, "kernel": 7},
        {"kind": "laststep"},
        {"kind": "linear", "units": 8},
    ]
    kept = saved.save(stack, "wide", "recall")
    given = {"data": "recall", "own": None}
    assert list(saved.fitting_stacks({**given, "length": 40})) == [kept]
    assert list(saved.fitting_stacks({**given, "length": 4})) == []


def test_two_of_one_name_are_told_apart():
    first = saved.save(STACK, "same")
    saved.delete(first)
    second = saved.save(STACK, "same")
    saved.restore(first)
    labels = saved.labels_of(saved.whole(saved.found()))
    assert len(set(labels.values())) == 2 and set(labels) == {first, second}


def test_a_stack_in_a_link_and_in_a_file_are_checked_alike():
    for wrong in ({}, [3], [{"kind": "x"}], [{"kind": "branches", "branches": 7}]):
        with pytest.raises(Unfit):
            edit.checked(wrong)
    assert edit.checked(STACK) == STACK
