"""What a site is made of: settings, entities, what was found in each article, the theme, what was published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_gen.content.markdown.document import Document, parse, parser, unnamed
from site_gen.content.records import StoryOverride
from site_gen.core.depgraph import Cells, cell
from site_gen.core.digests import differing
from site_gen.core.text import same_words
from site_gen.site.analysis.clustering import Stories
from site_gen.site.analysis.related_articles import Related
from site_gen.site.article_findings import entry_of, with_opening
from site_gen.site.projections import Theme, contributions, of_story

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from site_gen.content.issue_ledger import Issued
    from site_gen.content.permalink_ledger import Entry
    from site_gen.content.records import Entity, IssueNote, Kind, Logo, SiteConfig, Tag
    from site_gen.core.depgraph import Key
    from site_gen.core.internal_links import Links
    from site_gen.core.urls import UrlPath
    from site_gen.site.analysis import similarity
    from site_gen.site.analysis.clustering import Story
    from site_gen.site.article_findings import Findings


class Holdings(Cells):
    """What a site is made of. `documents` gives an article's text by file and digest."""

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
        self._issued: Mapping[str, Issued] = {}
        self._issue_notes: dict[str, IssueNote] = {}  # by the key of their period
        self._urls: dict[Tag, UrlPath] = {}
        self._groups: dict[Key, dict[str, Any]] = {}
        self._stories = Stories()
        self._related = Related()
        self._story_of: dict[str, Story] = {}  # of each article, by file: as the groups see it
        self.found: dict[str, Findings] = {}  # by file; for what is no page
        self.same_id: set[Key] = set()
        self.worded: dict[str, tuple[str, StoryOverride]] = {}  # by file, id and `story:` of those that say something
        self._described: dict[tuple[str, str], set[str]] = {}  # articles with one description of one outlet

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "markdown": None}  # made of modules, which cannot be sent to another process

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = {**state, "markdown": parser()}

    # -- inputs ---------------------------------------------------------------------------------------

    def put_articles(self, changes: Mapping[str, Findings | None]) -> set[Key]:
        """Take in articles by file, None for one that is gone; gives the cells that this makes stale."""
        touched: set[Key] = set()
        former = {file: self._shown(file) for file in changes}
        again = self._describe(changes, former)
        for file in (*changes, *sorted(again)):
            found = changes[file] if file in changes else self.found[file]
            if found:
                self.found[file] = found
            else:
                self.found.pop(file, None)
            now, before = self._shown(file), former[file]
            touched |= self._regroup(
                file, dict(contributions(before)) if before else {}, dict(contributions(now)) if now else {}
            )
            if found and found.news.story != StoryOverride():
                self.worded[file] = found.card.id, found.news.story
            else:
                self.worded.pop(file, None)
        entries = {file: entry_of(found) if found else None for file, found in changes.items()}
        touched |= self._retell(entries, former)
        stale: list[Key] = [("group", *group) for group in touched]
        about = {file: entry.terms if entry else None for file, entry in entries.items()}
        return self.forget([*stale, *(("near", file) for file in self._related.put(about))])

    def near(self, file: str) -> tuple[UrlPath, ...]:
        """The pages of the articles nearest to one in what they are about, the nearest first. The cell that asks is
        made of it. KeyError when there is none of that file."""
        self.note(("near", file))
        return tuple(self.found[other].card.url for other in self._related.of(file))  # made of the files' names

    def _shown(self, file: str) -> Findings | None:
        """An article as pages see it: a description that others of its outlet have says nothing of it."""
        found = self.found.get(file)
        key = found and _description(found)
        return with_opening(found) if found and key and len(self._described.get(key, ())) > 1 else found

    def _describe(self, changes: Mapping[str, Findings | None], former: dict[str, Findings | None]) -> set[str]:
        """Take in the descriptions of articles. Gives other articles that have one which is no longer alone, or is
        again; `former` takes up how they were shown before."""
        others: set[str] = set()
        for file, found in changes.items():
            for one, there in ((self.found.get(file), False), (found, True)):
                if not one or not (key := _description(one)):
                    continue
                members = self._described.setdefault(key, set())
                for other in members - changes.keys() if len(members) <= 2 else ():  # where one more or less matters
                    former.setdefault(other, self._shown(other))
                    others.add(other)
                (members.add if there else members.discard)(file)
                if not members:
                    del self._described[key]
        return others

    def _retell(
        self, entries: Mapping[str, similarity.Entry | None], former: Mapping[str, Findings | None]
    ) -> set[Key]:
        """Bring the stories up to date. entries: of the articles that changed; former: how all were shown
        that are shown otherwise now. Gives the groups that see it."""
        moved = self._stories.put(entries)
        moved |= former.keys()
        before = {story.lead: story for file in moved if (story := self._story_of.get(file)) is not None}
        after = {story.lead: story for story in map(self._stories.of, moved & self.found.keys())}
        for story in before.values():
            for file in story.files:
                del self._story_of[file]
        for story in after.values():
            self._story_of.update(dict.fromkeys(story.files, story))
        touched: set[Key] = set()
        for lead in before.keys() | after.keys():
            old = [former.get(file) or self._shown(file) for file in before[lead].files] if lead in before else []
            new = [self._shown(file) for file in after[lead].files] if lead in after else []
            touched |= self._regroup(lead, dict(of_story([*filter(None, old)])), dict(of_story([*filter(None, new)])))
        return touched

    def _regroup(self, member: str, before: Mapping[Key, object], after: Mapping[Key, object]) -> set[Key]:
        """Put what groups see of a member in place of what they saw; gives the groups where that differs."""
        touched = differing(before, after)
        for group in touched:
            members = self._groups.setdefault(group, {})
            if group in after:
                members[member] = after[group]
            else:
                del members[member]
            if group[0] == "id":
                (self.same_id.add if len(members) > 1 else self.same_id.discard)(group)
            if not members:
                del self._groups[group]
        return touched

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

    def put_issue_notes(self, notes: Iterable[IssueNote]) -> set[Key]:
        """Take in all that the editor says of issues; gives the cells that this makes stale."""
        new = {note.key: note for note in notes}
        changed, appeared = differing(new, self._issue_notes), new.keys() != self._issue_notes.keys()
        self._issue_notes = new
        stale: list[Key] = [("issue file", key) for key in changed]
        return self.forget(stale + ([("issue files",)] if appeared else []))

    def put_published(self, ledger: Sequence[Entry], anchors: Mapping[str, str]) -> set[Key]:
        """Take in what was published: the ledger, and lines of `anchors.txt` by article."""
        stale: list[Key] = [("anchors line", identity) for identity in differing(self._anchors, anchors)]
        if tuple(ledger) != self._ledger:
            stale.append(("ledger file",))
        self._ledger, self._anchors = tuple(ledger), anchors
        return self.forget(stale)

    def put_issued(self, issued: Mapping[str, Issued]) -> set[Key]:
        """Take in the issues that were published, by key."""
        stale: list[Key] = [("issued lines", key) for key in differing(self._issued, issued)]
        self._issued = issued
        return self.forget([*stale, ("issued file",)] if stale else [])

    def put_theme(self, theme: Theme) -> set[Key]:
        """Take in the theme's files."""
        old, self._theme = self._theme, theme
        assets, drawn = differing(old.assets, theme.assets), differing(old.templates, theme.templates)
        logo: list[Key] = [] if old.logo == theme.logo else [("logo file",)]
        return self.forget(
            [("asset file", name) for name in assets] + [("template file", name) for name in drawn] + logo
        )

    def files_of(self, group: Key) -> list[str]:
        """The files of a group's articles, sorted."""
        return sorted(self._groups.get(group, ()))

    def group(self, *group: Hashable) -> Mapping[str, Any]:
        """What a group sees of its members, by file (a story by that of its lead). The cell that asks is made of it."""
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
    def logo(self) -> Logo | None:
        """The site's logo."""
        self.note(("logo file",))
        return self._theme.logo

    @cell
    def footer(self) -> Document | None:
        """What the site's owner says at the foot of every page."""
        text = self.config().theme.footer
        return unnamed(parse(text, self.markdown, own_links=True)) if text else None

    @cell
    def template(self, name: str) -> str | None:
        """The digest of a template with all that it can include."""
        self.note(("template file", name))
        return self._theme.templates.get(name)

    def kind(self, key: str) -> Kind:
        """The kind of that key; KeyError when the site has none."""
        return self.config().kind(key)

    @cell
    def issue_note(self, key: str) -> IssueNote | None:
        """What the editor says of an issue, by its period's key."""
        self.note(("issue file", key))
        return self._issue_notes.get(key)

    @cell
    def issue_notes(self) -> tuple[str, ...]:
        """The issues of which the editor says anything."""
        self.note(("issue files",))
        return tuple(sorted(self._issue_notes))

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

    @cell
    def issued(self, key: str) -> Issued | None:
        """An issue as it was published, by its period's key."""
        self.note(("issued lines", key))
        return self._issued.get(key)

    @cell
    def all_issued(self) -> tuple[str, ...]:
        """The issues that were published."""
        self.note(("issued file",))
        return tuple(sorted(self._issued))

    @cell
    def about(self) -> Document:
        """What the site's owner says about the site."""
        self.note(("about file",))
        return parse(self._about, self.markdown, own_links=True)


def _description(found: Findings) -> tuple[str, str] | None:
    """What articles that say the same of themselves have in common; None where the summary is no page's own."""
    return (found.card.outlet.casefold(), same_words(found.card.summary)) if found.news.opening else None
