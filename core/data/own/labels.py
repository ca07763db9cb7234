"""The data room, one's own: of which class each picture is, and in which part of the split."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.data.dataset import DataError
from core.data.own.description import MOST_CLASSES, OwnData
from core.data.own.folders import Folders, Level, Part, Path, are_one, spellings
from core.data.own.names import tidy, told_apart
from core.data.own.prepared import counted, some
from core.data.own.targets import LEAST_OF_A_CLASS, LEAST_ROWS

NO_CLASS = "in no folder of a class"


@dataclass(frozen=True)
class Labels:
    """Which pictures are used, of which class and in which part, and sentences about that."""

    rows: list[int]
    classes: list[str]
    truth: np.ndarray
    parts: list[Part]
    said: tuple[str, ...]


def labels_of(
    paths: Sequence[Path],
    folders: Folders,
    left_out: Counter[str],
    depth: int | None,
    joined: bool | None,
) -> Labels:
    """The class and the part of every picture whose class has enough of them; raises DataError.

    `left_out` counts the files that are no pictures. `depth` and `joined` as for `picture_data`.
    """
    left_out = Counter(left_out)
    level = next((one for one in folders.levels if depth in (None, one.depth)), None)
    if level is None:
        raise DataError(
            "This zip has folders for training and testing, but in them none a class: put the "
            "pictures of each class into a folder of its own."
        )
    groups = spellings(level.names)
    joined = are_one(groups) if joined is None else joined
    found = Counter(path[level.depth] for path in paths if len(path) > level.depth)
    one = {name: name for name in found}
    for group in groups if joined else []:
        one |= dict.fromkeys(group, max(group, key=lambda name: found[name]))
    usable: list[tuple[int, str, Part]] = []
    for row, (path, part) in enumerate(zip(paths, folders.parts, strict=True)):
        if part in ("validation", "other"):
            what = some(told_apart(folders.part_names.get(part, ()), "folder"))
            left_out[f"in {what or 'no folder of the split'}: neither training nor testing"] += 1
        elif len(path) <= level.depth:
            left_out[NO_CLASS] += 1
        else:
            usable.append((row, one[path[level.depth]], part))
    counts = Counter(name for _, name, _ in usable)
    taught = {name for _, name, part in usable if part != "test"}
    classes = sorted(n for n in counts if counts[n] >= LEAST_OF_A_CLASS and n in taught)
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise DataError(
            f"This zip has {counted(len(classes), 'folder')} with {LEAST_OF_A_CLASS} pictures or "
            f"more; from 2 to {MOST_CLASSES} are needed, one a class."
        )
    usable = [picture for picture in usable if picture[1] in classes]
    if len(usable) < LEAST_ROWS:
        raise DataError(f"Only {len(usable)} pictures can be used; {LEAST_ROWS} are needed.")
    said = _level_sentences(paths, level, classes) + _spelling_sentences(groups, joined)
    if left_out:
        said.append(f"Left out: {reasons(left_out)}.")
    for rare, why in (
        (counts.keys() & taught, f"with fewer than {LEAST_OF_A_CLASS} pictures"),
        (counts.keys() - taught, "that are in the test part only"),
    ):
        if lost := sorted(set(rare) - set(classes)):
            said.append(f"Left out: folders {why} ({some(told_apart(lost, 'folder'))}).")
    places = {name: place for place, name in enumerate(classes)}
    truth = np.array([places[name] for _, name, _ in usable], np.int64)
    parts = [part for *_, part in usable]
    return Labels([row for row, *_ in usable], classes, truth, parts, tuple(said))


def _level_sentences(paths: Sequence[Path], level: Level, classes: list[str]) -> list[str]:
    """Which level of folders the classes are, where there is more than one."""
    path = next(p for p in paths if p[level.depth : level.depth + 1] == (classes[0],))
    if max(map(len, paths)) < 2:
        return []
    shown = " / ".join(map(tidy, path))
    return [
        f"The class is the folder at level {level.depth + 1} of the path, as in “{shown}”: "
        f"{some(told_apart(classes, 'class'))}."
    ]


def _spelling_sentences(groups: list[tuple[str, ...]], joined: bool) -> list[str]:
    """What is made of folders whose names differ in capitals or spaces only."""
    how = "one class" if joined else "classes of their own"
    return [f"{some(told_apart(group, 'folder'))} are taken as {how}." for group in groups]


def split_sentence(folders: Folders, own: OwnData) -> str:
    """How the pictures are split, where their folders say it."""
    train, test = (some(told_apart(folders.part_names[p], "folder")) for p in ("train", "test"))
    return (
        f"Split as the folders are: {own.train_size:,} for training ({train}), "
        f"{own.test_size:,} for testing ({test})."
    )


def reasons(left_out: Counter[str]) -> str:
    """How many files were left out for which reason."""
    return "; ".join(f"{counted(count, 'file')}, {why}" for why, count in sorted(left_out.items()))
