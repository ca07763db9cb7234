"""Where the runs of watched networks go in these tests."""

import pytest
import torch

from core.foreign import watch


@pytest.fixture(autouse=True)
def at_home(home, monkeypatch):
    """Runs go to the home of the test; every early step is recorded, however busy the machine."""
    torch.manual_seed(0)
    monkeypatch.setattr(watch, "FREE_SECONDS", 60)
