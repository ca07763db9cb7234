"""Networks that differ in their seed alone, trained as one batched model and one after the other.

    python -m benchmarks.batched_seeds '{"architecture": "mlp", "data": "digits", "seeds": 5}'

Run as a child (see `child.py`): the stack of `torch.func`, with `vmap` over it and one optimizer,
takes the same batches in turns with as many usual loops, and ends with the weights of both.
"""

import json
import time
from typing import Any

import torch
from torch import nn
from torch.func import functional_call, stack_module_state, vmap

from benchmarks.child import asked
from core.checkpoints import State
from core.settings import Settings, settings_from
from core.training import epoch_batches, tensors

TURN = 20
"""Steps of each before it is the other's turn."""


class Apart:
    """One loop for each seed."""

    def __init__(self, ones: list[Settings]) -> None:
        """Networks as a run of these settings begins with them."""
        self.states = [State(settings) for settings in ones]

    def step(self, inputs: torch.Tensor, targets: torch.Tensor) -> None:
        """An update of each: (seeds, batch, …) and (seeds, batch)."""
        for state, x, y in zip(self.states, inputs, targets, strict=True):
            state.clear_gradients()
            nn.functional.cross_entropy(state.network(x), y).backward()
            state.update()


class Together:
    """The same networks as one: every weight has an axis of seeds."""

    def __init__(self, ones: list[Settings]) -> None:
        """The same beginnings."""
        networks = [State(settings).network for settings in ones]
        self.weights, self.buffers = stack_module_state(networks)
        self.network = networks[0].to("meta")
        rate = ones[0].learning_rate
        self.optimizer = torch.optim.Adam(self.weights.values(), lr=rate, fused=True)
        self.all = vmap(self._one, randomness="different")

    def _one(self, weights: Any, buffers: Any, x: torch.Tensor) -> torch.Tensor:
        return functional_call(self.network, (weights, buffers), (x,))

    def step(self, inputs: torch.Tensor, targets: torch.Tensor) -> None:
        """The same update: the losses are added, so that each has its own gradient."""
        self.optimizer.zero_grad()
        outputs = self.all(self.weights, self.buffers, inputs)
        seeds = len(outputs)
        loss = nn.functional.cross_entropy(outputs.flatten(0, 1), targets.flatten())
        (loss * seeds).backward()
        self.optimizer.step()


def main(given: dict[str, Any]) -> None:
    """Train both in turns, and print the seconds of each and how far their weights are apart."""
    torch.set_num_threads(1)
    base = {"architecture": given["architecture"], "data": given["data"], "schedule": "constant"}
    ones = [settings_from({**base, "seed": seed}) for seed in range(given["seeds"])]
    inputs, targets, *_ = tensors(ones[0].dataset)
    orders = [epoch_batches(one, 0) for one in ones]
    whole = [tuple(s) for s in zip(*orders, strict=True) if len({len(b) for b in s}) == 1]
    steps = [torch.stack(s) for s in whole[: given["steps"]] if len(s[0]) == ones[0].batch_size]
    apart, together = Apart(ones), Together(ones)
    seconds: dict[Any, float] = {apart: 0.0, together: 0.0}
    for start in range(0, len(steps), TURN):
        for way in (apart, together):
            since = time.perf_counter()
            for batch in steps[start : start + TURN]:
                way.step(inputs[batch], targets[batch])
            if start:  # the first turn warms up
                seconds[way] += time.perf_counter() - since
    print(
        json.dumps(
            {"ratio": seconds[together] / seconds[apart], "steps": len(steps)}
            | {"apart_s": seconds[apart], "together_s": seconds[together]}
            | {"largest_difference": difference(apart, together)}
        )
    )


def difference(apart: Apart, together: Together) -> float:
    """The largest difference of any weight."""
    return max(
        float((dict(state.network.named_parameters())[name] - stacked[place]).abs().max().detach())
        for name, stacked in together.weights.items()
        for place, state in enumerate(apart.states)
    )


if __name__ == "__main__":
    main(asked())
