"""The data room, one's own: two small files, made up, that show what can be brought."""

import io
import zipfile

import numpy as np
from PIL import Image, ImageDraw

FLOWERS = {"marsh": (4.2, 1.1), "meadow": (2.6, 2.2), "rock": (3.4, 0.6)}
SHAPES = ("circle", "cross", "square")
ROWS, DRAWN, SIDE = 240, 40, 36


def example_table() -> bytes:
    """A CSV of flowers that do not exist: numbers, words, a date, and some empty cells."""
    chance = np.random.default_rng(0)
    lines = ["length,width,colour,found,grows on"]
    for _ in range(ROWS):
        kind = str(chance.choice(list(FLOWERS)))
        length, width = chance.normal(FLOWERS[kind], 0.5)
        colour = chance.choice(["white", "yellow", "red"], p=[0.5, 0.3, 0.2])
        found = f"2025-{chance.integers(4, 9):02d}-{chance.integers(1, 29):02d}"
        shown = "" if chance.random() < 0.05 else f"{length:.2f}"
        lines.append(f"{shown},{width:.2f},{colour},{found},{kind}")
    return ("\n".join(lines) + "\n").encode()


def example_pictures() -> bytes:
    """A zip of drawn shapes, one folder each."""
    chance = np.random.default_rng(0)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for shape in SHAPES:
            for number in range(DRAWN):
                drawn = io.BytesIO()
                _draw(shape, chance).save(drawn, "PNG")
                place = zipfile.ZipInfo(f"{shape}/{number:02d}.png")  # no date: the same bytes
                file.writestr(place, drawn.getvalue())
    return content.getvalue()


def _draw(shape: str, chance: np.random.Generator) -> Image.Image:
    picture = Image.new("L", (SIDE, SIDE), 255)
    size, ink = int(chance.integers(10, 20)), int(chance.integers(0, 120))
    left, top = (int(chance.integers(2, SIDE - size - 2)) for _ in range(2))
    right, bottom = left + size, top + size
    pen = ImageDraw.Draw(picture)
    match shape:
        case "circle":
            pen.ellipse((left, top, right, bottom), outline=ink, width=3)
        case "square":
            pen.rectangle((left, top, right, bottom), outline=ink, width=3)
        case _:
            pen.line((left, top, right, bottom), fill=ink, width=3)
            pen.line((left, bottom, right, top), fill=ink, width=3)
    return picture
