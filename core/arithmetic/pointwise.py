"""One number for one number: activation functions, Dropout, norms, and what only passes on."""

import numpy as np

from core.arithmetic.made import Asked, Made, Place, named

EPSILON = 1e-5  # of torch's norms


def activation(asked: Asked) -> Made:
    """The function at the number that was given, its derivative there, and the gradient."""
    function = asked.brick.bends
    learned = asked.walk.before.get((asked.layer.name, "weight"))
    parameter = None if learned is None else float(learned.ravel()[0])
    x = float(asked.given[asked.place])
    value, slope = (float(of(x, parameter)) for of in (function.value, function.derivative))
    words = f"{function.title} makes {value:.6g} of {x:.6g}; its derivative there is {slope:.6g}."
    if asked.slope is not None:
        words += (
            f" The gradient that comes back is {asked.slope:.6g}; times the derivative that is "
            f"{asked.slope * slope + 0.0:.6g}, which goes further back."
        )
    columns = {"x": np.array([x]), "f(x)": np.array([value]), "f′(x)": np.array([slope])}
    return Made([named(asked.place)], columns, value, words)


def dropout(asked: Asked) -> Made:
    """Zero, or the number divided by the share that is kept."""
    x, left = float(asked.given[asked.place]), 1 - asked.brick.share
    if not asked.walk.training:
        words = "In evaluation nothing is left out: the same number."
        return Made([named(asked.place)], {"x": np.array([x])}, x, words)
    kept = asked.gave != 0
    result = x / left if kept else 0.0
    words = (
        f"It was kept in this step, and divided by {left:g}, the share that is kept."
        if kept
        else "It was left out in this step, or was 0 already: no gradient goes through it."
    )
    return Made([named(asked.place)], {"x": np.array([x])}, result, words)


def layernorm(asked: Asked) -> Made:
    """Shifted and scaled by the mean and variance of one input, or of one step of it."""
    given = asked.given
    at = asked.place[-1:] if given.ndim == 2 else asked.place
    over = given[asked.place[0]] if given.ndim == 2 else given
    return _normed(asked, over, at, "of this input's numbers")


def groupnorm(asked: Asked) -> Made:
    """Shifted and scaled by the mean and variance of a group of channels."""
    given = asked.given
    size = len(given) // asked.brick.groups
    first = asked.place[0] // size * size
    return _normed(asked, given[first : first + size], asked.place[:1], "of its group of channels")


def batchnorm(asked: Asked) -> Made:
    """Shifted and scaled by the mean and variance of its channel over the batch."""
    channel = asked.place[asked.layer.units_axis if len(asked.place) > 1 else 0]
    mean, variance = (float(each[channel]) for each in asked.walk.spreads[asked.layer.name])
    whose = "of its channel over the batch"
    if not asked.walk.training:
        whose = "that its channel had in the batches so far (running ones, as in evaluation)"
    return _scaled(asked, mean, variance, (channel,), whose)


def _normed(asked: Asked, over: np.ndarray, at: Place, whose: str) -> Made:
    return _scaled(asked, float(over.mean()), float(over.var()), at, whose)


def _scaled(asked: Asked, mean: float, variance: float, at: Place, whose: str) -> Made:
    x = float(asked.given[asked.place])
    gamma, beta = (float(asked.weight(kind)[at]) for kind in ("weight", "bias"))
    plain = (x - mean) / np.sqrt(variance + EPSILON)
    columns = {"x": x, "mean": mean, "variance": variance, "γ": gamma, "β": beta}
    words = (
        f"Mean and variance are those {whose}. x less the mean, divided by the root of the "
        f"variance + {EPSILON:g}, is {plain:.6g}; times γ, plus β."
    )
    made = {name: np.array([value]) for name, value in columns.items()}
    return Made([named(asked.place)], made, float(gamma * plain + beta), words)


def flatten(asked: Asked) -> Made:
    """The same number, from where it stood."""
    return _moved(asked, tuple(map(int, np.unravel_index(asked.place[0], asked.given.shape))))


def rows(asked: Asked) -> Made:
    """The same number: a row of the image is a step."""
    row, feature = asked.place
    channel, column = divmod(feature, asked.given.shape[2])
    return _moved(asked, (channel, row, column))


def last_step(asked: Asked) -> Made:
    """The same number, of the last step."""
    return _moved(asked, (len(asked.given) - 1, *asked.place))


def _moved(asked: Asked, before: Place) -> Made:
    x = float(asked.given[before])
    return Made([named(before)], {"x": np.array([x])}, x, "The same number, laid out anew.")


def residual(asked: Asked) -> Made:
    """What the block made of it, plus what came through the skip."""
    parts = np.array([float(asked.source(n)[asked.place]) for n in range(2)])
    words = "Both are added. The whole gradient goes back both ways: through a skip undiminished."
    names = ["through the block", "through the skip"]
    return Made(names, {"x": parts}, float(parts.sum()), words, "x")


def branches(asked: Asked) -> Made:
    """The same number, of the branch that gave it."""
    axis, place = asked.layer.units_axis, list(asked.place)
    layers = {layer.name: layer for layer in asked.settings.layers}
    for number, name in enumerate(asked.layer.sources):
        gave = asked.source(number)  # of a recorded moment perhaps its first units
        wide = (layers[name].output_shape if name else gave.shape)[axis]
        if place[axis] < wide:
            x = float(gave[tuple(place)])
            told = f"branch {number + 1}, {named(tuple(place))}"
            return Made([told], {"x": np.array([x])}, x, "The branches lie side by side.")
        place[axis] -= wide
    raise IndexError(f"{asked.layer.name} has nothing at {asked.place}")


def embedding(asked: Asked) -> Made:
    """One number of the vector that stands for the symbol."""
    step, unit = asked.place
    symbol = int(asked.given[step])
    dataset = asked.settings.dataset
    told = dataset.alphabet[symbol] if symbol < len(dataset.alphabet) else str(symbol)
    w = float(asked.weight()[symbol, unit])
    words = f"Looked up in the table: row {symbol}, for “{told}”, number {unit}."
    return Made([named(asked.place)], {"w": np.array([w])}, w, words)


def positions(asked: Asked) -> Made:
    """The number, plus the one that stands for its place in the sequence."""
    parts = np.array([float(asked.given[asked.place]), float(asked.weight()[asked.place])])
    names = [named(asked.place), f"vector of place {asked.place[0]}"]
    return Made(names, {"x": parts}, float(parts.sum()), "Both are added.", "x")
