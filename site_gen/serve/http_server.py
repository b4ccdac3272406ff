"""A small HTTP server on one address: where it listens, what it bears, and how it ends."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import threading
from typing import TYPE_CHECKING

import uvicorn

from site_gen.core import console
from site_gen.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"
PORT = 8000
_TRIES = 20  # further ports, where nobody asked for a certain one
_CONNECTIONS = 200  # at once; a browser opens six
_HEAD_BYTES = 32 * 1024  # of a request; browsers send one or two thousand


def listen(host: str, port: int | None) -> socket.socket:
    """A socket bound to the host and the port, or to the next free port where none was asked for."""
    last = None
    if port is not None and not 0 <= port < 2**16:
        raise UsageError(f"{port} is no port; ports go from 0 to 65535")
    for candidate in range(PORT, PORT + _TRIES + 1) if port is None else (port,):
        try:
            return _bind(host, candidate)
        except socket.gaierror as error:
            raise UsageError(f"there is no host {host} ({error.strerror}); name an address of this machine") from None
        except OSError as error:
            last = error
    asked = f"port {port}" if port is not None else f"none of the ports {PORT} to {PORT + _TRIES}"
    raise UsageError(f"cannot serve on {host}, {asked}: {last and last.strerror}; try another --port or --host")


def _bind(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # a port that was left a minute ago is free; on Windows this would take it from others
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()  # now, so that a taken port shows now
    except BaseException:
        listener.close()
        raise
    return listener


def url_of(host: str, address: str, port: int, base_path: str) -> str:
    """An address that a person can open: nobody can open 0.0.0.0 everywhere."""
    name = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(address, host)  # noqa: S104  not bound, replaced
    return f"http://{f'[{name}]' if ':' in name else name}:{port}{base_path}"


def configured(app: ASGIApp) -> uvicorn.Config:
    """How uvicorn serves an application."""
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",  # not httptools where that is installed: it has no limit on the head of a request
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # nothing stands before us whose word on the client would count
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )


class Server(uvicorn.Server):
    """uvicorn's server, ended by an event instead of by its own signal handlers: those raise the signal
    again when all is done, which would make an error of a Ctrl-C."""

    def __init__(self, app: ASGIApp, stop: threading.Event) -> None:
        super().__init__(configured(app))
        self._stop = stop
        self.opening: Callable[[], None] = lambda: None  # called before it answers
        self.ready: Callable[[], None] = lambda: None  # once it does
        self.closing: Callable[[], None] = lambda: None  # before it waits for what is under way

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them to whoever started us."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer, then say so."""
        self.opening()
        await super().startup(sockets)
        self.ready()

    async def on_tick(self, counter: int) -> bool:
        """Asked ten times a second whether to end."""
        return await super().on_tick(counter) or self._stop.is_set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what would never end by itself first, or it would be waited for."""
        self.closing()
        await super().shutdown(sockets)


@contextlib.contextmanager
def signals(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM set the event; a second Ctrl-C is a KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():  # only there can handlers be set
        yield
        return

    def handle(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, before[number])

    names = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last on Windows only
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def quiet_logs() -> Iterator[None]:
    """Errors of the libraries as one line each, the rest not at all: without a handler Python would print
    warnings such as one for each malformed request."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            cause = record.exc_info[1] if record.exc_info else None
            reason = f": {type(cause).__name__}: {cause}" if cause else ""
            console.error(f"site-gen: {record.getMessage().strip()}{reason}")

    handlers = {
        "uvicorn": Handler(logging.ERROR),
        "asyncio": Handler(logging.ERROR),
        "watchdog": logging.NullHandler(),  # what it misses, the next look at everything finds
    }
    loggers = {logging.getLogger(name): handler for name, handler in handlers.items()}
    before = {logger: logger.propagate for logger in loggers}
    for logger, handler in loggers.items():
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, handler in loggers.items():
            logger.removeHandler(handler)
            logger.propagate = before[logger]
