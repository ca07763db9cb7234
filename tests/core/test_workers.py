"""The local cluster's workers: as many as are wanted; for a race as many as it was priced for."""

from core.workers import Workers
from tests.samples import until


def test_a_race_is_promised_as_many_workers_as_it_then_has(monkeypatch):
    monkeypatch.setenv("LAYERSCOPE_WORKERS", "1")
    workers = Workers()
    try:
        until(lambda: len(workers.addresses()) == 1)
        monkeypatch.setenv("LAYERSCOPE_WORKERS", "2")
        assert workers.racing() == 2 and len(workers.addresses()) == 1
        workers.grow()
        until(lambda: len(workers.addresses()) == workers.racing() == 2)
    finally:
        workers.close()
