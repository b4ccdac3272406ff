"""Serve the review on the loopback until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import webbrowser
from typing import TYPE_CHECKING

from site_gen.content import loader
from site_gen.core import console
from site_gen.serve.http_server import LOOPBACK, HttpServer, listen, quiet_logs, stop_on_signals, url_of
from site_gen.serve.request_guard import AllowedHosts
from site_gen.serve.review.review_app import ReviewSession, review_application
from site_gen.serve.review.saved_page_views import SavedPageReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from site_gen.serve.review.review_queue import DoubtfulArticle


def serve(
    site: Path,
    articles: Sequence[DoubtfulArticle],
    *,
    port: int | None = None,
    open_browser: bool = False,
    stop: threading.Event | None = None,
    on_start: Callable[[str], None] = lambda _url: None,
) -> int:
    """Show articles for review, on this machine only, until Ctrl-C or SIGTERM; return how many were settled.

    port: None for 8000 or the next free one; 0 for any. stop: set by another thread to end. on_start: called with the
    address once the server answers. Raises UsageError when there is no such port.
    """
    stop = stop or threading.Event()
    listener = listen(LOOPBACK, port)
    bound_port = listener.getsockname()[1]
    with contextlib.closing(listener), SavedPageReader(site) as saved_pages, stop_on_signals(stop), quiet_logs():
        session = ReviewSession(site, loader.load_config(site, []), articles, saved_pages)
        server = HttpServer(review_application(session, AllowedHosts.of(LOOPBACK, bound_port)), stop)

        def after_start() -> None:
            url = url_of(LOOPBACK, LOOPBACK, bound_port, "/")
            console.print_line(f"reviewing  {url}   ({len(articles)} to check; Ctrl-C stops)")
            console.flush()
            if open_browser:  # it may wait for the browser
                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
            on_start(url)

        server.after_start = after_start
        asyncio.run(server.serve(sockets=[listener]))
    console.print_line(f"{len(session.finished)} of {len(articles)} checked")
    return len(session.finished)
