"""A tiny run of every task, for the tests of the pages."""

from core.data import DATASETS
from core.settings import Settings, settings_from

TASKS = {
    "digits": {"architecture": "lstm", "options": {"units": 6, "layers": 2}, "share": 0.1},
    "xor": {"architecture": "playground", "options": {"depth": 1, "width": 4}, "share": 0.2},
    "carseats": {"architecture": "tabular", "options": {"depth": 1, "width": 6}},
    "sunspots": {"architecture": "gru", "options": {"units": 5}},
    "waveforms": {"architecture": "rnn", "options": {"units": 5}, "share": 0.02},
    "letters": {"architecture": "transformer", "options": {"blocks": 1}, "share": 0.005},
    "first_names": {"architecture": "lstm", "options": {"units": 5}, "share": 0.05},
}
"""One data set for each kind of input and each task."""


def tiny(data: str) -> Settings:
    """One epoch of a few steps."""
    given = {"data": data, "epochs": 1, "batch_size": 16, "learning_rate": 0.01, "seed": 2}
    return settings_from({**given, **TASKS[data]})


def kinds() -> set[tuple[str, str]]:
    """The kinds of input and the tasks that these have."""
    return {(DATASETS[name].kind, DATASETS[name].task) for name in TASKS}
