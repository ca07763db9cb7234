"""The form of a run: only what fits the data, and what suits it where nobody chose."""

import pytest

from core.architectures import ARCHITECTURES
from core.data import DATASETS
from core.settings import Settings, settings_from
from core.tasks import fitting
from tests.pages.conftest import said, sound


def menu(tab, label):
    return next(box for box in tab.selectbox if box.label == label)


def trained(tab, listener):
    next(one for one in tab.button if one.label == "Train").click().run()
    (settings,) = [value for kind, value in sound(tab) and listener.told if kind == "train"]
    return settings


@pytest.mark.parametrize("name", DATASETS)
def test_only_architectures_that_fit_are_offered(open_page, name):
    tab = open_page(data=DATASETS[name].title)
    titles = [ARCHITECTURES[fit].title for fit in fitting(DATASETS[name])]
    assert list(menu(tab, "Architecture").options) == titles
    assert DATASETS[name].description in said(tab)


@pytest.mark.parametrize("name", ["mnist", "xor", "carseats", "sunspots", "adding", "letters"])
def test_what_suits_the_data_is_the_default(open_page, listener, name):
    dataset = DATASETS[name]
    settings = trained(open_page(data=dataset.title), listener)
    assert settings == settings_from({"data": name, "architecture": fitting(dataset)[0]})
    assert (settings.epochs, settings.learning_rate) == (dataset.epochs, dataset.learning_rate)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_option_begins_with_its_own_default(open_page, listener, name):
    data = next(data for data in DATASETS if name in fitting(DATASETS[data]))
    given = {"data": DATASETS[data].title, "architecture": ARCHITECTURES[name].title}
    settings = trained(open_page(**given), listener)
    assert settings.architecture == name
    assert settings.options == ARCHITECTURES[name]().model_dump()


def test_playground_bends_with_tanh_and_others_with_relu(open_page):
    for title, function in (("Playground net", "Tanh"), ("Tabular net", "ReLU")):
        tab = open_page(data=DATASETS["xor"].title, architecture=title)
        shown = menu(tab, "Activation function")
        assert shown.format_func(shown.value) == function


def test_other_data_brings_its_own_epochs_and_keeps_what_was_chosen(open_page, listener):
    tab = open_page(data=DATASETS["xor"].title, xor_epochs="7")
    menu(tab, "Data set").select("mnist").run()
    epochs = next(box for box in sound(tab).number_input if box.label == "Epochs")
    assert epochs.value == Settings.model_fields["epochs"].default
    menu(tab, "Data set").select("xor").run()
    epochs = next(box for box in sound(tab).number_input if box.label == "Epochs")
    assert epochs.value == 7
    assert trained(tab, listener).epochs == 7


def test_an_architecture_that_the_next_data_set_has_not_is_left(open_page):
    tab = open_page(data="Digits 8x8", architecture="LeNet-5")
    menu(tab, "Data set").select("carseats").run()
    assert menu(sound(tab), "Architecture").value == fitting(DATASETS["carseats"])[0]


def test_who_reads_in_both_directions_cannot_say_what_comes_next(open_page):
    given = {"data": "Letters", "architecture": "LSTM", "lstm_bidirectional": "true"}
    tab = open_page(**given)
    assert "switch Both directions off" in tab.error[0].value
    train = next(one for one in tab.button if one.label == "Train")
    assert train.disabled


def lengths(tab):
    return [box for box in sound(tab).number_input if box.label == "Length"]


@pytest.mark.parametrize("name", ["adding", "recall", "temporal_order"])
def test_a_task_for_memory_has_its_own_length_until_another_is_chosen(open_page, listener, name):
    dataset = DATASETS[name]
    tab = open_page(data=dataset.title)
    (box,) = lengths(tab)
    assert (box.value, box.min, box.max) == (dataset.shape[0], dataset.shortest, 200)
    box.set_value(60).run()
    other = dataset.at_length(60)
    assert other.description in said(tab) and dataset.description not in said(tab)
    settings = trained(tab, listener)
    assert settings.dataset is other and settings.length == 60


def test_a_chosen_length_is_in_the_link_and_of_its_data_set_alone(open_page, listener):
    tab = open_page(data=DATASETS["recall"].title, recall_length="15")
    assert lengths(tab)[0].value == 15
    menu(tab, "Data set").select("adding").run()
    assert lengths(tab)[0].value == DATASETS["adding"].shape[0]
    menu(tab, "Data set").select("digits").run()
    assert lengths(tab) == []
    assert trained(tab, listener).length is None


@pytest.mark.parametrize("link", ["1", "201", "x", "-5", "1e400"])
def test_a_length_in_a_link_that_cannot_be_is_not_taken(open_page, link):
    (box,) = lengths(open_page(data=DATASETS["temporal_order"].title, temporal_order_length=link))
    assert 10 <= box.value <= 200
