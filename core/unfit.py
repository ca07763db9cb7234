"""What is wrong with settings from outside, in one sentence that says what would be right."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from core.architectures.bricks import place_of
from core.architectures.plans import MAX_DEPTH

Model = TypeVar("Model", bound=BaseModel)
LONGEST = 300
"""Most characters of a sentence that says what is wrong."""


class Unfit(ValueError):
    """Settings that no run can have; the text says which, and what would be right."""


def sentence(error: ValidationError, models: Sequence[type[BaseModel]]) -> str:
    """The first fault, with the field as its model titles it."""
    first = error.errors(include_url=False)[0]
    where, got = _field(first["loc"], models), first.get("input")
    text = first["msg"].removeprefix("Value error, ")
    if first["type"].startswith("recursion"):
        text = f"at most {MAX_DEPTH} containers fit in one another"
    if first["type"] == "too_long" and isinstance(many := first["ctx"]["actual_length"], int):
        text = f"there can be {first['ctx']['max_length']:,} at most, not {many:,}"
    if where:
        text = f"{where}: {text[0].lower()}{text[1:]}"
        if first["type"] != "extra_forbidden" and isinstance(got, str | int | float | None):
            text += f", not {shown(got)}"
    text = "".join(c if c.isprintable() else " " for c in f"{text[0].upper()}{text[1:]}")
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def model_from(
    model: type[Model], given: dict[str, Any] | str | bytes, titled: Sequence[type[BaseModel]]
) -> Model:
    """A model from a dict or from JSON; raises Unfit with one sentence that says what is wrong.

    Fields are called as the models `titled` call them.
    """
    try:
        if isinstance(given, dict):
            return model.model_validate(given)
        return model.model_validate_json(given)
    except ValidationError as error:
        raise Unfit(sentence(error, titled)) from None


def _field(place: tuple[int | str, ...], models: Sequence[type[BaseModel]]) -> str:
    """What a form calls the place of an error: "Learning rate", or "layer 3, units"."""
    names = [part for part in place if isinstance(part, str)]
    if place[:1] == ("bricks",) and len(place) > 1:
        own = isinstance(place[-2], str) and isinstance(place[-1], str)
        return f"layer {place_of(place[1:])}" + (f", {names[-1][:40]}" if own else "")
    name = names[-1] if names else ""
    for model in models:
        field = model.model_fields.get(name)
        if field and field.title:
            return field.title
    return name.replace("_", " ")[:40]


def shown(value: Any) -> str:
    """A given value in a sentence, short whatever it is."""
    if isinstance(value, str):
        return repr(value[:40])
    if isinstance(value, int) and not abs(value) < 10**40:
        return "a number of more than 40 digits"
    return (
        str(value) if isinstance(value, int | float | None) else f"of type {type(value).__name__}"
    )
