"""Issues as they are laid out: as their stories make them, or once they were published, as they were then, with what
came later and what was corrected.

What a frozen issue shows follows from its lines in `content/issues.txt` and from the site as it is. Each of its
period's stories is either at a place that was published, or is told as one that came later: so no story is lost and
none is told twice, whatever was joined, told apart, moved or withdrawn since.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.issue_ledger import DIGEST_LETTERS, LEAD, MORE, PublishedIssue, PublishedStory
from site_gen.content.periods import month_period, require_period, week_period
from site_gen.content.records import Tag
from site_gen.core.depgraph import cell
from site_gen.core.digests import digest_of
from site_gen.core.text import one_line
from site_gen.site.issues import IssueQueries

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from site_gen.core.urls import UrlPath
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.issues import ArrangedStories
    from site_gen.site.projections import ArticleLink, StoryCards

_FEW = 4  # stories that all stand at the head of their issue; of more, three lead, and of plenty _LEADS
_LEADS = 5
_A_LEAD = 8  # stories to each further one that leads
_SECTION = 2  # stories that make a section of their own
MAX_NEW_STORIES = 3  # stories that an entity's page names as new since the last issue


class Correction(NamedTuple):
    """What is not as it was published. `was`: the title then; `url` and `now`: the article where it is now, and its
    title; `issue`: the key of the issue that has it.

    what: another `title`; `led` by another article; `moved` to another issue; `withdrawn`; `folded` into another story;
    told `apart` from one; `dropped` or put `first` by the editor; told by `fewer` articles, `now` of them lost.
    """

    kind: str
    old_title: str
    url: UrlPath | None = None
    new_title: str = ""
    issue_key: str = ""


class LateStory(NamedTuple):
    """A story that came after its issue was published; `day`: when readers could first read it, None where that is yet
    to come."""

    story: StoryCards
    published: dt.date | None


@dataclass(frozen=True, slots=True)
class IssueLayout:
    """The stories of an issue: those that lead it, and the others under an entity each, the rest under none; how many
    the editor left out. Of one that was published: the days of that and of what it says last; what was added, which
    further articles tell its stories, and what was corrected."""

    leads: tuple[StoryCards, ...]
    sections: tuple[tuple[Tag | None, tuple[StoryCards, ...]], ...]
    dropped_count: int = 0
    published: dt.date | None = None
    updated: dt.date | None = None
    added: tuple[LateStory, ...] = ()
    further: tuple[tuple[ArticleCard, tuple[ArticleCard, ...]], ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def stories(self) -> tuple[StoryCards, ...]:
        """All of them in order, but those that were added."""
        return (*self.leads, *(told for _, inside in self.sections for told in inside))


@dataclass(frozen=True, slots=True)
class NewsSinceIssue:
    """What is new about an entity since the last weekly issue: its key and the day on which it was published, how many
    stories, and the newest of them."""

    issue_key: str
    published: dt.date
    count: int
    newest: tuple[ArticleLink, ...]


class LayoutQueries(IssueQueries):
    """The issues of a site as readers see them."""

    @cell
    def layout(self, key: str) -> IssueLayout:
        """An issue as readers see it."""
        issued = self.published_issue(key)
        if issued is not None:
            return _Frozen(self, key, issued).layout()
        arranged = self.arranged_stories(key)
        leads, rest = _split(arranged)
        return IssueLayout(leads, tuple(self._sections(rest)), arranged.dropped_count)

    def _sections(self, stories: Sequence[StoryCards]) -> Iterator[tuple[Tag | None, tuple[StoryCards, ...]]]:
        """Stories under topics, then under companies and the like, each once: the topic with most of them takes them,
        then the next. What a story is about counts; for one that is about no topic, those that it names."""
        waiting, by_kind = list(stories), {kind.key: kind.by for kind in self.config().kinds}
        for by in ("keywords", "names"):
            places: dict[UrlPath, tuple[Tag, ...]] = {}
            for told in waiting:
                about = tuple(tag for tag in told.about if by_kind[tag.kind] == by)
                places[told.lead.url] = about or tuple(tag for tag in told.tags if by_kind[tag.kind] == by)
            counts = Counter(tag for tags in places.values() for tag in tags)
            while counts:
                best = min(counts, key=lambda tag: (-counts[tag], tag))
                if counts[best] < _SECTION:
                    break
                inside = tuple(told for told in waiting if best in places[told.lead.url])
                yield best, inside
                waiting = [told for told in waiting if best not in places[told.lead.url]]
                counts.subtract(tag for told in inside for tag in places[told.lead.url])
        if waiting:
            yield None, tuple(waiting)

    @cell
    def article_issue(self, identity: str, unit: str) -> tuple[ArticleCard, str] | None:
        """The article with an id, and the key of the issue of that length that has its story; None where it is gone."""
        url = self.article_url(identity)
        if url is None:
            return None
        told, card = self.story(url), self.article(url)[1]
        filed = told.lead.filed if told else card.filed
        return card, (week_period(filed) if unit == "week" else month_period(filed)).key

    @cell
    def first_published_days(self) -> Mapping[str, dt.date]:
        """The day on which a weekly issue first told an article's story, by the article's id."""
        found: dict[str, dt.date] = {}
        for key in self.published_issue_keys():
            issued = self.published_issue(key)
            if issued and require_period(key).unit == "week":
                days = [(one, story.day or issued.published) for story in issued.stories for one in story.ids]
                for one, day in (*days, *((one, issued.published) for one in issued.dropped)):
                    found[one] = min(day, found.get(one, day))
        return found

    @cell
    def last_published_issue(self) -> tuple[str, dt.date] | None:
        """The newest weekly issue that was published, and when."""
        for key in reversed(self.published_issue_keys()):
            issued = self.published_issue(key)
            if issued and require_period(key).unit == "week":
                return key, issued.published
        return None

    @cell
    def news_since_issue(self, tag: Tag) -> NewsSinceIssue | None:
        """What is new about an entity since the last weekly issue; None where nothing is, or no issue was published."""
        last = self.last_published_issue()
        if last is None:
            return None
        public = self.first_published_days()
        new = [
            listed.card
            for year, _ in self.story_years(tag)
            for listed in self.stories_of_year(tag, year)
            if not any((day := public.get(card.id)) and day <= last[1] for card in (listed.card, *listed.others))
        ]
        return (
            NewsSinceIssue(*last, len(new), tuple(self.article_link(card.url) for card in new[:MAX_NEW_STORIES]))
            if new
            else None
        )

    def issue_to_publish(self, key: str, today: dt.date) -> PublishedIssue:
        """An issue as it is to be recorded when it is published on a day: again, if it was before, with what was added
        and corrected since. For what is no page."""
        layout, before = self.layout(key), self.published_issue(key)
        dropped = [told.lead.id for told in self.stories_of_issue(key) if told.lead.url in self.editor_choice(key).drop]
        if before is None:
            places = [(LEAD, layout.leads), *((str(tag or MORE), inside) for tag, inside in layout.sections)]
            stories = [_shown(told, place) for place, inside in places for told in inside]
            return PublishedIssue(
                published=today, stories=tuple(stories), dropped=tuple(dropped), figures=self.figures(key)
            )
        come = [_shown(late.story, day=today) for late in layout.added if late.published is None]
        known_ids = {*before.dropped, *(one for story in before.stories for one in story.ids)}
        seal = _seal(layout)
        return replace(
            before,
            corrected=before.corrected if seal == before.corrections_digest else today,
            corrections_digest=seal,
            stories=(*before.stories, *come),
            dropped=(*before.dropped, *(one for one in dropped if one not in known_ids)),
        )


class _Frozen:
    """An issue that was published, laid out of the site as it is."""

    def __init__(self, site: LayoutQueries, key: str, issued: PublishedIssue) -> None:
        self._site, self._key, self._issued = site, key, issued
        self._word = site.editor_choice(key)
        self._stories = site.stories_of_issue(key)
        self._published = {one for shown in issued.stories for one in shown.ids}
        self._at = self._placed()
        self._taken = {told.lead.url for told in self._at.values()}

    def _placed(self) -> dict[str, StoryCards]:
        """The story that stands at each published place (by the id of its lead then), each at one: at the place of the
        article that leads it, else of one that led a story then, else of one that told it, too."""
        by_id = {card.id: told for told in self._stories for card in told.cards}
        found: dict[str, StoryCards] = {}
        taken: set[UrlPath] = set()

        def take(place: str, told: StoryCards | None) -> None:
            if told and place not in found and told.lead.url not in taken:
                found[place] = told
                taken.add(told.lead.url)

        places = [shown.ids for shown in self._issued.stories]
        leading = {told.lead.id: told for told in self._stories}
        for first, *_ in places:
            take(first, leading.get(first))
        for first, *_ in places:
            take(first, by_id.get(first))
        for first, *others in places:
            for one in others:
                take(first, by_id.get(one))
        return found

    def layout(self) -> IssueLayout:
        """The issue."""
        word, issued = self._word, self._issued
        places: dict[str, list[StoryCards]] = {LEAD: []}
        added: list[LateStory] = []
        for shown in issued.stories:
            told = self._at.get(shown.ids[0])
            if told and told.lead.url not in {*word.drop, *word.pin}:
                if shown.day:
                    added.append(LateStory(self._as_published(told), shown.day))
                else:
                    places.setdefault(shown.place, []).append(told)
        taken = {*self._taken, *word.drop, *word.pin}
        added += [LateStory(told, None) for told in self._stories if told.lead.url not in taken]
        by_url = {told.lead.url: told for told in self._stories}
        places[LEAD] = [*(by_url[url] for url in word.pin), *places[LEAD]]
        turn = {url: number for number, url in enumerate(dict.fromkeys([*word.pin, *word.order]))}

        def in_order(stories: Iterable[StoryCards]) -> tuple[StoryCards, ...]:
            stories = sorted(stories, key=lambda told: turn.get(told.lead.url, len(turn)))
            return tuple(map(self._as_published, stories))

        sections: dict[Tag | None, list[StoryCards]] = {}
        for place, inside in places.items():
            if place != LEAD:
                sections.setdefault(self._heir(place), []).extend(inside)
        rest = sections.pop(None, [])
        by_tag = [*sections.items(), *([(None, rest)] if rest else [])]
        return IssueLayout(
            leads=in_order(places[LEAD]),
            sections=tuple((tag, in_order(inside)) for tag, inside in by_tag),
            dropped_count=len(word.drop),
            published=issued.published,
            updated=issued.updated,
            added=tuple(added),
            further=tuple(self._further()),
            corrections=tuple(self._corrections()),
        )

    def _heir(self, place: str) -> Tag | None:
        kind, slash, slug = place.partition("/")
        return self._site.successor(Tag(kind, slug)) if slash else None

    def _as_published(self, told: StoryCards) -> StoryCards:
        """A story without the articles that joined it later, if it was published."""
        if told.lead.url not in self._taken:
            return told
        return replace(told, others=tuple(card for card in told.others if card.id in self._published))

    def _further(self) -> Iterator[tuple[ArticleCard, tuple[ArticleCard, ...]]]:
        """The stories that articles joined which were not published with them."""
        for shown in self._issued.stories:
            told = self._at.get(shown.ids[0])
            if told is None or told.lead.url in self._word.drop:
                continue
            if cards := tuple(card for card in told.others if card.id not in self._published):
                yield told.lead, cards

    def _corrections(self) -> Iterator[Correction]:
        word, copies = self._word, {one: shown for shown in self._issued.stories for one in shown.ids[1:]}
        here = {card.id for told in self._stories for card in told.cards}
        for shown in self._issued.stories:
            told = self._at.get(shown.ids[0])
            if told is None:
                yield self._lost(shown)
                continue
            url, title = told.lead.url, one_line(told.lead.title)
            if url in word.drop:
                yield Correction("dropped", shown.title)
                continue
            if title != shown.title:
                yield Correction("title" if told.lead.id == shown.ids[0] else "led", shown.title, url, title)
            if shown.ids[0] not in here:  # others go on with the story; the one that led it does not
                yield self._lost(shown._replace(ids=shown.ids[:1]))
            if gone := [one for one in shown.ids[1:] if one not in here]:
                yield Correction("fewer", title, url, str(len(gone)))
            if url in word.pin and (shown.day or shown.place != LEAD):
                yield Correction("first", title, url)
        at = {told.lead.url: identity for identity, told in self._at.items()}
        for told in self._stories:
            url, was = told.lead.url, copies.get(told.lead.id)
            if was and url not in word.drop and at.get(url) in {None, told.lead.id}:
                yield Correction("apart", was.title, url, one_line(told.lead.title))
            if url in word.pin and url not in at:
                yield Correction("first", one_line(told.lead.title), url)

    def _lost(self, shown: PublishedStory) -> Correction:
        """Where a story is that has no place of its own any more."""
        for one in shown.ids:
            if found := self._site.article_issue(one, require_period(self._key).unit):
                card, key = found
                if key != self._key:
                    return Correction("moved", shown.title, card.url, one_line(card.title), key)
                told = self._site.story(card.url)
                lead = told.lead if told else card
                return Correction("folded", shown.title, lead.url, one_line(lead.title))
        return Correction("withdrawn", shown.title)


def _shown(told: StoryCards, place: str = MORE, day: dt.date | None = None) -> PublishedStory:
    return PublishedStory(tuple(card.id for card in told.cards), one_line(told.lead.title), place, day)


def _seal(layout: IssueLayout) -> str:
    """What tells corrections apart; empty where there are none. An article's address is no part of it."""
    said = [correction._replace(url=None) for correction in layout.corrections]
    further = [(lead.id, [card.id for card in cards]) for lead, cards in layout.further]
    return digest_of((said, further)).hex()[:DIGEST_LETTERS] if said or further else ""


def _split(arranged: ArrangedStories) -> tuple[tuple[StoryCards, ...], tuple[StoryCards, ...]]:
    """The stories that lead an issue, and the others."""
    stories = tuple(item.story for item in arranged.stories)
    count = len(stories) if len(stories) <= _FEW else min(_LEADS, 3 + (len(stories) - _FEW) // _A_LEAD)
    count = max(count, arranged.pinned_count)
    return stories[:count], stories[count:]
