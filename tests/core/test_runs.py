"""The runs on this machine: ids, names, finding, changing, deleting; nothing outside is touched."""

import json
import re
import sqlite3
import subprocess
import sys
import threading
import time
import unicodedata
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core import runs
from core.runfile import Writer
from core.runs import Missing
from tests.samples import filed, small_settings, told, written

ROOT = Path(__file__).resolve().parents[2]
STRANGE = [
    "", ".", "..", "../", "..\\", "../../etc/passwd", "/etc/passwd", "C:", "C:\\x", "\\\\host\\x",
    "//x", "%2e%2e", "%2e%2e%2f", "::$DATA", "x::$DATA", "\0", "a\0b", "CON", "NUL.sqlite",
    "trailing.", "trailing ", "x" * 300, "\u202egnp", "\U0001f600", "*", "?", "[a-z]", "*.sqlite",
    "~", "~root", "demo.sqlite", "DEMO", "demo/../demo", "\ud800", "0" * 25, "0" * 26, "0" * 27,
    "A" * 26, "\u0660" * 26, "0" * 26 + "\n", "file:///etc/passwd", "'; DROP TABLE about; --", "-1",
]  # fmt: skip


def test_ids_are_26_small_letters_and_digits_and_sort_by_time(monkeypatch):
    ids = [runs.new_id() for _ in range(200)]
    assert all(re.fullmatch(r"[0-9a-z]{26}", made) for made in ids) and len(set(ids)) == 200
    clock = [1, 10**12, 1_700_000_000 * 10**9, 1_700_000_000 * 10**9 + 10**6, 2**63]
    times = iter(clock)
    monkeypatch.setattr(time, "time_ns", lambda: next(times))
    ids = [runs.new_id() for _ in clock]
    assert ids == sorted(ids)


@pytest.mark.parametrize("text", STRANGE)
def test_no_strange_text_finds_a_run(home: Path, text: str):
    run = written()
    for ask in (runs.find, runs.restore):
        with pytest.raises(Missing) as caught:
            ask(text)
        assert str(caught.value).endswith(".") and str(caught.value)[0].isupper()
    assert filed() == {run.path.name}


AUDITED = """
import json, sys
from pathlib import Path
touched = []
def note(event, arguments):
    if event in ("open", "sqlite3.connect", "os.rename", "os.remove", "os.mkdir", "os.listdir",
                 "os.scandir", "os.chmod", "os.truncate", "os.link", "os.symlink", "os.rmdir"):
        several = arguments[: 2 if event in ("os.rename", "os.link", "os.symlink") else 1]
        touched.extend((event, x) for x in several if isinstance(x, str | bytes | Path))
from core import runs
from core.exchange import exported, imported
from core.records import Event
from core.settings import settings_from
strange = json.loads(sys.stdin.read())
settings = settings_from({"data": "digits"})
runs.find("demo").summary()
sys.addaudithook(note)
for text in strange:
    for ask in (runs.find, runs.restore):
        try: ask(text)
        except runs.Missing: pass
        else: raise SystemExit(f"found {text!r}")
    if text != chr(0xd800):
        run = runs.create(settings, text)
        try: runs.change(run, name=text)
        except ValueError: pass
        runs.delete(run)
        runs.restore(run.id)
        runs.summaries()
runs.find("demo").moments()
run = runs.find(runs.ids()[0])
imported(exported(run))
for event, path in touched:
    print(json.dumps([event, str(path if not isinstance(path, bytes) else path.decode())]))
"""


