"""Commands: each does what it says, between two steps, and comes out again as an event."""

import math
from collections.abc import Iterable

import pytest
import torch

from core.commands import Command, Inbox
from core.records import Checkpoint, Event, Metric, Moment, Record
from core.training import train
from tests.core.small_runs import (
    Impatient,
    after,
    assert_identical,
    checkpoints,
    events,
    last_state,
    metrics,
    moments,
    run,
    small,
)

torch.set_num_threads(1)
WHOLE = [(0, "started"), (24, "finished")]


@pytest.fixture(autouse=True)
def steady(monkeypatch):
    """No checkpoint comes only because the machine is slow."""
    monkeypatch.setattr("core.training.CHECKPOINT_SECONDS", 1e9)


def script(*lines: tuple[int, str, str]) -> object:
    """Answer the event (step, kind) with a word, or with a new learning rate."""
    waiting = list(lines)

    def react(record: Record) -> Iterable[Command]:
        if waiting and isinstance(record, Event) and (record.step, record.kind) == waiting[0][:2]:
            return [Command(waiting.pop(0)[2])]  # type: ignore[arg-type]
        return ()

    return react


def both(*reacts):
    return lambda record: [command for react in reacts for command in react(record)]


def test_pause_keeps_the_state_and_resume_goes_on_as_if_nothing_had_been():
    settings = small("mlp")
    react = both(after(5, Command("pause")), script((5, "paused", "resume")))
    records = run(settings, react)
    assert events(records) == [WHOLE[0], (5, "paused"), (5, "resumed"), WHOLE[1]]
    assert [checkpoint.step for checkpoint in checkpoints(records)] == [5, 24]
    assert_identical(last_state(records), last_state(run(settings)))


def test_one_step_and_one_epoch_pause_again_where_they_end():
    settings = small()
    lines = [(5, "paused", "step"), (6, "paused", "step"), (7, "paused", "epoch")]
    lines += [(12, "paused", "epoch")]
    records = run(settings, both(after(5, Command("pause")), script(*lines)))
    assert events(records) == [
        (0, "started"),
        (5, "paused"),
        (5, "resumed"),
        (6, "paused"),
        (6, "resumed"),
        (7, "paused"),
        (7, "resumed"),
        (12, "paused"),  # the end of the first epoch
        (12, "resumed"),
        (24, "finished"),  # the end of the second is the end of the run: no pause
    ]
    texts = [r.text for r in records if isinstance(r, Event) and r.kind == "resumed"]
    assert texts == ["for one step", "for one step", "for one epoch", "for one epoch"]
    assert [checkpoint.step for checkpoint in checkpoints(records)] == [5, 6, 7, 12, 24]
    assert_identical(last_state(records), last_state(run(settings)))


def test_a_step_asked_for_while_it_runs_is_its_last_before_a_pause():
    react = both(after(3, Command("step")), script((4, "paused", "resume")))
    expected = [(3, "resumed"), (4, "paused"), (4, "resumed")]
    assert events(run(small(), react)) == [WHOLE[0], *expected, WHOLE[1]]


def test_resume_takes_back_the_pause_that_a_step_would_have_ended_in():
    records = run(small(), after(3, Command("epoch"), Command("resume")))
    assert events(records) == [WHOLE[0], (3, "resumed"), (3, "resumed"), WHOLE[1]]


def test_commands_that_change_nothing_say_nothing():
    assert events(run(small(), after(3, Command("resume")))) == WHOLE
    react = both(
        after(3, Command("pause"), Command("pause"), Command("pause")),
        script((3, "paused", "resume")),
    )
    assert events(run(small(), react)) == [WHOLE[0], (3, "paused"), (3, "resumed"), WHOLE[1]]


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize("step", [0, 7, 12])
def test_stop_ends_the_run_with_its_state_and_its_result(step, paused):
    words = [Command("pause")] * paused + [Command("stop")]
    records = run(small(), after(step, *words))
    assert events(records) == [WHOLE[0], *[(step, "paused")] * paused, (step, "stopped")]
    assert checkpoints(records)[-1].step == step
    assert [moment.step for moment in moments(records)] == list(range(step + 1))
    end = records[-1]
    assert isinstance(end, Event) and end.value is not None and 0 <= end.value <= 1
    assert end.text == f"{end.value:.2%} of the 360 test inputs are named right."


def test_a_new_learning_rate_is_said_measured_and_kept():
    records = run(small(learning_rate=0.002), after(6, Command("learning_rate", 0.125)))
    said = [r for r in records if isinstance(r, Event) and r.kind == "learning_rate"]
    assert [(event.step, event.value) for event in said] == [(6, 0.125)]
    rates = [metric.learning_rate for metric in metrics(records)]
    assert rates == [0.002] * 6 + [0.125] * 18
    assert checkpoints(records)[-1].arrays["", "learning_rate"].values.tolist() == [0.125]


def test_the_learning_rate_can_be_changed_while_paused():
    react = both(
        after(6, Command("pause"), Command("learning_rate", 0.5)),
        script((6, "learning_rate", "resume")),
    )
    happened = [(6, "paused"), (6, "learning_rate"), (6, "resumed")]
    assert events(run(small(), react)) == [WHOLE[0], *happened, WHOLE[1]]


def test_a_picture_wanted_while_paused_is_of_the_step_that_it_pauses_at():
    inbox, pictures = Impatient(), []
    for record in train(small(), inbox):
        if isinstance(record, Metric) and record.step == 5:
            inbox.send(Command("pause"))
        elif isinstance(record, Checkpoint) and record.step == 5:
            inbox.picture_wanted = True
        elif isinstance(record, Moment) and record.live:
            pictures.append((record.step, record.loss, inbox.picture_wanted))
            inbox.picture_wanted = len(pictures) < 3
            if len(pictures) == 3:
                inbox.send(Command("stop"))
    assert pictures == [(5, None, False)] * 3


def test_commands_are_taken_in_the_order_they_were_sent():
    inbox = Inbox()
    assert inbox.empty() and inbox.take() is None and inbox.take(wait=0.001) is None
    for word in ("pause", "step", "stop"):
        inbox.send(Command(word))
    assert not inbox.empty()
    assert [inbox.take(wait).word for wait in (0, 0.1, 0)] == ["pause", "step", "stop"]  # type: ignore[union-attr]
    assert inbox.empty()


@pytest.mark.parametrize("rate", [None, 0, -1, math.nan, math.inf, 1e13])
def test_a_learning_rate_that_cannot_be_is_refused(rate):
    with pytest.raises(ValueError, match="a learning rate is a number above 0"):
        Command("learning_rate", rate)
    assert Command("learning_rate", 1e12).value == 1e12


def test_an_unknown_word_is_refused_with_those_that_are_known():
    with pytest.raises(ValueError, match="pause, resume, step, epoch, stop, learning_rate, not "):
        Command("explode")  # type: ignore[arg-type]
