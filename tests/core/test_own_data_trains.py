"""Own data is a data set like every other: trained, filed, exported, and told where it is gone."""

import pytest

from core import runs
from core.architectures import ARCHITECTURES
from core.data import DataError
from core.data.own import kept
from core.exchange import exported, imported
from core.jobs import Job
from core.rows import Damaged
from core.runfile import Writer
from core.tasks import fitting
from core.training import train
from core.worker import Trainer
from tests.core.data.own.files import KINDS, brought, own_settings
from tests.core.small_runs import events, metrics, run

FITTING = [(kind, name) for kind in KINDS for name in fitting(brought(kind).own.dataset)]


@pytest.fixture(autouse=True)
def nobody(home, monkeypatch):
    """A home of its own, and nobody in it."""
    monkeypatch.setattr(kept, "_users", {})


def test_tables_and_pictures_have_architectures_that_fit():
    assert {name for kind, name in FITTING if kind == "pictures"} >= {"lenet", "resnet", "mlp"}
    assert ("regress", "tabular") in FITTING and ("classify", "two_linear") in FITTING


@pytest.mark.parametrize(("kind", "name"), FITTING)
def test_every_architecture_that_fits_learns_it(kind, name):
    settings = own_settings(kind, name)
    records = run(settings)
    assert events(records)[-1] == (settings.steps, "finished")
    assert len(metrics(records)) and ARCHITECTURES[name].title in settings.title


def test_a_table_is_learned():
    end = run(own_settings("classify", "tabular", epochs=60, learning_rate=0.01))[-1]
    assert end.value > 0.9
    end = run(own_settings("regress", "tabular", epochs=60, learning_rate=0.01))[-1]
    assert end.value > 0.8


def test_data_that_is_gone_is_told_in_a_sentence_by_the_worker():
    settings = own_settings("classify")
    run(settings)
    kept.let_go("a test")
    with pytest.raises(DataError, match="not on this machine"):
        list(train(settings, Trainer().inbox))
    trainer = Trainer()
    trainer._train(settings, None, False)
    (event,) = trainer._records
    assert event.kind == "failed" and "Bring the same file again" in event.text


def test_a_run_in_line_or_in_training_holds_its_data():
    settings = own_settings("pictures")
    job = Job(runs.create(settings), settings, fresh=True)
    kept.let_go("a test")
    assert settings.dataset.is_here()
    job.close()
    assert not settings.dataset.is_here()


def filed(kind: str) -> runs.Run:
    settings = own_settings(kind)
    made = runs.create(settings)
    writer = Writer(made.path)
    writer.append(run(settings))
    writer.close()
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_goes_to_another_machine_without_its_data(kind):
    one = filed(kind)
    file = exported(one)
    kept.let_go("a test")
    other = imported(file)
    assert other.settings() == one.settings() and not other.settings().dataset.is_here()
    assert other.summary().state == "finished"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"title":"people, kind"', '"title":"<b>people</b>"'),
        ('"train_size":48', '"train_size":48000000000'),
        ('"classes":["small","tall"]', '"classes":["small","small"]'),
        ('"id":"own-', '"id":"../../own-'),
        ('"data":"own"', '"data":"digits"'),
        ('"side":0', '"side":28'),
        ('"classes":["small","tall"]', '"classes":["small","tall","third"]'),
    ],
)
def test_a_hostile_description_in_a_run_file_is_refused_with_a_sentence(old, new):
    one = filed("classify")
    text = one.notes()["settings"]
    assert old in text
    writer = Writer(one.path)
    writer.note(settings=text.replace(old, new))
    writer.close()
    with pytest.raises(Damaged, match="settings cannot be read"):
        imported(exported(one))
    assert len(runs.ids()) == 1
