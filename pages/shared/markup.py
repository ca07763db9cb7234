"""Markup: words and tables from anywhere as HTML that shows just them."""

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

Column = tuple[str, Callable[[Any], str] | None]
"""A table's column: its title, and how its values are written; None where it holds words."""

FIRM = "\N{NO-BREAK SPACE}"


def text(words: str) -> str:
    """Words as HTML that shows them as they are, in one line; what cannot be seen is a space.

    A space at which no line may break stays one.
    """
    seen = "".join(c if c.isprintable() or c == FIRM else " " for c in words)
    return escape(" ".join(word for word in seen.split(" ") if word))


def table(name: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> str:
    """A table; what is written stands on the right, and what is no finite number is a dash."""
    sides = ["" if write is None else ' class="number"' for _, write in columns]
    heads = zip(sides, columns, strict=True)
    head = "".join(f'<th scope="col"{side}>{text(title)}</th>' for side, (title, _) in heads)
    lines = []
    for row in rows:
        cells = zip(sides, columns, row, strict=True)
        lines.append("".join(f"<td{side}>{_cell(one, value)}</td>" for side, one, value in cells))
    body = "\n".join(f"<tr>{cells}</tr>" for cells in lines)
    return (
        f'<div class="table" role="region" aria-label="{text(name)}" tabindex="0">\n'
        f"<table><thead><tr>{head}</tr></thead>\n"
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(column: Column, value: object) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "–"
    return text((column[1] or str)(value))
