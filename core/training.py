"""The training loop: a generator of records that knows neither who listens nor where they go.

    for record in train(Settings(), Inbox()):
        print(record)

Commands arrive between steps and come out again as events. Watching changes nothing: the weights
after N steps are bit-identical whether moments are recorded or not. This room knows torch.
"""

import functools
import math
import time
from collections.abc import Iterator

import torch

from core.checkpoints import State
from core.commands import Inbox
from core.data.dataset import Dataset, as_fed
from core.divergence import first_not_finite
from core.losses import LOSSES
from core.measuring import Window, evaluate
from core.recording import Recorder
from core.records import Checkpoint, Event, Record
from core.settings import Settings
from core.tasks import WORDS

DENSE, GROWTH = 24, 1.2
"""The first moments are taken at every step, then each at a step 20 % further on."""
FEW_DENSE, FEW_GROWTH = 1, 2.0
"""The same for a run of which there are many: some dozen moments in all."""
HELD_OUT, EPOCH_ENDS = 400, 25
"""Test images that the held-out curve is measured on (the result at the end uses all), and at how
many ends of an epoch, at most."""
CHECKPOINT_SECONDS, CHECKPOINT_SHARE = 2.0, 0.01
"""Checkpoints: every two seconds, rarer where copying one would take more than this share."""
PICTURE_SECONDS, PICTURE_SHARE, PAUSED_SECONDS = 1 / 22, 0.02, 0.5
"""Live pictures: at most 22 a second, and at most this share of the training thread's work; while
a run is paused, one of its step and again after half a second."""


@functools.lru_cache(maxsize=2)
def tensors(dataset: Dataset) -> tuple[torch.Tensor, ...]:
    """A data set in memory: training inputs and targets, test inputs and targets.

    Inputs are as a network is fed: float32, images between 0 and 1, or int64 symbols.
    """
    split = dataset.load()
    return (
        torch.tensor(as_fed(split.train_inputs)),
        torch.tensor(split.train_targets),
        torch.tensor(as_fed(split.test_inputs)),
        torch.tensor(split.test_targets),
    )


def rows_used(settings: Settings) -> torch.Tensor:
    """The places of the training examples that a run learns from: all, or its share of them."""
    chosen = torch.Generator().manual_seed(settings.seed)
    size = settings.dataset.train_size
    return torch.randperm(size, generator=chosen)[: settings.images]


def epoch_batches(settings: Settings, epoch: int) -> tuple[torch.Tensor, ...]:
    """The indices of each batch of an epoch, in the order that seed and epoch decide."""
    subset = rows_used(settings)
    order = torch.Generator().manual_seed((settings.seed << 20) + epoch + 1)
    return subset[torch.randperm(len(subset), generator=order)].split(settings.batch_size)[
        : settings.steps_per_epoch
    ]


