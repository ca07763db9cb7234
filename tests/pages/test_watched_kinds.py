"""Networks of every kind that were watched, on every page that draws them."""

import pytest
import torch

import layerscope
from core.foreign import watch
from core.pictures.guarded import NOT_DRAWN
from tests.core.foreign.kinds import KINDS
from tests.pages.conftest import said, scopes


def trained(name, monkeypatch):
    """A run of two steps of a network of this kind."""
    monkeypatch.setattr(watch, "FREE_SECONDS", 60)  # every step is recorded
    torch.manual_seed(0)
    network, inputs = KINDS[name]()
    given = inputs if isinstance(inputs, tuple) else (inputs,)
    optimizer = torch.optim.SGD(network.parameters(), 0.01)
    with layerscope.watch(network, inputs) as seen:
        for _ in range(2):
            optimizer.zero_grad()
            loss = network(*given).float().square().mean()
            loss.backward()
            seen.step(loss)
            optimizer.step()
    return seen.run


@pytest.mark.parametrize("name", KINDS)
def test_every_page_draws_it(open_page, home, listener, monkeypatch, name):
    run = trained(name, monkeypatch)
    layers = run.settings().drawn_layers
    pages = [("train.py", {}), ("functions.py", {}), ("activations.py", {})]
    pages += [("layer.py", {"layer": layer.name}) for layer in layers[:12]]
    pages += [("weights.py", {"layer": x.name}) for x in layers[:12] if x.pictured][:2]
    for page, query in pages:
        tab = open_page(page, run=run.id, **query)
        assert not tab.error and not tab.exception, (page, query)
        assert NOT_DRAWN not in said(tab), (page, query)
        for packed in scopes(tab):
            assert NOT_DRAWN.encode() not in packed, (page, query)
