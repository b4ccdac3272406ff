"""The web application of `review`: a list, and a form for each article. Its pages have no JavaScript."""

from __future__ import annotations

import contextlib
import importlib.resources
import itertools
import secrets
import threading
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import jinja2
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from site_gen.build import theme_reader
from site_gen.content.undo_journal import UndoJournal
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
    from site_gen.serve.review.review_queue import DoubtfulArticle
    from site_gen.serve.review.saved_page_views import SavedPageReader

MAX_POST = 6 * 1024 * 1024  # bytes; the longest article, with each letter written as nine
_MAX_FIELDS = 16
_ALIKE = "/alike/"  # what the paths of pages begin with that answer articles at once
_FORM = "application/x-www-form-urlencoded"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    # Not `no-referrer`, with which browsers say of a form that it comes from nowhere (Fetch, section 3.2).
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MAX_ALIKE = 25  # articles that are answered at once: as many as a person looks through
# Fields that can be taken from where each saved page says them; a day is said in too many ways.
_TAKEN_FIELDS = ("title", "site", "author")
_LABELS = {"site": "outlet", "source": "address", "author": "authors"}
_CHANGED_NOTICE = (
    "The file was changed after this form was loaded, so nothing was saved. What you entered is below: "
    "copy it, if you still need it."
)


def _label(key: str) -> str:
    """Return what a person calls a key of an article."""
    return _LABELS.get(key, key).capitalize()


def _by_field(clues: Sequence[Clue]) -> dict[str, list[Clue]]:
    """Return the clues of each field that has any, in the order of the form."""
    groups = {name: [clue for clue in clues if clue.field == name] for name in (*review_forms.FIELDS, "source")}
    return {name: group for name, group in groups.items() if group}


@dataclass
class ReviewSession:
    """A review under way. Its articles have numbers from 1, which are their paths: `/1`."""

    site: Path  # the site's folder
    config: SiteConfig  # as it was when the review began
    articles: Sequence[DoubtfulArticle]  # all that there are to look at
    saved_pages: SavedPageReader  # reads what is shown beside the forms
    finished: set[int] = field(default_factory=set)  # numbers of the articles that are settled
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))  # in each form, against forms of others
    lock: threading.Lock = field(default_factory=threading.Lock)  # held while a form is written
    journal: UndoJournal = field(init=False)  # through which forms are written

    def __post_init__(self) -> None:
        self.journal = UndoJournal(self.site, "review")

    def next_after(self, number: int) -> int:
        """Return the number of the next article that is not settled; 0 when there is none after this one."""
        return next((n for n in range(number + 1, len(self.articles) + 1) if n not in self.finished), 0)

    def alike(self, number: int) -> list[int]:
        """Return the numbers of the articles with the same question that are not settled, an article's own included."""
        question = self.articles[number - 1].question
        same = (n for n, item in enumerate(self.articles, 1) if item.question == question and n not in self.finished)
        return list(itertools.islice(same, MAX_ALIKE))

    @cached_property
    def files(self) -> dict[str, tuple[bytes, str]]:
        """The files that the pages load, by path: bytes and media type."""
        assets = theme_reader.read_theme(self.site).assets
        own = importlib.resources.files(__package__).joinpath("pages/review.css").read_bytes()
        css = "text/css; charset=utf-8"
        return {
            "/style.css": (assets["style.css"], css),
            "/review.css": (own, css),
            "/icon.svg": (assets["icon.svg"], "image/svg+xml; charset=utf-8"),
        }