def test_whatever_is_asked_for_only_the_home_and_the_demo_are_touched(home: Path):
    done = subprocess.run(
        [sys.executable, "-c", AUDITED],
        input=json.dumps(STRANGE),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    touched = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(touched) > 300
    for event, path in touched:
        place = Path(unquote(urlsplit(path).path) if path.startswith("file:") else path)
        inside = place.is_relative_to(home) and ".." not in place.parts
        python = event == "open" and (place.suffix in (".py", ".pyc") or place.parts[1] == "proc")
        assert inside or place == runs.DEMO or python, (event, path)


@given(st.text(max_size=200))
@example("e\u200d\u0301" * 50)
@example("\u1100\u200b\u1161")
@example(" a \u2028 b\t\x00c\u202e ")
@example("x" * 79 + " y")
def test_a_name_is_one_short_line_that_changes_nothing_around_it(text):
    name = runs.tidy_name(text)
    assert len(name) <= 80 and name == name.strip() and "  " not in name
    assert not any(unicodedata.category(character)[0] == "C" for character in name)
    assert "\n" not in name and len(name.splitlines()) <= 1
    assert unicodedata.is_normalized("NFC", name)
    assert runs.tidy_name(name) == name


@given(st.text(st.characters(categories=["L", "N"], max_codepoint=0x24F), min_size=1, max_size=80))
def test_a_plain_name_stays_as_it_is(text):
    assert runs.tidy_name(text) == unicodedata.normalize("NFC", text)


def test_a_run_is_renamed_and_pinned_but_never_without_a_name(home: Path):
    run = written(name="first")
    runs.change(run, name="  other\nname ", pinned="yes")
    assert (run.summary().name, run.summary().pinned) == ("other name", True)
    for empty in ("", "  ", "\u202e", "\0"):
        with pytest.raises(ValueError, match="at least one letter"):
            runs.change(run, name=empty, pinned="no")
    assert (run.summary().name, run.summary().pinned) == ("other name", True)
    assert runs.create(small_settings()).summary().name.startswith(small_settings().title)


def test_a_run_that_is_gone_can_not_be_renamed_back_to_life(home: Path):
    run = written()
    runs.delete(run)
    with pytest.raises(ValueError, match="not on this machine"):
        runs.change(run, name="back")
    assert not runs.ids() and run.summary().state == "damaged"


def test_the_demo_can_neither_be_changed_nor_deleted(home: Path):
    demo, before = runs.find("demo"), runs.DEMO.read_bytes()
    with pytest.raises(ValueError, match="comes with the project"):
        runs.change(demo, name="mine")
    runs.delete(demo)
    assert runs.DEMO.read_bytes() == before


def test_the_last_deleted_run_comes_back_whole_and_no_other(home: Path):
    first, second, third = (written(name=name) for name in ("first", "second", "third"))
    before = told(second), second.steps()
    runs.delete(first)
    runs.delete(second)
    assert runs.ids() == [third.id]
    with pytest.raises(Missing, match="for good"):
        runs.restore(first.id)
    back = runs.restore(second.id)
    assert (told(back), back.steps()) == before and back.summary().name == "second"
    with pytest.raises(Missing):
        runs.restore(second.id)
    assert runs.ids() == [third.id, second.id]


def test_deleting_twice_keeps_the_run_that_can_come_back(home: Path):
    run = written(name="once")
    runs.delete(run)
    runs.delete(run)
    assert runs.restore(run.id).summary().name == "once"


def test_deleting_keeps_what_was_only_in_the_log(home: Path):
    run = runs.create(small_settings())
    writer = Writer(run.path)
    writer.note(name="only in the log")
    runs.delete(run)
    writer.connection.close()
    assert runs.restore(run.id).summary().name == "only in the log"


def test_all_runs_are_listed_newest_first_while_others_come_and_go(home: Path):
    stay = [written(name=str(number)) for number in range(3)]
    over = threading.Event()

    def come_and_go() -> None:
        while not over.is_set():
            runs.delete(runs.create(small_settings()))

    restless = threading.Thread(target=come_and_go)
    restless.start()
    try:
        for _ in range(40):
            names = [s.name for s in runs.summaries() if s.id in {run.id for run in stay}]
            assert names == ["2", "1", "0"]
    finally:
        over.set()
        restless.join()


def test_what_else_lies_in_the_folder_is_no_run(home: Path):
    run = written()
    for name in ("notes.txt", "short.sqlite", "x" * 26 + ".tmp", "A" * 26 + ".sqlite"):
        (runs.folder() / name).write_text("?")
    (runs.folder() / ("z" * 26 + ".sqlite")).mkdir()
    assert [s.id for s in runs.summaries() if s.state != "damaged"] == [run.id]


def test_a_run_that_can_not_be_made_leaves_no_file(home: Path, monkeypatch):
    def full(self: Writer, records: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Writer, "append", full)
    with pytest.raises(sqlite3.OperationalError):
        runs.create(small_settings())
    assert not list(runs.folder().iterdir())


def test_a_home_named_from_here_holds_runs_too(home: Path, monkeypatch):
    monkeypatch.chdir(home)
    monkeypatch.setenv("LAYERSCOPE_HOME", "within")
    run = written()
    assert run.path.is_relative_to(home) and run.summary().state == "finished"


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=100))
def test_any_name_survives_the_file(tmp_path_factory, text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERSCOPE_HOME", str(tmp_path_factory.mktemp("names")))
        name = runs.create(small_settings(), text).summary().name
        tidy = runs.tidy_name(text)
        assert name == tidy or (not tidy and name.startswith(small_settings().title))
