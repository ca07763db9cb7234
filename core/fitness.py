"""Whether a worker of somebody's cluster can train for this server: what is installed there."""

import platform
from importlib.metadata import PackageNotFoundError, version

from core.worker import warm_up

PACKAGES = ("torch", "numpy", "distributed")
"""Other versions compute other bits, or do not understand each other."""


def versions() -> dict[str, str]:
    """The versions that must be alike, by name; builds (after a +) may differ."""
    found = {"Python": ".".join(platform.python_version_tuple()[:2])}
    for name in PACKAGES:
        try:
            found[name] = version(name).split("+")[0]
        except PackageNotFoundError:
            found[name] = "none"
    return found


def fitness() -> dict[str, str]:
    """In a worker: warm up, and give what is installed there."""
    warm_up()
    return versions()


def misfit(theirs: dict[str, str]) -> str:
    """Why a worker with these versions cannot train for this process, or nothing."""
    other = [
        f"{name} {theirs.get(name, 'none')} instead of {ours}"
        for name, ours in versions().items()
        if theirs.get(name) != ours
    ]
    return "it has " + ", ".join(other) if other else ""
