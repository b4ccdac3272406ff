"""What a site is made of, and the groups through which cells see it. Pure.

The inputs are the settings, the entities, the indexed articles, the theme, the editor's notes on issues, and what was
published. Each `put_…` method takes in one of them and returns the keys of the cells that this makes stale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.schema import name_keys
from site_gen.core.depgraph import DependencyGraph, KeptGraph, cell, kept_cell
from site_gen.core.digests import differing_keys, digest_of
from site_gen.core.urls import UrlPath
from site_gen.site.article_groups import DIGEST_SIZE, ArticleGroups, KeptGroups
from site_gen.site.projections import Theme

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set

    from site_gen.content.issue_ledger import PublishedIssue
    from site_gen.content.markdown.document import Document
    from site_gen.content.permalink_ledger import Permalink
    from site_gen.content.records import Entity, IssueNote, Kind, Logo, SiteConfig, Tag
    from site_gen.core.depgraph import CellKey, KeptCell
    from site_gen.core.internal_links import Links
    from site_gen.site.analysis.article_records import IndexStore
    from site_gen.site.article_groups import Source
    from site_gen.site.indexed_article import IndexedArticle


class ArticleSource(Protocol):
    """Gives articles and their texts as they are now."""

    def article(self, file: str) -> IndexedArticle:
        """Return an article by its file."""

    def document(self, file: str, digest: str) -> Document:
        """Return an article's text, by file and digest."""


class KeptSite(KeptGraph, KeptGroups, Protocol):
    """A site as an earlier process, or an earlier change, left it."""

    def inputs(self, family: str) -> dict[CellKey, bytes]:
        """Return the digests of a family's inputs."""


class SiteChanges(NamedTuple):
    """What is to be kept of a site."""

    cells: Mapping[CellKey, KeptCell | None]  # None for one to be forgotten
    sources: Mapping[str, Source | None]  # by article's file; None for one that is gone
    families: Mapping[str, Mapping[CellKey, bytes]]  # digests of the inputs of each family that changed
    duplicate_ids: Set[CellKey] | None  # the groups of the ids that several articles have; None: the same
    save_indexes: Callable[[IndexStore], None] | None  # writes the indexes of stories and related articles


