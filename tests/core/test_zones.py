"""Dead units and flat values: counted as plain torch counts them, and the same wherever shown."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

import layerscope
from core.checkpoints import State
from core.pictures import inside_view, live_frame, live_work, strip, unpack, work_view
from core.pictures.inputs import probes_of
from core.recording import Recorder
from core.records import Moment
from core.settings import Settings
from core.training import tensors
from core.zones import Zones, dead_units, zone_numbers, zones_at

torch.set_num_threads(1)
ROWS = [{"kind": "rows"}, {"kind": "linear", "units": 12}, {"kind": "activation"}]
ROWS += [{"kind": "lstm", "units": 5}, {"kind": "linear", "units": 6}, {"kind": "activation"}]
ROWS += [{"kind": "laststep"}, {"kind": "linear", "units": 10}]
NETWORKS = [
    ("mnist", {"architecture": "lenet"}),
    ("mnist", {"architecture": "vgg"}),
    ("digits", {"architecture": "own", "bricks": ROWS}),
    ("mnist", {"architecture": "resnet"}),
    ("fashion", {"architecture": "inception"}),
    ("first_names", {"architecture": "transformer"}),
    ("letters", {"architecture": "transformer"}),
    ("carseats", {"architecture": "tabular"}),
    ("spirals", {"architecture": "playground", "options": {"activation": "relu"}}),
]


def trained(data: str, given: dict, seed: int = 3):
    """A network with biases that kill some of its units, its recorder, and all that it looks at."""
    settings = Settings(data=data, seed=seed, **given)
    network = State(settings).network
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim == 1:
                parameter += 0.6 * torch.randn(parameter.shape, generator=draw) - 0.3
    split = settings.dataset.load()
    many = tensors(settings.dataset)[2][list(settings.dataset.many_probes(split))]
    whole = len(settings.dataset.probes(split))
    return settings, network, Recorder(network, settings.layers, many, whole, 256), many


def by_hand(network: nn.Module, inputs: torch.Tensor) -> dict[str, tuple[int, int, float]]:
    """Of each ReLU's output: units without any number above 0, units, the share of zeros."""
    found: dict[str, tuple[int, int, float]] = {}

    def hook(name: str, _: nn.Module, given: tuple, output: torch.Tensor) -> None:
        features_last = output.ndim == 3
        by_unit = output if features_last else output.movedim(1, -1)
        fires = (by_unit.reshape(-1, by_unit.shape[-1]) > 0).any(0)
        zeros = (output == 0).double().mean().item()
        found[name] = int((~fires).sum()), len(fires), zeros

    handles = [
        module.register_forward_hook(partial(hook, name.split(".")[-1]))
        for name, module in network.named_modules()
        if isinstance(module, nn.ReLU)
    ]
    network.eval()
    with torch.no_grad():
        network(inputs)
    for handle in handles:
        handle.remove()
    return found


@pytest.mark.parametrize(("data", "given"), NETWORKS, ids=lambda one: str(one)[:40])
def test_a_unit_is_dead_where_no_place_of_it_fires_for_any_input(data, given):
    settings, network, recorder, inputs = trained(data, given)
    wanted = by_hand(network, inputs)
    moment = recorder.moment(0, 0.0, None)
    layers = settings.layers
    assert len(inputs) > 10 and wanted
    for layer in layers:
        if layer.kind != "activation":
            assert zones_at(layer, layers, moment) is None
            continue
        zones = zones_at(layer, layers, moment)
        dead, units, zeros = wanted[layer.name]
        assert (zones.dead, zones.units, zones.inputs) == (dead, units, len(inputs)), layer.name
        assert zones.in_dead_zone == pytest.approx(zeros)
    totals = [sum(column) for column in list(zip(*wanted.values(), strict=True))[:2]]
    assert dead_units(layers, moment) == tuple(totals)


