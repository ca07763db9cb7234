"""Axes of scores in percent: what is far worse than any guess does not flatten everything else."""

import numpy as np
import plotly.graph_objects as go

from core.figures import style

LOWEST = -100.0
"""A score has no lower end: what is below this many percent is told, not drawn."""


def cut_below(fig: go.Figure) -> str:
    """Let the score axis of a figure end at LOWEST where some are below; gives words that say so.

    They are empty, and nothing is changed, where none is. Call it when all is drawn.
    """
    drawn = [style.finite(trace.y).ravel() for trace in fig.data if trace.y is not None]
    values = np.concatenate([np.zeros(0), *drawn])
    values = values[np.isfinite(values)]
    count = int(np.count_nonzero(values < LOWEST))
    if not count:
        return ""
    shown = values[values >= LOWEST]
    top = max(100.0 if shown.size and shown.max() > 50 else 0.0, shown.max(initial=0.0))
    fig.update_yaxes(range=(LOWEST - 4, top + 4), autorange=False)
    return f"The axis ends at −100 %: {count:,} of {values.size:,} values lie below."
