"""A training loop of a person's own, watched or not: a small residual network, some 10 ms a step.

    python -m benchmarks.script_loop '{"watched": true, "steps": 1500, "home": "/tmp/watched"}'

Run as a child (see `child.py`). The seconds are those of the loop; making the watch is told apart.
"""

import json
import os
import time
from typing import Any

import torch
from torch import nn

import layerscope
from benchmarks.child import asked

WARM_UP = 20


class Block(nn.Module):
    """Two convolutions and what passes them by."""

    def __init__(self, channels: int) -> None:
        """Convolutions that keep the number of channels."""
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm = nn.BatchNorm2d(channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(batch, channels, height, width) to the same."""
        return self.relu(x + self.second(self.relu(self.norm(self.first(x)))))


def main(given: dict[str, Any]) -> None:
    """Train, and print the seconds and the milliseconds a step."""
    os.environ["LAYERSCOPE_HOME"] = given["home"]
    torch.set_num_threads(1)
    torch.manual_seed(0)
    start = [nn.Conv2d(1, 16, 3, stride=2, padding=1), Block(16), nn.MaxPool2d(2), Block(16)]
    network = nn.Sequential(*start, nn.Flatten(), nn.Linear(16 * 49, 10))
    images, labels = torch.rand(2048, 1, 28, 28), torch.randint(10, (2048,))
    optimizer = torch.optim.Adam(network.parameters())
    order = torch.Generator().manual_seed(1)

    def step() -> torch.Tensor:
        batch = torch.randint(len(images), (32,), generator=order)
        loss = nn.functional.cross_entropy(network(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        return loss

    for _ in range(WARM_UP):
        step()
        optimizer.step()
    since = time.perf_counter()
    seen = layerscope.watch(network, images[:8]) if given["watched"] else None
    made = time.perf_counter() - since
    since = time.perf_counter()
    for _ in range(given["steps"]):
        loss = step()
        if seen:
            seen.step(loss)
        optimizer.step()
    seconds = time.perf_counter() - since
    moments = len(seen.run.steps()) if seen else 0
    if seen:
        seen.close()
    told = {"seconds": seconds, "ms_a_step": 1000 * seconds / given["steps"]}
    print(json.dumps(told | {"moments": moments, "making_it_s": made}))


if __name__ == "__main__":
    main(asked())
