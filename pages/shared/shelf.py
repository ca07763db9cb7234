"""The shelf: what can be done with a run as a whole, and bringing one in from a file."""

import streamlit as st

from core import exchange, runs
from core.engine import engine
from core.runfile import Damaged
from core.runs import Missing, Run, Summary
from pages.shared.choose import open_run, value_of
from pages.shared.plain import plain


def actions(run: Run, summary: Summary) -> None:
    """Open, rename, pin, download and delete the chosen run."""
    whole = summary.state != "damaged"
    own = run.id != "demo"
    with st.container(horizontal=True, vertical_alignment="bottom", key="actions"):
        st.page_link(
            "train.py",
            label="Open",
            icon=":material/open_in_new:",
            query_params={"run": run.id},
            disabled=not whole,
        )
        if own and whole:
            key = f"name-{run.id}"
            st.text_input(
                "Name", summary.name, 80, key=key, on_change=lambda: _rename(run, value_of(key))
            )
            st.toggle(
                "Pinned",
                summary.pinned,
                key=f"pin-{run.id}",
                help="A pinned run stays when the runs' folder is full.",
                on_change=lambda: runs.change(
                    run, pinned="yes" if value_of(f"pin-{run.id}") else "no"
                ),
            )
        if whole:
            st.download_button(
                "Download",
                lambda: exchange.exported(run),
                f"{run.id}.layerscope",
                "application/octet-stream",
                icon=":material/download:",
                on_click="ignore",
            )
        if own:
            with st.popover("Delete", icon=":material/delete:"):
                st.write(
                    f"Delete “{plain(summary.name)}”? It can be brought back until the next deletion."
                )
                st.button("Delete it", type="primary", on_click=_delete, args=(run,))


def _rename(run: Run, name: str) -> None:
    try:
        runs.change(run, name=name)
    except ValueError as fault:
        st.toast(plain(str(fault)), icon=":material/edit_off:")


def _delete(run: Run) -> None:
    engine().remove(run)
    open_run("")
    st.query_params["deleted"] = run.id


def undo() -> None:
    """After a deletion: one button that brings the run back."""
    gone = st.query_params.get("deleted", "")[:40]
    if gone and st.button("Bring the deleted run back", icon=":material/undo:"):
        try:
            open_run(runs.restore(gone).id)
            del st.query_params["deleted"]
            st.rerun()
        except Missing as fault:
            st.warning(str(fault), icon=":material/delete_forever:")


def bring_in() -> None:
    """Open a downloaded run file; what is no whole run file is refused with a sentence."""
    with st.form("bring-in", clear_on_submit=True, border=False):
        given = st.file_uploader(
            "A run file that was downloaded here or elsewhere", max_upload_size=100
        )
        sent = st.form_submit_button("Open the file", icon=":material/upload:")
    if sent and given is None:
        st.info("Choose a file first: the one that Download gave.", icon=":material/upload_file:")
    elif sent and given is not None:
        try:
            run = exchange.imported(given.getvalue())
        except Damaged as fault:
            st.error(plain(str(fault)), icon=":material/broken_image:")
        else:
            open_run(run.id)
            st.rerun()
