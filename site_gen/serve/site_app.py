"""The web application: the files of the output folder, with live reload in its pages."""

from __future__ import annotations

import html
import importlib.resources
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from site_gen.core.urls import encoded
from site_gen.serve.live_reload import inject, sight
from site_gen.serve.request_guard import OWN, Guard, Hosts
from site_gen.serve.static_files import File, Redirect, file_at, find, media_type

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

    from site_gen.serve.build_thread import State
    from site_gen.serve.event_stream import Hub

_SCRIPT = f"{OWN}reload.js"
_EVENTS = f"{OWN}events"
_EVENT_STREAM = "text/event-stream"
# The page's own word on what it is, for reload.js, which asks again and compares.
_SIGHT = "site-gen-page"
_NOTHING = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Served:
    """What is served: a folder, the state of its site, and the stream that tells of changes."""

    out: Path
    state: Callable[[], State]
    hub: Hub


def application(served: Served, hosts: Hosts) -> ASGIApp:
    """The application (ASGI), behind its guard."""
    script = importlib.resources.files("site_gen.serve").joinpath("reload.js").read_bytes()

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        # No router: those look at the path when its escapes are undone, and `%2f` would be a slash.
        response: Response
        if scope["path"] == _SCRIPT:
            response = Response(script, media_type=media_type(_SCRIPT))
        elif scope["path"] == _EVENTS and scope["method"] == "HEAD":
            response = Response(media_type=_EVENT_STREAM)
        elif scope["path"] == _EVENTS:
            response = StreamingResponse(served.hub.stream(), media_type=_EVENT_STREAM)
        else:  # in a thread of its own, for it reads files
            response = await run_in_threadpool(_answer, served, scope)
        await response(scope, receive, send)

    return Guard(respond, hosts)


def _answer(served: Served, scope: Scope) -> Response:
    # The build's number is read before the file: a change in between is told once too often, not missed.
    state = served.state()
    raw_path = scope["raw_path"].decode("latin-1")
    found = find(served.out, raw_path, state.base_path)
    if isinstance(found, Redirect):
        query = scope["query_string"].decode("latin-1")
        # Not 301, which browsers keep: the next site on this port has other paths.
        return RedirectResponse(found.to + (f"?{query}" if query else ""), 307)
    try:
        if found is None:
            return _missing(served, state)
        kind = media_type(found.name)
        if kind.startswith("text/html"):
            return _page(served, state, found.path.read_bytes(), 200, found.name)
        return FileResponse(found.path, stat_result=found.stat, media_type=kind)
    except OSError:  # it went away between two looks
        return _missing(served, state)


def _missing(served: Served, state: State) -> Response:
    """The site's own page for what is not there; ours as long as there is no site."""
    page = file_at(served.out, "404.html")
    if isinstance(page, File):
        try:
            return _page(served, state, page.path.read_bytes(), 404, page.name)
        except OSError:
            pass
    if not state.problems:
        body = "<p>There is no page here.</p>"
        return _page(served, state, _NOTHING.format(title="Not found", body=body).encode(), 404, "")
    listed = "".join(f"<li>{html.escape(str(problem))}</li>\n" for problem in state.problems)
    body = f"<p>It will appear here as soon as this is mended:</p>\n<ul>\n{listed}</ul>"
    page_text = _NOTHING.format(title="The site cannot be built yet", body=body)
    return _page(served, state, page_text.encode("utf-8", "replace"), 503, "")


def _page(served: Served, state: State, page: bytes, status: int, name: str) -> Response:
    """An HTML page with live reload; in whole only, for its length is not the file's."""
    seen = sight(page, status)
    about: dict[str, object] = {
        "build": served.hub.build_of(state),
        "page": seen.digest,
        "url": state.base_path + encoded(name),
        "events": _EVENTS,
    }
    # No response hands out another's nonce, and none is kept (CSP Level 3, section 7.1).
    body = inject(page, _SCRIPT, about, secrets.token_urlsafe(16))
    headers = {"Accept-Ranges": "none", _SIGHT: " ".join([seen.digest, *seen.styles])}
    return Response(body, status, headers, media_type=media_type("index.html"))
