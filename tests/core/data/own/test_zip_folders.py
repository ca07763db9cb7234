"""Which level of folders is the class, what is the split, and spellings of one name."""

import numpy as np
import pytest

from core.data import DataError
from core.data.own.folders import folders_of, part_of
from core.data.own.pictures import picture_data, read_pictures
from tests.core.data.own.files import a_picture, a_zip, from_zip


def pictures_in(*folders: str, each: int = 12) -> bytes:
    """A zip with so many pictures in each folder, the n-th picture of folder k of grey 10 k + n."""
    files = {
        f"{folder}/{n:02d}.png": a_picture(10 * k + n)
        for k, folder in enumerate(folders)
        for n in range(each)
    }
    return a_zip(files)


@pytest.mark.parametrize(
    ("folders", "classes", "level"),
    [
        (("cat", "dog"), ("cat", "dog"), None),
        (("cat/indoor", "dog/indoor"), ("cat", "dog"), 1),
        (("cat/indoor", "cat/outdoor", "dog/indoor"), ("cat", "dog"), 1),
        (("a/b/c/cat", "a/b/c/dog"), ("cat", "dog"), 4),
        (("flowers/rose/2019", "flowers/rose/2020", "flowers/tulip/2019"), ("rose", "tulip"), 2),
        (("pets/cat", "pets/dog/small/young"), ("cat", "dog"), 2),
        (("./pets/cat", "./pets/dog"), ("cat", "dog"), 2),
        (("C:\\pets\\cat", "C:\\pets\\dog"), ("cat", "dog"), 2),
        (("/pets//cat", "/pets//dog"), ("cat", "dog"), 2),
    ],
)
def test_the_class_is_the_outermost_level_that_differs_and_it_is_said(folders, classes, level):
    made = from_zip(pictures_in(*folders))
    assert made.own.classes == classes
    assert made.own.train_size + made.own.test_size == 12 * len(folders)
    told = " ".join(made.said)
    assert (f"at level {level} of the path" in told) if level else ("at level" not in told)


def test_every_level_that_differs_can_be_chosen():
    read = read_pictures(pictures_in("x/cat/in", "x/cat/out", "x/dog/in", "x/dog/out"), 28)
    assert [level.depth for level in read.folders.levels] == [1, 2]
    made = picture_data(read, False, "own-" + "0" * 16, "pets.zip", depth=2)
    assert made.own.classes == ("in", "out")
    assert "at level 3 of the path, as in “x / cat / in”" in " ".join(made.said)


def test_a_few_pictures_beside_the_classes_do_not_change_the_level():
    files = {f"pets/{'cat' if n % 2 else 'dog'}/{n}.png": a_picture(n) for n in range(40)}
    files |= {"docs/logo.png": a_picture(1), "pets/cover.png": a_picture(2)}
    made = from_zip(a_zip(files))
    assert made.own.classes == ("cat", "dog")
    assert "2 files, in no folder of a class" in " ".join(made.said)


@pytest.mark.parametrize("how", ["{part}/{name}", "x/{name}/{part}", "{part}/{part}/{name}/deep"])
@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("train", "test"),
        ("Training", "Testing"),
        ("training_set", "test_set"),
        ("seg_train", "seg_test"),
        ("train", "validation"),
        ("trainset", "valid"),
    ],
)
def test_folders_of_a_split_are_kept_as_the_split(how, train, test):
    sizes = {(train, "cat"): 20, (train, "dog"): 11, (test, "cat"): 3, (test, "dog"): 6}
    files, grey = {}, {}
    for k, ((part, name), count) in enumerate(sizes.items()):
        for n in range(count):
            files[f"{how.format(part=part, name=name)}/{n}.png"] = a_picture(20 * k + n)
            grey[20 * k + n] = (part == train, name)
    made = from_zip(a_zip(files))
    split, classes = made.split, made.own.classes
    assert classes == ("cat", "dog") and (made.own.train_size, made.own.test_size) == (31, 9)
    for inputs, truth, is_train in (
        (split.train_inputs, split.train_targets, True),
        (split.test_inputs, split.test_targets, False),
    ):
        assert [grey[int(one[0, 0, 0])] for one in inputs] == [
            (is_train, classes[place]) for place in truth
        ]
    told = f"31 for training (“{train}”), 9 for testing (“{test}”)"
    assert told in " ".join(made.said)