def metric_gap(settings: Settings) -> int:
    """Steps between two metrics, after the first ones: some 250 in all, or 30 in an epoch."""
    return max(1, settings.steps_per_epoch // 30, settings.steps // 250)


def train(
    settings: Settings,
    inbox: Inbox,
    start: Checkpoint | None = None,
    record: bool = True,
    few: bool = False,
) -> Iterator[Record]:
    """Train from the random start, or on from a checkpoint, and announce what happens.

    Ends with an Event: "finished", "stopped" or "diverged". Without `record` no moments are taken,
    and with `few` only some dozen.
    """
    torch.set_num_threads(settings.threads)  # here, in the thread that trains
    inputs, targets, test_inputs, test_targets = tensors(settings.dataset)
    task = settings.dataset.task
    loss_of = LOSSES[task]
    state = State(settings, start)
    network = state.network
    network.train()
    recorder = _recorder(settings, network)
    held_out = test_inputs[:HELD_OUT], test_targets[:HELD_OUT]
    per_epoch, total = settings.steps_per_epoch, settings.steps
    longest = settings.seconds or math.inf
    dense, growth = (FEW_DENSE, FEW_GROWTH) if few else (DENSE, GROWTH)
    every = metric_gap(settings)
    measured_every = per_epoch * math.ceil(settings.epochs / EPOCH_ENDS)
    step = next_moment = next_held_out = state.step
    window, next_metric = Window(task), step + 1
    batches: tuple[torch.Tensor, ...] = ()
    paused, pause_at = False, -1
    since = time.perf_counter()
    draw_at, save_at = since, since + CHECKPOINT_SECONDS
    yield Event(step, "resumed" if start else "started")

    while step < total and state.seconds < longest:
        if paused or not inbox.empty():
            state.seconds += time.perf_counter() - since
            if paused and inbox.picture_wanted and time.perf_counter() >= draw_at:
                inbox.picture_wanted = False
                yield recorder.moment(step, step / per_epoch, None, True, inbox.insides)
                draw_at = time.perf_counter() + PAUSED_SECONDS
            command = inbox.take(wait=0.05 if paused else 0)
            match command.word if command else None:
                case "pause" if not paused:
                    paused = True
                    yield from window.metric(state)
                    yield state.checkpoint()
                    yield Event(step, "paused")
                case "resume" if paused or pause_at >= 0:
                    paused, pause_at = False, -1
                    yield Event(step, "resumed")
                case "step" | "epoch" as word:
                    paused, pause_at = False, step + 1
                    if word == "epoch":
                        pause_at = step + per_epoch - step % per_epoch
                    yield Event(step, "resumed", f"for one {word}")
                case "learning_rate":
                    yield from window.metric(state)
                    state.learning_rate = float(command.value)  # type: ignore[union-attr, arg-type]
                    yield Event(step, "learning_rate", value=state.learning_rate)
                    yield state.checkpoint()  # so that a resumed run repeats what was recorded
                case "stop":
                    break
            since = time.perf_counter()
            if command:
                draw_at = since
            continue
        epoch, position = divmod(step, per_epoch)
        if position == 0 or not batches:
            batches = epoch_batches(settings, epoch)
        batch = batches[position]
        state.clear_gradients()
        if record and step >= next_moment:
            recorder.note_statistics()
        # index_select copies the same rows as inputs[batch], in less than half the time
        output, truth = network(inputs.index_select(0, batch)), targets.index_select(0, batch)
        loss = loss_of(output, truth)
        loss.backward()
        value = loss.item()
        if not math.isfinite(value):
            state.clear_gradients()
            if record and all(p.isfinite().all() for p in network.parameters()):
                yield recorder.moment(step, step / per_epoch, None)
            where = first_not_finite(network, inputs[batch]) or "loss itself"
            text = f"The loss became {value} at step {step}; it began in the {where}."
            yield Event(step, "diverged", text)
            return
        now = time.perf_counter()
        state.seconds, since = state.seconds + now - since, now
        if inbox.picture_wanted and now >= draw_at:
            inbox.picture_wanted = False
            worked = time.thread_time()  # not the clock: on a busy machine that counts others' work
            picture = recorder.moment(step, step / per_epoch, value, True, inbox.insides)
            draw_at = now + max(PICTURE_SECONDS, (time.thread_time() - worked) / PICTURE_SHARE)
            yield picture
        if record and step >= next_moment:
            moment = recorder.moment(step, step / per_epoch, value)
            before = recorder.weights()
            state.update()
            recorder.note_updates(moment, before)
            yield moment
            next_moment = step + 1 if step < dense else math.ceil(step * growth)
        else:
            state.update()
        step = state.step
        window.add(value, output, truth)
        if step >= next_metric or step % every == 0 or step % per_epoch == 0:
            next_metric = step + 1 if step < DENSE else step + step // 8
            measured: tuple[float | None, float | None] = (None, None)
            if step >= next_held_out or step % measured_every == 0:
                measured = evaluate(network, *held_out, task)
                next_held_out = 8 * max(4, step)
            yield from window.metric(state, measured)
        if step == pause_at < total:
            paused, pause_at = True, -1
            yield from window.metric(state)
            yield state.checkpoint()
            yield Event(step, "paused")
        elif now >= save_at:
            yield from window.metric(state)  # or a run that goes on from here had forgotten losses
            kept = state.checkpoint()
            cost = time.perf_counter() - now
            save_at = now + max(CHECKPOINT_SECONDS, cost / CHECKPOINT_SHARE)
            yield kept

    yield from window.metric(state)
    network.eval()
    if place := first_not_finite(network, held_out[0]):
        text = f"After step {step} the {place} is no finite number any more."
        yield Event(step, "diverged", text)
        return
    state.clear_gradients()  # no update follows, so the last moment has no gradient
    if record:
        yield recorder.moment(step, step / per_epoch, None)
    yield state.checkpoint()
    _, score = evaluate(network, test_inputs, test_targets, task)
    known, words = math.isfinite(score), WORDS[task]
    text = words.result.format(score=score, count=len(test_targets)) if known else words.undefined
    done = step == total or state.seconds >= longest
    yield Event(step, "finished" if done else "stopped", text, score if known else None)


def _recorder(settings: Settings, network: torch.nn.Module) -> Recorder:
    dataset = settings.dataset
    split = dataset.load()
    probes = tensors(settings.dataset)[2][list(dataset.many_probes(split))]
    whole = len(dataset.probes(split))
    return Recorder(network, settings.layers, probes, whole, settings.recorded_units)
