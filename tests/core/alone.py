"""Exported networks in a plain Python that knows torch alone."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import importlib.util, pathlib, sys, torch
torch.set_num_threads(1)
for place in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    spec = importlib.util.spec_from_file_location(place.stem, place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    inputs = torch.load(place.with_suffix(".inputs"), weights_only=True)
    kind = torch.float64 if sys.argv[2] == "64" else torch.float32
    with torch.inference_mode():
        found = module.load(place.with_suffix(".safetensors")).to(kind)(inputs)
        begun = module.make().to(kind)(inputs)
    assert begun.shape == found.shape
    torch.save((found, begun, module.CLASSES), place.with_suffix(".outputs"))
assert not any(name in sys.modules for name in ("core", "safetensors", "streamlit"))
"""


def run_alone(folder: Path, bits: int = 32) -> None:
    """Run every `x.py` of a folder with `x.safetensors` on `x.inputs`.

    `x.outputs` then holds its outputs, those of a fresh start, and its classes.
    """
    command = [sys.executable, "-I", "-c", SCRIPT, str(folder), str(bits)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
