"""Children: pieces of a benchmark that run in a process of their own and answer with JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LONGEST_SECONDS = 1800
ENVIRONMENT = dict(os.environ)
"""As it was at first: starting Dask changes this process's own, which makes torch slower."""


def environment() -> dict[str, str]:
    """What children start with: as it was here at first, and the home of this moment."""
    now = {name: os.environ[name] for name in ["LAYERSCOPE_HOME"] if name in os.environ}
    return ENVIRONMENT | now


def answer(module: str, **given: Any) -> dict[str, Any]:
    """Run `python -m benchmarks.<module>` and give what it prints: the last line, as JSON.

    `given` reaches it as one argument of JSON (`asked`). Raises CalledProcessError where it fails.
    """
    command = [sys.executable, "-m", f"benchmarks.{module}", json.dumps(given)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=LONGEST_SECONDS,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def asked() -> dict[str, Any]:
    """In the child: what `answer` was given."""
    return json.loads(sys.argv[1])
