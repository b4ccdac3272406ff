"""Which of a site's files changed since they were last read, and what that changes: the edge between the
folder and the site's cells.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import ahocorasick_rs

from site_gen.build import article_reader, theme_reader, up_to_date
from site_gen.build.up_to_date import Record
from site_gen.content import loader, site_paths
from site_gen.content.content_files import Stamp, content_files, digest_of_bytes, stamp_of, stray_folders
from site_gen.core import sqlite
from site_gen.core.digests import differing, digest_of
from site_gen.core.errors import Problem, SiteError
from site_gen.core.parallel import chunked, run_chunks
from site_gen.pages import theme_assets, theme_files
from site_gen.site.article_findings import Findings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from site_gen.build.build_cache import ArticleRow, State
    from site_gen.build.build_report import Options
    from site_gen.build.file_stamps import Known
    from site_gen.content.issue_ledger import Issued
    from site_gen.content.permalink_ledger import Entry
    from site_gen.content.records import Entity, IssueNote, SiteConfig

    # Shows how far a long work is: takes its items, how many there are, and what they are.
    Progress = Callable[[Iterable[Any], int, str], Iterable[Any]]

Parsed = TypeVar("Parsed")

_CHUNK = 50  # articles that are read in one go
_MANY = 300  # articles from which on other processes are worth their start
_PILE = 2000  # articles that are kept at once, so that texts do not pile up in memory
_READING = "reading"  # the key of the state that says what its findings were found with


@dataclass(slots=True)
class Look:
    """What a look at the files found: those that are new or have other bytes, and those that are gone."""

    changed: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Names:
    """All that articles are searched with: settings that matter to that, patterns with what stands behind
    them, and names (`kind/name`) with the slugs they mean."""

    settings: str
    patterns: dict[str, list[list[str | None]]]
    slugs: dict[str, str]

    @classmethod
    def of(cls, reader: article_reader.Reader) -> Names:
        """What a site's articles are searched with."""
        config = reader.config
        settings = (config.kinds, config.language, config.text, config.extra_keys)
        return cls(
            settings=digest_of(settings).hex(),
            patterns={
                pattern: [
                    [name.text, None if name.tag is None else str(name.tag), name.case, name.trait] for name in names
                ]
                for pattern, names in reader.matcher.patterns.items()
            },
            slugs={f"{kind}/{name}": slug for kind, names in reader.names.items() for name, slug in names.items()},
        )

    def to_json(self) -> str:
        """As a text, to be kept with what was found."""
        return json.dumps([self.settings, self.patterns, self.slugs], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | None) -> Names | None:
        """What `to_json` wrote; None for nothing."""
        with sqlite.raising_state_errors(_READING):
            return cls(*json.loads(text)) if text else None


