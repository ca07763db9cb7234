"""Copies: a tensor as an array of 16 bits, and how large its numbers are. This room knows torch."""

import math

import torch

from core.records import Array


def half(tensor: torch.Tensor, units: int | None = None) -> Array:
    """A copy at 16 bits: the largest magnitude becomes the scale, so that small numbers survive."""
    tensor = real(tensor)
    largest = _largest(tensor)
    if not math.isfinite(largest):
        finite = tensor[tensor.isfinite()]
        largest = finite.abs().max().item() if finite.numel() else 0.0
    if largest == 0:
        return Array(tensor.half().cpu().numpy(), 1.0, units)
    return Array((tensor / largest).half().cpu().numpy(), largest, units)


def quick_half(tensor: torch.Tensor, units: int | None = None) -> Array:
    """A copy at 16 bits as they are, for a live picture; scaled like `half` where they do not fit.

    Numbers below 6e-8 become zero: of the largest one, that is at most 0.001 %.
    """
    if 0.006 < _largest(tensor) < 60_000:
        return Array(tensor.half().numpy(), 1.0, units)
    return half(tensor, units)


def _largest(tensor: torch.Tensor) -> float:
    """The largest magnitude, in one pass over the numbers and with no copy of them."""
    if not tensor.numel():
        return 0.0
    low, high = torch.aminmax(tensor)
    return max(-low.item(), high.item())


def real(tensor: torch.Tensor) -> torch.Tensor:
    """Numbers as they can be scaled: dense, of complex ones the magnitudes, at least 32 bits."""
    tensor = tensor.detach()
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    if tensor.is_quantized:
        tensor = tensor.dequantize()
    if tensor.is_complex():
        tensor = tensor.abs()
    few = tensor.is_floating_point() and tensor.dtype not in (torch.float32, torch.float64)
    return tensor.float() if few else tensor


def first_rows(tensor: torch.Tensor, rows: int) -> torch.Tensor:
    """The first rows of a sparse tensor, as a dense one; the others are never laid out."""
    tensor = tensor.coalesce()
    places = tensor.indices()[0]
    chosen = places < rows
    dense = tensor.values().new_zeros((min(rows, tensor.shape[0]), *tensor.shape[1:]))
    return dense.index_copy_(0, places[chosen], tensor.values()[chosen])


def norm(parts: list[torch.Tensor]) -> float:
    """The size of all these numbers together: the root of the sum of their squares."""
    sizes = [_values(part).norm().item() for part in parts]
    return sizes[0] if len(sizes) == 1 else math.hypot(*sizes)


def _values(tensor: torch.Tensor) -> torch.Tensor:
    """The numbers that count in a size; of a sparse tensor those that are there."""
    sparse = tensor.layout == torch.sparse_coo
    return real(tensor.coalesce().values() if sparse else tensor)
