"""Small files such as a person brings."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pandas as pd
from PIL import Image

from core.data.dataset import Task
from core.data.own.cells import read_cells
from core.data.own.pictures import picture_data, read_pictures
from core.data.own.prepared import Prepared, id_of
from core.data.own.reading import AS_IT_IS, Reading
from core.data.own.tables import table_data
from core.data.own.targets import suggested
from core.settings import Settings, settings_from
from core.tasks import fitting

KINDS = ("classify", "regress", "pictures")


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
            place = zipfile.ZipInfo(name)  # without today's date: the same bytes each time
            file.writestr(place, data, compression)
    return content.getvalue()


def from_table(
    data: bytes, target: str, asked: Task | None = None, reading: Reading = AS_IT_IS, **more
) -> Prepared:
    """What a CSV file becomes."""
    cells = read_cells(data, reading)
    asked = asked or suggested(cells, target)
    return table_data(cells, target, asked, data_id=id_of(data), file_name="mine.csv", **more)


def from_zip(data: bytes, side: int = 28, colour: bool | None = None) -> Prepared:
    """What a zip of pictures becomes; in colour where it has some and nobody says otherwise."""
    read = read_pictures(data, side)
    grey = read.grey if colour is None else not colour
    return picture_data(read, not grey, id_of(data, side, grey), "my pictures.zip")


def csv_of(**columns) -> bytes:
    """A CSV file of these columns."""
    return pd.DataFrame(columns).to_csv(index=False).encode()


def brought(kind: str, seed: int = 0) -> Prepared:
    """What a small file of each kind becomes: "classify" and "regress" are tables, "pictures"."""
    if kind == "pictures":
        data = a_zip()
        return picture_data(read_pictures(data, 28), False, id_of(data), "shades.zip")
    data, target = a_table(seed=seed), {"classify": "kind", "regress": "price"}[kind]
    task: Task = "classify" if kind == "classify" else "regress"
    data_id = id_of(data, target)
    return table_data(read_cells(data), target, task, data_id=data_id, file_name="people.csv")


def own_settings(kind: str, architecture: str = "", **more) -> Settings:
    """A short run on stored data of a kind; its user is "a test"."""
    own = brought(kind).store("a test")
    usual = {"data": "own", "own": own, "epochs": 1, "batch_size": 8, "seed": 4}
    name = architecture or fitting(own.dataset)[0]
    return settings_from({**usual, "architecture": name, **more})
