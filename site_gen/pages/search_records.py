"""What search looks through: a record for each article and each entity, made of what their pages show and of
nothing more. Pure.

An article is found by its title, its outlet, the names of what it is tagged with, its summary and the passages
that name them: that is what its page shows in excerpt mode, and enough of a full text to find it by, at a fifth
of what it would cost to index every word.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.digests import digest_of
from site_gen.core.urls import percent_encoded
from site_gen.site.indexed_article import detail_from_json, mention_from_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from site_gen.content.records import Tag
    from site_gen.site.indexed_article import ArticleCard, IndexedArticle
    from site_gen.site.site import Site

# The filters that are no kind's: which sort of page it is, and of which year. No kind can go by these names.
PAGE_TYPE, YEAR = "is", "year"
ARTICLES = "Articles"
_SOME = 200  # articles that are looked at before others have their turn
BREAK = "¶"  # between passages: holds no letter, so that nobody can search for it
_MARK = re.compile("<[^>]*>")
# Scripts without blanks between words, each letter with the marks that belong to it. Hangul has blanks.
_LETTER = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U0001aff0-\U0001b16f\U00020000-\U0003347f]"
)
_MARKS = "[\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u3099\u309a\ufe00-\ufe0f]*"
_RUN = re.compile(f"(?:{_LETTER}{_MARKS})+")
_ONE = re.compile(f"{_LETTER}{_MARKS}")


class SearchRecord(NamedTuple):
    """What is found: an address without the base path, encoded; words; what is shown with it; by what it can be
    narrowed down; the number that orders it by day."""

    url: str
    content: str
    meta: Mapping[str, str]
    filters: Mapping[str, Sequence[str]]
    order: int


def segment(text: str) -> str:
    """A text in which search finds words of scripts that put no blanks between them.

    Each run of such letters becomes overlapping pairs, `海康威视` → `海康 康威 威视 视`: any part of it is then a
    row of whole words or the beginning of one, however a dictionary would cut it. `search.js` cuts queries in the
    same way and puts what it shows together again.
    """
    return _RUN.sub(_pairs, text)


def _pairs(match: re.Match[str]) -> str:
    letters = _ONE.findall(match[0])
    pairs = " ".join([*(one + next_ for one, next_ in pairwise(letters)), letters[-1]])
    text, start, end = match.string, match.start(), match.end()
    before = " " if start and not text[start - 1].isspace() else ""
    return f"{before}{pairs}{' ' if text[end : end + 1].isalnum() else ''}"


class SearchCatalogue:
    """The records of a site. Kept between builds, it tells quickly whether any of them changed."""

    def __init__(self) -> None:
        self._digests: dict[str, tuple[IndexedArticle, bytes]] = {}

    def look(self, site: Site) -> Iterator[None]:
        """See which articles changed, some at a time."""
        for gone in self._digests.keys() - site.articles_by_file.keys():
            del self._digests[gone]
        changed = 0
        for file, found in site.articles_by_file.items():
            if file not in self._digests or self._digests[file][0] is not found:
                self._digests[file] = found, digest_of((found.card.digest, *_quoted(found)))
                changed += 1
                if not changed % _SOME:
                    yield

    def key(self, site: Site) -> bytes:
        """A digest over all that the records are made of, after a `look`."""
        tags = site.tags()
        entities = [site.digest(("entity", tag)) for tag in tags]
        days = [str(site.entity_summary(tag).last) for tag in tags]
        articles = [digest for _, (_, digest) in sorted(self._digests.items())]
        return digest_of((site.digest(("config",)), tags, entities, days, articles))

    def records(self, site: Site) -> Iterator[SearchRecord]:
        """All records: entities, then articles from old to new, so that a new one moves no other."""
        for tag in site.tags():
            yield _of_entity(site, tag)
        names = {tag: site.entity_name(tag) for tag in site.tags()}
        kinds = [kind.key for kind in site.config().kinds]
        for found in sorted(site.articles_by_file.values(), key=lambda found: (found.card.filed, found.card.url)):
            yield _of_article(found, names, kinds)


def _of_article(found: IndexedArticle, names: Mapping[Tag, str], kinds: Sequence[str]) -> SearchRecord:
    card = found.card
    filters = {kind: [names[tag] for tag in card.tags if tag.kind == kind] for kind in kinds}
    if card.date:
        filters[YEAR] = [f"{card.date.year:04}"]
    filters[PAGE_TYPE] = [ARTICLES]
    named = ", ".join(names[tag] for tag in card.tags)
    return SearchRecord(
        url=percent_encoded(card.url),
        content=_content(_passages(found), named),
        meta=_shown(card),
        filters={name: values for name, values in filters.items() if values},
        order=card.filed.toordinal(),
    )


def _content(passages: Iterable[str], names: str) -> str:
    """Passages with breaks between them, and after two breaks names: these are shown where no passage has the words."""
    return segment(f" {BREAK} ".join([*filter(None, passages), "", names]))


def _shown(card: ArticleCard) -> dict[str, str]:
    shown = {"title": segment(card.title), "outlet": segment(card.outlet), "lang": card.language}
    if card.date:
        shown["guessed" if card.dated_by == "guessed" else "date"] = card.date.isoformat()
    return {name: text for name, text in shown.items() if text}


def _passages(found: IndexedArticle) -> Iterator[str]:
    """The summary, and each passage that is on a page of the site, once."""
    yield found.card.summary
    for passage in dict.fromkeys(unescape(_MARK.sub("", html)) for html in _quoted(found)):
        if passage.strip("… ") not in found.card.summary:
            yield passage


def _quoted(found: IndexedArticle) -> list[str]:
    """The passages of an article, as HTML: those that its page shows, or those that others quote."""
    quotes = detail_from_json(found.detail).quotes
    return [quote.html for quote in quotes] or [mention_from_json(text).html for text in found.mentions.values()]


def _of_entity(site: Site, tag: Tag) -> SearchRecord:
    entity, kind, summary = site.entity(tag), site.kind(tag.kind), site.entity_summary(tag)
    notes = site.entity_notes(tag)
    names = (entity.name, *entity.names, *entity.keywords)  # with its own: Pagefind drops a page without words
    return SearchRecord(
        url=percent_encoded(site.entity_url(tag)),
        content=_content((block.text for block in notes.blocks) if notes else (), ", ".join(names)),
        meta={"title": segment(entity.name), "articles": str(summary.articles), "kind": segment(kind.singular)},
        filters={PAGE_TYPE: [kind.label], tag.kind: [entity.name]},
        order=summary.last.toordinal() if summary.last else 0,
    )
