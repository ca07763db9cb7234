"""Watch a network of your own: `layerscope.watch` records it from a plain script, in two lines."""

from core.foreign.inputs import Unseen
from core.foreign.watch import Watch, watch

__all__ = ["Unseen", "Watch", "watch"]
