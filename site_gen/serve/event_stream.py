"""Tells all open pages what changed: server-sent events (WHATWG HTML, "Server-sent events")."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import TYPE_CHECKING

from site_gen.core.urls import encoded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from site_gen.serve.build_thread import State

HEARTBEAT = 15.0  # seconds: writing is what finds out that nobody reads any more
_RETRY = 500  # milliseconds until a browser asks again after the connection ended
_WAITING = 16  # messages for one page that reads slowly; then one that says "look yourself" stands for all
_MOST_URLS = 500
_MOST_PROBLEMS = 50


class Hub:
    """The pages that listen. `publish` and `close` may be called from any thread, the rest from the loop's."""

    def __init__(self, state: Callable[[], State], heartbeat: float = HEARTBEAT) -> None:
        self._state, self._heartbeat = state, heartbeat
        # Two servers count from one alike: a page that outlives a restart must not take one for the other.
        self._run = secrets.token_hex(4)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pages: set[asyncio.Queue[str | None]] = set()
        self._closed = False

    def build_of(self, state: State) -> str:
        """The name of a build, unlike that of any other, also after a restart."""
        return f"{self._run}.{state.build}"

    def open(self) -> None:
        """Begin; called in the loop that the pages are served by."""
        self._loop = asyncio.get_running_loop()

    def publish(self, state: State, urls: Sequence[str] | None) -> None:
        """Tell all pages the state and which site paths changed with it; None where that is not known."""
        self._call(lambda: self._send(self._message(state, urls)))

    def close(self) -> None:
        """End all streams: a server that stops must not wait for its pages."""
        self._call(self._end)

    def _call(self, work: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(work)

    def _end(self) -> None:
        self._closed = True
        self._send(None)

    def _send(self, message: str | None) -> None:
        for page in self._pages:
            if page.full():  # a page that reads slowly needs no history, only to know that there was one
                while not page.empty():
                    page.get_nowait()
                page.put_nowait(message and self._message(self._state(), None))
            else:
                page.put_nowait(message)

    def _message(self, state: State, urls: Sequence[str] | None) -> str:
        """One event. `urls` is null where a page has to look for itself: at the start, and when a list
        would be long."""
        many = urls is None or len(urls) > _MOST_URLS
        base = state.base_path.rstrip("/")
        data = {
            "build": self.build_of(state),
            "urls": None if many or urls is None else [base + encoded(url) for url in urls],
            "problems": [
                {"where": problem.where, "what": problem.what, "mend": problem.mend}
                for problem in state.problems[:_MOST_PROBLEMS]
            ],
            "more": max(0, len(state.problems) - _MOST_PROBLEMS),
        }
        return f"data: {json.dumps(data)}\n\n"  # ASCII, and no line ends within: an event ends with its line

    async def stream(self) -> AsyncIterator[str]:
        """What one page is sent, from now until it goes or the server stops."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(_WAITING)
        if self._closed:
            return
        self._pages.add(queue)
        try:
            yield f"retry: {_RETRY}\n\n{self._message(self._state(), None)}"
            while True:
                try:
                    message = await asyncio.wait_for(queue.get(), self._heartbeat)
                except TimeoutError:
                    message = ":\n\n"
                if message is None:
                    return
                yield message
        finally:
            self._pages.discard(queue)
