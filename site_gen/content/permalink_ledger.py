"""The ledger of permalinks, `content/permalinks.txt`: every address that was published, and what it stands for.

A line an address, sorted, so that two people's additions merge cleanly:

    /companies/acme/ 2026-11-22 companies/acme
    /companies/acme-old/ 2025-02-01 companies/acme-old gone 2026-11-22 Acme Old

What a page stands for is a word: `companies/acme` an entity, `companies/acme:2019` its page of a year,
`companies/acme:feed` and `:jsonfeed` its feeds, `companies/acme:data` and `:2019:data` the same for programs,
`companies/acme:with:people/ann` its page with another, `kind:companies` an index, `kind:companies:feed` its feed,
`article:k3v9x2qd` an article by its id, `archive:2019-05` a month of the archive, `issue:2019-w21` and `issue:2019-05`
an issue, `site:home` and the like.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content import site_paths
from site_gen.core.text import one_line
from site_gen.core.urls import UrlPath

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

FILE = site_paths.LEDGER
_LINE = re.compile(r"(/\S*) (\d{4}-\d\d-\d\d) (\S+)(?: gone (\d{4}-\d\d-\d\d)(?: (\S.*))?)?")
_HEAD = "# Every address that was published. Written by `site-gen permalinks record`; keep it in the repository.\n"


class Entry(NamedTuple):
    """An address with the day it was first published, both as written; `gone` is the day on which a person
    declared that what stood there is no more, `title` what that was called, `line` where it is written."""

    url: UrlPath
    first: str
    stands_for: str
    gone: str | None = None
    title: str | None = None
    line: int = 0


def parse(text: str) -> tuple[list[Entry], list[tuple[int, str]]]:
    """The entries of a ledger, and for each line that is none its number and what is wrong with it."""
    found: dict[UrlPath, Entry] = {}
    wrong: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.rstrip())
        if match is None:
            what = "holds both sides of a merge" if line.startswith(("<<<<", "====", ">>>>")) else "is no entry"
            wrong.append((number, what))
            continue
        url, first, stands_for, gone, title = match.groups()
        entry = Entry(UrlPath(url), first, stands_for, gone, title, number)
        other = found.setdefault(entry.url, entry)
        if other is not entry and other.stands_for != entry.stands_for:
            wrong.append((number, f"names {url} again, which line {other.line} has for {other.stands_for}"))
    return list(found.values()), wrong


def dump(entries: Iterable[Entry]) -> str:
    """The ledger of these entries."""
    lines = []
    for url, first, stands_for, gone, title, _ in sorted(entries):
        tail = f" gone {gone}" + (f" {one_line(title)}" if title else "") if gone else ""
        lines.append(f"{url} {first} {stands_for}{tail}\n")
    return _HEAD + "".join(lines)


def recorded(entries: Iterable[Entry], pages: Mapping[UrlPath, str], today: dt.date) -> list[Entry]:
    """The ledger once these pages, with what they stand for, are published.

    An address that leads on to what took its place stands for that from now on: so chains never grow. One
    that was declared gone and is back is not gone.
    """
    found = {entry.url: entry for entry in entries}
    for url, stands_for in pages.items():
        old = found.get(url)
        if old is None:
            found[url] = Entry(url, today.isoformat(), stands_for)
        elif old.stands_for != stands_for or old.gone:
            found[url] = Entry(url, old.first, stands_for)
    return sorted(found.values())


def declared_gone(
    entries: Iterable[Entry], url: UrlPath, today: dt.date, title: str | None = None
) -> tuple[list[Entry], list[Entry]]:
    """The ledger with an address, and all below it, declared gone; and the entries that this changed."""
    kept: list[Entry] = []
    changed: list[Entry] = []
    for entry in entries:
        inside = entry.url == url or (url.endswith("/") and url != "/" and entry.url.startswith(url))
        if inside and not entry.gone:
            gone = entry._replace(gone=today.isoformat(), title=title or entry.title)
            kept.append(gone)
            changed.append(gone)
        else:
            kept.append(entry)
    return kept, changed
