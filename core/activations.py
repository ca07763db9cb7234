"""The activation functions that can be chosen, in the menu's order: words and formulas."""

import numpy as np
from numpy.typing import ArrayLike

from core.activation import Activation, Function, Kind, Parameter
from core.slopes import (
    SIGMOID_END,
    SOFTPLUS_END,
    TANH_END,
    below,
    elu,
    elu_flat,
    elu_slope,
    gated,
    gelu_slope,
    leaky_flat,
    left_end,
    mish_slope,
    near,
    normal,
    outside,
    sigmoid,
    sigmoid_slope,
    silu_slope,
    softplus,
)

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772  # Klambauer et al. 2017

_TABLE = (
    Activation(
        name="relu",
        title="ReLU",
        torch_name="ReLU",
        formula=r"f(x) = \max(0, x)",
        derivative_formula=r"f'(x) = \begin{cases}1 & x > 0\\ 0 & x \le 0\end{cases}",
        range="0 to ∞",
        sentence="Lets positive numbers through unchanged and turns negative ones into 0. For "
        "x ≤ 0 its derivative is exactly 0: a unit that is negative for every input is dead.",
        curve=lambda x, _: np.maximum(x, 0.0),
        slope=lambda x, _: np.where(x > 0, 1.0, 0.0),
        flat=lambda _: below("dead", 0.0),
    ),
    Activation(
        name="leaky_relu",
        title="Leaky ReLU",
        torch_name="LeakyReLU",
        formula=r"f(x) = \begin{cases}x & x > 0\\ a x & x \le 0\end{cases}",
        derivative_formula=r"f'(x) = \begin{cases}1 & x > 0\\ a & x \le 0\end{cases}",
        range="−∞ to ∞",
        sentence="A ReLU that lets a little of the negative side through. Its derivative there is "
        "the small slope a, so no unit can die unless a is 0.",
        curve=lambda x, a: np.where(x > 0, x, a * x),
        slope=lambda x, a: np.where(x > 0, 1.0, a),
        flat=leaky_flat,
        parameter=Parameter("a", "Negative slope", 0.01, 0.0, 1.0, 0.01),
        torch_argument="negative_slope",
    ),
    Activation(
        name="tanh",
        title="Tanh",
        torch_name="Tanh",
        formula=r"f(x) = \tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}",
        derivative_formula=r"f'(x) = 1 - \tanh^2(x)",
        range="−1 to 1",
        sentence="Squeezes every number smoothly between −1 and 1, steepest at 0. Beyond about "
        "±2.2 it is nearly flat, and hardly any gradient comes through.",
        curve=lambda x, _: np.tanh(x),
        slope=lambda x, _: 4 * sigmoid_slope(2 * x),
        flat=lambda _: outside("saturated", TANH_END),
    ),
    Activation(
        name="sigmoid",
        title="Sigmoid",
        torch_name="Sigmoid",
        formula=r"f(x) = \sigma(x) = \frac{1}{1 + e^{-x}}",
        derivative_formula=r"f'(x) = \sigma(x)\,(1 - \sigma(x))",
        range="0 to 1",
        sentence="Squeezes every number between 0 and 1, like a probability. Its derivative is "
        "at most 1/4 and fades beyond about ±4.4, so gradients shrink from layer to layer.",
        curve=lambda x, _: sigmoid(x),
        slope=lambda x, _: sigmoid_slope(x),
        flat=lambda _: outside("saturated", SIGMOID_END),
    ),
    Activation(
        name="elu",
        title="ELU",
        torch_name="ELU",
        formula=r"f(x) = \begin{cases}x & x > 0\\ \alpha\,(e^{x} - 1) & x \le 0\end{cases}",
        derivative_formula=r"f'(x) = \begin{cases}1 & x > 0\\ \alpha e^{x} & x \le 0\end{cases}",
        range="−α to ∞",
        sentence="Like ReLU on the positive side; on the negative side it bends smoothly down to "
        "−α. Far to the left it becomes flat and the derivative fades towards 0.",
        curve=elu,
        slope=elu_slope,
        flat=elu_flat,
        parameter=Parameter("α", "Alpha", 1.0, 0.1, 4.0, 0.1),
        torch_argument="alpha",
    ),
    Activation(
        name="selu",
        title="SELU",
        torch_name="SELU",
        formula=r"f(x) = \lambda\begin{cases}x & x > 0\\ \alpha\,(e^{x} - 1) & x \le 0\end{cases}"
        r"\quad \lambda \approx 1.0507,\ \alpha \approx 1.6733",
        derivative_formula=r"f'(x) = \lambda\begin{cases}1 & x > 0\\ \alpha e^{x} & x \le 0"
        r"\end{cases}",
        range="about −1.76 to ∞",
        sentence="An ELU with two fixed numbers chosen so that deep networks keep their values "
        "near mean 0 and variance 1. Below about −3 its derivative fades towards 0.",
        curve=lambda x, _: SELU_SCALE * elu(x, SELU_ALPHA),
        slope=lambda x, _: SELU_SCALE * elu_slope(x, SELU_ALPHA),
        flat=lambda _: elu_flat(SELU_ALPHA),
    ),
    Activation(
        name="gelu",
        title="GELU",
        torch_name="GELU",
        formula=r"f(x) = x\,\Phi(x), \quad \Phi(x) = \tfrac{1}{2}"
        r"\left(1 + \mathrm{erf}\!\left(x / \sqrt{2}\right)\right)",
        derivative_formula=r"f'(x) = \Phi(x) + \frac{x}{\sqrt{2\pi}}\, e^{-x^2 / 2}",
        range="about −0.17 to ∞",
        sentence="Multiplies x by the chance that a standard normal number is smaller than x: a "
        "ReLU with a soft corner and a small dip. Far to the left its derivative fades to 0.",
        curve=lambda x, _: gated(x, normal(near(x))),
        slope=gelu_slope,
        flat=lambda _: left_end(gelu_slope),
    ),
    Activation(
        name="silu",
        title="SiLU (Swish)",
        torch_name="SiLU",
        formula=r"f(x) = x\,\sigma(x) = \frac{x}{1 + e^{-x}}",
        derivative_formula=r"f'(x) = \sigma(x) + x\,\sigma(x)\,(1 - \sigma(x))",
        range="about −0.28 to ∞",
        sentence="Multiplies x by its own sigmoid: a smooth ReLU that dips below 0 before it "
        "levels out. Far to the left its derivative fades towards 0.",
        curve=lambda x, _: gated(x, sigmoid(x)),
        slope=silu_slope,
        flat=lambda _: left_end(silu_slope),
    ),
    Activation(
        name="softplus",
        title="Softplus",
        torch_name="Softplus",
        formula=r"f(x) = \frac{1}{\beta} \ln\left(1 + e^{\beta x}\right)",
        derivative_formula=r"f'(x) = \sigma(\beta x) = \frac{1}{1 + e^{-\beta x}}",
        range="0 to ∞",
        sentence="A ReLU with a rounded corner, sharper as β grows; always above 0. Its "
        "derivative is a sigmoid, so on the negative side it fades but is never exactly 0.",
        curve=softplus,
        slope=lambda x, beta: sigmoid(beta * x),
        flat=lambda beta: below("saturated", SOFTPLUS_END / beta),
        parameter=Parameter("β", "Beta", 1.0, 0.1, 10.0, 0.1),
        torch_argument="beta",
    ),
    Activation(
        name="prelu",
        title="PReLU",
        torch_name="PReLU",
        formula=r"f(x) = \begin{cases}x & x > 0\\ w x & x \le 0\end{cases}",
        derivative_formula=r"f'(x) = \begin{cases}1 & x > 0\\ w & x \le 0\end{cases}",
        range="−∞ to ∞",
        sentence="A leaky ReLU whose negative slope w is learned like any other weight. No unit "
        "dies unless training brings w to exactly 0.",
        curve=lambda x, w: np.where(x > 0, x, w * x),
        slope=lambda x, w: np.where(x > 0, 1.0, w),
        flat=leaky_flat,
        parameter=Parameter("w", "Learned slope", 0.25, -1.0, 1.0, 0.05),
        torch_argument="init",
    ),
    Activation(
        name="hardtanh",
        title="Hardtanh",
        torch_name="Hardtanh",
        formula=r"f(x) = \max(-1, \min(1, x))",
        derivative_formula=r"f'(x) = \begin{cases}1 & -1 < x < 1\\ 0 & \text{else}\end{cases}",
        range="−1 to 1",
        sentence="A tanh made of three straight lines: x itself, cut off at −1 and 1. Outside "
        "them its derivative is exactly 0, so units can die on both sides.",
        curve=lambda x, _: np.clip(x, -1.0, 1.0),
        slope=lambda x, _: np.where(np.abs(x) < 1, 1.0, 0.0),
        flat=lambda _: outside("dead", 1.0),
    ),
    Activation(
        name="hardswish",
        title="Hardswish",
        torch_name="Hardswish",
        formula=r"f(x) = x \cdot \frac{\min(6, \max(0, x + 3))}{6}",
        derivative_formula=r"f'(x) = \begin{cases}0 & x \le -3\\ \frac{2x + 3}{6} & -3 < x < 3\\"
        r" 1 & x \ge 3\end{cases}",
        range="−0.375 to ∞",
        sentence="A cheap copy of SiLU for small devices, made of lines and one parabola. For "
        "x ≤ −3 both it and its derivative are exactly 0.",
        curve=lambda x, _: gated(x, np.clip(x + 3, 0.0, 6.0) / 6),
        slope=lambda x, _: np.where(x <= -3, 0.0, np.where(x < 3, x / 3 + 0.5, 1.0)),
        flat=lambda _: below("dead", -3.0),
    ),
    Activation(
        name="mish",
        title="Mish",
        torch_name="Mish",
        formula=r"f(x) = x \tanh\left(\ln(1 + e^{x})\right)",
        derivative_formula=r"f'(x) = t + x\,(1 - t^2)\,\sigma(x), \quad t = \tanh(\ln(1 + e^{x}))",
        range="about −0.31 to ∞",
        sentence="Much like SiLU, with a slightly deeper dip: x times the tanh of its softplus. "
        "Far to the left its derivative fades towards 0.",
        curve=lambda x, _: gated(x, np.tanh(softplus(x))),
        slope=mish_slope,
        flat=lambda _: left_end(mish_slope),
    ),
    Activation(
        name="identity",
        title="None (identity)",
        torch_name="Identity",
        formula=r"f(x) = x",
        derivative_formula=r"f'(x) = 1",
        range="−∞ to ∞",
        sentence="Changes nothing, and its derivative is 1 everywhere. Layers with only this "
        "between them can learn no more than a single linear layer.",
        curve=lambda x, _: x.copy(),
        slope=lambda x, _: np.ones_like(x),
    ),
)


ACTIVATIONS: dict[str, Activation] = {activation.name: activation for activation in _TABLE}


def shares(
    x: ArrayLike, function: str | Function, parameter: float | None = None
) -> dict[Kind, float]:
    """Give which share (0 to 1) of the pre-activations x lies in dead and in saturated zones.

    `function` is one, or a key of ACTIVATIONS; both shares are 0 where x is empty, and NaN lies in
    no zone.
    """
    function = ACTIVATIONS[function] if isinstance(function, str) else function
    inputs = np.asarray(x, np.float64)
    found: dict[Kind, float] = {"dead": 0.0, "saturated": 0.0}
    for zone in function.zones(parameter):
        inside = np.count_nonzero((inputs >= zone.low) & (inputs <= zone.high))
        found[zone.kind] += inside / max(inputs.size, 1)
    return found
