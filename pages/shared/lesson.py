"""A lesson on the page: its controls, its mathematics and its drawing, all in the browser."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from core.figures.style import ROLES
from core.lessons import LESSONS
from core.lessons.lesson import Lesson
from pages.shared.saving import STYLE

FOLDER = Path(__file__).parent / "lessons"
MATHEMATICS = (FOLDER / "mathematics.js", FOLDER / "vectors.js")
PARTS = (  # one script
    Path(__file__).with_name("saving.js"),
    *MATHEMATICS,
    *(FOLDER / f"{name}.js" for name in ("stage", "window", "table", "numbers", "gates")),
    *(FOLDER / f"{name}.js" for name in LESSONS),
    FOLDER / "lesson.js",
)
_mount = st.components.v2.component(
    "layerscope_lesson",
    css="\n".join([(FOLDER / "lesson.css").read_text(encoding="utf-8"), STYLE]),
    js="\n".join(part.read_text(encoding="utf-8") for part in PARTS),
)


def draw_lesson(
    lesson: Lesson, numbers: dict[str, np.ndarray], names: Sequence[str] | None = None
) -> None:
    """Draw a lesson with its numbers; from then on the browser needs no server for it.

    `names` are those of the classes, where the lesson has some. Other numbers are drawn in its
    place, and what was chosen stays.
    """
    _mount(
        key=f"lesson-{lesson.name}",
        data={
            "name": lesson.name,
            "controls": [control.as_data() for control in lesson.controls],
            "numbers": {name: array.tolist() for name, array in numbers.items()}
            | ({"names": list(names)} if names else {}),
            "colours": ROLES,
        },
    )
