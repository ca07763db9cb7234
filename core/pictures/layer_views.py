"""Layer views: one layer's weights large, over all moments of a run."""

import math
from collections.abc import Sequence
from dataclasses import replace

from core.architectures.plans import Layer
from core.pictures.guarded import Faults
from core.pictures.packing import pack
from core.pictures.panels import MOST_WEIGHTS, Panel, weight_panel
from core.pictures.strips import (
    NO_GRADIENT,
    card,
    frame,
    layout_of,
    learned_numbers,
    shared_scales,
)
from core.records import Array, Moment

MOST_ROW = 4096
MOST_MATRIX = 4 * MOST_WEIGHTS


def layer_view(
    run_id: str,
    layer: Layer,
    moments: Sequence[Moment],
    kind: str = "tiles",
    array: str = "weight",
    *,
    units: Sequence[int] | None = None,
    gradient: bool = True,
    step: int | None = None,
) -> bytes:
    """One layer's weights large: at its first moment, at each moment, and their gradient.

    `kind` is "tiles" (a picture a unit) or "matrix" (one row a unit), `array` which of the layer's
    weights, for layers with more than one, `units` chooses rows. The two
    weight pictures share one scale over all moments; the gradient has its own at each.
    """
    if kind not in ("tiles", "matrix"):
        raise ValueError(f'a layer is seen as "tiles" or "matrix", not as "{kind}"')

    weight, slope = (layer.name, array), (layer.name, f"{array}_gradient")
    kept = [_chosen(moment, (weight, slope), units) for moment in moments]
    first = next((moment for moment in kept if weight in moment.arrays), None)
    head: dict = {"view": "layer", "probes": [], "classes": [], "run": run_id, "title": layer.name}
    head |= {"live": False, "url": None, "step": step, "autoplay": False}
    if first is None:
        return pack(head | {"cards": [], "frames": [], "layout": 0}, [])
    start = first.arrays[weight]
    before, now, slopes = (
        _panel(layer, start, kind, array, name, role, units)
        for name, role in (("start", "weight"), ("now", "weight"), ("gradient", "gradient"))
    )
    before.fixed, slopes.source, slopes.own_scale = start, slope, True
    if slope not in kept[-1].arrays:
        slopes.absent = NO_GRADIENT
    moving, offset = [now, slopes] if gradient else [now], 0
    before.place(0)
    for panel in moving:
        offset = panel.place(offset)
    faults = Faults()
    shared = shared_scales([now], kept, faults)
    still_scales: dict[str, float] = {}
    still = before.paint(start, shared.get(now.id, 1.0), still_scales)
    entries, planes = [], []
    for moment in kept:
        told = learned_numbers(layer, moment)
        numbers = {"now": told.get("weight", {}), "gradient": told.get("gradient", {})}
        entry, painted = frame(moment, moving, shared, numbers, faults)
        entries.append(entry | {"scales": entry["scales"] | still_scales})
        planes.append(painted)
    cards = [
        card(layer, [before], id="start", title=f"step {first.step}", kind="start"),
        card(layer, [now], id="now", title="this moment", kind="now"),
    ]
    if gradient:
        text = {"title": "its gradient", "formula": "∂loss ÷ ∂W"}
        cards.append(card(layer, [slopes], id="gradient", kind="gradient", **text))
    faults.told(cards)
    return pack(
        head | {"cards": cards, "frames": entries, "layout": layout_of(cards)}, planes, still
    )


def _chosen(moment: Moment, keys: Sequence[tuple[str, str]], units: Sequence[int] | None) -> Moment:
    """A moment with these arrays only, and of these only the chosen rows."""
    arrays = {key: moment.arrays[key] for key in keys if key in moment.arrays}
    if units is not None:
        for key, array in arrays.items():
            rows = [unit for unit in units if 0 <= unit < len(array.values)]
            arrays[key] = replace(array, values=array.values[rows])
    return replace(moment, arrays=arrays)


def _panel(
    layer: Layer,
    start: Array,
    kind: str,
    array: str,
    name: str,
    role: str,
    units: Sequence[int] | None,
) -> Panel:
    """The weights' panel, as tiles or as one matrix with a row for each unit."""
    shape = start.values.shape
    panel = weight_panel(layer, shape, start.units if units is None else None, array)
    if kind == "matrix" and len(shape) > 1:
        whole = shape[0], math.prod(shape[1:])
        row = min(whole[1], MOST_ROW)
        panel.looks_at = min(whole[0], max(1, MOST_MATRIX // row)), row
        panel.tiles, panel.cell = 1, "matrix"
        panel.note = "" if panel.looks_at == whole else f"first {panel.looks_at[0]} × {row} shown"
    panel.id, panel.role = f"{name}/weight", role
    panel.caption = "gradient" if role == "gradient" else "weights"
    panel.units = units
    return panel
