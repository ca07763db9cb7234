"""A pipe: live pictures from a worker on this machine straight to the server, past Dask.

A call through Dask costs a worker whose cores are busy some two milliseconds of Python at every
picture, and the thread that trains waits for them. A pipe costs a tenth. One end is the worker's
(`Sender`), one the server's (`Receiver`); each proves to the other that it knows the key. No torch.
"""

import contextlib
import secrets
import threading
from collections.abc import Callable
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener

from core.records import Moment

BROKEN = (EOFError, OSError, AuthenticationError)
"""What is raised where the other end is gone, or is not the one it should be."""


class Sender:
    """The worker's end: sends a picture each time that one is asked for, and word of news."""

    def __init__(self, asked: Callable[[tuple[str, ...]], None]) -> None:
        """Wait for the server at `address`, who knows `key`; `asked` hears which layers' insides
        each picture is to hold.
        """
        self.key = secrets.token_bytes(32)
        self._listener = Listener(authkey=self.key)
        self.address = self._listener.address
        self._asked = asked
        self._connection: Connection | None = None
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        with contextlib.suppress(*BROKEN):
            with self._listener:
                connection = self._listener.accept()
            with connection:
                self._connection = connection
                while True:
                    self._asked(connection.recv())
        self._connection = None

    def send(self, picture: Moment | None) -> bool:
        """Send a picture, or None for news; False where nobody is at the other end."""
        connection = self._connection
        if connection is None:
            return False
        try:
            connection.send(picture)
        except BROKEN:
            return False
        return True

    def close(self) -> None:
        """Wait no longer for a server that has not come."""
        with contextlib.suppress(OSError):
            self._listener.close()


class Receiver:
    """The server's end: asks for a picture, and has it or the word that there is news."""

    def __init__(self, address: str, key: bytes) -> None:
        """Raises what `BROKEN` lists where no worker is there."""
        self._connection = Client(address, authkey=key)
        self._asked: tuple[str, ...] | None = None

    def next(self, insides: tuple[str, ...], seconds: float) -> Moment | None:
        """The next picture, with all inside these layers; None after so long, or if there is news.

        Raises what `BROKEN` lists where the worker is gone.
        """
        if self._asked != insides:
            self._connection.send(insides)
            self._asked = insides
        if not self._connection.poll(seconds):
            return None
        told = self._connection.recv()
        if told is not None:
            self._asked = None
        return told

    def news(self, seconds: float) -> bool:
        """Whether there is news within so long; asks for no picture, and drops one that comes.

        Raises what `BROKEN` lists where the worker is gone.
        """
        if not self._connection.poll(seconds):
            return False
        if self._connection.recv() is None:
            return True
        self._asked = None
        return False

    def close(self) -> None:
        """Let the worker know that nobody asks any more."""
        self._connection.close()
