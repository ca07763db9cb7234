"""The data room: scikit-learn's 8x8 digits, small enough to see every number."""

import numpy as np

from core.data.dataset import Dataset, Split, cached

TEST_A_CLASS = 36


def _read() -> Split:
    from sklearn.datasets import load_digits

    digits = load_digits()
    # 0 to 16 becomes 0 to 255.
    images = np.rint(digits.images * (255 / 16)).astype(np.uint8)[:, np.newaxis]
    labels = digits.target.astype(np.int64)
    is_test = np.zeros(len(labels), bool)
    for label in range(10):
        is_test[np.flatnonzero(labels == label)[-TEST_A_CLASS:]] = True
    return Split(images[~is_test], labels[~is_test], images[is_test], labels[is_test])


DATASET = Dataset(
    name="digits",
    title="Digits 8x8",
    description="1,797 handwritten digits, grey, 8x8: learned in seconds, every pixel to be seen.",
    shape=(1, 8, 8),
    classes=tuple("0123456789"),
    train_size=1797 - 10 * TEST_A_CLASS,
    test_size=10 * TEST_A_CLASS,
    terms="Optical Recognition of Handwritten Digits by E. Alpaydin and C. Kaynak, as it comes "
    "with scikit-learn; BSD 3-Clause License.",
    load=cached(_read),
)
