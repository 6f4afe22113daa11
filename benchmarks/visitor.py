"""A visitor without a browser: speaks the websocket protocol of Streamlit 1.67 as its page in a browser does.

Talks to 127.0.0.1 only, over one connection; every wait ends. What the protocol asks for: the subprotocol "streamlit",
protobuf in both directions (BackMsg out, ForwardMsg in), no origin and so no XSRF cookie.
Not covered: drawing, files, uploads, values of browser components. A time ends when the last message has arrived.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from math import inf
from typing import Any
from urllib.parse import parse_qsl, urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

WAIT = 60.0  # seconds for any one answer
LOOK = 0.05  # seconds between two looks at something that will come
LARGEST = 50_000_000  # bytes of one message, as in .streamlit/config.toml
SHORTEST_TICK = 0.1  # seconds: a fragment that wants to run more often does not get it here


class VisitError(Exception):
    """The page did not do what a visitor may expect; the message names the visitor's act or the page's exception."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One full run of the script. seconds: from asking until it is known to have finished; size: bytes received."""

    seconds: float
    messages: int
    size: int


@asynccontextmanager
async def visit(port: int, query: str = "") -> AsyncIterator[Visitor]:
    """Open the page at 127.0.0.1:port/?query, wait until it stands, and close it at the end."""
    connection = await connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        max_size=LARGEST,
        compression=None,
        open_timeout=WAIT,
        proxy=None,
    )
    visitor = Visitor(connection, query)
    try:
        await visitor.reload()
        yield visitor
    finally:
        await visitor.leave()


