"""Origins: to which pages, under which names, the server answers, and why not to others."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope
from streamlit import config
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from pages.shared.refusals import shown

PROXIES = (
    *("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port"),
    *("x-forwarded-server", "x-real-ip", "forwarded", "via"),
)
"""Headers that a proxy sets: no page can have a browser send one when it opens a websocket."""
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def is_foreign(scope: Scope, own_route: bool) -> bool:
    """Whether a page from elsewhere, or a name rebound to this machine, makes this request."""
    return bool(why_foreign(scope, own_route))


def why_foreign(scope: Scope, own_route: bool) -> str:
    """Why a request is none of our own pages', in words for the log and for who runs the server.

    `own_route` also compares Origin with Host, as Streamlit does on the routes that are its own.
    Empty where the request is answered.
    """
    headers = Headers(scope=scope)
    host, origin = headers.get("host"), headers.get("origin")
    try:
        name = urlsplit(f"//{host or ''}").hostname or ""
        if not is_host_allowed(host):
            return (
                f"the Host {shown(host)} is not among this server's server.allowedHosts; "
                f"--server.allowedHosts {_option(name)} adds it"
            )
        if _is_rebound(scope, headers, name):
            return (
                f"the Host {shown(host)} is no name of this machine's own, and no proxy says that "
                "it passes it on; if it is this server's name, start it with "
                f"--server.allowedHosts {_option(name)}"
            )
        same = origin is None or _same(origin, host)
    except ValueError:  # no host can be read from such a header
        return f"the Host {shown(host)} or the Origin {shown(origin)} cannot be read"
    if not own_route or same or not config.get_option("server.enableCORS"):
        return ""
    if origin in config.get_option("server.corsAllowedOrigins"):
        return ""
    return (
        f"the Origin {shown(origin)} is not the Host {shown(host)}; if it is this server's own, "
        "let the proxy before it keep the Host, or name it in server.corsAllowedOrigins"
    )


def _is_rebound(scope: Scope, headers: Headers, name: str) -> bool:
    """A browser on this machine, led here by a foreign name; listed hosts and proxies pass.

    So does who came by HTTPS: a browser does not speak it to a server that has no certificate for
    that name, so that a proxy with one is in between. It says so by an Origin of https, or, for a
    page, by Sec-Fetch-Site, which it sends to no other foreign name.
    """
    if config.get_option("server.allowedHosts") or any(one in headers for one in PROXIES):
        return False
    origin, host = headers.get("origin"), headers.get("host")
    secure = origin is not None and urlsplit(origin).scheme == "https" and _same(origin, host)
    if secure or (scope["type"] == "http" and origin is None and "sec-fetch-site" in headers):
        return False
    return _is_loopback((scope.get("client") or ("", 0))[0]) and not (
        name in ("localhost", socket.gethostname().lower()) or _is_address(name)
    )


def _same(origin: str, host: str | None) -> bool:
    """Whether an Origin and a Host name one server; a port that goes without saying may be said."""
    page = urlsplit(origin)
    port = DEFAULT_PORTS.get(page.scheme)
    there = urlsplit(f"//{host or ''}")
    return bool(page.netloc) and (page.netloc == host or _place(page, port) == _place(there, port))


def _place(parts: SplitResult, port: int | None) -> tuple[str | None, int | None]:
    if parts.username is not None:
        raise ValueError("a host has no user")
    return parts.hostname, parts.port or port


def _option(name: str) -> str:
    """A host name as it is typed; what could not be one is left to the reader."""
    fits = name.isascii() and name.replace("-", "").replace(".", "").isalnum()
    return name if fits and len(name) < 80 else "NAME"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    return _is_address(address) and ipaddress.ip_address(address).is_loopback
