"""What one output of a layer sees of the input, in words. No torch here."""

from core.architectures.bricks.field import Field, Side
from core.architectures.layers import Layer

ALL = "all of the input"
WORDS = {"image": ("row", "column"), "sequence": ("step",), "symbols": ("symbol",)}


def sees_words(layer: Layer, kind: str) -> str:
    """The part of a sentence after "one output sees", of inputs of this kind: "3 steps".

    Empty where there is nothing to be said: of a vector's numbers, and where it is not known.
    """
    field, words = layer.field, WORDS.get(kind, ())
    if field is None or not field.sides or len(words) != len(field.sides):
        return ""
    places = layer.output_shape[1:] if len(layer.output_shape) == 3 else layer.output_shape[:1]
    parts = [
        _along(side, places[number] if number < len(places) else 1, length, words[number])
        for number, (side, length) in enumerate(zip(field.sides, field.lengths, strict=True))
    ]
    shown = [part for part in parts if part is not None]
    if not shown:
        told = "" if field.at_most else ALL
    elif field.width is not None and len(parts) == 2:
        sizes = [min(field.width, length) for length in field.lengths]
        told = f"{'×'.join(map(str, sizes))} pixels of the input"
        if tuple(sizes) == field.lengths:
            told = f"up to {ALL}"
    else:
        told = " and ".join(shown)
        told += "" if "own" in told else " of the input"
    if told and field.at_most:
        told = f"at most {told.removeprefix('up to ')}"
    if told and told != ALL and field.norms:
        told += f"; through the mean and variance of a norm, {ALL}"
    return told


def _along(side: Side, places: int, length: int, word: str) -> str | None:
    """What is seen along one side; None for all of it. The layer has so many `places` there."""
    last = length - 1
    ends = [_clipped(Field((side,), (length,)), place, last) for place in (0, places - 1)]
    if all(pair == (0, last) for pair in ends):
        return None
    lows, highs = {one.low_jump for one in side}, {one.high_jump for one in side}
    if highs == {0} and lows == {0}:
        low, high = ends[0]
        return f"{word} {low + 1}" if low == high else f"{word}s {low + 1} to {high + 1}"
    if lows == {0} and 0 not in highs:
        own = f"its own {word} and those before it"
        return own if _own(side) else f"all {word}s up to the end of its own window"
    if len(side) == 1 and lows == highs:
        width = min(side[0].high - side[0].low + 1, length)
        return f"{width} {word}{'s' if width > 1 else ''}"
    middle = _clipped(Field((side,), (length,)), places // 2, last)
    widest = max(high - low + 1 for low, high in (*ends, middle))
    return f"up to {widest} {word}s"


def _own(side: Side) -> bool:
    return all((one.high, one.high_jump) == (0, 1) for one in side)


def _clipped(field: Field, place: int, last: int) -> tuple[int, int]:
    ((low, high),) = field.at((place,))
    return max(0, low), min(last, high)
