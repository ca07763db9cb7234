"""Costs: what torch's own counter of products misses, so that every call is priced.

The counter knows products of matrices and convolutions by the kernels that compute them; a fused
kernel that it does not know costs nothing there. This room knows torch.
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

Sides = Sequence[int]


def cost_counter() -> FlopCounterMode:
    """A counter that knows the fused kernels too; a product with an addition is two operations."""
    aten = torch.ops.aten
    here = {getattr(aten, name): of for name, of in FORMULAS.items() if hasattr(aten, name)}
    counter = FlopCounterMode(display=False, custom_mapping=here)
    counter.mod_tracker = _All()  # type: ignore[assignment]
    return counter


class _All:
    """Counts for the whole alone; which module an operation is in is known here anyway.

    Torch's own tracker hooks into the gradients, and raises where a network differentiates itself.
    """

    parents = ("Global",)

    def __enter__(self) -> None:
        """Nothing is hooked."""

    def __exit__(self, *_: object) -> None:
        """Nothing is unhooked."""


def _attention(query: Sides, key: Sides, value: Sides, *_: Any, **__: Any) -> int:
    """Scores of every query with every key, and the values that they mix; (…, steps, features).

    Where there are fewer heads of keys than of queries, each one serves several queries.
    """
    *around, steps, features = query
    return 2 * prod(around) * steps * key[-2] * (features + value[-1])


def _heads(query: Sides, key: Sides, value: Sides, width: int, *_: Any, **__: Any) -> int:
    """Attention of (batch, steps, width) with its four matrices."""
    matrices = 2 * width * (2 * prod(query) + prod(key) + prod(value))
    return matrices + _attention(query, key, value)


def _encoder_layer(source: Sides, width: int, *rest: Any, **_: Any) -> int:
    """Attention of (batch, steps, width), and two matrices behind it that each step meets."""
    wide, narrow = rest[12], rest[14]
    behind = 2 * prod(source[:-1]) * (prod(wide) + prod(narrow))
    return _heads(source, source, source, width) + behind


def _recurrent(given: Sides, first: Any, *rest: Any, **_: Any) -> int:
    """Every step of (…, features) meets every matrix: of one direction, or of a list of all."""
    arrays = first if isinstance(first, list) else [first, rest[0]]
    return 2 * prod(given[:-1]) * sum(prod(sides) for sides in arrays if len(sides) == 2)


def _bilinear(one: Sides, weight: Sides, *_: Any, **__: Any) -> int:
    """Each (in1,) with (out, in1, in2), and each (out, in2) that comes of it with (in2,)."""
    outputs, features = weight[-3], weight[-1]
    return 2 * prod(one[:-1]) * outputs * features * (one[-1] + 1)


def _with_a_vector(matrix: Sides, *_: Any, **__: Any) -> int:
    return 2 * prod(matrix)


def _with_a_matrix(one: Sides, other: Sides, *_: Any, **__: Any) -> int:
    return 2 * prod(one) * other[-1]


def _added(formula: Callable[..., int]) -> Callable[..., int]:
    """The same where what is added to stands before."""
    return lambda _, *given, **more: formula(*given, **more)


def _along_time(given: Sides, weight: Sides, *_: Any, out_shape: Sides, **__: Any) -> int:
    """(time, batch, channels) with (kernel, channels, filters)."""
    return 2 * prod(out_shape[:2]) * prod(weight)


FORMULAS: dict[str, Callable[..., int]] = {
    "_scaled_dot_product_flash_attention_for_cpu": _attention,
    "_scaled_dot_product_fused_attention_overrideable": _attention,
    "_native_multi_head_attention": _heads,
    "_transformer_encoder_layer_fwd": _encoder_layer,
    "mkldnn_rnn_layer": _recurrent,
    "_cudnn_rnn": _recurrent,
    "miopen_rnn": _recurrent,
    "_trilinear": _bilinear,
    "mv": _with_a_vector,
    "dot": _with_a_vector,
    "vdot": _with_a_vector,
    "addmv": _added(_with_a_vector),
    "addbmm": _added(_with_a_matrix),
    "_addmm_activation": _added(_with_a_matrix),
    "_grouped_mm": _with_a_matrix,
    "conv_tbc": _along_time,
}
"""By the kernel's name in torch.ops.aten, from the shapes that it is given, and `out_shape`."""
