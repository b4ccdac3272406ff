"""What the site knows of one article: its card, its mentions of entities, and the passages to quote. Pure.

It depends on the article, on the settings and on the names that are looked for, and on nothing else. So it is worked
out once (`article_indexer`) and stored. Its parts stay JSON until a page needs them: most builds look at a few articles
among thousands.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
from dataclasses import dataclass, field, replace
from dataclasses import fields as dataclass_fields
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.markdown.document import Anchor
from site_gen.content.records import StoryOverride, Tag
from site_gen.core.digests import digest_of
from site_gen.core.text import compact_json
from site_gen.site.analysis.keywords import unpack_terms
from site_gen.site.analysis.minhash import unpack_numbers
from site_gen.site.analysis.story_similarity import ArticleFeatures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.core.urls import UrlPath

TOO_MUCH_MARKUP = "more markup than can be read"  # why a text is shown as plain text, see `ArticleDetail.caution`


@dataclass(frozen=True, slots=True)
class ArticleCard:
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


@dataclass(frozen=True, slots=True)
class QuotedParagraph:
    """A paragraph that stands for the text where that is not shown in full (excerpt mode)."""

    block_id: str  # of the block that it is, on the article's page
    html: str  # as much of it as is quoted, escaped, the names marked
    tags: tuple[Tag, ...]  # the entities that it is quoted for


@dataclass(frozen=True, slots=True)
class ArticleDetail:
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


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """All that a build needs of one article but its text."""

    file: str  # relative to the site: `content/articles/2019/x.md`
    card: ArticleCard  # what other pages show of it
    mentions: Mapping[Tag, str]  # JSON of a `Mention` for each entity that the text names
    detail: str  # JSON of an `ArticleDetail`
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
    checksum: bytes = field(
        default=b"", compare=False
    )  # of the text that it was parsed from, see `checksum_of`; empty where it was just made

    def to_json(self) -> str:
        """Serialize the article for storage: JSON a line, the mentions last, each after its tag and a tab."""
        card, override = self.card, self.features.override
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
                    card.domain,
                    card.summary,
                    card.language,
                    [str(tag) for tag in card.tags],
                    card.digest.hex(),
                ]
            ),
            compact_json(
                [
                    self.redirect_from,
                    {str(tag): name for tag, name in self.written_names.items()},
                    sorted(self.matched_patterns),
                    sorted(self.queried_names),
                    sorted(map(str, self.about)),
                    [[str(tag) for tag in pair] for pair in self.pairs],
                    [str(tag) for tag in self.removed_tags],
                    self.passages_digest.hex(),
                ]
            ),
            compact_json([*self.features[:3], [override.lead, override.alone, override.apart], *self.features[4:]]),
            self.detail,
        ]
        lines += [f"{tag}\t{mention}" for tag, mention in self.mentions.items()]
        return "\n".join(lines)

    @classmethod
    def from_json(cls, file: str, text: str) -> IndexedArticle:
        """Parse what `to_json` wrote for the article of a file."""
        first, second, third, detail, *mentions = text.split("\n")
        url, identity, title, date, dated_by, filed, created, *rest = json.loads(first)
        outlet, source, domain, summary, language, tags, digest = rest
        redirects, names, patterns, queried, about, pairs, removed, passages = json.loads(second)
        sketch, terms, page_key, (lead, alone, apart), *others = json.loads(third)
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
                domain=domain,
                summary=summary,
                language=language,
                tags=tuple(map(_tag, tags)),
                digest=bytes.fromhex(digest),
            ),
            mentions={_tag(tag): mention for tag, _, mention in (line.partition("\t") for line in mentions)},
            detail=detail,
            redirect_from=tuple(redirects),
            written_names={_tag(tag): name for tag, name in names.items()},
            matched_patterns=frozenset(patterns),
            queried_names=frozenset(queried),
            about=frozenset(map(_tag, about)),
            pairs=tuple((_tag(tag), _tag(other)) for tag, other in pairs),
            features=PackedFeatures(sketch, terms, page_key, StoryOverride(lead, alone, tuple(apart)), *others),
            removed_tags=tuple(map(_tag, removed)),
            passages_digest=bytes.fromhex(passages),
            checksum=checksum_of(file, text),
        )


def checksum_of(*texts: str) -> bytes:
    """Return a short digest of what is stored of an article: its file's name, and the text."""
    return hashlib.blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=8).digest()


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
    names = [field.name for field in dataclass_fields(ArticleCard) if field.name != "digest"]
    fields = {name: getattr(article.card, name) for name in names} | {"summary": article.features.opening}
    return replace(article, card=ArticleCard(**fields, digest=digest_of(tuple(fields.values()))))


def quoted_html(detail: ArticleDetail, mentions: Mapping[Tag, str]) -> list[str]:
    """Return the passages of an article, as HTML: those that its page shows, or those that other pages quote."""
    return [quote.html for quote in detail.quotes] or [mention_from_json(text).html for text in mentions.values()]


def mention_from_json(text: str) -> Mention:
    """Parse a mention of `IndexedArticle.mentions`."""
    return Mention(*json.loads(text))


def detail_from_json(text: str) -> ArticleDetail:
    """Parse `IndexedArticle.detail`."""
    author, created, is_full_text, has_description, anchors, quotes, counts, digest, caution, about = json.loads(text)
    return ArticleDetail(
        author=tuple(author),
        created=_date(created),
        is_full_text=is_full_text,
        has_description=has_description,
        anchors={block: tuple(Anchor(*anchor) for anchor in inside) for block, inside in anchors.items()},
        quotes=tuple(QuotedParagraph(block, html, tuple(map(_tag, tags))) for block, html, tags in quotes),
        mention_counts={_tag(tag): count for tag, count in counts.items()},
        document_digest=digest,
        caution=caution,
        about=tuple(map(_tag, about)),
    )


def detail_to_json(detail: ArticleDetail) -> str:
    """Serialize a detail for `IndexedArticle.detail`."""
    return compact_json(
        [
            detail.author,
            _iso(detail.created),
            detail.is_full_text,
            detail.has_description,
            detail.anchors,
            [[quote.block_id, quote.html, [str(tag) for tag in quote.tags]] for quote in detail.quotes],
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
    """Parse a tag (`kind/slug`).

    Equal texts give one object: a site's work is mostly looking tags up, and objects that are one need no comparison.
    """
    kind, _, slug = text.partition("/")
    return Tag(kind, slug)