class Visitor:
    """One open tab. Widgets are named by their key, or by their label where they have none.

    ticks      runs of fragments that have finished since the visit began
    progress   the text of the progress bar drawn last
    """

    def __init__(self, connection: ClientConnection, query: str) -> None:
        self._connection = connection
        self._query = dict(parse_qsl(query))
        self._page = ""
        self._widgets: dict[str, Any] = {}  # by key: the widget's newest message
        self._states: dict[str, WidgetState] = {}  # by id: what this visitor has set
        self._kept: set[str] = set()  # hashes of messages that the server need not send again
        self._ticking: dict[str, asyncio.Task[None]] = {}  # by fragment
        self._finished: asyncio.Queue[float] = asyncio.Queue()
        self._problem, self._running = "", False
        self._messages = self._size = 0
        self.ticks = 0
        self.progress = ""
        self._listener = asyncio.create_task(self._listen())

    async def leave(self) -> None:
        """Stop asking and close the connection, as closing the tab does."""
        self._stop_ticking()
        self._listener.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                await self._connection.close()

    async def reload(self) -> Answer:
        """Run the script again, nothing changed."""
        return await self._ask("reload")

    async def choose(self, key: str, value: str) -> Answer:
        """Choose an option of a selectbox; where the box is bound to the URL, the URL follows as in a browser."""
        box = self._widget(key)
        self._states[box.id] = WidgetState(id=box.id, string_value=value)
        if box.query_param_key:
            self._query[box.query_param_key] = value
        return await self._ask(f"choose {key} {value}")

    async def press(self, key: str) -> Answer:
        """Press a button that is not greyed out."""
        button = self._widget(key)
        if button.disabled:
            raise VisitError(f"press {key}: the button is greyed out")
        return await self._ask(f"press {key}", WidgetState(id=button.id, trigger_value=True))

    async def reruns(
        self, key: str, values: Sequence[str], count: int, pause: float, until: float = inf
    ) -> list[float]:
        """Milliseconds of each of `count` choices, the values in turn; `pause` seconds after each.

        Ends early where time.monotonic() passes `until`.
        """
        taken: list[float] = []
        while len(taken) < count and time.monotonic() < until:
            taken.append(1000 * (await self.choose(key, values[len(taken) % len(values)])).seconds)
            await asyncio.sleep(pause)
        return taken

    def can_press(self, key: str) -> bool:
        return key in self._widgets and not self._widgets[key].disabled

    async def until(self, what: str, seen: Callable[[], bool], seconds: float = WAIT) -> None:
        """Look at the page whenever it stands, until `seen`. After `seconds` raises VisitError, naming `what`."""
        deadline = time.monotonic() + seconds
        while self._running or not seen():
            self._check(what)
            if time.monotonic() > deadline:
                raise VisitError(f"{what}: not within {seconds:g} s; the progress bar says {self.progress!r}")
            await asyncio.sleep(LOOK)

    async def _ask(self, what: str, pressed: WidgetState | None = None) -> Answer:
        while not self._finished.empty():
            self._finished.get_nowait()
        messages, size, began = self._messages, self._size, time.perf_counter()
        await self._send(pressed)
        try:
            async with asyncio.timeout(WAIT):
                ended = await self._finished.get()
        except TimeoutError:
            raise VisitError(f"{what}: no answer within {WAIT:g} s") from None
        self._check(what)
        return Answer(ended - began, self._messages - messages, self._size - size)

    async def _send(self, pressed: WidgetState | None = None, fragment: str = "") -> None:
        """Ask for a run with all that was set; a press counts for this run only."""
        widgets = [*self._states.values(), *([pressed] if pressed else [])]
        wish = ClientState(
            query_string=urlencode(self._query),
            widget_states=WidgetStates(widgets=widgets),
            page_script_hash=self._page,
            fragment_id=fragment,
            is_auto_rerun=bool(fragment),
            cached_message_hashes=self._kept,
        )
        await self._connection.send(BackMsg(rerun_script=wish).SerializeToString())

    async def _listen(self) -> None:
        try:
            async for data in self._connection:
                if isinstance(data, bytes):
                    self._messages += 1
                    self._size += len(data)
                    self._hear(ForwardMsg.FromString(data))
            self._problem = self._problem or "the server closed the connection"
        finally:
            self._finished.put_nowait(time.perf_counter())  # nobody shall wait for an answer that cannot come

    def _hear(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable and message.hash:
            self._kept.add(message.hash)
        match message.WhichOneof("type"):
            case "new_session":
                self._page, self._running = message.new_session.page_script_hash, True
                if not message.metadata.run.fragment_ids:
                    self._stop_ticking()
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                self._draw(message.delta.new_element)
            case "auto_rerun":
                self._tick_from_now(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._stop_ticking(fragment)
            case "script_finished":
                self._finish(message.script_finished)

    def _finish(self, status: int) -> None:
        self._running = False
        if status == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            self.ticks += 1
        elif status != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                self._problem = self._problem or "the script does not compile"
            self._finished.put_nowait(time.perf_counter())

    def _draw(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        drawn = getattr(element, kind) if kind else None
        if kind == "exception":
            self._problem = self._problem or f"{element.exception.type}: {element.exception.message}"
        elif kind == "progress":
            self.progress = element.progress.text
        elif widget := getattr(drawn, "id", ""):
            key = widget.split("-", 2)[-1]  # "$$ID-hash-key", the key "None" where the program gave none
            self._widgets[key if key != "None" else getattr(drawn, "label", "")] = drawn

    def _tick_from_now(self, fragment: str, interval: float) -> None:
        self._stop_ticking(fragment)
        self._ticking[fragment] = asyncio.create_task(self._tick(fragment, max(SHORTEST_TICK, interval)))

    async def _tick(self, fragment: str, interval: float) -> None:
        """Ask for the fragment every `interval` seconds, whether or not the last answer is there, as a browser does."""
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(interval)
                await self._send(fragment=fragment)

    def _stop_ticking(self, fragment: str | None = None) -> None:
        for name in [fragment] if fragment is not None else list(self._ticking):
            if task := self._ticking.pop(name, None):
                task.cancel()

    def _widget(self, key: str) -> Any:
        if key not in self._widgets:
            raise VisitError(f"{key}: the page has no such widget, only {', '.join(sorted(self._widgets))}")
        return self._widgets[key]

    def _check(self, what: str) -> None:
        if self._listener.done():
            self._listener.result()  # raises what ended it
        if self._problem:
            raise VisitError(f"{what}: {self._problem}")
