"""What the browser tests share: a Chromium, a server on the loopback, an eye on what a page does."""

from __future__ import annotations

import contextlib
import functools
import http.server
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Dialog, Page, Request

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the base class
        pass


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


# How many scripts of a page may run: data for search engines is none.
SCRIPTS = "[...document.scripts].filter(one => one.type !== 'application/ld+json').length"


@dataclass
class Watch:
    """All that a page must not do."""

    home: str
    told: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("console", lambda message: self.told.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.told.append(str(error)))
        page.on("requestfailed", self._failed)
        page.on(
            "response",
            lambda response: self.told.append(f"{response.status}: {response.url}") if response.status >= 400 else None,
        )
        page.on(
            "request",
            lambda request: None if request.url.startswith(self.home) else self.elsewhere.append(request.url),
        )
        page.on("dialog", self._dialog)

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the icon of a page that was left before it came
            self.told.append(f"failed: {request.url} {request.failure}")

    def clean(self) -> None:
        seen = (self.told, self.elsewhere, self.dialogs)
        assert seen == ([], [], []), seen
