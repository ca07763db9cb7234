"""ONNX: a network as a file that other programs run, checked against PyTorch before it is given.

The server asks, a worker answers; torch and ONNX are known only to a third process, because PyTorch
changes itself while it writes such a file, and other threads of the worker train meanwhile.
"""

import json
import logging
import math
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from safetensors.numpy import load_file

from core import export
from core.records import Checkpoint
from core.settings import Settings, settings_from

PACKAGES = ("onnx", "onnxscript", "onnxruntime")
"""What is needed besides: an extra, `requirements-onnx.txt`."""
MOST_APART = 1e-4
"""A file whose outputs are further from PyTorch's than this share of the largest is not given."""
SMALLEST = 1e-6
"""Where no output is larger than this, differences are compared with it."""
SECONDS = 55
"""A page waits so long."""
log = logging.getLogger("layerscope")


class NoFile(Exception):
    """There is no ONNX file of this network; the text is a sentence that says why."""


class OnnxFile(NamedTuple):
    """The file, and the largest difference between its outputs and PyTorch's: see `difference`."""

    content: bytes
    apart: float


def lacking() -> list[str]:
    """The packages that are needed and not installed here."""
    return [name for name in PACKAGES if find_spec(name) is None]


def onnx_file(settings: Settings, checkpoint: Checkpoint, inputs: np.ndarray) -> OnnxFile:
    """A run's network with the exact weights of a checkpoint, for a batch of any size.

    ONNX Runtime's outputs for `inputs` (n, …), all at once and the first alone, are compared with
    PyTorch's. Raises NoFile where they differ by more than `MOST_APART` of the largest output, or
    none can be written.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        lay(folder, settings, checkpoint, inputs)
        command = [sys.executable, "-W", "ignore", "-m", "core.onnx_file", name]
        home = Path(__file__).parents[1]
        try:
            done = subprocess.run(command, cwd=home, capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise NoFile(f"Writing the ONNX file took longer than {SECONDS} seconds.") from None
        if done.returncode:
            log.warning("no ONNX file: %s", done.stderr.decode(errors="replace")[-4000:])
            raise NoFile("PyTorch could not write this network as an ONNX file; the log says why.")
        apart = float(json.loads((folder / "apart.json").read_text()))
        if not apart <= MOST_APART:  # also where it is no number
            raise NoFile(
                f"The ONNX file is not given: its outputs differ from PyTorch's by {apart:.1g} of "
                f"the largest output, and at most {MOST_APART:g} is right. The network as code is "
                "exact."
            )
        return OnnxFile((folder / "network.onnx").read_bytes(), apart)


def lay(folder: Path, settings: Settings, checkpoint: Checkpoint, inputs: np.ndarray) -> None:
    """Lay into a folder what `write` makes a file of."""
    (folder / "settings.json").write_text(settings.model_dump_json(), "utf-8")
    (folder / "weights.safetensors").write_bytes(export.weights(settings, checkpoint))
    np.save(folder / "inputs.npy", inputs, allow_pickle=False)


def write(folder: Path) -> None:
    """Write `network.onnx` of what `lay` laid into a folder, and how far apart its outputs are."""
    import torch
    from onnx_ir.passes.common import ClearMetadataAndDocStringPass

    from core.checkpoints import network_of

    torch.set_num_threads(1)
    settings = settings_from((folder / "settings.json").read_text("utf-8"))
    weights = load_file(folder / "weights.safetensors")
    inputs = torch.from_numpy(np.load(folder / "inputs.npy", allow_pickle=False))
    network = network_of(settings.layers)
    network.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    network.eval()
    written = torch.onnx.export(
        network,
        (torch.cat([inputs[:1]] * 2),),  # a batch of one would be taken for a constant
        input_names=["inputs"],
        output_names=["outputs"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        dynamo=True,
        verbose=False,
    )
    assert written is not None
    model = ClearMetadataAndDocStringPass()(written.model).model  # else it tells this folder's path
    model.doc_string = f"{settings.title}. {export.fed(settings.dataset)}"
    written.save(folder / "network.onnx", external_data=False)
    with torch.inference_mode():
        pairs = [
            (network(part).numpy(), answers(folder / "network.onnx", part.numpy()))
            for part in (inputs, inputs[:1])
        ]
    apart = max(difference(ours, theirs) for ours, theirs in pairs)
    (folder / "apart.json").write_text(json.dumps(apart))


def difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference between two arrays of outputs, as a share of the largest output.

    Sums of float32 are rounded at their own size, so that logits of thousands differ by more than
    those around 1. Infinite where one of them holds what is no finite number.
    """
    if ours.shape != theirs.shape or not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return math.inf
    apart = np.abs(ours.astype(np.float64) - theirs.astype(np.float64))
    return float(apart.max() / max(float(np.abs(ours).max()), SMALLEST))


def answers(file: Path, inputs: np.ndarray) -> np.ndarray:
    """What ONNX Runtime makes of a batch with the network of a file, in one thread."""
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return session.run(["outputs"], {"inputs": inputs})[0]


if __name__ == "__main__":
    for place in sys.argv[1:]:
        write(Path(place))
