"""The home folder: where it is, and that it is made."""

from pathlib import Path

import platformdirs

from core.home import home, size_of


def test_the_environment_names_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERSCOPE_HOME", str(tmp_path / "a" / "b"))
    assert home() == tmp_path / "a" / "b"
    assert home().is_dir()


def test_without_a_name_it_is_the_users_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERSCOPE_HOME", "")
    monkeypatch.setattr(platformdirs, "user_data_path", lambda app: tmp_path / app)
    assert home() == tmp_path / "layerscope"
    assert home().is_dir()


def test_a_file_that_goes_while_it_is_looked_at_breaks_nothing(tmp_path, monkeypatch):
    (tmp_path / "stays").write_bytes(b"12345")
    (tmp_path / "goes").write_bytes(b"123")
    real = Path.exists

    def gone_afterwards(path: Path) -> bool:
        there = real(path)
        (tmp_path / "goes").unlink(missing_ok=True)
        return there

    monkeypatch.setattr(Path, "exists", gone_afterwards)
    paths = [tmp_path / name for name in ("goes", "stays", "never")]
    assert size_of(paths) in (5, 8)
    (tmp_path / "goes").unlink(missing_ok=True)
    assert size_of(paths) == 5
