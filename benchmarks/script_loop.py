"""A training loop of a person's own, watched and not, a stretch of steps each in turns.

    python -m benchmarks.script_loop '{"steps": 1500, "home": "/tmp/watched"}'

A machine that is slow for some seconds is slow for both. For the watch only the watched stretches
count as time. Run as a child (see `child.py`).
"""

import json
import os
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

import layerscope
from benchmarks.child import asked
from core.foreign import watch

WARM_UP, STRETCH = 20, 15
SMALL_WARM_UP, SMALL_STEPS, SMALL_TURNS = 400, 200, 25


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


class Small:
    """A small MLP and its loop: its steps are so short that bookkeeping shows."""

    def __init__(self) -> None:
        """The same for every loop."""
        torch.manual_seed(0)
        self.network = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 3))
        self.inputs, self.labels = torch.rand(32, 16), torch.randint(3, (32,))
        self.optimizer = torch.optim.SGD(self.network.parameters(), 0.01)

    def seconds(self, steps: int, seen: Any = None) -> float:
        """Seconds of this process for so many steps."""
        since = time.process_time()
        for _ in range(steps):
            self.optimizer.zero_grad()
            loss = nn.functional.cross_entropy(self.network(self.inputs), self.labels)
            loss.backward()
            if seen:
                seen.step(loss)
            self.optimizer.step()
        return time.process_time() - since


def bookkeeping() -> dict[str, Any]:
    """What a call costs at which no moment is recorded, as a share of a small MLP's bare step."""
    loop = Small()
    clock = SimpleNamespace(perf_counter=time.process_time)  # other programs' time does not count
    setattr(watch, "time", clock)  # noqa: B010
    seen = layerscope.watch(loop.network, loop.inputs[:8])
    loop.seconds(SMALL_WARM_UP, seen)
    seen._next = 10**9  # no moment any more; means are written as always
    loss = nn.functional.cross_entropy(loop.network(loop.inputs), loop.labels)
    bare, calls = [], []
    for _ in range(SMALL_TURNS):
        bare.append(loop.seconds(SMALL_STEPS))
        since = time.process_time()
        for _ in range(SMALL_STEPS):
            seen.step(loss)
        calls.append(time.process_time() - since)
    seen.close()
    share = sum(calls) / sum(bare)  # sums: what is written now and then counts, too
    return {
        "bookkeeping_share": share,
        "us_a_small_step": 1e6 * sum(bare) / len(bare) / SMALL_STEPS,
    }


class Stopwatch:
    """Seconds in which it ran."""

    def __init__(self) -> None:
        """At zero, and still."""
        self.past, self.since = 0.0, 0.0

    def time(self, work: Callable[[], None]) -> None:
        """Run while this is done."""
        self.since = time.perf_counter()
        work()
        self.past += time.perf_counter() - self.since
        self.since = 0.0

    def seconds(self) -> float:
        """How long it ran so far."""
        return self.past + (time.perf_counter() - self.since if self.since else 0.0)


class Loop:
    """A network, its data and its optimizer; some 7 ms a step on one thread."""

    def __init__(self) -> None:
        """The same for every loop."""
        torch.manual_seed(0)
        start = [nn.Conv2d(1, 16, 3, stride=2, padding=1), Block(16), nn.MaxPool2d(2), Block(16)]
        self.network = nn.Sequential(*start, nn.Flatten(), nn.Linear(16 * 49, 10))
        self.images, self.labels = torch.rand(2048, 1, 28, 28), torch.randint(10, (2048,))
        self.optimizer = torch.optim.Adam(self.network.parameters())
        self.order = torch.Generator().manual_seed(1)
        self.clock, self.seen = Stopwatch(), None

    def train(self, steps: int, seen: Any = None) -> None:
        """So many steps, as people write them, with their second line where `seen` is given."""
        for _ in range(steps):
            batch = torch.randint(len(self.images), (32,), generator=self.order)
            loss = nn.functional.cross_entropy(self.network(self.images[batch]), self.labels[batch])
            self.optimizer.zero_grad()
            loss.backward()
            if seen:
                seen.step(loss)
            self.optimizer.step()


def main(given: dict[str, Any]) -> None:
    """Train both, and print the seconds of each."""
    os.environ["LAYERSCOPE_HOME"] = given["home"]
    torch.set_num_threads(1)
    bare, watched = Loop(), Loop()
    for loop in (bare, watched):
        loop.train(WARM_UP)
    clock = SimpleNamespace(perf_counter=watched.clock.seconds)
    setattr(watch, "time", clock)  # noqa: B010
    since = time.perf_counter()
    seen = layerscope.watch(watched.network, watched.images[:8])
    made = time.perf_counter() - since
    for _ in range(given["steps"] // STRETCH):
        bare.clock.time(lambda: bare.train(STRETCH))
        watched.clock.time(lambda: watched.train(STRETCH, seen))
    told: dict[str, Any] = {"bare_s": bare.clock.past, "watched_s": watched.clock.past}
    told |= {"ratio": bare.clock.past / watched.clock.past, "making_it_s": made}
    told |= {"ms_a_step": 1000 * bare.clock.past / given["steps"]}
    told |= {"moments": len(seen.run.steps())}
    seen.close()
    told |= bookkeeping()
    print(json.dumps(told))


if __name__ == "__main__":
    main(asked())
