"""The price of a race: arithmetic by hand, PyTorch's own counts, and what real runs take."""

import math
from dataclasses import replace

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from core import recording, training
from core.checkpoints import State, network_of
from core.commands import Inbox
from core.data.dataset import as_fed
from core.races import disk, pricing
from core.races.outcomes import FAILED, FINISHED, RUNNING, WAITING, Outcome
from core.races.plan import Cell, Contestant, Plan
from core.races.pricing import Pace, estimate, pace, samples, told, worth
from core.records import Checkpoint, Metric, Moment
from core.runfile import Writer
from core.settings import settings_from
from core.training import train

PACE = Pace(0.001, (0.0009, 0.0012), 0.5, 200)


def contestant(architecture, data="digits", **more):
    settings = settings_from({"architecture": architecture, "data": data, **more})
    return Contestant(name=architecture, settings=settings)


MLP, LENET = contestant("mlp"), contestant("lenet", "mnist")


def a_plan(**more):
    given = {"name": "A race", "contestants": [MLP], "values": [100], "seeds": [0], "epochs": 2}
    return Plan.model_validate({**given, **more})


def priced(plan, known=PACE, workers=1, outcomes=()):
    return estimate(plan, dict.fromkeys(samples(plan), known), workers, outcomes)


def test_a_run_costs_its_steps_its_tests_and_what_surrounds_them():
    plan = a_plan()
    known = replace(PACE, epoch_seconds=0.01, start_seconds=0.1, moment_seconds=0.02)
    settings = plan.settings(plan.cells[0])
    (one,) = priced(plan, known).each
    assert (one.examples, one.steps) == (200, 8)
    assert one.forward == one.multiply_adds * 200
    assert one.trained == 3 * one.forward
    curve = 0.5 * min(1, 400 / settings.dataset.test_size)
    by_hand = 0.1 + 8 * 0.001 + 2 * 0.01 + 5 * 0.02 + 3 * curve + 0.5  # after 1, 4 and 8 steps
    assert one.seconds == pytest.approx(by_hand)


def test_a_last_batch_of_one_is_neither_a_step_nor_an_example():
    (one,) = priced(a_plan(values=[97], epochs=3)).each
    assert (one.steps, one.examples) == (9, 3 * 96)


def test_the_runs_are_added_up_and_shared_between_the_workers():
    plan = a_plan(values=[100, 0], seeds=[0, 1, 2])
    price = priced(plan, workers=2)
    small, large = price.each
    assert price.of(0, 1) is large
    assert (price.runs, price.left) == (6, 6)
    assert price.steps == 3 * (small.steps + large.steps)
    assert price.bytes == 3 * (small.bytes + large.bytes)
    assert price.seconds == pytest.approx(3 * (small.seconds + large.seconds) / 2)


def test_no_race_is_over_before_its_longest_run():
    plan = a_plan()
    assert priced(plan, workers=8).seconds == priced(plan, workers=1).seconds


def test_what_has_ended_is_not_priced_and_half_a_run_is_half_priced():
    plan = a_plan(seeds=[0, 1, 2, 3, 4])
    one = priced(plan).each[0]
    states = (FINISHED, FAILED, RUNNING, WAITING, WAITING)
    found = [
        Outcome(cell, state, step=4, steps=8)
        for cell, state in zip(plan.cells, states, strict=True)
    ]
    price = priced(plan, outcomes=found)
    assert (price.runs, price.left, price.steps) == (5, 3, 20)
    assert price.seconds == pytest.approx(2.5 * one.seconds)
    over = priced(plan, outcomes=[Outcome(cell, FINISHED) for cell in plan.cells])
    assert (over.left, over.steps, over.seconds, over.bytes) == (0, 0, 0, 0)
    assert "nothing more" in told(over)


