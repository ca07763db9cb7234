"""The workers that train: a local cluster of our own, or the one whose scheduler is named."""

import contextlib
import os
import subprocess
import threading

from core.worker import warm_up


class Workers:
    """The Dask client, and the process of the local cluster where there is one."""

    def __init__(self) -> None:
        """Start a local cluster, or join the scheduler named by LAYERSCOPE_SCHEDULER."""
        self.wanted = 0
        self.process: subprocess.Popen[str] | None = None
        self._connect()

    def _connect(self) -> None:
        from distributed import Client

        from core import cluster

        address = os.environ.get("LAYERSCOPE_SCHEDULER")
        if not address:
            self.wanted = max(self.wanted, cluster.workers())
            self.process, address = cluster.started(self.wanted)
        self.client = Client(address, direct_to_workers=True)
        threading.Thread(target=self._warm, daemon=True).start()

    def _warm(self) -> None:
        with contextlib.suppress(Exception):  # a cold worker is only slower
            self.client.run(warm_up)

    def addresses(self) -> list[str]:
        """Every worker that is there; raises where the scheduler is not."""
        return self.client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.workers))

    def grow(self) -> None:
        """Have a worker for every core, where the cluster is our own."""
        from core import cluster

        most = cluster.workers(race=True)
        if self.process and self.wanted < most:
            self.wanted = most
            cluster.grow(self.process, most)

    def mend(self) -> None:
        """Start the local cluster anew where it was killed."""
        if self.process and self.process.poll() is not None:
            self.close()
            self._connect()

    def close(self) -> None:
        """Let go of the scheduler, and end the local cluster."""
        self.client.close()
        if self.process:
            from core import cluster

            cluster.ended(self.process)
