"""HTTP/1.1 on a connection, as uvicorn speaks it, with an end to waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

SECONDS = 15.0  # for a request to come in whole; a browser sends one in a packet


class PromptProtocol(H11Protocol):
    """Closes a connection on which a request does not come to its end. uvicorn itself waits for ever:
    a few hundred silent connections would keep everybody else out."""

    seconds = SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The clock runs from the first moment."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Each part counts, and starts no new clock."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Between requests uvicorn's own clock runs."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        super().connection_lost(exc)
        self._forget()

    def _watch(self) -> None:
        idle = self.conn.their_state is h11.IDLE
        waiting = self.conn.their_state is h11.SEND_BODY or (idle and self.timeout_keep_alive_task is None)
        if not waiting:
            self._forget()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.seconds, self.transport.abort)

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
