"""What the site knows of one article: its card, its mentions of entities, and the passages to quote. Pure.

It depends on the article, on the settings and on the names that are looked for, and on nothing else. So it is worked
out once (`article_indexer`) and stored, packed (`core/packing.py`). Its parts stay packed until a page needs them: most
builds look at a few articles among thousands.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003  types are needed to unpack
import functools
import hashlib
from collections.abc import Mapping  # noqa: TC003
from typing import NamedTuple

from msgspec import Struct, structs

from site_gen.content.markdown.document import Anchor  # noqa: TC001
from site_gen.content.records import Provenance, StoryOverride, Tag
from site_gen.core.digests import digest_of
from site_gen.core.packing import unpacker
from site_gen.core.urls import UrlPath  # noqa: TC001
from site_gen.site.analysis.keywords import unpack_terms
from site_gen.site.analysis.minhash import unpack_numbers
from site_gen.site.analysis.story_similarity import ArticleFeatures

TOO_MUCH_MARKUP = "more markup than can be read"  # why a text is shown as plain text, see `ArticleDetail.caution`


class ArticleCard(Struct, frozen=True, array_like=True):
    """All that other pages show of an article. An edit that leaves it alone changes no other page."""

    url: UrlPath  # its page
    id: str  # stays when its file is renamed
    title: str  # its headline
    # Of publication, certain or guessed: where lists and the archive place it. None where that is not known: the day of
    # saving is no news. What counts is `published`.
    date: dt.date | None
    dated_by: str  # what `date` is: "published", "guessed" where that is in doubt, or "" where there is none
    filed: dt.date  # the day it is sorted by: its date, else that of saving, else 1 January of its folder's year
    created: dt.date | None  # the day it was saved
    outlet: str  # as readers see it: the outlet's name, else the host; empty where unknown
    source: str | None  # the address that it was saved from
    domain: str  # of the outlet's hosts (`outlet_domain`); empty where unknown
    summary: str  # one line: the page's own description, else sentences of the text
    language: str  # BCP 47 tag
    tags: tuple[Tag, ...]  # the entities that it names, main ones first
    digest: bytes  # of all other fields

    @property
    def published(self) -> dt.date | None:
        """The day of publication where it is certain, else None: the one day that counts.

        Every figure and every statement of time is made of it, issues too, and machines are told no other. A day that
        was guessed, or on which somebody saved the page, is none.
        """
        return self.date if self.dated_by == "published" else None

    @property
    def updated(self) -> dt.date | None:
        """The day from which it can be read here: that of saving or of publication, whichever is later.

        None where neither is certain. It depends on no address, name or tag: what was only moved is not new to a feed
        reader.
        """
        return max(filter(None, (self.published, self.created)), default=None)


class Mention(NamedTuple):
    """The passage of an article that names an entity, ready to be quoted."""

    block_id: str  # of the block that holds it, on the article's page
    html: str  # the passage, escaped, the name marked
    text_fragment: str  # where it stands in the source: the words of a `#:~:text=` link
    times: int  # how often the article names the entity


class QuotedParagraph(Struct, frozen=True):
    """A paragraph that stands for the text where that is not shown in full (excerpt mode)."""

    block_id: str  # of the block that it is, on the article's page
    html: str  # as much of it as is quoted, escaped, the names marked
    tags: tuple[Tag, ...]  # the entities that it is quoted for


class ArticleDetail(Struct, frozen=True):
    """What only the article's own page shows."""

    author: tuple[str, ...]  # names in the order of the byline
    created: dt.date | None  # the day it was saved
    is_full_text: bool  # whether the text is shown in full
    has_description: bool  # whether the card's summary is a description, not sentences of the text
    anchors: Mapping[str, tuple[Anchor, ...]]  # links at each entity's first mention, by block id
    quotes: tuple[QuotedParagraph, ...]  # paragraphs with mentions, in reading order; none where the text is shown
    mention_counts: Mapping[Tag, int]  # how often the text names each entity
    document_digest: str  # of the text, which is stored elsewhere, as hexadecimal digits
    caution: str = ""  # why the text may not be what was published, in a few words; empty: no doubt
    about: tuple[Tag, ...] = ()  # the entities that it is about, not only mentions
    saved: Provenance | None = None  # the page that it was made of; None: a person wrote it


