"""Find out which of a site's files changed since they were last read, and read them again."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import ahocorasick_rs
from msgspec import Struct, field

from site_gen.build import article_reader, theme_reader, up_to_date
from site_gen.build.article_reader import unpack_vocabulary
from site_gen.build.file_stamps import find_changed
from site_gen.build.up_to_date import BuildRecord, FirstLook
from site_gen.content import loader, site_paths
from site_gen.content.content_files import (
    content_files,
    digest_of_bytes,
    stamp_of_file,
    stamps_of_files,
    stray_folder_problems,
)
from site_gen.content.records import Entity  # noqa: TC001  types are needed to unpack
from site_gen.core.digests import differing_keys
from site_gen.core.errors import Problem, SiteError
from site_gen.core.packing import pack, unpacker
from site_gen.core.parallel import chunked, run_chunks
from site_gen.entities.matching.matcher import group_by_pattern
from site_gen.pages import theme_assets, theme_files
from site_gen.site.indexed_article import unpack_article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from site_gen.build.article_reader import SearchVocabulary
    from site_gen.build.build_cache import ArticleRow, BuildCache
    from site_gen.build.build_report import BuildOptions
    from site_gen.build.file_stamps import FileStamp
    from site_gen.content.content_files import Stamp
    from site_gen.content.records import IssueNote, SiteConfig
    from site_gen.site.indexed_article import IndexedArticle

    # Shows how far a long work is: takes its items, how many there are, and what they are.
    Progress = Callable[[Iterable[Any], int, str], Iterable[Any]]

Parsed = TypeVar("Parsed")

_CHUNK = 50  # articles that one process reads in one go
_PARALLEL_FROM = 300  # articles from which on other processes are worth their start
_SAVE_EVERY = 2000  # articles that are read before they are saved, so that texts do not pile up in memory
# Under these the cache holds the vocabulary that its articles were indexed with, and the entities.
_VOCABULARY, _ENTITIES = "vocabulary", "entities"


class FileChanges(Struct):
    """Files that changed since they were last read, by their names below the site's folder."""

    changed: set[str] = field(default_factory=set)  # new, or with other bytes
    gone: set[str] = field(default_factory=set)  # not there any more


class KeptEntities(Struct, frozen=True):
    """The entities whose files were read without a problem, as the cache holds them."""

    extra_keys: tuple[str, ...]  # the setting that their files were read with
    entities: dict[str, Entity]  # by file name


_unpack_entities = unpacker(KeptEntities)


