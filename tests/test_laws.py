"""The laws of the house: what may know what, how long, how named, and how it is written down."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from tests import laws

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("core", "pages", "benchmarks", "tools", "tests")
Check = Callable[[PurePosixPath, str], list[str]]


def sources(*suffixes: str, rooms: tuple[str, ...] = ROOMS) -> list[PurePosixPath]:
    """The project's files with these endings, data left out."""
    found = [
        ROOT / "app.py",
        ROOT / "layerscope.py",
        *(file for room in rooms for file in (ROOT / room).rglob("*")),
    ]
    paths = [PurePosixPath(file.relative_to(ROOT).as_posix()) for file in found if file.is_file()]
    return sorted(
        path
        for path in paths
        if path.suffix in suffixes
        and path.parts[:3] != ("core", "data", "files")
        and path.parts[:2] != ("pages", "static")
    )


PYTHON = {path: (ROOT / path).read_text() for path in sources(".py")}
CHECKS: list[Check] = [
    laws.streamlit_in_core,
    laws.foreign_in_figures,
    laws.page_too_much,
    laws.nameless_module,
    laws.undocumented,
    laws.too_long,
    laws.banned,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_file_keeps_the_law(check: Check):
    wrong = [sentence for path, text in PYTHON.items() for sentence in check(path, text)]
    assert not wrong, "\n".join(wrong)


def test_session_state_lives_in_one_file():
    assert laws.session_state_files(PYTHON) == []


def test_the_readme_holds_the_tree():
    described = [
        path
        for path in sources(".py", ".js", ".css", rooms=("core", "pages", "benchmarks"))
        if path.name != "__init__.py" or (ROOT / path).read_text().strip()
    ]
    readme = ROOT / "README.md"
    assert laws.tree_differences(readme.read_text(), described, ROOT) == []


def test_the_server_side_never_imports_torch():
    rooms = ["runs", "live", "figures", "settings", "architectures", "data", "engine"]
    imports = ", ".join(f"core.{room}" for room in rooms)
    code = f"import sys, {imports}; sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr or "torch was imported"


DOC = '"""A room."""\n'
BROKEN: list[tuple[Check, str, str]] = [
    (laws.streamlit_in_core, "core/a.py", "def f():\n    import streamlit.web as w"),
    (laws.streamlit_in_core, "core/b/c.py", "from streamlit import session_state"),
    (laws.foreign_in_figures, "core/figures/a.py", "import torch"),
    (laws.foreign_in_figures, "core/figures/a.py", "from core import runs"),
    (laws.foreign_in_figures, "core/figures/a.py", "from core.runs import Run"),
    (laws.page_too_much, "pages/a.py", "x = 1\n" * 81),
    (laws.page_too_much, "pages/a.py", "from plotly import graph_objects"),
    (laws.page_too_much, "pages/a.py", "while True:\n    pass"),
    (laws.page_too_much, "pages/a.py", "import time\ntime.sleep(1)"),
    (laws.page_too_much, "pages/a.py", "from time import sleep\nsleep(1)"),
    (laws.page_too_much, "pages/a.py", "@st.fragment\ndef f(): ...\nst.fragment(g, run_every=1)()"),
    (laws.nameless_module, "core/utils.py", ""),
    (laws.nameless_module, "pages/shared/run_helpers.py", ""),
    (laws.nameless_module, "core/common/a.py", ""),
    (laws.undocumented, "core/a.py", "x = 1"),
    (laws.undocumented, "core/a.py", DOC + "def f(): ..."),
    (laws.undocumented, "core/a.py", DOC + "class A:\n    'A.'\n    def f(self): ..."),
    (laws.undocumented, "core/a.py", DOC + "class A(BaseModel):\n    'A.'\n    def f(self): ..."),
    (laws.undocumented, "tests/a.py", "x = 1"),
    (laws.too_long, "core/a.py", "x = 1\n" * 401),
    (laws.banned, "core/a.py", "import pickle"),
    (laws.banned, "core/a.py", "from joblib import load"),
    (laws.banned, "core/a.py", "torch.load(f)"),
    (laws.banned, "core/a.py", "torch.load(f, weights_only=False)"),
    (laws.banned, "core/a.py", "np.load(f, allow_pickle=True)"),
    (laws.banned, "core/a.py", "eval('1')"),
    (laws.banned, "core/a.py", "exec(text)"),
    (laws.banned, "core/a.py", "yaml.load(text)"),
    (laws.banned, "core/a.py", "pd.read_pickle(f)"),
    (laws.banned, "pages/a.py", "st.markdown(f'<b>{name}</b>', unsafe_allow_html=True)"),
    (laws.banned, "pages/a.py", "st.html(name)"),
]
SOUND: list[tuple[Check, str, str]] = [
    (laws.streamlit_in_core, "pages/a.py", "import streamlit"),
    (laws.foreign_in_figures, "core/figures/a.py", "import math\nimport numpy as np"),
    (laws.foreign_in_figures, "core/figures/a.py", "from core.figures.style import template"),
    (laws.foreign_in_figures, "core/figures/a.py", "from core.histograms import merge"),
    (laws.page_too_much, "pages/a.py", "@st.fragment(run_every=1)\ndef f(): ..."),
    (laws.page_too_much, "pages/shared/a.py", "import plotly"),
    (laws.nameless_module, "core/training.py", ""),
    (laws.undocumented, "core/a.py", DOC + "def _f(): ..."),
    (laws.undocumented, "core/a.py", DOC + "def f():\n    'F.'\n    def g(): ..."),
    (laws.undocumented, "core/a.py", DOC + "class A(Brick):\n    'A.'\n    def f(self): ..."),
    (laws.undocumented, "core/__init__.py", ""),
    (laws.too_long, "core/a.py", "x = 1\n" * 400),
    (laws.banned, "core/a.py", "model.eval()\ntorch.load(f, weights_only=True)\nnp.load(f)"),
    (laws.banned, "pages/a.py", "st.html('<b>constant</b>')"),
]


@pytest.mark.parametrize(("check", "path", "text"), BROKEN)
def test_a_broken_law_is_seen(check: Check, path: str, text: str):
    assert check(PurePosixPath(path), text)


@pytest.mark.parametrize(("check", "path", "text"), SOUND)
def test_a_kept_law_is_left_alone(check: Check, path: str, text: str):
    assert check(PurePosixPath(path), text) == []


def test_two_files_with_session_state_are_seen():
    uses = {PurePosixPath(f"pages/shared/{name}.py"): "st.session_state.x = 1" for name in "ab"}
    assert laws.session_state_files(uses)
    assert not laws.session_state_files(dict(list(uses.items())[:1]))


TREE = """
# Title
```
app.py                the launcher
core/                 knows no Streamlit
  runs.py             a run is one file
  data/
    mnist.py          digits
pages/
  train.py            the home page
```
"""


def test_the_readme_tree_is_read_with_its_folders():
    plain = ["app.py", "core/", "core/runs.py", "core/data/", "core/data/mnist.py"]
    assert laws.readme_tree(TREE) == [*plain, "pages/", "pages/train.py"]
    drawn = TREE.replace("  runs.py", "├── runs.py").replace("    mnist", "│   └── mnist")
    drawn = drawn.replace("  data/", "├── data/").replace("  train", "└── train")
    assert laws.readme_tree(drawn) == laws.readme_tree(TREE)


def test_a_forgotten_and_a_vanished_file_are_seen(tmp_path: Path):
    for name in ("app.py", "core/runs.py", "pages/train.py", "core/new.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    wrong = laws.tree_differences(TREE, [PurePosixPath("core/new.py")], tmp_path)
    assert "core/new.py is not in the README's tree" in wrong
    assert "the README's tree names core/data/mnist.py" in wrong
    assert len(wrong) == 3
    assert laws.tree_differences("no tree", [], tmp_path)
