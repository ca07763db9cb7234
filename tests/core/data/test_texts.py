"""Letters and first names: symbols spell what the files hold; the terms lie beside every file."""

import csv
import gzip
import importlib.util
import json

import numpy as np
import pytest

from core.data import DATASETS, DataError, first_names, letters, superstore

FILES = letters.FILE.parent.parent


def spelled(name, symbols):
    return "".join(DATASETS[name].alphabet[symbol] for symbol in symbols)


def test_targets_are_the_inputs_one_letter_later():
    split = DATASETS["letters"].load()
    for inputs, targets in (
        (split.train_inputs, split.train_targets),
        (split.test_inputs, split.test_targets),
    ):
        np.testing.assert_array_equal(inputs[:, 1:], targets[:, :-1])
        np.testing.assert_array_equal(inputs[1:, 0], targets[:-1, -1])


def test_the_windows_spell_the_text_and_the_test_part_is_a_later_one():
    split = DATASETS["letters"].load()
    text = letters.text()
    train = spelled("letters", split.train_inputs.ravel())
    test = spelled("letters", split.test_inputs.ravel())
    assert text.startswith("in the beginning god created the heaven and the earth. and the earth")
    assert text.startswith(train + test)
    assert test not in train
    with gzip.open(letters.FILE, "rt", encoding="utf-8") as file:
        original = file.read().lower()
    for sign in "abcdefghijklmnopqrstuvwxyz,:;'":
        assert text.count(sign) == original.count(sign)
    assert set(text) == set(letters.ALPHABET)


def test_a_text_that_is_too_short_or_has_other_signs_is_named(tmp_path, monkeypatch):
    path = tmp_path / "excerpt.txt.gz"
    monkeypatch.setattr(letters, "FILE", path)
    for text in ("too short", "é" * 400_000, "a" * 300_000 + "7" + "a" * 100_000):
        path.write_bytes(gzip.compress(text.encode()))
        with pytest.raises(DataError, match="excerpt.txt.gz is damaged: it does not hold"):
            letters._read()


def test_a_name_belongs_to_those_among_whom_it_is_more_frequent():
    split = DATASETS["first_names"].load()
    with first_names.FILE.open() as file:
        shares = {r["name"]: (float(r["female"]), float(r["male"])) for r in csv.DictReader(file)}
    seen = []
    for inputs, targets in (
        (split.train_inputs, split.train_targets),
        (split.test_inputs, split.test_targets),
    ):
        assert np.bincount(targets).tolist() == [len(targets) / 2] * 2
        for symbols, target in zip(inputs, targets, strict=True):
            name = spelled("first_names", symbols).lstrip("·")
            female, male = shares[name]
            assert (male > female) == (DATASETS["first_names"].classes[target] == "male")
            assert female != male
            seen.append(name)
    assert len(set(seen)) == len(seen)
    assert set(seen) >= {name for name, (female, male) in shares.items() if male > female}


def test_names_that_cannot_be_spelled_are_named(tmp_path, monkeypatch):
    text = first_names.FILE.read_text()
    monkeypatch.setattr(first_names, "FILE", tmp_path / "first_names.csv")
    for wrong in (("mary,", "m4ry,"), ("mary,", "marymarymarymary,"), ("2.629,0.009", "0,0")):
        first_names.FILE.write_text(text.replace(*wrong))
        if wrong[1] == "0,0":  # one name of women less: the next frequent one takes its place
            assert len(first_names._read().train_inputs) == DATASETS["first_names"].train_size
            continue
        with pytest.raises(DataError, match="first_names.csv is damaged"):
            first_names._read()


@pytest.mark.parametrize("folder", sorted(FILES.iterdir()), ids=lambda folder: folder.name)
def test_the_terms_lie_beside_every_file(folder):
    assert folder.name in DATASETS
    notice = (folder / "NOTICE.md").read_text(encoding="utf-8")
    assert "opyright" in notice or "public domain" in notice
    files = [path for path in folder.iterdir() if path.suffix in (".csv", ".gz")]
    assert files
    if folder.name not in ("mnist", "fashion"):
        assert all(path.name in notice and path.stat().st_size < 400_000 for path in files)


def script(name, file):
    """A script that made a file of the project, as a module that writes beside a copy of itself."""
    spec = importlib.util.spec_from_file_location(file.stem, FILES / name / file.name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.__file__ = str(file)
    return module


def test_the_scripts_make_small_files_from_small_originals(tmp_path):
    women, men = tmp_path / "women", tmp_path / "men"
    women.write_text("MARY           2.629  2.629      1\nJAMES          0.010  2.7      2\n")
    men.write_text("JAMES          3.318  3.318      1\n")
    script("first_names", tmp_path / "make_table.py").main(women, men)
    table = (tmp_path / "first_names.csv").read_text()
    assert table == "name,female,male\njames,0.010,3.318\nmary,2.629,0.000\n"

    places = [("Genesis", 1), ("Exodus", 1), ("Psalms", 89), ("Psalms", 90)]
    verses = [{"book": b, "chapter": c, "text": f"{b} {c}."} for b, c in places]
    (tmp_path / "kjv.jsonl").write_text("".join(f"{json.dumps(verse)}\n" for verse in verses))
    script("letters", tmp_path / "make_excerpt.py").main(tmp_path / "kjv.jsonl")
    with gzip.open(tmp_path / "excerpt.txt.gz", "rt") as file:
        assert file.read() == "Genesis 1.\nPsalms 89.\n"

    columns = ["City", "Profit", *superstore.CHOICES, "Quantity", "Discount", "Sales"]
    rows = [columns, [str(place) for place in range(len(columns))]]
    whole = tmp_path / "whole.csv.gz"
    whole.write_bytes(gzip.compress("".join(",".join(row) + "\n" for row in rows).encode()))
    script("superstore", tmp_path / "make_extract.py").main(whole)
    with gzip.open(tmp_path / "superstore.csv.gz", "rt") as file:
        kept = next(csv.DictReader(file))
    assert kept == {name: str(columns.index(name)) for name in columns[2:]}
