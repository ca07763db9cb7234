"""A price in words: units that are read best, one of a thing, and what the estimate is worth."""

from dataclasses import replace

import pytest

from core.races.prices import Pace, Price, told, worth

PRICE = Price((), runs=1, left=1, steps=5, seconds=2.0, bytes=10**6, workers=1)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.99, "less than a second"),
        (1.0, "about 1 second"),
        (89.0, "about 89 seconds"),
        (90.0, "about 1.5 minutes"),
        (120.0, "about 2 minutes"),
        (596.0, "about 9.9 minutes"),
        (597.0, "about 10 minutes"),
        (5399.0, "about 90 minutes"),
        (5400.0, "about 1.5 hours"),
        (36e5, "about 1,000 hours"),
    ],
)
def test_a_duration_has_the_unit_that_is_read_best(seconds, words):
    assert (
        told(replace(PRICE, seconds=seconds)).split(", ", 2)[2].startswith(f"{words} on 1 worker")
    )


def test_many_updates_and_bytes_have_words():
    for steps, words in (
        (2, "2 updates"),
        (999_499, "999,499 updates"),
        (999_500, "1 million updates"),
        (1_234_000, "1.23 million updates"),
        (999_500_000, "1 billion updates"),
    ):
        assert f", {words}, " in told(replace(PRICE, steps=steps))
    for size, words in (
        (1, "about 1 MB"),
        (1_600_000, "about 2 MB"),
        (999_400_000, "about 999 MB"),
        (999_500_000, "about 1.0 GB"),
        (1_250_000_000_000, "about 1,250.0 GB"),
    ):
        assert told(replace(PRICE, bytes=size)).endswith(f", {words}")
    assert "updates" not in told(replace(PRICE, steps=0))


def test_what_several_paces_are_worth_is_their_widest_spread():
    paces = (Pace(0.001, (0.0009, 0.0012), 0.5, 200), Pace(0.01, (0.004, 0.025), 0.5, 50))
    price = replace(PRICE, paces=paces)
    text = worth(replace(price, seconds=None))
    assert "in 250 steps of 2 networks or batch sizes:" in text
    assert "0.40 to 2.50 times" in text and text.startswith("Not everything was measured yet.")
    assert worth(price).startswith("Measured just now")
    assert worth(replace(PRICE, left=0)) == ""