def _environment() -> jinja2.Environment:
    folder = importlib.resources.files(__package__).joinpath("pages")
    pages = {
        name: folder.joinpath(name).read_text("utf-8")
        for name in ("frame.html", "list.html", "article.html", "alike.html")
    }
    env = jinja2.Environment(
        loader=jinja2.DictLoader(pages), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    env.filters |= {"label": _label, "web": web_href}
    return env


def review_application(session: ReviewSession, hosts: AllowedHosts) -> ASGIApp:
    """Return the application (ASGI), behind its guard."""
    pages = _ReviewPages(session)

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            form = await _read_form(request) if scope["method"] == "POST" else None
        except ClientDisconnect:
            return
        if isinstance(form, Response):
            await form(scope, receive, send)
            return
        response = await run_in_threadpool(pages.respond, scope["path"], form)
        for name, value in _HEADERS.items():
            response.headers[name] = value
        await response(scope, receive, send)

    return RequestGuard(respond, hosts, forms=True)


async def _read_form(request: Request) -> dict[str, str] | Response:
    """Return the fields of a form that was sent, or the response that says why they are not taken."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        return _plain_response(415, "This is not a form of this server.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_POST:
            return _plain_response(413, f"This form is larger than {MAX_POST >> 20} MB.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, encoding="utf-8", errors="strict"
        )
    except ValueError:
        return _plain_response(400, "This form cannot be read.")
    if len(dict(pairs)) < len(pairs):
        return _plain_response(400, "This form has a field twice.")
    return dict(pairs)


def _plain_response(status: int, text: str) -> PlainTextResponse:
    return PlainTextResponse(f"{text}\n", status, headers={"Connection": "close"})


class _ReviewPages:
    """Answers the requests that the guard let through."""

    def __init__(self, session: ReviewSession) -> None:
        self._session = session
        self._env = _environment()

    def respond(self, path: str, sent: dict[str, str] | None) -> Response:
        """Return the response to a GET request, or to a form that was `sent`."""
        session = self._session
        if sent is None and path in session.files:
            data, media_type = session.files[path]
            return Response(data, media_type=media_type)
        if sent is None and path == "/":
            following = session.next_after(0)
            open_ones = (item for n, item in enumerate(session.articles, 1) if n not in session.finished)
            sizes = Counter(item.question for item in open_ones)
            return self._page(
                "list.html", items=session.articles, sizes=sizes, finished=session.finished, next=following
            )
        prefix, digits = (_ALIKE, path.removeprefix(_ALIKE)) if path.startswith(_ALIKE) else ("/", path[1:])
        number = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 8 else 0
        if not 1 <= number <= len(session.articles) or path != f"{prefix}{number}":
            return _plain_response(404, "Page not found.")
        if sent is not None and (refusal := self._refuse(sent)):
            return refusal
        show, save = (self._alike_page, self._save_alike) if prefix == _ALIKE else (self._article_page, self._save)
        try:
            return show(number) if sent is None else save(number, sent)
        except SiteError as error:  # gone, or no article any more
            return _plain_response(410, f"{error}\nThe next: /{session.next_after(number) or ''}")

    def _refuse(self, sent: dict[str, str]) -> Response | None:
        """Return the response to a form that is not taken; None where it is of this review."""
        if not secrets.compare_digest(sent.get("token", "").encode(), self._session.token.encode()):
            return _plain_response(
                403, "This form is of an earlier review. Go back, reload the page, and enter it again."
            )
        return None

    def _save(self, number: int, sent: dict[str, str]) -> Response:
        session = self._session
        if sent.get("do") not in {"save", "right"}:
            return _plain_response(400, "This form does not say what to do.")
        file, form = session.articles[number - 1].file, review_forms.form_of_post(sent)
        digest, is_right = sent.get("digest", ""), sent["do"] == "right"
        try:
            with session.lock:
                names, left = review_forms.save_form(
                    session.site, session.journal, file, digest, form, session.config, settled="all" if is_right else ()
                )
        except review_forms.ChangedError:
            return self._article_page(number, form, digest, status=409, notice=_CHANGED_NOTICE, reload=True)
        except SiteError as error:
            return self._article_page(number, form, digest, status=422, notice=f"Nothing was saved. {error}")
        if not left and (names or is_right):
            session.finished.add(number)
            return RedirectResponse(f"/{session.next_after(number) or ''}", 303)
        notice = f"Saved: {', '.join(map(_label, names))}." if names else "Nothing was changed."
        if left:
            notice += f" Still to check: {', '.join(_label(key) for key, _ in left)}."
        return self._article_page(number, notice=notice, wrong=False)

    def _article_page(
        self,
        number: int,
        form: review_forms.ArticleForm | None = None,
        digest: str | None = None,
        *,
        status: int = 200,
        notice: str = "",
        wrong: bool = True,
        reload: bool = False,
    ) -> Response:
        """Return an article's page; where its form could not be saved, with what the person entered."""
        session = self._session
        now = self._open(number)
        evidence = session.saved_pages.get(now.article)
        following = session.next_after(number)
        if following:
            self._read_ahead(following)
        reasons = dict.fromkeys(review_forms.FIELDS, "") | dict(now.article.doubts)
        return self._page(
            "article.html",
            status,
            number=number,
            alike=len(session.alike(number)),
            count=len(session.articles),
            after=following,
            article=now.article,
            form=form or review_forms.form_of_article(now.article),
            digest=digest or now.digest,
            token=session.token,
            fields=review_forms.FIELDS,
            first=next((name for name in review_forms.FIELDS if reasons[name]), ""),
            reasons=reasons,
            notice=notice,
            wrong=wrong,
            reload=reload,
            evidence_text="" if isinstance(evidence, str) else evidence.text,
            clues={} if isinstance(evidence, str) else _by_field(evidence.clues),
            missing=evidence if isinstance(evidence, str) else "",
        )

    def _save_alike(self, number: int, sent: dict[str, str]) -> Response:
        """Answer all articles of a form at once: they are right, or a field is what each saved page says somewhere."""
        session = self._session
        field, _, where = sent.get("do", "").partition(" ")
        if field not in {"right", *_TAKEN_FIELDS}:
            return _plain_response(400, "This form does not say what to do.")
        digests = dict(part.partition(":")[::2] for part in sent.get("digests", "").split())
        left = 0
        for same in session.alike(number):
            if str(same) not in digests:
                continue
            try:
                article = self._open(same).article
                form = review_forms.form_of_article(article)
                if field != "right":
                    form = replace(form, **{field: self._clue(article, field, where)})
                with session.lock:
                    _, doubts = review_forms.save_form(
                        session.site,
                        session.journal,
                        session.articles[same - 1].file,
                        digests[str(same)],
                        form,
                        session.config,
                        settled="all" if field == "right" else (field,),
                    )
            except (review_forms.ChangedError, SiteError, StopIteration):
                left += 1
                continue
            if not doubts:
                session.finished.add(same)
        if left:
            notice = (
                f"{left} could not take this answer, or changed after this form was loaded; nothing was saved there."
            )
            return self._alike_page(number, notice=notice)
        return RedirectResponse(f"/{session.next_after(0) or ''}", 303)

    def _clue(self, article: Article, field: str, where: str) -> str:
        """Return what an article's saved page says of a field somewhere; raises StopIteration where it says nothing."""
        evidence = self._session.saved_pages.get(article)
        clues = () if isinstance(evidence, str) else evidence.clues
        return next(clue.value for clue in clues if (clue.field, clue.where) == (field, where))

    def _alike_page(self, number: int, *, notice: str = "") -> Response:
        """Return the page of the articles with one question: what is doubtful in each, and what its saved page says."""
        session = self._session
        opened = {}
        for same in session.alike(number):
            with contextlib.suppress(SiteError):  # it is told when its own turn comes
                opened[same] = self._open(same)
        if not opened:
            return RedirectResponse("/", 303)
        for now in opened.values():
            session.saved_pages.begin(now.article)
        doubts = session.articles[number - 1].doubts
        clues: dict[tuple[str, str], dict[int, str]] = {}  # by field and place: the value of each article's page
        for same, now in opened.items():
            evidence = session.saved_pages.get(now.article)
            for clue in () if isinstance(evidence, str) else evidence.clues:
                if clue.field in _TAKEN_FIELDS and clue.field in dict(doubts):
                    clues.setdefault((clue.field, clue.where), {}).setdefault(same, clue.value)
        return self._page(
            "alike.html",
            number=number,
            question=session.articles[number - 1].question,
            articles={same: review_forms.form_of_article(now.article) for same, now in opened.items()},
            shown=[key for key, _ in doubts if key in review_forms.FIELDS and key not in {"title", "text"}],
            clues=[(field, where, values) for (field, where), values in clues.items() if len(values) == len(opened)],
            digests=" ".join(f"{same}:{now.digest}" for same, now in opened.items()),
            token=session.token,
            notice=notice,
        )

    def _open(self, number: int) -> review_forms.OpenedArticle:
        session = self._session
        return review_forms.open_article(session.site, session.articles[number - 1].file, session.config)

    def _read_ahead(self, number: int) -> None:
        try:
            self._session.saved_pages.begin(self._open(number).article)
        except SiteError:  # it is told when its turn comes
            return

    def _page(self, template: str, status: int = 200, **context: Any) -> Response:
        name, done = self._session.config.title, len(self._session.finished)
        text = self._env.get_template(template).render(name=name, done=done, **context)
        return Response(text.encode("utf-8", "replace"), status, media_type="text/html; charset=utf-8")
