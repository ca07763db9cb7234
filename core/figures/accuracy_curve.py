"""The accuracy, training against held-out, over the steps of a run."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.figures import style
from core.figures.loss_curve import learning_curve
from core.figures.scores import cut_below


def accuracy_curve(
    steps: style.Steps,
    accuracy: style.Numbers,
    held_out_steps: style.Steps = (),
    held_out_accuracy: style.Numbers = (),
    *,
    epochs: style.Numbers | None = None,
    marks: Sequence[tuple[float, str]] = (),
    quantity: str = "accuracy",
) -> go.Figure:
    """Training and held-out accuracy over steps, drawn in percent.

    `quantity` names another share that is measured in its place. Accuracies are shares from 0 to 1.
    Once there are many, the axis leaves out the lowest twentieth of them, so that the last percent
    can be seen. `epochs` and `marks` as in `loss_curve`.
    """
    training, held_out = 100 * style.finite(accuracy), 100 * style.finite(held_out_accuracy)
    return learning_curve(
        *(f"{quantity} (%)", ".2f", steps, training, held_out_steps, held_out, epochs, marks),
        fit=_fitted,
    )


def _fitted(fig: go.Figure) -> str:
    """Fit the axis; what is said of it."""
    values = np.concatenate([style.finite(trace.y) for trace in fig.data])
    fig.update_yaxes(range=percent_range(values))
    return cut_below(fig)


def percent_range(values: np.ndarray) -> tuple[float, float]:
    """The part of 0 to 100 to show: round numbers below most values and above all of them."""
    known = values[np.isfinite(values) & (values >= 0) & (values <= 100)]
    if not known.size:
        return 0.0, 100.0
    low = np.quantile(known, 0.05) if known.size >= 40 else known.min()
    unit = 10.0 if known.max() - low > 10 else 2.0
    bottom = max(0.0, np.floor((low - unit / 4) / unit) * unit)
    top = min(100.0, np.ceil((known.max() + unit / 4) / unit) * unit)
    return float(bottom), float(top) + 0.01 * (float(top) - float(bottom))
