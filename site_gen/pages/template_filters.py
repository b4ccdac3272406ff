"""What templates can do with a value: dates, links, drawings, data for machines. Pure."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from babel.core import get_global
from jinja2 import Undefined
from markupsafe import Markup, escape

from site_gen.core.formatting import format_day
from site_gen.core.urls import Href, safe_href

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from site_gen.pages.bar_charts import Bar, Chart


@lru_cache(maxsize=4096)
def date_html(date: dt.date | None, dated_by: str = "") -> Markup:
    """A date for reading, with its machine-readable form; one that is `guessed` says so, and machines are not
    told it."""
    if date is None:
        return Markup('<span class="soft">no date</span>')
    if dated_by == "guessed":
        about = '<span aria-hidden="true">c.</span><span class="vh">about</span>'
        return Markup(f'<span class="guess" title="This date is a guess">{about}\u00a0{format_day(date)}</span>')  # noqa: S704
    return Markup(f'<time datetime="{date}">{format_day(date)}</time>')  # noqa: S704  digits and names of months


def web_href(url: str | None) -> Href:
    """The filter that every link to the web passes in a template.

    Raises ValueError for anything that is no http, https or mailto address: such a link never gets this
    far from content, so it is a mistake in a template.
    """
    href = safe_href(url or "")
    if href is None:
        raise ValueError(f"{url!r} is no link to the web; internal links are made with url()")
    return href


def text_fragment(href: Href, words: str) -> Href:
    """The link with a fragment that makes browsers scroll to the quoted words and mark them (WICG, URL
    Fragment Text Directives). `words` are as `passages.fragment` gives them."""
    joint = ":~:" if "#" in href else "#:~:"
    return Href(f"{href}{joint}text={words}")


def archive_href(url: str, date: dt.date | None) -> Href:
    """The Wayback Machine's copy of a page that was made nearest to a day; without one, its latest."""
    near = f"{date:%Y%m%d}/" if date else ""
    return web_href(f"https://web.archive.org/web/{near}{url.partition('#')[0]}")


_IN_SCRIPT = [(sign, f"\\u{ord(sign):04x}") for sign in "<>&\u2028\u2029"]


def script_json(text: str) -> Markup:
    """JSON as it may stand in a `<script>`: nothing in it can end the element, nor begin a comment in it
    (HTML, "Restrictions for contents of script elements")."""
    for sign, instead in _IN_SCRIPT:
        text = text.replace(sign, instead)
    return Markup(text)  # noqa: S704  no sign that HTML knows is left


@lru_cache(maxsize=256)
def open_graph_locale(language: str) -> str:
    """A language as Open Graph writes it, with a territory: that of the tag, else the one where most of its
    speakers are (Unicode CLDR, likely subtags), else none."""
    first, *others = language.split("-")
    territory = next((part for part in others if len(part) == 2 or part.isdigit()), "")
    if not territory:
        likely = get_global("likely_subtags")
        known = likely.get("_".join([first.lower(), *map(str.title, others)])) or likely.get(first.lower(), "")
        territory = known.rpartition("_")[2]
    return f"{first.lower()}_{territory.upper()}" if territory else first.lower()


def csp_hash(script: str) -> str:
    """The hash by which a Content-Security-Policy allows one script (CSP Level 3, section 2.3.1)."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


_SPECIAL = re.compile("[&<>\"']").search


def fast_escape(value: object) -> str:
    """What autoescape makes of a value. The same as MarkupSafe's `escape`, but what holds nothing to
    escape comes back as it is: pages are made of such, and a tenth of a build went into wrapping it."""
    if type(value) is Markup or (type(value) is str and not _SPECIAL(value)):
        return value
    if type(value) is Undefined:  # that of an `if` without `else`: any other is strict
        return ""
    return str(value) if type(value) is int else escape(value)


# Geometry is drawn here and not in the templates: a page may hold thousands of bars, and a template
# takes a microsecond for each of their numbers.


def chart_bars(chart: Chart) -> Markup:
    """The bars of a coverage chart, each with its label; the highest stand out."""
    high = chart.most if chart.most > 1 else -1
    found = [
        f'<rect x="{bar.x}" y="{bar.y}" width="{bar.width}" height="{bar.height}"'
        + (' class="hi">' if bar.value == high else ">")
        + f"<title>{escape(bar.label)}: {bar.value}</title></rect>\n"
        for bar in chart.bars
        if bar.value
    ]
    return Markup("".join(found))  # noqa: S704  numbers, and labels that are escaped above


def chart_rows(chart: Chart) -> Markup:
    """The rows of the table behind a coverage chart: the periods that have stories."""
    found = [f'<tr><td>{escape(bar.label)}</td><td class="n">{bar.value}</td></tr>' for bar in chart.bars if bar.value]
    return Markup("\n".join(found))  # noqa: S704  numbers, and labels that are escaped above


def sparkline_paths(row: Sequence[Bar]) -> Markup:
    """The bars of a sparkline as two paths; the last stands out."""
    paths = [f"M{bar.x:g} {bar.y:g}h{bar.width:g}V18h-{bar.width:g}z" for bar in row]
    past, last = "".join(paths[:-1]), "".join(paths[-1:])
    return Markup(f'<path d="{past}"/><path class="hi" d="{last}"/>')  # noqa: S704  numbers
