"""The pages of the review: a list, and a form for each article. They work without JavaScript, and have none."""

from __future__ import annotations

import importlib.resources
import secrets
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import jinja2
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from site_gen.build import theme_reader
from site_gen.core.errors import SiteError
from site_gen.pages.template_filters import web_href
from site_gen.serve.request_guard import AllowedHosts, RequestGuard
from site_gen.serve.review import review_forms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

    from site_gen.content.records import Article, SiteConfig
    from site_gen.ingest.extract.evidence import Clue
    from site_gen.serve.review.review_queue import Item
    from site_gen.serve.review.saved_page_views import Shelf

MAX_POST = 6 * 1024 * 1024  # bytes; the longest article, with each letter written as nine
_MAX_FIELDS = 16
_FORM = "application/x-www-form-urlencoded"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    # Not `no-referrer`, with which browsers say of a form that it comes from nowhere (Fetch, section 3.2).
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_LABELS = {"site": "outlet", "source": "address", "author": "authors"}
_CHANGED = (
    "The file was changed after this form was made, so nothing was saved. What you entered stands below: "
    "copy it, if you still need it."
)


def _label(key: str) -> str:
    """What a person calls a key."""
    return _LABELS.get(key, key).capitalize()


def _by_field(clues: Sequence[Clue]) -> dict[str, list[Clue]]:
    """The clues of each field, in the order of the form."""
    order = {name: [clue for clue in clues if clue.field == name] for name in (*review_forms.FIELDS, "source")}
    return {name: inside for name, inside in order.items() if inside}


@dataclass
class Review:
    """A review under way: what there is to look at, and what was."""

    site: Path
    config: SiteConfig
    items: Sequence[Item]
    shelf: Shelf
    finished: set[int] = field(default_factory=set)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def after(self, number: int) -> int:
        """The next article that nobody looked at; 0 when there is none after this one."""
        return next((n for n in range(number + 1, len(self.items) + 1) if n not in self.finished), 0)

    @cached_property
    def files(self) -> dict[str, tuple[bytes, str]]:
        """What the pages load, by path."""
        assets = theme_reader.read_theme(self.site).assets
        own = importlib.resources.files(__package__).joinpath("pages/review.css").read_bytes()
        css = "text/css; charset=utf-8"
        found = {"/style.css": (assets["style.css"], css), "/review.css": (own, css)}
        return found | {"/icon.svg": (assets["icon.svg"], "image/svg+xml; charset=utf-8")}


