"""Plain text: what a name says is shown as it is where markdown is read."""

import re
import string

from hypothesis import example, given
from hypothesis import strategies as st

from pages.shared.plain import plain
from tests.pages.conftest import PAYLOADS

JOINER = "\u2060"
# What Streamlit looks for in text that is already parsed: icons, emoji, addresses, arrows.
LATER = re.compile(
    r":[\w/+-]+:|https?://|www\.|[-.\w+]+@[-\w]+\.|(^|\s)(<?->|<-|--|[<>~]=)(\s|$)", re.IGNORECASE
)
PIECES = [
    *("<", ">", "[", "]", "(", ")", "!", "*", "_", "`", "$", ":", "\\", "#", "-", "|", "~", "="),
    *("red", "WWW.", "https://", "a@b.c", "javascript:", "img src=x", " ", "\n", "    ", "\t"),
    *("->", "<->", "material/home", "1. ", "&lt;", "\u202e", "é", "::", "streamlit"),
]
EVIL = st.lists(st.sampled_from(PIECES)).map("".join) | st.text()


def bare(markdown):
    """What a reader of markdown takes from escaped text."""
    return re.sub(f"\\\\([{re.escape(string.punctuation)}])", r"\1", markdown)


@given(EVIL)
@example(" ".join(PAYLOADS))
def test_the_text_itself_comes_out(text):
    visible = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    assert bare(plain(text)).replace(JOINER, "") == visible


@given(EVIL)
@example(" ".join(PAYLOADS))
def test_no_mark_of_markdown_is_left_armed(text):
    assert not set(re.sub(r"\\.", "", plain(text))) & set(string.punctuation)


@given(EVIL)
@example(" ".join(PAYLOADS))
def test_nothing_is_found_in_it_after_it_is_read(text):
    assert not LATER.search(bare(plain(text)))


def test_a_plain_name_stays_readable():
    assert bare(plain("Two linear layers on MNIST, run 7 (97.6 %)")) == (
        "Two linear layers on MNIST, run 7 (97.6 %)"
    )
