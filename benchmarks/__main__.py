"""Runs the benchmarks that the command line names, or all, and prints one line of JSON for each."""

import importlib
import sys
import traceback

from benchmarks import BENCHMARKS


def main(names: list[str]) -> int:
    """Measure and print: 0 where all goals are reached, 1 where one is not, 2 for a wrong name."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        known = "\n".join(f"  {name:<18}{told}" for name, told in BENCHMARKS.items())
        print(f"There is no benchmark {', '.join(unknown)}; there are\n{known}", file=sys.stderr)
        return 2
    reached = True
    for name in names or BENCHMARKS:
        try:
            result = importlib.import_module(f"benchmarks.{name}").measure()
        except Exception:  # the others are measured all the same
            traceback.print_exc()
            reached = False
            continue
        print(result.line(name), flush=True)
        reached &= result.reached
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
