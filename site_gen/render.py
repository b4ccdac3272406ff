"""Pages to bytes with Jinja. Autoescape is on for every template, undefined names are errors."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import jinja2

from site_gen import document
from site_gen.contexts.archive import month_url, year_url
from site_gen.contexts.parts import direction
from site_gen.errors import Problem, SiteError
from site_gen.pages import ABOUT, ARCHIVE, FEED, HOME, SITEMAP, Page
from site_gen.text import shorten
from site_gen.urls import Href, UrlPath, host_of, safe_href, url_path

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from markupsafe import Markup

    from site_gen.document import Anchor
    from site_gen.links import Links
    from site_gen.passages import Piece
    from site_gen.site import Site

ASSETS = "assets"
_MOST_KINDS = 6  # that a masthead has room for; the rest stand in the footer


@dataclass(frozen=True, slots=True)
class Theme:
    """The template folders in the order they are asked: a site's own first, then ours."""

    folders: tuple[Path, ...]

    def assets(self) -> dict[str, bytes]:
        """Static files by name (`style.css`); a site's own beats ours file by file."""
        found: dict[str, bytes] = {}
        for folder in reversed(self.folders):
            base = folder / ASSETS
            if base.is_dir():
                for path in sorted(base.rglob("*")):
                    if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                        found[path.relative_to(base).as_posix()] = path.read_bytes()
        return dict(sorted(found.items()))


def theme(site: Path) -> Theme:
    """The theme of a site: its `templates/` where it has one, and the one that comes with the program."""
    packaged = Path(__file__).with_name("theme")
    ours = packaged if packaged.is_dir() else Path(__file__).parent.parent / "templates"
    own = site / "templates"
    same = own.is_dir() and own.resolve() == ours.resolve()
    return Theme((ours,) if same or not own.is_dir() else (own, ours))


def asset_path(name: str, data: bytes) -> UrlPath:
    """The URL of an asset, with a hash of its bytes: a new version has a new name, so browsers may keep
    the old one for ever.
    """
    stem, dot, suffix = name.rpartition(".")
    digest = hashlib.blake2b(data, digest_size=4).hexdigest()
    return UrlPath(f"/{ASSETS}/{stem or suffix}.{digest}{dot}{suffix if stem else ''}")


_TEMPLATES = (".html", ".xml", ".txt")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(date: dt.date | None, style: str = "short") -> str:
    """A date for reading. Styles: `short` (9 May 2019), `long` (Thursday 9 May 2019), `month` (May 2019)."""
    if date is None:
        return "no date"
    month = _MONTHS[date.month - 1]
    if style == "month":
        return f"{month} {date.year}"
    weekday = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[date.weekday()]
    return f"{weekday} {date.day} {month} {date.year}" if style == "long" else f"{date.day} {month[:3]} {date.year}"


