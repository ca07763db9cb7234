"""Export: what a person takes away of a run to use without Layerscope: code and weights.

The code runs with torch alone, the weights are a safetensors file that it reads. No torch here.
"""

from safetensors.numpy import save

from core.architectures.code import code_of, paths
from core.data.dataset import Dataset
from core.records import Checkpoint
from core.settings import Settings

COUNTED = "num_batches_tracked"
STATISTICS = ("running_mean", "running_var", COUNTED)
"""What a network has besides what it learns: BatchNorm's."""


def code(settings: Settings) -> str:
    """A run's network as a plain PyTorch file."""
    dataset = settings.dataset
    names = {"classify": dataset.classes, "next": dataset.alphabet, "regress": ()}[dataset.task]
    return code_of(
        settings.layers,
        title=settings.title,
        inputs=fed(dataset),
        classes=tuple(names),
        symbols=dataset.alphabet,
    )


def weights(settings: Settings, checkpoint: Checkpoint) -> bytes:
    """The exact weights of a checkpoint, float32, and BatchNorm's statistics, as safetensors."""
    at, kinds = paths(settings.layers), {x.name: x.weights for x in settings.layers}
    kept = {
        f"{at[layer]}.{kind}": array.values if kind == COUNTED else array.numbers()
        for (layer, kind), array in checkpoint.arrays.items()
        if layer in at and (kind in kinds[layer] or kind in STATISTICS)
    }
    return save(kept, {"format": "pt", "step": str(checkpoint.step)})


def fed(dataset: Dataset) -> str:
    """What the network is fed and what it says, in sentences."""
    told = {
        "image": "Inputs are images, batch first, each pixel divided by 255.",
        "symbols": "Inputs are symbols, batch first, each told by its place in SYMBOLS.",
        "vector": "Inputs are the columns of the data set, as Layerscope gives them.",
        "sequence": "Inputs are sequences, batch first, as Layerscope gives them.",
    }[dataset.kind]
    if dataset.quantity:
        spread, mean = dataset.quantity.spread, dataset.quantity.mean
        return f"{told} An output times {spread:g} plus {mean:g} is {dataset.quantity.name}."
    return f"{told} The softmax of the outputs is how likely each class is."
