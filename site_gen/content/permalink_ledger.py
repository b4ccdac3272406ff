"""Ledger of permalinks, `content/permalinks.txt`: every address that was published, and what it stands for. Pure.

A line is an address; lines are sorted, and each ends with its check (see `ledger_lines`), left out here:

    /companies/acme/ 2026-11-22 companies/acme
    /companies/acme-old/ 2025-02-01 companies/acme-old gone 2026-11-22 Acme Old

What a page stands for is a word: `companies/acme` an entity, `companies/acme:2019` its page of a year
(`companies/acme:undated` of what has no date),
`companies/acme:feed` and `:jsonfeed` its feeds, `companies/acme:data` and `:2019:data` the same for programs,
`companies/acme:with:people/ann` its page with another, `kind:companies` an index, `kind:companies:feed` its feed,
`article:k3v9x2qd` an article by its id, `archive:2019-05` a month of the archive, `issue:2019-w21` and `issue:2019-05`
an issue, `site:home` and the like.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.ledger_lines import LedgerFault, format_ledger, read_lines
from site_gen.core.text import one_line
from site_gen.core.urls import UrlPath

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

_LINE = re.compile(r"(/\S*) (\d{4}-\d\d-\d\d) (\S+)(?: gone (\d{4}-\d\d-\d\d)(?: (\S.*))?)?")
_HEAD = "Every address that was published. Written by `site-gen permalinks record`; keep it in the repository."


class Permalink(NamedTuple):
    """An address that was published."""

    url: UrlPath  # the address
    first: str  # the day it was first published, as written: `2026-11-22`
    stands_for: str  # what its page is of, see above: `companies/acme`
    gone: str | None = None  # the day on which a person declared that what stood there is no more; None: nobody did
    title: str | None = None  # what that was called
    line: int = 0  # of the ledger, from 1; 0: it is not written yet


def parse(text: str) -> tuple[list[Permalink], list[LedgerFault]]:
    """Return the permalinks of a ledger, and what is wrong with it."""
    permalinks: dict[UrlPath, Permalink] = {}
    lines, faults = read_lines(text)
    wrong = list(faults)
    for number, line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            wrong.append(LedgerFault(number, "is no entry"))
            continue
        url, first, stands_for, gone, title = match.groups()
        permalink = Permalink(UrlPath(url), first, stands_for, gone, title, number)
        earlier = permalinks.setdefault(permalink.url, permalink)
        if earlier is not permalink and earlier.stands_for != permalink.stands_for:
            what = f"names {url} again, which line {earlier.line} has for {earlier.stands_for}"
            wrong.append(LedgerFault(number, what))
    return list(permalinks.values()), wrong


def dump(permalinks: Iterable[Permalink]) -> str:
    """Return the ledger of these permalinks."""
    lines = []
    for url, first, stands_for, gone, title, _ in sorted(permalinks):
        tail = f" gone {gone}" + (f" {one_line(title)}" if title else "") if gone else ""
        lines.append(f"{url} {first} {stands_for}{tail}")
    return format_ledger(_HEAD, lines)


def record_pages(permalinks: Iterable[Permalink], pages: Mapping[UrlPath, str], today: dt.date) -> list[Permalink]:
    """Return the ledger once pages are published. pages: by address, what each stands for.

    An address that leads on to what took its place stands for that from now on: so chains never grow. One that was
    declared gone and is back is not gone.
    """
    ledger = {permalink.url: permalink for permalink in permalinks}
    for url, stands_for in pages.items():
        old = ledger.get(url)
        if old is None:
            ledger[url] = Permalink(url, today.isoformat(), stands_for)
        elif old.stands_for != stands_for or old.gone:
            ledger[url] = Permalink(url, old.first, stands_for)
    return sorted(ledger.values())


def declare_gone(
    permalinks: Iterable[Permalink], url: UrlPath, today: dt.date, title: str | None = None
) -> tuple[list[Permalink], list[Permalink]]:
    """Return the ledger with an address, and all below it, declared gone; and the permalinks that this changed."""
    ledger: list[Permalink] = []
    changed: list[Permalink] = []
    for permalink in permalinks:
        is_inside = permalink.url == url or (url.endswith("/") and url != "/" and permalink.url.startswith(url))
        if is_inside and not permalink.gone:
            gone = permalink._replace(gone=today.isoformat(), title=title or permalink.title)
            ledger.append(gone)
            changed.append(gone)
        else:
            ledger.append(permalink)
    return ledger, changed