class PackedFeatures(NamedTuple):
    """What comparing an article with others needs, as it is stored; `ArticleFeatures` is its other form."""

    sketch: str = ""  # min-hash sketch of the text, packed (`minhash.pack_numbers`)
    terms: str = ""  # weightiest terms of the text, packed (`keywords.pack_terms`)
    page_key: str = ""  # equal for articles saved from one page (`page_key`); empty where the source is unknown
    override: StoryOverride = StoryOverride()  # what a person says of its story
    is_report: bool = True  # whether it may report an event
    is_doubtful: bool = False  # whether its text may not be that of an article
    # Two sentences of the text, which take the summary's place where other articles of the outlet have the same
    # description; empty where the summary is not the page's own description.
    opening: str = ""


_NO_FEATURES = PackedFeatures()


class IndexedArticle(Struct, frozen=True, array_like=True):
    """All that a build needs of one article but its text."""

    file: str  # relative to the site: `content/articles/2019/x.md`
    card: ArticleCard  # what other pages show of it
    mentions: Mapping[Tag, bytes]  # of each entity that the text names a `Mention`, packed
    detail: bytes  # an `ArticleDetail`, packed
    redirect_from: tuple[UrlPath, ...]  # addresses that it had before
    written_names: Mapping[Tag, str]  # tags that the person wrote as a name, not as a slug: that name
    # Patterns of the gazetteer that stand in the text, as the matcher folds them. A change of names that are not
    # among them cannot change what was indexed.
    matched_patterns: frozenset[str]
    queried_names: frozenset[str]  # names (`kind/name`) that were looked up to learn which entity a tag means
    about: frozenset[Tag] = frozenset()  # the entities that it is about, not only mentions
    features: PackedFeatures = _NO_FEATURES  # for the comparison with other articles
    pairs: tuple[tuple[Tag, Tag], ...] = ()  # entities, found by names, that one sentence names, sorted
    removed_tags: tuple[Tag, ...] = ()  # what a person took out of it and `ignore:` does not hold yet
    passages_digest: bytes = b""  # of the passages that search finds it by, see `quoted_html`
    # Of the bytes that it was unpacked from, see `checksum_of`; empty where it was just made.
    checksum: bytes = b""


unpack_mention = unpacker(Mention)
unpack_detail = unpacker(ArticleDetail)
_unpack_article = unpacker(IndexedArticle)


def unpack_article(data: bytes) -> IndexedArticle:
    """Return the article that was packed. Raises StateError."""
    article = _unpack_article(data)
    return structs.replace(
        article,
        card=structs.replace(article.card, tags=tuple(map(_share, article.card.tags))),
        mentions={_share(tag): mention for tag, mention in article.mentions.items()},
        about=frozenset(map(_share, article.about)),
        pairs=tuple((_share(tag), _share(other)) for tag, other in article.pairs),
        checksum=checksum_of(article.file, data),
    )


@functools.cache
def _share(tag: Tag) -> Tag:
    """Return one object for all tags that are equal.

    A site's work is mostly looking tags up: objects that are one take less memory, and need no comparison.
    """
    return tag


def checksum_of(file: str, data: bytes) -> bytes:
    """Return a short digest of what is stored of an article: its file's name, and the bytes."""
    return hashlib.blake2b(b"%b\0%b" % (file.encode(), data), digest_size=8).digest()


def unpack_features(article: IndexedArticle) -> ArticleFeatures:
    """Return what `StoryIndex` compares of an article."""
    card, features = article.card, article.features
    return ArticleFeatures(
        file=article.file,
        id=card.id,
        news_day=card.date.toordinal() if card.date else None,
        is_day_guessed=card.dated_by == "guessed",
        filed_day=card.filed.toordinal(),
        outlet=card.outlet.casefold(),
        domain=card.domain,
        is_report=features.is_report,
        is_doubtful=features.is_doubtful,
        sketch=unpack_numbers(features.sketch),
        terms=unpack_terms(features.terms),
        page_key=features.page_key,
        override=features.override,
    )


def with_opening_as_summary(article: IndexedArticle) -> IndexedArticle:
    """Return the article with sentences of its text for its summary.

    For an article whose own description other articles of its outlet have, too: that says nothing of it.
    """
    card = structs.replace(article.card, summary=article.features.opening)
    return structs.replace(article, card=structs.replace(card, digest=digest_of(structs.astuple(card)[:-1])))


def quoted_html(detail: ArticleDetail, mentions: Mapping[Tag, bytes]) -> list[str]:
    """Return the passages of an article, as HTML: those that its page shows, or those that other pages quote."""
    return [quote.html for quote in detail.quotes] or [unpack_mention(data).html for data in mentions.values()]
