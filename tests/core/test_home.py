"""The home folder: where it is, and that it is made."""

import platformdirs

from core.home import home


def test_the_environment_names_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERSCOPE_HOME", str(tmp_path / "a" / "b"))
    assert home() == tmp_path / "a" / "b"
    assert home().is_dir()


def test_without_a_name_it_is_the_users_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LAYERSCOPE_HOME", "")
    monkeypatch.setattr(platformdirs, "user_data_path", lambda app: tmp_path / app)
    assert home() == tmp_path / "layerscope"
    assert home().is_dir()
