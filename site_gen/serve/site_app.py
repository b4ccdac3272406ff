"""The web application of `serve`: the files of the output folder, with live reload in its pages."""

from __future__ import annotations

import html
import importlib.resources
import secrets
from typing import TYPE_CHECKING

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from site_gen.core.urls import percent_encoded
from site_gen.serve.live_reload import fingerprint_page, inject_script
from site_gen.serve.request_guard import OWN_PREFIX, AllowedHosts, RequestGuard
from site_gen.serve.static_files import PathRedirect, file_at, find_file, media_type

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

    from site_gen.serve.build_thread import SiteStatus
    from site_gen.serve.event_stream import EventHub

_SCRIPT = f"{OWN_PREFIX}reload.js"
_EVENTS = f"{OWN_PREFIX}events"
_EVENT_STREAM = "text/event-stream"
# The header with a page's fingerprint, for reload.js, which asks again and compares.
_FINGERPRINT_HEADER = "site-gen-page"
_PLAIN_PAGE = """\
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


class ServedSite(Struct, frozen=True):
    """What is served."""

    out: Path  # the output folder
    status: Callable[[], SiteStatus]  # gives the current one
    hub: EventHub  # tells open pages of changes


def site_application(site: ServedSite, hosts: AllowedHosts) -> ASGIApp:
    """Return the application (ASGI), behind its guard."""
    script = importlib.resources.files("site_gen.serve").joinpath("reload.js").read_bytes()

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        # No router: those look at the path when its escapes are undone, and `%2f` would be a slash.
        response: Response
        if scope["path"] == _SCRIPT:
            response = Response(script, media_type=media_type(_SCRIPT))
        elif scope["path"] == _EVENTS and scope["method"] == "HEAD":
            response = Response(media_type=_EVENT_STREAM)
        elif scope["path"] == _EVENTS:
            response = StreamingResponse(site.hub.events(), media_type=_EVENT_STREAM)
        else:  # in a thread of its own, for it reads files
            response = await run_in_threadpool(_file_response, site, scope)
        await response(scope, receive, send)

    return RequestGuard(respond, hosts)


def _file_response(site: ServedSite, scope: Scope) -> Response:
    # The build's number is read before the file: a change in between is told once too often, not missed.
    status = site.status()
    raw_path = scope["raw_path"].decode("latin-1")
    target = find_file(site.out, raw_path, status.base_path)
    if isinstance(target, PathRedirect):
        query = scope["query_string"].decode("latin-1")
        # Not 301, which browsers keep: the next site on this port has other paths.
        return RedirectResponse(target.location + (f"?{query}" if query else ""), 307)
    try:
        if target is None:
            return _missing_response(site, status)
        content_type = media_type(target.name)
        if content_type.startswith("text/html"):
            return _page_response(site, status, target.path.read_bytes(), 200, target.name)
        return FileResponse(target.path, stat_result=target.stat, media_type=content_type)
    except OSError:  # it went away between two looks
        return _missing_response(site, status)


def _missing_response(site: ServedSite, status: SiteStatus) -> Response:
    """Return the site's own page for what is not there; a plain one of ours as long as there is no site."""
    page = file_at(site.out, "404.html")
    if page is not None:
        try:
            return _page_response(site, status, page.path.read_bytes(), 404, page.name)
        except OSError:
            pass
    if not status.problems:
        body = "<p>Page not found.</p>"
        return _page_response(site, status, _PLAIN_PAGE.format(title="Not found", body=body).encode(), 404, "")
    listed = "".join(f"<li>{html.escape(str(problem))}</li>\n" for problem in status.problems)
    body = f"<p>It will appear here once this is fixed:</p>\n<ul>\n{listed}</ul>"
    page_text = _PLAIN_PAGE.format(title="The site cannot be built yet", body=body)
    return _page_response(site, status, page_text.encode("utf-8", "replace"), 503, "")


def _page_response(site: ServedSite, status: SiteStatus, page: bytes, http_status: int, name: str) -> Response:
    """Return an HTML page with live reload; in whole only, for its length is not the file's.

    name: the file's below the output folder, empty for a page of ours.
    """
    fingerprint = fingerprint_page(page, http_status)
    options: dict[str, object] = {
        "build": site.hub.build_id(status),
        "page": fingerprint.digest,
        "url": status.base_path + percent_encoded(name),
        "events": _EVENTS,
    }
    # No response hands out another's nonce, and none is kept (CSP Level 3, section 7.1).
    body = inject_script(page, _SCRIPT, options, secrets.token_urlsafe(16))
    fingerprint_value = " ".join([fingerprint.digest, *fingerprint.stylesheets])
    headers = {"Accept-Ranges": "none", _FINGERPRINT_HEADER: fingerprint_value}
    return Response(body, http_status, headers, media_type=media_type("index.html"))
