"""The Activations page: what every layer answers to one image, as recorded or computed anew."""

import numpy as np
import pytest

from core.data import DATASETS, as_fed
from pages.shared.inputs import enlarged
from tests.core.small_runs import small
from tests.pages.conftest import said, sound

DIGITS = DATASETS["digits"]


def subheaders(tab):
    return [one.value for one in tab.subheader]


def recorded(run, step, place):
    """What the last layer gave for a probe input, as the file holds it."""
    last = run.settings().layers[-1].name
    moment = run.moments([step], layer=last, kinds=("output",))[0]
    return moment.arrays[last, "output"].numbers()[place]


@pytest.mark.parametrize("network", ["two_linear", "lenet", "mlp"])
def test_every_layer_that_changes_a_number_has_its_picture(open_page, make_run, network):
    run = make_run(network=network)
    tab = open_page("activations.py", run=run.id)
    layers = [layer.name for layer in run.settings().drawn_layers]
    assert subheaders(tab)[2:] == layers
    assert len(tab.get("plotly_chart")) == 1 + len(layers)


@pytest.mark.parametrize("digit", range(0, 10, 3))
def test_the_prediction_is_the_largest_recorded_output(open_page, make_run, digit):
    run = make_run()
    tab = open_page("activations.py", run=run.id, input=str(digit), step="4")
    best = int(np.argmax(recorded(run, 4, digit)))
    assert f"Prediction: {best}" in subheaders(tab)
    assert f"the image shows {digit}." in said(tab)
    assert ("it is right" in said(tab)) == (best == digit)
    assert "As recorded" in said(tab)


def test_another_image_is_computed_as_the_recorded_ones_were(open_page, make_run, listener):
    run = make_run()
    split = DIGITS.load()
    place = next(n for n in range(50, 99) if n not in DIGITS.probes(split))
    tab = open_page("activations.py", run=run.id, input="any image", image=str(place), step="4")
    assert listener.told == [("outputs", (1, 1, 8, 8))]
    moment = run.moments([4])[0]
    x = as_fed(split.test_inputs[place]).ravel()
    for layer in ("linear1", "linear2"):
        weight, bias = (moment.arrays[layer, kind].numbers() for kind in ("weight", "bias"))
        x = weight @ x + bias
        x = np.maximum(x, 0) if layer == "linear1" else x
    assert f"Prediction: {int(np.argmax(x))}" in subheaders(tab)
    assert f"the image shows {split.test_targets[place]}." in said(tab)
    assert "weights of 16 bits" in said(tab)


@pytest.mark.parametrize("side", [8, 28, 32, 300])
def test_an_image_is_enlarged_by_whole_pixels(side):
    image = np.random.default_rng(0).random((3, side, side), np.float32)
    large = enlarged(image)
    times = max(1, 252 // side)
    assert np.allclose(large[::times, ::times], image.transpose(1, 2, 0)), "in colour"
    assert (large[times - 1 :: times, times - 1 :: times] == large[::times, ::times]).all()
    grey = enlarged(image[:1])
    assert grey.shape == (times * side, times * side)
    assert np.allclose(grey[::times, ::times], 1 - image[0]), "dark on light"
    beyond = enlarged(4 * image - 2)
    assert beyond.min() >= 0 and beyond.max() <= 1


def test_a_probe_that_is_chosen_by_its_number_is_not_computed(open_page, make_run, listener):
    place = DIGITS.probes(DIGITS.load())[3]
    tab = open_page("activations.py", run=make_run().id, input="any image", image=str(place))
    assert listener.told == []
    assert "the image shows 3." in said(tab)


def test_what_a_network_gives_that_diverged_is_no_prediction(open_page, make_run):
    run = make_run("diverged")
    tab = open_page("activations.py", run=run.id)
    assert "No prediction" in subheaders(tab)
    assert "no finite number" in said(tab)
    assert "Prediction: " in "".join(subheaders(open_page("activations.py", run=run.id, step="0")))


def test_a_worker_that_does_not_answer_is_told(open_page, make_run, listener, monkeypatch):
    def lost(*_):
        raise TimeoutError("a secret path")

    monkeypatch.setattr(listener, "ask", lost)
    tab = open_page("activations.py", run=make_run().id, input="any image", image="60")
    assert "No worker could compute this \\(TimeoutError\\)" in tab.error[0].value
    assert "secret" not in said(tab)


def test_a_run_of_which_only_some_units_were_recorded_uses_the_nearest_checkpoint(
    open_page, make_run
):
    run = make_run(settings=small(epochs=1, recorded_units=4))
    tab = open_page("activations.py", run=run.id, input="any image", image="60", step="1")
    assert f"exact weights of step {run.steps(exact=True)[0]}" in said(tab)


def test_without_a_checkpoint_other_images_cannot_be_computed(open_page, make_run):
    run = make_run("interrupted", settings=small(epochs=1, recorded_units=4))
    assert run.steps(exact=True) == []
    tab = open_page("activations.py", run=run.id, input="any image", image="60")
    assert "Choose one of the recorded inputs" in tab.error[0].value
    tab = open_page("functions.py", run=run.id, view="softmax", input="any image", image="60")
    assert "Choose one of the recorded inputs" in tab.error[0].value


def test_choices_that_the_next_run_does_not_have_are_left(open_page, make_run):
    run = make_run()
    tab = open_page("activations.py", run="demo", input="any image", image="9000", step="9375")
    assert tab.number_input[0].value == 9000
    tab.selectbox[0].select(run.id).run()
    assert sound(tab).number_input[0].value <= 359
    assert tab.select_slider[0].value == run.steps()[-1]


def test_the_moment_that_was_chosen_is_in_the_link(open_page, make_run):
    tab = open_page("activations.py", run=make_run().id)
    tab.select_slider[0].set_value(2).run()
    assert sound(tab).query_params["step"] == "2"