def _environment() -> jinja2.Environment:
    folder = importlib.resources.files(__package__).joinpath("pages")
    pages = {name: folder.joinpath(name).read_text("utf-8") for name in ("frame.html", "list.html", "article.html")}
    env = jinja2.Environment(
        loader=jinja2.DictLoader(pages), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    env.filters |= {"label": _label, "web": web_href}
    return env


def application(review: Review, hosts: AllowedHosts) -> ASGIApp:
    """The application (ASGI), behind its guard."""
    pages = _Pages(review)

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            sent = await _form(request) if scope["method"] == "POST" else None
        except ClientDisconnect:
            return
        if isinstance(sent, Response):
            await sent(scope, receive, send)
            return
        response = await run_in_threadpool(pages.answer, scope["path"], sent)
        for name, value in _HEADERS.items():
            response.headers[name] = value
        await response(scope, receive, send)

    return RequestGuard(respond, hosts, forms=True)


async def _form(request: Request) -> dict[str, str] | Response:
    """The fields of a form that was sent, or why they are not taken."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return _plain(415, "This is not a form of this server.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_POST:
            return _plain(413, f"This form is larger than {MAX_POST >> 20} MB.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, encoding="utf-8", errors="strict"
        )
    except ValueError:
        return _plain(400, "This form cannot be read.")
    if len(dict(pairs)) < len(pairs):
        return _plain(400, "This form has a field twice.")
    return dict(pairs)


def _plain(status: int, text: str) -> PlainTextResponse:
    return PlainTextResponse(f"{text}\n", status, headers={"Connection": "close"})


class _Pages:
    """Answers requests that the guard let through."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._env = _environment()

    def answer(self, path: str, sent: dict[str, str] | None) -> Response:
        """The answer to a GET request, or to a form that was sent."""
        review = self._review
        if sent is None and path in review.files:
            data, kind = review.files[path]
            return Response(data, media_type=kind)
        if sent is None and path == "/":
            following = review.after(0)
            return self._page("list.html", items=review.items, finished=review.finished, next=following)
        number = int(path[1:]) if path[1:].isascii() and path[1:].isdecimal() and len(path) < 9 else 0
        if not 1 <= number <= len(review.items) or path != f"/{number}":
            return _plain(404, "There is no page here.")
        try:
            return self._show(number) if sent is None else self._save(number, sent)
        except SiteError as error:  # gone, or no article any more
            return _plain(410, f"{error}\nThe next: /{review.after(number) or ''}")

    def _save(self, number: int, sent: dict[str, str]) -> Response:
        review = self._review
        if not secrets.compare_digest(sent.get("token", "").encode(), review.token.encode()):
            return _plain(403, "This form is of an earlier review. Go back, reload the page, and enter it again.")
        if sent.get("do") not in {"save", "right"}:
            return _plain(400, "This form does not say what to do.")
        item, form, digest = review.items[number - 1], review_forms.form_from(sent), sent.get("digest", "")
        right = sent["do"] == "right"
        try:
            with review.lock:
                names, left = review_forms.put(review.site, item.file, digest, form, review.config, right=right)
        except review_forms.ChangedError:
            return self._show(number, form, digest, status=409, notice=_CHANGED, reload=True)
        except SiteError as error:
            return self._show(number, form, digest, status=422, notice=f"Nothing was saved. {error}")
        if not left and (names or right):
            review.finished.add(number)
            return RedirectResponse(f"/{review.after(number) or ''}", 303)
        said = f"Saved: {', '.join(map(_label, names))}." if names else "Nothing was changed."
        if left:
            said += f" Still to look at: {', '.join(_label(key) for key, _ in left)}."
        return self._show(number, notice=said, wrong=False)

    def _show(
        self,
        number: int,
        form: review_forms.Form | None = None,
        digest: str | None = None,
        *,
        status: int = 200,
        notice: str = "",
        wrong: bool = True,
        reload: bool = False,
    ) -> Response:
        """An article's page, with what the person entered where it could not be saved."""
        review = self._review
        now = review_forms.opened(review.site, review.items[number - 1].file, review.config)
        found = review.shelf.get(now.article)
        following = review.after(number)
        if following:
            self._read_ahead(following)
        reasons = dict.fromkeys(review_forms.FIELDS, "") | dict(now.article.doubts)
        return self._page(
            "article.html",
            status,
            number=number,
            count=len(review.items),
            after=following,
            article=now.article,
            form=form or review_forms.form_of(now.article),
            digest=digest or now.digest,
            token=review.token,
            fields=review_forms.FIELDS,
            first=next((name for name in review_forms.FIELDS if reasons[name]), ""),
            reasons=reasons,
            notice=notice,
            wrong=wrong,
            reload=reload,
            evidence_text="" if isinstance(found, str) else found.text,
            clues={} if isinstance(found, str) else _by_field(found.clues),
            missing=found if isinstance(found, str) else "",
        )

    def _read_ahead(self, number: int) -> None:
        try:
            self._review.shelf.begin(self._article(number))
        except SiteError:  # it is told when its turn comes
            return

    def _article(self, number: int) -> Article:
        review = self._review
        return review_forms.opened(review.site, review.items[number - 1].file, review.config).article

    def _page(self, template: str, status: int = 200, **context: Any) -> Response:
        name, done = self._review.config.title, len(self._review.finished)
        text = self._env.get_template(template).render(name=name, done=done, **context)
        return Response(text.encode("utf-8", "replace"), status, media_type="text/html; charset=utf-8")
