"""Serves the review on the loopback until Ctrl-C."""

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
from site_gen.serve.review.review_app import Review, application
from site_gen.serve.review.saved_page_views import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from site_gen.serve.review.review_queue import Item


def serve(
    site: Path,
    items: Sequence[Item],
    *,
    port: int | None = None,
    open_browser: bool = False,
    stop: threading.Event | None = None,
    on_start: Callable[[str], None] = lambda _url: None,
) -> int:
    """Show articles for review, on this machine only, until Ctrl-C or SIGTERM. Gives how many were settled.

    port, stop, on_start: as for the watch server. Raises UsageError when there is no such port.
    """
    stop = stop or threading.Event()
    listener = listen(LOOPBACK, port)
    bound = listener.getsockname()[1]
    with contextlib.closing(listener), Shelf(site) as shelf, stop_on_signals(stop), quiet_logs():
        review = Review(site, loader.load_config(site, []), items, shelf)
        server = HttpServer(application(review, AllowedHosts.of(LOOPBACK, bound)), stop)

        def ready() -> None:
            url = url_of(LOOPBACK, LOOPBACK, bound, "/")
            console.print_line(f"reviewing  {url}   ({len(items)} to look at; Ctrl-C stops)")
            console.flush()
            if open_browser:  # it may wait for the browser
                threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
            on_start(url)

        server.after_start = ready
        asyncio.run(server.serve(sockets=[listener]))
    console.print_line(f"{len(review.finished)} of {len(items)} looked at")
    return len(review.finished)
