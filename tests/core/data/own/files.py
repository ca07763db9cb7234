"""Small files such as a person brings."""

from __future__ import annotations

import io
import zipfile

import numpy as np
from PIL import Image


def a_table(rows: int = 60, seed: int = 0) -> bytes:
    """Two numbers, a word and a date; a class and a number to predict."""
    chance = np.random.default_rng(seed)
    lines = ["height,weight,colour,day,kind,price"]
    for row in range(rows):
        height, weight = chance.normal(170, 10), chance.normal(70, 8)
        colour = ("red", "green", "blue")[chance.integers(3)]
        kind = "tall" if height > 170 else "small"
        cells = [f"{height:.2f}", f"{weight:.2f}", colour, f"2024-01-{row % 28 + 1:02d}", kind]
        lines.append(",".join([*cells, f"{3 * height + weight:.2f}"]))
    return "\n".join(lines).encode()


def a_picture(colour: tuple[int, ...] | int = 0, size: tuple[int, int] = (40, 30), **more) -> bytes:
    """A picture of one colour, in grey where that is one number, as PNG unless `format` says so."""
    content = io.BytesIO()
    picture = Image.new("L" if isinstance(colour, int) else "RGB", size, colour)
    picture.save(content, more.pop("format", "PNG"), **more)
    return content.getvalue()


def a_zip(files: dict[str, bytes] | None = None, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files, else of 12 dark and 12 bright pictures in two folders."""
    if files is None:
        files = {f"dark/{n}.png": a_picture(n) for n in range(12)}
        files |= {f"bright/{n}.png": a_picture(200 + n) for n in range(12)}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return content.getvalue()
