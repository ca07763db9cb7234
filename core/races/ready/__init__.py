"""Ready-made races, by name: one file each, recorded in `core/demo/races`."""

from core.races.ready import (
    batch_norm,
    data_hunger,
    deep_activations,
    depth,
    memory_length,
    optimizers,
    shuffled_pixels,
)
from core.races.ready.ready import Ready

READY: dict[str, Ready] = {
    one.READY.name: one.READY
    for one in (
        data_hunger,
        shuffled_pixels,
        depth,
        memory_length,
        deep_activations,
        batch_norm,
        optimizers,
    )
}
