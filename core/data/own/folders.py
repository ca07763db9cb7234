"""The data room, one's own: what the folders of pictures mean, classes and the split.

The class is the outermost level of folders that differs, unless a person chooses another; a level
that holds just train, test and their like is the split. Spellings of one name are one class.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.data.own.targets import LEAST_OF_A_CLASS

Path = tuple[str, ...]
Part = Literal["train", "test", "validation", "other", ""]
WORDS: dict[str, Part] = {
    **dict.fromkeys(("train", "training", "trn", "tr"), "train"),
    **dict.fromkeys(("test", "testing", "tst", "te", "eval", "evaluation", "holdout"), "test"),
    **dict.fromkeys(("valid", "validation", "validate", "val", "dev"), "validation"),
    **dict.fromkeys(("pred", "predict", "prediction", "unlabeled", "unlabelled"), "other"),
}
"""What folders are called that hold a part of the split; "other" is neither."""
FILLING = {"set", "sets", "data", "dataset", "images", "imgs", "img", "pictures", "seg", "split"}
"""Words that stand beside these without changing what they mean: "training_set"."""


@dataclass(frozen=True)
class Level:
    """A level of folders that tells pictures apart: how deep it is, from 0, and its names."""

    depth: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Folders:
    """What the folders of all pictures mean."""

    levels: tuple[Level, ...]
    """Those that classes may be taken from, the usual one first."""
    parts: tuple[Part, ...]
    """Of each picture the part of the split that it lies in; "" where there is none."""
    part_names: dict[Part, tuple[str, ...]]


def folders_of(paths: Sequence[Path]) -> Folders:
    """What is a class and what is a part of the split, from the folders of every picture."""
    deepest = max(map(len, paths), default=0)
    counts = [Counter(path[at] for path in paths if len(path) > at) for at in range(deepest)]
    split = [at for at, names in enumerate(counts) if _is_split(names)]
    parts: list[Part] = ["" for _ in paths]
    names: dict[Part, set[str]] = defaultdict(set)
    for place, path in enumerate(paths):
        for at in split[:1]:
            parts[place] = part_of(path[at]) or "other" if len(path) > at else "other"
            names[parts[place]].update(path[at : at + 1])
    if "test" not in parts:  # what was set aside to validate is what there is to test with
        parts = ["test" if part == "validation" else part for part in parts]
        names["test"] |= names.pop("validation", set())
    apart = [at for at in range(deepest) if at not in split and len(counts[at]) > 1]
    often = {
        at: [name for name, count in counts[at].items() if count >= LEAST_OF_A_CLASS]
        for at in apart
    }
    usable = [at for at in apart if len(often[at]) > 1] or apart[:1]
    if not usable:
        usable = [at for at in range(deepest) if at not in split][-1:]
    levels = tuple(Level(at, tuple(sorted(counts[at]))) for at in usable)
    return Folders(
        levels, tuple(parts), {part: tuple(sorted(known)) for part, known in names.items()}
    )


def part_of(name: str) -> Part:
    """Which part of a split a folder of this name holds; "" where it is not called like one."""
    words = [word for word in re.split(r"[\W\d_]+", name.casefold()) if word]
    known = [word.removesuffix("set").removesuffix("data") for word in words if word not in FILLING]
    return WORDS.get(known[0], "") if len(known) == 1 else ""


def _is_split(names: Counter[str]) -> bool:
    """Whether these folders beside one another are a split: training, something to test with."""
    parts = {part_of(name) for name in names}
    foreign = [name for name in names if not part_of(name) and names[name] >= LEAST_OF_A_CLASS]
    return not foreign and "train" in parts and bool(parts & {"test", "validation"})


def spellings(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Names that differ in capitals or spaces only, as "Cat" and "cat", each group sorted."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(set(names)):
        groups[" ".join(name.casefold().split())].append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def are_one(groups: Iterable[tuple[str, ...]]) -> bool:
    """Whether such names are most likely one class each: not where they are the letters a and A."""
    return any(len(name) > 1 for group in groups for name in group)
