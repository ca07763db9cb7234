"""What an untrained network predicts is said to be chance, and one input tells of no dead unit."""

import json

import pytest

from core import pictures
from core.beginnings import untrained_at
from core.pictures.strips import layer_numbers, passed_numbers
from core.records import Event, Moment
from core.runs import create
from tests.core.small_runs import small
from tests.pages.conftest import scopes
from tests.samples import append


@pytest.mark.parametrize(("place", "warned"), [(0, True), (-1, False)])
def test_the_prediction_of_random_weights_is_called_chance(open_page, make_run, place, warned):
    run = make_run(settings=small())
    tab = open_page("activations.py", run=run.id, step=str(run.steps()[place]))
    assert any("Untrained network" in box.value for box in tab.warning) == warned


def test_weights_that_were_there_before_are_not_random():
    run = create(small())
    append(run, Event(0, "resumed"))
    assert not untrained_at(run, run.settings(), 0)
    other = create(small())
    append(other, Event(0, "started"))
    assert untrained_at(other, other.settings(), 0) and not untrained_at(other, small(), 1)


def test_the_strip_says_it_at_its_first_moment(open_page, make_run):
    run = make_run(settings=small())
    header, _ = pictures.unpack(scopes(open_page("train.py", run=run.id))[0])
    assert header["untrained"] is True and json.dumps(header)


def test_of_one_input_a_share_of_values_is_told_and_no_dead_units():
    layers = small().layers
    layer = next(x for x in layers if x.kind == "activation")
    units = layer.output_shape[0]
    recorded = {"dead": 0.5, "units": units, "in_dead_zone": 0.25, "saturated": 0.0}
    counted = "dead units", f"{units // 2} of {units}"
    for inputs, told in ((1, ("values in the dead zone", "25 %")), (10, counted)):
        moment = Moment(0, 0, None, {}, {layer.name: recorded | {"inputs": inputs}})
        words = dict([told, ("saturated values", "0 %")])
        assert (
            passed_numbers(layer, layers, moment) == layer_numbers(layer, layers, moment) == words
        )
