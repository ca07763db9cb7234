"""The length of a task for memory as a setting: had where it can be, refused in a sentence."""

import pytest

from core.data import DATASETS
from core.settings import settings_from
from core.unfit import Unfit

RECALL = {"data": "recall", "architecture": "rnn"}


@pytest.mark.parametrize("data", ["adding", "recall", "temporal_order"])
def test_a_task_for_memory_has_the_length_that_is_asked_for(data):
    usual = settings_from({"data": data, "architecture": "rnn"})
    assert usual.length is None and usual.dataset is DATASETS[data]
    made = settings_from({"data": data, "architecture": "rnn", "length": 12})
    assert made.dataset.shape[0] == made.layers[0].input_shape[0] == 12 and made != usual
    again = settings_from(made.model_dump_json())
    assert again == made and again.dataset is made.dataset
    assert made.title.endswith(", 12 steps")


def test_a_run_kept_before_there_were_lengths_has_its_data_sets_own():
    old = settings_from(RECALL).model_dump(mode="json")
    del old["length"]
    assert settings_from(old) == settings_from(RECALL)


def test_a_network_put_together_by_hand_is_told_the_same_of_lengths():
    bricks = settings_from(RECALL).bricks
    given = {"data": "recall", "architecture": "Own network", "bricks": bricks}
    assert settings_from({**given, "length": 7}).layers[0].input_shape == (7,)
    with pytest.raises(Unfit, match="^Length: input should be less than or equal to 200"):
        settings_from({**given, "length": 201})


@pytest.mark.parametrize(
    "wanted, sentence",
    [
        ({"length": 5}, "MNIST cannot be had in another length; leave the length out"),
        ({**RECALL, "length": 1}, "Recall the first symbol can be had with 2 to 200 steps"),
        ({**RECALL, "length": 201}, "Recall the first symbol can be had with 2 to 200 steps"),
        ({**RECALL, "length": 9.0}, "Length: input should be a valid integer, not 9.0"),
        ({**RECALL, "length": "9"}, "Length: input should be a valid integer, not '9'"),
        (
            {**RECALL, "data": "temporal_order", "length": 9},
            "Temporal order can be had with 10 to 200 steps",
        ),
    ],
)
def test_a_length_that_cannot_be_is_refused(wanted, sentence):
    with pytest.raises(Unfit) as refusal:
        settings_from(wanted)
    assert str(refusal.value) == sentence
