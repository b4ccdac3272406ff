"""What a site is made of: settings, entities, what was found in each article, the theme, what was published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_gen.content.markdown.document import Document, parse, parser, unnamed
from site_gen.content.records import StoryOverride
from site_gen.core.depgraph import DependencyGraph, cell
from site_gen.core.digests import differing_keys
from site_gen.core.text import word_key
from site_gen.site.analysis.clustering import StoryIndex
from site_gen.site.analysis.related_articles import RelatedIndex
from site_gen.site.indexed_article import unpack_features, with_opening_as_summary
from site_gen.site.projections import Theme, project_article, project_story

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from site_gen.content.issue_ledger import PublishedIssue
    from site_gen.content.permalink_ledger import Permalink
    from site_gen.content.records import Entity, IssueNote, Kind, Logo, SiteConfig, Tag
    from site_gen.core.depgraph import CellKey
    from site_gen.core.internal_links import Links
    from site_gen.core.urls import UrlPath
    from site_gen.site.analysis import similarity
    from site_gen.site.analysis.clustering import StoryCluster
    from site_gen.site.indexed_article import IndexedArticle


class SiteInputs(DependencyGraph):
    """What a site is made of. `documents` gives an article's text by file and digest."""

    def __init__(self, config: SiteConfig, links: Links, documents: Callable[[str, str], Document]) -> None:
        super().__init__()
        self.load_document = documents
        self.markdown = parser()
        self._config, self._links = config, links
        self._about_text = ""
        self._theme = Theme({}, {})
        self._entities_by_tag: dict[Tag, Entity] = {}
        self._tags_by_name: dict[str, list[Tag]] | None = None
        self._ledger: tuple[Permalink, ...] = ()
        self._anchor_lines: Mapping[str, str] = {}
        self._published_issues: Mapping[str, PublishedIssue] = {}
        self._notes_by_issue: dict[str, IssueNote] = {}  # by the key of their period
        self._entity_urls: dict[Tag, UrlPath] = {}
        self._groups: dict[CellKey, dict[str, Any]] = {}
        self._story_index = StoryIndex()
        self._related_index = RelatedIndex()
        self._cluster_by_file: dict[str, StoryCluster] = {}  # of each article, by file: as the groups see it
        self.articles_by_file: dict[str, IndexedArticle] = {}  # by file; for what is no page
        self.duplicate_ids: set[CellKey] = set()
        self.overrides_by_file: dict[
            str, tuple[str, StoryOverride]
        ] = {}  # by file, id and `story:` of those that say something
        self._files_by_description: dict[tuple[str, str], set[str]] = {}  # articles with one description of one outlet

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "markdown": None}  # made of modules, which cannot be sent to another process

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = {**state, "markdown": parser()}

    # -- inputs ---------------------------------------------------------------------------------------

    def put_articles(self, changes: Mapping[str, IndexedArticle | None]) -> set[CellKey]:
        """Take in articles by file, None for one that is gone; gives the cells that this makes stale."""
        touched: set[CellKey] = set()
        former = {file: self._visible_article(file) for file in changes}
        again = self._index_descriptions(changes, former)
        for file in (*changes, *sorted(again)):
            found = changes[file] if file in changes else self.articles_by_file[file]
            if found:
                self.articles_by_file[file] = found
            else:
                self.articles_by_file.pop(file, None)
            now, before = self._visible_article(file), former[file]
            touched |= self._update_groups(
                file, dict(project_article(before)) if before else {}, dict(project_article(now)) if now else {}
            )
            if found and found.features.override != StoryOverride():
                self.overrides_by_file[file] = found.card.id, found.features.override
            else:
                self.overrides_by_file.pop(file, None)
        entries = {file: unpack_features(found) if found else None for file, found in changes.items()}
        touched |= self._update_stories(entries, former)
        stale: list[CellKey] = [("group", *group) for group in touched]
        about = {file: entry.terms if entry else None for file, entry in entries.items()}
        return self.invalidate([*stale, *(("near", file) for file in self._related_index.put(about))])

    def related_urls(self, file: str) -> tuple[UrlPath, ...]:
        """The pages of the articles nearest to one in what they are about, the nearest first. The cell that asks is
        made of it. KeyError when there is none of that file."""
        self.note_read(("near", file))
        return tuple(
            self.articles_by_file[other].card.url for other in self._related_index.nearest(file)
        )  # made of the files' names

    def _visible_article(self, file: str) -> IndexedArticle | None:
        """An article as pages see it: a description that others of its outlet have says nothing of it."""
        found = self.articles_by_file.get(file)
        key = found and _description(found)
        return (
            with_opening_as_summary(found)
            if found and key and len(self._files_by_description.get(key, ())) > 1
            else found
        )

    def _index_descriptions(
        self, changes: Mapping[str, IndexedArticle | None], former: dict[str, IndexedArticle | None]
    ) -> set[str]:
        """Take in the descriptions of articles. Gives other articles that have one which is no longer alone, or is
        again; `former` takes up how they were shown before."""
        others: set[str] = set()
        for file, found in changes.items():
            for one, there in ((self.articles_by_file.get(file), False), (found, True)):
                if not one or not (key := _description(one)):
                    continue
                members = self._files_by_description.setdefault(key, set())
                for other in members - changes.keys() if len(members) <= 2 else ():  # where one more or less matters
                    former.setdefault(other, self._visible_article(other))
                    others.add(other)
                (members.add if there else members.discard)(file)
                if not members:
                    del self._files_by_description[key]
        return others

    def _update_stories(
        self, entries: Mapping[str, similarity.ArticleFeatures | None], former: Mapping[str, IndexedArticle | None]
    ) -> set[CellKey]:
        """Bring the stories up to date. entries: of the articles that changed; former: how all were shown
        that are shown otherwise now. Gives the groups that see it."""
        moved = self._story_index.put(entries)
        moved |= former.keys()
        before = {story.lead: story for file in moved if (story := self._cluster_by_file.get(file)) is not None}
        after = {story.lead: story for story in map(self._story_index.cluster_of, moved & self.articles_by_file.keys())}
        for story in before.values():
            for file in story.files:
                del self._cluster_by_file[file]
        for story in after.values():
            self._cluster_by_file.update(dict.fromkeys(story.files, story))
        touched: set[CellKey] = set()
        for lead in before.keys() | after.keys():
            old = (
                [former.get(file) or self._visible_article(file) for file in before[lead].files]
                if lead in before
                else []
            )
            new = [self._visible_article(file) for file in after[lead].files] if lead in after else []
            touched |= self._update_groups(
                lead, dict(project_story([*filter(None, old)])), dict(project_story([*filter(None, new)]))
            )
        return touched

    def _update_groups(
        self, member: str, before: Mapping[CellKey, object], after: Mapping[CellKey, object]
    ) -> set[CellKey]:
        """Put what groups see of a member in place of what they saw; gives the groups where that differs."""
        touched = differing_keys(before, after)
        for group in touched:
            members = self._groups.setdefault(group, {})
            if group in after:
                members[member] = after[group]
            else:
                del members[member]
            if group[0] == "id":
                (self.duplicate_ids.add if len(members) > 1 else self.duplicate_ids.discard)(group)
            if not members:
                del self._groups[group]
        return touched

    def put_entities(self, entities: Iterable[Entity]) -> set[CellKey]:
        """Take in all entities that have files; gives the cells that this makes stale."""
        new = {entity.tag: entity for entity in entities}
        changed = differing_keys(new, self._entities_by_tag)
        appeared = new.keys() != self._entities_by_tag.keys()
        self._entities_by_tag = new
        if changed:
            self._tags_by_name = None
        stale: list[CellKey] = [("file", tag) for tag in changed]
        return self.invalidate(stale + ([("names",)] if changed else []) + ([("files",)] if appeared else []))

    def put_about(self, text: str) -> set[CellKey]:
        """Take in the text of the page about the site."""
        changed, self._about_text = text != self._about_text, text
        return self.invalidate([("about file",)] if changed else [])

    def put_issue_notes(self, notes: Iterable[IssueNote]) -> set[CellKey]:
        """Take in all that the editor says of issues; gives the cells that this makes stale."""
        new = {note.key: note for note in notes}
        changed, appeared = differing_keys(new, self._notes_by_issue), new.keys() != self._notes_by_issue.keys()
        self._notes_by_issue = new
        stale: list[CellKey] = [("issue file", key) for key in changed]
        return self.invalidate(stale + ([("issue files",)] if appeared else []))

    def put_published(self, ledger: Sequence[Permalink], anchors: Mapping[str, str]) -> set[CellKey]:
        """Take in what was published: the ledger, and lines of `anchors.txt` by article."""
        stale: list[CellKey] = [("anchors line", identity) for identity in differing_keys(self._anchor_lines, anchors)]
        if tuple(ledger) != self._ledger:
            stale.append(("ledger file",))
        self._ledger, self._anchor_lines = tuple(ledger), anchors
        return self.invalidate(stale)

    def put_issued(self, issued: Mapping[str, PublishedIssue]) -> set[CellKey]:
        """Take in the issues that were published, by key."""
        stale: list[CellKey] = [("issued lines", key) for key in differing_keys(self._published_issues, issued)]
        self._published_issues = issued
        return self.invalidate([*stale, ("issued file",)] if stale else [])

    def put_theme(self, theme: Theme) -> set[CellKey]:
        """Take in the theme's files."""
        old, self._theme = self._theme, theme
        assets, drawn = differing_keys(old.assets, theme.assets), differing_keys(old.templates, theme.templates)
        logo: list[CellKey] = [] if old.logo == theme.logo else [("logo file",)]
        return self.invalidate(
            [("asset file", name) for name in assets] + [("template file", name) for name in drawn] + logo
        )

    def files_of_group(self, group: CellKey) -> list[str]:
        """The files of a group's articles, sorted."""
        return sorted(self._groups.get(group, ()))

    def group(self, *group: Hashable) -> Mapping[str, Any]:
        """What a group sees of its members, by file (a story by that of its lead). The cell that asks is made of it."""
        self.note_read(("group", *group))
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
    def asset_url(self, name: str) -> UrlPath | None:
        """The URL of an asset of the theme."""
        self.note_read(("asset file", name))
        return self._theme.assets.get(name)

    @cell
    def logo(self) -> Logo | None:
        """The site's logo."""
        self.note_read(("logo file",))
        return self._theme.logo

    @cell
    def footer(self) -> Document | None:
        """What the site's owner says at the foot of every page."""
        text = self.config().theme.footer
        return unnamed(parse(text, self.markdown, own_links=True)) if text else None

    @cell
    def template_digest(self, name: str) -> str | None:
        """The digest of a template with all that it can include."""
        self.note_read(("template file", name))
        return self._theme.templates.get(name)

    def kind(self, key: str) -> Kind:
        """The kind of that key; KeyError when the site has none."""
        return self.config().kind(key)

    @cell
    def issue_note(self, key: str) -> IssueNote | None:
        """What the editor says of an issue, by its period's key."""
        self.note_read(("issue file", key))
        return self._notes_by_issue.get(key)

    @cell
    def issue_note_keys(self) -> tuple[str, ...]:
        """The issues of which the editor says anything."""
        self.note_read(("issue files",))
        return tuple(sorted(self._notes_by_issue))

    # -- what was published ---------------------------------------------------------------------------

    @cell
    def ledger(self) -> tuple[Permalink, ...]:
        """Every address that was published."""
        self.note_read(("ledger file",))
        return self._ledger

    def all_anchors(self) -> Mapping[str, str]:
        """All lines of `anchors.txt`, by article; for what is no page."""
        return self._anchor_lines

    @cell
    def anchor_line(self, identity: str) -> str | None:
        """An article's line of `anchors.txt`, by its id."""
        self.note_read(("anchors line", identity))
        return self._anchor_lines.get(identity)

    @cell
    def published_issue(self, key: str) -> PublishedIssue | None:
        """An issue as it was published, by its period's key."""
        self.note_read(("issued lines", key))
        return self._published_issues.get(key)

    @cell
    def published_issue_keys(self) -> tuple[str, ...]:
        """The issues that were published."""
        self.note_read(("issued file",))
        return tuple(sorted(self._published_issues))

    @cell
    def about_document(self) -> Document:
        """What the site's owner says about the site."""
        self.note_read(("about file",))
        return parse(self._about_text, self.markdown, own_links=True)


def _description(found: IndexedArticle) -> tuple[str, str] | None:
    """What articles that say the same of themselves have in common; None where the summary is no page's own."""
    return (found.card.outlet.casefold(), word_key(found.card.summary)) if found.features.opening else None
