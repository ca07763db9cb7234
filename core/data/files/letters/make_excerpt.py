"""The data room: makes the excerpt of the King James Bible beside this file.

    python core/data/files/letters/make_excerpt.py kjv.jsonl

Takes Genesis and Psalms 1 to 89, a verse a line. The same original and the same zlib give the same
file, byte for byte.
"""

import gzip
import json
import sys
from pathlib import Path


def main(original: Path) -> None:
    """Write excerpt.txt.gz beside this script."""
    verses = [json.loads(line) for line in original.read_text(encoding="utf-8").splitlines()]
    chosen = [
        verse["text"]
        for verse in verses
        if verse["book"] == "Genesis" or (verse["book"] == "Psalms" and verse["chapter"] <= 89)
    ]
    text = "".join(f"{verse}\n" for verse in chosen)
    content = gzip.compress(text.encode(), compresslevel=9, mtime=0)
    (Path(__file__).parent / "excerpt.txt.gz").write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
