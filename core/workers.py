"""The workers that train: a local cluster of our own, or the one whose scheduler is named."""

import contextlib
import logging
import os
import subprocess
import threading
from collections.abc import Callable
from typing import Any

from core.data.own import kept
from core.fitness import fitness, misfit
from core.settings import Settings
from core.worker import Trainer, warm_up, with_own

JOIN_SECONDS = 5.0
"""So long a scheduler may take to answer."""
MEET_SECONDS = 300.0
"""So long a worker of somebody's cluster may take to say what is installed there."""
LOOK_SECONDS = 5.0
"""Between two looks at somebody's cluster while nothing waits: it comes and goes by itself."""
log = logging.getLogger("layerscope")


class Unreachable(RuntimeError):
    """No scheduler answers; the text is a sentence."""


class Workers:
    """The Dask client, and the process of the local cluster where there is one."""

    def __init__(self) -> None:
        """Start a local cluster, or join the scheduler named by LAYERSCOPE_SCHEDULER.

        One that does not answer yet is joined as soon as it does.
        """
        self.wanted = 0
        self.process: subprocess.Popen[str] | None = None
        self.joined = os.environ.get("LAYERSCOPE_SCHEDULER") or ""
        """The address of somebody's scheduler."""
        self.unfit: dict[str, str] = {}
        """Why workers of that cluster are left out, in a sentence; nothing of those that fit."""
        self._client: Any = None
        self._why = ""
        self._met: set[str] = set()
        try:
            self._connect()
        except Unreachable as fault:
            log.warning("%s", fault)

    def _connect(self) -> None:
        from distributed import Client

        if not self.joined:
            from core import cluster

            self.wanted = max(self.wanted, cluster.workers())
            self.process, address = cluster.started(self.wanted)
            self._client = Client(address, direct_to_workers=True)
            threading.Thread(target=self._warm, daemon=True).start()
            return
        try:
            client = Client(self.joined, direct_to_workers=True, timeout=JOIN_SECONDS)
        except (OSError, ValueError) as fault:
            self._why = f"No Dask scheduler answers at {self.joined} (LAYERSCOPE_SCHEDULER)."
            raise self._away() from fault
        try:
            client.run_on_scheduler(lambda: bool(__import__("core.fitness")))
        except Exception as fault:
            client.close()
            self._why = f"The Dask scheduler at {self.joined} cannot import this project ({fault})."
            raise self._away() from fault
        self._client = client
        self._why = f"The Dask scheduler at {self.joined} answers no more (LAYERSCOPE_SCHEDULER)."
        self._met.clear()
        self.unfit.clear()

    def _warm(self) -> None:
        with contextlib.suppress(Exception):  # a cold worker is only slower
            self.client.run(warm_up)

    def _away(self) -> Unreachable:
        if not self.joined:
            return Unreachable("The workers that train are being started again.")
        return Unreachable(f"{self._why} What is to be trained waits until one does.")

    @property
    def client(self) -> Any:
        """The Dask client; raises Unreachable where no scheduler answers."""
        if self._client is None or self._client.status != "running":
            raise self._away()
        return self._client

    def addresses(self) -> list[str]:
        """Every worker that can train, the least busy first; raises Unreachable."""
        try:
            found = self.client.run_on_scheduler(
                lambda dask_scheduler: sorted(
                    dask_scheduler.workers,
                    key=lambda address: len(dask_scheduler.workers[address].processing),
                )
            )
        except Exception as fault:  # lost while it was asked, in one of many ways
            raise self._away() from fault
        if not self.joined:
            return found
        for address in set(found) - self._met:
            self._met.add(address)
            threading.Thread(target=self._meet, args=(address,), daemon=True).start()
        return [address for address in found if self.unfit.get(address) == ""]

    def _meet(self, address: str) -> None:
        """Ask a worker that is new what it has, and let it warm up."""
        try:
            # first by value: a task that cannot be imported would end the whole worker
            self.client.run(lambda: bool(__import__("core.fitness")), workers=[address])
            theirs = self.client.submit(fitness, workers=[address], pure=False)
            why = misfit(theirs.result(timeout=MEET_SECONDS))
        except ImportError as fault:
            why = f"this project cannot be imported there ({fault})"
        except Exception:  # gone, or busy with other things: met again when it is seen again
            self._met.discard(address)
            return
        self.unfit[address] = why and f"The worker at {address} is left out: {why}."
        if why:
            log.warning("%s", self.unfit[address])

    def trainer(self, address: str) -> Any:
        """A future of the actor that will train one run on this worker; raises Unreachable."""
        return self.client.submit(Trainer, actor=True, workers=[address], pure=False)

    def asked(self, task: Callable[..., Any], *given: Any) -> Any:
        """A future of what a worker answers; raises Unreachable, DataError for data that is gone.

        On somebody's cluster one that fits is asked, and what was brought goes along.
        """
        if not self.joined:
            return self.client.submit(task, *given, pure=False)
        fit = self.addresses()
        if not fit:
            raise Unreachable(
                self.trouble() or f"The Dask scheduler at {self.joined} has no worker."
            )
        own = next((one.own for one in given if isinstance(one, Settings) and one.own), None)
        if own:
            given, task = (own.id, *kept.whole(own.id), task, *given), with_own
        return self.client.submit(task, *given, workers=fit, pure=False)

    def trouble(self) -> str:
        """A sentence about what keeps all runs from being trained, or nothing."""
        try:
            there = self.addresses()
        except Unreachable as fault:
            return str(fault)
        known = [why for why in self.unfit.values() if why]
        return known[-1] if known and not there else ""

    @property
    def pause(self) -> float | None:
        """Seconds between two looks while nothing waits; our own cluster needs none."""
        return LOOK_SECONDS if self.joined else None

    def grow(self) -> None:
        """Have a worker for every core, where the cluster is our own."""
        from core import cluster

        most = cluster.workers(race=True)
        if self.process and self.wanted < most:
            self.wanted = most
            cluster.grow(self.process, most)

    def racing(self) -> int:
        """How many workers train a race: those that are there, or come; raises Unreachable."""
        from core import cluster

        there = len(self.addresses())
        return max(there, cluster.workers(race=True)) if self.process else there

    def mend(self) -> None:
        """Start the local cluster anew where it was killed, join another's that is back."""
        if self.process and self.process.poll() is not None:
            self.close()
            self._connect()
        elif self.joined and (self._client is None or self._client.status == "closed"):
            self._connect()

    def close(self) -> None:
        """Let go of the scheduler, and end the local cluster."""
        if self._client is not None:
            self._client.close()
        if self.process:
            from core import cluster

            cluster.ended(self.process)
