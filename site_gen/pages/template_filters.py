"""Filters of the templates: dates, links, drawings, data for machines. Pure.

`renderer` says by which name templates know each of them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from babel.core import get_global
from jinja2 import Undefined
from markupsafe import Markup, escape

from site_gen.core.urls import Href, safe_href

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from site_gen.pages.bar_charts import Bar, Chart
    from site_gen.pages.language import Language


_SCRIPT_ESCAPES = [(sign, f"\\u{ord(sign):04x}") for sign in "<>&\u2028\u2029"]  # as JSON writes them
_has_html_sign = re.compile("[&<>\"']").search


@lru_cache(maxsize=4096)
def date_html(language: Language, date: dt.date | None, dated_by: str = "", saved: dt.date | None = None) -> Markup:
    """Return a date for reading, with its machine-readable form.

    One that is `guessed` says so, and machines are not told it. Where there is none, the day of saving may stand for
    it, for people alone.
    """
    if date is None:
        text = language.gettext("undated")
        if saved:
            text = language.gettext("undated, saved %(day)s", day=language.day(saved))
        return Markup(f'<span class="soft">{text}</span>')  # noqa: S704  our words
    if dated_by == "guessed":
        about = language.gettext('<span aria-hidden="true">c.</span><span class="vh">about</span>')
        title = language.gettext("This date is a guess")
        return Markup(f'<span class="guess" title="{title}">{about}\u00a0{language.day(date)}</span>')  # noqa: S704
    return Markup(f'<time datetime="{date}">{language.day(date)}</time>')  # noqa: S704  digits and names of months


def web_href(url: str | None) -> Href:
    """Return a link to the web; every one in a template passes this filter.

    Raises ValueError for anything that is no http, https or mailto address: such a link never gets this far from
    content, so it is a mistake in a template.
    """
    href = safe_href(url or "")
    if href is None:
        raise ValueError(f"{url!r} is not a link to the web; internal links are made with url()")
    return href


def text_fragment(href: Href, words: str) -> Href:
    """Return a link with a fragment that makes browsers scroll to the quoted words and mark them.

    words: as `content.markdown.quotes.text_fragment` makes them (WICG, URL Fragment Text Directives).
    """
    joint = ":~:" if "#" in href else "#:~:"
    return Href(f"{href}{joint}text={words}")


def archive_href(url: str, date: dt.date | None) -> Href:
    """Return a link to the Wayback Machine's copy of a page: the one nearest to a day; without a day, its latest."""
    timestamp = f"{date:%Y%m%d}/" if date else ""
    return web_href(f"https://web.archive.org/web/{timestamp}{url.partition('#')[0]}")


def script_json(text: str) -> Markup:
    """Return JSON as it may stand in a `<script>`.

    Nothing in it can end the element, nor begin a comment in it (HTML, "Restrictions for contents of script elements").
    """
    for sign, escape_sequence in _SCRIPT_ESCAPES:
        text = text.replace(sign, escape_sequence)
    return Markup(text)  # noqa: S704  no sign that HTML knows is left


@lru_cache(maxsize=256)
def open_graph_locale(language: str) -> str:
    """Return a language tag as Open Graph writes it, with a territory: `en_US`.

    That is the territory of the tag, else the one where most of the language's speakers are (Unicode CLDR, likely
    subtags), else none.
    """
    first, *others = language.split("-")
    territory = next((part for part in others if len(part) == 2 or part.isdigit()), "")
    if not territory:
        likely = get_global("likely_subtags")
        full_tag = likely.get("_".join([first.lower(), *map(str.title, others)])) or likely.get(first.lower(), "")
        territory = full_tag.rpartition("_")[2]
    return f"{first.lower()}_{territory.upper()}" if territory else first.lower()


def csp_hash(script: str) -> str:
    """Return the hash by which a Content-Security-Policy allows one script (CSP Level 3, section 2.3.1)."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def fast_escape(value: object) -> str:
    """Return what autoescape makes of a value.

    It gives what MarkupSafe's `escape` gives, but what holds nothing to escape comes back as it is: pages are mostly
    made of such, and a tenth of a build went into wrapping it.
    """
    if type(value) is Markup or (type(value) is str and not _has_html_sign(value)):
        return value
    if type(value) is Undefined:  # that of an `if` without `else`: any other is strict
        return ""
    return str(value) if type(value) is int else escape(value)


# Geometry becomes SVG here and not in the templates: a page may hold thousands of bars, and a template takes a
# microsecond for each of their numbers.


def chart_bars(chart: Chart) -> Markup:
    """Return the bars of a chart as SVG, each with its label; the highest stand out."""
    highest = chart.most if chart.most > 1 else -1
    rects = [
        f'<rect x="{bar.x}" y="{bar.y}" width="{bar.width}" height="{bar.height}"'
        + (' class="hi">' if bar.value == highest else ">")
        + f"<title>{escape(bar.label)}: {bar.value}</title></rect>\n"
        for bar in chart.bars
        if bar.value
    ]
    return Markup("".join(rects))  # noqa: S704  numbers, and labels that are escaped above


def chart_rows(chart: Chart) -> Markup:
    """Return the rows of the table behind a chart as HTML: the periods that have stories."""
    rows = [f'<tr><td>{escape(bar.label)}</td><td class="n">{bar.value}</td></tr>' for bar in chart.bars if bar.value]
    return Markup("\n".join(rows))  # noqa: S704  numbers, and labels that are escaped above


def sparkline_paths(bars: Sequence[Bar]) -> Markup:
    """Return the bars of a sparkline as two SVG paths; the last bar stands out."""
    paths = [f"M{bar.x:g} {bar.y:g}h{bar.width:g}V18h-{bar.width:g}z" for bar in bars]
    before, last = "".join(paths[:-1]), "".join(paths[-1:])
    return Markup(f'<path d="{before}"/><path class="hi" d="{last}"/>')  # noqa: S704  numbers
