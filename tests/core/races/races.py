"""Small races for the tests: made of the digits, and outcomes with given scores."""

from core.races.outcomes import FINISHED, Outcome
from core.races.plan import Cell, Contestant, Plan
from core.settings import settings_from


def contestant(name, architecture="mlp", data="digits", **more):
    """Somebody who takes part."""
    given = {"architecture": architecture, "data": data, **more}
    return Contestant(name=name, settings=settings_from(given))


def a_plan(contestants=None, **more):
    """Two networks, two sizes and five seeds, if nothing else is said."""
    given = {"values": [100, 0], "seeds": [0, 1, 2, 3, 4], **more}
    both = [contestant("MLP"), contestant("Two", "two_linear")]
    return Plan.model_validate({"name": "A race", "contestants": contestants or both, **given})


def scored(place, scores, value=0, **more):
    """Finished runs of a contestant with these scores, one a seed."""
    return [
        Outcome(Cell(place, value, seed), state=FINISHED, score=score, **more)
        for seed, score in enumerate(scores)
    ]
