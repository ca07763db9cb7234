"""Recording: what a step looked like, taken from a network without changing anything in it.

Hooks come on, the probe inputs go through in evaluation mode without gradients, arrays come out,
hooks come off. No random state, running statistic or weight is touched. This room knows torch.
"""

import contextlib
import math
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

import torch
from torch import nn

from core.architectures.bricks import Activation
from core.architectures.bricks.sequences import GATES
from core.architectures.builder import owner
from core.architectures.layers import comes_from
from core.architectures.plans import PASSING, Layer
from core.copies import half, norm, quick_half
from core.learned import Learned
from core.records import Array, ArrayKey, Moment
from core.shares import batch_statistics, masks, stack_shares
from core.zones import zone_numbers

WEIGHT_BUDGET = 131_072
"""Most weights of one moment; a network with more has its layers' first units recorded."""
OUTPUT_BUDGET = 36_864
"""Most outputs of one moment for one probe input, shared between the layers alike."""

Key = TypeVar("Key", str, ArrayKey)
COUNT_SECONDS = 1.0
"""How often live pictures count dead and saturated units; recorded moments always do."""


def recorded_rows(
    sizes: dict[Key, tuple[int, int]], budget: int, most: int, whole: Collection[Key] = ()
) -> dict[Key, int]:
    """How many rows of each array are recorded, so that all together stay within the budget.

    `sizes` gives (rows, numbers in a row) by name. Small arrays are kept whole; what is left of the
    budget is shared between the large ones. Those of `whole` may have more than `most` rows, and
    where half of the budget is enough for them they come first. Every array keeps at least one row.
    """
    left, rows = budget, {}
    size = {name: count * width for name, (count, width) in sizes.items()}
    first = whole if sum(size[name] for name in whole) <= budget // 2 else ()
    waiting = sorted(sizes, key=lambda name: (name not in first, size[name]))
    for position, name in enumerate(waiting):
        count, width = sizes[name]
        fair = left if name in first else left // (len(waiting) - position)
        bound = count if name in whole else min(count, most)
        rows[name] = max(1, min(bound, fair // max(1, width)))
        left = max(0, left - rows[name] * width)
    return rows


@contextlib.contextmanager
def outputs_of(network: nn.Module, names: set[str]) -> Iterator[dict[str, tuple]]:
    """Collect (input, output) of the named layers while the block runs; the hooks always come off.

    A container's stacks are named after it, "residual1.block".

    with outputs_of(network, {"relu1"}) as seen:
        network(images)
    before, after = seen["relu1"]
    """
    seen: dict[str, tuple] = {}

    def hook_for(name: str) -> Callable[[nn.Module, tuple, torch.Tensor], None]:
        def hook(module: nn.Module, given: tuple, result: torch.Tensor) -> None:
            seen[name] = given[0], result

        return hook

    handles = [
        module.register_forward_hook(hook_for(name))
        for path, module in network.named_modules()
        for name in {path.rpartition(".")[2], ".".join(path.split(".")[-2:])} & names
    ]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


@contextlib.contextmanager
def evaluating(modules: Sequence[nn.Module]) -> Iterator[None]:
    """Have these modules in evaluation mode while the block runs; then as each was before.

    As `eval` and `train` do, but straight into the modules, in a tenth of their time.
    """
    before = [module.training for module in modules]
    for module in modules:
        vars(module)["training"] = False
    try:
        yield
    finally:
        for module, training in zip(modules, before, strict=True):
            vars(module)["training"] = training


class Recorder(Learned):
    """Takes moments of one network; made once a run."""

    def __init__(
        self,
        network: nn.Module,
        layers: tuple[Layer, ...],
        probes: torch.Tensor,
        whole: int,
        units: int,
    ) -> None:
        """`probes` (n, *input_shape) are looked at in every moment, the first `whole` kept.

        Of a layer with more than `units` units the first ones are recorded.
        """
        self.network, self.probes, self.whole = network, probes, whole
        self.modules = list(network.modules())
        drawn = [layer for layer in layers if layer.kind not in PASSING]
        self.names = {layer.name for layer in drawn}
        self.functions = {
            layer.name: layer.brick.function
            for layer in layers
            if isinstance(layer.brick, Activation)
        }
        self.stacks = {
            layer.name: (layer.kind, [word for word, _ in layer.inside])
            for layer in layers
            if layer.inside
        }
        self.shares: dict[str, dict[str, float]] = {}
        self.counted_at = -COUNT_SECONDS
        parameters = {owner(n): p for n, p in network.named_parameters()}
        self.buffers = {owner(n): b for n, b in network.named_buffers() if b.ndim}
        self.before: dict[ArrayKey, torch.Tensor] = {}
        sizes = {key: (len(p), math.prod(p.shape[1:])) for key, p in parameters.items()}
        seen_inside = [layer for layer in layers if layer.kind in (*GATES, "selfattention")]
        owners = {layer.name for layer in seen_inside}
        inside = {key for key in sizes if key[0] in owners}
        super().__init__(parameters, recorded_rows(sizes, WEIGHT_BUDGET, units, inside))
        widths = {layer.name: layer.output_shape[layer.units_axis] for layer in drawn}
        outputs = {x.name: (widths[x.name], math.prod(x.output_shape)) for x in drawn}
        self.axes = {layer.name: 1 + layer.units_axis for layer in drawn}
        rows = {name: (width, size // width) for name, (width, size) in outputs.items()}
        givers = {comes_from(layer, layers) for layer in seen_inside} & rows.keys()
        self.channels = recorded_rows(rows, OUTPUT_BUDGET, units, givers)
        last = {layer.name for layer in layers[-1:]}  # what the network says is never cut
        self.channels |= {name: widths[name] for name in last & widths.keys()}

    def note_statistics(self) -> None:
        """Keep the running statistics as they are before a step: its batch's follow from them."""
        self.before = {key: buffer.clone() for key, buffer in self.buffers.items()}

    def moment(
        self,
        step: int,
        epoch: float,
        loss: float | None,
        live: bool = False,
        insides: tuple[str, ...] = (),
    ) -> Moment:
        """The network as it is now, with the gradients of the last backward pass if there are any.

        Call between `backward` and `zero_grad`. A live moment has only what the strip shows, and
        all learned arrays and gradients of the layers `insides`; it counts dead units anew only
        once a second.
        BatchNorm's running statistics already hold the batch of that pass.
        """
        arrays: dict[ArrayKey, Array] = {}
        numbers: dict[str, dict[str, float]] = {}
        copied = quick_half if live else half
        with torch.no_grad():
            few = insides if live else None
            slopes = self.note_learned(arrays, numbers, copied, few)
            if not live:
                arrays |= {key: half(buffer) for key, buffer in self.buffers.items()}
                if slopes:
                    arrays |= masks(self.network)
                    batch = batch_statistics(self.before, self.buffers)
                    arrays |= {key: half(values) for key, values in batch.items()}
                self.before = {}
            self._outputs(arrays, numbers, live)
        return Moment(step, epoch, loss, arrays, numbers, live)

    def _outputs(
        self, arrays: dict[ArrayKey, Array], numbers: dict[str, dict[str, float]], live: bool
    ) -> None:
        counted = not live or time.monotonic() - self.counted_at > COUNT_SECONDS
        stacks = {f"{name}.{word}" for name, (_, words) in self.stacks.items() for word in words}
        names = self.names | (stacks if counted else set())
        with evaluating(self.modules), outputs_of(self.network, names) as seen:
            self.network(self.probes if counted else self.probes[: self.whole])
        for name, (_, result) in seen.items():
            if name not in self.names:
                continue
            rows, axis = self.channels[name], self.axes[name]
            whole, kept = result.shape[axis], result[: self.whole].narrow(axis, 0, rows)
            copied = quick_half if live else half
            arrays[name, "output"] = copied(kept, whole if rows < whole else None)
        if counted:
            self.counted_at = time.monotonic()
            for name, function in self.functions.items():
                learned = self.parameters.get((name, "weight"))  # PReLU's slope
                parameter = None if learned is None else learned.item()
                before = seen[name][0].numpy()
                self.shares[name] = zone_numbers(before, self.axes[name], function, parameter)
            for name, (kind, words) in self.stacks.items():
                sizes = {word: norm([seen[f"{name}.{word}"][1]]) for word in words}
                self.shares[name] = stack_shares(kind, sizes)
        for name, shares in self.shares.items():
            numbers.setdefault(name, {}).update(shares)