def test_a_budget_of_seconds_needs_no_pace():
    plan = a_plan(epochs=None, seconds=3, seeds=[0, 1])
    unknown, known = estimate(plan, {}, 1), priced(plan)
    assert (unknown.seconds, unknown.steps) == (6, 0)
    assert known.seconds == pytest.approx(2 * 3.5)
    assert known.steps == 2 * 3000
    assert "by the clock" in worth(unknown)
    assert "about 6,000 updates" in told(known)
    assert unknown.bytes >= known.bytes  # rather too large than too small


def test_a_lacking_pace_is_said():
    price = estimate(a_plan(), {}, 1)
    assert price.seconds is None
    assert "not measured yet" in told(price)
    assert "No step was measured" in worth(price)


def test_sizes_and_seeds_need_one_measurement_and_another_network_needs_its_own():
    both = {"contestants": [MLP, contestant("two_linear")]}
    assert samples(a_plan(**both, values=[100, 500, 0], seeds=[0, 1])) == [
        Cell(0, 0, 0),
        Cell(1, 0, 0),
    ]
    assert len(samples(a_plan(values=[10, 20, 100, 500]))) == 3  # two are smaller than a batch
    assert len(samples(a_plan(varied="learning_rate", values=[0.1, 0.01]))) == 1
    assert len(samples(a_plan(varied="batch_size", values=[16, 32]))) == 2
    assert len(samples(a_plan(varied="depth", values=[1, 2, 3]))) == 3


@pytest.mark.parametrize("one", [MLP, LENET, contestant("resnet")], ids=lambda one: one.name)
def test_parameters_and_multiply_adds_are_what_pytorch_counts(one):
    (price,) = estimate(a_plan(contestants=[one], values=[0]), {}, 1).each
    settings = one.settings
    network = network_of(settings.layers).eval()
    inputs = torch.tensor(as_fed(settings.dataset.load().test_inputs[:1]))
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(inputs)
    assert price.parameters == sum(p.numel() for p in network.parameters())
    assert price.multiply_adds == counter.get_total_flops() / 2


RECORDED = [
    ("mlp", "digits", "adam"),
    ("lenet", "mnist", "sgd"),
    ("resnet", "digits", "adamw"),
    ("transformer", "first_names", "rmsprop"),
]


@pytest.mark.parametrize(("architecture", "data", "optimizer"), RECORDED)
def test_a_file_takes_about_the_estimated_bytes(tmp_path, architecture, data, optimizer):
    one = contestant(architecture, data, optimizer=optimizer)
    plan = a_plan(contestants=[one], values=[300])
    settings = plan.settings(plan.cells[0])
    path = tmp_path / "run.sqlite"
    records = list(train(settings, Inbox(), few=True))
    writer = Writer(path, {"settings": settings.model_dump_json()})
    writer.append(records)
    writer.close()
    assert sum(isinstance(r, Moment) for r in records) == disk.moments(settings.steps)
    assert 0.5 < estimate(plan, {}, 1).bytes / path.stat().st_size < 2


@pytest.mark.parametrize(
    ("architecture", "data", "optimizer"), [*RECORDED, ("gru", "recall", "adam")]
)
def test_a_moment_and_a_checkpoint_take_the_bytes_of_their_arrays(architecture, data, optimizer):
    one = contestant(architecture, data, optimizer=optimizer)
    settings = a_plan(contestants=[one], values=[60]).settings(Cell(0, 0, 0))

    def taken(record: Moment | Checkpoint) -> int:
        layers = [array for (layer, _), array in record.arrays.items() if layer]
        return sum(array.values.nbytes + disk.A_ROW for array in layers)

    records = train(settings, Inbox(), few=True)
    moment = next(record for record in records if isinstance(record, Moment))
    records.close()
    state = State(settings)
    for parameter in state.network.parameters():
        parameter.grad = torch.ones_like(parameter)
    state.update()
    checkpoint = taken(state.checkpoint())
    assert disk.file_bytes(settings, 0) == disk.EMPTY + checkpoint + taken(moment)
    assert disk.file_bytes(settings, 1) == disk.EMPTY + checkpoint + 2 * taken(moment)
    assert disk.file_bytes(settings, 9) == disk.EMPTY + checkpoint + 6 * taken(moment)
    several = min(3 * checkpoint, max(disk.CHECKPOINT_BUDGET, 2 * checkpoint))
    assert disk.file_bytes(settings, 0, 4.9) == disk.EMPTY + several + taken(moment)
    assert disk.file_bytes(settings, 2**900) == disk.EMPTY + checkpoint + min(
        disk.RUN_BUDGET, 902 * taken(moment)
    )


