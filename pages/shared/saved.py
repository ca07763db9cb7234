"""Saved stacks on a page: kept under a name, opened, renamed, deleted and brought back."""

import streamlit as st

from core import saved_stacks
from core.saved_stacks import Lost, SavedStack
from core.stacks import Stack
from core.unfit import Unfit
from pages.shared.building import keep_stack
from pages.shared.choose import fill, value_of
from pages.shared.faults import unwritten_told
from pages.shared.plain import plain
from pages.shared.presenting import carried


def keep_saved(stack: Stack, name: str, data: str) -> None:
    """Save a stack, and say so, or why it is not saved."""
    try:
        fill("saved", saved_stacks.save(stack, name, data))
        st.toast("Saved: it is among the saved stacks now.", icon=":material/bookmark_added:")
    except Unfit as fault:
        st.toast(plain(str(fault)), icon=":material/bookmark_remove:")


def draw_saved(known: dict[str, str]) -> None:
    """All saved stacks, one of them chosen, and what can be done with it.

    `known` are the data sets of the menu, by name or id: what they are called.
    """
    read = saved_stacks.found()
    whole = saved_stacks.whole(read)
    gone = st.query_params.get("deleted_stack", "")[:40]
    opened = bool(gone) or "saved" in st.query_params
    title = f"Saved stacks ({len(whole)})"
    with st.expander(title, icon=":material/bookmarks:", expanded=opened, key="saved-stacks"):
        for fault in read.values():
            if isinstance(fault, Unfit):
                st.warning(plain(str(fault)), icon=":material/broken_image:")
        if whole:
            labels = saved_stacks.labels_of(whole)
            stack_id = st.selectbox(
                "Saved stack",
                list(labels),
                format_func=lambda one: labels.get(one, one),
                key="saved",
                bind="query-params",
            )
            _draw_one(stack_id, whole[stack_id], labels[stack_id], known)
        if gone and st.button("Bring the deleted stack back", icon=":material/undo:"):
            try:
                saved_stacks.restore(gone)
                del st.query_params["deleted_stack"]
                st.rerun()
            except (Lost, Unfit) as fault:
                st.warning(plain(str(fault)), icon=":material/delete_forever:")
        st.caption(
            "Save keeps the network on this server under its name. Everyone who uses this server "
            f"sees what is saved, and can open, rename and delete it; at most {saved_stacks.MOST}."
        )


def _draw_one(stack_id: str, saved: SavedStack, label: str, known: dict[str, str]) -> None:
    built = known.get(saved.data)
    for_data = f", built for {plain(built)}" if built else ""
    st.caption(f"{len(saved.bricks)} layers{for_data}.")
    with st.container(horizontal=True, vertical_alignment="bottom", key="saved-stack"):
        st.button(
            "Open",
            icon=":material/folder_open:",
            on_click=_open,
            args=(saved, built is not None),
        )
        key = f"rename-{stack_id}"
        st.text_input(
            "Its name", saved.name, 80, key=key, on_change=_rename, args=(stack_id, key), width=260
        )
        with st.popover("Delete", icon=":material/delete:"):
            st.write(f"Delete “{plain(saved.name)}”?")
            st.caption("It can be brought back until the next deletion.")
            st.button("Delete it", type="primary", on_click=_delete, args=(stack_id,))
        query = {"architecture": label, **({"data": built} if built else {}), **carried()}
        query |= {"own": saved.data} if built and saved.data.startswith("own-") else {}
        st.page_link(
            "train.py",
            label="Choose settings and train",
            icon=":material/play_arrow:",
            query_params=query,
        )


def _open(saved: SavedStack, here: bool) -> None:
    if here:
        fill("data", saved.data)
    keep_stack(saved.bricks)


def _rename(stack_id: str, key: str) -> None:
    try:
        saved_stacks.rename(stack_id, value_of(key))
    except (Lost, Unfit) as fault:
        st.toast(plain(str(fault)), icon=":material/edit_off:")


def _delete(stack_id: str) -> None:
    with unwritten_told():
        saved_stacks.delete(stack_id)
        st.query_params["deleted_stack"] = stack_id
