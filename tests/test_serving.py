"""The whole dashboard as one process, seen from outside: it answers, and it stays without torch."""

import sys
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.protocol import Tab


def test_the_first_page_runs_and_shows_something(server: Any):
    with Tab(server.url) as tab:
        tab.run()
        assert tab.elements


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_server_that_has_shown_a_page_has_not_loaded_torch(server: Any):
    with Tab(server.url) as tab:
        tab.run()
        loaded = Path(f"/proc/{server.pid}/maps").read_text()
    assert "streamlit" in Path(f"/proc/{server.pid}/cmdline").read_text()
    assert "libtorch" not in loaded


def test_the_dashboard_stands_behind_the_guard(server: Any):
    with Tab(server.url) as flooder:
        flooder.run()
        with pytest.raises(ConnectionClosed):
            for _ in range(100_000):
                flooder.ask()
        assert flooder.await_close() == 1008
