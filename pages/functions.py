"""Activation functions: each one's curve and derivative, and a run's layers at work on it."""

import numpy as np
import streamlit as st

from core.activations import ACTIVATIONS, shares
from core.figures.activation_curve import activation_curve
from core.figures.softmax_bars import softmax_bars
from core.softmax import (
    SOFTMAX_DERIVATIVE_FORMULA,
    SOFTMAX_FORMULA,
    TEMPERATURE,
    softmax,
)
from pages.shared.at_work import at_work
from pages.shared.chart import still_chart
from pages.shared.choose import choose, choose_run

titles = {name: activation.title for name, activation in ACTIVATIONS.items()} | {
    "softmax": "Softmax"
}
name = choose("Function", list(titles), "function", titles.__getitem__)

if name == "softmax":
    st.write("Turns a vector of numbers into probabilities: all positive, together 1.")
    left, right = st.columns(2)
    left.latex(SOFTMAX_FORMULA)
    right.latex(SOFTMAX_DERIVATIVE_FORMULA)
    heat = st.slider(
        TEMPERATURE.title,
        *(TEMPERATURE.low, TEMPERATURE.high, TEMPERATURE.default, TEMPERATURE.step),
        key="temperature",
        bind="query-params",
        help="Below 1 the largest wins more clearly; above 1 all come closer together.",
    )
    run, summary = choose_run()
    work = at_work(run, summary, None)
    if work is not None:
        dataset = run.settings().dataset
        classes = dataset.alphabet if dataset.task == "next" else dataset.classes
        still_chart(softmax_bars(classes, softmax(work), softmax(work, heat), heat), "softmax")
        st.caption("From the last layer's numbers (logits) for the chosen input at this moment.")
    st.stop()

activation, parameter = ACTIVATIONS[name], None
st.write(activation.sentence)
if activation.parameter is not None:
    given = activation.parameter
    parameter = st.slider(
        f"{given.title} {given.name}",
        *(given.low, given.high, given.default, given.step),
        key=f"parameter_{name}",
        bind="query-params",
    )
left, right = st.columns(2)
left.latex(activation.formula)
right.latex(activation.derivative_formula)

st.subheader("In a run")
run, summary = choose_run()
work = at_work(run, summary, name)
sizes = np.abs(work[np.isfinite(work)]) if work is not None else np.empty(0)
reach = max(6.0, float(np.quantile(sizes, 0.999))) if sizes.size else 6.0
x = np.linspace(-reach, reach, 801)
curve = {"name": name, "title": activation.title, "value": activation.value(x, parameter)}
curve["derivative"] = activation.derivative(x, parameter)
zones = [(zone.kind, zone.low, zone.high) for zone in activation.zones(parameter)]
if work is None:
    still_chart(activation_curve(x, [curve], zones), "curve")
else:
    counted = shares(work, name, parameter)
    told = {str(kind): share for kind, share in counted.items()}
    still_chart(activation_curve(x, [curve], zones, points=work, shares=told), "curve")
    st.caption(
        f"Of {work.size:,} pre-activations, {counted['dead']:.1%} lie where the derivative is "
        f"exactly 0 and {counted['saturated']:.1%} where it is below 5 % of its largest."
    )
