"""The articles and stories of a site, and the groups through which cells see them. Pure.

A group (all of an entity, of a year of an entity, of a month…) holds what its cells may see of each article or story in
it (`projections`). When one changes, the groups where that differs are the inputs that changed. Of each article file it
is kept which groups see it, with a digest of what they see (`Source`); what they see is worked out again, from the
articles as they are now, when a cell asks for it. So a build after an edit loads what the edit touches.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from site_gen.core.digests import differing_keys
from site_gen.core.packing import pack, unpacker
from site_gen.core.text import word_key
from site_gen.site.analysis.related_articles import RelatedIndex
from site_gen.site.analysis.story_clustering import StoryIndex
from site_gen.site.indexed_article import unpack_features, with_opening_as_summary
from site_gen.site.projections import KEPT_GROUPS, STORY_GROUPS, project_article, project_story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence, Set

    from site_gen.core.depgraph import CellKey
    from site_gen.site.analysis.article_records import IndexStore
    from site_gen.site.indexed_article import IndexedArticle

DIGEST_SIZE = 8  # bytes of a digest of what a group sees of an article or story
_DESCRIPTION = "description"  # the first part of the groups of `_description_group`
_UNPACK = {name: unpacker(kind) for name, kind in KEPT_GROUPS.items()}
_ABSENT = object()  # stands in a group for a member that is no longer in it
_MAX_PROJECTIONS = 5000  # articles and stories of which it is remembered what all groups see of them


class Source(NamedTuple):
    """An article's file, as the groups see it and the story that it leads."""

    checksum: bytes  # of what was indexed of it, see `IndexedArticle`
    lead: str  # the file that leads its story
    others: tuple[str, ...]  # the other files of the story that it leads, in their order
    groups: Mapping[CellKey, bytes]  # the groups that see it, each with a digest of what it sees
    story_groups: Mapping[CellKey, bytes]  # the same of the story that it leads; empty where it leads none
    # What those of these groups see that keep it (`projections.KEPT_GROUPS`), packed; only of those that changed.
    values: Mapping[CellKey, bytes] = {}


