"""The figures, by name: arrays in, `go.Figure` out; they import numpy and plotly only."""

from collections.abc import Callable

import plotly.graph_objects as go

from core.figures.accuracy_curve import accuracy_curve
from core.figures.activation_curve import activation_curve
from core.figures.distribution_over_time import distribution_over_time
from core.figures.feature_maps import feature_maps
from core.figures.loss_curve import loss_curve
from core.figures.numbers_over_time import numbers_over_time
from core.figures.probabilities import probabilities
from core.figures.ridges import ridges
from core.figures.softmax_bars import softmax_bars
from core.figures.unit_activations import unit_activations
from core.figures.weight_matrix import weight_matrix

FIGURES: dict[str, Callable[..., go.Figure]] = {
    "loss_curve": loss_curve,
    "accuracy_curve": accuracy_curve,
    "numbers_over_time": numbers_over_time,
    "weight_matrix": weight_matrix,
    "distribution_over_time": distribution_over_time,
    "ridges": ridges,
    "unit_activations": unit_activations,
    "feature_maps": feature_maps,
    "probabilities": probabilities,
    "activation_curve": activation_curve,
    "softmax_bars": softmax_bars,
}
