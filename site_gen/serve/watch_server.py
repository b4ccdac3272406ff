"""Run the watch server: builder, watcher, inbox and web server, and their end."""

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
from site_gen.content import loader, next_step, site_day, site_paths
from site_gen.core import console
from site_gen.core.errors import SiteError
from site_gen.core.internal_links import Links
from site_gen.ingest import add_pages
from site_gen.serve.build_thread import BuildThread, SiteStatus
from site_gen.serve.event_stream import EventHub
from site_gen.serve.file_watcher import FileWatcher, HintQueue
from site_gen.serve.http_server import LOOPBACK, HttpServer, listen, quiet_logs, stop_on_signals, url_of
from site_gen.serve.inbox import Inbox
from site_gen.serve.keyboard import KeyListener
from site_gen.serve.removed_tags import RemovedTagsPrompt
from site_gen.serve.request_guard import AllowedHosts, is_loopback
from site_gen.serve.site_app import ServedSite, site_application
from site_gen.serve.status_lines import StatusPrinter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from site_gen.build.build_report import Report
    from site_gen.serve.builder_protocol import SiteBuilder

STOPPED, INTERRUPTED = 0, 130
_PATIENCE = 0.5  # seconds that work under way is given to end by itself
_CLEANUP_TIME = 4.0  # seconds to fail and clean up afterwards; used only while a large build's processes are starting
_KILL_INTERVAL = 0.02  # seconds between two attempts to end worker processes


def serve(
    site: Path,
    out: Path,
    builder: SiteBuilder,
    *,
    up_to_date: Report | None = None,
    host: str = LOOPBACK,
    port: int | None = None,
    base_path: str | Callable[[], str] = "/",
    open_browser: bool = False,
    stop: threading.Event | None = None,
    on_start: Callable[[str], None] = lambda _url: None,
) -> int:
    """Build a site, serve it, and keep it up to date until Ctrl-C or SIGTERM.

    up_to_date: what is known of a site whose output is up to date: it is served before the builder begins.
    port: None for 8000 or the next free one; 0 for any. base_path: where the site's links lead, as a text or asked
    after each refresh. stop: set by another thread to end. on_start: called with the address once the server answers.
    Return STOPPED, or INTERRUPTED when work had to be left undone.
    Raises what the builder raises at first, and UsageError when there is no such host or port.
    """
    site, out = Path(os.path.abspath(site)), Path(os.path.abspath(out))  # noqa: PTH100  links stay as they are
    stop = stop or threading.Event()
    listener = listen(host, port)
    address, bound_port = listener.getsockname()[:2]
    printer, hints = StatusPrinter(), HintQueue()
    ask_base_path = base_path if callable(base_path) else lambda: base_path

    def on_refresh(before: SiteStatus, now: SiteStatus, report: Report) -> None:
        printer.print_change(before, now, report)
        are_urls_unknown = now.build != before.build and not report.urls
        hub.publish(now, None if are_urls_unknown else report.urls)
        prompt.report(report.removed_tags)
        if not report.problems:
            inbox.wake()  # what could not be added while the site was wrong, or came without an event

    def on_file_event(path: Path) -> None:
        if path.is_relative_to(saved) or saved.is_relative_to(path):
            inbox.wake()
        if not path.is_relative_to(saved):
            hints.put(path)

    def renew_watches() -> None:
        for failure in watcher.renew():
            printer.print_once(
                f"note: {failure.filename} cannot be watched ({failure.strerror}); changes show up more slowly"
            )

    saved = site / site_paths.SAVED
    watcher = FileWatcher(_watched_folders(site), on_file_event)
    build_thread = BuildThread(
        builder,
        hints,
        on_change=on_refresh,
        before_refresh=renew_watches,
        base_path=ask_base_path,
        up_to_date=up_to_date,
    )
    hub = EventHub(lambda: build_thread.status, next_steps=lambda: tuple(next_step.next_step(site)))
    keys = KeyListener(lambda key: prompt.answer(key))  # noqa: PLW0108  made below
    prompt = RemovedTagsPrompt(site, listen=keys.listen, print_line=printer.print_line)
    inbox = Inbox(
        site, partial(_add, site), report_problems=build_thread.set_other_problems, print_line=printer.print_line
    )
    hosts = AllowedHosts.of(host, bound_port, socket.gethostname())
    server = HttpServer(site_application(ServedSite(out, lambda: build_thread.status, hub), hosts), stop)
    server.before_start, server.before_end = hub.open, hub.close

    def after_start() -> None:
        url = url_of(host, address, bound_port, build_thread.status.base_path)
        printer.print_line(f"serving    {url}   (Ctrl-C stops; drop saved pages into {add_pages.INBOX}/)")
        if not is_loopback(address):
            printer.print_line("note: anyone who can reach this machine over the network can now read this site")
        if open_browser:  # it may wait for the browser
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        on_start(url)

    server.after_start = after_start
    with contextlib.closing(listener), stop_on_signals(stop), quiet_logs():
        try:
            return STOPPED if _run_until_stopped(build_thread, inbox, server, listener, stop) else INTERRUPTED
        finally:
            keys.stop()
            watcher.stop()


