"""The linear regression that a run on a table is compared with."""

import json

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from core.answers import examples_used
from core.data.own import kept
from core.settings import settings_from
from tests.core.data.own.files import csv_of, from_table
from tests.pages.conftest import numbers


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_it_is_fitted_to_the_rows_that_the_run_used(open_page, make_run, monkeypatch, share):
    monkeypatch.setattr(kept, "_users", {})
    chance = np.random.default_rng(0)
    table = csv_of(**{name: chance.normal(size=60) for name in "abcy"})
    own = from_table(table, "y", "regress").store("a test")
    settings = settings_from(
        {"data": "own", "own": own, "architecture": "tabular", "epochs": 1, "share": share}
    )
    run = make_run(settings=settings)
    tab = open_page("activations.py", run=run.id)
    charts = [json.loads(part.proto.spec)["data"] for part in tab.get("plotly_chart")]
    line = next(t for traces in charts for t in traces if t.get("name") == "linear regression")
    split = settings.dataset.load()
    used = examples_used(settings, {})
    assert len(used) == round(48 * share)
    fitted = LinearRegression().fit(split.train_inputs[used], split.train_targets[used])
    wanted = fitted.predict(split.test_inputs)[:, 0] * own.spread + own.mean
    np.testing.assert_allclose(np.sort(numbers(line["y"])), np.sort(wanted), rtol=1e-4)
