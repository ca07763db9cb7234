"""The README's example runs as it stands there, in a plain script."""

import os
import re
import subprocess
import sys

from core.runs import find, ids
from tests.conftest import ROOT


def test_a_network_of_ones_own_is_watched_as_the_readme_says(home, tmp_path):
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    script = tmp_path / "my_script.py"
    script.write_text(example)
    seen = {**os.environ, "PYTHONPATH": str(ROOT), "LAYERSCOPE_HOME": str(home)}
    command = [sys.executable, "-W", "error", str(script)]
    ended = subprocess.run(command, env=seen, cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    (run_id,) = ids()
    run = find(run_id)
    summary, metrics = run.summary(), run.metrics()
    assert (summary.name, summary.state, summary.step) == ("Sequential", "finished", 300)
    assert metrics["loss"][-1] < metrics["loss"][0] / 2
    assert run.steps()[0] == 0 and run.steps()[-1] == 300 and len(run.steps()) > 3
    assert run.settings().dataset.classes == tuple("0123456789")
