"""The window of a convolution or a pooling, and its arithmetic: that of torch."""

import re

import numpy as np
import pytest
import torch

from core import recording
from core.answers import outputs
from pages.shared import anatomy
from pages.shared.windows import patch
from tests.pages.conftest import said
from tests.pages.test_layer import image, mixed, output, weights

torch.set_num_threads(1)
NUMBER = r"([-\d.e]+)"
ARITHMETIC = re.compile(rf"that is {NUMBER}; PyTorch gave, in row (\d+) and column (\d+), {NUMBER}")


@pytest.mark.parametrize("probe, place", [(0, (0, 3, 3)), (7, (2, 0, 0)), (4, (3, 7, 7))])
@pytest.mark.parametrize("name", ["conv1", "conv2"])
def test_the_arithmetic_of_a_convolution_is_torchs(open_page, make_run, name, probe, place):
    run = make_run(settings=mixed())
    place = place if name == "conv1" else (place[0], 0, 0)  # all there is of its map
    asked = dict(zip(("map", "row", "column"), map(str, place), strict=True))
    tab = open_page("layer.py", run=run.id, layer=name, probe=str(probe), step="6", **asked)
    weight, bias = weights(run, name, 6)
    given = image(probe) if name == "conv1" else output(run, "maxpool1", 6, probe)
    stride, padding = (1, 1) if name == "conv1" else (2, 0)
    expected = torch.nn.functional.conv2d(given[None], weight, bias, stride, padding)[0]
    text = said(tab)
    found = ARITHMETIC.search(text)
    assert (int(found[2]), int(found[3])) == place[1:]
    assert float(found[1]) == pytest.approx(expected[place].item(), rel=1e-3, abs=1e-3)
    recorded = output(run, name, 6, probe)[place].item()
    assert float(found[4].rstrip(".")) == pytest.approx(recorded, rel=1e-3, abs=1e-4)
    assert ("all 4 channels" in text) == (name == "conv2")
    assert "As recorded, with 16 bits a number." in text


@pytest.mark.parametrize("pool", ["maxpool2d", "avgpool2d"])
@pytest.mark.parametrize("padding, row", [(0, 0), (1, 0), (1, 2)])
def test_the_window_of_a_pooling_is_torchs(open_page, make_run, pool, padding, row):
    bricks = (
        *({"kind": "conv2d", "filters": 3, "padding": 1}, {"kind": pool, "size": 3, "stride": 2}),
        *({"kind": "flatten"}, {"kind": "linear", "units": 10}),
    )
    bricks[1]["padding"] = padding
    run = make_run(settings=mixed(bricks=bricks))
    name = pool.removesuffix("2d") + "1"
    asked = {"map": "2", "row": str(row), "column": "1", "probe": "5", "step": "9"}
    tab = open_page("layer.py", run=run.id, layer=name, **asked)
    given = output(run, "conv1", 9, 5)
    function = getattr(torch.nn.functional, "max_pool2d" if pool[0] == "m" else "avg_pool2d")
    expected = function(given[None], 3, 2, padding)[0][2, row, 1].item()
    found = re.search(r"(?:largest, |mean is )([-\d.e]+)", said(tab))
    assert float(found[1]) == pytest.approx(expected, rel=1e-3, abs=1e-4)
    recorded = output(run, name, 9, 5)[2, row, 1].item()
    told = re.search(r"PyTorch gave ([-\d.e]+)", said(tab).replace("\\", ""))
    assert float(told[1].rstrip(".")) == pytest.approx(recorded, rel=1e-3, abs=1e-4)


@pytest.fixture(params=["outputs", "weights"])
def in_part(request, make_run, monkeypatch):
    """A run of which only some outputs were recorded; or only some weights, and checkpoints."""
    if request.param == "weights":
        return make_run(settings=mixed(recorded_units=2))
    monkeypatch.setattr(recording, "OUTPUT_BUDGET", 200)
    return make_run(settings=mixed())


