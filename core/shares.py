"""Shares: how much of what passes came through which stack, and what else a step leaves behind.

This room knows torch.
"""

import torch
from torch import nn

from core.architectures.modules import Dropout
from core.records import Array, ArrayKey

MOMENTUM = 0.1
"""What torch's BatchNorm takes of each batch into its running statistics."""
MASKED, MOST_MASKED = 10, 16_384
"""Inputs of a batch whose Dropout mask is recorded, and the most numbers of such a mask."""


def stack_shares(kind: str, sizes: dict[str, float]) -> dict[str, float]:
    """Each stack's part in what a container gives, by the norms of what the stacks give.

    Of a Residual "skip_share" is the shortcut's; Branches have "branch1_share" and so on, all of
    them together 1. Where every norm is 0 the shares are 0.
    """
    whole = sum(sizes.values()) or 1.0
    if kind == "residual":
        return {"skip_share": sizes["shortcut"] / whole}
    return {f"{word}_share": size / whole for word, size in sizes.items()}


def masks(network: nn.Module) -> dict[ArrayKey, Array]:
    """What Dropout kept (1) and left out (0) in the last training step, of the first inputs."""
    found: dict[ArrayKey, Array] = {}
    for path, module in network.named_modules():
        if isinstance(module, Dropout) and module.mask is not None:
            kept = module.mask[:MASKED]
            if kept[0].numel() <= MOST_MASKED:
                found[path.rpartition(".")[2], "mask"] = Array(kept.to(torch.uint8).numpy())
    return found


def batch_statistics(
    before: dict[ArrayKey, torch.Tensor], now: dict[ArrayKey, torch.Tensor]
) -> dict[ArrayKey, torch.Tensor]:
    """Mean and variance of the last batch as each BatchNorm found them, "batch_mean", "batch_var".

    From how far the running statistics moved: running = 0.9 running + 0.1 batch. The variance is
    the unbiased one, as in the running variance.
    """
    return {
        (layer, kind.replace("running", "batch")): old + (now[layer, kind] - old) / MOMENTUM
        for (layer, kind), old in before.items()
        if kind in ("running_mean", "running_var")
    }
