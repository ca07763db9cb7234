"""Code: a network as a plain PyTorch file that runs with torch alone. No torch here.

A stack is a call of `stack` with a module a line; modules that torch lacks are copied from the
file beside this one.
"""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.architectures.bricks import sizes
from core.architectures.calls import CALLS, CONTAINERS, call_of
from core.architectures.plans import Layer

OURS = Path(__file__).with_name("modules.py")
HEAD = '''"""{title}: the network as a plain PyTorch file, written by Layerscope.

    network = load("weights.safetensors")  # as it was trained
    network = make()                       # or with a random start
    network({example})

{inputs}
"""

import json
{imports}from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn
{more}
CLASSES = {classes}
"""What the outputs stand for, in their order; empty where they are predicted numbers."""
SYMBOLS = {symbols}
"""What the numbers of an input stand for, from 0 on; empty where they are no symbols."""


def stack(**modules: nn.Module) -> nn.Sequential:
    """Modules by name, one after the other."""
    return nn.Sequential(OrderedDict(modules))


'''
MAKE = '''def make() -> nn.Sequential:
    """The network with a random start."""
    network = stack(
{body}
    )
    for module in network.modules():
        if hasattr(module, "reset"):
            module.reset()
    return network


'''
LOAD = '''def load(path: str) -> nn.Sequential:
    """The network with the weights of a safetensors file, ready to be asked."""
    network = make()
    network.load_state_dict(read(path))
    return network.eval()


def read(path: str) -> dict[str, torch.Tensor]:
    """The arrays of a safetensors file by name."""
    content = Path(path).read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    kinds = {"F32": torch.float32, "I64": torch.int64}
    found = {}
    for name, told in json.loads(content[8:start]).items():
        if name != "__metadata__":
            first, last = (start + place for place in told["data_offsets"])
            numbers = torch.frombuffer(bytearray(content[first:last]), dtype=kinds[told["dtype"]])
            found[name] = numbers.reshape(told["shape"])
    return found
'''


def code_of(
    layers: Sequence[Layer],
    *,
    title: str = "A network",
    inputs: str = "",
    classes: Sequence[str] = (),
    symbols: Sequence[str] = (),
) -> str:
    """A network, of one layer at least, as the text of a Python file with `make` and `load`.

    `title` and `inputs`, what is said of what it is fed, are comments there, and nothing in them
    can end one; `classes` and `symbols` are texts.
    """
    whole = [layer for layer in layers if "." not in layer.place]
    copied = list(_copied({maker for layer in layers for maker in _makers(layer)}))
    used = "\n\n\n".join(copied)
    head = HEAD.format(
        title=_harmless(title),
        inputs=_harmless(inputs),
        example=_example(whole[0]),
        imports="import math\n" if "math." in used else "",
        more="from torch.nn.functional import linear\n" if "linear(x" in used else "",
        classes=repr(tuple(map(str, classes))),
        symbols=repr(tuple(map(str, symbols))),
    )
    body = "\n".join(_lines(whole, 8))
    return head + (f"{used}\n\n\n" if used else "") + MAKE.replace("{body}", body) + LOAD


def paths(layers: Sequence[Layer]) -> dict[str, str]:
    """Where each layer's module is in the network, "residual1.block.conv2", by the layer's name."""

    def walk(stacked: Sequence[Layer], before: str) -> Iterator[tuple[str, str]]:
        for layer in stacked:
            yield layer.name, f"{before}{layer.name}"
            for word, inside in layer.inside:
                yield from walk(inside, f"{before}{layer.name}.{word}.")

    return dict(walk([layer for layer in layers if "." not in layer.place], ""))


def _example(first: Layer) -> str:
    numbers = ", ".join(map(str, (1, *first.input_shape)))
    return f"torch.zeros({numbers}{', dtype=torch.long' if first.kind == 'embedding' else ''})"


def _makers(layer: Layer) -> list[str]:
    if layer.kind in CALLS:
        return [call_of(layer).maker]
    return [CONTAINERS[layer.kind]]


def _lines(stacked: Sequence[Layer], indent: int) -> Iterator[str]:
    space = " " * indent
    for layer in stacked:
        change = f"# {sizes(layer.input_shape)} → {sizes(layer.output_shape)}"
        if not layer.inside:
            yield f"{space}{layer.name}={call_of(layer)},  {change}"
            continue
        yield f"{space}{layer.name}={CONTAINERS[layer.kind]}(  {change}"
        yield f"{space}    OrderedDict("
        for word, inside in layer.inside:
            yield f"{space}        {word}=stack("
            yield from _lines(inside, indent + 12)
            yield f"{space}        ),"
        yield f"{space}    )"
        yield f"{space}),"


def _copied(makers: set[str]) -> Iterator[str]:
    """The classes of ours that are used, as they stand in their file."""
    text = OURS.read_text("utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name in makers:
            yield ast.get_source_segment(text, node) or ""


def _harmless(text: str) -> str:
    """What may stand in a file's first comment: one line that cannot end it."""
    kept = "".join(c if c.isprintable() and c not in "\"'\\{}" else " " for c in text)
    return " ".join(kept.split())[:200]
