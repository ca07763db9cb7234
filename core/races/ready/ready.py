"""Ready: what every ready-made race is: a plan, the question it asks and what its record shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.races.judging import bands
from core.races.outcomes import Outcome
from core.races.plan import Contestant, Plan
from core.settings import settings_from


@dataclass(frozen=True)
class Ready:
    """A race that comes with the project, recorded; anybody can run it again."""

    name: str
    question: str
    finding: str
    """What the recorded numbers show, in a sentence or two."""
    holds: Callable[[Plan, Sequence[Outcome]], bool]
    """Whether outcomes show that: a test asks it of the recorded ones."""
    plan: Callable[[], Plan]


def medians(plan: Plan, outcomes: Sequence[Outcome]) -> dict[str, dict[float, float]]:
    """The median score over the seeds, by the name of the contestant and by the varied value.

    One that never finished has 0.
    """
    found = bands(plan, outcomes)
    return {
        one.name: {
            number: found[place, value].median or 0.0 for value, number in enumerate(plan.values)
        }
        for place, one in enumerate(plan.contestants)
    }


def planned(name: str, contestants: Mapping[str, dict[str, Any]], **more: Any) -> Plan:
    """A plan of contestants by their names, each given as settings are; five seeds if not said."""
    made = [Contestant(name=key, settings=settings_from(g)) for key, g in contestants.items()]
    return Plan.model_validate({"name": name, "contestants": made, "seeds": range(5), **more})
