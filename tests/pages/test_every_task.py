"""The pages for every task: what the network says is told as fits it, and is what was recorded."""

import json

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from core import pictures
from core.data import DATASETS, as_fed
from core.pictures import told_number
from core.settings import settings_from
from pages.shared import prediction
from tests.pages.conftest import PAGES, said, scopes, sound
from tests.pages.every_task import TASKS, kinds, tiny


def charts(tab):
    return [json.loads(one.proto.spec) for one in tab.get("plotly_chart")]


def subheaders(tab):
    return [one.value for one in tab.subheader]


def recorded(run, step, probe):
    last = run.settings().layers[-1].name
    moment = run.moments([step], layer=last, kinds=("output",))[0]
    return moment.arrays[last, "output"].numbers()[probe]


def probe_of(name, number):
    dataset = DATASETS[name]
    split = dataset.load()
    place = dataset.probes(split)[number]
    return as_fed(split.test_inputs[place]), split.test_targets[place]


def label(name, number):
    inputs, target = probe_of(name, number)
    words = pictures.Probes(DATASETS[name], inputs[None], np.asarray(target)[None]).labels[0]
    return words if DATASETS[name].task == "classify" else f"{number + 1}: {words}"


def test_a_run_of_another_length_is_shown_its_own_inputs(open_page, make_run):
    given = {"data": "recall", "architecture": "gru", "options": {"units": 4}, "share": 0.01}
    runs_ = [make_run(settings=settings_from({**given, "epochs": 1, **more}))
             for more in ({}, {"length": 7})]  # fmt: skip
    for run, length in zip([*runs_, runs_[0]], [30, 7, 30], strict=True):
        for page in ("train.py", "activations.py", "layer.py", "step.py"):
            assert not open_page(page, run=run.id).error
        tab = open_page("train.py", run=run.id)
        component = next(c for c in tab.get("bidi_component") if "scope" in c.proto.component_name)
        header, _ = pictures.unpack(component.proto.bytes)
        assert [len(one["text"]) for one in header["probes"]] == 8 * [length]


def test_every_kind_of_input_and_every_task_is_among_these():
    assert kinds() == {(d.kind, d.task) for d in DATASETS.values()}


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_every_task(open_page, make_run, page, name):
    run = make_run(settings=tiny(name))
    tab = open_page(page, run=run.id)
    says_so = page in ("train.py", "runs.py")
    nothing = says_so and run.summary().learned_nothing  # few steps
    assert not tab.error and len(tab.warning) == nothing
    if page == "functions.py":
        tab = open_page(page, run=run.id, view="softmax")
        assert not tab.error
        numbers = DATASETS[name].task == "regress"
        assert bool(tab.get("bidi_component")) != numbers
        assert ("predicts numbers" in "".join(i.value for i in tab.info)) == numbers
    if page == "train.py":
        component = next(c for c in tab.get("bidi_component") if "scope" in c.proto.component_name)
        header, _ = pictures.unpack(component.proto.bytes)
        assert header["task"] == DATASETS[name].task
        assert [frame["step"] for frame in header["frames"]] == run.steps()
        assert len(header["probes"]) == len(header["frames"][0]["bars"])


@pytest.mark.parametrize("name", [n for n in TASKS if DATASETS[n].task == "classify"])
@pytest.mark.parametrize("number", [0, 1])
def test_a_class_is_told_with_its_probability(open_page, make_run, name, number):
    run, dataset = make_run(settings=tiny(name)), DATASETS[name]
    tab = open_page("activations.py", run=run.id, input=label(name, number), step="2")
    shares = torch.from_numpy(recorded(run, 2, number)).softmax(0).numpy()
    best, truth = int(shares.argmax()), dataset.classes[int(probe_of(name, number)[1])]
    assert f"Prediction: {dataset.classes[best]}" in subheaders(tab)
    thing = "image shows" if dataset.kind == "image" else "input is"
    assert f"{shares[best]:.1%} sure; it is" in said(tab).replace("\\", "")
    assert f"the {thing} {truth}." in said(tab)


def test_a_plane_is_divided_as_the_network_divides_it(open_page, make_run):
    run = make_run(settings=tiny("xor"))
    tab = open_page("activations.py", run=run.id, step="0")
    drawn = charts(tab)
    kinds_drawn = [trace["type"] for chart in drawn for trace in chart["data"]]
    assert {"contour", "heatmap"} & set(kinds_drawn)
    assert len(drawn) == 2 + len(run.settings().drawn_layers)


def test_the_train_page_shows_the_boundary_of_points_and_of_nothing_else(open_page, make_run):
    def boundaries(name):
        parts = open_page(run=make_run(settings=tiny(name)).id).get("bidi_component")
        heads = [json.loads(one.proto.bytes) for one in parts if one.proto.bytes[:1] == b"{"]
        assert len(heads) >= 2
        return sum(head["key"].startswith("boundary-") for head in heads)

    assert [boundaries(name) for name in ("xor", "carseats", "digits")] == [1, 0, 0]


