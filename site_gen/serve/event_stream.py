"""Tell all open pages what changed, by server-sent events (WHATWG HTML, "Server-sent events")."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import TYPE_CHECKING

from site_gen.core.urls import percent_encoded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from site_gen.core.errors import Problem
    from site_gen.serve.build_thread import SiteStatus

HEARTBEAT = 15.0  # seconds: only writing shows that nobody reads any more
_RETRY = 500  # milliseconds until a browser asks again after the connection ended
_QUEUE_LENGTH = 16  # events for one page that reads slowly; then one that says "look yourself" stands for all
_MOST_URLS = 500  # in one event
_MOST_PROBLEMS = 50  # in one event


class EventHub:
    """Sends events to the pages that listen.

    `publish` and `close` may be called from any thread, the rest from the thread of the event loop.
    """

    def __init__(
        self,
        status: Callable[[], SiteStatus],
        heartbeat: float = HEARTBEAT,
        next_steps: Callable[[], tuple[Problem, ...]] = tuple,
    ) -> None:
        """Make a hub without pages.

        status: gives the current one. heartbeat: seconds between signs of life. next_steps: gives what a new site
        lacks, which is shown where nothing is wrong.
        """
        self._next_steps = next_steps
        self._status, self._heartbeat = status, heartbeat
        # Every server counts its builds from one: a page that outlives a restart must not take one for the other.
        self._run_id = secrets.token_hex(4)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queues: set[asyncio.Queue[str | None]] = set()  # one a page; None ends its stream
        self._is_closed = False

    def build_id(self, status: SiteStatus) -> str:
        """Return the name of a build, unlike that of any other, also after a restart."""
        return f"{self._run_id}.{status.build}"

    def open(self) -> None:
        """Begin to send events; called in the loop that serves the pages."""
        self._loop = asyncio.get_running_loop()

    def publish(self, status: SiteStatus, urls: Sequence[str] | None) -> None:
        """Tell all pages the status, and which site paths changed with it; None where that is not known."""
        self._call_in_loop(lambda: self._send(self._event(status, urls)))

    def close(self) -> None:
        """End all streams: a server that stops must not wait for its pages."""
        self._call_in_loop(self._end)

    def _call_in_loop(self, callback: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback)

    def _end(self) -> None:
        self._is_closed = True
        self._send(None)

    def _send(self, event: str | None) -> None:
        for queue in self._queues:
            if queue.full():  # a page that reads slowly needs no history, only to know that there was one
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(event and self._event(self._status(), None))
            else:
                queue.put_nowait(event)

    def _event(self, status: SiteStatus, urls: Sequence[str] | None) -> str:
        """Return one event as it is sent.

        Its `urls` is null where a page has to look for itself: at the start, and when a list would be long.
        """
        listed_urls = None if urls is None or len(urls) > _MOST_URLS else urls
        base = status.base_path.rstrip("/")
        problems = status.problems or status.untagged or self._next_steps()
        data = {
            "build": self.build_id(status),
            "urls": None if listed_urls is None else [base + percent_encoded(url) for url in listed_urls],
            "problems": [
                {"where": problem.where, "what": problem.what, "mend": problem.mend}
                for problem in problems[:_MOST_PROBLEMS]
            ],
            "is_wrong": bool(status.problems),  # else `problems` are what is left to do
            "more": max(0, len(status.problems) - _MOST_PROBLEMS),
        }
        return f"data: {json.dumps(data)}\n\n"  # ASCII, and no line ends within: an event ends with its line

    async def events(self) -> AsyncIterator[str]:
        """Yield what one page is sent, from now until it goes or the server stops."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(_QUEUE_LENGTH)
        if self._is_closed:
            return
        self._queues.add(queue)
        try:
            yield f"retry: {_RETRY}\n\n{self._event(self._status(), None)}"
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), self._heartbeat)
                except TimeoutError:
                    event = ":\n\n"  # a comment: the heartbeat
                if event is None:
                    return
                yield event
        finally:
            self._queues.discard(queue)
