"""The set-up: what it installs, when it installs nothing, and where the server then listens."""

import socket
from pathlib import Path

import pytest

from tools import setup


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A project folder with an environment in it, and the list of what pip was asked for."""
    asked: list[list[str]] = []
    (tmp_path / "tools").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("version = 3.12.1\n")
    (tmp_path / "requirements.txt").write_text("numpy\ntorch>=2.9\ntorchvision>=0.24\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest\n")
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(setup, "_run", lambda *command: not asked.append([*command]))
    monkeypatch.setattr(setup, "_has", lambda package: False)
    monkeypatch.setattr(setup, "_prefers_cpu_builds", lambda: False)
    return asked


def test_nothing_is_installed_twice(pip: list[list[str]]):
    setup.environment()
    assert len(pip) == 1
    setup.environment()
    assert len(pip) == 1


def test_the_tests_environment_serves_the_dashboard_too(pip: list[list[str]]):
    setup.environment(dev=True)
    assert pip[0][-1].endswith("requirements-dev.txt")
    setup.environment()
    assert len(pip) == 1


def test_changed_requirements_are_installed(pip: list[list[str]]):
    setup.environment()
    (setup.ROOT / "requirements.txt").write_text("numpy\npandas\n")
    setup.environment()
    assert len(pip) == 2


def test_another_python_is_another_environment(pip: list[list[str]]):
    setup.environment()
    (setup.VENV / "pyvenv.cfg").write_text("version = 3.13.0\n")
    setup.environment()
    assert len(pip) == 2


def test_a_failed_installation_is_tried_again(
    pip: list[list[str]], monkeypatch: pytest.MonkeyPatch
):
    works = setup._run
    monkeypatch.setattr(setup, "_run", lambda *command: False)
    with pytest.raises(SystemExit, match="Installing failed"):
        setup.environment()
    monkeypatch.setattr(setup, "_run", works)
    setup.environment()
    assert len(pip) == 1


def test_cpu_builds_come_from_their_index_and_as_a_pair(
    pip: list[list[str]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(setup, "_prefers_cpu_builds", lambda: True)
    setup.environment()
    assert pip[0][-3:] == [setup.CPU_BUILDS, "torch>=2.9", "torchvision>=0.24"]
    assert setup.CPU_BUILDS not in pip[1]


def test_cpu_builds_that_cannot_be_had_stop_nothing(
    pip: list[list[str]], monkeypatch: pytest.MonkeyPatch
):
    works = setup._run
    monkeypatch.setattr(setup, "_prefers_cpu_builds", lambda: True)
    monkeypatch.setattr(
        setup, "_run", lambda *command: works(*command) and setup.CPU_BUILDS not in command
    )
    setup.environment()
    assert len(pip) == 2
    setup.environment()
    assert len(pip) == 2


def test_an_nvidia_driver_wants_no_cpu_builds(monkeypatch: pytest.MonkeyPatch):
    def refuse(*question: object, **options: object) -> None:
        raise AssertionError("the index was asked")

    monkeypatch.setattr(setup.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(setup.urllib.request, "urlopen", refuse)
    assert setup._prefers_cpu_builds() is False


def test_an_index_that_does_not_answer_is_not_preferred(monkeypatch: pytest.MonkeyPatch):
    def fail(*question: object, **options: object) -> None:
        raise OSError("no such host")

    monkeypatch.setattr(setup.shutil, "which", lambda name: None)
    monkeypatch.setattr(setup.urllib.request, "urlopen", fail)
    assert setup._prefers_cpu_builds() is False


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command line that a server would be started with."""
    command: list[str] = []
    monkeypatch.setattr(setup.os, "execv", lambda program, words: command.extend(words))
    monkeypatch.setattr(setup.os, "chdir", lambda folder: None)
    return command


def given(command: list[str], flag: str) -> list[str]:
    return [after for word, after in zip(command, command[1:], strict=False) if word == flag]


def test_the_dashboard_listens_to_this_machine_only(
    started: list[str], free_port: int, capsys: pytest.CaptureFixture[str]
):
    setup.serve(free_port, everyone=False, flags=["--logger.level", "debug"])
    assert given(started, "--server.address") == ["127.0.0.1"]
    assert given(started, "--server.port") == [str(free_port)]
    assert set(given(started, "--server.allowedHosts")) == {"localhost", "127.0.0.1", "::1"}
    assert started[-2:] == ["--logger.level", "debug"]
    assert f"http://localhost:{free_port}" in capsys.readouterr().out


def test_a_classroom_is_told_the_address_to_type(
    started: list[str],
    free_port: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(setup, "_network_address", lambda: "192.168.7.5")
    setup.serve(free_port, everyone=True, flags=[])
    assert given(started, "--server.address") == ["0.0.0.0"]
    assert "192.168.7.5" in given(started, "--server.allowedHosts")
    assert "*" not in given(started, "--server.allowedHosts")
    assert f"http://192.168.7.5:{free_port}" in capsys.readouterr().out


def test_a_port_in_use_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"Port {port} is taken"):
            setup.serve(port, everyone=False, flags=[])
