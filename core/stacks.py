"""Stacks: bricks as a person puts them together, edited by their places, and as a link. No torch.

A stack here is plain data, the JSON of the bricks, because half-made ones need not fit; what is
wrong with one, `core.settings` says. Nothing that is given is changed: every edit makes another.
"""

import base64
import binascii
import copy
import json
import zlib
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from core.architectures.bricks import AnyBrick, Mismatch, Shape
from core.architectures.plans import MAX_LAYERS, Layer, plan
from core.unfit import Unfit

Place = tuple[int | str, ...]
"""The steps to a brick in the data: (3,), (3, "block", 0), (4, "branches", 1, 0)."""
Stack = list[dict[str, Any]]
LONGEST = 6_000
"""Most characters of a stack in a link: browsers and servers take no more."""
MOST_BYTES = 200_000
KINDS = {brick.model_fields["kind"].default: brick for brick in get_args(get_args(AnyBrick)[0])}
"""Every brick's class by its kind, in the order of the menu."""
_BRICKS: TypeAdapter[tuple[AnyBrick, ...]] = TypeAdapter(tuple[AnyBrick, ...])
_USUAL: dict[str, dict[str, Any]] = {
    "linear": {"units": 32},
    "conv2d": {"filters": 8, "padding": 1},
    "conv1d": {"filters": 16, "padding": 1},
    "embedding": {"symbols": 32, "features": 16},
    "rnn": {"units": 32},
    "lstm": {"units": 32},
    "gru": {"units": 32},
    "residual": {"block": [{"kind": "activation"}]},
    "branches": {"branches": [[{"kind": "activation"}], [{"kind": "activation"}]]},
}
"""What a new brick has where it has no default of its own."""


def new(kind: str) -> dict[str, Any]:
    """A brick of a kind as it is put in: its own defaults, and usual sizes."""
    return {"kind": kind, **copy.deepcopy(_USUAL.get(kind, {}))}


def stacks_of(brick: dict[str, Any], place: Place) -> dict[str, tuple[Place, Stack]]:
    """The stacks inside a container by their names; none of any other brick."""
    if brick.get("kind") == "residual":
        words = ("block", "shortcut")
        return {word: ((*place, word), brick.get(word, [])) for word in words}
    if brick.get("kind") == "branches":
        branches = enumerate(brick.get("branches", []))
        return {f"branch {at + 1}": ((*place, "branches", at), inside) for at, inside in branches}
    return {}


def walk(stack: Stack, inside: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Every brick with its place, a container before what is in it."""
    for at, brick in enumerate(stack):
        yield (*inside, at), brick
        for place, bricks in stacks_of(brick, (*inside, at)).values():
            yield from walk(bricks, place)


def inserted(stack: Stack, place: Place, brick: dict[str, Any]) -> Stack:
    """The stack with a brick put in at a place; what was there follows it."""
    made, around = _opened(stack, place)
    around.insert(_last(place), brick)
    return made


def removed(stack: Stack, place: Place) -> Stack:
    """The stack without the brick at a place."""
    made, around = _opened(stack, place)
    del around[_last(place)]
    return made


def moved(stack: Stack, place: Place, by: int) -> Stack:
    """The stack with a brick moved up (by -1) or down (by 1) among its neighbours."""
    made, around = _opened(stack, place)
    at = _last(place)
    brick = around.pop(at)
    around.insert(max(0, min(len(around), at + by)), brick)
    return made


def changed(stack: Stack, place: Place, name: str, value: Any) -> Stack:
    """The stack with one setting of the brick at a place set."""
    made, around = _opened(stack, place)
    around[_last(place)][name] = value
    return made


def told_place(place: Place) -> str:
    """A place as sentences name it: "4.2", "4.shortcut.1", the second branch's "4.2.1"."""
    parts = [str(step + 1) if isinstance(step, int) else step for step in place]
    return ".".join(part for part in parts if part not in ("block", "branches"))


def layers_of(stack: Stack, shape: Shape, symbols: int = 0) -> tuple[Layer, ...]:
    """The layers of as many of the first bricks as fit one another, with their shapes."""
    found: tuple[Layer, ...] = ()
    fit, wrong = 0, min(len(stack), MAX_LAYERS) + 1  # so many first ones fit; with so many, not
    while wrong - fit > 1:
        count = (fit + wrong) // 2
        try:
            found = plan(_BRICKS.validate_python(stack[:count]), shape, symbols)
            fit = count
        except (Mismatch, ValidationError):
            wrong = count
    return found


def to_link(stack: Stack) -> str:
    """A stack as text for a link."""
    packed = zlib.compress(json.dumps(stack, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def from_link(text: str) -> Stack:
    """The stack that a link holds; raises Unfit where it holds none. Its bricks may be unsound."""
    fault = Unfit("This link holds no stack of layers: begin anew with one of the architectures.")
    if len(text) > LONGEST:
        raise fault
    try:
        opened = zlib.decompressobj()
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found = json.loads(opened.decompress(packed, MOST_BYTES))
        if opened.unconsumed_tail or not opened.eof:
            raise fault
        return checked(found)
    except (ValueError, zlib.error, binascii.Error, RecursionError):
        raise fault from None


def checked(found: Any) -> Stack:
    """What was read from outside, where it is a stack; raises Unfit. Its bricks may be unsound."""
    if not _is_stack(found):
        raise Unfit("This holds no stack of layers.")
    return found


def _is_stack(found: Any, depth: int = 0) -> bool:
    """Whether this is a list of bricks of known kinds, and so are those inside them."""
    if not isinstance(found, list) or len(found) > 200 or depth > 8:
        return False
    for brick in found:
        if not isinstance(brick, dict) or brick.get("kind") not in KINDS:
            return False
        given = [brick.get("block", []), brick.get("shortcut", [])]
        branches = brick.get("branches", [])
        if not isinstance(branches, list) or len(branches) > 16:
            return False
        if not all(_is_stack(inside, depth + 1) for inside in (*given, *branches)):
            return False
    return True


def _opened(stack: Stack, place: Place) -> tuple[Stack, Stack]:
    """A copy of the stack, and the list in it that the place's brick stands in."""
    made = copy.deepcopy(stack)
    around: Any = made
    for step in place[:-1]:
        around = around.setdefault(step, []) if isinstance(around, dict) else around[step]
    return made, around


def _last(place: Place) -> int:
    at = place[-1]
    assert isinstance(at, int)
    return at
