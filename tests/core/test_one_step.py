"""One step: what is told of it is what PyTorch does, and what the run itself does next."""

import numpy as np
import pytest
import torch

from core.architectures import ARCHITECTURES
from core.architectures.builder import owner
from core.checkpoints import State
from core.commands import Inbox
from core.losses import LOSSES
from core.one_step import one_step
from core.records import Checkpoint
from core.settings import settings_from
from core.training import epoch_batches, tensors, train
from tests.core.small_runs import FITTING, small

torch.set_num_threads(1)


def state_after(settings, steps: int) -> Checkpoint:
    """An exact state of a run by torch alone."""
    state = State(settings)
    inputs, targets, *_ = tensors(settings.dataset)
    for batch in epoch_batches(settings, 0)[:steps]:
        state.clear_gradients()
        LOSSES[settings.dataset.task](state.network(inputs[batch]), targets[batch]).backward()
        state.update()
    return state.checkpoint()


RULES = ["sgd", "adam", "adamw", "rmsprop"]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("network", ["mlp", "lenet"])  # the first with BatchNorm and Dropout
def test_the_step_is_torchs_and_its_update_follows_the_rule(network, rule):
    settings = small(network, optimizer=rule, batch_size=16)
    start = state_after(settings, 3)
    walk = one_step(settings, start, 5)
    state = State(settings, start)
    inputs, targets, *_ = tensors(settings.dataset)
    batch = epoch_batches(settings, 0)[3]
    kept = {}
    modules = {path: m for path, m in state.network.named_modules() if not list(m.children())}
    for path, module in modules.items():
        module.register_forward_hook(lambda m, x, y, path=path: kept.update({path: y}))
    output = state.network(inputs[batch])
    loss = torch.nn.functional.cross_entropy(output, targets[batch])
    slopes = torch.autograd.grad(
        loss, [y for y in kept.values() if y.requires_grad], retain_graph=True
    )
    assert walk.place == batch[5] and walk.loss == loss.item()
    own = torch.nn.functional.cross_entropy(output[5:6], targets[batch][5:6])
    assert walk.own_loss == pytest.approx(own.item(), rel=1e-6)
    names = [path.rpartition(".")[2] for path in kept]
    for name, value in zip(names, kept.values(), strict=True):
        assert np.array_equal(walk.outputs[name], value[5].detach())
    learned = [name for name, y in zip(names, kept.values(), strict=True) if y.requires_grad]
    for name, slope in zip(learned, slopes, strict=True):
        assert np.allclose(walk.slopes[name], slope[5], atol=1e-9)
    loss.backward()
    moved = {key: array for key, array in start.arrays.items() if key[1].startswith("optimizer/")}
    for name, parameter in state.network.named_parameters():
        key = owner(name)
        assert np.array_equal(walk.before[key], parameter.detach())
        assert np.array_equal(walk.gradient[key], parameter.grad)
        w, g = (x.astype(np.float64) for x in (walk.before[key], walk.gradient[key]))
        old = {
            word: moved[key[0], f"optimizer/{key[1]}/{word}"].values.astype(np.float64)
            for word in ("momentum_buffer", "exp_avg", "exp_avg_sq", "square_avg")
            if (key[0], f"optimizer/{key[1]}/{word}") in moved
        }
        assert np.allclose(walk.after[key], by_rule(rule, w, g, old, walk), rtol=1e-5, atol=1e-8)


def by_rule(rule, w, g, old, walk):
    """The optimizers' published rules, for the fourth step."""
    rate, count = walk.learning_rate, walk.step + 1
    if rule == "sgd":
        return w - rate * (0.9 * old["momentum_buffer"] + g)
    if rule == "rmsprop":
        return w - rate * g / (np.sqrt(0.99 * old["square_avg"] + 0.01 * g**2) + 1e-8)
    mean = (0.9 * old["exp_avg"] + 0.1 * g) / (1 - 0.9**count)
    size = (0.999 * old["exp_avg_sq"] + 0.001 * g**2) / (1 - 0.999**count)
    return w * (1 - 0.01 * rate * (rule == "adamw")) - rate * mean / (np.sqrt(size) + 1e-8)


@pytest.mark.parametrize("network", ["two_linear", "mlp", "lenet"])
def test_it_is_the_step_that_the_run_takes_next(network):
    settings = small(network, batch_size=16)
    start = state_after(settings, 2)
    walk = one_step(settings, start)
    following = Inbox()
    records = train(settings, following, start)
    moments = [r for r in records if getattr(r, "arrays", None) and r.step in (2, 3)]
    before, after = moments[0], moments[-1]
    state = State(settings, start)
    inputs, targets, *_ = tensors(settings.dataset)
    batch = epoch_batches(settings, 0)[2]
    LOSSES["classify"](state.network(inputs[batch]), targets[batch]).backward()
    state.optimizer.step()
    for name, parameter in state.network.named_parameters():
        assert np.array_equal(walk.after[owner(name)], parameter.detach()), name
    assert before.step == 2 and after.step == 3
    for key, wanted in walk.after.items():
        if key in after.arrays and after.arrays[key].units is None:
            assert np.allclose(after.arrays[key].numbers(), wanted, atol=2e-3 * abs(wanted).max())


def test_no_step_follows_the_last():
    settings = small(epochs=1, batch_size=512)
    start = state_after(settings, 0)
    with pytest.raises(ValueError, match="no step follows"):
        one_step(settings, Checkpoint(settings.steps, start.arrays))


def test_without_a_state_it_is_the_first_step_from_the_seed():
    settings = small("mlp", batch_size=16)
    given, drawn = one_step(settings, state_after(settings, 0)), one_step(settings, None)
    assert given.step == drawn.step == 0 and given.loss == drawn.loss
    assert all(np.array_equal(given.after[key], drawn.after[key]) for key in given.after)


def test_the_step_is_taken_with_the_threads_of_its_run():
    try:
        one_step(small(threads=3, batch_size=16), None)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(1)


def test_an_example_beyond_the_batch_is_the_last():
    settings = small(batch_size=16)
    assert (
        one_step(settings, state_after(settings, 0), 99).place == epoch_batches(settings, 0)[0][15]
    )


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_can_be_walked(name):
    settings = settings_from({"architecture": name, "data": FITTING[name], "batch_size": 8})
    walk = one_step(settings, State(settings).checkpoint(), 1)
    assert {layer.name for layer in settings.drawn_layers} <= walk.outputs.keys()
    assert walk.before.keys() == walk.after.keys() and np.isfinite(walk.loss)
    assert any(not np.array_equal(walk.before[key], walk.after[key]) for key in walk.before)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_step_is_taken_with_as_many_threads_as_its_run_has(threads):
    before = torch.get_num_threads()
    torch.set_num_threads(3 - threads)
    try:
        one_step(small("two_linear", threads=threads), None)
        assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
