"""The figures, by name: arrays in, `go.Figure` out; they import numpy and plotly only."""

from collections.abc import Callable

import plotly.graph_objects as go

from core.figures.accuracy_curve import accuracy_curve
from core.figures.activation_curve import activation_curve
from core.figures.before_after import before_after
from core.figures.decision_boundary import decision_boundary
from core.figures.distribution_over_time import distribution_over_time
from core.figures.embedding_plane import embedding_plane
from core.figures.feature_maps import feature_maps
from core.figures.forecast import forecast
from core.figures.layer_sizes import layer_sizes
from core.figures.loss_curve import loss_curve
from core.figures.next_symbols import next_symbols
from core.figures.numbers_over_time import numbers_over_time
from core.figures.predicted_against_true import predicted_against_true
from core.figures.probabilities import probabilities
from core.figures.race_curves import race_curves
from core.figures.race_frontier import race_frontier
from core.figures.race_lanes import race_lanes
from core.figures.race_sizes import race_sizes
from core.figures.receptive_field import receptive_field
from core.figures.ridges import ridges
from core.figures.run_curves import run_curves
from core.figures.score_curves import score_curves
from core.figures.shares import shares
from core.figures.states_over_time import states_over_time
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
    "states_over_time": states_over_time,
    "embedding_plane": embedding_plane,
    "forecast": forecast,
    "predicted_against_true": predicted_against_true,
    "decision_boundary": decision_boundary,
    "before_after": before_after,
    "shares": shares,
    "receptive_field": receptive_field,
    "next_symbols": next_symbols,
    "layer_sizes": layer_sizes,
    "run_curves": run_curves,
    "score_curves": score_curves,
    "race_curves": race_curves,
    "race_sizes": race_sizes,
    "race_frontier": race_frontier,
    "race_lanes": race_lanes,
}
