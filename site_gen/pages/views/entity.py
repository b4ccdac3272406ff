"""The pages of entities: one for each, and an index for each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.periods import require_period
from site_gen.core.formatting import format_count
from site_gen.core.urls import slugify, url_path
from site_gen.pages import bar_charts
from site_gen.pages.views import json_ld, social_cards
from site_gen.pages.views.issue import IssueLink, issue_url
from site_gen.pages.views.meta_tags import Head, entity_description, first_words, page_head
from site_gen.pages.views.page_parts import (
    ArticleItem,
    EntityGroup,
    EntityLink,
    article_item,
    entity_link,
    pair_url,
    recent_months,
)
from site_gen.site.entity_trends import MIN_PAIR_STORIES, RECENT_WEEKS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from site_gen.content.markdown.document import Document
    from site_gen.content.records import Entity, Kind, Tag
    from site_gen.core.urls import UrlPath
    from site_gen.pages.views.json_ld import Breadcrumb
    from site_gen.site.entity_trends import TimePeriods
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import ArticleLink, EntityStory
    from site_gen.site.site import Site


@dataclass(frozen=True, slots=True)
class EntityPage:
    """A company, a topic, a person. `about`: the stories that say of themselves that they are about it; `items`: the
    others; `total` of stories, told by so many `articles`."""

    title: str
    kind: Kind
    entity: Entity
    url: UrlPath
    notes: Document | None
    chart: bar_charts.Chart | None
    about: tuple[ArticleItem, ...]
    items: tuple[ArticleItem, ...]
    total: int
    articles: int
    outlets: int
    first: dt.date | None
    last: dt.date | None
    since: SinceLastIssue | None
    lately: RecentWeeks | None
    circles: tuple[CompanionGroup, ...]
    topics: tuple[EntityGroup, ...]
    periods: TimePeriods | None
    years: tuple[YearLink, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class RecentWeeks:
    """The last weeks of an entity. `usual` stories in so many weeks, None where that is not known; whom it was `beside`
    for the first time; the story that most outlets carried, and how many."""

    weeks: int
    week: dt.date
    count: int
    usual: float | None
    beside: tuple[EntityLink, ...]
    carried: ArticleCard | None
    outlets: int


@dataclass(frozen=True, slots=True)
class SinceLastIssue:
    """What is new about an entity since the last weekly issue: so many stories, and the newest of them."""

    issue: IssueLink
    published: dt.date
    count: int
    newest: tuple[ArticleLink, ...]


class CompanionGroup(NamedTuple):
    """Entities of one kind that appear with another; `beyond`: more than by chance."""

    kind: Kind
    beyond: bool
    links: tuple[EntityLink, ...]


@dataclass(frozen=True, slots=True)
class YearLink:
    """A year of an entity that has too many articles for one page."""

    year: int
    url: UrlPath
    count: int


@dataclass(frozen=True, slots=True)
class EntityYearPage:
    """All that was said about an entity in a year. It never shifts: later articles go elsewhere."""

    title: str
    name: str
    kind: Kind
    url: UrlPath
    year: int
    about: tuple[ArticleItem, ...]
    items: tuple[ArticleItem, ...]
    years: tuple[YearLink, ...]
    head: Head


class LetterGroup(NamedTuple):
    """The entities under one letter of an index."""

    letter: str
    links: tuple[EntityLink, ...]


@dataclass(frozen=True, slots=True)
class KindPage:
    """The index of a kind, A to Z."""

    title: str
    kind: Kind
    letters: tuple[LetterGroup, ...]
    total: int
    months: int
    head: Head


def entity_year_url(site: Site, tag: Tag, year: int) -> UrlPath:
    """The page of an entity's year."""
    return url_path(site.kind(tag.kind).prefix, tag.slug, f"{year:04}")


def entity_page(site: Site, tag: Tag) -> EntityPage:
    """What is said about an entity: all, or where that is too much, the newest."""
    entity, summary, span = site.entity(tag), site.entity_summary(tag), site.dated_span()
    kind, url, notes = site.kind(tag.kind), site.entity_url(tag), site.entity_notes(tag)
    words = first_words(notes, site.config().language)
    said = entity_description(entity.name, summary, words)
    return EntityPage(
        title=entity.name,
        kind=kind,
        entity=entity,
        url=url,
        notes=notes,
        chart=bar_charts.coverage_chart(dict(summary.months), *span) if span else None,
        about=_items(site, tag, site.newest_stories(tag), about=True),
        items=_items(site, tag, site.newest_stories(tag), about=False),
        total=summary.stories,
        articles=summary.articles,
        outlets=summary.outlets,
        first=summary.first,
        last=summary.last,
        since=_since_last_issue(site, tag),
        lately=_recent_weeks(site, tag),
        circles=_companion_groups(site, tag),
        topics=_topic_groups(site, tag),
        periods=site.time_periods(),
        years=_year_links(site, tag),
        head=page_head(
            site, url, entity.name, said, (_breadcrumb(kind),), members=json_ld.entity_member(site, tag, words)
        )._replace(card=social_cards.entity_card_url(site, tag)),
    )


