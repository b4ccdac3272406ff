"""Content to Site: who is named where, who appears together, what happened when. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_gen import charts
from site_gen.document import Anchor, Document, can_anchor, paragraphs, parse, parser
from site_gen.errors import Problem
from site_gen.model import Article, Content, Entity, Kind, SiteConfig, Tag
from site_gen.passages import Piece, Span, lead, window
from site_gen.tagging.matcher import Matcher
from site_gen.tagging.names import gazetteer
from site_gen.text import nearest, one_line, shorten
from site_gen.urls import UrlPath, host_of, slugify, url_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from markdown_it import MarkdownIt

SUMMARY = 280  # characters of a description that a list shows
_PREFERRED = 40  # a passage shorter than this is a caption or a label; a longer one is quoted first


@dataclass(frozen=True, slots=True)
class Card:
    """All that other pages show of an article. An edit that leaves it alone changes no other page."""

    url: UrlPath
    id: str
    title: str
    date: dt.date | None
    dated_by: str  # "published", "saved" or "" when nothing tells
    filed: dt.date  # the day it is sorted by: its date, else the first of its folder's year
    outlet: str
    source: str | None
    summary: str
    language: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """The passage of an article that names an entity, ready to be quoted."""

    block: str
    pieces: tuple[Piece, ...]
    times: int


@dataclass(frozen=True, slots=True)
class Quote:
    """A paragraph that stands for the text in excerpt mode: its id, its words, the entities it names."""

    block: str
    pieces: tuple[Piece, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article with what was found in it. `anchors` link each entity's first mention, by block id.
    `quotes` hold every mention's paragraph, in reading order, where the text is not shown in full.
    """

    article: Article
    card: Card
    document: Document
    mentions: Mapping[Tag, Mention]
    anchors: Mapping[str, tuple[Anchor, ...]]
    quotes: tuple[Quote, ...]
    full: bool


@dataclass(frozen=True, slots=True)
class Together:
    """An entity that appears with another, in how many articles, and how often that would be by chance
    (observed over expected if both were spread at random: the "lift" of association rules).
    """

    tag: Tag
    count: int
    lift: float


@dataclass(frozen=True, slots=True)
class EntityView:
    """An entity with everything that is said about it, newest first."""

    entity: Entity
    url: UrlPath
    cards: tuple[Card, ...]
    quotes: Mapping[UrlPath, Mention]
    together: tuple[Together, ...]
    months: Mapping[charts.Month, int]


@dataclass(frozen=True, slots=True)
class Site:
    """The whole site, analysed. Nothing in it depends on anything but the content."""

    config: SiteConfig
    articles: tuple[ArticleView, ...]
    entities: Mapping[Tag, EntityView]
    about: Document
    notes: Mapping[Tag, Document]
    markdown: MarkdownIt
    first_month: charts.Month | None = None
    last_month: charts.Month | None = None
    untagged: tuple[Problem, ...] = field(default=())

    def of_kind(self, kind: Kind) -> list[EntityView]:
        """The entities of a kind by name, without regard to case and accents."""
        found = [view for tag, view in self.entities.items() if tag.kind == kind.key]
        return sorted(found, key=lambda view: (slugify(view.entity.name), view.entity.slug))


def analyse(content: Content) -> Site:
    """The site that a content makes."""
    config = content.config
    markdown = parser()
    kinds = {kind.key: kind for kind in config.kinds}
    entities = _with_bare_tags(content)
    matcher = Matcher(gazetteer(entities.values(), kinds))
    urls = {tag: url_path(kinds[tag.kind].prefix, tag.slug) for tag in entities}
    views = [_article_view(article, config, matcher, kinds, urls, markdown) for article in content.articles]
    views.sort(key=lambda v: v.card.url)
    views.sort(key=lambda v: v.card.filed, reverse=True)
    dates = [view.card.date for view in views if view.card.date]
    return Site(
        config=config,
        articles=tuple(views),
        entities=_entity_views(entities, urls, views),
        about=parse(content.about, markdown, own_links=True),
        notes={tag: parse(e.notes, markdown, own_links=True) for tag, e in entities.items() if e.notes},
        markdown=markdown,
        first_month=charts.month_of(min(dates)) if dates else None,
        last_month=charts.month_of(max(dates)) if dates else None,
        untagged=tuple(_without_file(content, entities)),
    )


def _with_bare_tags(content: Content) -> dict[Tag, Entity]:
    """All entities by tag, those without a file included: their page goes by the slug, made readable."""
    found = {entity.tag: entity for entity in content.entities}
    for article in content.articles:
        for tag in article.tags:
            if tag not in found:
                name = tag.slug.replace("-", " ").strip()
                found[tag] = Entity(kind=tag.kind, slug=tag.slug, name=article.written.get(tag, name))
    return dict(sorted(found.items()))


def _without_file(content: Content, entities: Mapping[Tag, Entity]) -> Iterable[Problem]:
    """One note for each tag that has no entity file, at the first article that uses it."""
    noted: set[Tag] = set()
    for article in content.articles:
        for tag in article.tags:
            if tag in noted or entities[tag].file:
                continue
            noted.add(tag)
            near = nearest(tag.slug, (e.slug for e in content.entities if e.kind == tag.kind))
            mend = f"did you mean {near}?" if near else f"its page goes by the tag; add content/{tag}.md to say more"
            yield Problem(article.file, 0, f"the tag {tag} has no file", mend)