class SiteInputs(DependencyGraph):
    """The inputs of a site, with the stories and related articles that follow from its articles."""

    def __init__(self, config: SiteConfig, links: Links, loader: ArticleSource, store: KeptSite | None = None) -> None:
        """Create a site.

        loader: gives articles and their texts as they are now. store: the site as it was left with these very settings;
        None: it has no content yet.
        """
        super().__init__(store)
        self.load_document = loader.document
        self.markdown = make_parser()
        self._config, self._links = config, links
        self.article_groups = ArticleGroups(loader.article, store)
        self._site_store = store
        self._about_text = ""
        self._theme = Theme({}, {})
        self._entities_by_tag: dict[Tag, Entity] = {}  # those that have a file
        self._tags_by_name: dict[str, list[Tag]] | None = None  # None: to be made when it is next asked for
        self._ledger: tuple[Permalink, ...] = ()
        self._anchor_lines: Mapping[str, str] = {}  # lines of `anchors.txt`, by article's id
        self._published_issues: Mapping[str, PublishedIssue] = {}  # by the key of their period
        self._notes_by_issue: dict[str, IssueNote] = {}  # by the key of their period
        self._entity_urls: dict[Tag, UrlPath] = {}
        self._input_digests: dict[str, dict[CellKey, bytes]] = {}  # of inputs other than articles, by family
        self._new_families: set[str] = set()  # those that changed and are not kept yet

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "markdown": None}  # made of modules, which cannot be sent to another process

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = {**state, "markdown": make_parser()}

    # -- articles and their groups --------------------------------------------------------------------

    def put_articles(self, changes: Mapping[str, IndexedArticle | None]) -> set[CellKey]:
        """Add or replace articles by file, remove those that are None; return the keys that this makes stale."""
        groups, related = self.article_groups.put(changes)
        return self.invalidate(
            [*(("group", *group) for group in groups), *(("related files", file) for file in related)]
        )

    def related_urls(self, file: str) -> tuple[UrlPath, ...]:
        """Return the pages of the articles nearest to one in what they are about, the nearest first.

        The cell that asks depends on it. Raises KeyError when there is no article of that file.
        """
        self.note_read(("related files", file))
        groups = self.article_groups
        # URLs follow from the files' names, so that the files alone are noted.
        return tuple(groups.article(other).card.url for other in groups.nearest(file))

    def group(self, *group: Hashable) -> Mapping[str, Any]:
        """Return what a group (see `projections`) sees of its members, by file; a story goes by that of its lead.

        The cell that asks depends on it.
        """
        self.note_read(("group", *group))
        return self.article_groups.group(group)

    # -- other inputs ---------------------------------------------------------------------------------

    def _put(self, family: str, values: Mapping[CellKey, object]) -> set[CellKey]:
        """Take in all inputs of a family; return the keys that this makes stale.

        values: what cells see of each, by the key that they note.
        """
        new = {key: digest_of(value)[:DIGEST_SIZE] for key, value in values.items()}
        old = self._input_digests.get(family)
        if old is None:
            old = self._site_store.inputs(family) if self._site_store else {}
        self._input_digests[family] = new
        if changed := differing_keys(old, new):
            self._new_families.add(family)
        return self.invalidate(changed)

    def put_entities(self, entities: Iterable[Entity]) -> set[CellKey]:
        """Take in all entities that have files; return the keys that this makes stale."""
        self._entities_by_tag = {entity.tag: entity for entity in entities}
        self._tags_by_name = None
        tags = sorted(self._entities_by_tag)
        inputs: dict[CellKey, object] = {("entity file", tag): entity for tag, entity in self._entities_by_tag.items()}
        inputs[("entity files",)] = tags
        inputs[("entity names",)] = [(tag, sorted(name_keys(self._entities_by_tag[tag]))) for tag in tags]
        inputs[("kinds of entity files",)] = sorted({tag.kind for tag in tags})
        return self._put("entities", inputs)

    def put_about(self, text: str) -> set[CellKey]:
        """Take in the text of the page about the site; return the keys that this makes stale."""
        self._about_text = text
        return self._put("about", {("about file",): text})

    def put_issue_notes(self, notes: Iterable[IssueNote]) -> set[CellKey]:
        """Take in all that the editor says of issues; return the keys that this makes stale."""
        self._notes_by_issue = {note.key: note for note in notes}
        inputs: dict[CellKey, object] = {("issue file", key): note for key, note in self._notes_by_issue.items()}
        inputs[("issue files",)] = sorted(self._notes_by_issue)
        return self._put("issue notes", inputs)

    def put_ledgers(self, ledger: Sequence[Permalink], anchors: Mapping[str, str]) -> set[CellKey]:
        """Take in the addresses and paragraphs that were published; return the keys that this makes stale.

        anchors: lines of `anchors.txt`, by article's id.
        """
        self._ledger, self._anchor_lines = tuple(ledger), anchors
        inputs: dict[CellKey, object] = {("anchors line", identity): line for identity, line in anchors.items()}
        inputs[("ledger file",)] = self._ledger
        return self._put("ledgers", inputs)

    def put_published_issues(self, issues: Mapping[str, PublishedIssue]) -> set[CellKey]:
        """Take in the issues that were published, by key; return the keys that this makes stale."""
        self._published_issues = issues
        inputs: dict[CellKey, object] = {("issued lines", key): issue for key, issue in issues.items()}
        inputs[("issued file",)] = sorted(issues)
        return self._put("published issues", inputs)

    def put_theme(self, theme: Theme) -> set[CellKey]:
        """Take in the theme; return the keys that this makes stale."""
        self._theme = theme
        inputs: dict[CellKey, object] = {("asset file", name): url for name, url in theme.assets.items()}
        inputs |= {("template file", name): text for name, text in theme.templates.items()}
        inputs[("template names",)] = sorted(theme.templates)
        inputs[("logo file",)] = theme.logo
        return self._put("theme", inputs)

    # -- keeping --------------------------------------------------------------------------------------

    def take_site_changes(self) -> SiteChanges:
        """Return all that changed since the last call, to be kept."""
        families = {family: self._input_digests[family] for family in self._new_families}
        self._new_families = set()
        groups = self.article_groups
        return SiteChanges(
            self.take_changes(), groups.take_changes(), families, groups.duplicate_ids, groups.save_indexes
        )

    def keep_site_in(self, store: KeptSite) -> None:
        """From now on look up there what is not in memory: it holds all that `take_site_changes` gave so far."""
        self._site_store = store
        self.keep_in(store)
        self.article_groups.keep_in(store)

    # -- settings and theme ---------------------------------------------------------------------------

    # Settings and links are those of the site's whole life: where they change, another one is made.
    def config(self) -> SiteConfig:
        """Return the site's settings."""
        return self._config

    def links(self) -> Links:
        """Return how the site's pages link to each other."""
        return self._links

    @kept_cell
    def asset_url(self, name: str) -> UrlPath | None:
        """Return the URL of an asset of the theme; None where there is none of that name."""
        self.note_read(("asset file", name))
        return self._theme.assets.get(name)

    @cell
    def logo(self) -> Logo | None:
        """Return the site's logo."""
        self.note_read(("logo file",))
        return self._theme.logo

    @kept_cell
    def template_digest(self, name: str) -> str | None:
        """Return a digest of all that a template can draw with, hexadecimal; None where there is none of that name.

        That is its own text, and that of every template that it extends, includes or imports, directly or not. A name
        that is worked out while drawing can be any, so it stands for the whole folder; a name that is not there counts
        as such, since it may come.

        Recording what a loader loads would not do: Jinja keeps compiled templates, and the second page of a kind loads
        nothing.
        """
        texts = self._theme.templates
        reached: dict[str, str | None] = {}
        queue = [name]
        while queue:
            part = queue.pop()
            if part not in reached:
                self.note_read(("template file", part))
                text = reached[part] = texts.get(part)
                direct = self._theme.find_references(text) if text is not None else frozenset()
                if None in direct:
                    self.note_read(("template names",))
                    queue.extend(texts)
                queue.extend(filter(None, direct))
        return digest_of(reached).hex() if name in texts else None

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
