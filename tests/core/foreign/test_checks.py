"""What is given otherwise than it is meant: one clear sentence, in time or printed once."""

import numpy as np
import pytest
import torch
from torch import nn

import layerscope
from tests.core.foreign.networks import close

INPUTS = torch.rand(4, 3)


def network(outputs=3):
    return nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, outputs))


@pytest.mark.parametrize(
    "classes, sentence",
    [
        (
            ["a", "b"],
            "classes has 2 names, but the last layer, 2, gives 3 numbers for each input: ",
        ),
        ("ab", "classes must have 3 names, or be left out; a text counts as one name for each"),
        (3, "classes must be the names of the classes in their order"),
        ([["a", "b", "c"]], "one text for each"),
        (b"abc", "one text for each"),
    ],
)
def test_wrong_classes_get_a_sentence(classes, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        layerscope.watch(network(), INPUTS, classes=classes)
    assert "pydantic" not in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "classes, names",
    [
        ([7, 8, 9], ("7", "8", "9")),
        (np.array(["a", "b", "c"]), ("a", "b", "c")),
        (torch.arange(3), ("0", "1", "2")),
        ({"a": 0, "b": 1, "c": 2}, ("a", "b", "c")),
        ("xyz", ("x", "y", "z")),
        (["crane", "crane", "dog"], ("crane", "crane (2)", "dog")),
        (range(3), ("0", "1", "2")),
    ],
)
def test_names_of_any_kind_are_taken(classes, names):
    seen = layerscope.watch(network(), INPUTS, classes=classes)
    assert seen.run.settings().watched.classes == names


@pytest.mark.parametrize(
    "targets",
    [torch.tensor([0, 1, 2, 0]), [0.0, 1.0, 2.0, 0.0], torch.tensor([[0], [1], [2], [0]])],
)
def test_targets_of_any_layout_are_taken(targets):
    seen = layerscope.watch(network(), INPUTS, classes="abc", targets=targets)
    known = seen.run.settings().dataset.load_test().test_targets
    assert known.tolist() == [0, 1, 2, 0]


@pytest.mark.parametrize("targets", [[0.5] * 4, "abcd", [0] * 3, [3] * 4, [float("nan")] * 4])
def test_targets_that_are_none_get_a_sentence(targets):
    with pytest.raises(ValueError, match="targets must be 4 numbers from 0 to 2"):
        layerscope.watch(network(), INPUTS, classes="abc", targets=targets)


@pytest.mark.parametrize(
    "more, sentence",
    [
        ({"units": 0}, "units must be a whole number from 1 to 4,096"),
        ({"units": 2.5}, "units must be a whole number"),
        ({"note": "x" * 501}, "note has 501 characters; at most 500 are kept"),
    ],
)
def test_other_arguments_get_a_sentence(more, sentence):
    with pytest.raises(ValueError, match=sentence):
        layerscope.watch(network(), INPUTS, **more)


def test_what_is_no_module_gets_a_sentence():
    with pytest.raises(TypeError, match="network must be a torch.nn.Module, not a function"):
        layerscope.watch(lambda x: x, INPUTS)  # type: ignore[arg-type]


def test_one_logit_tells_two_classes_apart():
    seen = layerscope.watch(network(1), INPUTS, classes=["no", "yes"], targets=[0, 1, 1, 0])
    assert seen.run.settings().watched.classes == ("no", "yes")
    with pytest.raises(ValueError, match="gives 1 number for each input: classes must have two"):
        layerscope.watch(network(1), INPUTS, classes=["a", "b", "c"])


def stepped(seen, made, scores=(), losses=None, scale=None):
    """Some steps of training with these scores or losses."""
    optimizer = torch.optim.SGD(made.parameters(), 0.1)
    for place in range(len(scores or losses)):
        optimizer.zero_grad()
        loss = made(INPUTS).square().mean()
        loss.backward()
        seen.step(losses[place] if losses else loss, scores[place] if scores else None, scale)
        optimizer.step()
    seen.close()
    return seen.run.metrics()


def test_scores_in_per_cent_are_read_as_such_from_the_first_on(capsys):
    made = network()
    metrics = stepped(layerscope.watch(made, INPUTS), made, [0.5, 1.0, 11.5, torch.tensor(87.5)])
    assert metrics["accuracy"] == pytest.approx([0.005, 0.01, 0.115, 0.875])
    assert capsys.readouterr().err.count("taken as per cent") == 1


