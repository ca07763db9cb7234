"""What every call costs: torch's own counter is the oracle, with fused kernels switched off."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from core.foreign.costs import FORMULAS, cost_counter
from core.foreign.looking import looked_at

TIME, WIDE = 10, 16


class Calls(nn.Module):
    """A function of some modules and the inputs."""

    def __init__(self, function: Callable[..., torch.Tensor], *modules: nn.Module) -> None:
        super().__init__()
        self.function, self.parts = function, nn.ModuleList(modules)

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        return self.function(*self.parts, *inputs)


@contextlib.contextmanager
def plain_kernels() -> Iterator[None]:
    """Everything computed by products of matrices, which torch's counter knows."""
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with (
            sdpa_kernel(SDPBackend.MATH),
            torch.backends.mkldnn.flags(enabled=False, allow_tf32=None),
        ):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(True)


def counted_by_torch(network: nn.Module, inputs: torch.Tensor) -> int:
    with plain_kernels(), torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(inputs)
    return counter.get_total_flops() // 2 // len(inputs)


def counted_here(network: nn.Module, inputs: torch.Tensor) -> int:
    layers = looked_at(network, inputs)[0].layers
    return sum(layer.multiply_adds for layer in layers if not layer.inside)


def time_first(module: Any, x: torch.Tensor) -> torch.Tensor:
    return module(x.transpose(0, 1))[0].transpose(0, 1)


def first(module: Any, x: torch.Tensor) -> torch.Tensor:
    return module(x)[0]


def cell(module: Any, x: torch.Tensor) -> torch.Tensor:
    return module(x[:, 0])[0]


def attends(**more: Any) -> Callable[..., torch.Tensor]:
    return lambda module, x: module(x, x, x, **more)[0]


def scaled(**more: Any) -> Callable[..., torch.Tensor]:
    return lambda x: F.scaled_dot_product_attention(x, x, x, **more)


def few_keys(x: torch.Tensor) -> torch.Tensor:
    query = x.unflatten(2, (4, 4)).transpose(1, 2)
    return F.scaled_dot_product_attention(query, query[:, :2], query[:, :2], enable_gqa=True)


HEADS: dict[str, Any] = {"embed_dim": WIDE, "num_heads": 2, "batch_first": True}
CODER: dict[str, Any] = {"d_model": WIDE, "nhead": 2, "dim_feedforward": 32, "batch_first": True}
NETWORKS: dict[str, nn.Module] = {
    "attention": Calls(scaled()),
    "causal attention": Calls(scaled(is_causal=True)),
    "attention with a mask": Calls(scaled(attn_mask=torch.zeros(TIME, TIME))),
    "four queries for two keys": Calls(few_keys),
    "MultiheadAttention": Calls(attends(), nn.MultiheadAttention(**HEADS)),
    "without its maps": Calls(attends(need_weights=False), nn.MultiheadAttention(**HEADS)),
    "of something else": Calls(
        lambda module, x: module(x, x[:, :7, :6], x[:, :7, :4])[0],
        nn.MultiheadAttention(**HEADS, kdim=6, vdim=4),
    ),
    "an encoder layer": nn.Sequential(nn.TransformerEncoderLayer(**CODER)),
    "a decoder layer": Calls(lambda module, x: module(x, x), nn.TransformerDecoderLayer(**CODER)),
    "an encoder and padding": Calls(
        lambda module, x: module(x, src_key_padding_mask=torch.zeros(len(x), TIME).bool()),
        nn.TransformerEncoder(nn.TransformerEncoderLayer(**CODER), 2),
    ),
    "an LSTM": Calls(first, nn.LSTM(WIDE, 12, batch_first=True)),
    "an LSTM, time first": Calls(time_first, nn.LSTM(WIDE, 12)),
    "two layers, both ways": Calls(time_first, nn.LSTM(WIDE, 12, 2, bidirectional=True)),
    "an LSTM without bias": Calls(time_first, nn.LSTM(WIDE, 12, bias=False)),
    "a projected LSTM": Calls(time_first, nn.LSTM(WIDE, 12, proj_size=5)),
    "a GRU": Calls(first, nn.GRU(WIDE, 12, batch_first=True)),
    "a GRU, time first": Calls(time_first, nn.GRU(WIDE, 12)),
    "an RNN, time first": Calls(time_first, nn.RNN(WIDE, 12)),
    "one step of an LSTM": Calls(cell, nn.LSTMCell(WIDE, 12)),
    "einsum": Calls(lambda x: torch.einsum("btf,bsf->bts", x, x)),
    "bmm": Calls(lambda x: torch.bmm(x, x.mT)),
    "matmul": Calls(lambda x: x @ x.mT),
    "baddbmm": Calls(lambda x: torch.baddbmm(torch.ones(len(x), TIME, TIME), x, x.mT)),
    "addmm": Calls(lambda x: torch.addmm(torch.ones(3), x[:, 0], torch.ones(WIDE, 3))),
    "tensordot": Calls(lambda x: torch.tensordot(x, torch.ones(WIDE, 3), 1)),
    "Linear": nn.Sequential(nn.Linear(WIDE, 3)),
    "Conv1d in groups": nn.Sequential(nn.Conv1d(TIME, 4, 3, groups=2)),
    "Conv2d, depthwise": Calls(lambda m, x: m(x[:, :, None]), nn.Conv2d(10, 10, (1, 3), groups=10)),
    "Conv3d": Calls(lambda m, x: m(x.reshape(-1, 2, 4, 4, 5)), nn.Conv3d(2, 4, 2)),
    "ConvTranspose1d": nn.Sequential(nn.ConvTranspose1d(TIME, 4, 3, stride=2)),
    "ConvTranspose2d": Calls(
        lambda m, x: m(x.reshape(-1, 10, 4, 4)), nn.ConvTranspose2d(10, 6, 3, groups=2)
    ),
    "ConvTranspose3d": Calls(
        lambda m, x: m(x.reshape(-1, 2, 4, 4, 5)), nn.ConvTranspose3d(2, 4, 2)
    ),
}