def number(value: int) -> str:
    """A number with thin gaps between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def counted(value: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 article`, `12 articles`."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def web(url: str | None) -> Href:
    """The filter that every link to the web passes in a template.

    Raises ValueError for anything that is no http, https or mailto address: such a link never gets this
    far from content, so it is a mistake in a template.
    """
    href = safe_href(url or "")
    if href is None:
        raise ValueError(f"{url!r} is no link to the web; internal links are made with url()")
    return href


def text_fragment(href: Href, pieces: Iterable[Piece]) -> Href:
    """The link with a fragment that makes browsers scroll to the quoted words and mark them
    (WICG, URL Fragment Text Directives). A few words from the quote's beginning tell the place.
    """
    quoted = "".join(piece.text for piece in pieces).strip("… ").partition(" … ")[0]
    start = shorten(" ".join(quoted.split()[:6]), 80).rstrip(".,;:…")
    joint = ":~:" if "#" in href else "#:~:"
    return Href(f"{href}{joint}text={quote(start, safe='').replace('-', '%2D')}")


def csp_hash(script: str) -> str:
    """The hash by which a Content-Security-Policy allows one script (CSP Level 3, section 2.3.1)."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def environment(theme: Theme) -> jinja2.Environment:
    """The one Jinja environment. Content never becomes a template: it is only ever a value in one."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in theme.folders]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    env.filters |= {
        "day": day,
        "number": number,
        "counted": counted,
        "web": web,
        "host": host_of,
        "text_fragment": text_fragment,
        "sha256": csp_hash,
    }
    return env


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """What every page knows of the site: its names, its sections (those the masthead has no room for in
    `more`), and the day of its newest article.
    """

    title: str
    tagline: str
    language: str
    sections: tuple[tuple[str, UrlPath], ...]
    more: tuple[tuple[str, UrlPath], ...]
    updated: dt.date | None


class Renderer:
    """Draws pages of one site. Built once a process; draws any number of pages in any order."""

    def __init__(self, site: Site, theme: Theme, links: Links) -> None:
        self._site, self._links = site, links
        self._env = environment(theme)
        files = theme.assets()
        self._asset_urls = {name: asset_path(name, data) for name, data in files.items()}
        self.assets = {self._asset_urls[name]: data for name, data in files.items()}
        config = site.config
        sections = [(kind.label, url_path(kind.prefix)) for kind in config.kinds]
        self._info = SiteInfo(
            title=config.title,
            tagline=config.tagline,
            language=config.language,
            sections=(*sections[:_MOST_KINDS], ("Archive", ARCHIVE), ("About", ABOUT)),
            more=tuple(sections[_MOST_KINDS:]),
            updated=max((v.card.date for v in site.articles if v.card.date), default=None),
        )

    def render(self, page: Page) -> bytes:
        """The page's bytes. Raises SiteError, naming template and line, when a template is wrong."""
        here = page.url

        def url(target: str) -> Href:
            return self._links.href(here, target)

        def body(doc: document.Document, anchors: Mapping[str, tuple[Anchor, ...]] | None = None) -> Markup:
            return document.html(doc, self._site.markdown, anchors, partial(self._links.written, here))

        def asset(name: str) -> Href:
            if name not in self._asset_urls:
                raise ValueError(f"there is no file {name} in templates/{ASSETS}/")
            return url(self._asset_urls[name])

        try:
            template = self._env.get_template(page.template)
            text = template.render(
                page=page.context,
                here=here,
                site=self._info,
                url=url,
                absolute=self._links.absolute,
                asset=asset,
                body=body,
                offline=self._links.offline,
                home=HOME,
                feed=FEED,
                sitemap=SITEMAP,
                archive=ARCHIVE,
                month_url=month_url,
                year_url=year_url,
                direction=direction,
            )
        except Exception as error:  # a template is a program: whatever it does wrong is told, with its line
            raise SiteError(_template_problem(error, page)) from error
        return (text.strip() + "\n").encode()


def _template_problem(error: Exception, page: Page) -> Problem:
    """Where in which template it went wrong: Jinja rewrites tracebacks to the template's own lines."""
    if isinstance(error, jinja2.TemplateNotFound):
        return Problem(f"templates/{page.template}", 0, f"the template {error.name} is not there", "check its name")
    if isinstance(error, jinja2.TemplateSyntaxError):
        return Problem(f"templates/{error.name}", error.lineno, error.message or "syntax error", "mend the template")
    name, line = page.template, 0
    trace = error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if filename.endswith(_TEMPLATES):
            name, line = Path(filename).name, trace.tb_lineno
        trace = trace.tb_next
    what = f"{str(error) or type(error).__name__} (on the page {page.url})"
    return Problem(f"templates/{name}", line, what, "mend the template")


def render_all(renderer: Renderer, pages: Iterable[Page]) -> Iterable[tuple[UrlPath, bytes]]:
    """Assets, then pages, each with its URL."""
    yield from renderer.assets.items()
    for page in pages:
        yield page.url, renderer.render(page)