def test_of_three_parts_the_one_to_validate_with_is_left_out_and_said():
    parts = [f"{part}/{name}" for part in ("train", "val", "test") for name in ("cat", "dog")]
    made = from_zip(pictures_in(*parts))
    assert (made.own.train_size, made.own.test_size) == (24, 24)
    assert "24 files, in “val”: neither training nor testing" in " ".join(made.said)


def test_a_test_part_without_classes_is_left_out_and_training_is_cut():
    made = from_zip(pictures_in("train/cat", "train/dog", "test", each=20))
    assert (made.own.train_size, made.own.test_size) == (32, 8)
    told = " ".join(made.said)
    assert "20 files, in no folder of a class" in told and "Cut at random" in told


def test_a_class_that_only_the_test_part_has_cannot_be_learned():
    made = from_zip(pictures_in("train/cat", "train/dog", "test/cat", "test/dog", "test/emu"))
    assert made.own.classes == ("cat", "dog")
    assert "folders that are in the test part only (“emu”)" in " ".join(made.said)


@pytest.mark.parametrize("classes", [("bus", "train"), ("test tube", "train station"), ("a", "te")])
def test_classes_that_are_called_like_a_part_stay_classes(classes):
    assert from_zip(pictures_in(*classes)).own.classes == classes


def test_a_split_without_classes_in_it_is_one_sentence():
    with pytest.raises(DataError, match="folders for training and testing, but in them none a cl"):
        from_zip(pictures_in("train", "test"))


def test_what_a_system_makes_for_itself_is_skipped_in_silence():
    folders = ("cat", "dog", ".git/objects", "__MACOSX/cat", "cat/.thumbs", ".cache")
    hidden = ("cat/.DS_Store", "cat/Thumbs.db", "dog/._1.png", "dog/desktop.ini", "dog/.hidden.png")
    files = {f"{folder}/{n}.png": a_picture(n) for folder in folders for n in range(10)}
    made = from_zip(a_zip(files | dict.fromkeys(hidden, a_picture())))
    assert made.own.classes == ("cat", "dog") and made.own.train_size + made.own.test_size == 20
    assert "Left out" not in " ".join(made.said)


def test_spellings_of_one_name_are_one_class_unless_somebody_says_otherwise():
    data = pictures_in("pets/Cat", "pets/cat ", "pets/cat", "pets/DOG", "pets/dog")
    made = from_zip(data)
    assert made.own.classes == ("DOG", "cat")
    assert np.bincount(np.concatenate([made.split.train_targets, made.split.test_targets])).tolist(
    ) == [24, 36]  # fmt: skip
    assert "“Cat”, “cat” are taken as one class" in " ".join(made.said)
    read = read_pictures(data, 28)
    other = picture_data(read, False, "own-" + "0" * 16, "pets.zip", joined=False)
    assert other.own.classes == ("Cat", "DOG", "cat", "dog")
    assert "“Cat”, “cat” are taken as classes of their own" in " ".join(other.said)


def test_the_letters_a_and_capital_a_are_two_classes():
    assert from_zip(pictures_in("A", "B", "a", "b")).own.classes == ("A", "B", "a", "b")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("train", "train"), ("TRAIN_images", "train"), ("training-set", "train"), ("val", "validat"
        "ion"), ("test2", "test"), ("testset", "test"), ("dev", "validation"), ("latest", ""),
        ("contest", ""), ("trains", ""), ("strain", ""), ("", ""), ("2019", ""), ("test cat", ""),
    ],
)  # fmt: skip
def test_only_words_of_a_split_are_a_part(name, part):
    assert part_of(name) == part


def test_no_folders_mean_anything_odd():
    assert folders_of([]).levels == ()
    assert [level.names for level in folders_of([("a",)] * 9).levels] == [("a",)]
