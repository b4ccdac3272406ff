"""Which articles are one outlet's: by its name, or by the domain of its hosts. Pure."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from site_gen.core.urls import canonical_host, host_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.site.indexed_article import ArticleCard


# Platforms that the list of public suffixes does not have: each of their hosts is an outlet.
_PLATFORMS = frozenset({"medium.com", "substack.com", "beehiiv.com", "ghost.io", "hashnode.dev", "buttondown.email"})


@functools.lru_cache(maxsize=4096)
def outlet_domain(source: str) -> str:
    """Return the domain that a page's host was registered under, the same for all hosts of an outlet.

    `https://uk.news.example/2026/x` gives `news.example`. A host of a platform (publicsuffix.org, private domains, and
    a few more) is an outlet of its own: `quill.blogspot.com`. Empty for what is no web address.
    """
    host = canonical_host(host_of(source))
    if host.count(".") < 2:
        return host
    from tld import get_fld  # noqa: PLC0415  reads a long list, which most hosts do not need

    domain = get_fld(host, fix_protocol=True, fail_silently=True, search_private=True)
    return domain if domain and domain not in _PLATFORMS else host


def distinct_outlets(cards: Iterable[ArticleCard]) -> list[ArticleCard]:
    """Return the first article of each outlet, in order; an article of an unknown outlet stands for itself."""
    seen: set[str] = set()
    distinct: list[ArticleCard] = []
    for card in cards:
        keys = {f"name {card.outlet.casefold()}" if card.outlet else "", f"domain {card.domain}" if card.domain else ""}
        keys.discard("")
        if seen.isdisjoint(keys):
            distinct.append(card)
        seen |= keys
    return distinct


def count_outlets(cards: Iterable[ArticleCard]) -> int:
    """Return how many outlets articles are of, as far as these are known."""
    return len(distinct_outlets(card for card in cards if card.outlet))


def other_outlets(others: Iterable[ArticleCard], card: ArticleCard | None = None) -> list[ArticleCard]:
    """Return the first article of each outlet but the one of `card`, in order."""
    return distinct_outlets([card, *others])[1:] if card else distinct_outlets(others)
