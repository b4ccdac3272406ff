"""Queries on issues as readers see them; once published, an issue is frozen. Pure.

An issue that was not published is laid out as its stories make it. One that was published stays as it was then, with
what came later and what was corrected. What such a frozen issue shows follows from its lines in `content/issues.txt`
and from the site as it is. Each of its period's stories is either at a place that was published, or is shown as one
that came later: so no story is lost and none is shown twice, whatever was joined, split, moved or withdrawn since.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from site_gen.content.issue_ledger import DIGEST_LETTERS, LEAD, MORE, PublishedIssue, PublishedStory
from site_gen.content.periods import UNITS, Unit, require_period
from site_gen.content.records import Tag
from site_gen.core.depgraph import kept_query, query
from site_gen.core.digests import lasting_digest
from site_gen.core.text import one_line
from site_gen.site import articles, coverage, directory, issues, ledgers, stories
from site_gen.site.database import SiteDatabase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_gen.core.urls import UrlPath
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.issues import ArrangedStories, IssueLink
    from site_gen.site.projections import ArticleLink, EntityStory, StoryCards

_ALL_LEAD_UP_TO = 4  # stories of an issue so small that all may stand at its head
_MIN_LEADS, _MAX_LEADS = 3, 5  # stories that may lead a larger one
_STORIES_PER_LEAD = 8  # stories more to each lead more
_MIN_SECTION = 2  # stories that make a section of their own
MAX_NEW_STORIES = 3  # stories that an entity's page names as new since the last issue


class Correction(NamedTuple):
    """What is not as it was published.

    what: another `title`; `led` by another article; `moved` to another issue; `withdrawn`; `folded` into another story;
        split off as a story of its own (`apart`); `dropped` or put `first` by the editor; told by `fewer` articles
    was: the title as it was published; where only the place or the number of articles changed, that of today
    url: the article where it is now; None where there is none to show
    now: the article's title now; of `fewer`, how many articles are gone, in digits
    issue: of `moved`, the issue that has the story now; None where none has
    """

    what: str
    was: str
    url: UrlPath | None = None
    now: str = ""
    issue: IssueLink | None = None


class ExtendedStory(NamedTuple):
    """A story that further articles tell since its issue was published."""

    card: ArticleCard  # the article that leads it
    others: tuple[ArticleCard, ...]  # those that came since


class LateStory(NamedTuple):
    """A story that came after its issue was published."""

    story: StoryCards  # the story
    published: dt.date | None  # the day on which it was added for readers; None where that is yet to come


class IssueLayout(Struct, frozen=True):
    """The stories of an issue as readers see them. The fields from `published` on are of issues that were published."""

    leads: tuple[StoryCards, ...]  # those that lead it
    # The others under an entity each; the rest, last, under None.
    sections: tuple[tuple[Tag | None, tuple[StoryCards, ...]], ...]
    dropped_count: int = 0  # how many the editor left out
    published: dt.date | None = None  # the day on which it came out
    updated: dt.date | None = None  # the day from which readers find it as it is
    added: tuple[LateStory, ...] = ()  # stories that came later
    further: tuple[ExtendedStory, ...] = ()  # stories that further articles tell now
    corrections: tuple[Correction, ...] = ()  # what is not as it was published

    @property
    def stories(self) -> tuple[StoryCards, ...]:
        """All of them in order, but those that were added."""
        return (*self.leads, *(story for _, section in self.sections for story in section))


class NewsSinceIssue(Struct, frozen=True):
    """What is new about an entity since the last issue."""

    issue: IssueLink  # that issue
    published: dt.date  # the day on which it came out
    count: int  # stories that are new
    newest: tuple[ArticleLink, ...]  # the newest of them


@query
def layout(site: SiteDatabase, key: str) -> IssueLayout:
    """Return an issue as readers see it."""
    published = ledgers.published_issue(site, key)
    if published is not None:
        return _FrozenIssue(site, key, published).layout()
    arranged = issues.arranged_stories(site, key)
    leads, rest = _split_leads(arranged)
    return IssueLayout(leads, tuple(_sections(site, rest)), arranged.dropped_count)


def _sections(site: SiteDatabase, stories: Sequence[StoryCards]) -> Iterator[tuple[Tag | None, tuple[StoryCards, ...]]]:
    """Yield stories under topics, then under companies and the like, each story once.

    The topic with most stories takes them, then the next. What a story is about counts; for one that is about no
    topic, those that it names. To stand under a company that it names in passing would say too much.
    """
    remaining, by_kind = list(stories), {kind.key: kind.by for kind in site.config.kinds}
    for by in ("keywords", "names"):
        tags_by_story: dict[UrlPath, tuple[Tag, ...]] = {}
        for story in remaining:
            about = tuple(tag for tag in story.about if by_kind[tag.kind] == by)
            named = tuple(tag for tag in story.tags if by == "keywords" and by_kind[tag.kind] == by)
            tags_by_story[story.lead.url] = about or named
        counts = Counter(tag for tags in tags_by_story.values() for tag in tags)
        while counts:
            best = min(counts, key=lambda tag: (-counts[tag], tag))
            if counts[best] < _MIN_SECTION:
                break
            section = tuple(story for story in remaining if best in tags_by_story[story.lead.url])
            yield best, section
            remaining = [story for story in remaining if best not in tags_by_story[story.lead.url]]
            counts.subtract(tag for story in section for tag in tags_by_story[story.lead.url])
    if remaining:
        yield None, tuple(remaining)


@query
def article_issue(site: SiteDatabase, identity: str, unit: Unit) -> tuple[ArticleCard, str | None] | None:
    """Return the article with an id, and the key of the issue that has its story; None where the article is gone.

    unit: the length of the issue that is looked for first. The key is None where no issue has the story.
    """
    url = articles.url_of(site, identity)
    if url is None:
        return None
    story, card = stories.of_article(site, url), articles.article(site, url)[1]
    cards = story.cards if story else (card,)
    keys = (issues.key_of_story(site, cards, length) for length in (unit, *UNITS))
    return card, next(filter(None, keys), None)


@kept_query
def first_published_days(site: SiteDatabase) -> Mapping[str, dt.date]:
    """Return the day on which an issue first had an article's story, by the article's id."""
    first_days: dict[str, dt.date] = {}
    for key in ledgers.published_issue_keys(site):
        if issue := ledgers.published_issue(site, key):
            days = [(identity, story.day or issue.published) for story in issue.stories for identity in story.ids]
            for identity, day in (*days, *((dropped, issue.published) for dropped in issue.dropped)):
                first_days[identity] = min(day, first_days.get(identity, day))
    return first_days


@kept_query
def last_published_issue(site: SiteDatabase) -> tuple[str, dt.date] | None:
    """Return the key of the issue that was published last, and the day on which it came out.

    Of several it is the one that ends last, then the shortest.
    """
    days = {
        key: issue.published
        for key in ledgers.published_issue_keys(site)
        if (issue := ledgers.published_issue(site, key))
    }

    def order(key: str) -> tuple[dt.date, dt.date, dt.date]:
        period = require_period(key)
        return days[key], period.last, period.first

    key = max(days, key=order, default=None)
    return (key, days[key]) if key else None


@query
def news_since_issue(site: SiteDatabase, tag: Tag) -> NewsSinceIssue | None:
    """Return what is new about an entity since the last issue: what came after its days and was in none before.

    None where nothing is, or no issue was published.
    """
    last = last_published_issue(site)
    if last is None:
        return None
    key, published = last
    first_days, last_day = first_published_days(site), require_period(key).last

    def is_new(story: EntityStory) -> bool:
        cards = (story.card, *story.others)
        days = [first_days[card.id] for card in cards if card.id in first_days]
        return all(card.updated and card.updated > last_day for card in cards) and not any(
            day <= published for day in days
        )

    new = [
        story.card
        for year, *_ in coverage.story_years(site, tag)
        for story in coverage.stories_of_year(site, tag, year)
        if story.card.published and is_new(story)
    ]
    if not new:
        return None
    newest = tuple(stories.article_link(site, card.url) for card in new[:MAX_NEW_STORIES])
    return NewsSinceIssue(issues.link(key), published, len(new), newest)


def issue_to_publish(site: SiteDatabase, key: str, today: dt.date) -> PublishedIssue:
    """Return an issue as it is to be recorded when it is published on a day. For what is no page.

    One that was published before keeps its places and figures; what was added and corrected since comes in.
    """
    current, before = layout(site, key), ledgers.published_issue(site, key)
    drop = issues.editor_choice(site, key).drop
    dropped = [story.lead.id for story in issues.stories_of(site, key) if story.lead.url in drop]
    if before is None:
        places = [(LEAD, current.leads), *((str(tag or MORE), section) for tag, section in current.sections)]
        lines = [_published_story(story, place) for place, section in places for story in section]
        return PublishedIssue(
            published=today, stories=tuple(lines), dropped=tuple(dropped), figures=issues.figures(site, key)
        )
    new = [_published_story(late.story, day=today) for late in current.added if late.published is None]
    old_ids = set(before.ids)
    digest = _corrections_digest(current)
    return replace(
        before,
        corrected=before.corrected if digest == before.corrections_digest else today,
        corrections_digest=digest,
        stories=(*before.stories, *new),
        dropped=(*before.dropped, *(identity for identity in dropped if identity not in old_ids)),
    )


class _FrozenIssue:
    """An issue that was published, laid out of the site as it is.

    A story of the site is called `story`; a story of the published issue is called `line`, since it is one of the
    ledger, and goes by the id of the article that led it then (`line.ids[0]`).
    """

    def __init__(self, site: SiteDatabase, key: str, published: PublishedIssue) -> None:
        self._site, self._key, self._published = site, key, published
        self._choice = issues.editor_choice(site, key)
        self._stories = issues.stories_of(site, key)
        self._published_ids = {identity for line in published.stories for identity in line.ids}
        self._story_by_line = self._matched_stories()
        self._matched_urls = {story.lead.url for story in self._story_by_line.values()}

    def _matched_stories(self) -> dict[str, StoryCards]:
        """Return the story that stands at each published place, by the id of the article that led it then.

        Each story stands at one place: at that of the article that leads it, else at one of an article that led a story
        then, else at one of another article that told it.
        """
        story_by_id = {card.id: story for story in self._stories for card in story.cards}
        matches: dict[str, StoryCards] = {}
        matched_urls: set[UrlPath] = set()

        def match(place: str, story: StoryCards | None) -> None:
            if story and place not in matches and story.lead.url not in matched_urls:
                matches[place] = story
                matched_urls.add(story.lead.url)

        lines = [line.ids for line in self._published.stories]
        story_by_lead_id = {story.lead.id: story for story in self._stories}
        for lead_id, *_ in lines:
            match(lead_id, story_by_lead_id.get(lead_id))
        for lead_id, *_ in lines:
            match(lead_id, story_by_id.get(lead_id))
        for lead_id, *other_ids in lines:
            for other_id in other_ids:
                match(lead_id, story_by_id.get(other_id))
        return matches

    def layout(self) -> IssueLayout:
        """Return the issue as readers see it."""
        choice, published = self._choice, self._published
        stories_by_place: dict[str, list[StoryCards]] = {LEAD: []}
        added: list[LateStory] = []
        for line in published.stories:
            story = self._story_by_line.get(line.ids[0])
            if story and story.lead.url not in {*choice.drop, *choice.pin}:
                if line.day:
                    added.append(LateStory(self._as_published(story), line.day))
                else:
                    stories_by_place.setdefault(line.place, []).append(story)
        placed = {*self._matched_urls, *choice.drop, *choice.pin}
        added += [LateStory(story, None) for story in self._stories if story.lead.url not in placed]
        story_by_url = {story.lead.url: story for story in self._stories}
        stories_by_place[LEAD] = [*(story_by_url[url] for url in choice.pin), *stories_by_place[LEAD]]
        turn = {url: number for number, url in enumerate(dict.fromkeys([*choice.pin, *choice.order]))}

        def in_order(unordered: Iterable[StoryCards]) -> tuple[StoryCards, ...]:
            ordered = sorted(unordered, key=lambda story: turn.get(story.lead.url, len(turn)))
            return tuple(map(self._as_published, ordered))

        sections: dict[Tag | None, list[StoryCards]] = {}
        for place, placed_stories in stories_by_place.items():
            if place != LEAD:
                sections.setdefault(self._section_tag(place), []).extend(placed_stories)
        rest = sections.pop(None, [])
        ordered_sections = [*sections.items(), *([(None, rest)] if rest else [])]
        return IssueLayout(
            leads=in_order(stories_by_place[LEAD]),
            sections=tuple((tag, in_order(section)) for tag, section in ordered_sections),
            dropped_count=len(choice.drop),
            published=published.published,
            updated=published.updated,
            added=tuple(added),
            further=tuple(self._further()),
            corrections=tuple(self._corrections()),
        )

    def _section_tag(self, place: str) -> Tag | None:
        """Return the entity of today of a section (`topics/storage`); None for stories that stood in no section."""
        kind, slash, slug = place.partition("/")
        return directory.successor(self._site, Tag(kind, slug)) if slash else None

    def _as_published(self, story: StoryCards) -> StoryCards:
        """Return a story without the articles that joined it later, if it was published."""
        if story.lead.url not in self._matched_urls:
            return story
        return replace(story, others=tuple(card for card in story.others if card.id in self._published_ids))

    def _further(self) -> Iterator[ExtendedStory]:
        """Yield the stories that further articles joined since they were published."""
        for line in self._published.stories:
            story = self._story_by_line.get(line.ids[0])
            if story is None or story.lead.url in self._choice.drop:
                continue
            if cards := tuple(card for card in story.others if card.id not in self._published_ids):
                yield ExtendedStory(story.lead, cards)

    def _corrections(self) -> Iterator[Correction]:
        """Yield what is not as it was published: first of each published story, then of the others of the period."""
        choice = self._choice
        line_of_other = {identity: line for line in self._published.stories for identity in line.ids[1:]}
        current_ids = {card.id for story in self._stories for card in story.cards}
        for line in self._published.stories:
            story = self._story_by_line.get(line.ids[0])
            if story is None:
                yield self._lost_story(line)
                continue
            url, title = story.lead.url, one_line(story.lead.title)
            if url in choice.drop:
                yield Correction("dropped", line.title)
                continue
            if title != line.title:
                yield Correction("title" if story.lead.id == line.ids[0] else "led", line.title, url, title)
            if line.ids[0] not in current_ids:  # other articles still tell the story; the one that led it does not
                yield self._lost_story(line._replace(ids=line.ids[:1]))
            if lost_ids := [identity for identity in line.ids[1:] if identity not in current_ids]:
                yield Correction("fewer", title, url, str(len(lost_ids)))
            if url in choice.pin and (line.day or line.place != LEAD):
                yield Correction("first", title, url)
        place_by_url = {story.lead.url: identity for identity, story in self._story_by_line.items()}
        for story in self._stories:
            url, old_line = story.lead.url, line_of_other.get(story.lead.id)
            if old_line and url not in choice.drop and place_by_url.get(url) in {None, story.lead.id}:
                yield Correction("apart", old_line.title, url, one_line(story.lead.title))
            if url in choice.pin and url not in place_by_url:
                yield Correction("first", one_line(story.lead.title), url)

    def _lost_story(self, line: PublishedStory) -> Correction:
        """Return what became of a story that has no place of its own any more."""
        unit = require_period(self._key).unit
        for identity in line.ids:
            if place := article_issue(self._site, identity, unit):
                card, key = place
                if key != self._key:
                    return Correction(
                        "moved", line.title, card.url, one_line(card.title), issues.link(key) if key else None
                    )
                story = stories.of_article(self._site, card.url)
                lead = story.lead if story else card
                return Correction("folded", line.title, lead.url, one_line(lead.title))
        return Correction("withdrawn", line.title)


def _published_story(story: StoryCards, place: str = MORE, day: dt.date | None = None) -> PublishedStory:
    return PublishedStory(tuple(card.id for card in story.cards), one_line(story.lead.title), place, day)


def _corrections_digest(layout: IssueLayout) -> str:
    """Return what tells these corrections from others; empty where there are none. Addresses are no part of it."""
    corrections = [
        (change.what, change.was, None, change.now, change.issue.period.key if change.issue else "")
        for change in layout.corrections
    ]
    further = [(lead.id, [card.id for card in cards]) for lead, cards in layout.further]
    return lasting_digest((corrections, further)).hex()[:DIGEST_LETTERS] if corrections or further else ""


def _split_leads(arranged: ArrangedStories) -> tuple[tuple[StoryCards, ...], tuple[StoryCards, ...]]:
    """Return the stories that lead an issue, and the others.

    Only those of the best rank lead, and none where all are guides, shops or lists that only name a followed entity.
    """
    stories = tuple(item.story for item in arranged.stories)
    if len(stories) <= _ALL_LEAD_UP_TO:
        count = len(stories)
    else:
        count = min(_MAX_LEADS, _MIN_LEADS + (len(stories) - _ALL_LEAD_UP_TO) // _STORIES_PER_LEAD)
    ranks = [item.weight.rank for item in arranged.stories[:count] if item.weight.may_lead]
    count = max(ranks.count(min(ranks)) if ranks else 0, arranged.pinned_count)
    return stories[:count], stories[count:]