@pytest.mark.parametrize(("value", "epochs"), [(100, 60), (20, 30), (1000, 3), (97, 1)])
def test_the_held_out_curve_is_measured_as_often_as_priced(value, epochs):
    plan = a_plan(values=[value], epochs=epochs)
    settings = plan.settings(plan.cells[0])
    found = train(settings, Inbox(), record=False)
    often = sum(isinstance(r, Metric) and r.held_out_loss is not None for r in found)
    assert pricing.held_outs(settings) == often


def test_the_numbers_are_those_of_training_and_recording():
    assert (pricing.HELD_OUT, pricing.EPOCH_ENDS) == (training.HELD_OUT, training.EPOCH_ENDS)
    assert disk.CHECKPOINT_SECONDS == training.CHECKPOINT_SECONDS
    assert disk.WEIGHT_BUDGET == recording.WEIGHT_BUDGET
    assert disk.OUTPUT_BUDGET == recording.OUTPUT_BUDGET


@pytest.mark.parametrize("architecture", ["mlp", "resnet"])
def test_a_pace_is_measured_and_leaves_no_trace(architecture):
    settings = contestant(architecture).settings
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    found = pace(settings, seconds=0.05)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads
    numbers = (found.step_seconds, *found.spread, found.test_seconds, found.start_seconds)
    assert all(math.isfinite(number) and number > 0 for number in numbers)
    assert found.spread[0] <= found.step_seconds <= found.spread[1]
    assert found.moment_seconds >= 0 <= found.epoch_seconds
    assert found.steps_measured >= 1


def test_the_number_of_threads_is_as_before_even_where_the_run_wants_another():
    threads = torch.get_num_threads()
    pace(contestant("mlp", threads=threads + 1).settings, seconds=0.0)
    assert torch.get_num_threads() == threads


def test_a_network_that_diverges_at_once_has_a_pace(monkeypatch):
    def broken(output, truth):
        return output.sum() * math.inf

    monkeypatch.setitem(training.LOSSES, "classify", broken)
    found = pace(MLP.settings, seconds=0.05)
    assert found.steps_measured == 1
    assert 0 < found.step_seconds < math.inf


def test_a_price_is_told_in_one_line():
    price = replace(
        estimate(a_plan(), {}, 2),
        **{"runs": 60, "left": 60, "steps": 1_200_000, "seconds": 840.0, "bytes": 55_000_000},
    )
    line = "60 runs, 1.2 million updates, about 14 minutes on 2 workers, about 55 MB"
    assert told(price) == line
    assert told(replace(price, left=7)).startswith("7 of 60 runs left, ")
    small = replace(price, runs=1, left=1, steps=1, seconds=0.2, workers=1, bytes=2_100_000_000)
    assert told(small) == "1 run, 1 update, less than a second on 1 worker, about 2.1 GB"
    assert "about 1.6 minutes" in told(replace(price, seconds=95))
    assert "about 75 seconds" in told(replace(price, seconds=75.0))


def test_a_price_says_what_it_is_worth():
    said = worth(priced(a_plan(), workers=2))
    for word in ("this machine", "200 steps", "0.90 to 1.20", "Other work", "side by", "lower"):
        assert word in said
    assert "side by side" not in worth(priced(a_plan(), workers=1))
