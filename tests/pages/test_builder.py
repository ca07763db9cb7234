"""The Builder: a stack in the link, edited row by row, told what fits, trained and taken away."""

from urllib.parse import parse_qs

import pytest

from core import saved_stacks, stacks
from core.architectures import ARCHITECTURES
from core.data import DATASETS
from core.data.own import kept
from core.runs import new_id
from core.settings import settings_from
from core.tasks import fitting, work_of
from tests.core.data.own.files import KINDS, own_settings
from tests.core.small_runs import NESTED
from tests.pages.conftest import said, sound

CASES = [(data, name) for data in ("digits", "carseats", "sunspots", "letters", "recall")
         for name in fitting(DATASETS[data])]  # fmt: skip


def in_link(tab):
    return stacks.from_link(tab.query_params["stack"])


def pressed(tab, label):
    found = next(one for one in tab.button if label in (one.label, one.help))
    return sound(found.click().run())


def field(tab, title, at=0):
    boxes = [*tab.number_input, *tab.selectbox, *tab.toggle]
    return [box for box in boxes if box.label == title][at]


def began(data, name):
    work = work_of(DATASETS[data])
    return [one.model_dump(mode="json") for one in ARCHITECTURES[name]().bricks(work)]


@pytest.mark.parametrize("data, name", CASES)
def test_it_begins_with_every_architecture(open_page, data, name):
    tab = open_page("builder.py", data=DATASETS[data].title, begin=ARCHITECTURES[name].title)
    assert not tab.error and not tab.warning
    settings = settings_from({"data": data, "architecture": name})
    for layer in settings.layers:
        assert f"**{layer.place} · " in said(tab)
    learned = sum(layer.parameters for layer in settings.layers)
    assert f"{learned:,} learned numbers" in said(tab)


def test_layers_are_added_set_moved_and_taken_away(open_page):
    tab = open_page("builder.py", data="Digits 8x8", begin="Two linear layers")
    begun = began("digits", "two_linear")
    field(tab, "Add a layer as 5").select("dropout").run()
    assert in_link(sound(tab)) == [*begun, {"kind": "dropout"}]
    pressed(tab, "Layer 5 up")
    assert [brick["kind"] for brick in in_link(tab)][-2:] == ["dropout", "linear"]
    field(tab, "Units").set_value(7).run()
    assert in_link(sound(tab))[1]["units"] == 7 and "64 → 7" in said(tab)
    field(tab, "Function").select("tanh").run()
    assert in_link(sound(tab))[2]["function"] == "tanh"
    pressed(tab, "Layer 4 remove")
    assert [brick["kind"] for brick in in_link(tab)] == [brick["kind"] for brick in begun]
    pressed(tab, "Begin anew")
    assert in_link(tab) == begun


def test_containers_are_filled(open_page):
    tab = open_page("builder.py", data="Digits 8x8", begin="Two linear layers")
    field(tab, "Add a layer as 5").select("residual").run()
    field(tab, "Add a layer as 5.2").select("linear").run()
    field(tab, "Add a layer as 5.shortcut.1").select("linear").run()
    inside = in_link(sound(tab))[4]
    assert [one["kind"] for one in inside["block"]] == ["activation", "linear"]
    assert [one["kind"] for one in inside["shortcut"]] == ["linear"]
    pressed(tab, "Layer 5.shortcut.1 remove")
    pressed(tab, "Layer 5.2 up")
    assert [one["kind"] for one in in_link(tab)[4]["block"]] == ["linear", "activation"]


def test_a_window_that_is_as_far_apart_as_it_is_large_says_nothing_else(open_page):
    stack = [{"kind": "maxpool2d"}, {"kind": "flatten"}, {"kind": "linear", "units": 10}]
    tab = open_page("builder.py", data="Digits 8x8", stack=stacks.to_link(stack))
    assert field(tab, "Stride").value is None and "1×8×8 → 1×4×4" in said(tab)
    field(tab, "Stride").set_value(1).run()
    assert in_link(sound(tab))[0]["stride"] == 1 and "1×8×8 → 1×7×7" in said(tab)


