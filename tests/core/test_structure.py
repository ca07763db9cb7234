"""The diagram of a network: every layer, every arrow, in Graphviz's language."""

import re

import pytest

from core.architectures import ARCHITECTURES
from core.architectures.bricks import sizes
from core.data import DATASETS
from core.settings import Settings, settings_from
from core.structure import INPUT, diagram
from core.tasks import fitting
from tests.core.small_runs import NESTED, small

NODE = re.compile(r'^"([^"]+)" \[(.*)\];$', re.M)
EDGE = re.compile(r'^"([^"]+)" -> "([^"]+)" \[label=" (.*) "\];$', re.M)


def drawn(settings: Settings, **more) -> str:
    return diagram(settings.layers, settings.dataset.shape, **more)


def nodes(text: str) -> dict[str, str]:
    found = NODE.findall(text)
    assert len(dict(found)) == len(found), "no box twice"
    return dict(found)


def edges(text: str) -> set[tuple[str, str, str]]:
    return set(EDGE.findall(text))


def some_settings():
    for name in ARCHITECTURES:
        data = next(data for data in DATASETS if name in fitting(DATASETS[data]))
        yield pytest.param(settings_from({"data": data, "architecture": name}), id=name)
    for name in NESTED:
        yield pytest.param(small(name), id=name)


SETTINGS = list(some_settings())


@pytest.mark.parametrize("settings", SETTINGS)
def test_unfolded_every_layer_is_a_box_and_every_source_an_arrow(settings):
    every = [layer.name for layer in settings.layers]
    text = drawn(settings, unfolded=every)
    assert list(nodes(text)) == [INPUT, *sorted(every, key=list(nodes(text)).index)]
    assert set(nodes(text)) == {INPUT, *every}
    shapes = {INPUT: settings.dataset.shape}
    shapes |= {layer.name: layer.output_shape for layer in settings.layers}
    expected = {
        (source or INPUT, layer.name, sizes(shapes[source or INPUT]))
        for layer in settings.layers
        for source in layer.sources
    }
    assert edges(text) == expected
    assert text.count("{") == text.count("}") == 1 + text.count("subgraph")
    containers = sum(bool(layer.inside) for layer in settings.layers)
    assert text.count("subgraph") == containers


@pytest.mark.parametrize("settings", SETTINGS)
def test_folded_hides_the_inside_and_every_box_is_reached(settings):
    text = drawn(settings)
    outer = [layer.name for layer in settings.layers if "." not in layer.place]
    assert set(nodes(text)) == {INPUT, *outer} and "subgraph" not in text
    line = [INPUT, *outer]  # the outermost layers follow one another
    assert {(a, b) for a, b, _ in edges(text)} == set(zip(line, line[1:], strict=False))
    doubled = {name for name, marks in nodes(text).items() if "peripheries=2" in marks}
    assert doubled == {layer.name for layer in settings.layers if layer.inside} & set(outer)


def test_one_block_can_be_unfolded_alone():
    settings = small("images")
    containers = [layer for layer in settings.layers if layer.inside]
    outer = next(layer for layer in containers if "." not in layer.place)
    text = drawn(settings, unfolded=[outer.name])
    shown = set(nodes(text))
    mine = {one.name for _, stack in outer.inside for one in stack}
    assert mine <= shown
    others = {one.name for one in settings.layers if "." in one.place} - mine
    assert not others & shown
    assert all({a, b} <= shown for a, b, _ in edges(text))
    inner = next(one for one in containers if one.place.startswith(f"{outer.place}."))
    assert drawn(settings, unfolded=[inner.name]) == drawn(settings), "its outside is folded"


def test_the_chosen_one_is_marked_and_every_box_has_its_link():
    settings = small("lenet")
    text = drawn(settings, chosen="conv2", link=lambda name: f"?layer={name}")
    found = nodes(text)
    assert [name for name, marks in found.items() if "penwidth" in marks] == ["conv2"]
    for layer in settings.layers:
        assert f'URL="?layer={layer.name}" target="_self"' in found[layer.name]
        assert layer.sizes in found[layer.name]
    assert "URL" not in drawn(settings)


def test_a_network_of_nothing_but_a_residual_starts_at_the_input():
    block = [{"kind": "linear", "units": 2}]
    bricks = [{"kind": "residual", "block": block}]
    text = drawn(settings_from({"data": "xor", "bricks": bricks}))
    assert edges(text) == {(INPUT, "residual1", "2")}
    text = drawn(settings_from({"data": "xor", "bricks": bricks}), unfolded=["residual1"])
    assert edges(text) == {
        (INPUT, "linear1", "2"),
        ("linear1", "residual1", "2"),
        (INPUT, "residual1", "2"),
    }


@pytest.mark.parametrize("settings", SETTINGS)
def test_names_and_sizes_cannot_leave_their_quotes(settings):
    for layer in settings.layers:
        assert re.fullmatch(r"[a-z_]+\d+", layer.name)
        assert not re.search(r'["\\<>&]', layer.sizes)
