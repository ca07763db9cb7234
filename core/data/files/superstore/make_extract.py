"""The data room: makes the Superstore table beside this file from the whole one.

    python core/data/files/superstore/make_extract.py SampleSuperstore.csv.gz

Keeps every row and the columns that a sale's amount is predicted from; leaves out places and profit.
The same original and the same zlib give the same file, byte for byte.
"""

import csv
import gzip
import io
import sys
from pathlib import Path

COLUMNS = (
    *("Ship Mode", "Segment", "Region", "Category", "Sub-Category"),
    *("Quantity", "Discount", "Sales"),
)


def main(original: Path) -> None:
    """Write superstore.csv.gz beside this script."""
    rows = csv.DictReader(io.StringIO(gzip.decompress(original.read_bytes()).decode()))
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    content = gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)
    (Path(__file__).parent / "superstore.csv.gz").write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
