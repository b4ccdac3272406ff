"""Records of the search index: one for each article and each entity, made of what their pages show alone. Pure.

An article can be found by its title, its outlet, the names of what it is tagged with, its summary and the passages
that name them. That is what its page shows in excerpt mode, and enough of a full text to find it by, at a fifth of
what it would cost to index every word.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.folding import write_plainly
from site_gen.core.urls import percent_encoded
from site_gen.pages.language import language_of
from site_gen.site import directory, search_parts
from site_gen.site.indexed_article import quoted_html, unpack_detail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import ArticleCard, IndexedArticle
    from site_gen.site.search_parts import SearchedEntity

# The filters that are no kind's: which sort of page it is, and of which year. No kind can go by these names.
PAGE_TYPE, YEAR = "is", "year"
BREAK = "¶"  # between passages: holds no letter, so that nobody can search for it
PLAIN_WORDS = "¶¶"  # what follows is found and never shown: words of the record in plain letters
_HTML_TAG = re.compile("<[^<>]*>")
# A letter of a script without blanks between words, and the marks that belong to it. Hangul has blanks.
_LETTER = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U0001aff0-\U0001b16f\U00020000-\U0003347f]"
)
_MARKS = "[\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u3099\u309a\ufe00-\ufe0f]*"
_LETTERS_WITHOUT_BLANKS = re.compile(f"(?:{_LETTER}{_MARKS})+")
_LETTER_WITH_MARKS = re.compile(f"{_LETTER}{_MARKS}")


class SearchRecord(NamedTuple):
    """A page, as the search index holds it."""

    url: str  # address without the base path, percent-encoded
    content: str  # the words that it is found by
    meta: Mapping[str, str]  # what is shown of it in a list of results
    filters: Mapping[str, Sequence[str]]  # what results can be narrowed down by: values by filter
    is_dated: bool  # whether it has a day


def segment(text: str) -> str:
    """Return a text in which search finds words of scripts that put no blanks between them.

    Each run of such letters becomes overlapping pairs, `海康威视` → `海康 康威 威视 视`: any part of it is then a
    row of whole words or the beginning of one, however a dictionary would cut it. `search.js` cuts queries in the
    same way and puts what it shows together again.
    """
    return _LETTERS_WITHOUT_BLANKS.sub(_overlapping_pairs, text)


def _overlapping_pairs(match: re.Match[str]) -> str:
    letters = _LETTER_WITH_MARKS.findall(match[0])
    pairs = " ".join([*(letter + following for letter, following in pairwise(letters)), letters[-1]])
    text, start, end = match.string, match.start(), match.end()
    before = " " if start and not text[start - 1].isspace() else ""
    return f"{before}{pairs}{' ' if text[end : end + 1].isalnum() else ''}"


def note_reads(site: SiteDatabase, part: str) -> None:
    """Read the cell of all that the records of a part are made of, beside the settings, and make no record."""
    if search_parts.part(site, part).months:
        search_parts.searched_articles(site, part)
    else:
        search_parts.searched_entities(site, part)


def search_records(site: SiteDatabase, part: str) -> Iterator[SearchRecord]:
    """Yield the records of a part of the index from old to new, so that a new one moves no other; the undated last."""
    if not search_parts.part(site, part).months:
        entities = search_parts.searched_entities(site, part)
        for entity in sorted(entities, key=lambda entity: (not entity.last, entity.last, entity.tag)):
            yield _entity_record(site, entity)
        return
    # What the filter by sort of page calls an article; an entity goes by its kind's label.
    articles_label = language_of(site).gettext("Articles")
    kinds = [kind.key for kind in site.config.kinds]
    searched = search_parts.searched_articles(site, part)
    articles = [(site.article_groups.visible(file), names) for file, _, names in searched]
    articles.sort(key=lambda entry: (not entry[0].card.date, entry[0].card.filed, entry[0].card.url))
    for article, names in articles:
        yield _article_record(article, names, kinds, articles_label)


def _article_record(
    article: IndexedArticle, names: Sequence[str], kinds: Sequence[str], articles_label: str
) -> SearchRecord:
    card = article.card
    filters = {kind: [name for tag, name in zip(card.tags, names, strict=True) if tag.kind == kind] for kind in kinds}
    if card.date:
        filters[YEAR] = [f"{card.date.year:04}"]
    filters[PAGE_TYPE] = [articles_label]
    title = segment(card.title)
    content = join_content(_passages(article), ", ".join(names), title)
    return SearchRecord(
        url=percent_encoded(card.url),
        content=content if has_words(content) else title,  # Pagefind drops a page without words
        meta=_article_meta(card),
        filters={name: values for name, values in filters.items() if values},
        is_dated=card.date is not None,
    )


def _entity_record(site: SiteDatabase, entity: SearchedEntity) -> SearchRecord:
    kind = site.config.kind(entity.tag.kind)
    names = ", ".join((entity.name, *entity.other_names))  # with its own: Pagefind drops a page without words
    meta = {"title": segment(entity.name), "articles": str(entity.article_count), "kind": segment(kind.singular)}
    if entity.last:
        meta["last"] = entity.last.isoformat()
    return SearchRecord(
        url=percent_encoded(directory.url(site, entity.tag)),
        content=join_content(entity.notes, names, ""),
        meta=meta,
        filters={PAGE_TYPE: [kind.label], kind.key: [entity.name]},
        is_dated=entity.last is not None,
    )


def join_content(passages: Iterable[str], names: str, title: str) -> str:
    """Join passages with breaks between them and names after two breaks.

    Names are shown where no passage has the words that are searched for. Where a word has letters that not everybody
    can type, its plain form follows at the end: `orsted` for `Ørsted`. Pagefind knows of accents by itself.
    """
    content = segment(f" {BREAK} ".join([*filter(None, passages), "", names]))
    words = [word for word in dict.fromkeys(f"{content} {title}".split()) if not word.isascii()]
    plain_words = [plain for word in words if (plain := write_plainly(word)) != word]
    return " ".join([content, PLAIN_WORDS, *dict.fromkeys(plain_words)]) if plain_words else content


def has_words(text: str) -> bool:
    """Tell whether a text has a letter or digit."""
    return any(map(str.isalnum, text))


def _article_meta(card: ArticleCard) -> dict[str, str]:
    meta = {"title": segment(card.title), "outlet": segment(card.outlet), "lang": card.language}
    if card.date:
        meta["guessed" if card.dated_by == "guessed" else "date"] = card.date.isoformat()
    return {name: text for name, text in meta.items() if text}


def _passages(article: IndexedArticle) -> Iterator[str]:
    """Yield the summary, and each passage that is on a page of the site, once."""
    yield article.card.summary
    for passage in dict.fromkeys(
        unescape(_HTML_TAG.sub("", html)) for html in quoted_html(unpack_detail(article.detail), article.mentions)
    ):
        if passage.strip("… ") not in article.card.summary:
            yield passage