@pytest.mark.parametrize("network", NESTED)
def test_nested_containers_are_drawn_and_trained(open_page, listener, network):
    link = stacks.to_link(NESTED[network]["bricks"])
    tab = open_page("builder.py", data="Digits 8x8", stack=link)
    assert not tab.error
    tab.text_input[0].set_value("  mine ").run()
    pressed(tab, "Train it")
    ((word, settings),) = listener.told
    assert (
        word == "train"
        and settings.data == "digits"
        and settings.title == "Own network on Digits 8x8"
    )
    expected = settings_from({"data": "digits", "bricks": NESTED[network]["bricks"]})
    assert settings.bricks == expected.bricks


def test_what_does_not_fit_is_told_and_cannot_be_trained(open_page):
    stack = [*began("digits", "two_linear"), {"kind": "conv2d", "filters": 4}]
    tab = open_page("builder.py", data="Digits 8x8", stack=stacks.to_link(stack))
    assert "ayer 5: Conv2d" in tab.error[0].value.replace("\\", "")
    assert next(one for one in tab.button if one.label == "Train it").disabled
    assert "**4 · Linear**" in said(tab) and "**5 · Conv2d**" in said(tab)
    pressed(tab, "Layer 5 remove")
    assert not tab.error


@pytest.mark.parametrize("bricks", [
    [{"kind": "flatten"}, {"kind": "linear", "units": 10**9}],
    [{"kind": "activation"}] * 199 + [{"kind": "conv2d", "filters": 9, "kernel": 64}],
    [{"kind": "residual", "block": []}], [{"kind": "linear", "units": "x", "what": [1]}],
    [{"kind": "maxpool2d", "size": -1, "stride": "2"}], [{"kind": "activation", "function": "no"}],
    [{"kind": "branches"}], [{"kind": "residual"}], [{"kind": "branches", "branches": []}],
    [{"kind": "dropout", "share": None}], [{"kind": "rnn", "units": 2, "bidirectional": "x"}],
])  # fmt: skip
def test_an_absurd_stack_is_refused_with_a_sentence(open_page, bricks):
    tab = open_page("builder.py", data="Digits 8x8", stack=stacks.to_link(bricks))
    assert len(tab.error) == 1 and "ayer" in tab.error[0].value


def test_a_network_that_learns_nothing_is_refused_with_a_sentence(open_page):
    link = stacks.to_link([{"kind": "flatten"}])
    tab = open_page("builder.py", data=DATASETS["spirals"].title, stack=link)
    assert "o layer of this network learns anything" in tab.error[0].value
    field(tab, "Add a layer as 2").select("linear").run()
    field(tab, "Units").set_value(2).run()
    assert not sound(tab).error


def test_the_last_layer_can_be_removed_and_a_first_one_added(open_page):
    stack = [{"kind": "flatten"}]
    tab = open_page("builder.py", data="Digits 8x8", stack=stacks.to_link(stack))
    pressed(tab, "Layer 1 remove")
    assert "There is no layer yet" in tab.error[0].value and in_link(tab) == []
    field(tab, "Add a layer as 1").select("flatten").run()
    assert in_link(sound(tab)) == stack


def test_a_link_that_holds_nothing_is_told(open_page):
    tab = open_page("builder.py", data="Digits 8x8", stack="abc")
    assert "holds no stack" in tab.warning[0].value and not tab.error


def button(tab, label):
    return next(one for one in tab.button if one.label == label)


def saved_names():
    return [one.name for one in saved_stacks.whole(saved_stacks.found()).values()]


