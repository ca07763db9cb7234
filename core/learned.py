"""What a network has learned, as arrays: parameters and gradients. This room knows torch."""

from collections.abc import Callable, Collection

import torch
from torch import nn

from core.copies import first_rows, norm
from core.records import Array, ArrayKey, Moment


class Learned:
    """The parameters of one network by layer and kind, and how many rows of each are recorded."""

    def __init__(self, parameters: dict[ArrayKey, nn.Parameter], rows: dict[ArrayKey, int]) -> None:
        """Of a parameter with more than `rows` rows the first ones are recorded."""
        self.parameters, self.rows = parameters, rows

    def weights(self) -> dict[ArrayKey, torch.Tensor]:
        """A copy of every parameter as it is now, by its layer and kind."""
        return {key: parameter.detach().clone() for key, parameter in self.parameters.items()}

    def note_updates(self, moment: Moment, before: dict[ArrayKey, torch.Tensor]) -> None:
        """Add how far the step moved each layer's weights, as a share of their size.

        Of what `before` names and is not there any more, or is another one, nothing is added.
        """
        moved: dict[str, list[torch.Tensor]] = {}
        sizes: dict[str, list[torch.Tensor]] = {}
        for (layer, kind), old in before.items():
            now = self.parameters.get((layer, kind))
            if kind.startswith("weight") and now is not None and now.shape == old.shape:
                moved.setdefault(layer, []).append(now.detach() - old)
                sizes.setdefault(layer, []).append(old)
        for layer, parts in moved.items():
            if layer not in moment.numbers:
                continue
            share = norm(parts) / max(norm(sizes[layer]), 1e-12)
            moment.numbers[layer]["update_ratio"] = share

    def note_learned(
        self,
        arrays: dict[ArrayKey, Array],
        numbers: dict[str, dict[str, float]],
        copied: Callable[[torch.Tensor, int | None], Array],
        whole: Collection[str] | None = None,
        scale: float | None = 1.0,
    ) -> bool:
        """Add parameters, gradients and their sizes to a moment's; whether there are gradients.

        Where `whole` names layers, only what is pictured is added of all others. Gradients are
        divided by `scale`; with None they are left out. Call it under `torch.no_grad`.
        """
        weights: dict[str, list[torch.Tensor]] = {}
        slopes: dict[str, list[torch.Tensor]] = {}
        for (layer, kind), parameter in self.parameters.items():
            pictured, all_of_it = kind.startswith("weight"), whole is None or layer in whole
            if not pictured and not all_of_it:
                continue
            rows, gradient = self.rows[layer, kind], None if scale is None else parameter.grad
            units = len(parameter) if parameter.ndim and rows < len(parameter) else None
            try:
                arrays[layer, kind] = copied(_first(parameter, rows), units)
                if pictured:
                    weights.setdefault(layer, []).append(parameter)
                if gradient is None:
                    continue
                if scale not in (None, 1.0):
                    gradient = gradient / scale
                if all_of_it:
                    arrays[layer, f"{kind}_gradient"] = copied(_first(gradient, rows), units)
                if pictured:
                    slopes.setdefault(layer, []).append(gradient)
            except (RuntimeError, TypeError, ValueError) as fault:
                self.omit((layer, kind), fault)
        for layer, parts in weights.items():
            numbers[layer] = {"weight_norm": norm(parts)}
        for layer, parts in slopes.items():
            numbers[layer]["gradient_norm"] = norm(parts)
        return bool(slopes)

    def omit(self, key: ArrayKey, why: Exception) -> None:
        """An array could not be copied; here that is the end, as of our own networks none is."""
        raise why


def _first(tensor: torch.Tensor, rows: int) -> torch.Tensor:
    """The first rows of a parameter or gradient; a single number is a row."""
    if tensor.layout == torch.sparse_coo and tensor.sparse_dim() == 1:
        return first_rows(tensor, rows)
    return tensor[:rows] if tensor.ndim else tensor.reshape(1)
