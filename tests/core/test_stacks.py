"""Stacks: an edit changes what its place names and nothing else; a link holds a stack or none."""

import base64
import copy
import zlib

import pytest
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from core import stacks as edit
from core.architectures.bricks import Mismatch
from core.architectures.plans import plan
from core.data import DATASETS
from core.settings import settings_from
from core.tasks import fitting
from core.unfit import Unfit
from tests.core.architectures.random_stacks import stacks
from tests.core.small_runs import NESTED

CASES = {f"{n}-{d}": (d, n) for d in ("digits", "carseats", "letters", "recall")
         for n in fitting(DATASETS[d])}  # fmt: skip


def data_of(bricks):
    return [brick.model_dump(mode="json") for brick in bricks]


def places(stack):
    return [place for place, _ in edit.walk(stack)]


@pytest.mark.parametrize("case", CASES)
def test_a_link_holds_every_architecture(case):
    data, name = CASES[case]
    settings = settings_from({"data": data, "architecture": name})
    stack = data_of(settings.bricks)
    text = edit.to_link(stack)
    assert len(text) <= edit.LONGEST and text.replace("-", "").replace("_", "").isalnum()
    again = settings_from({"data": data, "bricks": edit.from_link(text)})
    assert again.bricks == settings.bricks


@given(stacks())
@rules(max_examples=200, deadline=None)
def test_the_places_of_a_stack_are_those_that_the_plan_names(found):
    bricks, shape, symbols = found
    stack = data_of(bricks)
    told = [edit.told_place(place) for place in places(stack)]
    assert len(set(told)) == len(told)
    try:
        assert sorted(layer.place for layer in plan(bricks, shape, symbols)) == sorted(told)
    except Mismatch as mismatch:
        place = str(mismatch).partition(":")[0].removeprefix("layer ")
        assert place in told or not place[0].isdigit()


@given(stacks(), st.data())
@rules(max_examples=200, deadline=None)
def test_an_edit_is_undone_by_its_opposite(found, data):
    stack = data_of(found[0])
    before, known = copy.deepcopy(stack), places(stack)
    if not known:
        assert edit.removed(edit.inserted(stack, (0,), edit.new("linear")), (0,)) == stack
        return
    place = data.draw(st.sampled_from(known))
    brick = next(brick for at, brick in edit.walk(stack) if at == place)
    assert edit.inserted(edit.removed(stack, place), place, brick) == stack
    more = edit.inserted(stack, place, edit.new("gru"))
    assert len(places(more)) == len(known) + 1 and edit.removed(more, place) == stack
    down = edit.moved(stack, place, 1)
    after = (*place[:-1], place[-1] + 1)
    assert (edit.moved(down, after, -1) == stack) if after in known else (down == stack)
    other = edit.changed(stack, place, "kind", "rows")
    assert [at for at, one in edit.walk(other) if one["kind"] == "rows"].count(place) == 1
    assert stack == before, "nothing that is given is changed"


@given(stacks())
@rules(max_examples=100, deadline=None)
def test_as_many_layers_are_told_as_fit(found):
    bricks, shape, symbols = found
    try:
        whole = plan(bricks, shape, symbols)
    except Mismatch as mismatch:
        wrong = int(str(mismatch).removeprefix("layer ").partition(":")[0].partition(".")[0])
        whole = plan(bricks[: wrong - 1], shape, symbols) if wrong > 1 else ()
    assert edit.layers_of(data_of(bricks), shape, symbols) == whole


@pytest.mark.parametrize("kind", edit.KINDS)
def test_a_new_brick_is_whole(kind):
    edit.KINDS[kind].model_validate(edit.new(kind))


def test_a_shortcut_can_be_begun():
    stack = [{"kind": "residual", "block": [{"kind": "activation"}]}]
    made = edit.inserted(stack, (0, "shortcut", 0), edit.new("batchnorm"))
    assert made[0]["shortcut"] == [{"kind": "batchnorm"}] and "shortcut" not in stack[0]


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(data)).decode().rstrip("=")


@pytest.mark.parametrize("text", [
    "", "x", "%%%", "é" * 9, "A" * 7_000, packed(b"{}"), packed(b"[1]"), packed(b'[{"kind": "x"}]'),
    packed(b"[" * 5_000), packed(b'[{"kind":"residual","block":5}]'), packed(b"\xff"),
    packed(b"[" + b" " * 10**6 + b"]"), packed(b'[{"kind":"branches","branches":[[3]]}]'),
    packed(b'[{"kind":"branches","branches":7}]'), edit.to_link(NESTED["images"]["bricks"])[:-9],
])  # fmt: skip
def test_what_is_no_stack_gets_one_sentence(text):
    with pytest.raises(Unfit, match="This link holds no stack of layers"):
        edit.from_link(text)
