"""Containers from elsewhere: nested beyond measure, absurd, unknown; one sentence answers each."""

import json
from typing import Any

import pytest

from core.architectures.plans import MAX_DEPTH, MAX_LAYERS
from core.settings import settings_from
from core.unfit import LONGEST, Unfit

FLAT, TANH = {"kind": "flatten"}, {"kind": "activation", "function": "tanh"}
LINEAR = {"kind": "linear", "units": 10}
OPENED = {
    "residual": ('{"kind": "residual", "block": [', "]}"),
    "shortcut": ('{"kind": "residual", "block": [{"kind": "flatten"}], "shortcut": [', "]}"),
    "branches": ('{"kind": "branches", "branches": [[], [', "]]}"),
}


def residual(*block: Any, **more: Any) -> dict:
    return {"kind": "residual", "block": [*block], **more}


def branches(*stacks: Any) -> dict:
    return {"kind": "branches", "branches": [*stacks]}


def nested(depth: int, kind: str) -> list[Any]:
    brick: dict = TANH
    for _ in range(depth):
        inside = {"residual": residual(brick), "branches": branches([], [brick])}
        brick = inside.get(kind, residual(FLAT, shortcut=[brick]))
    return [brick]


def refusal(bricks: Any, as_json: bool = False) -> str:
    """The sentence that refuses these bricks."""
    given = {"data": "digits", "bricks": bricks}
    with pytest.raises(Unfit) as found:
        settings_from(json.dumps(given) if as_json else given)
    text = str(found.value)
    assert text and "\n" not in text and len(text) <= LONGEST and "Traceback" not in text
    return text


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 50, 250, 1_000, 20_000])
@pytest.mark.parametrize("kind", OPENED)
def test_containers_in_one_another_beyond_measure_are_refused(kind, depth):
    text = refusal(nested(depth, kind))
    deep = f"at most {MAX_DEPTH} containers fit in one another", "maximum validation depth exceeded"
    assert text.startswith("Layer 1.") and text.endswith(deep), text
    start, end = OPENED[kind]
    bricks = start * depth + json.dumps(TANH) + end * depth
    with pytest.raises(Unfit) as found:
        settings_from(f'{{"data": "digits", "bricks": [{bricks}]}}')
    text = str(found.value)
    assert text.endswith(deep) or text.startswith("Invalid JSON: recursion limit exceeded"), text
    assert len(text) <= LONGEST and "\n" not in text


WIDE = {"kind": "conv2d", "filters": 4096, "padding": 60}
PLACES: dict[str, tuple[list, str]] = {
    "an unknown kind in a block": ([FLAT, residual(TANH, {"kind": "tea"})], "Layer 2.2: "),
    "in a shortcut": ([residual(TANH, shortcut=[{"kind": "tea"}])], "Layer 1.shortcut.1: "),
    "in a branch": ([branches([TANH], [TANH, {"kind": "tea"}])], "Layer 1.2.2: "),
    "deeper": ([residual(branches([], [residual({})]))], "Layer 1.1.2.1.1: "),
    "no brick": ([residual(TANH, 7)], "Layer 1.2: "),
    "no branch": ([branches([], "x")], "Layer 1.2: "),
    "units of nothing": ([residual(FLAT, {"kind": "linear", "units": 0})], "Layer 1.2, units: "),
    "units beyond counting": (
        [branches([FLAT, {"kind": "linear", "units": 10**30}], [])],
        "Layer 1.1.2, units: ",
    ),
    "units left out": (
        [residual(TANH, shortcut=[{"kind": "linear"}])],
        "Layer 1.shortcut.1, units",
    ),
    "a size it does not have": ([residual({**TANH, "x" * 500: 1})], f"Layer 1.1, {'x' * 40}: "),
    "an empty block": ([residual()], "Layer 1, block: "),
    "no block": ([{"kind": "residual"}], "Layer 1, block: field required"),
    "a block too long": ([residual(*[TANH] * 101)], "Layer 1, block: "),
    "a shortcut too long": ([residual(TANH, shortcut=[TANH] * 101)], "Layer 1, shortcut: "),
    "one branch": ([branches([TANH])], "Layer 1, branches: "),
    "seventeen branches": ([branches(*[[]] * 17)], "Layer 1, branches: "),
    "no list of branches": ([{"kind": "branches", "branches": 7}], "Layer 1, branches: "),
    "more than can be drawn": (
        [branches(*[[TANH] * 100] * 3)],
        f"Layer 1.3.1: at most {MAX_LAYERS} layers",
    ),
    "memory in a branch": ([branches([], [TANH, WIDE])], "Layer 1.2.2: Conv2d would need more"),
    "memory in all branches": (
        [residual(*[branches([], [])] * 17)],
        "Layer 1.17: Branches would give more than 5,000,000 numbers; make",
    ),
    "heads that do not divide": (
        [{"kind": "rows"}, residual({"kind": "selfattention", "heads": 3})],
        "Layer 2.1: SelfAttention cannot share 8 features between 3 heads; 1, 2, 4, 8 would fit",
    ),
}


@pytest.mark.parametrize("as_json", [False, True], ids=["dict", "JSON"])
@pytest.mark.parametrize("bricks, start", PLACES.values(), ids=PLACES)
def test_what_is_wrong_inside_a_container_is_told_with_its_place(bricks, start, as_json):
    text = refusal(bricks, as_json)
    assert text.startswith(start), text


def test_empty_branches_and_shortcuts_are_sound():
    bricks = [branches([], []), residual(TANH, shortcut=[]), FLAT, LINEAR]
    layers = settings_from({"data": "digits", "bricks": bricks}).layers
    assert [layer.sizes for layer in layers[:3]] == [
        "1×8×8 → 2×8×8",
        "2×8×8 → 2×8×8",
        "2×8×8 → 2×8×8",
    ]


def test_nested_settings_come_back_equal_from_json():
    bricks = [residual(TANH, branches([TANH], []), shortcut=[branches([], [TANH])]), FLAT, LINEAR]
    settings = settings_from({"data": "digits", "bricks": bricks})
    assert settings_from(settings.model_dump_json()) == settings
    assert settings_from(settings.model_dump()) == settings and hash(settings.bricks)
