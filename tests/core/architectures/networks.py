"""Networks of a few bricks with random weights, for the tests that compare them with torch."""

from collections.abc import Sequence

import torch
from torch import nn

from core.architectures.bricks import AnyBrick, Shape
from core.architectures.builder import build, initialise
from core.architectures.plans import plan

torch.set_num_threads(1)


def network(
    bricks: Sequence[AnyBrick], shape: Shape, seed: int = 0, symbols: int = 0
) -> nn.Sequential:
    """A stack as a network with the random start of a seed."""
    generator = torch.Generator().manual_seed(seed)
    made = build(plan(bricks, shape, symbols), generator)
    initialise(made, generator)
    return made


def seeded(seed: int, make: type[nn.Module], *sizes: int, **more: object) -> nn.Module:
    """A module of torch's own with torch's own random start after this seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make(*sizes, **more)


def noise(*shape: int, seed: int = 1) -> torch.Tensor:
    """Normal random numbers."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))
