"""Renderer: pages to bytes, with Jinja.

Autoescape is on for every template, and undefined names are errors. Pure: the theme's files are given, as they were
read.
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup
from msgspec import Struct

from site_gen.content.markdown import document
from site_gen.content.schema import DEFAULT_BASE_URL
from site_gen.core.errors import Problem, SiteError
from site_gen.core.sqlite import StateError
from site_gen.core.text import shorten
from site_gen.core.urls import Href, host_of, url_path
from site_gen.pages import template_filters
from site_gen.pages.language import Language, language_of
from site_gen.pages.routes import INDEX, SEARCH, SITEMAP
from site_gen.pages.template_sandbox import TemplateSandbox
from site_gen.pages.views import entity_json, issue_feed
from site_gen.pages.views.archive import UNDATED_PAGE, month_url, year_url
from site_gen.pages.views.feed_list import FEED_LIST, OPML
from site_gen.pages.views.feeds import FORMATS, feed_id
from site_gen.pages.views.issue import ISSUES
from site_gen.pages.views.json_feed import JsonFeedWriter
from site_gen.pages.views.meta_tags import ABOUT, ARCHIVE, HOME, NETWORK, TIMELINE
from site_gen.pages.views.page_parts import text_direction
from site_gen.site import directory, owner_texts, theme
from site_gen.site.outlets import other_outlets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jinja2.runtime import Context, Macro

    from site_gen.content.markdown.document import Anchor
    from site_gen.content.records import Kind, Page, SiteConfig, Tag
    from site_gen.core.contrast import Accent
    from site_gen.core.depgraph import Reads
    from site_gen.core.urls import UrlPath
    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import ArticleCard

_FEED_TEMPLATES = frozenset(file for file, _ in FORMATS)
_MASTHEAD_KINDS = 6  # that a masthead has room for; the rest stand in the footer


def create_environment(
    sources: Mapping[str, str], language: Language, compiled: jinja2.BytecodeCache | None = None
) -> jinja2.Environment:
    """Return a Jinja environment over the theme's templates, with the filters that need no site.

    sources: the text of each template by name. language: what they speak. compiled: their code, as earlier builds made
    it. Content never becomes a template: it is only ever a value in one.
    """

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (sources[name], f"templates/{name}", lambda: True) if name in sources else None

    env = TemplateSandbox(
        language,
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        cache_size=-1,
        auto_reload=False,
        bytecode_cache=compiled,
    )
    env.filters |= {
        "archived": template_filters.archive_href,
        "day": language.day,
        "linked_data": template_filters.script_json,
        "locale": template_filters.open_graph_locale,
        "number": language.number,
        "decimal": language.decimal,
        "by_chance": language.by_chance,
        "month_name": language.month,
        "period_name": language.period_name,
        "period_from_afar": language.period_from_afar,
        "period_days": language.period_days,
        "span_label": language.span_label,
        "count_kind": language.count_kind,
        "uncertain": language.uncertain,
        "web": template_filters.web_href,
        "host": host_of,
        "bars": template_filters.chart_bars,
        "feed_id": feed_id,
        "rows": template_filters.chart_rows,
        "spark": template_filters.sparkline_paths,
        "text_fragment": template_filters.text_fragment,
        "when": partial(template_filters.date_html, language),
        "direction": text_direction,
        "month_url": lambda date: month_url((date.year, date.month)),
        "year_url": lambda date: year_url(date.year),
        "other_outlets": other_outlets,
        "words": document.plain_text,
        "sha256": template_filters.csp_hash,
        "shorten": shorten,
    }
    return env


class SiteInfo(Struct, frozen=True):
    """The site, as every template knows it by the name `site`."""

    title: str  # the whole name
    name: str  # at the head of pages: the title, or a shorter one that `site.yaml` gives
    tagline: str  # one line below the name; may be empty
    language: str  # BCP 47 tag of our own words
    owner: str  # BCP 47 tag of the owner's words: the title, notes, names of kinds
    sections: tuple[tuple[str, UrlPath], ...]  # links of the masthead: label and address
    more: tuple[tuple[str, UrlPath], ...]  # kinds that the masthead has no room for, likewise
    accent: Accent  # its colour by day and by night
    logo_alone: bool  # whether the logo stands for the name


def _site_info(config: SiteConfig, language: Language) -> SiteInfo:
    sections = [(kind.label, url_path(kind.prefix)) for kind in config.kinds]
    return SiteInfo(
        title=config.title,
        name=config.theme.name or config.title,
        tagline=config.tagline,
        language=language.tag,
        owner=config.language,
        sections=(
            (language.gettext("Issues"), ISSUES),
            *sections[:_MASTHEAD_KINDS],
            (language.gettext("Archive"), ARCHIVE),
            (language.gettext("About"), ABOUT),
        ),
        more=tuple(sections[_MASTHEAD_KINDS:]),
        accent=config.theme.accent,
        logo_alone=config.theme.masthead == "logo",
    )


class _CachedMacro(Struct):
    """What a macro made of an article, drawn once for many pages."""

    html: Markup  # what it gave
    reads: Reads  # the cells that it read
    digest: bytes | None  # over the values of these; None where it read none
    revision: int  # that of the site at which the digest was last seen to hold


class _SharedView(Struct, frozen=True):
    """The view that was made last for a feed, of which all formats show the same."""

    key: tuple[object, ...]  # what made it, and of what: `make_view` and `args` of its page
    view: Any  # what the templates show
    reads: Reads  # the cells that it read
    digest: bytes | None  # over the values of these


class Renderer:
    """Draws the pages of one site with one theme, any number in any order."""

    def __init__(
        self, sources: Mapping[str, str], site: SiteDatabase, compiled: jinja2.BytecodeCache | None = None
    ) -> None:
        self._site = site
        self._here = HOME  # address of the page that is being rendered
        self._links = site.links
        self._hrefs: dict[str, Href] = {}  # links are the same on every page, but where it is read offline
        self._cached_macros: dict[tuple[object, bytes], _CachedMacro] = {}  # by a macro's code and a card's digest
        self._shared_view: _SharedView | None = None
        # JSON needs no template.
        self._json_writers: Mapping[str, Callable[[Any, UrlPath], str]] = {
            "feed.json": JsonFeedWriter(site).text,
            "issues_feed.json": partial(issue_feed.issues_json_feed, site),
            entity_json.DATA_FILE: entity_json.EntityDataWriter(site).text,
        }
        self._env = create_environment(sources, language_of(site), compiled)
        # Filters where functions would do: Jinja takes several times as long to call a function.
        self._env.filters |= {
            "absolute": self._links.absolute,
            "index_of": self._index_of,
            "kind_url": self._kind_url,
            "name_of": self._name_of,
            "once": self._once,
            "url": self._url,
        }
        self._env.globals |= {
            "site": _site_info(site.config, language_of(site)),
            "asset": self._asset,  # no filter: Jinja works out filters of constants once, when it compiles
            "body": self._body,
            "footer": partial(owner_texts.footer, site),
            "logo": partial(theme.logo, site),
            "offline": self._links.offline,
            # Whether the address that the site has on the web is known: what would name it is left out if not.
            "addressed": not self._links.offline and self._links.base_url != DEFAULT_BASE_URL,
            "home": HOME,
            "follow": FEED_LIST,
            "opml": OPML,
            "sitemap": SITEMAP,
            "archive": ARCHIVE,
            "undated": UNDATED_PAGE,
            "index": INDEX,
            "search": SEARCH if site.config.search and not self._links.offline else None,
            "issues": ISSUES,
            "network": NETWORK,
            "timeline": TIMELINE,
        }

    def compile(self, names: Iterable[str]) -> None:
        """Compile templates ahead of their first use. What is wrong with one is told by the page that needs it."""
        for name in names:
            with contextlib.suppress(jinja2.TemplateError):
                self._env.get_template(name)

    def render(self, page: Page) -> bytes:
        """Return the bytes of a page.

        All that they depend on is read from the site's cells, the template's digest included. Raises SiteError, naming
        template and line, when a template is wrong, and StateError where a kept cell is damaged.
        """
        site, self._here = self._site, page.url
        theme.template_digest(site, page.template)
        view = self._feed_view(page) if page.template in _FEED_TEMPLATES else page.context(site)
        if write := self._json_writers.get(page.template):
            return write(view, page.url).encode()
        try:
            text = self._env.get_template(page.template).render(page=view, here=page.url)
        except StateError:  # a template may be the first to read a cell of a damaged store
            raise
        except Exception as error:  # a template is a program: whatever it does wrong is told, with its line
            raise SiteError(_template_problem(error, page)) from error
        return (text.strip() + "\n").encode()

    def _feed_view(self, page: Page) -> Any:
        """Return the view of a feed, made once for all its formats, which come one after the other."""
        key, last = (page.make_view, page.args), self._shared_view
        if last is None or last.key != key or last.digest is None or self._site.digest_all(last.reads) != last.digest:
            with self._site.tracing() as reads:
                view = page.context(self._site)
            last = self._shared_view = _SharedView(key, view, reads, self._site.digest_all(reads))
        self._site.note_reads(last.reads)
        return last.view

    # -- what templates can call ----------------------------------------------------------------------

    # With a context, or Jinja would work out names and links of constants once, when it compiles.
    @jinja2.pass_context
    def _name_of(self, _context: Context, tag: Tag) -> str:
        return directory.name(self._site, tag)

    @jinja2.pass_context
    def _url(self, _context: Context, target: str, fragment: str = "") -> Href:
        href = self._hrefs.get(target)
        if href is None:
            href = self._links.href(self._here, target)
            if not self._links.offline:
                self._hrefs[target] = href
        return Href(f"{href}#{fragment}") if fragment else href

    def _asset(self, name: str) -> Href:
        url = theme.asset_url(self._site, name)
        if url is None:
            raise ValueError(f"there is no file {name} in templates/assets/")
        return self._links.href(self._here, url)

    def _body(
        self,
        doc: document.Document,
        anchors: Mapping[str, tuple[Anchor, ...]] | None = None,
        former: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Markup:
        return document.html(doc, anchors, partial(self._links.href_as_written, self._here), former)

    def _index_of(self, tag: Tag) -> UrlPath:
        return url_path(self._site.config.kind(tag.kind).prefix)

    def _kind_url(self, kind: Kind) -> Href:
        return self._links.href(self._here, url_path(kind.prefix))

    def _once(self, card: ArticleCard, macro: Macro) -> Markup:
        """Return what a macro makes of a card, drawn once, however many pages list the article.

        A macro may read more for it, such as names of entities. Where links depend on the page that they stand on, it
        is drawn for each.
        """
        if self._links.offline:
            return Markup(macro(card))  # noqa: S704  macros escape
        key = (macro._func.__code__, card.digest)  # noqa: SLF001  a name may be that of several macros
        site = self._site
        cached = self._cached_macros.get(key)
        if cached is None or (
            cached.revision != site.revision and cached.reads and site.digest_all(cached.reads) != cached.digest
        ):
            with site.tracing() as reads:
                html = Markup(macro(card))  # noqa: S704
            digest = site.digest_all(reads) if reads else None
            cached = self._cached_macros[key] = _CachedMacro(html, reads, digest, site.revision)
        cached.revision = site.revision
        site.note_reads(cached.reads)
        return cached.html


def _template_problem(error: Exception, page: Page) -> Problem:
    """Say what went wrong, in which template and line: Jinja rewrites tracebacks to the template's own lines."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return Problem(f"templates/{error.name}", error.lineno, error.message or "syntax error", "fix the template")
    name, line = page.template, 0
    trace = error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if filename.startswith("templates/"):
            name, line = filename.removeprefix("templates/"), trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, jinja2.TemplateNotFound):  # `../`, or a whole path, is the name of none
        return Problem(f"templates/{name}", line, f"the template {error.name} is not there", "check its name")
    what = f"{str(error) or type(error).__name__} (on the page {page.url})"
    return Problem(f"templates/{name}", line, what, "fix the template")
