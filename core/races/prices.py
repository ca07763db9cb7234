"""Prices: what a race costs, as numbers and in words. No torch here."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pace:
    """How long the parts of a run take, in seconds, as they were measured."""

    step_seconds: float
    """Of one update, the median: batch, forward, loss, backward, update."""
    spread: tuple[float, float]
    """Between these lies half of the steps: their quartiles."""
    test_seconds: float
    """Of all test inputs, forward."""
    steps_measured: int
    epoch_seconds: float = 0.0
    """Of shuffling the training inputs."""
    start_seconds: float = 0.0
    """Of building the network."""
    moment_seconds: float = 0.0
    """Of recording one moment."""


@dataclass(frozen=True)
class RunPrice:
    """What one run of a contestant with one value costs; its seed changes nothing."""

    contestant: int
    value: int
    parameters: int
    """Numbers that are learned."""
    multiply_adds: int
    """For one input, forward."""
    examples: int
    """Training inputs of the whole run, each counted as often as it is seen; 0: not known."""
    steps: int
    """Updates; 0: not known."""
    seconds: float | None
    """An estimate; None where no pace was measured."""
    bytes: int
    """Of its file: an estimate."""

    @property
    def forward(self) -> int:
        """Multiply-adds of the run's training inputs, forward only: no gradients and no tests."""
        return self.multiply_adds * self.examples

    @property
    def trained(self) -> int:
        """The same with gradients: an estimate, for backward costs about twice what forward does.

        Source: Kaplan et al., Scaling Laws for Neural Language Models, 2020, section 2.1.
        """
        return 3 * self.forward


@dataclass(frozen=True)
class Price:
    """What a race costs. Steps, seconds and bytes are those of the runs that are left."""

    each: tuple[RunPrice, ...]
    """One for every contestant and value, contestant by contestant."""
    runs: int
    left: int
    """Runs that have not ended yet."""
    steps: int
    """Updates; 0: not known. Where seconds are limited, an estimate."""
    seconds: float | None
    """Until the last run ends: an estimate; None where a pace lacks."""
    bytes: int
    """An estimate."""
    workers: int
    limited: bool = False
    """Whether each run ends by the clock."""
    paces: tuple[Pace, ...] = field(default=())

    def of(self, contestant: int, value: int) -> RunPrice:
        """What one run costs."""
        return next(x for x in self.each if (x.contestant, x.value) == (contestant, value))


def told(price: Price) -> str:
    """A price in one line: "60 runs, 1.2 million updates, about 14 minutes on 2 workers, …"."""
    if not price.left:
        return f"{_counted(price.runs, 'run')}, all over: nothing more to pay"
    line = [_counted(price.runs, "run")]
    if price.left < price.runs:
        line = [f"{price.left:,} of {_counted(price.runs, 'run')} left"]
    if price.steps:
        about = "about " if price.limited else ""
        line.append(f"{about}{_large(price.steps)} update{'s' * (price.steps != 1)}")
    where = f"on {_counted(price.workers, 'worker')}"
    how_long = "time not measured yet" if price.seconds is None else _duration(price.seconds)
    line.append(how_long if price.seconds is None else f"{how_long} {where}")
    return ", ".join([*line, _memory(price.bytes)])


def worth(price: Price) -> str:
    """What the estimate of a price is worth, in honest sentences."""
    if not price.left:
        return ""
    size = "The size of the files follows from the shapes of the layers, roughly."
    if not price.paces:
        limited = "Each run ends by the clock; how long its test takes is not in it. "
        return f"{limited if price.limited else 'No step was measured yet. '}{size}"
    steps = sum(pace.steps_measured for pace in price.paces)
    low = min(pace.spread[0] / pace.step_seconds for pace in price.paces)
    high = max(pace.spread[1] / pace.step_seconds for pace in price.paces)
    among = f" of {len(price.paces)} networks or batch sizes" if len(price.paces) > 1 else ""
    missing = "Not everything was measured yet. " if price.seconds is None else ""
    beside = (
        " So do runs side by side: they share the memory's bandwidth." if price.workers > 1 else ""
    )
    return (
        f"{missing}Measured just now on this machine, in {_counted(steps, 'step')}{among}: at "
        f"least half of them took {low:.2f} to {high:.2f} times as long as the median step. Other "
        f"work makes it longer.{beside} What passes between two runs is not counted. It is rather "
        f"a lower bound. {size}"
    )


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"


def _large(number: float) -> str:
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if number >= 0.9995 * size:
            return f"{number / size:,.3g} {word}"
    return f"{number:,.0f}"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return "less than a second"
    for size, word in ((3600, "hour"), (60, "minute")):
        if seconds >= 1.5 * size:
            number = seconds / size
            text = f"{number:,.0f}" if number >= 9.95 else f"{number:.1f}".removesuffix(".0")
            return f"about {text} {word}s"
    return f"about {_counted(round(seconds), 'second')}"


def _memory(size: int) -> str:
    megabytes = size / 1e6
    if megabytes >= 999.5:
        return f"about {megabytes / 1000:,.1f} GB"
    return f"about {max(1, round(megabytes))} MB"
