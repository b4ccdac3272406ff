"""Ties the server together: builder, watcher, inbox, web server, and their end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import multiprocessing
import os
import socket
import threading
import time
import webbrowser
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from site_gen.build import theme_reader
from site_gen.content import loader, site_day, site_paths
from site_gen.core import console
from site_gen.core.errors import SiteError
from site_gen.core.internal_links import Links
from site_gen.ingest import add_pages
from site_gen.serve.build_thread import Live, State
from site_gen.serve.event_stream import Hub
from site_gen.serve.file_watcher import Hints, Watcher
from site_gen.serve.http_server import LOOPBACK, Server, listen, quiet_logs, signals, url_of
from site_gen.serve.inbox import Inbox
from site_gen.serve.keyboard import Keys
from site_gen.serve.removed_tags import Removals
from site_gen.serve.request_guard import Hosts, is_loopback
from site_gen.serve.site_app import Served, application
from site_gen.serve.status_lines import Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from site_gen.serve.builder_protocol import Builder, Changed

STOPPED, INTERRUPTED = 0, 130
_PATIENCE = 0.5  # seconds that work under way is given to end by itself
_CLEANING = 4.0  # and then to fail; it needs them only while worker processes of a large build are starting
_MOMENT = 0.02


def serve(
    site: Path,
    out: Path,
    builder: Builder,
    *,
    known: Changed | None = None,
    host: str = LOOPBACK,
    port: int | None = None,
    base_path: str | Callable[[], str] = "/",
    open_browser: bool = False,
    stop: threading.Event | None = None,
    started: Callable[[str], None] = lambda _url: None,
) -> int:
    """Build a site, serve it, and keep it up to date until Ctrl-C or SIGTERM.

    known: what is known of a site that is up to date already: it is served before the builder begins.
    port: None for 8000 or the next free one; 0 for any. base_path: where the site's links lead, as a text or
    asked after each refresh. stop: set by another thread to end. started: called with the address once
    the server answers. Gives STOPPED, or INTERRUPTED when work had to be left undone.
    Raises what the builder raises at first, and UsageError when there is no such host or port.
    """
    site, out = Path(os.path.abspath(site)), Path(os.path.abspath(out))  # noqa: PTH100  links stay as they are
    stop = stop or threading.Event()
    listener = listen(host, port)
    address, bound_port = listener.getsockname()[:2]
    teller, hints = Teller(), Hints()
    path = base_path if callable(base_path) else lambda: base_path

    def told(before: State, now: State, change: Changed) -> None:
        teller.tell(before, now, change)
        unknown = now.build != before.build and not change.urls
        hub.publish(now, None if unknown else change.urls)
        removals.take(change.taken)
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

    saved = site / site_paths.SAVED
    watcher = Watcher(_roots(site), seen)
    live = Live(builder, hints, tell=told, prepare=watch, base_path=path, known=known)
    hub = Hub(lambda: live.state)
    keys = Keys(lambda key: removals.answer(key))  # noqa: PLW0108  made below
    removals = Removals(site, ask=keys.want, tell=teller.line)
    inbox = Inbox(site, partial(_add, site), complain=live.complain, tell=teller.line)
    hosts = Hosts.of(host, bound_port, socket.gethostname())
    server = Server(application(Served(out, lambda: live.state, hub), hosts), stop)
    server.opening, server.closing = hub.open, hub.close

    def ready() -> None:
        url = url_of(host, address, bound_port, live.state.base_path)
        teller.line(f"serving    {url}   (Ctrl-C stops; drop saved pages into {add_pages.INBOX}/)")
        if not is_loopback(address):
            teller.line("note: everybody who reaches this machine over the network can read this site now")
        if open_browser:  # it may wait for the browser
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        started(url)

    server.ready = ready
    with contextlib.closing(listener), signals(stop), quiet_logs():
        try:
            return STOPPED if _until_stopped(live, inbox, server, listener, stop) else INTERRUPTED
        finally:
            keys.stop()
            watcher.stop()


def _until_stopped(live: Live, inbox: Inbox, server: Server, listener: socket.socket, stop: threading.Event) -> bool:
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
    if live.is_loading:
        return inbox.stop(_PATIENCE)  # the thread ends with the process
    end = time.monotonic() + _PATIENCE
    whole = inbox.stop(_PATIENCE) & live.stop(max(0.0, end - time.monotonic()))
    end += _CLEANING
    ended = whole
    while not ended and time.monotonic() < end:
        for child in multiprocessing.active_children():
            child.kill()
        ended = inbox.stop(_MOMENT) & live.stop(_MOMENT)
    return whole


def leave(status: int) -> NoReturn:
    """End the process, whatever its threads are at: Python would wait for them.

    No file can be left half: each is written beside its place and then moved. Locks end with this process.
    """
    gc.collect()  # pools that failed give back their semaphores, or the system's tracker would complain
    with contextlib.suppress(OSError):
        console.flush()
    os._exit(status)


def base_path_of(site: Path, base_url: str | None) -> Callable[[], str]:
    """The path that a site's links lead to: of `base_url`, or as `content/site.yaml` says each time it is
    asked. Where that cannot be read, what it said before."""
    last = "/"

    def ask() -> str:
        nonlocal last
        with contextlib.suppress(SiteError, OSError):
            last = "/" + Links(base_url or loader.load_config(site, []).base_url).base_path.lstrip("/")
        return last

    return ask


def _roots(site: Path) -> list[Path]:
    """The folders whose files make the site. The theme that is part of an installed program never changes."""
    ours = [folder for folder in theme_reader.folders(site) if folder != theme_reader.PACKAGED]
    return [site / "content", site / "templates", *ours]


def _add(site: Path, paths: Sequence[str]) -> Iterator[add_pages.Outcome]:
    return add_pages.add(site, paths, site_day.today(site))
