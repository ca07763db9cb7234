"""Own pictures against Pillow, and every bad zip: a sentence, and nothing on the disk."""

import io
import stat
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageOps
from sklearn.model_selection import train_test_split

from core.data.own.examples import SHAPES, example_pictures
from core.data.own.pictures import read_pictures
from tests.core.data.own.files import a_picture, a_zip, from_zip


def noise(seed: int, size: tuple[int, int] = (50, 37)) -> Image.Image:
    numbers = np.random.default_rng(seed).integers(0, 200, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(numbers)


def png(picture: Image.Image, kind: str = "PNG", **more) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **more)
    return content.getvalue()


@pytest.mark.parametrize("side", [28, 32])
@pytest.mark.parametrize("colour", [False, True])
def test_pictures_are_cropped_and_resized_as_pillow_does(side, colour):
    files = {f"{'ab'[n % 2]}/{n:02d}.png": png(noise(n)) for n in range(40)}
    made = from_zip(a_zip(files), side, colour)
    mode = "RGB" if colour else "L"
    fitted = [ImageOps.fit(noise(n).convert("RGBA"), (side, side)) for n in range(40)]
    wanted = np.stack([np.asarray(one.convert("RGB").convert(mode)) for one in fitted])
    wanted = wanted.transpose(0, 3, 1, 2) if colour else wanted[:, None]
    truth = np.arange(40) % 2
    train, test = train_test_split(np.arange(40), test_size=0.2, random_state=0, stratify=truth)
    split = made.split
    np.testing.assert_array_equal(split.train_inputs, wanted[train])
    np.testing.assert_array_equal(split.test_inputs, wanted[test])
    np.testing.assert_array_equal(split.train_targets, truth[train])
    np.testing.assert_array_equal(split.test_targets, truth[test])
    assert made.own.dataset.shape == (3 if colour else 1, side, side)
    assert made.own.classes == ("a", "b") and made.own.dataset.kind == "image"


def test_ink_on_paper_is_fed_as_in_mnist_and_said():
    dark = a_zip({f"{'ab'[n % 2]}/{n}.png": a_picture(n) for n in range(40)})
    light = a_zip({f"{'ab'[n % 2]}/{n}.png": a_picture(255 - n) for n in range(40)})
    one, other = from_zip(dark), from_zip(light)
    np.testing.assert_array_equal(one.split.train_inputs, other.split.train_inputs)
    assert "paper is fed as 0" in " ".join(other.said) and "paper" not in " ".join(one.said)
    assert from_zip(light, colour=True).split.train_inputs.min() > 200


@pytest.mark.parametrize(("brightness", "turned"), [(120, False), (140, True)])
def test_pictures_brighter_than_the_middle_are_ink_on_paper(brightness, turned):
    files = {f"{'ab'[n % 2]}/{n}.png": a_picture(brightness + n % 5) for n in range(40)}
    assert ("paper is fed as 0" in " ".join(from_zip(a_zip(files)).said)) == turned


def test_what_has_no_colour_is_grey():
    assert from_zip(a_zip()).own.channels == 1
    files = {f"red/{n}.png": a_picture((200, n, 0)) for n in range(12)}
    files |= {f"blue/{n}.png": a_picture((0, n, 200)) for n in range(12)}
    assert from_zip(a_zip(files)).own.channels == 3


def test_the_example_is_what_it_says(tmp_path):
    made = from_zip(example_pictures())
    assert made.own.classes == SHAPES and made.own.channels == 1
    assert example_pictures() == example_pictures()


def test_every_kind_of_picture_is_read_upright_and_on_white():
    turned = Image.Exif()
    turned[0x0112] = 6
    half = Image.new("RGB", (40, 40), "black")
    half.paste("white", (0, 0, 40, 20))
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    kinds = [
        png(noise(0)),
        png(noise(0), "JPEG"),
        png(noise(0), "BMP"),
        png(noise(0).convert("P"), "GIF"),
        png(noise(0).convert("CMYK"), "JPEG"),
        png(noise(0).convert("1")),
        png(noise(0).convert("LA")),
    ]
    names = ("png", "jpg", "BMP", "gif", "jpeg", "png", "png")
    files = {f"a/{n}.{name}": kind for n, (name, kind) in enumerate(zip(names, kinds, strict=True))}
    files |= {"a/x.png": png(clear), "a/y.jpg": png(half, "JPEG", exif=turned)}
    read = read_pictures(a_zip(files), 28)
    assert len(read.numbers) == 9 and not read.said
    assert (read.numbers[7] == 255).all()
    right, left = read.numbers[8][:, 20:], read.numbers[8][:, :8]
    assert right.min() > 200 and left.max() < 50  # the camera was turned: the top is on the right


def strange_zip() -> bytes:
    """Pictures in two folders, and all that is none, under names that mean harm."""
    content = io.BytesIO(a_zip())
    with zipfile.ZipFile(content, "a") as file:
        for name in ("../../etc/passwd", "../x.png", "/root.png", "C:\\..\\y.png", "z.png"):
            file.writestr(name, a_picture())
        link = zipfile.ZipInfo("dark/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
        file.writestr("dark/readme.txt", "words")
        file.writestr("dark/broken.png", a_picture()[:45])
        file.writestr("dark/words.png", b"no picture")
        file.writestr("dark/other.png", a_picture(format="BMP"))
        file.writestr("dark/deep.png", png(Image.new("F", (30, 30), 4000), "TIFF"))
        file.writestr("dark/.hidden.png", a_picture())
        file.writestr("__MACOSX/dark/._1.png", a_picture())
        file.writestr("few/1.png", a_picture())
        file.writestr("deep/down/dark/2.png", a_picture())
        file.writestr("empty/", "")
    return content.getvalue()


def test_what_is_no_picture_in_a_folder_is_left_out_and_said(tmp_path, monkeypatch, home):
    monkeypatch.chdir(tmp_path)
    made = from_zip(strange_zip())
    assert made.own.classes == ("bright", "dark")
    assert made.own.train_size + made.own.test_size == 25  # the BMP named .png is one of them
    told = " ".join(made.said)
    for sentence in (
        "1 file, a link to another file",
        "4 files, in no folder of a class",
        "2 files, no picture in the format PNG, JPEG, GIF, BMP, WebP or TIFF",
        "1 file, damaged: a PNG that cannot be read",
        "1 file, more than 16 bits a pixel",
        "fewer than 5 pictures (“deep”, “etc”, “few”)",
    ):
        assert sentence in told
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
