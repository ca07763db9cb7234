"""A small reverse proxy, as people put one before a server: it changes heads, passes bytes on."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

Heads = dict[str, str]


class Proxy:
    """Listens on a port of its own and passes every request on to `server`.

    `keep_host` leaves the visitor's Host, else the server hears its own address; `headers` are
    added; `prefix` is the path under which visitors find the server, and is taken off.
    """

    def __init__(
        self, server: str, keep_host: bool = True, headers: Heads | None = None, prefix: str = ""
    ) -> None:
        self.address = urlsplit(server).hostname or "", urlsplit(server).port or 80
        self.keep_host, self.headers, self.prefix = keep_host, headers or {}, prefix
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}{prefix}"
        self.open: list[socket.socket] = []

    def accept(self) -> None:
        """Take in visitors until the proxy is closed."""
        with contextlib.suppress(OSError):
            while True:
                visitor, _ = self.socket.accept()
                threading.Thread(target=self._pass_on, args=(visitor,), daemon=True).start()

    def close(self) -> None:
        """Let go of everybody."""
        for one in [self.socket, *self.open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _pass_on(self, visitor: socket.socket) -> None:
        with contextlib.suppress(OSError), visitor:
            head, rest = b"", b""
            while b"\r\n\r\n" not in head:
                more = visitor.recv(65536)
                if not more:
                    return
                head += more
            head, _, rest = head.partition(b"\r\n\r\n")
            with socket.create_connection(self.address) as server:
                self.open += [visitor, server]
                server.sendall(self._changed(head.decode("latin-1")).encode("latin-1") + rest)
                back = threading.Thread(target=_pump, args=(server, visitor), daemon=True)
                back.start()
                _pump(visitor, server)
                back.join()

    def _changed(self, head: str) -> str:
        request, *lines = head.split("\r\n")
        method, path, version = request.split(" ")
        path = path.removeprefix(self.prefix) or "/"
        upgrades = any(line.lower().startswith("upgrade:") for line in lines)
        if not self.keep_host:
            lines = [line for line in lines if not line.lower().startswith("host:")]
            lines.append(f"Host: {self.address[0]}:{self.address[1]}")
        if not upgrades:  # each request is a connection: no second head need be looked for
            lines = [line for line in lines if not line.lower().startswith("connection:")]
            lines.append("Connection: close")
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([f"{method} {path} {version}", *lines, "", ""])


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def proxied(server: str, **options: object) -> Iterator[Proxy]:
    """A proxy before a server, until the block ends."""
    proxy = Proxy(server, **options)  # type: ignore[arg-type]
    threading.Thread(target=proxy.accept, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.close()