def test_a_new_network_of_convolutions_has_hardly_a_dead_channel_and_many_places_at_zero():
    settings = Settings(data="mnist", architecture="lenet")
    inputs = tensors(settings.dataset)[2][:50]
    recorder = Recorder(State(settings).network, settings.layers, inputs, 10, 256)
    zones = {
        x.name: zones_at(x, settings.layers, recorder.moment(0, 0.0, None)) for x in settings.layers
    }
    assert zones["relu1"].units == 6 and zones["relu1"].dead == 0
    assert zones["relu1"].in_dead_zone > 0.2


def test_every_view_says_the_same_number_for_the_same_layer():
    settings, _, recorder, _ = trained("mnist", {"architecture": "lenet"})
    recorded, live = recorder.moment(0, 0.0, None), recorder.moment(0, 0.0, None, live=True)
    layers, probes = settings.layers, probes_of(settings.dataset)
    views = {
        "strip": strip("r", "t", layers, probes, [recorded], live=False, url=None),
        "live strip": live_frame(settings.dataset, layers, live),
        "work": work_view("r", layers, probes, [recorded]),
        "live work": live_work(layers, len(probes), live),
        "inside": inside_view("r", layers[0], layers, probes, [recorded]),
    }
    zones = zones_at(layers[1], layers, recorded)
    assert layers[1].name == "relu1" and zones.dead is not None
    for name, view in views.items():
        numbers = unpack(view)[0]["frames"][0]["numbers"]
        mine = numbers.get("relu1") or numbers["relu1/output"]
        assert mine["dead units"] == f"{zones.dead} of 6", name
        if "work" in name:
            assert mine["values in the dead zone"] == f"{zones.in_dead_zone:.1%}", name


def test_values_and_units_are_counted_by_hand():
    before = np.array([[-1.0, 2.0, -3.0, 0.0], [-2.0, -2.0, 5.0, -1.0]], np.float32)
    found = zone_numbers(before, 1, "relu")
    assert found == {"dead": 0.5, "units": 4, "inputs": 2, "in_dead_zone": 0.75, "saturated": 0}
    pictures = before.reshape(2, 2, 1, 2)  # two channels of two places: each fires somewhere
    assert zone_numbers(pictures, 1, "relu")["dead"] == 0
    assert zone_numbers(before.reshape(1, 4, 2), 2, "relu")["dead"] == 0.0
    assert zone_numbers(np.full((3, 2, 2), np.nan), 2, "relu")["in_dead_zone"] == 0
    hardtanh = zone_numbers(before, 1, "hardtanh")
    assert hardtanh["dead"] == 0.75 and hardtanh["in_dead_zone"] == 0.875


def test_the_only_unit_of_a_layer_is_dead_or_it_is_not():
    bricks = [
        {"kind": "linear", "units": 1},
        {"kind": "activation"},
        {"kind": "linear", "units": 2},
    ]
    settings, network, recorder, _ = trained("spirals", {"architecture": "own", "bricks": bricks})
    with torch.no_grad():
        network.get_submodule("linear1").bias.fill_(-100)
    moment = recorder.moment(0, 0.0, None)
    layers = settings.layers
    assert dead_units(layers, moment) == (1, 1)
    assert zones_at(layers[1], layers, moment).dead_share == 1.0
    view = unpack(work_view("r", layers, probes_of(settings.dataset), [moment]))[0]
    assert view["frames"][0]["numbers"]["relu1"]["dead units"] == "1 of 1"


def test_layers_count_by_their_units_not_by_their_places():
    settings, _, recorder, _ = trained("mnist", {"architecture": "lenet"})
    moment = recorder.moment(0, 0.0, None)
    counted = {"relu1": (6, 6), "relu2": (0, 16), "relu3": (0, 120), "relu4": (0, 84)}
    for name, (dead, units) in counted.items():
        moment.numbers[name]["dead"] = dead / units
    assert dead_units(settings.layers, moment) == (6, 226)


def earlier(moment: Moment, places: float) -> Moment:
    """The same as an earlier version recorded it: dead places, and not of how many."""
    numbers = {name: dict(mine) for name, mine in moment.numbers.items()}
    for mine in numbers.values():
        if "units" in mine:
            del mine["units"], mine["inputs"]
            mine["dead"] = places
    return Moment(moment.step, moment.epoch, moment.loss, moment.arrays, numbers)