class KeptGroups(Protocol):
    """The groups as an earlier process, or an earlier change, left them."""

    def sources(self, files: Iterable[str]) -> Mapping[str, Source]:
        """Return what is kept of these files."""

    def stories_led_by(self, files: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the files of the stories that these files lead, the lead first."""

    def members_of(self, group: CellKey) -> Mapping[str, bytes]:
        """Return what a group sees of each article or story in it, packed, by file; empty where that is not kept."""

    def duplicate_ids(self) -> set[CellKey]:
        """Return the groups of the ids that several articles have."""

    @property
    def stories(self) -> IndexStore:
        """The indexes of stories and related articles."""


class ArticleGroups:
    """The articles of a site by file, their stories, and the groups that see them."""

    def __init__(self, load_article: Callable[[str], IndexedArticle], store: KeptGroups | None) -> None:
        """Begin with nothing in memory.

        load_article: returns an article as it is now, by its file. store: the groups as they were left; None: there are
        no articles yet.
        """
        self.load_article = load_article
        self._store = store
        self._articles: dict[str, IndexedArticle | None] = {}  # those in memory; None for one that is gone
        self._groups: dict[CellKey, dict[str, Any]] = {}  # those in memory: what each sees of its members, by file
        self._member_changes: dict[CellKey, dict[str, Any]] = {}  # of groups that are not in memory
        self._sources: dict[str, Source | None] = {}  # those that changed and are not kept yet
        self._kept_sources: dict[str, Source | None] = {}  # those that were looked up
        self._projections: dict[str, tuple[dict[CellKey, object], dict[CellKey, object]]] = {}
        self.story_index = StoryIndex(store.stories if store else None)
        self._related_index = RelatedIndex(store.stories if store else None)
        # Groups (`("id", id)`) with several articles.
        self.duplicate_ids: set[CellKey] = store.duplicate_ids() if store else set()

    # -- looking up -----------------------------------------------------------------------------------

    def article(self, file: str) -> IndexedArticle:
        """Return an article. Raises KeyError where there is none."""
        if file not in self._articles:
            self._articles[file] = self.load_article(file)
        article = self._articles[file]
        if article is None:
            raise KeyError(file)
        return article

    def articles(self) -> dict[str, IndexedArticle]:
        """Return all articles by file."""
        return {file: self.article(file) for file in sorted(self.group(("articles",)))}

    def group(self, group: CellKey) -> dict[str, Any]:
        """Return what a group sees of its members, by file."""
        members = self._groups.get(group)
        if members is None:
            changes = self._member_changes.pop(group, {})
            packed = self._store.members_of(group) if self._store else {}
            packed = {file: value for file, value in packed.items() if file not in changes}
            if group[0] == _DESCRIPTION:
                members = dict.fromkeys(packed)
            elif unpack := _UNPACK.get(str(group[0])):
                members = {file: unpack(value) for file, value in packed.items()}
            else:
                stories = self._stories_led_by(packed) if group[0] in STORY_GROUPS else {}
                members = {file: self._project(file, stories.get(file))[group] for file in packed}
            members |= {file: value for file, value in changes.items() if value is not _ABSENT}
            self._groups[group] = members
        return members

    def members(self, group: CellKey) -> Set[str]:
        """Return the files of a group's members."""
        if (members := self._groups.get(group)) is not None:
            return members.keys()
        files = set(self._store.members_of(group)) if self._store else set()
        for file, value in self._member_changes.get(group, {}).items():
            (files.discard if value is _ABSENT else files.add)(file)
        return files

    def nearest(self, file: str) -> tuple[str, ...]:
        """Return the files of the articles nearest to one. Raises KeyError where there is no article of that file."""
        return self._related_index.nearest(file)

    def _project(self, file: str, story: Sequence[str] | None = None) -> dict[CellKey, object]:
        """Return what each group sees of an article; given the files of the story that it leads, of that story."""
        projections = self._projections.get(file)
        if projections is None:
            if len(self._projections) >= _MAX_PROJECTIONS:
                self._projections.clear()
            projections = self._projections[file] = ({}, {})
        projection = projections[story is not None]
        if not projection:
            projection |= (
                dict(project_story([self.visible(member) for member in story]))
                if story is not None
                else {**dict(project_article(self.visible(file))), **_description_group(self.article(file))}
            )
        return projection

    def _stories_led_by(self, files: Iterable[str]) -> dict[str, Sequence[str]]:
        """Return the files of the stories that these files lead, the lead first."""
        changed = {file: (file, *source.others) for file in files if (source := self._sources.get(file))}
        stories = self._store.stories_led_by(file for file in files if file not in changed) if self._store else {}
        return {**stories, **changed}

    def visible(self, file: str) -> IndexedArticle:
        """Return an article as pages see it: a description that others of its outlet share is no summary of it."""
        article = self.article(file)
        if any(len(self.group(group)) > 1 for group in _description_group(article)):
            return with_opening_as_summary(article)
        return article

    def _source(self, file: str) -> Source | None:
        self._look_up_sources([file])
        return self._sources[file] if file in self._sources else self._kept_sources.get(file)

    def _look_up_sources(self, files: Iterable[str]) -> None:
        """Look up what is kept of these files, in one go."""
        if self._store and (
            new := [file for file in files if file not in self._sources and file not in self._kept_sources]
        ):
            self._kept_sources |= {**dict.fromkeys(new), **self._store.sources(new)}

    # -- changing -------------------------------------------------------------------------------------

    def put(self, changes: Mapping[str, IndexedArticle | None]) -> tuple[set[CellKey], set[str]]:
        """Add or replace articles by file, remove those that are None.

        Returns the groups that see a change, and the files of which the nearest articles may be others.
        """
        self._look_up_sources(changes)
        former = {file: self._source(file) for file in changes}
        former = {file: source for file, source in former.items() if source or changes[file]}
        changes = {file: changes[file] for file in former}
        self._articles.update(changes)
        files = {*former, *self._update_descriptions(former)}
        for file in files:
            self._projections.pop(file, None)
        touched: set[CellKey] = set()
        for file in sorted(files):
            source, article = self._source(file), self._articles.get(file) if file in former else self.article(file)
            values = self._project(file) if article else {}
            digests, changed = self._update_groups(file, source.groups if source else {}, values)
            touched |= changed
            self._sources[file] = Source(
                article.checksum if article else b"",
                source.lead if source else file,
                source.others if source else (),
                digests,
                source.story_groups if source else {},
                {**(source.values if source else {}), **_pack_values(values, changed)},
            )
        features = {file: unpack_features(article) if article else None for file, article in changes.items()}
        touched |= self._update_stories(self.story_index.put(features) | files)
        self._sources.update((file, None) for file, article in changes.items() if article is None)
        terms = {file: article.terms if article else None for file, article in features.items()}
        return touched, self._related_index.put(terms)

    def _update_descriptions(self, former: Mapping[str, Source | None]) -> set[str]:
        """Take in the descriptions of articles that change.

        Returns the files of other articles whose description is shared now and was not, or no longer is.
        """
        members_before: dict[CellKey, set[str]] = {}
        for file, source in former.items():
            article = self._articles[file]
            before = {group for group in source.groups if group[0] == _DESCRIPTION} if source else set()
            after = _description_group(article) if article else {}
            for group in before ^ after.keys():
                members_before.setdefault(group, set(self.group(group)))
                self._set_member(group, file, after.get(group, _ABSENT))
        others: set[str] = set()
        for group, files in members_before.items():
            if (len(files) > 1) != (len(self.group(group)) > 1):
                others |= files | self.group(group).keys()
        return others - former.keys()

    def _update_stories(self, moved: set[str]) -> set[CellKey]:
        """Bring what groups see of stories up to date; return the groups that see a change.

        moved: the files of articles whose story may be another, or looks different.
        """
        clusters = {file: self.story_index.cluster_of(file) for file in moved if self._articles.get(file, True)}
        self._look_up_sources(moved)
        sources = {file: source for file in moved if (source := self._source(file))}
        leads = {source.lead for source in sources.values()} | {cluster.lead for cluster in clusters.values()}
        for file, cluster in clusters.items():
            self._sources[file] = sources[file]._replace(lead=cluster.lead)
        after = {cluster.lead: cluster for cluster in clusters.values()}
        touched: set[CellKey] = set()
        for lead in leads:
            if lead in self._projections:
                self._projections[lead][True].clear()
            story = after.get(lead)
            values = self._project(lead, story.files) if story else {}
            source = self._source(lead)
            digests, changed = self._update_groups(lead, source.story_groups if source else {}, values)
            touched |= changed
            if source:
                self._sources[lead] = source._replace(
                    others=story.others if story else (),
                    story_groups=digests,
                    values={**source.values, **_pack_values(values, changed)},
                )
        return touched

    def _update_groups(
        self, file: str, before: Mapping[CellKey, bytes], values: Mapping[CellKey, object]
    ) -> tuple[dict[CellKey, bytes], set[CellKey]]:
        """Replace what groups saw of a member by what they see now.

        before: digests of what they saw. Returns digests of what they see now, and the groups where they differ.
        """
        # Packed, a value is the same bytes in any process: groups see texts, dates, tuples and records of them.
        digests = {group: blake2b(pack(value), digest_size=DIGEST_SIZE).digest() for group, value in values.items()}
        touched = differing_keys(before, digests)
        for group in touched:
            self._set_member(group, file, values.get(group, _ABSENT))
            if group[0] == "id":
                (self.duplicate_ids.add if len(self.members(group)) > 1 else self.duplicate_ids.discard)(group)
        return digests, touched

    def _set_member(self, group: CellKey, file: str, value: object) -> None:
        if self._store and group not in self._groups:
            self._member_changes.setdefault(group, {})[file] = value
        elif value is not _ABSENT:
            self._groups.setdefault(group, {})[file] = value
        else:
            self._groups.setdefault(group, {}).pop(file, None)

    # -- keeping --------------------------------------------------------------------------------------

    def take_changes(self) -> dict[str, Source | None]:
        """Return the files of which something changed since the last call, to be kept; None for one that is gone."""
        sources, self._sources = self._sources, {}
        return sources

    def save_indexes(self, store: IndexStore) -> None:
        """Write what changed in the indexes of stories and related articles."""
        self.story_index.save(store)
        self._related_index.save(store)

    def keep_in(self, store: KeptGroups) -> None:
        """From now on look up there what is not in memory: it holds all that `take_changes` gave so far."""
        self._store = store
        self._member_changes, self._kept_sources = {}, {}


def _pack_values(values: Mapping[CellKey, object], groups: Iterable[CellKey]) -> dict[CellKey, bytes]:
    """Return what those of these groups see that keep it, packed."""
    return {group: pack(values[group]) for group in groups if group[0] in KEPT_GROUPS and group in values}


def _description_group(article: IndexedArticle) -> dict[CellKey, object]:
    """Return the group of the articles of one outlet with one description; none without a description of the page.

    Only a description that is the page's own counts: of these, `features.opening` holds sentences to use instead.
    """
    if not article.features.opening:
        return {}
    return {(_DESCRIPTION, article.card.outlet.casefold(), word_key(article.card.summary)): None}
