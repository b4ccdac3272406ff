"""Choose one name for the outlet of all pages of a host: pages of a site do not agree on what it is called."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from site_gen.content import authorship
from site_gen.ingest.extract.outlet import collect_host_keys, is_outlet
from site_gen.ingest.extract.source_url import folded_host

if TYPE_CHECKING:
    from site_gen.content.records import Article

_LIKENESS = 0.8  # to its host, from which on a name is that of all its sections


class OutletNames:
    """The names of outlets in the articles of each host.

    A name that a person wrote goes before one that was extracted, then the most frequent; of two as frequent the one
    that came first. A name that only one section of a host has (`Post Sport`) is not given to the others.
    """

    def __init__(self) -> None:
        self._written: dict[str, Counter[str]] = {}
        self._extracted: dict[str, dict[str, Counter[str]]] = {}  # by host and name, how often in which section

    def add_article(self, article: Article) -> None:
        """Count the name that an article has."""
        by_hand = "site" in (authorship.edited_keys(article) or ())
        self.add(article.source, article.site, by_hand=by_hand)

    def add(self, source: str | None, name: str | None, *, by_hand: bool = False) -> None:
        """Count the name of the outlet at an address.

        A name that is the host itself was put where there is none, and does not count, unless a person wrote it.
        """
        if not source or not name:
            return
        host = folded_host(source)
        if by_hand:
            self._written.setdefault(host, Counter())[name] += 1
        elif not _is_host(source, name):
            section = "" if is_outlet(name, collect_host_keys(source), _LIKENESS) else _section(source)
            self._extracted.setdefault(host, {}).setdefault(name, Counter())[section] += 1

    def choose(self, source: str | None, extracted: str | None) -> str | None:
        """Return the name to give the outlet at an address, of whose page `extracted` was extracted."""
        if not source:
            return extracted
        host = folded_host(source)
        if host in self._written:
            return self._written[host].most_common(1)[0][0]
        own_sections = {"", _section(source)}
        counts = {
            name: sections.total()
            for name, sections in self._extracted.get(host, {}).items()
            if len(sections) > 1 or not own_sections.isdisjoint(sections)
        }
        return max(counts, key=counts.__getitem__, default=extracted)


def _section(source: str) -> str:
    """Return the first folder of an address, which may be a section of its site: empty for none, or a year's."""
    try:
        folder, _, page = urlsplit(source).path.lstrip("/").partition("/")
    except ValueError:
        return ""
    return folder if page and not folder.isdecimal() else ""


def _is_host(source: str, name: str) -> bool:
    return folded_host(f"//{name}") == folded_host(source)
