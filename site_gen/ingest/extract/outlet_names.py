"""Choose one name for the outlet of all pages of a host: pages of a site do not agree on what it is called."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from site_gen.content import authorship
from site_gen.ingest.extract.source_url import folded_host

if TYPE_CHECKING:
    from site_gen.content.records import Article


class OutletNames:
    """The names of outlets in the articles of each host.

    A name that a person wrote goes before one that was extracted, then the most frequent; of two as frequent the one
    that came first.
    """

    def __init__(self) -> None:
        self._written: dict[str, Counter[str]] = {}
        self._extracted: dict[str, Counter[str]] = {}

    def add_article(self, article: Article) -> None:
        """Count the name that an article has."""
        by_hand = "site" in (authorship.edited_keys(article) or ())
        self.add(article.source, article.site, by_hand=by_hand)

    def add(self, source: str | None, name: str | None, *, by_hand: bool = False) -> None:
        """Count the name of the outlet at an address.

        A name that is the host itself was put where there is none, and does not count, unless a person wrote it.
        """
        if source and name and (by_hand or not _is_host(source, name)):
            names = self._written if by_hand else self._extracted
            names.setdefault(folded_host(source), Counter())[name] += 1

    def choose(self, source: str | None, extracted: str | None) -> str | None:
        """Return the name to give the outlet at an address, of whose page `extracted` was extracted."""
        host = folded_host(source) if source else ""
        for names in (self._written, self._extracted):
            if host in names:
                return names[host].most_common(1)[0][0]
        return extracted


def _is_host(source: str, name: str) -> bool:
    return folded_host(f"//{name}") == folded_host(source)
