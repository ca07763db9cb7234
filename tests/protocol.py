"""A browser tab without the browser: speaks Streamlit's websocket protocol to a real server.

    with Tab(server.url) as tab:
        tab.run()                      # the first run of the page
        tab.press("Train")
        assert "running" in tab.texts

It holds what is on the screen after each run and raises as soon as an exception is shown there.
"""

from __future__ import annotations

import contextlib
from socket import create_connection
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 60.0  # seconds after which a silent server is a failure
TEXTS = ("markdown", "text", "alert", "heading", "metric")
WHOLE = ForwardMsg.FINISHED_SUCCESSFULLY


class Tab:
    """One session: connect, run, look, press, close. `session` takes a dropped one up again."""

    def __init__(
        self,
        url: str,
        page: str = "",
        query: str = "",
        session: str = "",
        host: str = "",
        scheme: str = "http",
    ) -> None:
        self.url, self.page, self.query = url.rstrip("/"), page, query
        self.session, self.host, self.scheme = session, host or urlsplit(url).netloc, scheme
        self.elements: dict[tuple[int, ...], Delta] = {}
        self.timers: dict[str, float] = {}  # fragments that ask to be run every so many seconds
        self.values: dict[str, WidgetState] = {}
        self.close_code: int | None = None
        self._page_hash = ""
        self._drawn: set[tuple[int, ...]] = set()  # what the run under way has drawn so far
        self._socket: ClientConnection | None = None
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Tab:
        """Connect as a browser does that knows the server by the name `host`."""
        words = ["streamlit", *(["-", self.session] if self.session else [])]
        server = urlsplit(self.url)
        opening = connect(
            f"ws://{self.host}{server.path}/_stcore/stream",
            sock=create_connection((server.hostname, server.port), PATIENCE),
            origin=Origin(f"{self.scheme}://{self.host}"),
            subprotocols=[Subprotocol(word) for word in words],
            max_size=None,
            open_timeout=PATIENCE,
            ping_interval=None,
            compression=None,
        )
        self._socket = self._open.enter_context(opening)
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def socket(self) -> ClientConnection:
        """The open websocket."""
        assert self._socket is not None, "use the tab in a with statement"
        return self._socket

    def close(self) -> None:
        """Close the tab."""
        self._open.close()

    def send(self, message: BackMsg) -> None:
        """Send any message that a browser could send."""
        self.socket.send(message.SerializeToString())

    def ask(self, fragment: str = "", trigger: WidgetState | None = None) -> None:
        """Ask for a run without waiting for it."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash = self.query, self._page_hash
        state.page_name = "" if self._page_hash else self.page
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment) and trigger is None
        state.context_info.url = self.url
        state.widget_states.widgets.extend(self.values.values())
        if trigger is not None:
            state.widget_states.widgets.append(trigger)
        self.send(message)

    def run(self, fragment: str = "", trigger: WidgetState | None = None) -> None:
        """Run the page (or one timed fragment of it) and wait until it is on the screen."""
        self.ask(fragment, trigger)
        self.wait()

    def wait(self) -> None:
        """Take in what the server sends until a run has finished well."""
        well = (WHOLE, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
        while True:
            message = self.receive()
            if message.WhichOneof("type") == "script_finished" and message.script_finished in well:
                assert not self.exceptions, f"the page shows: {self.exceptions}"
                return
            assert message.WhichOneof("type") != "session_event" or not (
                message.session_event.HasField("script_compilation_exception")
            ), message.session_event.script_compilation_exception.message

    def receive(self) -> ForwardMsg:
        """Take in one message; a closed socket leaves its code in `close_code` and raises."""
        try:
            data = self.socket.recv(PATIENCE)
        except ConnectionClosed as closed:
            self.close_code = closed.rcvd.code if closed.rcvd else 1006
            raise
        message = ForwardMsg()
        message.ParseFromString(bytes(data) if not isinstance(data, str) else data.encode())
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
            self._page_hash = message.new_session.page_script_hash
            self._drawn = set()
        elif kind == "delta":
            self._drawn.add(tuple(message.metadata.delta_path))
            self.elements[tuple(message.metadata.delta_path)] = message.delta
        elif kind == "script_finished" and message.script_finished == WHOLE:
            self.elements = {at: self.elements[at] for at in sorted(self._drawn)}
        elif kind == "auto_rerun":
            self.timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self.timers.pop(fragment, None)
        return message

    def await_close(self) -> int:
        """Read until the server closes the socket; gives the close code."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                self.receive()
        assert self.close_code is not None
        return self.close_code

    @property
    def texts(self) -> list[str]:
        """Every text on the screen, from the first to the last element."""
        shown = [(kind, inner) for kind, inner, _ in self._shown() if kind in TEXTS]
        return [str(inner.body) for _, inner in shown]

    @property
    def exceptions(self) -> list[str]:
        """Every exception on the screen."""
        shown = [inner for kind, inner, _ in self._shown() if kind == "exception"]
        return [f"{inner.type}: {inner.message}" for inner in shown]

    def widget(self, label: str) -> Any:
        """The widget with this label."""
        return self._find(label)[0]

    def press(self, label: str) -> None:
        """Press a button and wait for the run that follows."""
        button, fragment = self._find(label)
        self.run(fragment, WidgetState(id=button.id, trigger_value=True))

    def choose(self, label: str, value: str | bool | float | list[float]) -> None:
        """Give a select box, radio, text field, switch, number field or slider a value; run."""
        widget, fragment = self._find(label)
        state = WidgetState(id=widget.id)
        if isinstance(value, bool):
            state.bool_value = value
        elif isinstance(value, str):
            state.string_value = value
        elif isinstance(value, list):
            state.double_array_value.data.extend(value)
        else:
            state.double_value = value
        self.values.pop(state.id, None)
        self.run(fragment, state)
        self.values[state.id] = state

    def _find(self, label: str) -> tuple[Any, str]:
        for _, inner, fragment in self._shown():
            if getattr(inner, "id", "") and getattr(inner, "label", "") == label:
                return inner, fragment
        raise AssertionError(f"there is no widget labelled {label!r}")

    def _shown(self) -> list[tuple[str, Any, str]]:
        """Every element from top to bottom: its kind, its message, and the fragment it is in."""
        found = []
        for _, delta in sorted(self.elements.items(), key=lambda item: item[0]):
            kind = delta.new_element.WhichOneof("type") if delta.HasField("new_element") else None
            if kind:
                found.append((str(kind), getattr(delta.new_element, kind), delta.fragment_id))
        return found
