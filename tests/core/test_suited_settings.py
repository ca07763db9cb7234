"""Settings that suit the data set: taken where nobody says otherwise, left where somebody does."""

import pytest

from core.architectures import ARCHITECTURES
from core.data import DATASETS
from core.settings import Settings, settings_from
from core.tasks import fitting
from core.unfit import Unfit


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_sets_own_epochs_and_learning_rate_are_taken(name):
    dataset = DATASETS[name]
    given = {"data": name, "architecture": fitting(dataset)[0]}
    made = settings_from(given)
    assert (made.epochs, made.learning_rate) == (dataset.epochs, dataset.learning_rate)
    chosen = settings_from({**given, "epochs": 7, "learning_rate": 0.25})
    assert (chosen.epochs, chosen.learning_rate) == (7, 0.25)
    one = settings_from({**given, "epochs": 7})
    assert (one.epochs, one.learning_rate) == (7, dataset.learning_rate)
    assert settings_from(made.model_dump_json()) == made


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_an_architectures_own_learning_rate_and_schedule_are_taken(name):
    known = ARCHITECTURES[name]
    data = next(data for data, dataset in DATASETS.items() if name in fitting(dataset))
    made = settings_from({"data": data, "architecture": name})
    rate = known.learning_rate or DATASETS[data].learning_rate
    assert (made.learning_rate, made.schedule) == (rate, known.schedule)
    chosen = settings_from({"data": data, "architecture": name, "schedule": "constant"})
    assert chosen.schedule == "constant"
    old = made.model_dump()
    del old["schedule"]  # a run kept before there were schedules
    assert settings_from(old).schedule == "constant"


def test_some_data_sets_have_a_wish_and_the_first_one_has_none():
    fields = Settings.model_fields
    usual = fields["epochs"].default, fields["learning_rate"].default
    wishes = {name: (d.epochs, d.learning_rate) for name, d in DATASETS.items()}
    assert wishes["mnist"] == usual
    assert wishes["xor"][0] != usual[0] and wishes["xor"][1] != usual[1]


def test_a_run_kept_before_keeps_its_own():
    """What a file says stands, whatever the data set wishes today."""
    made = settings_from({"data": "xor", "architecture": "playground", "epochs": 3})
    again = settings_from(made.model_dump())
    assert again.epochs == 3 and again == made


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("wish", [{"epochs": 0}, {"learning_rate": -1}])
def test_a_wish_does_not_hide_what_is_wrong(name, wish):
    with pytest.raises(Unfit, match="should be greater than"):
        settings_from({"data": name, "architecture": fitting(DATASETS[name])[0], **wish})


def test_playgrounds_own_function_is_tanh():
    made = settings_from({"data": "xor", "architecture": "playground"})
    assert made.options["activation"] == made.activation == "tanh"
    other = settings_from({"data": "xor", "architecture": "tabular"})
    assert other.activation == "relu"