def test_what_was_recorded_in_part_is_computed_anew(open_page, in_part, monkeypatch):
    run, where = in_part, {"map": "3", "row": "1", "column": "0", "probe": "4", "step": "7"}
    settings = run.settings()
    moment = run.moments([7])[0]
    assert moment.arrays["maxpool1", "output"].units == 4
    whole = moment.arrays["conv2", "weight"].units is None
    kept = min(run.steps(exact=True), key=lambda step: abs(step - 7))
    arrays = moment.arrays if whole else run.checkpoint(kept).arrays
    weights = {k: a for k, a in arrays.items() if not k[1].endswith(("_gradient", "output"))}
    true = outputs(settings, weights, image(4)[None].numpy())
    how = "this moment's weights of 16 bits" if whole else "the exact weights of step"
    text = said(open_page("layer.py", run=run.id, layer="conv2", **where))
    given, (weight, bias) = true["maxpool1"], (weights["conv2", k] for k in ("weight", "bias"))
    arrays = [torch.from_numpy(part) for part in (given, weight.numbers(), bias.numbers())]
    expected = torch.nn.functional.conv2d(*arrays, stride=2)[0, 3, 0, 0].item()
    found = ARITHMETIC.search(text)
    for number in (found[1], found[4].rstrip(".")):
        assert float(number) == pytest.approx(expected, rel=1e-3, abs=1e-4)
    assert how in text
    text = said(open_page("layer.py", run=run.id, layer="maxpool1", **where))
    told = re.search(rf"largest, {NUMBER}, is .*PyTorch gave {NUMBER}", text)
    for number in (told[1], told[2].rstrip(".")):
        assert float(number) == pytest.approx(true["maxpool1"][0, 3, 1, 0], rel=1e-3, abs=1e-4)
    seen, drawn = [], anatomy.before_after
    monkeypatch.setattr(
        anatomy, "before_after", lambda *pair, **more: seen.append(pair) or drawn(*pair, **more)
    )
    assert how in said(open_page("layer.py", run=run.id, layer="batchnorm1", **where))
    for shown, name in zip(seen[0], ("conv1", "batchnorm1"), strict=True):
        np.testing.assert_allclose(shown, true[name][0])


def test_where_no_worker_answers_the_page_says_what_is_missing(
    open_page, make_run, listener, monkeypatch
):
    run = make_run(settings=mixed(recorded_units=2))

    def lost(*_):
        raise TimeoutError

    monkeypatch.setattr(listener, "ask", lost)
    for name in ("conv2", "maxpool1", "batchnorm1"):
        tab = open_page("layer.py", run=run.id, layer=name, map="1")
        assert not tab.error
        assert "was recorded in part only. No worker could" in said(tab)


@pytest.mark.parametrize("kind, size, stride, padding", [
    ("conv2d", 3, 1, 1), ("conv2d", 5, 2, 0), ("maxpool2d", 2, None, 0), ("avgpool2d", 3, 2, 1),
])  # fmt: skip
def test_the_patch_is_what_unfold_gives(kind, size, stride, padding):
    brick = {"kind": kind, "padding": padding, "kernel" if kind == "conv2d" else "size": size}
    brick |= {"filters": 2} if kind == "conv2d" else {}
    brick |= {"stride": stride} if stride else {}
    bricks = ({"kind": "conv2d", "filters": 4, "padding": 1}, brick, {"kind": "flatten"})
    layer = mixed(bricks=(*bricks, {"kind": "linear", "units": 10})).layers[1]
    given = torch.rand(4, 8, 8, generator=torch.Generator().manual_seed(1))
    parts = torch.nn.functional.unfold(given[None], size, 1, padding, stride or size)[0]
    _, height, width = layer.output_shape
    for row in range(height):
        for column in range(width):
            seen = patch(given.numpy(), layer, row, column)
            true = parts[:, row * width + column].reshape(4, size, size).numpy()
            np.testing.assert_allclose(np.where(np.isfinite(seen), seen, 0), true)
