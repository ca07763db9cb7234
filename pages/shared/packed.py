"""Packed pictures for the scope, made once for all who look at the same moments of a run."""

import numpy as np
import streamlit as st

from core import live, pictures
from core.beginnings import untrained_at
from core.budget import kept_steps
from core.pictures import Probes
from core.runs import Run
from core.settings import Settings

LEAST_FRAMES, MOST_FRAMES, MOST_BYTES = 12, 48, 8_000_000


def probe_inputs(settings: Settings) -> Probes:
    """What every moment of a run looks at."""
    return pictures.probes_of(settings.dataset)


@st.cache_data(max_entries=4, show_spinner=False)
def replay(
    run_id: str, newest: int, here: bool, _run: Run, step: int, probe: int, autoplay: bool = False
) -> bytes:
    """The strip over the whole run, at most 48 of its moments; `newest` says how far it is.

    It opens at the moment nearest to `step`, with the probe input of that number. `here` says
    whether the run's data is on this machine: if not, the inputs are blank.
    """
    steps = kept_steps(_run.steps(), MOST_FRAMES)
    opened = min(steps, key=lambda kept: abs(kept - step))
    return _strip(_run, steps, step=opened, probe=probe, autoplay=autoplay)


@st.cache_data(max_entries=64, show_spinner=False)
def live_strip(run_id: str, pushed: bool, _run: Run) -> bytes:
    """The strip that the browser goes on from while a run trains; it has one recorded moment."""
    url = f"/live/{run_id}" if pushed else None
    return _strip(_run, _run.steps()[-1:], live=True, url=url)


@st.cache_data(max_entries=4, show_spinner=False)
def layer_over_time(
    run_id: str, newest: int, _run: Run, layer_name: str, kind: str, array: str, step: int
) -> bytes:
    """One layer's weights, and their gradients, at every recorded moment; opened at `step`."""
    layer = next(x for x in _run.settings().layers if x.name == layer_name)
    slope = f"{array}_gradient"
    moments = _run.moments(layer=layer_name, kinds=(array, slope))
    learns = not layer.watched or any((layer_name, slope) in m.arrays for m in moments)
    return pictures.layer_view(run_id, layer, moments, kind, array, gradient=learns, step=step)


@st.cache_data(max_entries=4, show_spinner="Looking inside the layer …")
def inside(
    run_id: str,
    newest: int,
    here: bool,
    _run: Run,
    layer_name: str,
    step: int,
    probe: int,
    pushed: bool = False,
) -> bytes:
    """All that is to be seen of one layer, at 48 of a run's moments, of a large layer fewer.

    The browser goes on with live pictures where they are `pushed`.
    """
    settings, steps = _run.settings(), _run.steps()
    layer = next(x for x in settings.layers if x.name == layer_name)
    probes, names = probe_inputs(settings), pictures.needed(layer, settings.layers)

    def view(steps: list[int]) -> bytes:
        return pictures.inside_view(
            run_id,
            layer,
            settings.layers,
            probes,
            _run.moments(steps, layer=names),
            step=step,
            probe=min(probe, len(probes) - 1),
            url=f"/live/{run_id}/{layer_name}" if pushed else None,
        )

    one = len(view(steps[-1:]))
    return view(kept_steps(steps, max(LEAST_FRAMES, min(MOST_FRAMES, MOST_BYTES // one))))


@st.cache_data(max_entries=4, show_spinner="Laying numbers on curves …")
def work(
    run_id: str, newest: int, here: bool, _run: Run, step: int, probe: int, pushed: bool = False
) -> bytes:
    """A run's activation functions at work, at up to 48 of its moments.

    The browser goes on with live pictures where they are `pushed`.
    """
    settings, probes = _run.settings(), probe_inputs(_run.settings())
    learned = any(one.name == "prelu" for one in pictures.functions(settings.layers).values())
    kinds = ("output", "weight") if learned else ("output",)

    def view(steps: list[int]) -> bytes:
        return pictures.work_view(
            run_id,
            settings.layers,
            probes,
            _run.moments(steps, kinds=kinds),
            step=step,
            probe=min(probe, len(probes) - 1),
            url=f"/live/{run_id}/{pictures.AT_WORK}" if pushed else None,
        )

    steps = _run.steps()
    one = len(view(steps[-1:]))
    return view(kept_steps(steps, max(LEAST_FRAMES, min(MOST_FRAMES, MOST_BYTES // one))))


def _strip(
    run: Run,
    steps: list[int],
    *,
    live: bool = False,
    url: str | None = None,
    step: int | None = None,
    probe: int = 0,
    autoplay: bool = False,
) -> bytes:
    settings = run.settings()
    probes = probe_inputs(settings)
    shown = settings.cards
    arrays = {kind for layer in shown for kind in layer.pictured}
    names = tuple(layer.name for layer in shown) if settings.watched else None
    return pictures.strip(
        run.id,
        settings.title,
        shown,
        probes,
        run.moments(steps, layer=names, kinds=(*sorted(arrays), "output")),
        live=live,
        url=url,
        step=step,
        probe=min(probe, len(probes) - 1),
        autoplay=autoplay,
        untrained=untrained_at(run, settings, 0),
    )


def newest_strip(run: Run) -> bytes:
    """What the strip of a training run shows now, where pictures are asked for, not pushed."""
    whole, message = live_strip(run.id, False, run), live.newest(run.id)
    if message is None:
        return whole
    (header, planes), (newer, moving) = pictures.unpack(whole), pictures.unpack(message)
    first, *_, last = header["cards"]
    header |= {"cards": [first, *newer["layer_cards"], last]}
    header |= {"layout": newer["layout"], "frames": newer["frames"]}
    still = np.frombuffer(planes, np.uint8, header["still_bytes"])
    return pictures.pack(header, [[np.frombuffer(moving, np.uint8)]], [still])
