"""Server time to open each page on a finished run, in a process in which nothing was opened yet."""

import time
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.testing.v1 import AppTest

from benchmarks.recorded_run import train, warm_engine
from benchmarks.result import Result, is_quick
from core.settings import settings_from

TARGET = 0.5
NAVIGATION = Path(__file__).resolve().parents[1] / "pages" / "navigation.py"
RUNS = ({"architecture": "two_linear", "epochs": 1}, {"architecture": "lenet", "epochs": 1})


def measure() -> Result:
    """Every page on runs of two architectures, as often with empty caches as with full ones."""
    pages = sorted(path.name for path in NAVIGATION.parent.glob("*.py") if path != NAVIGATION)
    taken: dict[str, list[float]] = {page: [] for page in pages}
    with warm_engine() as engine:
        runs = [train(engine, settings_from(given)).run for given in RUNS]
        opened(pages[0], run=runs[0].id)  # whatever is imported at first
        for _ in range(1 if is_quick() else 5):
            for run in runs:
                for page in pages:
                    st.cache_data.clear()
                    taken[page] += [opened(page, run=run.id), opened(page, run=run.id)]
    every = np.concatenate(list(taken.values()))
    value = float(np.quantile(every, 0.95))
    return Result(
        compared="seconds of the server for one opening of a page on a finished run (Streamlit's "
        "AppTest: the script and its elements), 95th percentile over all pages",
        target=f"≤ {TARGET} s",
        reached=value <= TARGET,
        value=value,
        raw={"seconds_p95_by_page": {p: float(np.quantile(s, 0.95)) for p, s in taken.items()}},
    )


def opened(page: str, **link: str) -> float:
    """Seconds of the server for a page with this link; raises RuntimeError where it breaks."""
    tab = AppTest.from_file(str(NAVIGATION), default_timeout=120)
    tab.query_params.update(link)
    tab.switch_page(page)
    started = time.perf_counter()
    tab.run()
    spent = time.perf_counter() - started
    if tab.exception:
        raise RuntimeError(f"{page}: {tab.exception[0].message}")
    return spent
