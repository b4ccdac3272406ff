"""The whole site as cells: who is named where, who appears together, what happened when. Pure.

`Site` holds the inputs (settings, entities, what was found in each article, the theme) and answers what
pages ask. Each answer is a cell, small on purpose: a page that shows a count reads a count, and an edit
that leaves the count alone leaves the page alone. Articles reach cells only through groups (`groups`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from site_gen import charts
from site_gen.cells import Cells, cell, differing
from site_gen.document import Document, parse, parser
from site_gen.findings import with_opening
from site_gen.groups import Listed, Summary, Theme, Together, Totals, contributions
from site_gen.model import Entity, SiteConfig, StoryWord, Tag
from site_gen.schema import names_of
from site_gen.text import same_words
from site_gen.urls import UrlPath, slugify, url_path

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from site_gen.cells import Key
    from site_gen.findings import Card, Findings
    from site_gen.ledger import Entry
    from site_gen.links import Links
    from site_gen.model import Kind

TOP = 12  # entities of a kind that a page lists in its margin
NEWEST = 60  # articles on an entity's page; where there are more, each year has a page of its own


class Site(Cells):
    """A site, ready to be asked. `documents` gives an article's text by file and digest."""

    def __init__(self, config: SiteConfig, links: Links, documents: Callable[[str, str], Document]) -> None:
        super().__init__()
        self.documents = documents
        self.markdown = parser()
        self._config, self._links = config, links
        self._about = ""
        self._theme = Theme({}, {})
        self._files: dict[Tag, Entity] = {}
        self._by_name: dict[str, list[Tag]] | None = None
        self._ledger: tuple[Entry, ...] = ()
        self._anchors: Mapping[str, str] = {}
        self._urls: dict[Tag, UrlPath] = {}
        self._groups: dict[Key, dict[str, Any]] = {}
        self.found: dict[str, Findings] = {}  # by file; for what is no page
        self.same_id: set[Key] = set()
        self.worded: dict[str, tuple[str, StoryWord]] = {}  # by file, id and `story:` of those that say something
        self._described: dict[tuple[str, str], set[str]] = {}  # articles with one description of one outlet

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "markdown": None}  # made of modules, which cannot be sent to another process

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = {**state, "markdown": parser()}

    # -- inputs ---------------------------------------------------------------------------------------

    def put_articles(self, changes: Mapping[str, Findings | None]) -> set[Key]:
        """Take in articles by file, None for one that is gone; gives the cells that this makes stale."""
        touched: set[Key] = set()
        known = {file: self._told(file) for file in changes}
        again = self._describe(changes, known)
        for file in (*changes, *sorted(again)):
            found = changes[file] if file in changes else self.found[file]
            if found:
                self.found[file] = found
            else:
                self.found.pop(file, None)
            before = dict(contributions(old)) if (old := known[file]) else {}
            after = dict(contributions(new)) if (new := self._told(file)) else {}
            for group in differing(before, after):
                touched.add(group)
                members = self._groups.setdefault(group, {})
                if group in after:
                    members[file] = after[group]
                else:
                    del members[file]
                if group[0] == "id":
                    (self.same_id.add if len(members) > 1 else self.same_id.discard)(group)
                if not members:
                    del self._groups[group]
            if found and found.news.story != StoryWord():
                self.worded[file] = found.card.id, found.news.story
            else:
                self.worded.pop(file, None)
        return self.forget(("group", *group) for group in touched)

    def _told(self, file: str) -> Findings | None:
        """An article as pages see it: a description that others of its outlet have says nothing of it."""
        found = self.found.get(file)
        key = found and _description(found)
        return with_opening(found) if found and key and len(self._described.get(key, ())) > 1 else found

    def _describe(self, changes: Mapping[str, Findings | None], known: dict[str, Findings | None]) -> set[str]:
        """Take in the descriptions of articles. Gives other articles that have one which is no longer alone, or is
        again; `known` takes up how they were told before."""
        others: set[str] = set()
        for file, found in changes.items():
            for one, there in ((self.found.get(file), False), (found, True)):
                if not one or not (key := _description(one)):
                    continue
                members = self._described.setdefault(key, set())
                for other in members - changes.keys() if len(members) <= 2 else ():  # where one more or less matters
                    known.setdefault(other, self._told(other))
                    others.add(other)
                (members.add if there else members.discard)(file)
                if not members:
                    del self._described[key]
        return others

    def put_entities(self, entities: Iterable[Entity]) -> set[Key]:
        """Take in all entities that have files; gives the cells that this makes stale."""
        new = {entity.tag: entity for entity in entities}
        changed = differing(new, self._files)
        appeared = new.keys() != self._files.keys()
        self._files = new
        if changed:
            self._by_name = None
        stale: list[Key] = [("file", tag) for tag in changed]
        return self.forget(stale + ([("names",)] if changed else []) + ([("files",)] if appeared else []))

    def put_about(self, text: str) -> set[Key]:
        """Take in the text of the page about the site."""
        changed, self._about = text != self._about, text
        return self.forget([("about file",)] if changed else [])

    def put_published(self, ledger: Sequence[Entry], anchors: Mapping[str, str]) -> set[Key]:
        """Take in what was published: the ledger, and lines of `anchors.txt` by article."""
        stale: list[Key] = [("anchors line", identity) for identity in differing(self._anchors, anchors)]
        if tuple(ledger) != self._ledger:
            stale.append(("ledger file",))
        self._ledger, self._anchors = tuple(ledger), anchors
        return self.forget(stale)

    def put_theme(self, theme: Theme) -> set[Key]:
        """Take in the theme's files."""
        old, self._theme = self._theme, theme
        assets, drawn = differing(old.assets, theme.assets), differing(old.templates, theme.templates)
        return self.forget([("asset file", name) for name in assets] + [("template file", name) for name in drawn])

    def files_of(self, group: Key) -> list[str]:
        """The articles' files in a group, sorted."""
        return sorted(self._groups.get(group, ()))

    def _group(self, *group: Hashable) -> Mapping[str, Any]:
        self.note(("group", *group))
        return self._groups.get(group, {})

    # -- settings and theme ---------------------------------------------------------------------------

    @cell
    def config(self) -> SiteConfig:
        """The site's settings."""
        return self._config

    @cell
    def links(self) -> Links:
        """How its pages name each other."""
        return self._links

    @cell
    def asset(self, name: str) -> UrlPath | None:
        """The URL of an asset of the theme."""
        self.note(("asset file", name))
        return self._theme.assets.get(name)

    @cell
    def template(self, name: str) -> str | None:
        """The digest of a template with all that it can include."""
        self.note(("template file", name))
        return self._theme.templates.get(name)

    def kind(self, key: str) -> Kind:
        """The kind of that key; KeyError when the site has none."""
        return self.config().kind(key)

    # -- what was published ---------------------------------------------------------------------------

    @cell
    def ledger(self) -> tuple[Entry, ...]:
        """Every address that was published."""
        self.note(("ledger file",))
        return self._ledger

    def all_anchors(self) -> Mapping[str, str]:
        """All lines of `anchors.txt`, by article; for what is no page."""
        return self._anchors

    @cell
    def anchors(self, identity: str) -> str | None:
        """An article's line of `anchors.txt`, by its id."""
        self.note(("anchors line", identity))
        return self._anchors.get(identity)

    # -- entities -------------------------------------------------------------------------------------

    @cell
    def tags(self) -> tuple[Tag, ...]:
        """All entities: those that have a file and those that are only named by articles."""
        self.note(("files",))
        found = set(self._files)
        for tags in self._group("tags").values():
            found.update(tags)
        return tuple(sorted(found))

    @cell
    def called(self, name: str) -> tuple[Tag, ...]:
        """The entities with a file that go by a name, or did: whose other name it is, or former address."""
        self.note(("names",))
        if self._by_name is None:
            self._by_name = {}
            for tag, entity in sorted(self._files.items()):
                for known in names_of(entity):
                    self._by_name.setdefault(known, []).append(tag)
        return tuple(self._by_name.get(same_words(name), ()))

    @cell
    def entity(self, tag: Tag) -> Entity:
        """An entity. Without a file it goes by its name as an article wrote it, else by its slug, made readable."""
        self.note(("file", tag))
        if found := self._files.get(tag):
            return found
        written = self._group("written", tag)
        name = str(written[min(written)]) if written else tag.slug.replace("-", " ").strip()
        return Entity(kind=tag.kind, slug=tag.slug, name=name)

    @cell
    def name(self, tag: Tag) -> str:
        """An entity's name."""
        return self.entity(tag).name

    def url(self, tag: Tag) -> UrlPath:
        """An entity's page."""
        config = self.config()
        found = self._urls.get(tag)
        if found is None:
            found = self._urls[tag] = url_path(config.kind(tag.kind).prefix, tag.slug)
        return found

    @cell
    def of_kind(self, key: str) -> tuple[Tag, ...]:
        """The entities of a kind by name, without regard to case and accents."""
        return tuple(sorted((t for t in self.tags() if t.kind == key), key=lambda t: (slugify(self.name(t)), t.slug)))

    @cell
    def notes(self, tag: Tag) -> Document | None:
        """What the site's owner says about an entity."""
        text = self.entity(tag).notes
        return parse(text, self.markdown, own_links=True) if text else None

    @cell
    def about(self) -> Document:
        """What the site's owner says about the site."""
        self.note(("about file",))
        return parse(self._about, self.markdown, own_links=True)

    @cell
    def summary(self, tag: Tag) -> Summary:
        """How much is said about an entity, by whom and when."""
        members = self._group("tagged", tag).values()
        months = Counter(charts.month_of(date) for _, date, *_ in members if date)
        dates = [sure for _, _, sure, _, _ in members if sure]
        return Summary(
            count=len(members),
            outlets=len({outlet for *_, outlet, _ in members if outlet}),
            first=min(dates, default=None),
            last=max(dates, default=None),
            months=tuple(sorted(months.items())),
        )

    @cell
    def count(self, tag: Tag) -> int:
        """How many articles name an entity."""
        return len(self._group("tagged", tag))

    @cell
    def years(self, tag: Tag) -> tuple[tuple[int, int], ...]:
        """The years that have articles on an entity, newest first, and how many."""
        found = Counter(filed.year for filed, *_ in self._group("tagged", tag).values())
        return tuple(sorted(found.items(), reverse=True))

    @cell
    def pages_of_years(self, tag: Tag) -> tuple[tuple[int, int], ...]:
        """The years that have pages of their own: none for an entity whose page shows all."""
        return self.years(tag) if self.count(tag) > NEWEST else ()

    @cell
    def listing(self, tag: Tag, year: int) -> tuple[Listed, ...]:
        """A year's articles on an entity, newest first."""
        members: Iterable[Listed] = self._group("listed", tag, year).values()
        return tuple(sorted(members, key=lambda listed: _order(listed.card)))

    @cell
    def newest(self, tag: Tag) -> tuple[Listed, ...]:
        """The newest articles on an entity, as many as its page shows: all, where they are not too many."""
        found: list[Listed] = []
        for year, _ in self.years(tag):
            if len(found) >= NEWEST:
                break
            found += self.listing(tag, year)
        return tuple(found[:NEWEST])

    @cell
    def cards(self, tag: Tag) -> tuple[Card, ...]:
        """The same without their passages."""
        return tuple(listed.card for listed in self.newest(tag))

    @cell
    def together(self, tag: Tag) -> tuple[Together, ...]:
        """The entities that appear most often with an entity, of each kind as many as its page shows."""
        pairs: Counter[Tag] = Counter()
        for *_, tags in self._group("tagged", tag).values():
            pairs.update(set(tags))
        pairs.pop(tag, None)
        own, total = self.count(tag), self.totals().articles
        lifts = {other: count * total / (own * self.count(other)) for other, count in pairs.items()}
        order = sorted(pairs, key=lambda other: (-pairs[other], -lifts[other], other))
        shown: Counter[str] = Counter()
        found: list[Together] = []
        for other in order:
            shown[other.kind] += 1
            if shown[other.kind] <= TOP:
                found.append(Together(other, pairs[other], round(lifts[other], 1)))
        return tuple(found)

    # -- articles -------------------------------------------------------------------------------------

    @cell
    def articles(self) -> tuple[tuple[UrlPath, str, str], ...]:
        """The pages of all articles, their files and ids."""
        return tuple(sorted((url, file, identity) for file, (url, identity) in self._group("articles").items()))

    @cell
    def article_of(self, identity: str) -> UrlPath | None:
        """The page of the article with an id."""
        urls: Iterable[UrlPath] = self._group("id", identity).values()
        return min(urls, default=None)

    @cell
    def article(self, url: UrlPath) -> tuple[str, Card, str]:
        """An article's file, its card, and JSON of what only its own page shows. LookupError when there is
        none."""
        for file, card, detail in self._group("article", url).values():
            return file, card, detail
        raise LookupError(url)

    @cell
    def redirects(self) -> tuple[tuple[UrlPath, str, UrlPath, str], ...]:
        """Where articles were before: the old URL, the title, the new URL, the file."""
        members = self._group("redirects").items()
        return tuple(sorted((old, title, new, file) for file, (urls, title, new) in members for old in urls))

    @cell
    def totals(self) -> Totals:
        """The site in numbers."""
        outlets = self._group("outlets").values()
        newest = max((sure for _, _, sure in self._group("dates").values() if sure), default=None)
        return Totals(len(outlets), len({outlet for outlet in outlets if outlet}), newest)

    @cell
    def months(self) -> tuple[tuple[charts.Month, int, int], ...]:
        """The months that articles are filed under, newest first: how many, and how many have a date."""
        filed: Counter[charts.Month] = Counter()
        dated: Counter[charts.Month] = Counter()
        for day, date, _ in self._group("dates").values():
            month = charts.month_of(day)
            filed[month] += 1
            dated[month] += date is not None
        return tuple((month, filed[month], dated[month]) for month in sorted(filed, reverse=True))

    @cell
    def dated_months(self) -> tuple[tuple[charts.Month, int], ...]:
        """The months that have articles with a date, oldest first, and how many."""
        return tuple((month, dated) for month, _, dated in reversed(self.months()) if dated)

    @cell
    def filed_years(self) -> tuple[int, ...]:
        """The years that articles are filed under, oldest first."""
        return tuple(sorted({year for (year, _), _, _ in self.months()}))

    @cell
    def span(self) -> tuple[charts.Month, charts.Month] | None:
        """The first and the last month of which there is an article with a date."""
        months = [month for month, _ in self.dated_months()]
        return (months[0], months[-1]) if months else None

    @cell
    def month(self, year: int, month: int) -> tuple[Card, ...]:
        """The articles filed under a month, newest first."""
        members: Iterable[Card] = self._group("month", (year, month)).values()
        return tuple(sorted(members, key=_order))

    @cell
    def tags_of_month(self, year: int, month: int) -> tuple[tuple[Tag, int], ...]:
        """The entities in a month's articles that have a date, and in how many."""
        found = Counter(tag for card in self.month(year, month) if card.date for tag in card.tags)
        return tuple(sorted(found.items()))

    @cell
    def around(self, year: int, month: int) -> tuple[charts.Month | None, charts.Month | None]:
        """The months before and after one that have articles with a date."""
        months = [month for month, _ in self.dated_months()]  # its own may be gone: who asks is told of others then
        before = [one for one in months if one < (year, month)]
        after = [one for one in months if one > (year, month)]
        return (before[-1] if before else None, after[0] if after else None)

    @cell
    def latest(self, count: int) -> tuple[Card, ...]:
        """The newest articles of all."""
        found: list[Card] = []
        for (year, month), _, _ in self.months():
            if len(found) >= count:
                break
            found += self.month(year, month)
        return tuple(found[:count])

    @cell
    def lead(self) -> Card | None:
        """The newest article that says its date; else the newest. One that goes by the day it was saved, or by
        a guess, should not lead the news for that."""
        for (year, month), _, _ in self.months():
            for card in self.month(year, month):
                if card.dated_by == "published":
                    return card
        return next(iter(self.latest(1)), None)

    @cell
    def undated(self) -> tuple[Card, ...]:
        """The articles that no date is known of."""
        months = [month for month, filed, dated in self.months() if filed > dated]
        return tuple(card for month in months for card in self.month(*month) if not card.date)

    @cell
    def sitemap(self, year: int) -> tuple[tuple[UrlPath, dt.date | None], ...]:
        """The pages of the articles filed under a year, with their dates but for those that are guessed."""
        return tuple(sorted(self._group("sitemap", year).values()))


def _description(found: Findings) -> tuple[str, str] | None:
    """What articles that say the same of themselves have in common; None where the summary is no page's own."""
    return (found.card.outlet.casefold(), same_words(found.card.summary)) if found.news.opening else None


def _order(card: Card) -> tuple[int, UrlPath]:
    """Newest first; on one day by address."""
    return -card.filed.toordinal(), card.url