def test_scores_that_are_none_are_left_out(capsys):
    made = network()
    metrics = stepped(layerscope.watch(made, INPUTS), made, [0.5, -3, 1e9, float("nan"), "good"])
    assert metrics["accuracy"][0] == 0.5 and np.isnan(metrics["accuracy"][1:]).all()
    said = capsys.readouterr().err
    assert said.count("the score -3 is no share from 0 to 1") == 1
    assert "the score is no number but a str" in said


def test_a_loss_that_is_no_scalar_is_its_mean_and_that_is_said(capsys):
    made = network()
    losses = [torch.tensor([1.0, 3.0]), {"loss": 1}, np.float32(4), torch.tensor([[5.0]]), None]
    metrics = stepped(layerscope.watch(made, INPUTS), made, losses=losses)
    assert metrics["loss"][[0, 2, 3]] == pytest.approx([2, 4, 5])
    assert np.isnan(metrics["loss"][[1, 4]]).all()
    said = capsys.readouterr().err
    assert said.count("the loss has 2 numbers: their mean is recorded") == 1
    assert said.count("the loss is no number but a dict") == 1
    assert "records no more" not in said


@pytest.mark.parametrize("to_none", [True, False])
def test_a_step_after_zero_grad_is_noticed(to_none, capsys):
    made = network()
    seen = layerscope.watch(made, INPUTS)
    made(INPUTS).mean().backward()
    torch.optim.SGD(made.parameters()).zero_grad(set_to_none=to_none)
    seen.step(0.5)
    seen.step(0.5)
    what = "no parameter has a gradient" if to_none else "all gradients are 0"
    said = capsys.readouterr().err
    assert said.count(f"at step 0 {what}: seen.step() belongs after loss.backward()") == 1
    seen.close()


def test_a_step_after_the_optimizers_is_noticed(capsys):
    made = network()
    seen = layerscope.watch(made, INPUTS)
    made(INPUTS).mean().backward()
    torch.optim.SGD(made.parameters(), 0.1).step()
    seen.step(0.5)
    assert (
        "the weights have changed between watch() and the first step()" in capsys.readouterr().err
    )
    seen.close()


def test_a_loop_as_it_is_meant_is_told_nothing(capsys):
    made = network()
    stepped(layerscope.watch(made, INPUTS), made, [0.5] * 30)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and "4 inputs of 3 numbers" in lines[0]


def grads(made):
    made.zero_grad()
    made(INPUTS).square().mean().backward()
    return made[2].weight.grad.clone()


@pytest.mark.parametrize("scale", [128.0, torch.tensor(128.0)])
def test_gradients_of_a_scaled_loss_are_divided_by_the_scale_that_is_named(scale):
    made = network()
    seen = layerscope.watch(made, INPUTS)
    true = grads(made)
    made.zero_grad()
    (made(INPUTS).square().mean() * 128).backward()
    seen.step(0.5, scale=scale)
    seen.close()
    moment = seen.run.moments([0])[0]
    assert close(moment.arrays["2", "weight_gradient"].numbers(), true)
    assert moment.numbers["2"]["gradient_norm"] == pytest.approx(true.norm().item(), rel=1e-4)


@pytest.mark.parametrize("unscaled", [False, True])
@pytest.mark.parametrize("named", [False, True])
def test_a_grad_scaler_is_noticed_whether_it_has_divided_already_or_not(unscaled, named, capsys):
    made = network()
    seen = layerscope.watch(made, INPUTS)
    true = grads(made)
    made.zero_grad()
    optimizer = torch.optim.SGD(made.parameters(), 0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024)
    scaler.scale(made(INPUTS).square().mean()).backward()
    if unscaled:
        scaler.unscale_(optimizer)
    seen.step(0.5, scale=scaler if named else None)
    scaler.step(optimizer)
    scaler.update()
    seen.close()
    assert close(seen.run.moments([0])[0].arrays["2", "weight_gradient"].numbers(), true)
    assert ("divided by 1024" in capsys.readouterr().err) is not (unscaled or named)
