"""What runs in a worker process: the actor that trains one run, and answers to single questions.

Imported by the server too (it submits these), so torch is imported only inside.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable

import numpy as np

from core.commands import Command, Inbox
from core.pipe import Sender
from core.records import Array, ArrayKey, Checkpoint, Event, Moment, Record
from core.settings import Settings

UNHEARD_SECONDS = 60.0
"""A run whose records nobody has collected for so long stops at its next step."""
PICTURE_WAIT = 0.2
"""So long, in seconds, an answer waits for the picture that was asked for."""


class Trainer:
    """Trains one run in a thread of its own and keeps the records until they are taken."""

    def __init__(self) -> None:
        """Ready to start."""
        self.inbox = Inbox()
        self._records: list[Record] = []
        self._picture: Moment | None = None
        self._begun = self._over = self._told = False
        self._ring: Callable[[], object] | None = None
        self._pipe: Sender | None = None
        self._lock = threading.Lock()
        self._taken = time.monotonic()

    def start(self, settings: Settings, checkpoint: Checkpoint | None) -> None:
        """Begin from the random start, or go on from a checkpoint."""
        self._begun = True
        threading.Thread(target=self._train, args=(settings, checkpoint), daemon=True).start()

    def _train(self, settings: Settings, checkpoint: Checkpoint | None) -> None:
        from core.data.dataset import DataError

        step = checkpoint.step if checkpoint else 0
        try:
            from core.training import train

            for record in train(settings, self.inbox, checkpoint):
                step = record.step
                self._keep(record)
                if time.monotonic() - self._taken > UNHEARD_SECONDS:
                    return
        except DataError as fault:
            self._fail(step, str(fault))
        except Exception as fault:
            self._fail(step, f"Training failed at step {step}: {type(fault).__name__}: {fault}")
        finally:
            with self._lock:
                self._over = True
                if self._ring:
                    self._ring()
            if self._pipe:
                self._pipe.send(None)
                self._pipe.close()

    def _keep(self, record: Record) -> None:
        picture = record if isinstance(record, Moment) and record.live else None
        if picture and self._pipe and self._pipe.send(picture):
            return
        with self._lock:
            if picture:
                self._picture = picture
            else:
                self._records.append(record)
                self._told |= isinstance(record, Event)
            if self._ring and (self._picture or self._told):
                self._ring()
        if self._pipe and isinstance(record, Event):
            self._pipe.send(None)

    def _fail(self, step: int, text: str) -> None:
        self._keep(Event(step, "failed", text[:500]))

    async def take(self, picture: bool, insides: tuple[str, ...] = ()) -> tuple[list[Record], bool]:
        """The records since the last call, the newest live picture last; and whether it is over.

        `picture` asks for a live picture, with all that is to be seen inside the layers `insides`;
        the answer then waits a little for it, unless an event
        comes first. Each call costs the training thread some turns of Python's lock: one that waits
        is better than many that do not. It waits as a coroutine, so that no other run's call waits
        for it. Raises RuntimeError on an actor that was made anew after its worker was lost: the
        training is gone with it.
        """
        if not self._begun:
            raise RuntimeError("the worker that trained this run was lost")
        self._taken = time.monotonic()
        if picture:
            self.inbox.insides = insides
            await self._news()
        with self._lock:
            records, self._records = self._records, []
            if self._picture is not None:
                records.append(self._picture)
            self._picture, self._told = None, False
            return records, self._over

    async def _news(self) -> None:
        """Wait for a picture, an event or the end, but not long."""
        bell, loop = asyncio.Event(), asyncio.get_running_loop()
        with self._lock:
            self.inbox.picture_wanted = True
            if self._picture or self._told or self._over:
                return
            self._ring = lambda: loop.call_soon_threadsafe(bell.set)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), PICTURE_WAIT)
        with self._lock:
            self._ring = None

    def pipe(self) -> tuple[str, bytes]:
        """Where a server on this machine has live pictures without a call for each; and the key.

        There it hears of news, too: it then takes the records.
        """
        self._pipe = Sender(self._ask)
        return self._pipe.address, self._pipe.key

    def _ask(self, insides: tuple[str, ...]) -> None:
        self.inbox.insides, self.inbox.picture_wanted = insides, True

    def send(self, command: Command) -> None:
        """Pass a command on to the training thread."""
        self.inbox.send(command)


def warm_up(data: str = "mnist") -> int:
    """Import torch and load the usual data set, so that the first run starts at once."""
    from core.data import DATASETS
    from core.training import tensors

    return len(tensors(DATASETS[data])[0])


def outputs(
    settings: Settings, arrays: dict[ArrayKey, Array], images: np.ndarray
) -> dict[str, np.ndarray]:
    """Every layer's output for some inputs, by layer, float32 (n, *output_shape).

    `arrays` holds the weights, of a checkpoint or of a moment recorded whole; `images` is what
    the network is fed, (n, …). "softmax" holds the softmax of the last layer. Raises KeyError
    where a weight is missing and ValueError where only some units were recorded.
    """
    import torch

    from core.checkpoints import load_weights, network_of
    from core.recording import outputs_of

    torch.set_num_threads(1)
    if any(array.units is not None for array in arrays.values()):
        raise ValueError("only some units of this moment were recorded")
    network = network_of(settings.layers)
    load_weights(network, arrays)
    network.eval()
    names = {layer.name for layer in settings.layers}
    with torch.inference_mode(), outputs_of(network, names) as seen:
        last = network(torch.from_numpy(images.copy()))
    found = {name: after.numpy() for name, (_, after) in seen.items()}
    return {**found, "softmax": last.softmax(dim=-1).numpy()}


def reach(
    settings: Settings,
    arrays: dict[ArrayKey, Array],
    inputs: np.ndarray,
    targets: np.ndarray,
    layer: str,
) -> np.ndarray:
    """How far back the gradient reaches: ‖∂loss ÷ ∂x‖ at each step x of what a layer is given.

    `inputs` (n, …) and `targets` (n, …) as in training; the result is (n, time), each input's own
    loss taken, by autograd in evaluation mode. Raises as `outputs` does.
    """
    import torch

    from core.architectures.builder import owner
    from core.checkpoints import load_weights, network_of
    from core.losses import LOSSES

    torch.set_num_threads(1)
    network = network_of(settings.layers)
    load_weights(network, arrays)
    network.eval()
    module = next(m for path, m in network.named_modules() if owner(f"{path}.x")[0] == layer)
    seen: list[torch.Tensor] = []

    def keep(_: torch.nn.Module, given: tuple) -> tuple:
        seen.append(given[0].detach().requires_grad_())
        return (seen[0],)

    handle = module.register_forward_pre_hook(keep)
    said = network(torch.from_numpy(inputs.copy()))
    handle.remove()
    loss_of = LOSSES[settings.dataset.task]
    truth = torch.from_numpy(targets.copy())
    sum(loss_of(said[n : n + 1], truth[n : n + 1]) for n in range(len(inputs))).backward()  # type: ignore[union-attr]
    assert seen[0].grad is not None
    return seen[0].grad.norm(dim=2).numpy()


def written(
    settings: Settings,
    arrays: dict[ArrayKey, Array],
    start: np.ndarray,
    count: int,
    temperature: float,
    seed: int,
) -> np.ndarray:
    """What a network that predicts the next symbol writes after `start` (n,): `count` symbols.

    Each is drawn from the softmax of the outputs ÷ `temperature`, then read in like the others; the
    network sees as many of the last symbols as an input has. Raises as `outputs` does.
    """
    import torch

    from core.checkpoints import load_weights, network_of

    torch.set_num_threads(1)
    if any(array.units is not None for array in arrays.values()):
        raise ValueError("only some units of this moment were recorded")
    network = network_of(settings.layers)
    load_weights(network, arrays)
    network.eval()
    drawn = torch.Generator().manual_seed(seed)
    symbols, window = torch.from_numpy(start.copy()), settings.layers[0].input_shape[0]
    with torch.inference_mode():
        for _ in range(count):
            output = network(symbols[None, -window:])[0, -1]
            chances = (output / temperature).softmax(dim=0)
            symbols = torch.cat([symbols, torch.multinomial(chances, 1, generator=drawn)])
    return symbols[len(start) :].numpy()
