"""Ties the server together: builder, watcher, inbox, web server, and their end."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gc
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
import webbrowser
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import uvicorn

from site_gen import add, console, content, theme
from site_gen.errors import SiteError, UsageError
from site_gen.links import Links
from site_gen.serve.guard import Hosts, is_loopback
from site_gen.serve.hub import Hub
from site_gen.serve.inbox import Inbox
from site_gen.serve.live import Live, State
from site_gen.serve.protocol import PromptProtocol
from site_gen.serve.telling import Teller
from site_gen.serve.watch import Hints, Watcher
from site_gen.serve.web import Served, application

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from starlette.types import ASGIApp

    from site_gen.serve.builder import Builder, Changed

STOPPED, INTERRUPTED = 0, 130
LOOPBACK = "127.0.0.1"
PORT = 8000
_TRIES = 20  # further ports, where nobody asked for a certain one
_PATIENCE = 0.5  # seconds that work under way is given to end by itself
_CLEANING = 4.0  # and then to fail; it needs them only while worker processes of a large build are starting
_MOMENT = 0.02
_CONNECTIONS = 200  # at once; a browser opens six
_HEAD_BYTES = 32 * 1024  # of a request; browsers send one or two thousand


def serve(
    site: Path,
    out: Path,
    builder: Builder,
    *,
    host: str = LOOPBACK,
    port: int | None = None,
    base_path: str | Callable[[], str] = "/",
    open_browser: bool = False,
    stop: threading.Event | None = None,
    started: Callable[[str], None] = lambda _url: None,
) -> int:
    """Build a site, serve it, and keep it up to date until Ctrl-C or SIGTERM.

    port: None for 8000 or the next free one; 0 for any. base_path: where the site's links lead, as a text or
    asked after each refresh. stop: set by another thread to end. started: called with the address once
    the server answers. Gives STOPPED, or INTERRUPTED when work had to be left undone.
    Raises what the builder raises at first, and UsageError when there is no such host or port.
    """
    site, out = Path(os.path.abspath(site)), Path(os.path.abspath(out))  # noqa: PTH100  links stay as they are
    stop = stop or threading.Event()
    listener = _listen(host, port)
    address, bound_port = listener.getsockname()[:2]
    teller, hints = Teller(), Hints()
    path = base_path if callable(base_path) else lambda: base_path

    def told(before: State, now: State, change: Changed) -> None:
        teller.tell(before, now, change)
        unknown = now.build != before.build and not change.urls
        hub.publish(now, None if unknown else change.urls)
        if not change.problems:
            inbox.wake()  # what could not be added while the site was wrong, or came without an event

    def seen(changed: Path) -> None:
        if changed.is_relative_to(saved) or saved.is_relative_to(changed):
            inbox.wake()
        if not changed.is_relative_to(saved):
            hints.put(changed)

    def watch() -> None:
        for failure in watcher.renew():
            teller.once(f"note: {failure.filename} cannot be watched ({failure.strerror}); changes show up more slowly")

    saved = site / content.SAVED
    watcher = Watcher(_roots(site), seen)
    live = Live(builder, hints, tell=told, prepare=watch, base_path=path)
    hub = Hub(lambda: live.state)
    inbox = Inbox(site, partial(_add, site), complain=live.complain, tell=teller.line)
    hosts = Hosts.of(host, bound_port, socket.gethostname())
    server = _Server(_config(application(Served(out, lambda: live.state, hub), hosts)), hub, stop)

    def ready() -> None:
        url = _url(host, address, bound_port, live.state.base_path)
        teller.line(f"serving    {url}   (Ctrl-C stops; drop saved pages into {add.INBOX}/)")
        if not is_loopback(address):
            teller.line("note: everybody who reaches this machine over the network can read this site now")
        if open_browser:  # it may wait for the browser
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        started(url)

    server.ready = ready
    with contextlib.closing(listener), _signals(stop), _quiet_logs():
        try:
            return STOPPED if _until_stopped(live, inbox, server, listener, stop) else INTERRUPTED
        finally:
            watcher.stop()


def _until_stopped(live: Live, inbox: Inbox, server: _Server, listener: socket.socket, stop: threading.Event) -> bool:
    """Build, then serve. Whether all that was under way came to its end."""
    try:
        live.start()
        while not live.first(0.1) and not stop.is_set():
            pass
        if not stop.is_set():
            inbox.start()
            asyncio.run(server.serve(sockets=[listener]))
    finally:
        whole = _end(live, inbox)
    return whole


def _end(live: Live, inbox: Inbox) -> bool:
    """End the threads. Whether both came to the end of what they were at.

    A build that is drawing ten thousand pages does not: without its worker processes it fails, and cleans up
    behind itself. What they write is moved to its place only when all of it is there.
    """
    live.end()
    end = time.monotonic() + _PATIENCE
    whole = inbox.stop(_PATIENCE) & live.stop(max(0.0, end - time.monotonic()))
    end += _CLEANING
    ended = whole
    while not ended and time.monotonic() < end:
        for child in multiprocessing.active_children():
            child.kill()
        ended = inbox.stop(_MOMENT) & live.stop(_MOMENT)
    return whole


def leave() -> NoReturn:
    """End the process with INTERRUPTED, whatever its threads are at: Python would wait for them.

    No file can be left half: each is written beside its place and then moved. Locks end with this process.
    """
    gc.collect()  # pools that failed give back their semaphores, or the system's tracker would complain
    with contextlib.suppress(OSError):
        console.flush()
    os._exit(INTERRUPTED)


def base_path_of(site: Path, base_url: str | None) -> Callable[[], str]:
    """The path that a site's links lead to: of `base_url`, or as `content/site.yaml` says each time it is
    asked. Where that cannot be read, what it said before."""
    last = "/"

    def ask() -> str:
        nonlocal last
        with contextlib.suppress(SiteError, OSError):
            last = "/" + Links(base_url or content.load_config(site, []).base_url).base_path.lstrip("/")
        return last

    return ask


def _roots(site: Path) -> list[Path]:
    """The folders whose files make the site. The theme that is part of an installed program never changes."""
    packaged = Path(theme.__file__).parent
    ours = [folder for folder in theme.folders(site) if not folder.is_relative_to(packaged)]
    return [site / "content", site / "templates", *ours]


def _add(site: Path, paths: Sequence[str]) -> Iterator[add.Outcome]:
    return add.add(site, paths, dt.datetime.now().astimezone().date())


def _listen(host: str, port: int | None) -> socket.socket:
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


def _url(host: str, address: str, port: int, base_path: str) -> str:
    """An address that a person can open: nobody can open 0.0.0.0 everywhere."""
    name = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(address, host)  # noqa: S104  not bound, replaced
    return f"http://{f'[{name}]' if ':' in name else name}:{port}{base_path}"


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=PromptProtocol,
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


class _Server(uvicorn.Server):
    """uvicorn's server, ended by an event instead of by its own signal handlers: those raise the signal
    again when all is done, which would make an error of a Ctrl-C."""

    def __init__(self, config: uvicorn.Config, hub: Hub, stop: threading.Event) -> None:
        super().__init__(config)
        self._hub, self._stop = hub, stop
        self.ready: Callable[[], None] = lambda: None

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them to whoever started us."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer, then say so."""
        self._hub.open()
        await super().startup(sockets)
        self.ready()

    async def on_tick(self, counter: int) -> bool:
        """Asked ten times a second whether to end."""
        return await super().on_tick(counter) or self._stop.is_set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams first, or they would be waited for."""
        self._hub.close()
        await super().shutdown(sockets)


@contextlib.contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
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
def _quiet_logs() -> Iterator[None]:
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
