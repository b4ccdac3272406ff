"""The database of a site: its inputs, and the answers that are at hand. Pure.

The inputs are the settings, the entities, the indexed articles, the theme, the editor's notes on issues, and what was
published. Each `put_…` method takes in one of them and returns the keys of the cells that this makes stale.

What pages ask is answered by queries (`core.depgraph`): functions of the other modules of this room, called with the
database, as in `issues.stories_of(site, key)`. Their answers are small on purpose: a page that shows a count reads a
count, and an edit that leaves the count alone leaves the page alone. Queries read inputs through `read`, `group`,
`members` and `related_urls` alone, which note who asks; articles reach them only through groups (`projections`).

The modules build on each other in this order: `theme` and `ledgers` (what was published); `directory` (who there is);
`owner_texts`; `articles`; `coverage`, `co_occurrence`, `entity_trends` (an entity in numbers); `stories`; `issues`;
`issue_layout`; `coverage_timeline`.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.schema import name_keys
from site_gen.core.depgraph import DependencyGraph, KeptGraph
from site_gen.core.digests import differing_keys, digest_of
from site_gen.site.article_groups import DIGEST_SIZE, ArticleGroups, KeptGroups

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set

    from site_gen.content.issue_ledger import PublishedIssue
    from site_gen.content.markdown.document import Document
    from site_gen.content.permalink_ledger import Permalink
    from site_gen.content.records import Entity, IssueNote, SiteConfig, Tag
    from site_gen.core.depgraph import CellKey, KeptCell
    from site_gen.core.internal_links import Links
    from site_gen.core.urls import UrlPath
    from site_gen.site.analysis.article_records import IndexStore
    from site_gen.site.article_groups import Source
    from site_gen.site.indexed_article import IndexedArticle
    from site_gen.site.projections import Theme


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


class SiteDatabase(DependencyGraph):
    """The inputs of a site, the stories and related articles that follow from its articles, and the queries' answers.

    config: the site's settings. links: how its pages link to each other. Both are those of its whole life: where they
        change, another database is made
    article_groups: the articles, and the groups through which queries see them
    anchor_lines: lines of `anchors.txt`, by article's id; for what is no page: `ledgers.anchor_line` notes who reads
    load_document: gives an article's text, by file and digest
    find_references: gives the templates that the text of one extends, includes or imports; None among them for a name
        that is worked out
    """

    def __init__(self, config: SiteConfig, links: Links, loader: ArticleSource, store: KeptSite | None = None) -> None:
        """Create a site's database.

        loader: gives articles and their texts as they are now. store: the site as it was left with these very settings;
        None: it has no content yet.
        """
        super().__init__("site_gen.site", store)
        self.config, self.links = config, links
        self.article_groups = ArticleGroups(loader.article, store)
        self.anchor_lines: Mapping[str, str] = {}
        self.load_document = loader.document
        self.find_references: Callable[[str], frozenset[str | None]] = lambda _: frozenset()
        self.markdown = make_parser()
        self._site_store = store
        self._inputs: dict[CellKey, Any] = {}  # those other than articles
        self._given: dict[str, tuple[object, ...]] = {}  # by family, what these were last made of
        self._input_digests: dict[str, dict[CellKey, bytes]] = {}  # of these, by family
        self._new_families: set[str] = set()  # those that changed and are not kept yet
        self._changed_inputs: set[CellKey] | None = None  # see `changing`

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "markdown": None}  # made of modules, which cannot be sent to another process

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = {**state, "markdown": make_parser()}

    @contextlib.contextmanager
    def changing(self) -> Iterator[set[CellKey]]:
        """Put all that changed inside the block; the yielded set has, after it, the keys that this made stale.

        One change of several inputs is followed up once, and no cell is made while some of them are still to come.
        """
        stale: set[CellKey] = set()
        self._changed_inputs = set()
        try:
            yield stale
        finally:
            changed, self._changed_inputs = self._changed_inputs, None
        stale |= self.invalidate(changed)

    def _note_changed(self, inputs: Iterable[CellKey]) -> set[CellKey]:
        """Take note of inputs that have changed; outside of `changing`, return the keys that this makes stale."""
        if self._changed_inputs is None:
            return self.invalidate(inputs)
        self._changed_inputs.update(inputs)
        return set()

    # -- articles and their groups --------------------------------------------------------------------

    def put_articles(self, changes: Mapping[str, IndexedArticle | None]) -> set[CellKey]:
        """Add or replace articles by file, remove those that are None; return the keys that this makes stale."""
        groups, related = self.article_groups.put(changes)
        return self._note_changed([*groups, *(("related files", file) for file in related)])

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
        self.note_read(group)
        return self.article_groups.group(group)

    def members(self, *group: Hashable) -> Set[str]:
        """Return the files of a group's members, where what it sees of them does not matter.

        The cell that asks depends on the group.
        """
        self.note_read(group)
        return self.article_groups.members(group)

    # -- other inputs ---------------------------------------------------------------------------------

    def read(self, *key: Hashable) -> Any:
        """Return an input other than articles; None where there is none under this key.

        The cell that asks depends on it. key: as the `put_…` methods below give it.
        """
        self.note_read(key)
        return self._inputs.get(key)

    def _put(self, family: str, values: Mapping[CellKey, object]) -> set[CellKey]:
        """Take in all inputs of a family, by key; return the keys that this makes stale."""
        new = {key: digest_of(value)[:DIGEST_SIZE] for key, value in values.items()}
        old = self._input_digests.get(family)
        if old is None:
            old = self._site_store.inputs(family) if self._site_store else {}
        for key in old.keys() - new.keys():
            self._inputs.pop(key, None)
        self._inputs |= values
        self._input_digests[family] = new
        if changed := differing_keys(old, new):
            self._new_families.add(family)
        return self._note_changed(changed)

    def _is_as_given(self, family: str, *values: object) -> bool:
        """Tell whether a family was given these values the last time; from now on these are the last ones.

        Equal objects are mostly the same ones, so that this takes no time; a digest of all inputs would.
        """
        is_same = self._given.get(family) == values
        self._given[family] = values
        return is_same

    def put_entities(self, entities: Iterable[Entity]) -> set[CellKey]:
        """Take in all entities that have files; return the keys that this makes stale."""
        entities = tuple(entities)
        if self._is_as_given("entities", entities):
            return set()
        entities_by_tag = {entity.tag: entity for entity in entities}
        tags_by_name: dict[str, list[Tag]] = {}
        for tag, entity in sorted(entities_by_tag.items()):
            for name in name_keys(entity):
                tags_by_name.setdefault(name, []).append(tag)
        inputs: dict[CellKey, object] = {("entity file", tag): entity for tag, entity in entities_by_tag.items()}
        inputs[("entity files",)] = sorted(entities_by_tag)
        inputs[("entity names",)] = tags_by_name
        inputs[("kinds of entity files",)] = sorted({tag.kind for tag in entities_by_tag})
        return self._put("entities", inputs)

    def put_about(self, text: str) -> set[CellKey]:
        """Take in the text of the page about the site; return the keys that this makes stale."""
        return self._put("about", {("about file",): text})

    def put_issue_notes(self, notes: Iterable[IssueNote]) -> set[CellKey]:
        """Take in all that the editor says of issues; return the keys that this makes stale."""
        notes = tuple(notes)
        if self._is_as_given("issue notes", notes):
            return set()
        inputs: dict[CellKey, object] = {("issue file", note.key): note for note in notes}
        inputs[("issue files",)] = sorted(str(key) for _, key in inputs)
        return self._put("issue notes", inputs)

    def put_ledgers(self, ledger: Sequence[Permalink], anchors: Mapping[str, str]) -> set[CellKey]:
        """Take in the addresses and paragraphs that were published; return the keys that this makes stale.

        anchors: lines of `anchors.txt`, by article's id.
        """
        if self._is_as_given("ledgers", ledger, anchors):
            return set()
        self.anchor_lines = anchors
        inputs: dict[CellKey, object] = {("anchors line", identity): line for identity, line in anchors.items()}
        inputs[("ledger file",)] = tuple(ledger)
        return self._put("ledgers", inputs)

    def put_published_issues(self, issues: Mapping[str, PublishedIssue]) -> set[CellKey]:
        """Take in the issues that were published, by key; return the keys that this makes stale."""
        if self._is_as_given("published issues", issues):
            return set()
        inputs: dict[CellKey, object] = {("issued lines", key): issue for key, issue in issues.items()}
        inputs[("issued file",)] = sorted(issues)
        return self._put("published issues", inputs)

    def put_theme(self, theme: Theme) -> set[CellKey]:
        """Take in the theme; return the keys that this makes stale."""
        self.find_references = theme.find_references
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