def test_a_stack_is_saved_opened_renamed_deleted_and_brought_back(open_page):
    stack = [{"kind": "flatten"}, {"kind": "linear", "units": 10}]
    tab = open_page("builder.py", data="Digits 8x8", stack=stacks.to_link(stack))
    assert "Everyone who uses this server sees what is saved" in said(tab)
    tab.text_input[0].set_value("mine :red[x]").run()
    pressed(tab, "Save")
    assert saved_names() == ["mine :red[x]"] and "Saved stacks (1)" in tab.expander[0].label
    pressed(tab, "Save")
    assert saved_names() == ["mine :red[x]"] and "already" in tab.toast[0].value
    pressed(tab, "Begin anew")
    assert in_link(tab) != stack
    field(tab, "Data set").select("mnist").run()
    pressed(tab, "Open")
    assert in_link(tab) == stack and field(tab, "Data set").value == "digits"
    name = next(one for one in tab.text_input if one.label == "Its name")
    sound(name.set_value("yours").run())
    assert saved_names() == ["yours"] and field(tab, "Saved stack").options == ["yours (saved)"]
    pressed(tab, "Delete it")
    assert saved_names() == [] and "Saved stacks (0)" in tab.expander[0].label
    pressed(tab, "Bring the deleted stack back")
    assert saved_names() == ["yours"]
    assert not [one for one in tab.button if one.label == "Bring the deleted stack back"]


def test_a_stack_that_does_not_fit_can_be_saved_and_one_without_a_name_cannot(open_page):
    stack = [{"kind": "conv2d", "filters": 4}]
    tab = open_page("builder.py", data=DATASETS["carseats"].title, stack=stacks.to_link(stack))
    assert tab.error
    pressed(tab, "Save")
    assert saved_names() == [] and "under a name" in tab.toast[0].value
    tab.text_input[0].set_value("half made").run()
    pressed(tab, "Save")
    assert saved_names() == ["half made"]


def test_damaged_files_are_named_and_the_page_stands(open_page):
    saved_stacks.save([{"kind": "flatten"}], "whole")
    broken = saved_stacks.folder() / f"{new_id()}.json"
    broken.write_text("{")
    for page in ("builder.py", "train.py"):
        tab = sound(open_page(page))
        assert (broken.name in "".join(one.value for one in tab.warning).replace("\\", "")) == (
            page == "builder.py"
        )


def test_the_link_of_a_deleted_stack_leads_nowhere_bad(open_page):
    tab = open_page("builder.py", deleted_stack="../../etc/passwd")
    pressed(tab, "Bring the deleted stack back")
    assert "not on this machine" in tab.warning[0].value


def test_a_saved_stack_is_trained_with_settings_of_its_own(open_page, listener):
    stack = [{"kind": "flatten"}, {"kind": "activation"}, {"kind": "linear", "units": 10}]
    saved_stacks.save(stack, "mine", "digits")
    tab = open_page("builder.py", saved="mine (saved)")
    links = [link.proto for link in tab.get("page_link") if "train" in link.proto.label]
    assert parse_qs(links[0].query_string) == {
        "architecture": ["mine (saved)"], "data": ["Digits 8x8"],
    }  # fmt: skip
    tab = open_page("train.py", data="Digits 8x8", architecture="mine (saved)", epochs="7")
    assert "relu1 → linear1" in said(tab)
    pressed(tab, "Train")
    ((_, settings),) = listener.told
    assert [brick.kind for brick in settings.bricks] == ["flatten", "activation", "linear"]
    assert settings.title == "Own network on Digits 8x8"
    options = field(open_page("train.py", data=DATASETS["carseats"].title), "Architecture").options
    assert "mine (saved)" not in options


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_is_built_for_data_that_was_brought(open_page, listener, kind):
    own = own_settings(kind).own
    kept.keep(own.id)
    tab = open_page("builder.py", data=f"{own.title} (own data)")
    assert not tab.error and field(tab, "Data set").value == own.id
    pressed(tab, "Train it")
    ((_, settings),) = listener.told
    assert settings.own == own and settings.architecture == "Own network"
    tab = open_page("builder.py", data=f"{own.title} (own data)")
    tab.text_input[0].set_value("for mine").run()
    pressed(tab, "Save")
    (saved,) = saved_stacks.whole(saved_stacks.found()).values()
    assert saved.data == own.id and "built for" in said(tab)