class SourceFiles:
    """The files of a site as they were last read, backed by the build cache.

    `find_changes` looks which files changed, `update` then reads them. Both change the attributes.
    """

    config: SiteConfig
    theme: theme_files.ThemeFiles
    _theme_files: theme_files.ThemeFiles  # as they were read last, without what the settings make of them

    def __init__(
        self, folder: Path, cache: BuildCache, jobs: int, progress: Progress, *, has_own_theme: bool = True
    ) -> None:
        """Begin with what the cache holds. has_own_theme: False leaves the site's `templates/` out."""
        self.folder, self.jobs, self._progress = folder, jobs, progress
        self._cache, self._has_own_theme = cache, has_own_theme
        self.stamps: dict[str, FileStamp] = cache.file_stamps()  # by name, of files that were read without a problem
        self.problems_by_file: dict[str, tuple[Problem, ...]] = {}
        self.single_files: dict[str, Any] = {}  # what files that are one of a kind say (`loader.SINGLE_FILE_PARSERS`)
        self.issue_notes: dict[str, IssueNote] = {}  # by file name
        self._entities: KeptEntities | None = _unpack_entities(raw) if (raw := cache.get(_ENTITIES)) else None
        self._checksums: dict[str, bytes] | None = None  # of the articles in the cache; None before they are needed
        self._vocabulary = unpack_vocabulary(raw) if (raw := cache.get(_VOCABULARY)) else None
        self._placement_problems: list[Problem] = []  # of site.yaml, the logo, and files that are in the wrong place
        self._has_looked = False  # whether the last `find_changes` came to its end
        self._has_read = False  # whether the first `update` came to its end
        self._reader: article_reader.ArticleReader | None = None
        # Read, but not yet saved in the cache:
        self._unsaved_stamps: dict[str, FileStamp | None] = {}
        self._is_vocabulary_saved = self._are_entities_saved = True
        self._unsaved_rows: list[ArticleRow] = []

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The entities that have files, in the order of these."""
        return tuple(entity for _, entity in sorted(self._entities.entities.items())) if self._entities else ()

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong with the files as they are."""
        return [
            *self._placement_problems,
            *(problem for problems in self.problems_by_file.values() for problem in problems),
        ]

    def find_changes(self, hints: Iterable[Path] | None, seen: FirstLook | None = None) -> FileChanges:
        """Find the files that changed, and read `site.yaml` and the theme where they may have.

        hints: paths that may have changed, where nothing else did; None: look at all files. seen: what was seen of them
        a moment ago, in place of another look.

        Raises SiteError when `site.yaml` is no mapping, or a template no text: no page can be drawn then.
        """
        has_looked, self._has_looked = self._has_looked, False
        # After a look that ended in an error nothing is known of what it would have found: hints do not suffice.
        paths = [Path(hint).absolute() for hint in hints] if has_looked and hints is not None else None
        content = self.folder.absolute() / "content"
        if seen:
            self._theme_files = seen.theme
        elif paths is None or not all(path.is_relative_to(content) for path in paths):
            self._theme_files = theme_reader.read_theme(self.folder, has_own=self._has_own_theme)
        theme = self._theme_files
        names = None if paths is None else self._files_of_hints(paths)
        if names is None or site_paths.CONFIG in names:  # other settings may mean other files
            names = None
            self._read_config()
        changes, problems = FileChanges(), list(self._config_problems)
        self._theme_digest = theme.digest
        logo = loader.load_logo(self.folder, self.config, problems)
        self.theme = theme_assets.apply_settings(theme, self.config.theme, logo)
        if names is None:
            kinds = tuple(kind.key for kind in self.config.kinds)
            stamps: Mapping[str, Stamp]
            if seen and seen.kinds == kinds:
                problems += seen.problems
                stamps = seen.stamps
            else:
                problems += stray_folder_problems(self.folder, kinds)
                stamps = content_files(self.folder, kinds, problems)
            self._placement_problems = problems
            changes.gone = {name for name in (*self.stamps, *self.problems_by_file) if name not in stamps}
        else:
            stamps = stamps_of_files(self.folder, names)
            changes.gone = {
                name for name in names - stamps.keys() if name in self.stamps or name in self.problems_by_file
            }
        old_files = {name: file for name in stamps if (file := self.stamps.get(name))}
        changed, new_stamps = find_changed(self.folder, old_files, stamps)
        for name, file in new_stamps.items():
            self._set_stamp(name, file)
        changes.changed = changed | (stamps.keys() - old_files.keys())
        self._has_looked = True
        return changes

    def _files_of_hints(self, paths: Iterable[Path]) -> set[str] | None:
        """Return the names of the site's files at these paths; None where one is anything else in `content/`."""
        names: set[str] = set()
        for path in paths:
            try:
                name = path.relative_to(self.folder.absolute()).as_posix()
            except ValueError:
                continue
            if name == "content":
                return None
            if not name.startswith("content/") or name.startswith(f"{site_paths.SAVED}/"):
                continue
            if not site_paths.is_content_file(name, [kind.key for kind in self.config.kinds]):
                return None
            if os.path.lexists(path) and not stamp_of_file(path):  # a link, or no file: there is a problem to tell
                return None
            names.add(name)
        return names

    def _read_config(self) -> None:
        problems: list[Problem] = []
        loader.require_site(self.folder)
        raw, self._config_stamp = article_reader.read_file(self.folder, site_paths.CONFIG)
        self.config, self._config_problems = loader.parse_config(raw, problems), problems

    def build_record(self, options: BuildOptions, pages: int, notes: Iterable[Problem]) -> BuildRecord:
        """Return the record of a build that these files went into. pages: their number."""
        logo = self.theme.logo
        return BuildRecord(
            up_to_date.fingerprint(
                options,
                self._theme_digest,
                digest_of_bytes(logo.data) if logo else b"",
                self.stamps,
            ),
            tuple(kind.key for kind in self.config.kinds),
            self.config.theme.logo if logo else "",
            pages,
            tuple(notes),
        )

    def update(self, files: FileChanges) -> dict[str, IndexedArticle | None]:
        """Read the files that changed, and the articles that must be searched for other names now; save it all.

        Returns by file each article that was read, None for one that is gone or cannot be read. Raises StateError.
        """
        first, touched = not self._has_read, files.changed | files.gone
        for name in files.gone:
            self._set_stamp(name, None)
            self._set_problems(name, ())
        self._read_entities(touched)
        if first or site_paths.CONFIG in touched:
            self._set_stamp(site_paths.CONFIG, self._config_stamp)
        for name, parse in loader.SINGLE_FILE_PARSERS.items():
            if first or name in touched:
                parsed = self._read(name, parse)
                self.single_files[name] = parse(b"", []) if parsed is None else parsed
        self._read_issue_notes(touched, first=first)
        old = self._vocabulary
        new = article_reader.make_vocabulary(self.config, self.entities, old)
        folder = f"{site_paths.ARTICLES}/"
        unread = {name for name in files.changed if name.startswith(folder)}
        unread |= self._find_affected(old, new)
        if first:
            unread |= {name for name in self.stamps if name.startswith(folder) and name not in self._all_checksums()}
        unread -= files.gone  # whatever names they hold
        changes: dict[str, IndexedArticle | None] = {name: None for name in files.gone if name.startswith(folder)}
        self._is_vocabulary_saved = old is new
        changes |= self._read_articles(new, sorted(unread))
        self._vocabulary = new
        self._save()
        self._has_read = True
        return changes

    def _find_affected(self, old: SearchVocabulary | None, new: SearchVocabulary) -> set[str]:
        """Return the files of articles that may be indexed in another way with the new vocabulary than with the old."""
        if old is new:
            return set()
        if old is None or old.settings != new.settings:
            return set(self.article_checksums())
        old_patterns = group_by_pattern(old.names)
        patterns = differing_keys(old_patterns, group_by_pattern(new.names))
        slugs = {
            f"{kind}/{name}"
            for kind in old.slugs.keys() | new.slugs.keys()
            for name in differing_keys(old.slugs.get(kind, {}), new.slugs.get(kind, {}))
        }
        affected = {
            file
            for file, article in self.cached_articles()
            if not patterns.isdisjoint(article.matched_patterns) or not slugs.isdisjoint(article.queried_names)
        }
        if new_patterns := [pattern for pattern in patterns if pattern not in old_patterns]:
            # Without its blank a pattern is in every text that holds the name, whatever its script.
            automaton = ahocorasick_rs.AhoCorasick([pattern.lstrip(" ") or pattern for pattern in new_patterns])
            affected |= {
                file
                for file, words in self._cache.words()
                if file in self.stamps and automaton.find_matches_as_indexes(words)
            }
        return affected

    def _read_entities(self, touched: set[str]) -> None:
        """Read the entity files among `touched`, and those that the cache does not hold."""
        folders = tuple(f"content/{kind.key}/" for kind in self.config.kinds)
        extra_keys, old = self.config.extra_keys, self._entities
        # Other settings may allow fewer keys of the owner's.
        entities = {
            name: entity
            for name, entity in (old.entities.items() if old and old.extra_keys == extra_keys else ())
            if name.startswith(folders) and name not in touched
        }
        unread = [name for name in {*self.stamps, *touched} if name.startswith(folders) and name not in entities]
        for name in sorted(unread):
            if entity := self._read(name, partial(self._parse_entity, name)):
                entities[name] = entity
        self._entities = KeptEntities(extra_keys, entities)
        self._are_entities_saved = self._are_entities_saved and not unread

    def _parse_entity(self, name: str, raw: bytes, problems: list[Problem]) -> Entity | None:
        return loader.parse_entity(name, raw, problems, self.config.extra_keys)

    def _read_issue_notes(self, touched: set[str], *, first: bool) -> None:
        """Read the editor's notes on issues among `touched`, at first all."""
        folder = f"{site_paths.ISSUE_NOTES}/"
        for name in sorted({*touched, *self.stamps} if first else touched):
            if name.startswith(folder):
                self.issue_notes.pop(name, None)
                if note := self._read(name, partial(loader.parse_issue_note, name)):
                    self.issue_notes[name] = note

    def _read(self, name: str, parse: Callable[[bytes, list[Problem]], Parsed]) -> Parsed | None:
        """Return what `parse` makes of a file; None where there is none or it cannot be read.

        The stamp of the file, and the problems that `parse` adds to its list, are stored.
        """
        problems: list[Problem] = []
        parsed = stamp = None
        path = self.folder / name
        if path.is_file() or path.is_symlink():
            try:
                raw, stamp = article_reader.read_file(self.folder, name)
                parsed = parse(raw, problems)
            except SiteError as error:
                problems += error.problems
        self._set_stamp(name, stamp)
        self._set_problems(name, problems)
        return parsed

    def _set_stamp(self, name: str, stamp: FileStamp | None) -> None:
        """Store the stamp of a file; None: forget the file."""
        self._unsaved_stamps[name] = stamp
        if stamp:
            self.stamps[name] = stamp
        else:
            self.stamps.pop(name, None)

    def _set_problems(self, name: str, problems: Iterable[Problem]) -> None:
        """Store what is wrong with a file.

        One with a problem loses its stamp: so it is read again, and the problem told again, until it is mended.
        """
        if file_problems := tuple(problems):
            self.problems_by_file[name] = file_problems
            self._set_stamp(name, None)
        else:
            self.problems_by_file.pop(name, None)

    def _read_articles(self, vocabulary: SearchVocabulary, files: list[str]) -> dict[str, IndexedArticle | None]:
        """Read these articles; return them by file, None for one that cannot be read."""
        changes: dict[str, IndexedArticle | None] = {}
        if not files:
            return changes
        reader = self._reader
        if not reader or reader.vocabulary is not vocabulary or reader.config != self.config:
            reader = self._reader = article_reader.ArticleReader(self.folder, self.config, vocabulary)
        jobs = self.jobs if len(files) >= _PARALLEL_FROM else 1
        parts = run_chunks(article_reader.read_articles, reader, chunked(files, _CHUNK), jobs)
        for article in self._progress((article for part in parts for article in part), len(files), "articles"):
            if article.stamp:
                self._set_stamp(article.file, article.stamp)
            if article.row:
                self._unsaved_rows.append(article.row)
            changes[article.file] = indexed = unpack_article(article.row.indexed) if article.row else None
            if indexed:
                self._all_checksums()[article.file] = indexed.checksum
            self._set_problems(article.file, article.problems)
            if len(self._unsaved_rows) > _SAVE_EVERY:
                # What is saved so far fits neither the old vocabulary nor yet the new: were we killed now, all
                # articles would have to be read again.
                self._cache.save({}, self._unsaved_rows, {_VOCABULARY: b""})
                self._unsaved_rows, self._is_vocabulary_saved = [], False
        return changes

    def _save(self) -> None:
        """Write to the cache all that was read since the last time."""
        values: dict[str, bytes] = {}
        if not self._is_vocabulary_saved:
            values[_VOCABULARY] = pack(self._vocabulary)
        if not self._are_entities_saved and self._entities:  # those with a problem are read again
            entities = {name: entity for name, entity in self._entities.entities.items() if name in self.stamps}
            values[_ENTITIES] = pack(KeptEntities(self._entities.extra_keys, entities))
        if self._unsaved_stamps or self._unsaved_rows or values:
            self._cache.save(self._unsaved_stamps, self._unsaved_rows, values)
        self._unsaved_stamps, self._unsaved_rows = {}, []
        self._is_vocabulary_saved = self._are_entities_saved = True

    def cached_articles(self) -> Iterator[tuple[str, IndexedArticle]]:
        """Yield the articles that the cache holds by file, of files that have a stamp. Raises StateError."""
        for article in self._cache.indexed_articles():
            if article.file in self.stamps:
                yield article.file, article

    def article_checksums(self) -> dict[str, bytes]:
        """Return the checksums of the articles that the cache holds, of files that have a stamp. Raises StateError."""
        return {file: sum_ for file, sum_ in self._all_checksums().items() if file in self.stamps}

    def _all_checksums(self) -> dict[str, bytes]:
        if self._checksums is None:
            self._checksums = self._cache.article_checksums()
        return self._checksums