def _run_until_stopped(
    build_thread: BuildThread, inbox: Inbox, server: HttpServer, listener: socket.socket, stop: threading.Event
) -> bool:
    """Build, then serve; return whether all that was under way came to its end."""
    try:
        build_thread.start()
        while not build_thread.wait_for_first_build(0.1) and not stop.is_set():
            pass
        if not stop.is_set():
            inbox.start()
            asyncio.run(server.serve(sockets=[listener]))
    finally:
        is_complete = _end_threads(build_thread, inbox)
    return is_complete


def _end_threads(build_thread: BuildThread, inbox: Inbox) -> bool:
    """End the threads; return whether both came to the end of what they were at.

    A build that is drawing ten thousand pages does not: without its worker processes it fails, and cleans up behind
    itself. What they write is moved to its place only when all of it is there.
    """
    build_thread.begin_stop()
    if build_thread.is_loading:
        return inbox.stop(_PATIENCE)  # the thread ends with the process
    end = time.monotonic() + _PATIENCE
    is_complete = inbox.stop(_PATIENCE) & build_thread.stop(max(0.0, end - time.monotonic()))
    end += _CLEANUP_TIME
    have_ended = is_complete
    while not have_ended and time.monotonic() < end:
        for child in multiprocessing.active_children():
            child.kill()
        have_ended = inbox.stop(_KILL_INTERVAL) & build_thread.stop(_KILL_INTERVAL)
    return is_complete


def exit_now(status: int) -> NoReturn:
    """End the process, whatever its threads are at: Python would wait for them.

    No file can be left half: each is written beside its place and then moved. Locks end with this process.
    """
    gc.collect()  # pools that failed give back their semaphores, or the system's tracker would complain
    with contextlib.suppress(OSError):
        console.flush()
    os._exit(status)


def base_path_reader(site: Path, base_url: str | None) -> Callable[[], str]:
    """Return a function that tells the path that a site's links lead to.

    It is that of `base_url`; where that is None, what `content/site.yaml` says each time it is asked. Where that cannot
    be read, it is what it was before.
    """
    last = "/"

    def read() -> str:
        nonlocal last
        with contextlib.suppress(SiteError, OSError):
            last = "/" + Links(base_url or loader.load_config(site, []).base_url).base_path.lstrip("/")
        return last

    return read


def _watched_folders(site: Path) -> list[Path]:
    """Return the folders whose files make the site; the theme of an installed program never changes."""
    themes = [folder for folder in theme_reader.template_folders(site) if folder != theme_reader.PACKAGED_THEME]
    return [site / "content", site / "templates", *themes]


def _add(site: Path, paths: Sequence[str]) -> Iterator[add_pages.Outcome]:
    return add_pages.add(site, paths, site_day.today(site), is_undoable=False)
