"""Scaling: whether gradients are those of the loss, and from the step that they are recorded at.

This room knows torch.
"""

import gc
import weakref
from typing import Any

import torch
from torch.amp.grad_scaler import GradScaler, OptState

from core.foreign.looking import Looker
from core.foreign.saying import Speaker, number_of
from core.records import Moment


class Scaling:
    """What the gradients of one network were multiplied with."""

    def __init__(self, looker: Looker) -> None:
        """Remember how the parameters are now."""
        self.looker = looker
        self.scalers: weakref.WeakSet[GradScaler] = weakref.WeakSet()
        self.versions = {key: p._version for key, p in looker.parameters.items()}
        self.before = {key: id(p) for key, p in looker.parameters.items()}

    def search(self) -> None:
        """Look for the script's GradScalers, once: they are made before the loop."""
        for kind in (GradScaler, *GradScaler.__subclasses__()):
            instances = (one for one in gc.get_referrers(kind) if type(one) is kind)
            self.scalers.update(instances)

    def of(self, scale: Any, speaker: Speaker) -> float:
        """The factor at this step: as a person says, or as the script's GradScaler has it."""
        if scale is None:
            return self._of_scalers(speaker)
        if isinstance(scale, GradScaler):
            return _scale_of(scale)
        number = number_of(scale, "scale", speaker)
        if number is None or not 0 < number < float("inf"):
            if number is not None:
                speaker.say("scale", f"the scale {number:g} is no factor above 0: it is not used")
            return 1.0
        return number

    def _of_scalers(self, speaker: Speaker) -> float:
        scales = {_scale_of(one) for one in self.scalers} - {1.0}
        if not scales:
            return 1.0
        if len(scales) > 1:
            speaker.say(
                "scalers",
                "several GradScalers are at work: gradients are recorded as they are, scaled; "
                "seen.step(loss, scale=scaler) says which one is meant",
            )
            return 1.0
        (scale,) = scales
        speaker.say(
            "scaler",
            f"gradients are recorded divided by {scale:g}, the GradScaler's scale; "
            "seen.step(loss, scale=…) says another",
        )
        return scale

    def check(self, step: int, moment: Moment, speaker: Speaker) -> None:
        """Say once what looks as if `step` was called at another place than it should be."""
        learning = [key for key, p in self.looker.parameters.items() if p.requires_grad]
        sizes = [one["gradient_norm"] for one in moment.numbers.values() if "gradient_norm" in one]
        right = (
            "seen.step() belongs after loss.backward() and before optimizer.step() and zero_grad()"
        )
        if learning and not any(sizes):
            what = "all gradients are 0" if sizes else "no parameter has a gradient"
            speaker.say("gradients", f"at step {step} {what}: {right}")
        if step == 0 and sizes:
            trained = [k for k in learning if self.looker.parameters[k].grad is not None]
            if trained and all(map(self._moved, trained)):
                speaker.say(
                    "moved",
                    f"the weights have changed between watch() and the first step(): {right}",
                )

    def _moved(self, key: Any) -> bool:
        parameter = self.looker.parameters[key]
        same = self.before.get(key) == id(parameter)
        return same and parameter._version != self.versions.get(key)


def _scale_of(scaler: GradScaler) -> float:
    """What gradients are multiplied with now: 1 where they were divided by it already."""
    if not scaler.is_enabled() or scaler._scale is None:
        return 1.0
    stages = [state["stage"] for state in scaler._per_optimizer_states.values()]
    if stages and all(stage is not OptState.READY for stage in stages):
        return 1.0
    scale = scaler._scale
    return float(scale.item() if isinstance(scale, torch.Tensor) else scale)
