"""A network that was watched from a script, on every page."""

import pytest
import torch
from torch import nn

import layerscope
from core.foreign import watch
from core.pictures import unpack
from core.runfile import Writer
from pages.shared.asking import WATCHED
from tests.core.foreign.networks import CLASSES, Unseen, Words, images, train
from tests.core.foreign.test_parts import Experts
from tests.pages.conftest import PAGES, run_box, said, scopes


@pytest.fixture
def watched(home, listener, monkeypatch):
    """A run of three steps of a network that the project has never seen."""
    monkeypatch.setattr(watch, "FREE_SECONDS", 60)  # every step is recorded
    torch.manual_seed(0)
    with layerscope.watch(Unseen(), images(), classes=CLASSES, targets=range(6)) as seen:
        train(seen._looker.network, 3, seen)
    return seen.run


@pytest.fixture
def odd(home, listener, monkeypatch):
    """A run of layers without outputs, and of one logit that tells two classes apart."""
    monkeypatch.setattr(watch, "FREE_SECONDS", 60)
    torch.manual_seed(3)
    network, inputs = nn.Sequential(Experts(), nn.Linear(2, 1)), torch.randn(8, 4)
    with layerscope.watch(network, inputs, classes=["no", "yes"], targets=[0, 1] * 4) as seen:
        for _ in range(3):
            loss = nn.functional.binary_cross_entropy_with_logits(network(inputs), torch.ones(8, 1))
            loss.backward()
            seen.step(loss)
    return seen.run


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_layers_of_which_only_weights_are_recorded(open_page, odd, page):
    assert not open_page(page, run=odd.id).error
    assert not open_page(page, run=odd.id, layer="0.experts.2.0").error


def test_one_logit_is_drawn_as_the_probability_of_two_classes(open_page, odd):
    found, header = cards(open_page(run=odd.id))
    assert found["prediction"]["formula"] == "σ(y)"
    (moment,) = odd.moments([2], layer="1", kinds=("output",))
    shares = torch.tensor(moment.arrays["1", "output"].numbers()).sigmoid()[:, 0]
    steps = [frame["step"] for frame in header["frames"]]
    bars = header["frames"][steps.index(2)]["bars"]
    assert [pair[1] for pair in bars] == pytest.approx(shares.tolist(), abs=1e-4)
    assert [sum(pair) for pair in bars] == pytest.approx([1] * 8, abs=1e-3)
    panels = [plane["id"] for plane in found["0.experts.2.0"]["planes"]]
    assert panels and not [one for one in panels if one.endswith("output")]


@pytest.mark.parametrize("ends", [(), (nn.Sigmoid(),)])
def test_the_prediction_of_one_number_is_that_of_two_classes(open_page, home, listener, ends):
    torch.manual_seed(3)
    network, inputs = nn.Sequential(nn.Linear(4, 1), *ends), torch.randn(8, 4)
    with layerscope.watch(network, inputs, classes=["no", "yes"], targets=[0, 1] * 4) as seen:
        pass
    first = network[0](inputs)[0].sigmoid().item()
    text = said(open_page("activations.py", run=seen.run.id))
    assert f"Prediction: {'yes' if first > 0.5 else 'no'}" in text
    assert f"{max(first, 1 - first):.1%} sure" in text


