"""Absurd stacks: each is refused, its layer named, before anything of it is built."""

import subprocess
import sys

import pytest

from benchmarks.refusal import ABSURD, refusal
from core import stacks

NEVER_BUILT = """
import sys
from benchmarks.refusal import ABSURD, refusal
assert all(refusal(stack) for stack, _ in ABSURD.values())
assert "torch" not in sys.modules
"""


@pytest.mark.parametrize("what", ABSURD)
def test_an_absurd_stack_is_refused_with_its_layer_named(what):
    stack, place = ABSURD[what]
    told = refusal(stack)
    assert told.startswith(f"Layer {place}") and len(told) <= 300
    assert "recursion" not in told and "validation" not in told


def test_nothing_of_an_absurd_stack_is_built():
    done = subprocess.run([sys.executable, "-c", NEVER_BUILT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_as_many_layers_as_fit_are_told_of_a_stack_without_an_end():
    assert len(stacks.layers_of([{"kind": "activation"}] * 10**5, (3, 4))) == 200
