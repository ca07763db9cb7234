"""A page with nothing but a scope on a synthetic run, for tests/browser/test_scope.py."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from core.architectures import ARCHITECTURES
from core.architectures.architecture import Work
from core.architectures.plans import Layer, plan
from core.data.mnist import DATASET as MNIST
from core.pictures import Probes, layer_view, live_frame, strip
from core.records import Array, Moment


def images(probes: int) -> np.ndarray:
    """Bright rings on black, flatter and flatter, (probes, 1, 28, 28)."""
    y, x = np.mgrid[:28, :28] - 13.5
    rings = [np.exp(-((np.hypot(x, y * (1 + n / 5)) - 9) ** 2) / 3) for n in range(probes)]
    return np.array(rings, np.float32)[:, None]


def weights(random: np.random.Generator, shape: tuple[int, ...], share: float) -> np.ndarray:
    """Noise in which waves grow with `share`; unit 0 has only zeros."""
    each = (shape[0], *(1 for _ in shape[1:]))
    waves = np.sin(np.arange(np.prod(shape)).reshape(shape) / (3 + 40 * random.random(each)))
    values = random.uniform(-0.04, 0.04, shape) + 0.12 * share * waves * random.random(each)
    values[0] = 0
    return values.astype(np.float16)


def moment(layers: tuple[Layer, ...], step: int) -> Moment:
    """What a network might look like after `step` steps, the same at every call."""
    random, share = np.random.default_rng(7), min(1.0, step / 400)
    arrays, numbers = {}, {}
    for layer in layers:
        output = random.normal(0, 0.4 + share, (10, *layer.output_shape))
        if shape := layer.weights.get("weight"):
            arrays[layer.name, "weight"] = Array(weights(random, shape, share))
            slope = random.normal(0, 0.001 * (1.1 - share), shape).astype(np.float16)
            arrays[layer.name, "weight_gradient"] = Array(slope)
            numbers[layer.name] = {
                "weight_norm": 3.4 + share,
                "gradient_norm": 0.12 * (1.1 - share),
            }
            numbers[layer.name]["update_ratio"] = 1.2e-3
        elif layer.kind == "activation":
            output = np.maximum(output, 0)
            numbers[layer.name] = {"dead": 0.125 * share, "in_dead_zone": 0.5, "saturated": 0.0}
            numbers[layer.name] |= {"units": layer.output_shape[0], "inputs": 50}
        elif layer.name == "flatten1" and layer.input_shape[0] == 1:
            output = images(10).reshape(10, -1)
        if layer is layers[-1]:
            output += 4 * share * np.eye(10)
        arrays[layer.name, "output"] = Array(output.astype(np.float16))
    return Moment(step, step / 469, 2.3 * (1 - share) + 0.1, arrays, numbers)


def network(name: str) -> tuple[Layer, ...]:
    """The layers of an architecture for 28 x 28 images of ten classes."""
    return plan(tuple(ARCHITECTURES[name]().bricks(Work((1, 28, 28), 10))), (1, 28, 28))


def spoil(last: Moment) -> None:
    """Make some numbers of a moment NaN or infinite: weights, and what it gave to one input."""
    last.arrays["linear1", "weight"].values[17, :40] = np.nan
    last.arrays["linear1", "weight"].values[17, 40:42] = np.inf
    last.arrays["relu1", "output"].values[3, 5] = -np.inf
    last.arrays["linear2", "output"].values[3] = np.nan


def packed(
    name: str,
    view: str,
    frames: int,
    autoplay: bool = False,
    live: bool = False,
    spoiled: bool = False,
) -> bytes:
    """A synthetic run of 500 steps in `frames` moments, as a strip or a layer view."""
    layers = network(name)
    moments = [moment(layers, round(500 * n / max(1, frames - 1))) for n in range(frames)]
    if spoiled:
        spoil(moments[-1])
    if view != "strip":
        layer = next(one for one in layers if one.parameters)
        return layer_view("synthetic", layer, moments, view)
    names = [f"class {number}" for number in range(10)] if name == "lenet" else list("0123456789")
    probes = Probes(replace(MNIST, classes=tuple(names)), images(10), np.arange(10))
    return strip(
        "synthetic", f"{name} · Adam 0.001", layers, probes, moments,
        live=live, url="/live/synthetic" if live else None, autoplay=autoplay,
    )  # fmt: skip


def live_message(name: str, step: int) -> bytes:
    """What a watcher gets at `step`."""
    layers = network(name)
    return live_frame(MNIST, layers, moment(layers, step))


if __name__ == "__main__":
    import streamlit as st

    from pages.shared.scope import scope

    st.set_page_config(layout="wide")
    asked = st.query_params
    data = st.cache_data(packed)(
        asked.get("name", "two_linear"),
        asked.get("view", "strip"),
        int(asked.get("frames", "100")),
        asked.get("autoplay") == "1",
        asked.get("live") == "1",
        asked.get("spoiled") == "1",
    )
    st.button("Again")
    if not st.checkbox("Hide"):
        seen = scope(data, key="scope")
        st.text(f"step={seen.step} probe={seen.probe} layer={seen.layer} socket={seen.socket}")
        if seen.unit:  # a press, not a state: the next run of the script knows nothing of it
            st.session_state["clicked"] = st.session_state.get("clicked", 0) + 1
            st.session_state["unit"] = seen.unit
        st.text(f"clicked={st.session_state.get('clicked')} {st.session_state.get('unit')}")