def _breadcrumb(kind: Kind) -> Breadcrumb:
    return kind.label, url_path(kind.prefix)


def entity_year_page(site: Site, tag: Tag, year: int) -> EntityYearPage:
    """What was said about an entity in a year."""
    name, kind, url, listed = (
        site.entity_name(tag),
        site.kind(tag.kind),
        site.entity_url(tag),
        site.stories_of_year(tag, year),
    )
    title = f"{name} in {year}"
    said = f"{name} in {year}: {format_count(len(listed), 'article')}, and the passages that name it."
    above = (_breadcrumb(kind), (name, url))
    return EntityYearPage(
        title=title,
        name=name,
        kind=kind,
        url=url,
        year=year,
        about=_items(site, tag, listed, about=True),
        items=_items(site, tag, listed, about=False),
        years=_year_links(site, tag),
        head=page_head(
            site, entity_year_url(site, tag, year), title, said, above, members=f',"about":{site.entity_reference(tag)}'
        ),
    )


def _items(site: Site, tag: Tag, listed: Iterable[EntityStory], *, about: bool) -> tuple[ArticleItem, ...]:
    return tuple(article_item(site, one.card, one.mention, tag, one.others) for one in listed if one.is_about is about)


def _year_links(site: Site, tag: Tag) -> tuple[YearLink, ...]:
    """The years that have pages of their own, which is none where all fits on one page."""
    return tuple(YearLink(year, entity_year_url(site, tag, year), count) for year, count in site.years_with_pages(tag))


def _recent_weeks(site: Site, tag: Tag) -> RecentWeeks | None:
    """What an entity's last weeks come to, in a few lines."""
    found = site.recent_activity(tag)
    if found is None:
        return None
    beside = tuple(entity_link(site, other) for other in found.new_companions)
    card, outlets = found.top_story or (None, 0)
    return RecentWeeks(RECENT_WEEKS, found.last_week, found.count, found.usual_count, beside, card, outlets)


def _since_last_issue(site: Site, tag: Tag) -> SinceLastIssue | None:
    """What is new since the last weekly issue."""
    found = site.news_since_issue(tag)
    if found is None:
        return None
    return SinceLastIssue(
        IssueLink(issue_url(found.issue_key), require_period(found.issue_key)),
        found.published,
        found.count,
        found.newest,
    )


def _companion_groups(site: Site, tag: Tag) -> tuple[CompanionGroup, ...]:
    paired = site.kind(tag.kind).by == "names"  # a topic has no page with anybody
    return tuple(
        CompanionGroup(
            site.kind(circle.kind),
            circle.is_significant,
            tuple(
                entity_link(site, one.tag, one.count)._replace(
                    expected=one.expected,
                    pair=pair_url(site, *sorted((tag, one.tag))) if paired and one.count >= MIN_PAIR_STORIES else None,
                )
                for one in circle.members
            ),
        )
        for circle in site.companions(tag)
    )


def _topic_groups(site: Site, tag: Tag) -> tuple[EntityGroup, ...]:
    """The topics of an entity's stories over time, all drawn to one scale."""
    found = site.entity_topics(tag)
    most = max((value for _, _, series in found for value in series), default=0)
    groups: list[EntityGroup] = []
    for kind in site.config().kinds:
        links = tuple(
            entity_link(site, topic, count)._replace(
                spark=bar_charts.sparkline(series, most) if len(series) > 1 else (), series=series
            )
            for topic, count, series in found
            if topic.kind == kind.key
        )
        if links:
            groups.append(EntityGroup(kind, links))
    return tuple(groups)


def kind_page(site: Site, key: str) -> KindPage:
    """All entities of a kind under their letters, each with its count and its last months."""
    kind, months = site.kind(key), recent_months(site)
    letters: dict[str, list[EntityLink]] = {}
    for tag in site.entities_of_kind(key):
        name, summary = site.entity_name(tag), site.entity_summary(tag)
        initial = slugify(name)[0]
        by_month = dict(summary.months)
        entry = EntityLink(
            site.entity_url(tag),
            name,
            key,
            summary.stories,
            spark=bar_charts.sparkline([by_month.get(month, 0) for month in months]) if summary.stories else (),
            last=summary.last,
        )
        letters.setdefault(initial.upper() if initial.isalpha() else "#", []).append(entry)
    groups = tuple(LetterGroup(letter, tuple(links)) for letter, links in letters.items())
    total = sum(len(g.links) for g in groups)
    said = f"{kind.label} that {site.config().title} follows, A to Z, each with how often it was in the news: {total}."
    return KindPage(
        kind.label, kind, groups, total, len(months), page_head(site, url_path(kind.prefix), kind.label, said)
    )
