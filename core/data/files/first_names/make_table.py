"""The data room: makes the table of first names beside this file from the two census files.

    python core/data/files/first_names/make_table.py dist.female.first dist.male.first

One row a name, the most frequent first; a share is how many percent of the women, or of the men,
have the name (0 where it is not in that file).
"""

import sys
from pathlib import Path


def shares(path: Path) -> dict[str, float]:
    """Give the share of every name of a census file, in percent."""
    rows = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
    return {row[0].lower(): float(row[1]) for row in rows}


def main(female_file: Path, male_file: Path) -> None:
    """Write first_names.csv beside this script."""
    female, male = shares(female_file), shares(male_file)
    table = [(name, female.get(name, 0.0), male.get(name, 0.0)) for name in {**female, **male}]
    table.sort(key=lambda row: (-max(row[1:]), row[0]))
    lines = ["name,female,male", *(f"{name},{f:.3f},{m:.3f}" for name, f, m in table)]
    text = "".join(f"{line}\n" for line in lines)
    (Path(__file__).parent / "first_names.csv").write_text(text, encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
