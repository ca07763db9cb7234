"""The checks behind tests/test_laws.py: each takes a file and its text and gives what is wrong."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

NAMES = {"util", "utils", "common", "helper", "helpers", "manager", "managers", "misc", "service"}
FIGURES_MAY_IMPORT = {"numpy", "plotly", "core.figures", "core.histograms", "core.r_squared"}
PICKLES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
ROOTS = {"BaseModel", "NamedTuple", "Protocol", "ABC", "Exception", "ValueError", "RuntimeError"}
PAGE_LINES = 80
FILE_LINES = 400


def imported(tree: ast.AST) -> set[str]:
    """Every module that a file imports, at the top or anywhere inside, by its whole name."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def called(node: ast.Call) -> str:
    """The dotted name of what a call calls: "st.html"; "" where it has none."""
    return dotted(node.func)


def dotted(node: ast.expr) -> str:
    """A name with its attributes: "a.b.c"; "" for anything else."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def streamlit_in_core(path: PurePosixPath, text: str) -> list[str]:
    """Law 1: core knows no Streamlit."""
    if path.parts[0] != "core":
        return []
    names = {name.split(".")[0] for name in imported(ast.parse(text))}
    return [f"{path} imports streamlit"] if "streamlit" in names else []


def foreign_in_figures(path: PurePosixPath, text: str) -> list[str]:
    """Law 2: figures import numpy, plotly, Python's own library and one another."""
    if path.parts[:2] != ("core", "figures"):
        return []
    modules = {n.module or "" for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ImportFrom)}
    modules |= {
        a.name for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Import) for a in n.names
    }
    allowed = FIGURES_MAY_IMPORT | sys.stdlib_module_names
    return [
        f"{path} imports {module}"
        for module in sorted(modules)
        if not any(module == name or module.startswith(f"{name}.") for name in allowed)
    ]


def page_too_much(path: PurePosixPath, text: str) -> list[str]:
    """Law 3: a page is short, draws nothing itself, never waits, and has one fragment at most."""
    if path.parts[0] != "pages" or len(path.parts) != 2:
        return []
    tree, wrong = ast.parse(text), []
    if len(text.splitlines()) > PAGE_LINES:
        wrong.append(f"{path} has more than {PAGE_LINES} lines")
    if any(name.split(".")[0] == "plotly" for name in imported(tree)):
        wrong.append(f"{path} imports plotly")
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.While)]
    if any(isinstance(loop.test, ast.Constant) and loop.test.value for loop in loops):
        wrong.append(f"{path} loops for ever")
    if "time.sleep" in imported(tree) | {called(n) for n in calls(tree)}:
        wrong.append(f"{path} sleeps")
    fragments = [
        n for n in ast.walk(tree) if isinstance(n, ast.expr) and dotted(n) == "st.fragment"
    ]
    if len(fragments) > 1:
        wrong.append(f"{path} has {len(fragments)} fragments")
    return wrong


def session_state_files(files: dict[PurePosixPath, str]) -> list[str]:
    """Law 4: at most one file of the pages uses session_state."""
    users = [
        path
        for path, text in files.items()
        if path.parts[0] == "pages"
        and any(getattr(n, "attr", "") == "session_state" for n in ast.walk(ast.parse(text)))
    ]
    return [] if len(users) <= 1 else [f"session_state is used in {', '.join(map(str, users))}"]


def nameless_module(path: PurePosixPath, text: str) -> list[str]:
    """Law 5: no module is named for having no subject."""
    words = {word for part in path.with_suffix("").parts for word in part.lower().split("_")}
    return [f"{path} is named {word}" for word in sorted(words & NAMES)]


def undocumented(path: PurePosixPath, text: str) -> list[str]:
    """Law 6: a module opens with a sentence, and so does every public function and class."""
    if not text.strip():
        return []  # an empty __init__.py
    tree = ast.parse(text)
    wrong = [] if ast.get_docstring(tree) else [f"{path} does not say which room it is"]
    if path.parts[0] == "tests":
        return wrong
    return wrong + [
        f"{path}: {node.name} has no docstring"
        for node in public(tree)
        if not ast.get_docstring(node)
    ]


def public(
    tree: ast.Module | ast.ClassDef,
) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Every public function, class and method.

    Not those inside a function, and not the methods of a family's members: their base says it.
    """
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if node.name.startswith("_") or any(
                "overload" in dotted(d) for d in node.decorator_list
            ):
                continue
            yield node
            if isinstance(node, ast.ClassDef) and {dotted(base) for base in node.bases} <= ROOTS:
                yield from public(node)


def too_long(path: PurePosixPath, text: str) -> list[str]:
    """Law 10: a file is one thing: look twice at 250 lines, stop at 400."""
    lines = len(text.splitlines())
    return [f"{path} has {lines} lines"] if lines > FILE_LINES else []


def calls(tree: ast.AST) -> list[ast.Call]:
    """Every call in a tree."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def banned(path: PurePosixPath, text: str) -> list[str]:
    """What runs strangers' code or writes their markup: pickles, eval, HTML not constant."""
    if path.parts[0] == "tests":
        return []
    tree = ast.parse(text)
    wrong = [f"import of {n}" for n in imported(tree) if n.split(".")[0] in PICKLES]
    for call in calls(tree):
        name, words = called(call), {word.arg: word.value for word in call.keywords}
        last = name.rsplit(".", 1)[-1]
        constant = bool(call.args) and isinstance(call.args[0], ast.Constant)
        if name in ("eval", "exec") or last in ("read_pickle", "to_pickle") or name == "yaml.load":
            wrong.append(f"{name}()")
        if name == "torch.load" and not is_true(words.get("weights_only")):
            wrong.append("torch.load without weights_only=True")
        if last == "load" and is_true(words.get("allow_pickle")):
            wrong.append("allow_pickle=True")
        if is_true(words.get("unsafe_allow_html")) and not constant:
            wrong.append("unsafe_allow_html on text that is not a constant")
        if name == "st.html" and not constant:
            wrong.append("st.html on text that is not a constant")
    return [f"{path}: {what}" for what in wrong]


def is_true(node: ast.expr | None) -> bool:
    """Whether an argument is given and is not plainly False."""
    return node is not None and not (isinstance(node, ast.Constant) and not node.value)


def readme_tree(readme: str) -> list[str]:
    """The paths in the README's tree: the fenced block that starts a line with app.py.

    One path a line, captions after it; folders end in "/"; depth is told by indentation.
    """
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    tree = next((block for block in blocks if re.search(r"^[├└─│ ]*app\.py\b", block, re.M)), "")
    paths: list[str] = []
    above: list[tuple[int, str]] = []
    for line in tree.splitlines():
        plain = re.sub("[├└─│]", " ", line)
        name = plain.split()[0] if plain.split() else ""
        depth = len(plain) - len(plain.lstrip())
        if not re.fullmatch(r"[\w.\-/]+", name):
            continue
        above = [(at, folder) for at, folder in above if at < depth]
        whole = "".join(folder for _, folder in above) + name
        paths.append(whole)
        if name.endswith("/"):
            above.append((depth, name))
    return paths


def tree_differences(readme: str, files: list[PurePosixPath], root: Path) -> list[str]:
    """Law 7: what the README's tree leaves out, and what it names that is not there."""
    named = readme_tree(readme)
    if not named:
        return ["the README holds no tree"]
    left_out = [f"{path} is not in the README's tree" for path in files if str(path) not in named]
    gone = [f"the README's tree names {name}" for name in named if not (root / name).exists()]
    return left_out + gone
