"""What training a layer takes in memory: the plan's estimate against what autograd keeps."""

import pytest
import torch

from core.architectures.bricks import GRU, LSTM, RNN, AnyBrick, Conv2d, SelfAttention, Shape
from core.architectures.plans import plan
from core.settings import settings_from
from core.unfit import Unfit
from tests.core.architectures.networks import network, noise

torch.set_num_threads(1)
BATCH = 4


def kept_by_autograd(bricks: list[AnyBrick], shape: Shape) -> int:
    """How many numbers besides weights and input are kept for the backward pass, for one input."""
    made, x = network(bricks, shape), noise(BATCH, *shape)
    known = {tensor.untyped_storage().data_ptr() for tensor in (x, *made.parameters())}
    found: dict[int, tuple[int, torch.Tensor]] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in known:
            found[storage.data_ptr()] = storage.nbytes() // 4, tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        result = made(x)
    known |= {result.untyped_storage().data_ptr()}
    others = sum(size for pointer, (size, _) in found.items() if pointer not in known)
    return (others + result.numel()) // BATCH


@pytest.mark.parametrize("both", [False, True], ids=["forwards", "both ways"])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_a_recurrent_layer_keeps_about_what_the_plan_says(kind, layers, both):
    bricks = [kind(units=16, layers=layers, bidirectional=both)]
    (layer,) = plan(bricks, (60, 16))
    assert layer.kept / 3 <= kept_by_autograd(bricks, (60, 16)) <= layer.kept


@pytest.mark.parametrize(
    "brick, shape", [(SelfAttention(heads=4), (60, 16)), (Conv2d(filters=4), (2, 9, 9))]
)
def test_other_layers_keep_about_what_the_plan_says(brick, shape):
    (layer,) = plan([brick], shape)
    assert layer.kept / 3 <= kept_by_autograd([brick], shape) <= layer.kept


def test_what_a_recurrent_layer_would_keep_is_bounded():
    bricks = [
        {"kind": "rows"},
        *[{"kind": "conv1d", "filters": 1, "kernel": 1, "padding": 64}] * 40,
        {"kind": "lstm", "units": 64, "layers": 8, "bidirectional": True},
        {"kind": "laststep"},
        {"kind": "linear", "units": 10},
    ]
    with pytest.raises(Unfit, match=r"Layer 42 gives the most numbers, .* GB of memory"):
        settings_from({"data": "digits", "batch_size": 64, "bricks": bricks})
