"""The plan of a race: who takes part, what is varied, with which seeds and within which budget.

A race is a table of runs, one for every contestant, every value of what is varied and every seed.
Each is an ordinary run with settings of its own. No torch here.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.architectures import ARCHITECTURES
from core.settings import Settings, settings_from
from core.unfit import model_from

SIZE = "size"
"""What is varied by default: how many training inputs there are; a value of 0 is all of them."""
WHOLE = {"batch_size": "a batch size", "length": "a length"}
"""Settings that can be varied and are whole numbers, and what one is called."""
MOST_RUNS = 400
UNITS = 32
"""Units of a layer that a run of a race records: there are many such runs."""
MOST_EPOCHS = 1000


class Contestant(BaseModel):
    """Somebody who takes part: a name, and settings; the race decides seed, budget and size."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    settings: Settings


@dataclass(frozen=True)
class Cell:
    """One run of a race: the places of its contestant and of its value in the plan, and a seed."""

    contestant: int
    value: int
    seed: int


class Plan(BaseModel):
    """All that defines a race. Its budget is a number of epochs, or of seconds a run."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = Field(min_length=1, max_length=80)
    contestants: tuple[Contestant, ...] = Field(min_length=1, max_length=8)
    varied: str = Field(SIZE, max_length=40)
    """`SIZE`, or a setting: one of a run, or an option that every contestant has."""
    values: tuple[float, ...] = Field(min_length=1, max_length=12)
    seeds: tuple[int, ...] = Field(min_length=1, max_length=20)
    epochs: int | None = Field(5, ge=1, le=MOST_EPOCHS)
    seconds: float | None = Field(None, gt=0, le=3600)

    @model_validator(mode="after")
    def _can_run(self) -> "Plan":
        if (self.epochs is None) == (self.seconds is None):
            raise ValueError("a race has a budget of epochs or of seconds, one of them")
        for what, given in (("value", self.values), ("seed", self.seeds)):
            if len(set(given)) < len(given):
                raise ValueError(f"a {what} is there twice")
        names = [one.name for one in self.contestants]
        if len(set(names)) < len(names):
            raise ValueError("two contestants have one name")
        if len(self.cells) > MOST_RUNS:
            raise ValueError(
                f"these would be {len(self.cells)} runs; a race has at most {MOST_RUNS}"
            )
        for place, one in enumerate(self.contestants):
            if one.settings.watched:
                raise ValueError(
                    f"{one.name} was put together elsewhere and cannot be trained here"
                )
            for value in range(len(self.values)):
                try:
                    self.settings(Cell(place, value, self.seeds[0]))
                except ValueError as fault:
                    raise ValueError(f"{one.name}: {fault}") from None
        return self

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every run, in the order in which they train: seed by seed, small values first.

        So all have been tried once before anybody is tried twice.
        """
        return tuple(
            Cell(contestant, value, seed)
            for seed in self.seeds
            for value in range(len(self.values))
            for contestant in range(len(self.contestants))
        )

    @cached_property
    def made(self) -> dict[Cell, Settings]:
        """The settings that were asked for so far."""
        return {}

    def settings(self, cell: Cell) -> Settings:
        """The settings of one run; raises Unfit where they do not fit together."""
        if cell not in self.made:
            self.made[cell] = _settings(self, cell)
        return self.made[cell]

    def size(self, cell: Cell) -> int:
        """How many training inputs a run has."""
        return self.settings(cell).images

    def value_word(self, value: int) -> str:
        """What a value is called: "1,000", or "all 60,000" inputs."""
        number = self.values[value]
        if self.varied == SIZE and not number:
            return f"all {self.contestants[0].settings.dataset.train_size:,}"
        return f"{number:,.10g}"

    def with_contestant(self, contestant: Contestant) -> "Plan":
        """The same race with one more who takes part; raises Unfit."""
        given = self.model_dump(mode="json")
        given["contestants"].append(contestant.model_dump(mode="json"))
        return plan_from(given)


def _settings(plan: Plan, cell: Cell) -> Settings:
    one, value = plan.contestants[cell.contestant], plan.values[cell.value]
    given = one.settings.model_dump(mode="json")
    given |= {"seed": cell.seed, "recorded_units": UNITS}
    given |= {"epochs": plan.epochs or MOST_EPOCHS, "seconds": plan.seconds}
    if plan.seconds is not None:
        given["schedule"] = "constant"  # nobody knows beforehand how many steps there will be
    size = one.settings.dataset.train_size
    if plan.varied == SIZE:
        if value != int(value) or value < 0:
            raise ValueError("a size is a whole number of inputs, or 0 for all")
        if value > size:
            raise ValueError(f"there are {size:,} training inputs, not {value:,.0f}")
        given["share"] = value / size if value else 1.0
    elif plan.varied in one.settings.options:
        given["options"] = {**given["options"], plan.varied: value}
        if one.settings.architecture in ARCHITECTURES:
            del given["bricks"]
    elif plan.varied in WHOLE:
        if value != int(value):
            raise ValueError(f"{WHOLE[plan.varied]} is a whole number, not {value:g}")
        given[plan.varied] = int(value)
    elif plan.varied == "learning_rate":
        given[plan.varied] = value
    else:
        raise ValueError(f"it has no setting {plan.varied}")
    return settings_from(given)


def plan_from(given: dict[str, Any] | str | bytes) -> Plan:
    """A plan from a dict or from JSON; raises Unfit with one sentence that says what is wrong."""
    return model_from(Plan, given, (Plan, Contestant, Settings))
