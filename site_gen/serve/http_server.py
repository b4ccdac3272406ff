"""A small HTTP server on one address: where it listens, what it takes, and how it ends."""

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
_MORE_PORTS = 20  # that are tried where nobody asked for a certain one
_CONNECTIONS = 200  # at once; a browser opens six
_HEAD_BYTES = 32 * 1024  # of a request; browsers send one or two thousand


def listen(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens at `host` and `port`; None: at PORT or the next free one.

    Raises UsageError where that is not possible.
    """
    last_error = None
    if port is not None and not 0 <= port < 2**16:
        raise UsageError(f"{port} is not a port; ports go from 0 to 65535")
    for candidate in range(PORT, PORT + _MORE_PORTS + 1) if port is None else (port,):
        try:
            return _bind(host, candidate)
        except socket.gaierror as error:
            raise UsageError(f"there is no host {host} ({error.strerror}); name an address of this machine") from None
        except UnicodeError:  # a label of a name that is empty or too long (IDNA)
            raise UsageError(f"there is no host {host}; name an address of this machine") from None
        except OSError as error:
            last_error = error
    ports = f"port {port}" if port is not None else f"none of the ports {PORT} to {PORT + _MORE_PORTS}"
    reason = last_error and last_error.strerror
    raise UsageError(f"cannot serve on {host}, {ports}: {reason}; try another --port or --host")


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
    """Return a URL that a person can open; `address` is where the server listens at `host`.

    Nobody can open 0.0.0.0 everywhere: the loopback stands for it.
    """
    name = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(address, host)  # noqa: S104  not bound, replaced
    return f"http://{f'[{name}]' if ':' in name else name}:{port}{base_path}"


class HttpServer(uvicorn.Server):
    """uvicorn's server, ended by an event instead of by its own signal handlers.

    Those raise the signal again when all is done, which would make an error of a Ctrl-C.
    """

    def __init__(self, app: ASGIApp, stop: threading.Event) -> None:
        """Take the application to serve, and the event that ends the server."""
        super().__init__(
            uvicorn.Config(
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
        )
        self._stop = stop
        self.before_start: Callable[[], None] = lambda: None  # called in the server's loop before it answers
        self.after_start: Callable[[], None] = lambda: None  # once it answers
        self.before_end: Callable[[], None] = lambda: None  # before it waits for what is under way

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever started the server."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        self.before_start()
        await super().startup(sockets)
        self.after_start()

    async def on_tick(self, counter: int) -> bool:
        """Tell whether to end; uvicorn asks ten times a second."""
        return await super().on_tick(counter) or self._stop.is_set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; first of all what would never end by itself, or it would be waited for."""
        self.before_end()
        await super().shutdown(sockets)


@contextlib.contextmanager
def stop_on_signals(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM set the event; a second Ctrl-C is a KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():  # only there can handlers be set
        yield
        return

    def handle(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, handlers_before[number])

    names = ("SIGINT", "SIGTERM", "SIGBREAK")  # the last on Windows only
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    handlers_before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield
    finally:
        for number, handler in handlers_before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def quiet_logs() -> Iterator[None]:
    """Print errors of the libraries as one line each, and the rest of their logs not at all.

    Without a handler Python would print warnings such as one for each malformed request.
    """
    handlers = {
        "uvicorn": _ConsoleHandler(logging.ERROR),
        "asyncio": _ConsoleHandler(logging.ERROR),
        "watchdog": logging.NullHandler(),  # what it misses, the next look at everything finds
    }
    loggers = {logging.getLogger(name): handler for name, handler in handlers.items()}
    propagated_before = {logger: logger.propagate for logger in loggers}
    for logger, handler in loggers.items():
        logger.addHandler(handler)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, handler in loggers.items():
            logger.removeHandler(handler)
            logger.propagate = propagated_before[logger]


class _ConsoleHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        """Print a log record with its exception on one line."""
        cause = record.exc_info[1] if record.exc_info else None
        reason = f": {type(cause).__name__}: {cause}" if cause else ""
        console.print_error(f"site-gen: {record.getMessage().strip()}{reason}")
