"""Where the runs of watched networks go in these tests."""

import pytest
import torch


@pytest.fixture(autouse=True)
def at_home(home):
    """Runs go to the home of the test, and nothing of one is left to another."""
    torch.manual_seed(0)
