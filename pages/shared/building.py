"""Building: a stack of layers row by row, each with its settings and what can be done to it."""

from collections.abc import Callable
from types import NoneType
from typing import Any, Literal, get_args, get_origin
from zlib import crc32

import streamlit as st
from pydantic.fields import FieldInfo

from core import stacks
from core.architectures.bricks import Shape, sizes
from core.architectures.plans import Layer
from core.stacks import KINDS, Place, Stack
from core.unfit import Unfit
from pages.shared.choose import fill, value_of
from pages.shared.form import TITLES, bounds

NAMES = {kind: brick.__name__ for kind, brick in KINDS.items()}
INSIDE = ("kind", "block", "shortcut", "branches")
"""What of a brick is no setting of its own."""
FULL = "A link holds no more layers than these."


def stack_in_link(begin: Callable[[], Stack]) -> Stack:
    """The stack of the link; what `begin` gives where it has none, or, told so, a broken one."""
    if text := st.query_params.get("stack", ""):
        try:
            return stacks.from_link(text)
        except Unfit as fault:
            st.warning(str(fault), icon=":material/link_off:")
    return begin()


def keep_stack(stack: Stack) -> None:
    """Put a stack into the link: so every step is one of the browser's, and its Back undoes it."""
    text = stacks.to_link(stack)
    if len(text) > stacks.LONGEST:
        st.toast(FULL, icon=":material/link_off:")
        return
    st.query_params["stack"] = text


def draw_stack(stack: Stack, layers: tuple[Layer, ...], shape: Shape) -> None:
    """Every brick in a row, what is inside a container below it, and a menu that adds one."""
    kinds = [(place, brick["kind"]) for place, brick in stacks.walk(stack)]
    shapes = {layer.place: layer for layer in layers}
    _Rows(stack, shapes, f"{crc32(repr(kinds).encode()):x}").draw(stack, ())
    if not layers:
        st.caption(f"The input is {sizes(shape)}.")


class _Rows:
    """One drawing of a stack; `mark` names its structure, so that a row's widgets are its own."""

    def __init__(self, whole: Stack, layers: dict[str, Layer], mark: str) -> None:
        self.whole, self.layers, self.mark = whole, layers, mark

    def draw(self, inside: Stack, before: Place) -> None:
        for at, brick in enumerate(inside):
            place = (*before, at)
            with st.container(border=True, gap="small"):
                self._row(brick, place, len(inside))
                for word, (within, bricks) in stacks.stacks_of(brick, place).items():
                    st.caption(word)
                    self.draw(bricks, within)
        self._add((*before, len(inside)))

    def _row(self, brick: dict[str, Any], place: Place, count: int) -> None:
        told, key = stacks.told_place(place), self._key(place)
        layer, (at, kind) = self.layers.get(told), (place[-1], brick["kind"])
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words = f" · {sizes(layer.input_shape)} → {sizes(layer.output_shape)}" if layer else ""
            words += f" · {layer.parameters:,} learned" if layer and layer.parameters else ""
            st.markdown(f"**{told} · {NAMES[kind]}** :small[{words}]", width="stretch")
            if fields := _fields(kind):
                with st.popover("Set", key=f"set-{key}", help=f"The sizes of layer {told}"):
                    for name, field in fields.items():
                        self._field(brick, place, name, field)
            buttons: list[tuple[str, str, bool, Stack]] = [
                ("up", "arrow_upward", at == 0, stacks.moved(self.whole, place, -1)),
                ("down", "arrow_downward", at == count - 1, stacks.moved(self.whole, place, 1)),
                ("remove", "close", False, stacks.removed(self.whole, place)),
            ]
            for word, icon, idle, then in buttons:
                st.button(
                    word.capitalize(),
                    key=f"{word}-{key}",
                    help=f"Layer {told} {word}",
                    icon=f":material/{icon}:",
                    type="tertiary",
                    disabled=idle,
                    on_click=keep_stack,
                    args=(then,),
                )

    def _field(self, brick: dict[str, Any], place: Place, name: str, field: FieldInfo) -> None:
        key = f"{name}-{self._key(place)}"
        title = (field.title or name).replace("_", " ").capitalize()
        kinds = [kind for kind in get_args(field.annotation) if kind is not NoneType]
        optional = NoneType in get_args(field.annotation)
        kind = kinds[0] if optional else field.annotation
        usual = None if field.is_required() else field.default
        low, high = bounds(field)
        held = brick.get(name, usual)
        more: dict[str, Any] = {"key": key, "on_change": self._changed, "args": (place, name, key)}
        if get_origin(kind) is Literal:
            words = [str(word) for word in get_args(kind)]
            fill(key, held if held in words else words[0])
            st.selectbox(title, words, format_func=lambda word: TITLES.get(word, word), **more)
        elif kind is bool:
            fill(key, held is True)
            st.toggle(title, **more)
        elif kind is int:
            least, most = int(low), int(min(high, 100_000))
            known = min(most, max(least, held)) if type(held) is int else usual
            fill(key, least if known is None and not optional else known)
            empty: dict[str, Any] = (
                {"value": None, "placeholder": "its window's size"} if optional else {}
            )
            st.number_input(title, least, most, step=1, **empty, **more)
        else:
            most_share = float(min(high, 1.0))
            fill(key, min(most_share, max(low, held)) if type(held) is float else usual or low)
            st.number_input(title, float(low), most_share, step=0.05, **more)

    def _add(self, place: Place) -> None:
        key = f"add-{self._key(place)}"
        st.selectbox(
            f"Add a layer as {stacks.told_place(place)}",
            list(NAMES),
            index=None,
            format_func=NAMES.__getitem__,
            key=key,
            placeholder="Add a layer here",
            label_visibility="collapsed",
            on_change=self._added,
            args=(place, key),
            width=260,
        )

    def _changed(self, place: Place, name: str, key: str) -> None:
        keep_stack(stacks.changed(self.whole, place, name, value_of(key)))

    def _added(self, place: Place, key: str) -> None:
        if (kind := value_of(key)) in KINDS:
            keep_stack(stacks.inserted(self.whole, place, stacks.new(kind)))

    def _key(self, place: Place) -> str:
        return f"{stacks.told_place(place)}-{self.mark}"


def _fields(kind: str) -> dict[str, FieldInfo]:
    return {k: v for k, v in KINDS[kind].model_fields.items() if k not in INSIDE}
