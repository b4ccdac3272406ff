"""What a site is made of, and the groups through which cells see it. Pure.

The inputs are the settings, the entities, the indexed articles, the theme, the editor's notes on issues, and what was
published. Each `put_…` method takes in one of them and returns the keys of the cells that this makes stale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.records import StoryOverride
from site_gen.core.depgraph import DependencyGraph, cell
from site_gen.core.digests import differing_keys
from site_gen.core.text import word_key
from site_gen.site.analysis.related_articles import RelatedIndex
from site_gen.site.analysis.story_clustering import StoryIndex
from site_gen.site.indexed_article import unpack_features, with_opening_as_summary
from site_gen.site.projections import Theme, project_article, project_story

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from site_gen.content.issue_ledger import PublishedIssue
    from site_gen.content.markdown.document import Document
    from site_gen.content.permalink_ledger import Permalink
    from site_gen.content.records import Entity, IssueNote, Kind, Logo, SiteConfig, Tag
    from site_gen.core.depgraph import CellKey
    from site_gen.core.internal_links import Links
    from site_gen.core.urls import UrlPath
    from site_gen.site.analysis.story_clustering import StoryCluster
    from site_gen.site.analysis.story_similarity import ArticleFeatures
    from site_gen.site.indexed_article import IndexedArticle


class SiteInputs(DependencyGraph):
    """The inputs of a site, with the stories and related articles that follow from its articles."""

    def __init__(self, config: SiteConfig, links: Links, load_document: Callable[[str, str], Document]) -> None:
        """Create a site without content. load_document: returns an article's text, by file and digest."""
        super().__init__()
        self.load_document = load_document
        self.markdown = make_parser()
        self._config, self._links = config, links
        self._about_text = ""
        self._theme = Theme({}, {})
        self._entities_by_tag: dict[Tag, Entity] = {}  # those that have a file
        self._tags_by_name: dict[str, list[Tag]] | None = None  # None: to be made when it is next asked for
        self._ledger: tuple[Permalink, ...] = ()
        self._anchor_lines: Mapping[str, str] = {}  # lines of `anchors.txt`, by article's id
        self._published_issues: Mapping[str, PublishedIssue] = {}  # by the key of their period
        self._notes_by_issue: dict[str, IssueNote] = {}  # by the key of their period
        self._entity_urls: dict[Tag, UrlPath] = {}
        self._groups: dict[CellKey, dict[str, Any]] = {}  # what each group sees of its members, by file
        self._related_index = RelatedIndex()
        self._cluster_by_file: dict[str, StoryCluster] = {}  # the story of each article, as the groups see it
        self._files_by_description: dict[tuple[str, str], set[str]] = {}  # see `_description_key`
        # For what is no page, and so notes no reads:
        self.story_index = StoryIndex()
        self.articles_by_file: dict[str, IndexedArticle] = {}
        self.duplicate_ids: set[CellKey] = set()  # groups (`("id", id)`) with several articles
        self.overrides_by_file: dict[str, tuple[str, StoryOverride]] = {}  # id and `story:` of articles that have one

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "markdown": None}  # made of modules, which cannot be sent to another process

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = {**state, "markdown": make_parser()}

    # -- articles and their groups --------------------------------------------------------------------

    def put_articles(self, changes: Mapping[str, IndexedArticle | None]) -> set[CellKey]:
        """Add or replace articles by file, remove those that are None; return the keys that this makes stale."""
        touched: set[CellKey] = set()
        former = {file: self._visible_article(file) for file in changes}
        others = self._index_descriptions(changes, former)
        for file in (*changes, *sorted(others)):
            article = changes[file] if file in changes else self.articles_by_file[file]
            if article:
                self.articles_by_file[file] = article
            else:
                self.articles_by_file.pop(file, None)
            after, before = self._visible_article(file), former[file]
            touched |= self._update_groups(
                file, dict(project_article(before)) if before else {}, dict(project_article(after)) if after else {}
            )
            if article and article.features.override != StoryOverride():
                self.overrides_by_file[file] = article.card.id, article.features.override
            else:
                self.overrides_by_file.pop(file, None)
        features = {file: unpack_features(article) if article else None for file, article in changes.items()}
        touched |= self._update_stories(features, former)
        stale: list[CellKey] = [("group", *group) for group in touched]
        terms = {file: article.terms if article else None for file, article in features.items()}
        return self.invalidate([*stale, *(("related files", file) for file in self._related_index.put(terms))])

    def related_urls(self, file: str) -> tuple[UrlPath, ...]:
        """Return the pages of the articles nearest to one in what they are about, the nearest first.

        The cell that asks depends on it. Raises KeyError when there is no article of that file.
        """
        self.note_read(("related files", file))
        # URLs follow from the files' names, so that the files alone are noted.
        return tuple(self.articles_by_file[other].card.url for other in self._related_index.nearest(file))

    def _visible_article(self, file: str) -> IndexedArticle | None:
        """Return an article as pages see it: a description that others of its outlet share is no summary of it."""
        article = self.articles_by_file.get(file)
        key = article and _description_key(article)
        if article and key and len(self._files_by_description.get(key, ())) > 1:
            return with_opening_as_summary(article)
        return article

    def _index_descriptions(
        self, changes: Mapping[str, IndexedArticle | None], former: dict[str, IndexedArticle | None]
    ) -> set[str]:
        """Take in the descriptions of articles that change.

        Returns the files of other articles whose description is shared now and was not, or no longer is; how they were
        visible before is added to `former`.
        """
        others: set[str] = set()
        for file, article in changes.items():
            for version, is_new in ((self.articles_by_file.get(file), False), (article, True)):
                if not version or not (key := _description_key(version)):
                    continue
                members = self._files_by_description.setdefault(key, set())
                for other in members - changes.keys() if len(members) <= 2 else ():  # where one more or less matters
                    former.setdefault(other, self._visible_article(other))
                    others.add(other)
                (members.add if is_new else members.discard)(file)
                if not members:
                    del self._files_by_description[key]
        return others

    def _update_stories(
        self, features: Mapping[str, ArticleFeatures | None], former: Mapping[str, IndexedArticle | None]
    ) -> set[CellKey]:
        """Bring the stories up to date; return the groups that see a change.

        features: of the articles that changed, None for one that is gone; former: how each article whose visible form
        may have changed was visible before.
        """
        moved = self.story_index.put(features)
        moved |= former.keys()
        before = {story.lead: story for file in moved if (story := self._cluster_by_file.get(file)) is not None}
        after = {story.lead: story for story in map(self.story_index.cluster_of, moved & self.articles_by_file.keys())}
        for story in before.values():
            for file in story.files:
                del self._cluster_by_file[file]
        for story in after.values():
            self._cluster_by_file.update(dict.fromkeys(story.files, story))
        touched: set[CellKey] = set()
        for lead in before.keys() | after.keys():
            old_files = before[lead].files if lead in before else ()
            new_files = after[lead].files if lead in after else ()
            old = filter(None, [former.get(file) or self._visible_article(file) for file in old_files])
            new = filter(None, map(self._visible_article, new_files))
            touched |= self._update_groups(lead, dict(project_story([*old])), dict(project_story([*new])))
        return touched

    def _update_groups(
        self, member: str, before: Mapping[CellKey, object], after: Mapping[CellKey, object]
    ) -> set[CellKey]:
        """Replace what groups saw of a member by what they see now; return the groups where that differs."""
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

    def files_of_group(self, group: CellKey) -> list[str]:
        """Return the files of a group's members, sorted."""
        return sorted(self._groups.get(group, ()))

    def group(self, *group: Hashable) -> Mapping[str, Any]:
        """Return what a group (see `projections`) sees of its members, by file; a story goes by that of its lead.

        The cell that asks depends on it.
        """
        self.note_read(("group", *group))
        return self._groups.get(group, {})

    # -- other inputs ---------------------------------------------------------------------------------

    def put_entities(self, entities: Iterable[Entity]) -> set[CellKey]:
        """Take in all entities that have files; return the keys that this makes stale."""
        new = {entity.tag: entity for entity in entities}
        changed = differing_keys(new, self._entities_by_tag)
        tags_changed = new.keys() != self._entities_by_tag.keys()
        kinds_changed = {tag.kind for tag in new} != {tag.kind for tag in self._entities_by_tag}
        self._entities_by_tag = new
        if changed:
            self._tags_by_name = None
        stale: list[CellKey] = [("entity file", tag) for tag in changed]
        stale += [("entity names",)] if changed else []
        stale += [("kinds of entity files",)] if kinds_changed else []
        return self.invalidate(stale + ([("entity files",)] if tags_changed else []))

    def put_about(self, text: str) -> set[CellKey]:
        """Take in the text of the page about the site; return the keys that this makes stale."""
        changed, self._about_text = text != self._about_text, text
        return self.invalidate([("about file",)] if changed else [])

    def put_issue_notes(self, notes: Iterable[IssueNote]) -> set[CellKey]:
        """Take in all that the editor says of issues; return the keys that this makes stale."""
        new = {note.key: note for note in notes}
        changed, keys_changed = differing_keys(new, self._notes_by_issue), new.keys() != self._notes_by_issue.keys()
        self._notes_by_issue = new
        stale: list[CellKey] = [("issue file", key) for key in changed]
        return self.invalidate(stale + ([("issue files",)] if keys_changed else []))

    def put_ledgers(self, ledger: Sequence[Permalink], anchors: Mapping[str, str]) -> set[CellKey]:
        """Take in the addresses and paragraphs that were published; return the keys that this makes stale.

        anchors: lines of `anchors.txt`, by article's id.
        """
        stale: list[CellKey] = [("anchors line", identity) for identity in differing_keys(self._anchor_lines, anchors)]
        if tuple(ledger) != self._ledger:
            stale.append(("ledger file",))
        self._ledger, self._anchor_lines = tuple(ledger), anchors
        return self.invalidate(stale)

    def put_published_issues(self, issues: Mapping[str, PublishedIssue]) -> set[CellKey]:
        """Take in the issues that were published, by key; return the keys that this makes stale."""
        stale: list[CellKey] = [("issued lines", key) for key in differing_keys(self._published_issues, issues)]
        self._published_issues = issues
        return self.invalidate([*stale, ("issued file",)] if stale else [])

    def put_theme(self, theme: Theme) -> set[CellKey]:
        """Take in the theme; return the keys that this makes stale."""
        old, self._theme = self._theme, theme
        assets, templates = differing_keys(old.assets, theme.assets), differing_keys(old.templates, theme.templates)
        logo: list[CellKey] = [] if old.logo == theme.logo else [("logo file",)]
        return self.invalidate(
            [("asset file", name) for name in assets] + [("template file", name) for name in templates] + logo
        )

    # -- settings and theme ---------------------------------------------------------------------------

    @cell
    def config(self) -> SiteConfig:
        """Return the site's settings."""
        return self._config

    @cell
    def links(self) -> Links:
        """Return how the site's pages link to each other."""
        return self._links

    @cell
    def asset_url(self, name: str) -> UrlPath | None:
        """Return the URL of an asset of the theme; None where there is none of that name."""
        self.note_read(("asset file", name))
        return self._theme.assets.get(name)

    @cell
    def logo(self) -> Logo | None:
        """Return the site's logo."""
        self.note_read(("logo file",))
        return self._theme.logo

    @cell
    def template_digest(self, name: str) -> str | None:
        """Return the digest of a template with all that it can include; None where there is none of that name."""
        self.note_read(("template file", name))
        return self._theme.templates.get(name)

    def kind(self, key: str) -> Kind:
        """Return the kind of a key. Raises KeyError when the site has none."""
        return self.config().kind(key)

    @cell
    def issue_note(self, key: str) -> IssueNote | None:
        """Return what the editor says of an issue, by its period's key."""
        self.note_read(("issue file", key))
        return self._notes_by_issue.get(key)

    @cell
    def issue_note_keys(self) -> tuple[str, ...]:
        """Return the keys of the issues of which the editor says anything, oldest first."""
        self.note_read(("issue files",))
        return tuple(sorted(self._notes_by_issue))

    # -- what was published ---------------------------------------------------------------------------

    @cell
    def ledger(self) -> tuple[Permalink, ...]:
        """Return every address that was published."""
        self.note_read(("ledger file",))
        return self._ledger

    def all_anchors(self) -> Mapping[str, str]:
        """Return all lines of `anchors.txt`, by article's id. For what is no page: it notes no read."""
        return self._anchor_lines

    @cell
    def anchor_line(self, identity: str) -> str | None:
        """Return an article's line of `anchors.txt`, by its id."""
        self.note_read(("anchors line", identity))
        return self._anchor_lines.get(identity)

    @cell
    def published_issue(self, key: str) -> PublishedIssue | None:
        """Return an issue as it was published, by its period's key."""
        self.note_read(("issued lines", key))
        return self._published_issues.get(key)

    @cell
    def published_issue_keys(self) -> tuple[str, ...]:
        """Return the keys of the issues that were published, sorted."""
        self.note_read(("issued file",))
        return tuple(sorted(self._published_issues))


def _description_key(article: IndexedArticle) -> tuple[str, str] | None:
    """Return what articles of one outlet with one description have in common; None without a description of the page.

    Only a description that is the page's own counts: of these, `features.opening` holds sentences to use instead.
    """
    return (article.card.outlet.casefold(), word_key(article.card.summary)) if article.features.opening else None
