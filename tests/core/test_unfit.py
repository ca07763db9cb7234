"""What is wrong with settings from outside: one sentence about the first fault."""

import pytest

from core.settings import settings_from
from core.unfit import Unfit


@pytest.mark.parametrize(
    "more", [{}, {"watched": None}, {"watched": {}}, {"architecture": "mlp"}, {"length": 5}]
)
def test_settings_that_say_watched_and_nothing_else_are_refused_in_a_sentence(more):
    with pytest.raises(Unfit, match="^A watched network comes with what was seen of it"):
        settings_from({"data": "watched", **more})


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_wrong_fields_the_first_is_named_and_then_the_other(order):
    wrong = dict([("epochs", 0), ("seed", -1)][::order])
    with pytest.raises(Unfit, match="^Epochs: "):
        settings_from(wrong)
    with pytest.raises(Unfit, match="^Seed: "):
        settings_from({**wrong, "epochs": 1})
