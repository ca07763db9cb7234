"""Every stack that the Builder accepts trains a step, is exported, and reloads as it was."""

import pytest
import torch
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from core import stacks as edit
from core.architectures.bricks import Activation, Embedding, Flatten, Linear, Residual
from core.checkpoints import State
from core.data import DATASETS
from core.export import code, weights
from core.losses import LOSSES
from core.settings import settings_from
from core.unfit import Unfit
from tests.core.alone import run_alone
from tests.core.architectures.random_stacks import few, fitting, given_shape
from tests.core.architectures.test_every_architecture import batch_of

torch.set_num_threads(1)
DATA = ("digits", "carseats", "spirals", "sunspots", "waveforms", "recall", "letters")


@st.composite
def built(draw, data):
    """A stack of all kinds of bricks, put together as the Builder does it, for a data set."""
    dataset, bricks = DATASETS[data], []
    shape = dataset.shape
    if symbols := len(dataset.alphabet):
        bricks = [Embedding(symbols=symbols, features=draw(few))]
        shape = bricks[0].output(shape)
    inner = draw(fitting(shape, 5, 3))
    bricks += inner
    after, wanted = given_shape(inner, shape), dataset.output_shape
    if after != wanted or draw(st.booleans()):
        if len(after) != len(wanted):
            bricks.append(Flatten())
        last = Linear(units=wanted[-1])
        mixed = draw(st.booleans())
        bricks.append(Residual(block=(last, Activation()), shortcut=(last,)) if mixed else last)
    stack = [brick.model_dump(mode="json") for brick in bricks]
    return edit.from_link(edit.to_link(stack))


def accepted(data, stack):
    """The settings of a stack as the Builder makes them; None where it refuses it."""
    if not stack:
        return None
    try:
        return settings_from({"data": data, "architecture": "Own network", "bricks": stack})
    except Unfit as fault:
        assert "ayer" in str(fault)
        return None


def stepped(settings):
    """The state after one step of training, and the inputs that it was made on."""
    state = State(settings)
    inputs, truth = batch_of(settings.data, 6)
    state.network.train()
    loss = LOSSES[settings.dataset.task](state.network(inputs), truth)
    loss.backward()
    state.update()
    state.network.eval()
    return state, inputs


@pytest.mark.parametrize("data", DATA)
def test_what_the_builder_accepts_trains_and_its_file_gives_the_same_outputs(tmp_path, data):
    """In this Python at first, where a fault is made small; then in one that knows torch alone.

    With 64 bits: some of these stacks make rounding in the last of 32 bits a million times larger.
    """
    wanted = {}

    @given(built(data))
    @rules(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def check(stack):
        settings = accepted(data, stack)
        if settings is None:
            return
        state, inputs = stepped(settings)
        assert state.step == 1
        inputs = inputs.double() if inputs.is_floating_point() else inputs
        place = tmp_path / f"stack{len(wanted)}.py"
        place.write_text(code(settings), encoding="utf-8")
        place.with_suffix(".safetensors").write_bytes(weights(settings, state.checkpoint()))
        torch.save(inputs, place.with_suffix(".inputs"))
        space: dict = {}
        exec(compile(place.read_text("utf-8"), place.name, "exec"), space)
        with torch.inference_mode():
            wanted[place] = stack, state.network.double()(inputs)
            found = space["load"](place.with_suffix(".safetensors")).double()(inputs)
        same(found, *wanted[place])

    check()
    assert len(wanted) > 10, "hardly any stack was accepted"
    run_alone(tmp_path, bits=64)
    for place, (stack, outputs) in wanted.items():
        found, *_ = torch.load(place.with_suffix(".outputs"), weights_only=True)
        same(found, stack, outputs)


def same(found, stack, wanted):
    """Whether these are the outputs of a stack."""
    torch.testing.assert_close(
        found, wanted, rtol=0, atol=1e-6, equal_nan=True, msg=lambda told: f"{stack}: {told}"
    )
