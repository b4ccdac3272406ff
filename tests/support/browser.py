"""What the browser tests share: the flags of Chromium, a server on the loopback, an eye on what a page does."""

from __future__ import annotations

import contextlib
import functools
import http.server
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Dialog, Page, Request, Response

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# How many scripts of a page may run: data for search engines is none.
SCRIPTS = "[...document.scripts].filter(one => one.type !== 'application/ld+json').length"


class _SilentHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, logs nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the base class
        pass


@contextlib.contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port; yield the address of its root."""
    handler = functools.partial(_SilentHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


class PageMonitor:
    """Notes all that a page must not do, from now on."""

    def __init__(self, page: Page, home: str) -> None:
        self.home = home  # what the address of each request has to begin with
        self.messages: list[str] = []  # of the console, of errors in scripts, of requests that failed
        self.foreign_requests: list[str] = []  # the addresses
        self.dialogs: list[str] = []  # what they said
        page.on("console", lambda message: self.messages.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("requestfailed", self._note_failure)
        page.on("response", self._note_response)
        page.on("request", self._note_request)
        page.on("dialog", self._dismiss_dialog)

    def require_clean(self) -> None:
        """Assert that the page did nothing that it must not do."""
        notes = (self.messages, self.foreign_requests, self.dialogs)
        assert notes == ([], [], []), notes

    def _note_failure(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the icon of a page that was left before it came
            self.messages.append(f"failed: {request.url} {request.failure}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 400:
            self.messages.append(f"{response.status}: {response.url}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith(self.home):
            self.foreign_requests.append(request.url)

    def _dismiss_dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()