def _article_view(
    article: Article,
    config: SiteConfig,
    matcher: Matcher,
    kinds: Mapping[str, Kind],
    urls: Mapping[Tag, UrlPath],
    markdown: MarkdownIt,
) -> ArticleView:
    document = parse(article.body, markdown)
    language = article.language or config.language
    found: dict[Tag, dict[int, list[Span]]] = {}
    anchors: dict[str, tuple[Anchor, ...]] = {}
    linked: set[Tag] = set()
    for index, block in enumerate(document.blocks):
        here: list[Anchor] = []
        for hit in matcher.find(block.text):
            if hit.tag not in article.tags:
                continue
            found.setdefault(hit.tag, {}).setdefault(index, []).append((hit.start, hit.end))
            # The first mention that can be a link is one: not in a heading, a link, or across markup.
            if kinds[hit.tag.kind].by != "names" or hit.tag in linked or block.heading:
                continue
            clear = not here or here[-1].end <= hit.start
            if clear and can_anchor(document, block, hit.start, hit.end):
                linked.add(hit.tag)
                here.append(Anchor(hit.start, hit.end, urls[hit.tag]))
        if here:
            anchors[block.id] = tuple(here)
    places = {tag: _best_place(document, spans) for tag, spans in found.items()}
    full = (article.text or config.text) == "full"
    return ArticleView(
        article=article,
        card=_card(article, document, language),
        document=document,
        mentions={tag: _mention(document, places[tag], spans, language) for tag, spans in found.items()},
        anchors=anchors,
        quotes=() if full else tuple(_quotes(document, article.tags, places, found, language)),
        full=full,
    )


def _best_place(document: Document, spans: Mapping[int, list[Span]]) -> int:
    """The first real paragraph that has the name, else the first place of any kind."""
    blocks = document.blocks
    paragraphs = (i for i in spans if not blocks[i].heading and len(blocks[i].text) >= _PREFERRED)
    return next(paragraphs, next(iter(spans)))


def _mention(document: Document, place: int, spans: Mapping[int, list[Span]], language: str) -> Mention:
    block = document.blocks[place]
    pieces = window(block.text, list(dict.fromkeys(spans[place])), language)
    return Mention(block.id, pieces, sum(map(len, spans.values())))


def _quotes(
    document: Document,
    tags: Iterable[Tag],
    places: Mapping[Tag, int],
    found: Mapping[Tag, Mapping[int, list[Span]]],
    language: str,
) -> Iterator[Quote]:
    """Each paragraph that a page of ours links to, with all the names that it is quoted for."""
    for place in sorted(set(places.values())):
        named = tuple(tag for tag in tags if places.get(tag) == place)
        block = document.blocks[place]
        spans = sorted({span for tag in named for span in found[tag][place]})
        wanted = [found[tag][place][0] for tag in named]
        yield Quote(block.id, window(block.text, spans, language, wanted), named)


def _card(article: Article, document: Document, language: str) -> Card:
    summary = shorten(one_line(article.description), SUMMARY) if article.description else ""
    return Card(
        url=url_path("articles", article.year, article.slug),
        id=article.id,
        title=article.title,
        date=article.date,
        filed=article.date or dt.date(int(article.year), 1, 1),
        dated_by="published" if article.published else "saved" if article.created else "",
        outlet=article.site or host_of(article.source or ""),
        source=article.source,
        summary=summary or lead(paragraphs(document), language),
        language=language,
        tags=article.tags,
    )


def _entity_views(
    entities: Mapping[Tag, Entity], urls: Mapping[Tag, UrlPath], views: Iterable[ArticleView]
) -> dict[Tag, EntityView]:
    cards: dict[Tag, list[Card]] = {tag: [] for tag in entities}
    quotes: dict[Tag, dict[UrlPath, Mention]] = {tag: {} for tag in entities}
    pairs: Counter[tuple[Tag, Tag]] = Counter()
    total = 0
    for view in views:
        total += 1
        tags = sorted(set(view.card.tags))
        for index, tag in enumerate(tags):
            cards[tag].append(view.card)
            if tag in view.mentions:
                quotes[tag][view.card.url] = view.mentions[tag]
            pairs.update((tag, other) for other in tags[index + 1 :])
    beside: dict[Tag, list[Together]] = {tag: [] for tag in entities}
    for (one, two), count in pairs.items():
        lift = count * total / (len(cards[one]) * len(cards[two]))
        beside[one].append(Together(two, count, lift))
        beside[two].append(Together(one, count, lift))
    return {
        tag: EntityView(
            entity=entity,
            url=urls[tag],
            cards=tuple(cards[tag]),
            quotes=quotes[tag],
            together=tuple(sorted(beside[tag], key=lambda t: (-t.count, -t.lift, t.tag))),
            months=dict(sorted(Counter(charts.month_of(c.date) for c in cards[tag] if c.date).items())),
        )
        for tag, entity in entities.items()
    }
