"""One name for the outlet of all pages of one host: pages of a site do not agree on what it is called."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from site_gen.content import authorship
from site_gen.ingest.extract.source_url import folded_host

if TYPE_CHECKING:
    from site_gen.content.records import Article


class OutletNames:
    """The names that articles of each host go by: first what a person wrote, then what was found, the most
    frequent of them; of two as frequent the one that came first."""

    def __init__(self) -> None:
        self._by_hand: dict[str, Counter[str]] = {}
        self._found: dict[str, Counter[str]] = {}

    def note(self, article: Article) -> None:
        """Remember the name that an article has."""
        by_hand = "site" in (authorship.edited_keys(article) or ())
        self.remember(article.source, article.site, by_hand=by_hand)

    def remember(self, source: str | None, name: str | None, *, by_hand: bool = False) -> None:
        """Remember the name of the outlet at an address. One that is the host itself was put where none was
        found, and says nothing, unless a person wrote it."""
        if source and name and (by_hand or not _is_host(source, name)):
            names = self._by_hand if by_hand else self._found
            names.setdefault(folded_host(source), Counter())[name] += 1

    def name(self, source: str | None, found: str | None) -> str | None:
        """The name to give the outlet at an address, where `found` was found on the page."""
        host = folded_host(source) if source else ""
        for names in (self._by_hand, self._found):
            if host in names:
                return names[host].most_common(1)[0][0]
        return found


def _is_host(source: str, name: str) -> bool:
    return folded_host(f"//{name}") == folded_host(source)