@pytest.mark.parametrize("number", [0, 9])
@pytest.mark.parametrize("name", ["carseats", "sunspots"])
def test_a_number_is_told_in_its_unit(open_page, make_run, name, number):
    run, dataset = make_run(settings=tiny(name)), DATASETS[name]
    tab = open_page("activations.py", run=run.id, input=label(name, number), step="3")
    quantity = dataset.quantity
    says = recorded(run, 3, number).astype(float) * quantity.spread + quantity.mean
    truth = probe_of(name, number)[1].astype(float) * quantity.spread + quantity.mean
    later = " for the next step" if quantity.outputs > 1 else ""
    assert f"Prediction{later}: {told_number(says[0], dataset)}" in subheaders(tab)
    assert f"It is {told_number(truth[0], dataset)}." in said(tab)
    assert "All test inputs" in subheaders(tab)


@pytest.mark.parametrize("name", ["carseats", "sunspots"])
def test_the_line_that_it_is_compared_with_is_linear_regression(make_run, name):
    run, dataset = make_run(settings=tiny(name)), DATASETS[name]
    true, said_, guessed = prediction._tested(run.id, run.steps()[-1], run)
    split = dataset.load()
    flat = [part.reshape(len(part), -1) for part in (split.train_inputs, split.test_inputs)]
    line = LinearRegression().fit(flat[0], split.train_targets)
    guess = line.predict(flat[1]).reshape(guessed.shape)
    quantity = dataset.quantity
    wanted = guess * quantity.spread + quantity.mean
    np.testing.assert_allclose(guessed, wanted, rtol=1e-4, atol=1e-6 * quantity.spread)
    np.testing.assert_allclose(
        true, split.test_targets.astype(float) * quantity.spread + quantity.mean
    )
    assert said_.shape == true.shape
    assert r2_score(true, guessed) > 0.5


def test_a_worker_that_fails_once_is_asked_again(open_page, make_run, listener, monkeypatch):
    def lost(*_):
        raise TimeoutError

    run, real = make_run(settings=tiny("carseats")), listener.ask
    monkeypatch.setattr(listener, "ask", lost)
    assert "All test inputs" not in subheaders(open_page("activations.py", run=run.id))
    monkeypatch.setattr(listener, "ask", real)
    assert "All test inputs" in subheaders(open_page("activations.py", run=run.id))


def test_next_symbols_are_counted(open_page, make_run):
    run = make_run(settings=tiny("letters"))
    tab = open_page("activations.py", run=run.id, input=label("letters", 4), step="1")
    logits, (inputs, truth) = recorded(run, 1, 4), probe_of("letters", 4)
    right = np.mean(logits.argmax(1) == truth)
    assert f"Next symbols: {right:.0%} named right" in subheaders(tab)
    alphabet = DATASETS["letters"].alphabet
    assert tab.code[0].value == "".join(alphabet[symbol] for symbol in inputs)


@pytest.mark.parametrize("name", TASKS)
def test_any_test_input_can_be_chosen_by_its_number(open_page, make_run, listener, name):
    run, dataset = make_run(settings=tiny(name)), DATASETS[name]
    split = dataset.load()
    place = next(n for n in range(20, 60) if n not in dataset.probes(split))
    other = "any image" if dataset.kind == "image" else "any input"
    tab = open_page("activations.py", run=run.id, input=other, image=str(place))
    assert ("outputs", (1, *dataset.shape)) in listener.told
    assert "weights of 16 bits" in said(tab)
    drawn = [layer.name for layer in run.settings().drawn_layers]
    assert [one for one in subheaders(tab) if one in drawn] == drawn
    tab.number_input[0].set_value(dataset.test_size - 1).run()
    assert sound(tab).number_input[0].value == dataset.test_size - 1


@pytest.mark.parametrize("view", ["pictures", "matrix", "distributions"])
def test_each_of_a_layers_weight_arrays_can_be_chosen(open_page, make_run, view):
    run = make_run(settings=tiny("digits"))
    layer = next(x for x in run.settings().layers if x.kind == "lstm")
    assert len(layer.pictured) == 4
    for array in layer.pictured:
        tab = open_page("weights.py", run=run.id, layer="lstm1", array=pictures.told_weights(array),
                        view=view)  # fmt: skip
        assert not tab.error
        if view == "distributions":
            assert len(charts(tab)) == 3
            continue
        packed = scopes(tab)[0]
        header, _ = pictures.unpack(packed)
        assert [frame["step"] for frame in header["frames"]] == run.steps()
        last = len(run.steps()) - 1
        true = run.moments([run.steps()[-1]])[0].arrays["lstm1", array].numbers()
        shown = pictures.plane_of(packed, "now/weight", last).reshape(true.shape).astype(float)
        scale = header["frames"][last]["scales"]["now/weight"]
        wanted = np.clip(true, -scale, scale)
        assert np.abs((shown - 128) / 127 * scale - wanted).max() <= scale / 250


def test_the_sizes_over_the_run_are_those_of_the_whole_layer(open_page, make_run):
    run = make_run(settings=tiny("first_names"))
    tab = open_page("weights.py", run=run.id, layer="lstm1", view="distributions", what="gradients")
    assert not tab.error
    arrays = run.moments([0])[0].arrays
    both = [arrays["lstm1", kind].numbers().ravel() for kind in ("weight_ih_l0", "weight_hh_l0")]
    number = run.moments([0])[0].numbers["lstm1"]["weight_norm"]
    assert number == pytest.approx(np.linalg.norm(np.concatenate(both)), rel=1e-3)
