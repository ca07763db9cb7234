"""Small wrong changes of a module: each one that a good test would notice, and none of its words.

Left alone are type hints, decorators, imports, messages, docstrings and what only looks different.
"""

import ast
import copy
import hashlib
import os.path
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

OPERATORS: list[tuple[type[ast.AST], type[ast.AST]]] = [
    (ast.Lt, ast.LtE),
    (ast.Gt, ast.GtE),
    (ast.Eq, ast.NotEq),
    (ast.In, ast.NotIn),
    (ast.Is, ast.IsNot),
    (ast.Add, ast.Sub),
    (ast.Mult, ast.Div),
    (ast.FloorDiv, ast.Mult),
    (ast.Mod, ast.FloorDiv),
    (ast.Pow, ast.Mult),
    (ast.BitAnd, ast.BitOr),
    (ast.LShift, ast.RShift),
]
OTHER_OPERATOR = {wrong: right for right, wrong in reversed(OPERATORS)} | dict(OPERATORS)
NAMES = "min max any all mean sum floor ceil argmin argmax minimum maximum zeros ones"
OTHER_NAME = {name: NAMES.split()[place ^ 1] for place, name in enumerate(NAMES.split())}
LOOKS = (
    "width line_width height size opacity margin pad vertical_spacing horizontal_spacing dash "
    "symbol domain xshift yshift row_heights column_widths strict exist_ok missing_ok daemon "
    "stacklevel frozen repr indent showlegend ensure_ascii"
)
"""Arguments that change how something looks, or that it fails a little earlier."""

ONE_ORDER = ("isinstance", "issubclass", "hasattr", "cast", "min", "max", "np.array_equal")
"""Functions whose two arguments change nothing, or are of two kinds, where they change places."""
UNTOUCHED = (ast.JoinedStr, ast.Raise, ast.Assert, ast.Import, ast.ImportFrom, ast.AnnAssign)
"""Words and types. Of an assignment with a type, the value is gone through all the same."""


class Mutant(NamedTuple):
    """One change: the bytes from `start` to `end` of a module become `new`.

    `key` names it by the text of its line and the function that it is in, not by the line's number,
    so that it stays the same when other lines come and go. `lines` are the lines (from 1) of which
    a test must run one to see the change; where it is not `inside` a function, importing does that.
    """

    module: str
    start: int
    end: int
    lines: range
    inside: bool
    old: str
    new: str
    key: str

    def applied(self, source: bytes) -> bytes:
        """The module's text with the change in it."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def __str__(self) -> str:
        bare = self.new[1:-1] if self.new.startswith("(") else self.new
        old, new = (" ".join(text.split()) for text in (self.old, bare))
        same = max(len(os.path.commonprefix([old, new])) - 30, 0)
        return f"{self.module}:{self.lines[0]}  {old[same:]:.90} -> {new[same:]:.90}"


def mutants(module: str, source: bytes) -> list[Mutant]:
    """Every change of a module that this room knows, in the order of its text.

    Args:
        module: The path by which it is named, as "core/turns.py".
        source: Its text, UTF-8.
    """
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    found: list[Mutant] = []
    alike: Counter[tuple[str, ...]] = Counter()

    def visit(node: ast.AST, parent: ast.AST, scope: str) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope = f"{scope}.{node.name}"
        if isinstance(node, ast.expr | ast.stmt) and node.end_lineno and node.end_col_offset:
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            old, line = ast.unparse(node), lines[node.lineno - 1].decode()
            for other in _changed(node, parent):
                new = ast.unparse(ast.fix_missing_locations(other))
                new = new if isinstance(other, ast.stmt) else f"({new})"
                column = len(line) - len(line.lstrip())
                name = (module, scope, line.strip(), str(node.col_offset - column), old, new)
                alike[name] += 1
                key = hashlib.sha256(repr((*name, alike[name])).encode()).hexdigest()[:12]
                where = range(node.lineno, node.end_lineno + 1)
                found.append(Mutant(module, start, end, where, where[0] in inside, old, new, key))
        for child in _children(node):
            visit(child, node, scope)

    tree = ast.parse(source)
    inside = lines_in_functions(tree)
    visit(tree, ast.Module([], []), "")
    return sorted(found, key=lambda mutant: (mutant.start, mutant.end))


def lines_in_functions(tree: ast.AST) -> set[int]:
    """The lines that are executed only when a function is called."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(tree) if isinstance(node, functions)]
    return {n for node in nodes for n in range(node.body[0].lineno, (node.end_lineno or 0) + 1)}


