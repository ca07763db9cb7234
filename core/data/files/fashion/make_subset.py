"""The data room: makes the Fashion-MNIST subset beside this file from the four original files.

    python core/data/files/fashion/make_subset.py FOLDER_WITH_THE_ORIGINALS

Takes the first 1,000 training and 200 test images of every class, in their order. The same
originals and the same zlib give the same files, byte for byte.
"""

import gzip
import struct
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def write(name: str, array: np.ndarray) -> None:
    """Write a uint8 array as a gzipped IDX file beside this script."""
    header = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    content = gzip.compress(header + array.tobytes(), compresslevel=9, mtime=0)
    (HERE / name).write_bytes(content)


def main(originals: Path) -> None:
    """Write the four files of the subset."""
    for part, each in (("train", 1000), ("t10k", 200)):
        images_name, labels_name = f"{part}-images-idx3-ubyte.gz", f"{part}-labels-idx1-ubyte.gz"
        images = gzip.decompress((originals / images_name).read_bytes())[16:]
        labels = np.frombuffer(
            gzip.decompress((originals / labels_name).read_bytes())[8:], np.uint8
        )
        firsts = [np.flatnonzero(labels == label)[:each] for label in range(10)]
        chosen = np.sort(np.concatenate(firsts))
        write(images_name, np.frombuffer(images, np.uint8).reshape(-1, 28, 28)[chosen])
        write(labels_name, labels[chosen])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
