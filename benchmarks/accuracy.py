"""The accuracy of two_linear on the 10,000 test images of MNIST, with the default settings."""

from benchmarks.recorded_run import train, warm_engine
from benchmarks.result import Result
from core.settings import settings_from

TARGET, SEEDS = 0.975, (0, 1, 2)


def measure() -> Result:
    """After 5 epochs, for three seeds; the figure is that of the first."""
    found = {}
    with warm_engine() as engine:
        for seed in SEEDS:
            given = {"architecture": "two_linear", "epochs": 5, "seed": seed}
            found[f"seed {seed}"] = train(engine, settings_from(given)).accuracy
    return Result(
        compared="share of the 10,000 test images named right after 5 epochs, default settings",
        target=f"≥ {TARGET}",
        reached=found["seed 0"] >= TARGET,
        value=found["seed 0"],
        raw={"by_seed": found},
    )
