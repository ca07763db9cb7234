"""Recurrent layers and attention: one number of one step, gate by gate or step by step."""

import numpy as np

from core.arithmetic.made import Asked, Made
from core.attention import attention
from core.recurrent import PARTS, gates, states

HOW = {
    "rnn": "The hidden state is the function at this sum: inputs × weights, the state of the step "
    "before × its weights, and both biases.",
    "lstm": "Each gate is the sigmoid of its sum, the candidate the tanh. Cell = forget gate × "
    "cell before + input gate × candidate; hidden = output gate × tanh(cell).",
    "gru": "Each gate is the sigmoid of its sum; the candidate the tanh of its own, in which the "
    "reset gate scales what comes from the state. Hidden = (1 − update gate) × candidate + update "
    "gate × hidden before.",
}


def recurrent(asked: Asked) -> Made:
    """Every gate's sums at this step, of the input and of the state before, and what came of it."""
    layer, brick = asked.layer, asked.brick
    weights = {kind: asked.weight(kind) for kind in layer.weights}
    gave = asked.walk.outputs[layer.name].astype(np.float64)
    found = states(brick, weights, asked.given[np.newaxis], gave[np.newaxis])
    step, number = asked.place
    side, unit = divmod(number, brick.units)
    count = len(brick.directions)
    last = len(found.places) - count
    place = found.places[last + side]
    parts = {name: found.parts[place, name][0] for name in PARTS[brick.kind]}
    given = asked.given
    if last:  # what the layer of states below gave
        below = found.places[last - count : last]
        given = np.concatenate([found.parts[one, "hidden"][0] for one in below], axis=1)
    before = step + (1 if place.endswith("reverse") else -1)
    inside = 0 <= before < len(given)
    mine = gave[:, side * brick.units : (side + 1) * brick.units]
    hidden = mine[before] if inside else np.zeros(brick.units)  # as PyTorch had it
    rows: list[tuple[str, float, float, float]] = []
    for name, of in gates(brick).items():
        at = of.start + unit
        from_input, from_state = (
            float(x @ weights[f"weight_{word}_{place}"][at] + weights[f"bias_{word}_{place}"][at])
            for word, x in (("ih", given[step]), ("hh", hidden))
        )
        told = "pre-activation" if brick.kind == "rnn" else name
        rows.append((told, from_input, from_state, float(parts[told][step, unit])))
    if "cell" in parts:
        old = float(parts["cell"][before, unit]) if inside else 0.0
        rows.append(("cell before", np.nan, np.nan, old))
        rows.append(("cell", np.nan, np.nan, float(parts["cell"][step, unit])))
    else:
        rows.append(("hidden before", np.nan, np.nan, float(hidden[unit])))
    result = float(parts["hidden"][step, unit])
    rows.append(("hidden", np.nan, np.nan, result))
    names, of_input, of_state, value = zip(*rows, strict=True)
    columns = {"from the input": of_input, "from the state": of_state, "value": value}
    arrays = {name: np.array(values) for name, values in columns.items()}
    return Made(list(names), arrays, result, HOW[brick.kind])


def self_attention(asked: Asked) -> Made:
    """What it takes from each step: the step's share, times what that step has to give."""
    brick, weights = asked.brick, {kind: asked.weight(kind) for kind in asked.layer.weights}
    step, unit = asked.place
    given, heads = asked.given, brick.heads
    causal = brick.causal
    maps = attention(weights, given[np.newaxis], heads, causal).maps[0]
    values = given @ weights["weight_value"].T + weights["bias_value"]
    parts = values.reshape(len(given), heads, -1)
    out = weights["weight_output"][unit].reshape(heads, -1)
    gives = np.einsum("thf,hf->ht", parts, out)
    shares = maps[:, step]
    names = [f"head {h + 1} · step {t}" for h in range(heads) for t in range(len(given))]
    bias = float(weights["bias_output"][unit])
    columns = {
        "share": np.append(shares.ravel(), np.nan),
        "gives": np.append(gives.ravel(), np.nan),
        "share × gives": np.append((shares * gives).ravel(), bias),
    }
    words = (
        "Each head shares out its look among the steps (the shares of one head add up to 1) and "
        "takes from each what its value, through the output weights, gives for this number."
    )
    total = float(columns["share × gives"].sum())
    return Made([*names, "bias"], columns, total, words, "share × gives")
