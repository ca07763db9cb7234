"""The shelf: what can be done with a run as a whole, and bringing one in from a file."""

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from core import exchange, export, runs
from core.activations import ACTIVATIONS
from core.architectures import ARCHITECTURES
from core.engine import engine
from core.runfile import Damaged
from core.runs import Missing, Run, Summary
from core.settings import OPTIMIZERS, Settings
from pages.shared.choose import open_run, value_of
from pages.shared.faults import unwritten_told
from pages.shared.onnx_file import onnx_offered
from pages.shared.plain import plain
from pages.shared.presenting import carried
from pages.shared.replay import replay_page
from pages.shared.weights_file import bring_weights

ROOT = Path(__file__).parents[2]
SCRIPT = """import layerscope

seen = layerscope.watch(network, images[:8])
for images, labels in batches:
    loss = loss_of(network(images), labels)
    optimizer.zero_grad()
    loss.backward()
    seen.step(loss)
    optimizer.step()"""
"""How a training loop of one's own is watched."""
COLUMNS = (
    *("Name", "State", "Test accuracy", "Steps", "Data", "Network", "Activation", "Optimizer"),
    *("Batch", "Epochs", "Seed", "Started", "MB", "Pinned"),
)


def row(summary: Summary) -> dict[str, Any]:
    """What the table says of a run, by column; None for what a damaged file does not tell."""
    settings, started = summary.settings, summary.created
    told: dict[str, Any] = dict.fromkeys(COLUMNS) | {
        "Name": summary.name,
        "State": summary.state,
        "Test accuracy": None if summary.accuracy is None else 100 * summary.accuracy,
        "Steps": summary.step,
        "Started": pd.Timestamp(started, unit="s", tz="UTC") if started else None,
        "MB": summary.bytes / 1e6,
        "Pinned": summary.pinned,
    }
    if settings:
        known = ARCHITECTURES.get(settings.architecture)
        used = ACTIVATIONS.get(settings.activation or "")
        told |= {
            "Data": settings.dataset.title,
            "Network": known.title if known else settings.architecture,
            "Activation": used.title if used else settings.activation,
        }
    if settings and not settings.watched:
        told |= {
            "Optimizer": f"{OPTIMIZERS[settings.optimizer]} {settings.learning_rate:g}"
            + (", cosine" if settings.schedule == "cosine" else ""),
            "Batch": settings.batch_size,
            "Epochs": settings.epochs,
            "Seed": settings.seed,
        }
    return told


def actions(run: Run, summary: Summary) -> None:
    """Open, rename, pin, download and delete the chosen run."""
    whole = summary.state != "damaged"
    own = run.id != "demo"
    with st.container(horizontal=True, vertical_alignment="bottom", key="actions"):
        if st.button("Open", icon=":material/play_circle:", disabled=not whole):
            st.switch_page("train.py", query_params={"run": run.id, **carried()})
        if own and whole:
            key = f"name-{run.id}"
            st.text_input(
                "Name",
                summary.name,
                80,
                key=key,
                on_change=lambda: _change(run, name=value_of(key)),
            )
            st.toggle(
                "Pinned",
                summary.pinned,
                key=f"pin-{run.id}",
                help="A pinned run stays when the runs' folder is full.",
                on_change=lambda: _change(run, pinned="yes" if value_of(f"pin-{run.id}") else "no"),
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
        if summary.settings and whole:
            with st.popover("Take it away", icon=":material/code:"):
                _take_away(run, summary.settings)
        if summary.settings and whole and not summary.settings.watched:
            popover_key = f"bring-{run.id}"  # closed again for the run that comes of it
            with st.popover("Bring weights", icon=":material/upload:", key=popover_key):
                bring_weights(summary, summary.settings)
        if own:
            with st.popover("Delete", icon=":material/delete:"):
                st.write(f"Delete “{plain(summary.name)}”?")
                st.caption("It can be brought back until the next deletion.")
                st.button("Delete it", type="primary", on_click=_delete, args=(run,))


def _take_away(run: Run, settings: Settings) -> None:
    """The network for use without Layerscope: as code, and its weights."""
    if run.steps():
        st.write("The run as one page that plays in any browser, without a server.")
        st.download_button(
            "Replay as a page",
            lambda: replay_page(run, settings),
            "replay.html",
            "text/html",
            icon=":material/slideshow:",
            on_click="ignore",
        )
    if settings.watched:
        return
    st.write(
        "The network as a Python file that needs nothing but PyTorch, and its exact weights as a "
        "safetensors file, which that file reads."
    )
    kept = run.steps(exact=True)
    with st.container(horizontal=True):
        st.download_button(
            "Network as code",
            lambda: export.code(settings),
            "network.py",
            "text/x-python",
            icon=":material/code:",
            on_click="ignore",
        )
        if kept:
            st.download_button(
                "Weights",
                lambda: export.weights(settings, run.checkpoint(kept[-1])),
                "weights.safetensors",
                "application/octet-stream",
                icon=":material/grid_on:",
                on_click="ignore",
            )
    told = f"The weights are those of step {kept[-1]:,}." if kept else "No exact weights were kept."
    st.caption(told)
    if kept:
        onnx_offered(run, settings, kept[-1])


def _change(run: Run, **notes: str) -> None:
    try:
        runs.change(run, **notes)
    except ValueError as fault:
        st.toast(plain(str(fault)), icon=":material/edit_off:")


def _delete(run: Run) -> None:
    with unwritten_told():
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


def from_a_script() -> None:
    """How a script of one's own makes a run of any network while it trains it."""
    with st.expander("A network of your own, from your own script", icon=":material/terminal:"):
        st.write(
            "Two lines in a script of yours record any PyTorch network while it learns: one says "
            "what to look at, one stands in the training loop. The run is in the list above at "
            "once."
        )
        st.code(SCRIPT, language="python")
        st.caption(
            "Run it on this server's machine with Layerscope's folder on Python's path: "
            f"`PYTHONPATH={ROOT} {sys.executable} my_script.py`. What of the network could not be "
            "recorded is named."
        )


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
