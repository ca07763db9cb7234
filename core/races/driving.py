"""Driving a race: its runs are handed to the engine, a few ahead, and their ends written down.

A thread for each race that is going in this process. What it knows is in the race's file, so that
another process can go on from there: runs that ended are never repeated, the others go on from
their last checkpoint.
"""

import contextlib
import logging
import threading
from collections import Counter
from dataclasses import replace

from core.commands import Command
from core.engine import Engine, Full, engine
from core.races.outcomes import FAILED, FINISHED, RUNNING, WAITING, Outcome
from core.races.plan import Contestant, Plan
from core.races.race import GOING, PAUSED, STOPPED, Race, create, outcome_of
from core.rows import Damaged
from core.runs import Missing, find, this_process
from core.workers import Unreachable

AHEAD = 3
"""How many runs a worker are handed over: one trains, one stands by there, one waits for either."""
LAST = 3
"""How many runs a worker, of several seeds, are taken out of their turn at the end."""
TRIES = 5
"""How often a run is begun or resumed before it counts as failed."""
LOOK_SECONDS = 0.25
log = logging.getLogger("layerscope")


class Driver:
    """What brings a race to its end in this process."""

    def __init__(self, race: Race, engine: Engine) -> None:
        """Take over a race: what it knows to have ended has ended, all else is to be done."""
        self.race, self.engine = race, engine
        self.plan = race.plan()
        self.outcomes = {one.cell: one for one in race.outcomes()}
        self.tries: Counter = Counter()
        self.lock = threading.RLock()
        self.paused = self.over = False
        engine.rest(race.id, False)
        engine.workers.grow()
        race.write(owner=this_process(), wanted=GOING, trouble="")
        self.thread = threading.Thread(target=self._drive, daemon=True)
        self.thread.start()

    def _drive(self) -> None:
        try:
            while not self.over and self.engine.open:
                with self.lock:
                    if self.over:  # it was stopped
                        break
                    self._look()
                    if not self.paused:
                        self._fill()
                    self.over = not self._left()
                if not self.over:
                    self._wait()
        except Exception as fault:  # a full disk, or a folder that was deleted
            log.warning("race %s cannot go on: %r", self.race.id, fault)
            with contextlib.suppress(Exception):
                self.race.write(wanted=STOPPED, trouble=f"The race cannot go on: {fault}")
        finally:
            self.over = True
            with _lock:
                if drivers.get(self.race.id) is self:
                    del drivers[self.race.id]

    def _wait(self) -> None:
        """Until a run of this race may have ended."""
        jobs = [self.engine.jobs.get(one.run) for one in self._open()]
        going = [job for job in jobs if job]
        if going and not self.paused:
            going[0].ended.wait(LOOK_SECONDS)
        else:
            threading.Event().wait(LOOK_SECONDS)

    def _open(self) -> list[Outcome]:
        return [one for one in self.outcomes.values() if one.state == RUNNING]

    def _left(self) -> list[Outcome]:
        return [one for one in self.outcomes.values() if one.state not in (FINISHED, FAILED)]

    def _look(self) -> None:
        """Write down what became of the runs that the engine has let go of."""
        news = []
        for one in self._open():
            if one.run not in self.engine.jobs:
                news.append(self._became(one))
        self._keep(news)

    def _became(self, one: Outcome) -> Outcome:
        """What a run that no longer trains ended as; one that was interrupted waits again."""
        try:
            found = outcome_of(find(one.run), self.plan, one.cell)
        except Missing:
            return Outcome(one.cell)
        except Damaged as fault:
            gone = one.run and not self._is_there(one.run)
            return Outcome(one.cell) if gone else replace(one, state=FAILED, note=str(fault))
        return found if found.state != RUNNING else Outcome(one.cell, WAITING, one.run)

    def _is_there(self, run_id: str) -> bool:
        with contextlib.suppress(Missing):
            return find(run_id).path.exists()
        return False

    def _fill(self) -> None:
        """Hand over as many of the waiting runs as there are workers, and some ahead."""
        if not any(one.state == WAITING for one in self.outcomes.values()):
            return
        try:
            there = len(self.engine.workers.addresses())
        except Unreachable:  # it waits, as the runs that were handed over do
            return
        waiting = [one for one in self._in_turn(there) if one.state == WAITING]
        room = AHEAD * there - len(self._open())
        for one in waiting[: max(0, room)]:
            self.tries[one.cell] += 1
            if self.tries[one.cell] > TRIES:
                note = f"It was begun {TRIES} times and each time lost with its worker."
                self._keep([Outcome(one.cell, FAILED, one.run, note=note)])
                continue
            try:
                self._keep([Outcome(one.cell, RUNNING, self._begun(one))])
            except Full as fault:
                self.paused = True
                self.race.write(wanted=PAUSED, trouble=str(fault))
                return

    def _begun(self, one: Outcome) -> str:
        """The id of a run that has been handed over, anew or to go on from its last checkpoint."""
        with contextlib.suppress(Missing):
            run = find(one.run)
            self.engine.resume(run.id)
            return run.id
        settings, cell = self.plan.settings(one.cell), one.cell
        name = self.plan.contestants[cell.contestant].name
        name = f"{name}, {self.plan.value_word(cell.value)}, seed {cell.seed}"
        return self.engine.train(settings, name, self.race.id).id

    def _in_turn(self, workers: int) -> list[Outcome]:
        """The runs as they begin: as planned, but of several seeds the last ones largest first.

        Large values take longest, as a rule: one that came last would leave the other workers idle.
        """
        count = LAST * workers if len(self.plan.seeds) > 1 else 0
        first, last = self.plan.cells[: -count or None], self.plan.cells[-count:] if count else ()
        largest = sorted(last, key=lambda cell: cell.value, reverse=True)
        return [self.outcomes[cell] for cell in (*first, *largest)]

    def _keep(self, news: list[Outcome]) -> None:
        if news:
            self.race.write(news)
            self.outcomes |= {one.cell: one for one in news}

    def pause(self) -> None:
        """Let the runs rest where they are, and begin no other."""
        with self.lock:
            self.paused = True
            self.engine.rest(self.race.id, True)
            self.race.write(wanted=PAUSED)

    def resume(self) -> None:
        """Go on after a pause."""
        with self.lock:
            self.paused = False
            self.tries.clear()
            self.engine.rest(self.race.id, False)
            self.race.write(wanted=GOING, trouble="")

    def stop(self) -> None:
        """End it for now: its runs keep what they have, and go on when somebody drives it again."""
        with self.lock:
            if self.over:
                return
            self.over = True
            begun = [(one, self.engine.jobs.get(one.run)) for one in self._open()]
            for one, _ in begun:  # all, before any is waited for: one may stand by behind another
                self.engine.command(one.run, Command("stop"))
            news = []
            for one, job in begun:
                if job:
                    job.ended.wait(10)
                ended = self._became(one)
                news.append(Outcome(one.cell, WAITING, one.run) if _is_stopped(one.run) else ended)
            self._keep(news)
            self.race.write(wanted=STOPPED)
            self.engine.rest(self.race.id, False)

    def add(self, contestant: Contestant) -> bool:
        """Let one more take part; False where the race has just ended. Raises Unfit."""
        with self.lock:
            if self.over:
                return False
            self.plan = self.plan.with_contestant(contestant)
            self.race.write(plan=self.plan.model_dump_json())
            self.outcomes = {one.cell: one for one in self.race.outcomes()}
            return True


def _is_stopped(run_id: str) -> bool:
    with contextlib.suppress(Missing, Damaged):
        return find(run_id).summary().state == "stopped"
    return False


drivers: dict[str, Driver] = {}
_lock = threading.Lock()


def drive(race: Race, by: Engine | None = None) -> Driver:
    """The driver of a race in this process, made where there is none."""
    with _lock:
        known = drivers.get(race.id)
        if not known or known.over:
            drivers[race.id] = known = Driver(race, by or engine())
        return known


def add(race: Race, contestant: Contestant, by: Engine | None = None) -> None:
    """Let one more take part in a race, which goes on for that; raises Unfit where it cannot."""
    plan = race.plan().with_contestant(contestant)
    with _lock:
        known = drivers.get(race.id)
    if known and known.add(contestant):
        return
    race.write(plan=plan.model_dump_json())
    drive(race, by)


def begin(plan: Plan, by: Engine | None = None) -> Race:
    """Make a race and drive it; raises OSError or sqlite3.Error where there is no room."""
    race = create(plan, this_process())
    drive(race, by)
    return race
