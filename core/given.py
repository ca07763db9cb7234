"""Given: what a layer was given, as far as it is known from what was recorded.

In a watched network something may have happened between two layers that nobody recorded: a moment
notes the layers of which what they were given is not what their source gave. No torch here.
"""

from collections.abc import Sequence

import numpy as np

from core.architectures.layers import PASSING, Layer
from core.records import Moment

CHANGED = "changed_before"
"""Among a layer's numbers of a moment: 1 where it was given other numbers than its source gave."""


class NotKnown(ValueError):
    """What a layer was given is not known; the text is a sentence that says why."""


def source_of(layer: Layer, layers: Sequence[Layer], moment: Moment) -> str:
    """The layer whose recorded numbers, maybe in another shape, this one was given; "" for the
    input.

    Raises NotKnown where what it was given was changed in between, or is another input.
    """
    if layer.watched and layer.inside:
        raise NotKnown(f"What the block {layer.name} was given is not recorded.")
    by_name, here = {one.name: one for one in layers}, layer
    while True:
        changed = moment.numbers.get(here.name, {}).get(CHANGED)
        if changed or here.watched == "moved":
            raise NotKnown(
                f"What {here.name} was given is not known here: it is not just what "
                f"{here.sources[0] or 'the input'} gave."
            )
        name = here.sources[0]
        if not name or by_name[name].kind not in PASSING:
            return name
        here = by_name[name]


def given_to(
    layer: Layer, layers: Sequence[Layer], moment: Moment, inputs: np.ndarray | None
) -> np.ndarray:
    """What a layer was given for the network's `inputs`, (n, …), at a moment.

    Raises KeyError where it was not recorded (or there are no inputs), ValueError where only some
    of its units were, NotKnown where it is not what was recorded.
    """
    before = source_of(layer, layers, moment)
    by_name = {one.name: one for one in layers}
    if before == "":
        if inputs is None:
            raise KeyError("input")
        found = inputs
    else:
        array = moment.arrays[before, "output"]
        if array.units is not None:
            raise ValueError(f"only some units of {before} were recorded")
        found = array.numbers()
    between, name = [], layer.sources[0]
    while name != before:
        between.append(by_name[name])
        name = by_name[name].sources[0]
    for passing in reversed(between):
        if passing.kind == "rows":
            found = found.swapaxes(1, 2)
        found = found.reshape(len(found), *passing.output_shape)
    return found
