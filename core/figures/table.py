"""Tables: the numbers that a figure shows, in columns, for who would rather read than look."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.figures.description import unmarked

MOST_ROWS = 5000

Columns = dict[str, list[Any]]


def tables(fig: go.Figure, most: int | None = MOST_ROWS) -> dict[str, Columns]:
    """Every number of a figure, as columns by table: one for all lines and bars, one a picture.

    Lines and bars have a row a point: its trace, where it stands, its value. A picture has a row a
    row of it. Of more than `most` rows the first ones; what is no finite number is None.
    """
    found: dict[str, Columns] = {}
    axes = [unmarked(axis.title.text) for axis in (fig.layout.xaxis, fig.layout.yaxis)]
    points: list[tuple[str, Any, Any]] = []
    for trace in fig.data:
        if trace.visible is False:
            continue
        name = unmarked(trace.name)
        if trace.type == "heatmap":
            title = _free(name or "values", found)
            found[title] = _picture(trace, axes[1], most)
        elif trace.type in ("scatter", "bar"):
            points += [(name, *pair) for pair in _pairs(trace)]
    if points:
        names, places, values = (list(column) for column in zip(*points[:most], strict=True))
        titles = [axes[0] or "x", axes[1] or "y"]
        if titles[0] == titles[1]:
            titles[1] += " (up)"
        columns: Columns = {"series": names} if any(names) else {}
        lines = {**columns, titles[0]: places, titles[1]: values}
        found = {_free("points", found): lines, **found}
    return found


def _free(title: str, taken: dict[str, Columns]) -> str:
    number = 2
    wanted = title
    while title in taken:
        title, number = f"{wanted} {number}", number + 1
    return title


def _pairs(trace: Any) -> list[tuple[Any, Any]]:
    """Where a line's points or bars stand along x and y; gaps are left out."""
    x, y = (None if side is None else list(side) for side in (trace.x, trace.y))
    count = max(len(side) for side in (x or [], y or []))
    x, y = (list(range(count)) if side is None else side for side in (x, y))
    pairs = [(_cell(a), _cell(b)) for a, b in zip(x, y, strict=False)]
    return [pair for pair in pairs if None not in pair]


def _picture(trace: Any, down: str, most: int | None) -> Columns:
    values = style.finite(trace.z)
    if values.ndim < 2:
        return {}
    rows = _labels(trace.y, values.shape[0])[:most]
    columns = [str(label) for label in _labels(trace.x, values.shape[1])]
    first = down or "row"
    while first in columns:
        first += " "
    table: Columns = {first: rows}
    for at, label in enumerate(columns):
        title = label if label not in table else f"{label} ({at})"
        table[title] = [_cell(value) for value in values[:most, at]]
    return table


def _labels(given: Any, count: int) -> list[Any]:
    known = [] if given is None else [_cell(label) for label in given]
    return [known[i] if i < len(known) and known[i] is not None else i for i in range(count)]


def _cell(value: Any) -> Any:
    """A number as Python's, a text without markup; None for what is no finite number."""
    if value is None or isinstance(value, str):
        return None if value is None else unmarked(value)
    number = float(value)
    if not np.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
