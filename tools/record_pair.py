"""Records what skip connections do: a network of 31 convolutions with them and without.

python -m tools.record_pair
"""

import time

from core.comparisons import SKIPS, Comparison, written
from core.data import DATASETS
from tools.contest import Rules, trained

OPTIONS = {"depth": 5, "filters": 4, "batch_norm": False}
EPOCHS, STEPS_PER_EPOCH = 3, 300
RULES = Rules(steps=EPOCHS * STEPS_PER_EPOCH, every=30, learning_rate=0.001)


def main() -> None:
    """Train both and keep their curves."""
    found = []
    for skips, called in ((True, "with skips"), (False, "without skips")):
        started = time.thread_time()
        options = OPTIONS | {"skips": skips}
        found.append(trained(RULES, "resnet", options, DATASETS["fashion"], called=called))
        print(f"{found[-1]}, {time.thread_time() - started:.1f} s", flush=True)
    title = "A ResNet of 31 convolutions without BatchNorm, with skip connections and without"
    told = RULES.told(architecture="resnet", options=OPTIONS)
    SKIPS.write_text(written(Comparison(title, told, RULES.measured, tuple(found))), "utf-8")
    print(f"{SKIPS}: {SKIPS.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