def _children(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    if isinstance(node, ast.Assign) and "__all__" in map(ast.unparse, node.targets):
        return
    if isinstance(node, ast.keyword) and node.arg in LOOKS.split():
        return
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AnnAssign) and child.value:
                yield child.value
            elif isinstance(child, ast.AST) and not isinstance(child, UNTOUCHED):
                yield child


def _changed(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """The wrong ones that may stand in the place of a node."""
    asked = isinstance(parent, ast.If | ast.While | ast.IfExp) and node is parent.test
    if asked and isinstance(node, ast.Name | ast.Attribute | ast.Call):
        yield ast.UnaryOp(ast.Not(), node)
    match other := copy.deepcopy(node):
        case ast.Compare():
            for place, operator in enumerate(other.ops):
                if type(operator) in OTHER_OPERATOR:
                    twin = copy.deepcopy(other)
                    twin.ops[place] = OTHER_OPERATOR[type(operator)]()  # type: ignore[call-overload]
                    yield twin
        case ast.BinOp() | ast.AugAssign() if type(other.op) in OTHER_OPERATOR:
            if not (isinstance(other, ast.BinOp) and _is_text_or_type(other)):
                other.op = OTHER_OPERATOR[type(other.op)]()  # type: ignore[assignment]
                yield other
        case ast.BoolOp(values=values):
            yield ast.BoolOp(ast.Or() if isinstance(other.op, ast.And) else ast.And(), values)
            for place in (0, -1):
                rest = [value for value in values if value is not values[place]]
                yield ast.BoolOp(other.op, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield operand
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            if isinstance(parent, ast.keyword) and parent.arg in ("axis", "dim"):
                yield ast.Constant(int(not value))
            else:
                yield ast.Constant(value * 2 if isinstance(value, float) and value else value + 1)
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Name(id=name) if name in ("min", "max", "any", "all"):
            yield ast.Name(OTHER_NAME[name], other.ctx)
        case ast.Attribute(attr=name) if name in OTHER_NAME:
            yield ast.Attribute(other.value, OTHER_NAME[name], other.ctx)
        case ast.Subscript(slice=ast.Slice(lower=low, upper=high, step=step)):
            more = ast.BinOp(low, ast.Add(), ast.Constant(1)) if low else ast.Constant(1)
            less = ast.BinOp(high, ast.Sub(), ast.Constant(1)) if high else ast.Constant(-1)
            yield ast.Subscript(other.value, ast.Slice(more, high, step), other.ctx)
            yield ast.Subscript(other.value, ast.Slice(low, less, step), other.ctx)
        case ast.Call(args=[first, second]) if not {type(first), type(second)} & {
            ast.Constant,
            ast.Starred,
            ast.Lambda,
        }:
            if ast.unparse(other.func) not in ONE_ORDER:
                yield ast.Call(other.func, [second, first], other.keywords)
        case ast.Tuple(elts=[first, second, *rest], ctx=ast.Load()) if not isinstance(
            parent, ast.Subscript | ast.Call | ast.ExceptHandler | ast.Compare
        ):
            words = all(_is_word(part) for part in other.elts)  # mostly looked for, in any order
            if not (words or isinstance(first, ast.Starred)) and ast.dump(first) != ast.dump(
                second
            ):
                yield ast.Tuple([second, first, *rest], other.ctx)
        case ast.List(elts=[_, _, *_], ctx=ast.Load()) if not isinstance(parent, ast.Subscript):
            yield ast.List(other.elts[1:], other.ctx)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            for place, part in enumerate(other.generators):
                if part.ifs:
                    unfiltered = copy.deepcopy(other)
                    unfiltered.generators[place].ifs = []
                    yield unfiltered


def _is_word(node: ast.AST) -> bool:
    """Whether it is a string, or the name of a class."""
    text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return text or isinstance(node, ast.Name) and node.id[:1].isupper() and not node.id.isupper()


def _is_text_or_type(node: ast.BinOp) -> bool:
    """Whether an operator puts words together or says "one of these types"."""
    for side in (node.left, node.right):
        if isinstance(side, ast.JoinedStr):
            return True
        if isinstance(side, ast.Constant) and (side.value is None or isinstance(side.value, str)):
            return True
        if isinstance(node.op, ast.BitOr) and _is_word(side):
            return True
    return False
