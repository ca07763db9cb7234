"""The loss curve."""

import numpy as np

from core.figures import loss_curve, style


def test_training_and_held_out_loss_are_two_lines_in_their_colours():
    fig = loss_curve([1, 2, 3], [3.0, 2.0, 1.0], [2], [2.5])
    training, held_out = fig.data
    assert (training.name, held_out.name) == ("training", "held-out")
    assert training.line.color == style.TRAINING
    assert held_out.line.color == style.HELD_OUT
    assert training.x.tolist() == [1, 2, 3]
    assert training.y.tolist() == [3.0, 2.0, 1.0]
    assert held_out.x.tolist() == [2]
    assert held_out.y.tolist() == [2.5]
    assert (fig.layout.xaxis.title.text, fig.layout.yaxis.title.text) == ("step", "loss")


def test_a_held_out_loss_that_was_not_measured_is_a_gap():
    assert np.isnan(loss_curve([1, 2], [1, 1], [1, 2], [None, 0.5]).data[1].y).tolist() == [
        True,
        False,
    ]


def test_epochs_are_told_on_hover():
    training = loss_curve([1, 2], [1, 1], epochs=[0.5, 1.0]).data[0]
    assert training.customdata.tolist() == [0.5, 1.0]
    assert "epoch" in training.hovertemplate
    assert "epoch" not in loss_curve([1, 2], [1, 1]).data[0].hovertemplate


def test_marks_are_lines_at_their_steps_with_their_texts():
    fig = loss_curve(range(100), np.ones(100), marks=[(90, "rate <0.01>"), (10, "paused")])
    assert [shape.x0 for shape in fig.layout.shapes] == [10, 90]
    assert [note.text for note in fig.layout.annotations] == ["paused", "rate &lt;0.01&gt;"]
    assert [note.xanchor for note in fig.layout.annotations] == ["left", "right"]


def test_marks_close_together_go_into_rows_and_then_to_hover():
    marks = [(10 + i, f"event {i}") for i in range(4)]
    notes = loss_curve(range(100), np.ones(100), marks=marks).layout.annotations
    assert [note.yshift for note in notes[:3]] == [0, -style.LINE, -2 * style.LINE]
    assert notes[3].text == "·"
    assert notes[3].hovertext == "step 13: event 3"


def test_the_loss_axis_can_be_logarithmic():
    assert loss_curve([1], [1]).layout.yaxis.type is None
    assert loss_curve([1], [1], log=True).layout.yaxis.type == "log"


def test_a_point_between_gaps_is_seen():
    assert loss_curve([1, 2, 3], [np.nan, 1.0, np.nan]).data[0].mode == "lines+markers"
    assert loss_curve([1, 2, 3], [1.0, 1.0, np.nan]).data[0].mode == "lines"
