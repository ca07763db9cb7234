"""Torch's elementwise functions with arguments of all sorts."""

from torch import nn

from core.elementwise import FAMILIES

CASES = [
    ("relu", {}),
    ("relu6", {}),
    ("tanh", {}),
    ("sigmoid", {}),
    ("selu", {}),
    ("silu", {}),
    ("hardswish", {}),
    ("mish", {}),
    ("gelu", {}),
    ("gelu_tanh", {}),
    ("hardsigmoid", {}),
    ("logsigmoid", {}),
    ("softsign", {}),
    ("tanhshrink", {}),
    *(("leaky_relu", {"negative_slope": slope}) for slope in (0.2, 0.0, -0.5, 3.0)),
    *(("elu", {"alpha": alpha}) for alpha in (0.3, 2.5)),
    *(("celu", {"alpha": alpha}) for alpha in (0.5, 2.0, -1.5)),
    *(("softplus", {"beta": b, "threshold": t}) for b, t in ((3, 20), (0.5, 2), (1, -4), (-1, 5))),
    *(("hardtanh", {"min_val": a, "max_val": b}) for a, b in ((-2, 2), (0, 6), (-0.5, 3.5))),
    *(("threshold", {"threshold": t, "value": v}) for t, v in ((0.1, 20), (-2, -7), (0, 0))),
    *(("hardshrink", {"lambd": x}) for x in (0.5, 1.5, 0.0)),
    *(("softshrink", {"lambd": x}) for x in (0.5, 1.5, 0.0)),
    *(("rrelu", {"lower": a, "upper": b}) for a, b in ((0.1, 0.3), (0.0, 0.0))),
    ("prelu", {}),
]


def module_of(name, arguments):
    more = {"approximate": "tanh"} if name == "gelu_tanh" else {}
    return getattr(nn, FAMILIES[name].torch_name)(**arguments, **more).double().eval()
