"""Views of entities: the page of each, pages of its years, and the index of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.core.slugs import slugify
from site_gen.core.urls import url_path
from site_gen.pages import bar_charts
from site_gen.pages.language import language_of
from site_gen.pages.views import json_ld, social_cards
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
from site_gen.site import articles, co_occurrence, coverage, directory, entity_trends, issue_layout, owner_texts
from site_gen.site.co_occurrence import MIN_PAIR_STORIES
from site_gen.site.outlets import count_outlets
from site_gen.site.projections import UNDATED

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from site_gen.content.markdown.document import Document
    from site_gen.content.records import Entity, Kind, Tag
    from site_gen.core.urls import UrlPath
    from site_gen.pages.views.json_ld import Breadcrumb
    from site_gen.site.database import SiteDatabase
    from site_gen.site.entity_trends import RecentActivity, TimePeriods
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.issue_layout import NewsSinceIssue
    from site_gen.site.projections import EntityStory

_SHOWN_AT_ONCE = 10  # stories of a list that are there to see; the older ones unfold
_MAX_CARRIED = 3  # stories that are named as the most carried


class EntityPage(Struct, frozen=True):
    """What `entity.html` shows: a company, a topic, a person."""

    title: str  # heading of the page: its name
    kind: Kind  # of the entity
    entity: Entity  # as its file says
    url: UrlPath  # of the page
    notes: Document | None  # what the site's owner writes of it
    chart: bar_charts.Chart | None  # its stories over time
    about: tuple[ArticleItem, ...]  # stories that are about it, newest first
    items: tuple[ArticleItem, ...]  # stories that only mention it, newest first
    total: int  # stories that name it, with those that are not shown here
    articles: int  # that tell these stories
    outlets: int  # that carry them
    first: dt.date | None  # day of its first story, as far as days are certain
    last: dt.date | None  # day of its last story, likewise
    since: NewsSinceIssue | None  # None where nothing is new since the last issue
    lately: RecentActivity | None  # None where its last weeks say nothing
    carried: tuple[tuple[ArticleCard, int], ...]  # of the stories about it here, those that most outlets tell, how many
    circles: tuple[CompanionSection, ...]  # who appears with it
    topics: tuple[EntityGroup, ...]  # topics of its stories, with sparklines
    periods: TimePeriods | None  # what the bars of these sparklines stand for
    years: tuple[YearLink, ...]  # its pages of years; none where all its stories are shown here
    head: Head  # what <head> says of the page
    shown: int = _SHOWN_AT_ONCE  # stories of each list that are there to see at once


class CompanionSection(NamedTuple):
    """Entities of one kind that appear with another."""

    kind: Kind  # theirs
    beyond: bool  # whether they do so more than by chance; else these are the most frequent
    links: tuple[EntityLink, ...]  # with stories that name both, and how many would by chance


class YearLink(Struct, frozen=True):
    """A year of an entity that has too many stories for one page."""

    year: int  # AD; UNDATED for the stories without a date
    url: UrlPath  # the page of the year
    count: int  # stories whose day is certain; of UNDATED all
    uncertain: int  # stories that a guess places there


class EntityYearPage(Struct, frozen=True):
    """What `entity_year.html` shows: all that was said about an entity in a year.

    It never shifts: later articles go elsewhere.
    """

    title: str  # "NAME in YEAR", or "NAME, undated"
    name: str  # the entity's
    kind: Kind  # of the entity
    url: UrlPath  # the entity's page
    year: int  # AD; UNDATED for the stories without a date
    about: tuple[ArticleItem, ...]  # stories that are about it, newest first
    items: tuple[ArticleItem, ...]  # stories that only mention it, newest first
    # All its years that have pages, each with its page; without numbers, or one more story would change every year.
    years: tuple[tuple[int, UrlPath], ...]
    head: Head  # what <head> says of the page


class LetterGroup(NamedTuple):
    """The entities under one letter of an index."""

    letter: str  # "A" to "Z", or "#"
    links: tuple[EntityLink, ...]  # by name


class KindPage(Struct, frozen=True):
    """What `kind.html` shows: the index of a kind, A to Z."""

    title: str  # heading of the page: the kind's label
    kind: Kind  # whose index it is
    letters: tuple[LetterGroup, ...]  # those that have any entity, in order
    total: int  # entities
    months: int  # that the sparklines show
    head: Head  # what <head> says of the page


def entity_year_url(site: SiteDatabase, tag: Tag, year: int) -> UrlPath:
    """Return the address of a year of an entity, or of its undated stories."""
    return url_path(site.config.kind(tag.kind).prefix, tag.slug, year_segment(year))


def entity_year_title(site: SiteDatabase, tag: Tag, year: int) -> str:
    """Return what the page of a year of an entity is called: `Acme in 2019`; `Acme, undated`."""
    language, name = language_of(site), directory.name(site, tag)
    if year == UNDATED:
        return language.gettext("%(name)s, undated", name=name)
    return language.gettext("%(name)s in %(year)s", name=name, year=year)


def parse_year(text: str) -> int | None:
    """Parse what `year_segment` wrote; return None for what it never writes."""
    return UNDATED if text == year_segment(UNDATED) else int(text) if text.isdigit() else None


def year_segment(year: int) -> str:
    """Return what a year is called in addresses: `2019`, `undated`."""
    return "undated" if year == UNDATED else f"{year:04}"


def entity_page(site: SiteDatabase, tag: Tag) -> EntityPage:
    """Show what is said about an entity: all, or where that is too much, the newest."""
    entity, summary, span = directory.entity(site, tag), coverage.summary(site, tag), articles.dated_span(site)
    kind, url, notes = site.config.kind(tag.kind), directory.url(site, tag), owner_texts.entity_notes(site, tag)
    notes_opening = first_words(notes, site.config.language)
    description = entity_description(language_of(site), entity.name, summary, notes_opening)
    members = json_ld.entity_member(site, tag, notes_opening)
    head = page_head(site, url, entity.name, description, (_breadcrumb(kind),), members=members)
    stories = coverage.newest_stories(site, tag)
    return EntityPage(
        title=entity.name,
        kind=kind,
        entity=entity,
        url=url,
        notes=notes,
        chart=bar_charts.coverage_chart(dict(summary.months), *span) if span else None,
        about=_items(site, tag, stories, about=True),
        items=_items(site, tag, stories, about=False),
        total=summary.stories,
        articles=summary.articles,
        outlets=summary.outlets,
        first=summary.first,
        last=summary.last,
        since=issue_layout.news_since_issue(site, tag),
        lately=entity_trends.recent_activity(site, tag),
        carried=() if notes else _most_carried(stories),
        circles=_companion_sections(site, tag),
        topics=_topic_groups(site, tag),
        periods=entity_trends.time_periods(site),
        years=_year_links(site, tag),
        head=head._replace(card=social_cards.entity_card_url(site, tag)),
    )


def _breadcrumb(kind: Kind) -> Breadcrumb:
    return kind.label, url_path(kind.prefix)


def entity_year_page(site: SiteDatabase, tag: Tag, year: int) -> EntityYearPage:
    """Show what was said about an entity in a year, or by pages of which no day is known."""
    name, kind, url = directory.name(site, tag), site.config.kind(tag.kind), directory.url(site, tag)
    stories = coverage.stories_of_year(site, tag, year)
    title = entity_year_title(site, tag, year)
    guessed = sum(story.card.dated_by == "guessed" for story in stories)
    language = language_of(site)
    count = language.articles(len(stories) - guessed)
    count += language.uncertain(guessed)
    description = language.gettext("%(title)s: %(count)s, and the passages that name it.", title=title, count=count)
    members = f',"about":{directory.reference(site, tag)}'
    year_url, breadcrumbs = entity_year_url(site, tag, year), (_breadcrumb(kind), (name, url))
    return EntityYearPage(
        title=title,
        name=name,
        kind=kind,
        url=url,
        year=year,
        about=_items(site, tag, stories, about=True),
        items=_items(site, tag, stories, about=False),
        years=tuple((other, entity_year_url(site, tag, other)) for other in coverage.page_years(site, tag)),
        head=page_head(site, year_url, title, description, breadcrumbs, members=members),
    )


def _items(site: SiteDatabase, tag: Tag, stories: Iterable[EntityStory], *, about: bool) -> tuple[ArticleItem, ...]:
    """Return those stories that are about an entity, or those that only mention it, as items of a list."""
    return tuple(
        article_item(site, story.card, story.mention, tag, story.others) for story in stories if story.is_about is about
    )


def _most_carried(stories: Iterable[EntityStory]) -> tuple[tuple[ArticleCard, int], ...]:
    """Return the stories about an entity that most outlets tell, each with their number, of equal ones the newest.

    stories: newest first. Empty where there are no more of them than are shown at once.
    """
    about = [story for story in stories if story.is_about]
    counts = [(story.card, count_outlets((story.card, *story.others))) for story in about]
    carried = sorted((entry for entry in counts if entry[1] > 1), key=lambda entry: -entry[1])
    return tuple(carried[:_MAX_CARRIED]) if len(about) > _SHOWN_AT_ONCE else ()


def _year_links(site: SiteDatabase, tag: Tag) -> tuple[YearLink, ...]:
    """Return the years that have pages of their own; none where all fits on one page."""
    return tuple(
        YearLink(year, entity_year_url(site, tag, year), count, uncertain)
        for year, count, uncertain in coverage.years_with_pages(site, tag)
    )


def _companion_sections(site: SiteDatabase, tag: Tag) -> tuple[CompanionSection, ...]:
    """Return who appears with an entity, with links to the pages of pairs."""
    has_pairs = site.config.kind(tag.kind).by == "names"  # a topic has no page with anybody
    return tuple(
        CompanionSection(
            site.config.kind(group.kind),
            group.is_significant,
            tuple(
                entity_link(site, companion.tag, companion.count)._replace(
                    expected=companion.expected,
                    pair=pair_url(site, *sorted((tag, companion.tag)))
                    if has_pairs and companion.count >= MIN_PAIR_STORIES
                    else None,
                )
                for companion in group.members
            ),
        )
        for group in co_occurrence.companions(site, tag)
    )


def _topic_groups(site: SiteDatabase, tag: Tag) -> tuple[EntityGroup, ...]:
    """Return the topics of an entity's stories over time, all drawn to one scale."""
    topics = entity_trends.topics(site, tag)
    most = max((value for _, _, series in topics for value in series), default=0)
    groups: list[EntityGroup] = []
    for kind in site.config.kinds:
        links = tuple(
            entity_link(site, topic, count)._replace(
                spark=bar_charts.sparkline(series, most) if len(series) > 1 else (), series=series
            )
            for topic, count, series in topics
            if topic.kind == kind.key
        )
        if links:
            groups.append(EntityGroup(kind, links))
    return tuple(groups)


def kind_page(site: SiteDatabase, key: str) -> KindPage:
    """Show all entities of a kind under their letters, each with its count and its last months."""
    kind, months = site.config.kind(key), recent_months(site)
    links_by_letter: dict[str, list[EntityLink]] = {}
    for tag in directory.of_kind(site, key):
        name, summary = directory.name(site, tag), coverage.summary(site, tag)
        initial = slugify(name)[0]
        by_month = dict(summary.months)
        link = EntityLink(
            directory.url(site, tag),
            name,
            key,
            summary.stories,
            spark=bar_charts.sparkline([by_month.get(month, 0) for month in months]) if summary.months else (),
            last=summary.last,
        )
        links_by_letter.setdefault(initial.upper() if initial.isalpha() else "#", []).append(link)
    letters = tuple(LetterGroup(letter, tuple(links)) for letter, links in links_by_letter.items())
    total = sum(len(group.links) for group in letters)
    description = language_of(site).gettext(
        "%(kind)s that %(site)s follows, A to Z, each with how often it was in the news: %(count)s.",
        kind=kind.label,
        site=site.config.title,
        count=total,
    )
    head = page_head(site, url_path(kind.prefix), kind.label, description)
    return KindPage(kind.label, kind, letters, total, len(months), head)
