"""Plain text: names and other words from outside, shown as they are where markdown is read."""

import re

_JOINER = "\u2060"  # has no width and breaks no line
_HIDDEN = re.compile(
    r"(?<=:)(?=[\w/+-])|(?<=@)(?=[\w-])|(?<=www)(?=\.)|(?<!\S)(?=[<>~-])", re.IGNORECASE
)
_MARK = re.compile(r"[!-/:-@\[-`{-~]")


def plain(text: str) -> str:
    """The text in markdown that shows just this text, in one line: no link, picture or colour.

    A backslash disarms every mark of markdown. What Streamlit looks for after that in the finished
    text (icons, addresses, arrows) is broken up by a character without width.
    """
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _MARK.sub(r"\\\g<0>", _HIDDEN.sub(_JOINER, words))
