"""What a layer was given is told where it is what PyTorch gave it, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from core.foreign.checking import Checked
from core.foreign.inputs import mapped
from core.foreign.looking import input_values, looked_at
from core.given import CHANGED, NotKnown, given_to, source_of
from tests.core.foreign.kinds import KINDS, Steps, normalised, rand


def told(network: nn.Module, inputs: Any) -> dict[str, np.ndarray | None]:
    """What each layer was given as a page has it; None where that is said to be not known."""
    settings, moment, looker = looked_at(network.eval(), inputs)
    values = input_values(looker.inputs, looker.sight.swapped_input)
    found: dict[str, np.ndarray | None] = {}
    for layer in settings.layers:
        try:
            found[layer.name] = given_to(layer, settings.layers, moment, values)
        except NotKnown:
            found[layer.name] = None
    return found


def truly(network: nn.Module, inputs: Any) -> dict[str, torch.Tensor]:
    """What each module was given at its first call, by PyTorch."""
    found: dict[str, torch.Tensor] = {}

    def note(path: str) -> Any:
        def hook(_: nn.Module, given: tuple) -> None:
            if given and isinstance(given[0], torch.Tensor):
                found.setdefault(path, given[0].detach().clone())

        return hook

    handles = [
        module.register_forward_pre_hook(note(path)) for path, module in network.named_modules()
    ]
    with torch.no_grad():
        network(*(inputs if isinstance(inputs, tuple) else (inputs,)))
    for handle in handles:
        handle.remove()
    return found


def alike(page: np.ndarray, true: torch.Tensor) -> bool:
    """Whether both are the same numbers, in one of the ways in which they are drawn."""
    other = true.float().numpy() if true.is_floating_point() else true.numpy()
    ways = [other, other.swapaxes(1, 2)] if other.ndim == 3 else [other]
    size = max(1e-6, np.abs(other[np.isfinite(other)]).max(initial=0.0))
    return any(
        way.size == page.size
        and np.allclose(way.reshape(page.shape), page, atol=1e-3 * size, equal_nan=True)
        for way in ways
    )


@pytest.mark.parametrize("name", KINDS)
def test_whatever_is_told_of_a_layers_input_is_what_it_was_given(name):
    torch.manual_seed(0)
    network, inputs = KINDS[name]()
    real, shown = truly(network.eval(), inputs), told(network, inputs)
    compared = [path for path, values in shown.items() if values is not None and path in real]
    for path in compared:
        values = shown[path]
        assert values is not None and alike(values, real[path]), path
    assert compared or name in ("a GRU, time first", "channels last", "bytes")


def conv() -> nn.Module:
    return nn.Conv2d(3, 4, 3)


def hooked(change: Any) -> nn.Module:
    layer = conv()
    layer.register_forward_hook(change)
    return nn.Sequential(layer)


def prepared(change: Any) -> nn.Module:
    layer = conv()
    layer.register_forward_pre_hook(change)
    return nn.Sequential(layer)


def written_into(s: Any, x: torch.Tensor) -> torch.Tensor:
    y = s.conv(x)
    y[:, 0] = 0
    return s.act(y)


OTHERWISE: dict[str, tuple[nn.Module, Any, str]] = {
    "normalised": (
        Steps(lambda s, x: s.conv((x - 0.5) / 0.2), conv=conv()),
        rand(4, 3, 8, 8),
        "conv",
    ),
    "permuted": (
        Steps(lambda s, x: s.conv(x.permute(0, 3, 1, 2)), conv=conv()),
        rand(4, 8, 8, 3),
        "conv",
    ),
    "blue first": (
        Steps(lambda s, x: s.conv(x[:, [2, 1, 0]]), conv=conv()),
        rand(4, 3, 8, 8),
        "conv",
    ),
    "flipped": (Steps(lambda s, x: s.conv(x.flip(-1)), conv=conv()), rand(4, 3, 8, 8), "conv"),
    "a second input": (
        Steps(lambda s, x, y: s.one(x) + s.conv(y), one=conv(), conv=conv()),
        (rand(4, 3, 8, 8), rand(4, 3, 8, 8)),
        "conv",
    ),
    "a hook on its output": (hooked(lambda m, given, gave: 2 * gave), rand(4, 3, 8, 8), "0"),
    "a hook on its input": (prepared(lambda m, given: (given[0] * 2,)), rand(4, 3, 8, 8), "0"),
    "written into": (Steps(written_into, conv=conv(), act=nn.ReLU()), rand(4, 3, 8, 8), "act"),
    "scaled before it bends": (
        Steps(lambda s, x: s.act(3 * s.conv(x)), conv=conv(), act=nn.Tanh()),
        rand(4, 3, 8, 8),
        "act",
    ),
    "padded": (
        Steps(lambda s, x: s.conv(F.pad(x, (1, 1, 1, 1))), conv=conv()),
        rand(4, 3, 8, 8),
        "conv",
    ),
    "cut": (
        Steps(lambda s, x: s.conv(x[..., 1:]), conv=conv()),
        rand(4, 3, 8, 8),
        "conv",
    ),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_what_a_forward_changes_first_is_not_known(name):
    network, inputs, layer = OTHERWISE[name]
    assert told(network, inputs)[layer] is None


def test_a_plain_network_is_known_all_through():
    layers = (conv(), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 5))
    found = told(nn.Sequential(*layers), normalised(4, 3, 8, 8))
    assert len(found) == 5 and all(values is not None for values in found.values())


def test_every_moment_is_checked_anew():
    network = Steps(lambda s, x: s.conv(x), conv=conv())
    settings, first, looker = looked_at(network, rand(4, 3, 8, 8))
    assert source_of(settings.layers[0], settings.layers, first) == ""
    changed = mapped(looker.inputs.value, lambda one: one + 1)  # as if the network had, since
    looker.inputs = replace(looker.inputs, value=changed)
    later = looker.moment(1, None)
    assert later.numbers["conv"][CHANGED] == 1
    with pytest.raises(NotKnown, match="What conv was given is not known here"):
        source_of(settings.layers[0], settings.layers, later)


def test_a_check_that_fails_ends_nothing(monkeypatch):
    def fails(*_: Any) -> bool:
        raise ValueError("no numbers")

    monkeypatch.setattr(Checked, "before", fails)
    monkeypatch.setattr(Checked, "after", fails)
    settings, moment, looker = looked_at(nn.Sequential(conv(), nn.ReLU()), rand(4, 3, 8, 8))
    assert {key for key in moment.arrays if key[1] == "output"} == {
        ("0", "output"),
        ("1", "output"),
    }
    assert moment.numbers["1"]["in_dead_zone"] > 0 and not looker.omitted
    assert all(moment.numbers[layer.name][CHANGED] == 1 for layer in settings.layers)


def test_slopes_along_time_are_counted_as_torch_has_them():
    """A PReLU's slopes lie along the second axis, and of (n, time, features) that is the time."""
    network = nn.Sequential(nn.Linear(5, 4), nn.PReLU(6))
    with torch.no_grad():
        network[1].weight[:] = torch.tensor([0.0, 0.5, 0.5, 0.5, 0.0, 1.0])
    inputs = torch.randn(3, 6, 5)
    settings, moment, looker = looked_at(network, inputs)
    before = network[0](inputs)
    flat = (before[:, [0, 4]] <= 0).float().sum().item() / before.numel()
    assert moment.numbers["1"]["in_dead_zone"] == pytest.approx(flat, abs=1e-6)
    assert not looker.omitted
    with pytest.raises(NotKnown):  # the page would take them for slopes of features
        source_of(settings.layers[1], settings.layers, moment)


def test_of_complex_numbers_no_input_is_told():
    network = nn.Sequential(nn.Linear(4, 3, dtype=torch.complex64), nn.Tanh())
    shown = told(network, torch.randn(5, 4, dtype=torch.complex64))
    assert shown == {"0": None, "1": None}