class Idle(nn.Module):
    """A norm that no pass reaches."""

    def __init__(self) -> None:
        super().__init__()
        self.used, self.idle = nn.Linear(4, 3), nn.BatchNorm1d(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.used(x)


def test_a_layer_of_a_known_kind_that_no_pass_reaches_has_a_page(open_page, home, listener):
    with layerscope.watch(Idle(), torch.randn(3, 4)) as seen:
        pass
    assert [x.kind for x in seen.run.settings().layers if x.name == "idle"] == ["batchnorm"]
    tab = open_page("layer.py", run=seen.run.id, layer="idle")
    assert not tab.error and not tab.exception
    assert "What this layer gave was not recorded" in said(tab)


def cards(tab):
    header = unpack(scopes(tab)[0])[0]
    return {card["id"]: card for card in header["cards"]}, header


def curves(tab):
    """The names of the curves that go on changing."""
    parts = [one.proto for one in tab.get("bidi_component")]
    keys = [one.id for one in parts if one.component_name.endswith("layerscope_chart")]
    return [name for key in keys for name in ("loss", "accuracy") if f"{name}-" in key]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_it(open_page, watched, page):
    assert not open_page(page, run=watched.id).error


def test_the_strip_shows_its_layers_and_what_it_says(open_page, watched):
    tab = open_page(run=watched.id)
    found, header = cards(tab)
    assert list(found)[:3] == ["input", "conv", "norm"] and "prediction" in found
    assert header["opens"] is False and header["frames"][0]["epoch"] is None
    assert [probe["class"] for probe in header["probes"]] == list(range(6))
    assert len(header["frames"][-1]["bars"][0]) == 10
    text = said(tab)
    assert "Watched to the end" in text and "learning rate" not in text.split("Trains")[-1][200:]
    assert "spare \\(Linear\\) did not take part" in text
    assert curves(tab) == ["loss", "accuracy"]


def test_a_network_that_was_only_looked_at_has_no_curves(open_page, home, listener):
    seen = layerscope.watch(Unseen(), images())
    seen.close()
    tab = open_page(run=seen.run.id)
    assert "Looked at, not trained" in said(tab)
    found, header = cards(tab)
    assert "prediction" not in found, "nobody said what its outputs are"
    assert [probe["label"] for probe in header["probes"]][0] == "input 1"
    assert curves(tab) == []


def test_while_its_script_runs_the_page_follows_and_has_no_buttons(open_page, home, listener):
    seen = layerscope.watch(Unseen(), images())
    train(seen._looker.network, 2, seen)
    tab = open_page(run=seen.run.id)
    assert "Its script is training it" in said(tab)
    assert not [button for button in tab.button if button.label in ("Pause", "Stop", "One step")]
    assert not tab.error
    seen.close()


def test_a_script_that_was_killed_cannot_be_resumed_here(open_page, watched):
    writer = Writer(watched.path)
    writer.note(owner="[0, 0]")
    writer.connection.execute("DELETE FROM events WHERE kind = 'finished'")
    writer.connection.commit()
    writer.close()
    tab = open_page(run=watched.id)
    assert "Interrupted" in said(tab)
    assert not [button for button in tab.button if "Resume" in button.label]


def test_a_layer_shows_its_weights_its_outputs_and_its_gradient(open_page, watched):
    tab = open_page("layer.py", run=watched.id, layer="ways.wide.0", step="1")
    found, header = cards(tab)
    assert "ways.wide.0/weight" in found and "ways.wide.0/weight_gradient" in found
    assert "Conv2d(8, 8, kernel_size=(1, 3)" in said(tab)
    assert header["opens"] is False


def test_gates_of_a_recurrent_layer_are_computed(open_page, watched):
    found, _ = cards(open_page("layer.py", run=watched.id, layer="reads"))
    assert {"input gate", "forget gate", "output gate"} <= set(found)


def test_inputs_other_than_its_own_are_not_offered(open_page, watched):
    tab = open_page("activations.py", run=watched.id)
    control = tab.get("button_group")[0]
    assert "any image" not in str(control.proto) and "class 3" in str(control.proto)


def test_one_step_says_that_nothing_is_computed_anew(open_page, watched):
    assert WATCHED in said(open_page("step.py", run=watched.id))


def test_twins_says_that_there_is_nothing_to_differ(open_page, watched):
    tab = open_page("twins.py", run=watched.id)
    assert "put together elsewhere" in said(tab)
    assert not [button for button in tab.button if button.label == "Train both"]
    assert not open_page("twins.py", run=watched.id, twin="demo").error


def test_the_list_says_what_is_known(open_page, watched):
    tab = open_page("runs.py", run=watched.id)
    row = tab.dataframe[0].value.set_index("Name").loc["Unseen"]
    assert row["Data"] == "its own inputs" and row["Network"] == "Unseen"
    assert row.isna()[["Optimizer", "Batch", "Epochs", "Seed"]].all()
    assert not [one for one in tab.get("download_button") if "code" in one.proto.label]
    assert "safetensors" not in said(tab), "there is no plan here that weights could fit"


def test_symbols_are_shown_as_they_are(open_page, home, listener):
    words = torch.randint(20, (4, 9))
    seen = layerscope.watch(Words(), words)
    seen.close()
    for page in ("train.py", "activations.py", "layer.py", "functions.py"):
        assert not open_page(page, run=seen.run.id).error
    tab = open_page("activations.py", run=seen.run.id)
    assert tab.code[0].value.split() == [str(int(word)) for word in words[0]]


def test_a_run_menu_names_it(open_page, watched):
    assert any("Unseen · finished" in label for label in run_box(open_page()).options)
