"""What is alike for all who take part in a race, what differs and what is varied, in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from core.architectures import ARCHITECTURES
from core.races.plan import SIZE, Cell, Plan
from core.settings import OPTIMIZERS, Settings

TOLD: dict[str, Callable[[Settings], str]] = {
    "data set": lambda s: s.dataset.title,
    "test inputs": lambda s: f"{s.dataset.test_size:,}",
    "training inputs": lambda s: f"{s.images:,}",
    "network": lambda s: s.title.removesuffix(f" on {s.dataset.title}"),
    "learned numbers": lambda s: f"{weights(s):,}",
    "activation": lambda s: s.activation or "none",
    "optimizer": lambda s: OPTIMIZERS[s.optimizer],
    "learning rate": lambda s: f"{s.learning_rate:g}",
    "learning rate over the run": lambda s: s.schedule,
    "batch size": lambda s: f"{s.batch_size:,}",
    "random start": lambda s: s.initialisation,
    "CPU threads": lambda s: f"{s.threads}",
}
"""What is compared, by what it is called."""
FOLLOWS = {"batch size", "data set", "training inputs"}
"""Where these are alike, so are the inputs of every update: the seed decides the rest of it."""


@dataclass(frozen=True)
class Alike:
    """What is equal for all contestants, what differs between them, and what is varied.

    Sentences; empty where there is nothing to say. Names in them are those of the plan: show them
    as plain text.
    """

    equal: str
    differs: str
    varied: str

    @property
    def sentences(self) -> list[str]:
        """Those of the three that say something."""
        return [words for words in (self.equal, self.differs, self.varied) if words]


def held_equal(plan: Plan) -> Alike:
    """What a race holds equal, as its runs' own settings say, the varied setting left out."""
    of = [plan.settings(Cell(place, 0, plan.seeds[0])) for place in range(len(plan.contestants))]
    others = [plan.settings(Cell(0, value, plan.seeds[0])) for value in range(len(plan.values))]
    equal, differs, same = [], [], set()
    for what, word in _told(of).items():
        words = [word(settings) for settings in of]
        if len(set(words)) == 1:
            same.add(what)
            if len({word(settings) for settings in others}) == 1:
                equal.append(f"{what} {words[0]}")
        else:
            pairs = zip(plan.contestants, words, strict=True)
            differs.append(f"{what} ({', '.join(f'{one.name}: {word}' for one, word in pairs)})")
    equal.append(budget(plan))
    if len(of) > 1 and same >= FOLLOWS:
        equal.append("with one seed the same training inputs in the same order")
    equal.append(f"seed{'s' * (len(plan.seeds) > 1)} {_listed(plan.seeds)}")
    return Alike(
        f"Alike for all: {', '.join(equal)}.",
        f"Different: {', '.join(differs)}." if differs else "",
        _varied(plan),
    )


def _told(of: Sequence[Settings]) -> dict[str, Callable[[Settings], str]]:
    """What is compared: networks of one architecture in its own settings, too."""
    names = {settings.architecture for settings in of}
    family = ARCHITECTURES.get(names.pop()) if len(names) == 1 else None
    fields = dict(family.model_fields) if family else {}
    fields.pop("activation", None)
    own = {_lower(f.title or n): partial(_option, n) for n, f in fields.items()}
    return {**own, **TOLD} if own else TOLD


def _option(name: str, settings: Settings) -> str:
    value = settings.options.get(name, "unknown")
    return ("off", "on")[value] if isinstance(value, bool) else f"{value}"


def _varied(plan: Plan) -> str:
    words = [plan.value_word(value) for value in range(len(plan.values))]
    if len(words) == 1:
        return ""
    return f"Varied: {varied_words(plan)} ({'; '.join(words)})."


def _listed(seeds: Sequence[int]) -> str:
    return ", ".join(map(str, seeds[:-1])) + (" and " if len(seeds) > 1 else "") + str(seeds[-1])


def budget(plan: Plan) -> str:
    """What every run may take: "5 epochs", or "at most 2 seconds of training"."""
    if plan.seconds is not None:
        return f"at most {plan.seconds:g} second{'s' * (plan.seconds != 1)} of training"
    return f"{plan.epochs} epoch{'s' * (plan.epochs != 1)}"


def varied_words(plan: Plan) -> str:
    """What is varied, as an axis calls it: "training inputs", "learning rate", "depth"."""
    if plan.varied == SIZE:
        return "training inputs"
    family = ARCHITECTURES.get(plan.contestants[0].settings.architecture)
    known = {**(family.model_fields if family else {}), **Settings.model_fields}
    title = known[plan.varied].title if plan.varied in known else None
    return _lower(title or plan.varied.replace("_", " "))


def value_words(plan: Plan, value: int) -> str:
    """One of the values in a sentence: "1,000 inputs", "all 60,000 inputs", "batch size 32"."""
    if plan.varied == SIZE:
        return f"{plan.value_word(value)} input{'s' * (plan.values[value] != 1)}"
    return f"{varied_words(plan)} {plan.value_word(value)}"


def _lower(title: str) -> str:
    """A title within a sentence: "hidden layers", but "BatchNorm" as it is."""
    return title if title[1:] != title[1:].lower() else title[:1].lower() + title[1:]


def weights(settings: Settings) -> int:
    """How many numbers a network learns."""
    return sum(layer.parameters for layer in settings.layers)
