"""Wrong changes: which ones are made of a module, and which parts of it are left alone."""

from pathlib import Path

import pytest

from tools.mutants import mutants

ROOT = Path(__file__).resolve().parents[2]


def changed(source: str) -> set[str]:
    """The texts that a module becomes, without the brackets put around what is new."""
    text = source.encode()
    return {mutant.applied(text).decode() for mutant in mutants("core/one.py", text)}


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("a < b", {"(a <= b)"}),
        ("a == b != c", {"(a != b != c)", "(a == b == c)"}),
        ("a not in (b, c)", {"(a in (b, c))"}),
        ("a - b", {"(a + b)"}),
        ("a // b", {"(a * b)"}),
        ("a += b", {"a -= b"}),
        ("a | b", {"(a & b)"}),
        ("a and b", {"(a or b)", "(a)", "(b)"}),
        ("a and b and c", {"(a or b or c)", "(b and c)", "(a and b)"}),
        ("not a", {"(a)"}),
        ("-a", {"(a)"}),
        ("a if b < c else d", {"(d if b < c else a)", "a if (b <= c) else d"}),
        ("if a: b", {"if (not a): b"}),
        ("True", {"(False)"}),
        ("7", {"(8)"}),
        ("0.5", {"(1.0)"}),
        ("0.0", {"(1.0)"}),
        ("f(x, axis=1)", {"pass", "f(x, axis=(0))"}),
        ("y = f(x, dim=0)", {"y = f(x, dim=(1))"}),
        ("f(x)", {"pass"}),
        ("y = f(a, b)", {"y = (f(b, a))"}),
        ("y = min(a)", {"y = (max)(a)"}),
        ("y = min(a, b)", {"y = (max)(a, b)"}),  # in another order it is the same
        ("y = a.argmax()", {"y = (a.argmin)()"}),
        ("a[b:c]", {"(a[b + 1:c])", "(a[b:c - 1])"}),
        ("a[:]", {"(a[1:])", "(a[:-1])"}),
        ("return_ = a, b, c", {"return_ = (b, a, c)"}),
        ("[a, b]", {"([b])"}),
        ("[a for a in b if c]", {"([a for a in b])"}),
    ],
)
def test_an_expression_becomes_each_wrong_one(source: str, wrong: set[str]):
    def plain(texts: set[str]) -> set[str]:
        return {" ".join(text.replace("(", "").replace(")", "").split()) for text in texts}

    assert plain(changed(source)) == plain(wrong)


@pytest.mark.parametrize(
    "source",
    [
        '"""Words of a module."""',
        "def f(a: int = None, *b: list[3]) -> tuple[1, 2]: ...",
        "raise ValueError(a + b, 3)",
        "assert a < b",
        "from a import b",
        "@cached(3)\ndef f(): ...",
        "x = f'{a + 1}'",
        "x = 'a' + b",
        "x = int | None",
        "__all__ = [a, b]",
        "if TYPE_CHECKING: a + b",
        "x = isinstance(a, b)",
        "x = 'red', 'green'",
        "x = ValueError, OSError",
        "Record = Metric | Moment",
        "x = f(a, width=3, strict=True)",
        "a, b = c",
        "x: Literal[1, 2]",
        "x: dict[1, 2]",
        "try: a\nexcept (b, c): pass",
    ],
)
def test_words_types_and_looks_are_left_alone(source: str):
    assert changed(source) == set()


def test_the_value_of_an_assignment_with_a_type_is_changed():
    assert changed("x: Literal[1, 2] = 3") == {"x: Literal[1, 2] = (4)"}


def test_letters_of_more_than_a_byte_move_no_change():
    assert "x = 'äöü→'; y = (8)" in changed("x = 'äöü→'; y = 7")


def test_a_change_keeps_its_name_when_lines_come_and_go():
    source = b"def f(a, b):\n    return a - b\n"
    moved = b"# more\n\ndef g(): ...\n\n" + source
    assert [m.key for m in mutants("a.py", moved)] == [m.key for m in mutants("a.py", source)]
    assert mutants("a.py", moved)[0].lines == range(6, 7)
    others = [mutants("b.py", source), mutants("a.py", source.replace(b"f(", b"g("))]
    assert len({key for some in others for key in (m.key for m in some)}) == 2


def test_the_same_line_twice_gives_two_names():
    found = mutants("a.py", b"x = a - b\nx = a - b\n")
    assert len(found) == len({mutant.key for mutant in found}) == 2


def test_a_long_change_is_shown_where_it_changes():
    line = " + ".join(f"number_{n}" for n in range(40)) + " + (last < first)"
    (shown,) = (
        str(m) for m in mutants("a.py", line.encode()) if "<=" in m.new and "+" not in m.new
    )
    assert shown == "a.py:1  last < first -> last <= first"
    assert all(len(str(mutant)) < 220 for mutant in mutants("a.py", line.encode()))


def test_every_change_of_the_projects_own_code_is_python():
    tried = 0
    for file in sorted((ROOT / "core").rglob("*.py")):
        source = file.read_bytes()
        found = mutants(file.as_posix(), source)
        assert len({mutant.key for mutant in found}) == len(found)
        for mutant in found[::30]:
            compile(mutant.applied(source), file, "exec", dont_inherit=True)
            assert mutant.applied(source) != source
            tried += 1
    assert tried > 300
