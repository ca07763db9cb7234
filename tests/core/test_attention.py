"""Self-attention seen from inside, compared with torch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.architectures.modules import SelfAttention
from core.attention import attention

torch.set_num_threads(1)
SIZES = (st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(1, 9), st.booleans())


def layer(features, heads, causal):
    """Our module in float64 with random weights and biases."""
    made = SelfAttention(features, heads, causal).double()
    generator = torch.Generator().manual_seed(features)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.normal_(generator=generator)
    return made, {name: p.detach().numpy() for name, p in made.named_parameters()}


def some_inputs(n, time, features):
    return np.random.default_rng(time).normal(size=(n, time, features))


@given(*SIZES)
def test_maps_and_output_are_those_of_torchs_attention(heads, each, n, time, causal):
    features = heads * each
    made, weights = layer(features, heads, causal)
    theirs = torch.nn.MultiheadAttention(features, heads, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(
            torch.cat([made.weight_query, made.weight_key, made.weight_value])
        )
        theirs.in_proj_bias.copy_(torch.cat([made.bias_query, made.bias_key, made.bias_value]))
        theirs.out_proj.weight.copy_(made.weight_output)
        theirs.out_proj.bias.copy_(made.bias_output)
        x = torch.from_numpy(some_inputs(n, time, features))
        mask = torch.ones(time, time, dtype=torch.bool).triu(1) if causal else None
        output, maps = theirs(x, x, x, attn_mask=mask, average_attn_weights=False)
    seen = attention(weights, x.numpy(), heads, causal)
    assert seen.maps.shape == (n, heads, time, time)
    np.testing.assert_allclose(seen.maps, maps.numpy(), atol=1e-5)
    np.testing.assert_allclose(seen.output, output.numpy(), rtol=1e-5, atol=1e-5)


@given(*SIZES)
def test_the_output_is_our_modules(heads, each, n, time, causal):
    made, weights = layer(heads * each, heads, causal)
    inputs = some_inputs(n, time, heads * each)
    with torch.no_grad():
        expected = made(torch.from_numpy(inputs)).numpy()
        small = made.float()(torch.from_numpy(inputs.astype(np.float32))).numpy()
    seen = attention(weights, inputs, heads, causal)
    np.testing.assert_allclose(seen.output, expected, rtol=1e-5, atol=1e-5)
    seen = attention(weights, inputs.astype(np.float32), heads, causal)
    assert seen.output.dtype == seen.maps.dtype == np.float32
    np.testing.assert_allclose(seen.output, small, rtol=1e-4, atol=1e-4)


def test_every_row_of_a_map_sums_to_one_and_a_causal_one_looks_back_only():
    _, weights = layer(6, 2, True)
    maps = attention(weights, some_inputs(3, 5, 6), 2, True).maps
    np.testing.assert_allclose(maps.sum(axis=3), 1)
    assert (maps[:, :, ~np.tri(5, dtype=bool)] == 0).all()


def test_numbers_that_are_none_pass_without_a_warning():
    _, weights = layer(4, 2, False)
    for odd in (np.nan, np.inf, -np.inf, 1e308):
        assert attention(weights, np.full((1, 3, 4), odd), 2).maps.shape == (1, 2, 3, 3)


def test_no_inputs_give_no_maps():
    _, weights = layer(4, 2, False)
    assert attention(weights, np.zeros((0, 3, 4)), 2).maps.shape == (0, 2, 3, 3)
    assert attention(weights, np.zeros((2, 0, 4)), 2, True).output.shape == (2, 0, 4)


def test_sizes_that_do_not_fit_are_told():
    _, weights = layer(4, 2, False)
    with pytest.raises(ValueError, match="3 heads"):
        attention(weights, np.zeros((1, 2, 4)), 3)
    with pytest.raises(ValueError, match="weight_query must be"):
        attention(weights, np.zeros((1, 2, 6)), 3)
    with pytest.raises(KeyError):
        attention({}, np.zeros((1, 2, 4)), 2)
