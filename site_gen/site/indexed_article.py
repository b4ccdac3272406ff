"""What is found in one article: its card, who is named where, and the passages to quote. Pure.

It depends on the article, on the settings and on the names that are looked for, and on nothing else, so
it is worked out once and kept. Its parts are kept as JSON until a page needs them: most builds look at a
few articles among thousands.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.markdown.document import Anchor
from site_gen.content.records import StoryOverride, Tag
from site_gen.core.digests import digest_of
from site_gen.core.text import compact_json
from site_gen.site.analysis.keywords import unpack_terms
from site_gen.site.analysis.minhash import unpack_numbers
from site_gen.site.analysis.similarity import ArticleFeatures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.core.urls import UrlPath


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """All that other pages show of an article. An edit that leaves it alone changes no other page."""

    url: UrlPath
    id: str
    title: str
    date: dt.date | None
    dated_by: str  # "published", "guessed" where that is in doubt, "saved" or "" when nothing tells
    filed: dt.date  # the day it is sorted by: its date, else the first of its folder's year
    created: dt.date | None  # the day it was saved
    outlet: str
    source: str | None
    summary: str
    language: str
    tags: tuple[Tag, ...]
    digest: bytes

    @property
    def published(self) -> dt.date | None:
        """The day of publication where it is sure: the only one that may be told to machines as such. A day that was
        guessed, or on which somebody saved the page, is none."""
        return self.date if self.dated_by == "published" else None

    @property
    def news(self) -> dt.date | None:
        """The day of publication, sure or guessed: that on which somebody saved the page is none of the news."""
        return self.date if self.dated_by in {"published", "guessed"} else None

    @property
    def updated(self) -> dt.date:
        """The day from which it can be read here: that of saving, where it is known and later than its own. No
        address, name or tag has a part in it, so that a feed reader takes what moved for what it has read."""
        if self.created is None or (self.filed > self.created and self.dated_by != "guessed"):
            return self.filed
        return self.created


class Mention(NamedTuple):
    """The passage of an article that names an entity, as HTML and ready to be quoted; where it stands in the
    source, as a link says it; how often the entity is named."""

    block_id: str
    html: str
    text_fragment: str
    times: int


@dataclass(frozen=True, slots=True)
class QuotedParagraph:
    """A paragraph that stands for the text in excerpt mode: its id, its HTML, the entities it names."""

    block_id: str
    html: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class ArticleDetail:
    """What only the article's own page shows. `anchors` link each entity's first mention, by block id.
    `quotes` hold every mention's paragraph, in reading order, where the text is not shown in full.
    `document` is the digest of the text, which is kept elsewhere. `caution`: why the text may not be what
    was published, in a few words, else empty. `about`: the entities that it is about.
    """

    author: tuple[str, ...]
    created: dt.date | None
    is_full_text: bool
    has_description: bool
    anchors: Mapping[str, tuple[Anchor, ...]]
    quotes: tuple[QuotedParagraph, ...]
    mention_counts: Mapping[Tag, int]
    document_digest: str
    caution: str = ""
    about: tuple[Tag, ...] = ()


class PackedFeatures(NamedTuple):
    """What the digest needs of an article: its sketch and its terms, packed; the page it is from (`same_page`); what a
    person says of its story; and two sentences of its text, where the card's summary is the page's own description,
    which other pages of the outlet may have, too (else empty)."""

    sketch: str = ""
    terms: str = ""
    page_key: str = ""
    override: StoryOverride = StoryOverride()
    opening: str = ""


_NO_FEATURES = PackedFeatures()


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """All that a build needs of one article but its text. `mentions` and `detail` are JSON, each mention
    on its own.

    seen: the patterns of the gazetteer that stand in the text, as the matcher folds them. Names that are
        not among them cannot have changed what was found.
    asked: the names (`kind/name`) that were looked up to learn which entity a tag means.
    about: the entities that it is about.
    taken: what a person took out of it and `ignore:` does not hold yet (`tagging.merge.taken_out`).
    """

    file: str
    card: ArticleCard
    mentions: Mapping[Tag, str]
    detail: str
    redirect_from: tuple[UrlPath, ...]
    written_names: Mapping[Tag, str]
    matched_patterns: frozenset[str]
    queried_names: frozenset[str]
    about: frozenset[Tag] = frozenset()
    features: PackedFeatures = _NO_FEATURES
    removed_tags: tuple[Tag, ...] = ()

    def to_json(self) -> str:
        """As one text, to be kept: JSON a line, the mentions last, each after its tag."""
        card, word = self.card, self.features.override
        lines = [
            compact_json(
                [
                    card.url,
                    card.id,
                    card.title,
                    _iso(card.date),
                    card.dated_by,
                    _iso(card.filed),
                    _iso(card.created),
                    card.outlet,
                    card.source,
                    card.summary,
                    card.language,
                    [str(tag) for tag in card.tags],
                    card.digest.hex(),
                ]
            ),
            compact_json(
                [
                    self.redirect_from,
                    {str(tag): text for tag, text in self.written_names.items()},
                    sorted(self.matched_patterns),
                    sorted(self.queried_names),
                    sorted(map(str, self.about)),
                    [str(tag) for tag in self.removed_tags],
                ]
            ),
            compact_json([*self.features[:3], [word.lead, word.alone, word.apart], self.features.opening]),
            self.detail,
        ]
        lines += [f"{tag}\t{mention}" for tag, mention in self.mentions.items()]
        return "\n".join(lines)

    @classmethod
    def from_json(cls, file: str, text: str) -> IndexedArticle:
        """The findings that `to_json` wrote."""
        first, second, third, detail, *mentions = text.split("\n")
        url, identity, title, date, dated_by, filed, created, *others = json.loads(first)
        outlet, source, summary, language, tags, digest = others
        redirects, written, seen, asked, about, taken = json.loads(second)
        sketched, weighed, page, (leading, alone, apart), sentences = json.loads(third)
        return cls(
            file=file,
            card=ArticleCard(
                url=url,
                id=identity,
                title=title,
                date=_date(date),
                dated_by=dated_by,
                filed=dt.date.fromisoformat(filed),
                created=_date(created),
                outlet=outlet,
                source=source,
                summary=summary,
                language=language,
                tags=tuple(map(_tag, tags)),
                digest=bytes.fromhex(digest),
            ),
            mentions={_tag(tag): mention for tag, _, mention in (line.partition("\t") for line in mentions)},
            detail=detail,
            redirect_from=tuple(redirects),
            written_names={_tag(tag): text for tag, text in written.items()},
            matched_patterns=frozenset(seen),
            queried_names=frozenset(asked),
            about=frozenset(map(_tag, about)),
            features=PackedFeatures(sketched, weighed, page, StoryOverride(leading, alone, tuple(apart)), sentences),
            removed_tags=tuple(map(_tag, taken)),
        )


def unpack_features(found: IndexedArticle) -> ArticleFeatures:
    """An article as `digest.stories.Stories` takes it."""
    card, news = found.card, found.features
    return ArticleFeatures(
        file=found.file,
        id=card.id,
        news_day=card.news.toordinal() if card.news else None,
        filed_day=card.filed.toordinal(),
        outlet=card.outlet.casefold(),
        sketch=unpack_numbers(news.sketch),
        terms=unpack_terms(news.terms),
        page_key=news.page_key,
        override=news.override,
    )


def with_opening_as_summary(found: IndexedArticle) -> IndexedArticle:
    """The article with two sentences of its own for the description that others of its outlet have, too."""
    fields = {
        field.name: getattr(found.card, field.name) for field in dataclass_fields(ArticleCard) if field.name != "digest"
    }
    fields["summary"] = found.features.opening
    return replace(found, card=ArticleCard(**fields, digest=digest_of(tuple(fields.values()))))


def mention_from_json(text: str) -> Mention:
    """A mention as it is kept in IndexedArticle."""
    return Mention(*json.loads(text))


def detail_from_json(text: str) -> ArticleDetail:
    """The detail as it is kept in IndexedArticle."""
    author, created, full, described, anchors, quotes, times, document, caution, about = json.loads(text)
    return ArticleDetail(
        author=tuple(author),
        created=_date(created),
        is_full_text=full,
        has_description=described,
        anchors={block: tuple(Anchor(*anchor) for anchor in inside) for block, inside in anchors.items()},
        quotes=tuple(QuotedParagraph(block, html, tuple(map(_tag, tags))) for block, html, tags in quotes),
        mention_counts={_tag(tag): count for tag, count in times.items()},
        document_digest=document,
        caution=caution,
        about=tuple(map(_tag, about)),
    )


def detail_to_json(detail: ArticleDetail) -> str:
    """The detail, to be kept in IndexedArticle."""
    return compact_json(
        [
            detail.author,
            _iso(detail.created),
            detail.is_full_text,
            detail.has_description,
            detail.anchors,
            [[q.block_id, q.html, [str(tag) for tag in q.tags]] for q in detail.quotes],
            {str(tag): count for tag, count in detail.mention_counts.items()},
            detail.document_digest,
            detail.caution,
            [str(tag) for tag in detail.about],
        ]
    )


def _iso(date: dt.date | None) -> str | None:
    return date.isoformat() if date else None


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@functools.cache
def _tag(text: str) -> Tag:
    """A tag; the same object for the same text, since most work of a site is to look tags up: what is the same object
    need not be compared."""
    kind, _, slug = text.partition("/")
    return Tag(kind, slug)
