"""Whether runs that differ in their seed alone are better trained as one batched model."""

from benchmarks.child import answer
from benchmarks.result import Result, is_quick

ALIKE, SEEDS = 1e-5, 5
NETWORKS = (
    ("playground", "spirals"),
    ("mlp", "digits"),
    ("two_linear", "mnist"),
    ("lenet", "mnist"),
)


def measure() -> Result:
    """Time together ÷ time apart for several networks, and how far their weights end apart."""
    steps = 100 if is_quick() else 400
    raw = {
        f"{name} on {data}": answer(
            "batched_seeds", architecture=name, data=data, seeds=SEEDS, steps=steps
        )
        for name, data in NETWORKS
    }
    faster = [name for name, found in raw.items() if found["ratio"] < 1]
    alike = [name for name, found in raw.items() if found["largest_difference"] <= ALIKE]
    return Result(
        compared=f"seconds of {SEEDS} seeds as one model by vmap ÷ one after the other, in turns, "
        "one thread; and the largest difference of any weight at the end",
        target=f"told either way: used only where it is faster and within {ALIKE:g} for all",
        reached=True,
        ratio=min(found["ratio"] for found in raw.values()),
        raw={"networks": raw, "faster": faster, "alike": alike},
    )