def test_what_an_earlier_version_counted_is_counted_anew_where_it_means_something_else():
    settings, network, recorder, inputs = trained("mnist", {"architecture": "lenet"})
    moment = recorder.moment(0, 0.0, None)
    old, layers = earlier(moment, 0.25), settings.layers
    few = by_hand(network, inputs[:10])
    by_name = {layer.name: layer for layer in layers}
    for name in ("relu1", "relu2"):
        zones = zones_at(by_name[name], layers, old)
        assert (zones.dead, zones.units, zones.inputs) == (*few[name][:2], 10)
    assert zones_at(by_name["relu3"], layers, old)[:3] == (30, 120, None)  # of a vector: units
    bare = Moment(0, 0.0, None, {}, old.numbers)
    assert zones_at(by_name["relu1"], layers, bare)[:3] == (None, 6, None)
    view = unpack(work_view("r", layers, probes_of(settings.dataset), [old]))[0]
    assert view["frames"][0]["numbers"]["relu1"]["dead units"] == f"{few['relu1'][0]} of 6"


class FeaturesLast(nn.Module):
    """Pictures whose features stand last, as in Swin and ConvNeXt; and channels of a sequence."""

    def __init__(self) -> None:
        super().__init__()
        self.mix, self.fire = nn.Linear(3, 5), nn.ReLU()
        self.along, self.bend = nn.Conv1d(4, 3, 2), nn.ReLU()
        self.head = nn.Linear(3, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, 4, 6, 3) to (n, 2)."""
        mixed = self.fire(self.mix(x))
        return self.head(self.bend(self.along(mixed.mean(3))).mean(2))


def test_units_of_a_watched_network_are_channels_or_features_wherever_they_stand():
    torch.manual_seed(0)
    network = FeaturesLast()
    with torch.no_grad():
        network.mix.bias[:2] = -100  # two features, at every place
        network.along.bias.copy_(torch.tensor([-100.0, 100.0, 100.0]))
    seen = layerscope.watch(network, torch.randn(8, 4, 6, 3))
    seen.close()
    numbers = seen.run.moments([0])[0].numbers
    assert (numbers["fire"]["dead"], numbers["fire"]["units"]) == (2 / 5, 5)
    assert (numbers["bend"]["dead"], numbers["bend"]["units"]) == (1 / 3, 3)
    assert numbers["fire"]["inputs"] == 8


def test_a_share_over_one_input_is_one_of_values_not_of_units():
    network = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    seen = layerscope.watch(network, torch.randn(1, 4))
    seen.close()
    layers, moment = seen.run.settings().layers, seen.run.moments([0])[0]
    zones = zones_at(layers[1], layers, moment)
    assert zones.dead is None and zones.dead_share is None and zones.in_dead_zone > 0
    assert dead_units(layers, moment) is None
    view = unpack(work_view("r", layers, probes_of(seen.run.settings().dataset), [moment]))[0]
    told = view["frames"][0]["numbers"]["1"]
    assert "dead units" not in told
    assert told["values in the dead zone"] == f"{zones.in_dead_zone:.1%}"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e9])
@pytest.mark.parametrize("name", ["dead", "units", "inputs", "in_dead_zone"])
def test_a_file_from_elsewhere_may_hold_any_numbers(name, bad):
    settings, _, recorder, _ = trained("mnist", {"architecture": "lenet"})
    moment = recorder.moment(0, 0.0, None)
    moment.numbers["relu1"][name] = bad
    zones = zones_at(settings.layers[1], settings.layers, moment)
    assert zones is None or zones.dead is None or 0 <= zones.dead <= zones.units


def test_nothing_is_counted_where_nothing_was_recorded():
    settings, _, _, _ = trained("mnist", {"architecture": "lenet"})
    empty = Moment(0, 0.0, None)
    assert all(zones_at(x, settings.layers, empty) is None for x in settings.layers)
    assert dead_units(settings.layers, empty) is None
    assert Zones(3, 4, 5, 0.25, 0.5).elsewhere == 0.25
