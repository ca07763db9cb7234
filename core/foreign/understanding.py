"""Understanding: which reading of what a network is watched with fits the network.

This room knows torch.
"""

from dataclasses import replace
from typing import Any

from torch import nn

from core.foreign.inputs import Inputs, Unseen, readings
from core.foreign.passes import TooManyCallsError
from core.foreign.reach import Disturbing
from core.foreign.running import initialised
from core.foreign.seeing import Seer
from core.foreign.sight import Sight
from core.foreign.watched import MOST_INPUTS

TIMED = (nn.RNNBase, nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.TransformerDecoderLayer)
"""Layers that have time along the first axis unless they are told otherwise."""


def understood(network: nn.Module, given: Any) -> tuple[Inputs, Sight]:
    """The inputs in the reading that fits the network best, and what was seen with it.

    Other readings are tried where the usual one leaves a doubt. Raises Unseen, ValueError for too
    many inputs, and what the network raises in the usual reading.
    """
    best: tuple[tuple[bool, ...], Inputs, Sight] | None = None
    first: Exception | None = None
    for inputs in readings(network, given):
        if inputs.count > MOST_INPUTS:
            if inputs.first().ndim > 1 and not best:
                many = f"{inputs.count:,} inputs are too many; {MOST_INPUTS} can be looked at"
                raise first or ValueError(many)
            continue
        try:
            with initialised(network, inputs):
                seer = _seer(network, inputs)
                signs = _signs(seer)
                if best is None or signs > best[0]:
                    best = signs, seer.inputs, seer.seen()
        except Disturbing as fault:
            raise Unseen(str(fault)) from None
        except TooManyCallsError:
            raise
        except Exception as fault:  # it does not fit the network
            first = first or fault
            continue
        if all(signs):
            break
    if best is None:
        assert first is not None
        raise first
    return best[1:]


def _seer(network: nn.Module, inputs: Inputs) -> Seer:
    try:
        return Seer(network, inputs)
    except RuntimeError as fault:
        if "does not require grad" not in str(fault):
            raise
        return Seer(network, replace(inputs, gradients=True))


def _signs(seer: Seer) -> tuple[bool, ...]:
    """What speaks for a reading, the strongest sign first."""
    places = [seer.axis(one, "gave") for one in seer.calls]
    timed = [one for one in seer.calls if isinstance(one.call.module, TIMED)]
    against = any(
        (axis := seer.axis(one, "given")) is not None
        and axis != (0 if _batch_first(one.call.module) and len(one.given) == 3 else 1)
        for one in timed
    )
    known = any(place is not None for place in places)
    return known, seer.second is not None, known and places[-1] is not None, not against


def _batch_first(module: Any) -> bool:
    inner = getattr(module, "self_attn", module)
    return bool(getattr(inner, "batch_first", False))
