"""Guarded: a card that cannot be drawn says so, and all others stand.

Pictures are made of whatever a network gave; no fault of one of them may end a page.
"""

import contextlib
import logging
from collections.abc import Iterator, Sequence

import numpy as np

from core.pictures.panels import Panel

NOT_DRAWN = "This cannot be drawn here; the log says why."
log = logging.getLogger("layerscope")


class Faults(dict[str, str]):
    """What could not be drawn, by the id of a card or of a panel, with a sentence."""

    @contextlib.contextmanager
    def noted(self, name: str) -> Iterator[None]:
        """Go on after the block where it fails: note it, and write it down."""
        try:
            yield
        except Exception:  # whatever it stumbles over, the other cards are worth seeing
            if name not in self:
                log.exception("%r cannot be drawn", name)
            self[name] = NOT_DRAWN

    def told(self, cards: Sequence[dict]) -> None:
        """Add to each card's note what of it could not be drawn."""
        for card in cards:
            names = {card["id"], *(plane["id"] for plane in card["planes"])}
            if names & self.keys():
                card["note"] = "; ".join(filter(None, (card["note"], NOT_DRAWN)))


def blank(panel: Panel) -> list[np.ndarray]:
    """The bytes of a placed panel's planes without any number."""
    return [
        np.full(
            one["probes"] * one["tiles"] * one["height"] * one["width"],
            0 if one["role"] == "histogram" else 128,
            np.uint8,
        )
        for one in panel.planes
    ]