@pytest.mark.filterwarnings("ignore:LSTM with projections")
@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize("name", NETWORKS)
def test_every_call_costs_what_torch_counts_where_no_kernel_is_fused(name):
    network = NETWORKS[name].eval()
    inputs = torch.randn(4, TIME, WIDE, generator=torch.Generator().manual_seed(0))
    wanted = counted_by_torch(network, inputs)
    assert wanted > 0
    assert counted_here(network, inputs) == wanted


@pytest.mark.parametrize("name", ["an encoder layer", "without its maps"])
def test_a_fused_kernel_costs_what_its_parts_do(name):
    """Hooks hold torch off these kernels; a network may call them where no hook is."""
    network, inputs = NETWORKS[name].eval(), torch.randn(4, TIME, WIDE)
    with torch.no_grad(), cost_counter() as counter:
        network(inputs)
    fused = {kernel for kernel in counter.get_flop_counts()["Global"] if "_fwd" in str(kernel)}
    fused |= {kernel for kernel in counter.get_flop_counts()["Global"] if "native" in str(kernel)}
    assert len(fused) == 1
    assert counter.get_total_flops() // 2 == len(inputs) * counted_by_torch(network, inputs)


@pytest.mark.parametrize(
    "network, wanted",
    [
        (Calls(lambda m, x: m(x, x[..., :5]), nn.Bilinear(WIDE, 5, 3)), TIME * 3 * 5 * (WIDE + 1)),
        (Calls(lambda x: torch.mv(x[:, 0], torch.ones(WIDE))), WIDE),
        (Calls(lambda x: torch.addmv(torch.ones(4), x[:, 0], torch.ones(WIDE))), WIDE),
    ],
)
def test_products_that_torch_never_counts_cost_what_their_sizes_say(network, wanted):
    assert counted_here(network, torch.rand(4, TIME, WIDE)) == wanted


def test_a_vision_transformer_costs_all_of_what_torch_counts():
    torchvision = pytest.importorskip("torchvision")
    sizes = {"image_size": 32, "patch_size": 8, "num_layers": 2, "num_heads": 3}
    network = torchvision.models.VisionTransformer(**sizes, hidden_dim=48, mlp_dim=96).eval()
    pictures = torch.rand(2, 3, 32, 32)
    assert counted_here(network, pictures) == counted_by_torch(network, pictures)


@pytest.mark.parametrize(
    "name, given, wanted",
    [
        ("_addmm_activation", [(3,), (4, 5), (5, 3)], 4 * 5 * 3),
        ("addbmm", [(4, 3), (2, 4, 5), (2, 5, 3)], 2 * 4 * 5 * 3),
        ("_grouped_mm", [(6, 5), (2, 5, 3)], 6 * 5 * 3),
        ("mv", [(4, 5), (5,)], 4 * 5),
        ("addmv", [(4,), (4, 5), (5,)], 4 * 5),
    ],
)
def test_a_product_costs_two_operations_for_each_pair_of_numbers(name, given, wanted):
    assert FORMULAS[name](*given) == 2 * wanted
