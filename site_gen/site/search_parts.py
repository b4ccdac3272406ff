"""The parts of the search index, and what each is made of. Pure.

Each part is an index of its own, which a browser asks together with the others: an edit makes one anew and not all.
Articles are parted by time. All months are halved, and halved again, until no half has too many articles: so new ones
change the part of the newest months alone, and no part depends on how others fill. A month with too many is dealt out
by digests of the files' names, as entities are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.core import calendar_months
from site_gen.core.depgraph import kept_query, query
from site_gen.core.digests import digest_of
from site_gen.site import articles, coverage, directory, owner_texts
from site_gen.site.database import SiteDatabase
from site_gen.site.projections import UNDATED

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from site_gen.content.records import Tag

_MONTH_BITS = 17  # of the number of a month: there are 9,999 years


class SearchPart(NamedTuple):
    """A part of the search index: of entities, or of the articles of some months."""

    name: str  # of letters, digits and hyphens: no more than eight between two of these
    months: tuple[int, ...]  # the numbers of those that have articles; empty for a part of entities
    share: int = 0  # which of the shares that they are dealt out to
    share_count: int = 1  # a power of two

    def has(self, member: str | Tag) -> bool:
        """Tell whether a file of these months, or an entity, belongs to this share."""
        return self.share_count == 1 or int.from_bytes(digest_of(member)[:4]) % self.share_count == self.share


class SearchedArticle(NamedTuple):
    """What search finds an article by."""

    file: str  # the article's
    digest: bytes  # of what is the article's own
    names: tuple[str, ...]  # of the entities that it is tagged with, in the order of its tags


class SearchedEntity(NamedTuple):
    """What search finds an entity by."""

    tag: Tag  # the entity
    name: str  # its main name
    other_names: tuple[str, ...]  # its other names, then its keywords
    notes: tuple[str, ...]  # the owner's words about it, a text each block
    article_count: int  # how many articles tell its stories
    last: dt.date | None  # the last certain day of one


def split_months(counts: Mapping[int, int], limit: int) -> Iterator[SearchPart]:
    """Yield the parts of articles, the oldest first.

    counts: how many articles each month has, by its number. limit: the most articles of a part. Shares of one month
    have at most three quarters of that on average.
    """
    halves = [(0, _MONTH_BITS)]  # the first month, and the binary logarithm of how many there are
    while halves:
        first, bits = halves.pop()
        months = tuple(sorted(month for month in counts if month >> bits == first >> bits))
        count = sum(counts[month] for month in months)
        if bits and count > limit:
            halves += [(first + (1 << (bits - 1)), bits - 1), (first, bits - 1)]
        elif count:
            yield from _shares(f"{first // 12:04}{first % 12 + 1:02}-{bits}", months, count, limit)


def _shares(name: str, months: tuple[int, ...], count: int, limit: int) -> Iterator[SearchPart]:
    """Yield a part, or its shares where it has too many members."""
    if count <= limit:
        yield SearchPart(name, months)
        return
    share_count = 1 << (count * 4 // (limit * 3)).bit_length()
    for share in range(share_count):
        yield SearchPart(f"{name}-{share}", months, share, share_count)


@kept_query
def parts(site: SiteDatabase) -> tuple[SearchPart, ...]:
    """Return all parts: those of entities, then those of articles, the oldest first."""
    limit, entity_count = site.config.search_part_size, len(directory.tags(site))
    counts = {calendar_months.number_of(month): sum(numbers) for month, *numbers in articles.dated_months(site)}
    counts[UNDATED] = articles.undated_count(site)
    entities = _shares("entities", (), entity_count, limit) if entity_count else ()
    return (*entities, *split_months(counts, limit))


@kept_query
def part(site: SiteDatabase, name: str) -> SearchPart:
    """Return a part. Raises LookupError where there is none."""
    for candidate in parts(site):
        if candidate.name == name:
            return candidate
    raise LookupError(name)


@query
def searched_articles(site: SiteDatabase, name: str) -> tuple[SearchedArticle, ...]:
    """Return the articles of a part, by file."""
    months, has = part(site, name).months, part(site, name).has
    digests = {file: digest for month in months for file, digest in site.group("searched", month).items()}
    return tuple(
        SearchedArticle(
            file,
            digests[file],
            tuple(directory.name(site, tag) for tag in site.article_groups.visible(file).card.tags),
        )
        for file in sorted(filter(has, digests))
    )


@query
def searched_entities(site: SiteDatabase, name: str) -> tuple[SearchedEntity, ...]:
    """Return the entities of a part, sorted."""
    return tuple(_searched_entity(site, tag) for tag in filter(part(site, name).has, directory.tags(site)))


def _searched_entity(site: SiteDatabase, tag: Tag) -> SearchedEntity:
    entity, summary = directory.entity(site, tag), coverage.summary(site, tag)
    notes = owner_texts.entity_notes(site, tag)
    return SearchedEntity(
        tag=tag,
        name=entity.name,
        other_names=(*entity.names, *entity.keywords),
        notes=tuple(block.text for block in notes.blocks) if notes else (),
        article_count=summary.articles,
        last=summary.last,
    )
