"""Fashion-MNIST in full: with no network, with a bad one, and once it is here."""

import gzip
import http.server
import struct
import threading
from dataclasses import replace

import numpy as np
import pytest

from core.data import DATASETS, DataError, download, fashion_full
from core.data.dataset import _kept
from core.data.idx import FILES

FULL = DATASETS["fashion_full"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty home, and no data set kept from another test."""
    monkeypatch.setenv("LAYERSCOPE_HOME", str(tmp_path / "home"))
    _kept.cache_clear()
    yield tmp_path / "home"
    _kept.cache_clear()


def through(monkeypatch, port):
    """Send every request for a web page to this port of this machine."""
    for name in ("HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")


@pytest.fixture
def bad_server(monkeypatch):
    """A server that answers every request with the same few bytes; gives the list of requests."""
    asked = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.command, self.path))
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(b"wrong")

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        through(monkeypatch, server.server_port)
        yield asked
        server.shutdown()
        thread.join()


def write_files(folder):
    """Four small gzipped files of the full size: black images, labels 0 to 9 in turn."""
    folder.mkdir(parents=True)
    for name in FILES:
        count = 60_000 if name.startswith("train") else 10_000
        if "images" in name:
            content = struct.pack(">4B3I", 0, 0, 8, 3, count, 28, 28) + bytes(count * 784)
        else:
            labels = np.arange(count, dtype=np.uint8) % 10
            content = struct.pack(">4BI", 0, 0, 8, 1, count) + labels.tobytes()
        (folder / name).write_bytes(gzip.compress(content, compresslevel=1))


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_without_a_network_a_sentence_says_what_to_do(home, monkeypatch):
    through(monkeypatch, 1)  # nobody listens there
    assert not FULL.is_here()
    with pytest.raises(DataError) as caught:
        FULL.load()
    assert str(caught.value) == (
        "Fashion-MNIST could not be downloaded: no connection to its server. "
        "Choose the 12,000-image subset, which needs no network."
    )
    assert files_in(home) == []


def test_a_server_that_never_answers_is_given_up(home, monkeypatch):
    monkeypatch.setattr(download, "ASK", "import time; time.sleep(3600)")
    monkeypatch.setattr(download, "CONNECT_SECONDS", 0.2)
    with pytest.raises(DataError, match="no connection to its server"):
        FULL.load()
    assert files_in(home) == []


def test_wrong_bytes_from_the_server_leave_nothing_behind(home, bad_server):
    with pytest.raises(DataError, match="what came was damaged"):
        FULL.load()
    assert ("GET", fashion_full.SERVER + FILES[0]) in bad_server
    assert files_in(home) == []
    assert list((home / "data").iterdir()) == []


def test_the_server_and_the_classes_are_those_of_torchvision():
    from torchvision.datasets import FashionMNIST

    assert FashionMNIST.mirrors == [fashion_full.SERVER]
    assert tuple(FashionMNIST.classes) == FULL.classes
    assert {name for name, _ in FashionMNIST.resources} == set(FILES)


def test_files_that_are_here_are_read_without_a_network(home, monkeypatch):
    through(monkeypatch, 1)
    write_files(home / "data" / "FashionMNIST" / "raw")
    assert FULL.is_here()
    split = FULL.load()
    assert split.train_inputs.shape == (FULL.train_size, *FULL.shape)
    assert split.test_inputs.shape == (FULL.test_size, *FULL.shape)
    assert FULL.probes(split) == tuple(range(10))


def test_a_download_takes_the_place_of_damaged_files(home, monkeypatch, tmp_path):
    write_files(tmp_path / "server" / "FashionMNIST" / "raw")
    copy = f"import shutil, sys; shutil.copytree({str(tmp_path / 'server')!r}, sys.argv[1], "
    monkeypatch.setattr(download, "ASK", "pass")
    copying = replace(fashion_full.SOURCE, script=copy + "dirs_exist_ok=True)")
    monkeypatch.setattr(fashion_full, "SOURCE", copying)
    raw = home / "data" / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name in FILES:
        (raw / name).write_bytes(b"half")
    assert FULL.load().train_targets[:3].tolist() == [0, 1, 2]
    assert [path.name for path in (home / "data").iterdir()] == ["FashionMNIST"]


def test_a_home_that_takes_no_files_is_a_sentence(home, monkeypatch):
    monkeypatch.setattr(download, "ASK", "pass")
    home.mkdir()
    (home / "data").write_text("a file where the folder should be")
    with pytest.raises(DataError, match="cannot be used .*in its place.*"):
        FULL.load()