class Inputs:
    """A site's files as they were last read."""

    def __init__(self, folder: Path, state: State, jobs: int, progress: Progress) -> None:
        self.folder, self.jobs, self._progress = folder, jobs, progress
        self._state = state
        self.known: dict[str, Known] = state.files()
        self.broken: dict[str, tuple[Problem, ...]] = {}
        self.config: SiteConfig
        self.theme: theme_files.ThemeFiles
        self.about = ""
        self.ledger: tuple[Entry, ...] = ()
        self.anchors: Mapping[str, str] = {}
        self.issued: Mapping[str, Issued] = {}
        self.issue_notes: dict[str, IssueNote] = {}
        self._entities: dict[str, Entity] | None = None
        self._names: Names | None = Names.from_json(state.get(_READING))
        self._placed: list[Problem] = []
        self._looked = False
        self._config_changed = False
        self._reader: article_reader.Reader | None = None
        self._unsaved: dict[str, Known | None] = {}
        self._unsaved_names: Names | None = None
        self._rows: list[ArticleRow] = []

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The entities that have files, in the order of these."""
        return tuple(entity for _, entity in sorted((self._entities or {}).items()))

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong with the files as they are."""
        return [*self._placed, *(problem for problems in self.broken.values() for problem in problems)]

    def look(self, hints: Iterable[Path] | None) -> Look:
        """See which files changed: all, or those that hints name, as far as these name files.

        Raises SiteError when `site.yaml` is no mapping, or a template no text: no page can be drawn then.
        """
        whole, self._looked = self._looked, False
        files = theme_reader.read(self.folder)
        # After a look that ended in an error nothing is known of what it would have found.
        names = self._named(hints) if whole and hints is not None else None
        if names is None or site_paths.CONFIG in names:  # other settings may mean other files
            names = None
            self._read_config()
        found, told = Look(), list(self._config_problems)
        self._theme_digest = files.digest
        self.theme = theme_assets.apply_settings(
            files, self.config.theme, loader.load_logo(self.folder, self.config, told)
        )
        if names is None:
            kinds = [kind.key for kind in self.config.kinds]
            self._placed = [*told, *stray_folders(self.folder, kinds)]
            stamps = content_files(self.folder, kinds, self._placed)
            found.gone = {name for name in (*self.known, *self.broken) if name not in stamps}
            self._compare(stamps, found)
        else:
            there = {name: stamp_of(self.folder / name) for name in names}
            found.gone = {
                name for name, stamp in there.items() if stamp is None and (name in self.known or name in self.broken)
            }
            self._compare({name: stamp for name, stamp in there.items() if stamp}, found)
        self._looked = True
        return found

    def _named(self, hints: Iterable[Path]) -> set[str] | None:
        """The files of the site that hints name; None where one names anything else below `content/`."""
        found: set[str] = set()
        for hint in hints:
            try:
                name = Path(hint).absolute().relative_to(self.folder.absolute()).as_posix()
            except ValueError:
                continue
            if name == "content":
                return None
            if not name.startswith("content/") or name.startswith(f"{site_paths.SAVED}/"):
                continue
            kinds = [f"content/{kind.key}" for kind in self.config.kinds]
            plain = name.endswith(".md") and not any(part.startswith(".") for part in name.split("/"))
            if name not in site_paths.ALONE and not (
                plain
                and any(name.startswith(f"{folder}/") for folder in (*kinds, site_paths.ARTICLES, site_paths.ISSUES))
            ):
                return None
            if os.path.lexists(hint) and not stamp_of(hint):  # a link, or no file: there is something to tell
                return None
            found.add(name)
        return found

    def _compare(self, stamps: dict[str, Stamp], found: Look) -> None:
        """Hashes decide; an equal stamp spares the hash where that is safe."""
        for name, stamp in stamps.items():
            known = self.known.get(name)
            if known is None:
                found.changed.add(name)
            elif not known.is_still(stamp):
                try:
                    _, now = article_reader.read_file(self.folder, name)
                except SiteError:
                    found.changed.add(name)
                    continue
                if now.digest == known.digest:
                    self._keep(name, now)
                else:
                    found.changed.add(name)

    def _read_config(self) -> None:
        problems: list[Problem] = []
        loader.require_site(self.folder)
        raw, self._config_known = article_reader.read_file(self.folder, site_paths.CONFIG)
        config = loader.parse_config(raw, problems)
        self._config_changed = self._config_changed or getattr(self, "config", None) != config
        self.config, self._config_problems = config, problems

    def record(self, options: Options, pages: int, notes: Iterable[Problem]) -> Record:
        """What to keep of a build that these files went into, so that the next can tell whether they still stand."""
        logo = self.theme.logo
        return Record(
            up_to_date.mark(
                options,
                self._theme_digest,
                digest_of_bytes(logo.data).hex() if logo else "",
                {name: one.digest for name, one in self.known.items()},
            ),
            tuple(kind.key for kind in self.config.kinds),
            self.config.theme.logo if logo else "",
            pages,
            tuple(notes),
        )

    def take_in(self, look: Look, found: Mapping[str, Findings]) -> dict[str, Findings | None]:
        """Read what changed, and what must be read again since other names are looked for; keep it all.
        Gives each article that is new or different, None for one that is gone or broken.

        found: the articles as they are known, by file.
        """
        first, touched = self._entities is None, look.changed | look.gone
        for name in look.gone:
            self._keep(name, None)
            self._tell(name, ())
        entities_changed = self._read_entities(touched)
        if first or site_paths.CONFIG in touched:
            self._keep(site_paths.CONFIG, self._config_known)
        if first or site_paths.ABOUT in touched:
            self.about = self._read(site_paths.ABOUT, loader.parse_about) or ""
        if first or site_paths.LEDGER in touched:
            self.ledger = self._read(site_paths.LEDGER, loader.parse_ledger) or ()
        if first or site_paths.ANCHORS in touched:
            self.anchors = self._read(site_paths.ANCHORS, loader.parse_anchors) or {}
        if first or site_paths.ISSUED in touched:
            self.issued = self._read(site_paths.ISSUED, loader.parse_issued) or {}
        self._read_issue_notes(touched, first=first)
        old = self._names
        names = old
        if self._reader is None or entities_changed or self._config_changed:
            self._reader = article_reader.Reader(self.folder, self.config, self.entities)
            names = Names.of(self._reader)
        articles = f"{site_paths.ARTICLES}/"
        wanted = {name for name in look.changed if name.startswith(articles)}
        wanted |= self._affected(old, names, found)
        if first:
            wanted |= {name for name in self.known if name.startswith(articles) and name not in found}
        wanted -= look.gone  # whatever names they hold
        changes: dict[str, Findings | None] = {name: None for name in look.gone if name.startswith(articles)}
        changes |= self._read_articles(self._reader, sorted(wanted))
        if old != names:
            self._unsaved_names = names
        self._names, self._config_changed = names, False
        self.save()
        return changes

    def _affected(self, old: Names | None, new: Names | None, found: Mapping[str, Findings]) -> set[str]:
        """The articles whose findings may differ with the new names from what they were with the old."""
        if old == new:
            return set()
        if old is None or new is None or old.settings != new.settings:
            return set(found)
        patterns, slugs = differing(old.patterns, new.patterns), differing(old.slugs, new.slugs)
        affected = {
            file for file, one in found.items() if not patterns.isdisjoint(one.seen) or not slugs.isdisjoint(one.asked)
        }
        if came := [pattern for pattern in patterns if pattern not in old.patterns]:
            # Without its blank a pattern is in every text that holds the name, whatever its script.
            automaton = ahocorasick_rs.AhoCorasick([pattern.lstrip(" ") or pattern for pattern in came])
            affected |= {
                file
                for file, words in self._state.words()
                if file in found and automaton.find_matches_as_indexes(words)
            }
        return affected

    def _read_entities(self, touched: set[str]) -> bool:
        """Read the entity files among these, or all where none was read yet; gives whether any is another."""
        folders = tuple(f"content/{kind.key}/" for kind in self.config.kinds)
        before = self._entities
        names = [*self.known, *touched] if before is None else touched
        entities = {name: entity for name, entity in (before or {}).items() if name.startswith(folders)}
        for name in dict.fromkeys(names):
            if not name.startswith(folders):
                continue
            entities.pop(name, None)
            if entity := self._read(name, partial(loader.parse_entity, name)):
                entities[name] = entity
        self._entities = entities
        return entities != before

    def _read_issue_notes(self, touched: set[str], *, first: bool) -> None:
        """Read the editor's notes among these files, or all where none was read yet."""
        folder = f"{site_paths.ISSUES}/"
        for name in sorted({*touched, *self.known} if first else touched):
            if name.startswith(folder):
                self.issue_notes.pop(name, None)
                if note := self._read(name, partial(loader.parse_issue_note, name)):
                    self.issue_notes[name] = note

    def _read(self, name: str, parse: Callable[[bytes, list[Problem]], Parsed]) -> Parsed | None:
        """What `parse` makes of a file; None where there is none or it cannot be read."""
        problems: list[Problem] = []
        parsed = known = None
        path = self.folder / name
        if path.is_file() or path.is_symlink():
            try:
                raw, known = article_reader.read_file(self.folder, name)
                parsed = parse(raw, problems)
            except SiteError as error:
                problems += error.problems
        self._keep(name, known)
        self._tell(name, problems)
        return parsed

    def _keep(self, name: str, known: Known | None) -> None:
        """Know a file as it was when it was read; None: know nothing of it."""
        self._unsaved[name] = known
        if known:
            self.known[name] = known
        else:
            self.known.pop(name, None)

    def _tell(self, name: str, problems: Iterable[Problem]) -> None:
        """Keep what is wrong with a file. One that is broken counts as never read, so that it is read again
        and told again until it is mended."""
        if found := tuple(problems):
            self.broken[name] = found
            self._keep(name, None)
        else:
            self.broken.pop(name, None)

    def _read_articles(self, reader: article_reader.Reader, files: list[str]) -> dict[str, Findings | None]:
        changes: dict[str, Findings | None] = {}
        jobs = self.jobs if len(files) >= _MANY else 1
        results = run_chunks(article_reader.read_articles, reader, chunked(files, _CHUNK), jobs)
        for read in self._progress((read for done in results for read in done), len(files), "articles"):
            if read.known:
                self._keep(read.file, read.known)
            if read.row:
                self._rows.append(read.row)
            changes[read.file] = Findings.from_json(read.file, read.row.findings) if read.row else None
            self._tell(read.file, read.problems)
            if len(self._rows) > _PILE:
                # What is kept so far fits neither the old names nor yet the new: were we killed now, all
                # articles would have to be read again.
                self._state.save({}, self._rows, {_READING: ""})
                self._rows, self._unsaved_names = [], self._unsaved_names or self._names
        return changes

    def save(self) -> None:
        """Keep all that was read since the last time."""
        meta = {_READING: self._unsaved_names.to_json()} if self._unsaved_names else {}
        if self._unsaved or self._rows or meta:
            self._state.save(self._unsaved, self._rows, meta)
        self._unsaved, self._rows, self._unsaved_names = {}, [], None

    def kept(self) -> Iterator[Findings]:
        """The findings that the state holds, of files that are still known."""
        for file, text in self._state.findings():
            if file in self.known:
                yield Findings.from_json(file, text)
