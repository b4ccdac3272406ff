"""What a build keeps of the graph behind its pages: cells, pages, and what groups see of articles and stories.

The tables (`graph_schema`) stand in the manifest of the output folder, and are written in one transaction with the
files that were made of them: so they always say how the output was made, whatever became of the site since. Keys go by
numbers, and edges stand both ways: what a cell read, and who read it. Nothing is loaded but what is asked for.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from array import array
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from site_gen.build.story_store import StoryStore
from site_gen.content.records import Tag
from site_gen.core import sqlite
from site_gen.core.depgraph import KeptCell
from site_gen.core.json_text import compact_json
from site_gen.core.number_arrays import array_from_bytes, array_to_bytes
from site_gen.site.article_groups import DIGEST_SIZE, Source
from site_gen.site.database import SiteChanges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from site_gen.core.depgraph import CellKey

DUPLICATE_IDS = "duplicate ids"  # key of the texts by key under which the groups of such ids are kept
_MAX_RECENT = 20_000  # nodes that are remembered
_NUMBER = array("I").itemsize
_ENTRY = _NUMBER + DIGEST_SIZE  # bytes of a group and its digest


class Trace(NamedTuple):
    """What a page, another file that is not always made anew, or a result without a file was made of."""

    maker: bytes  # a digest of what made it: the template and the function of a page
    reads: Sequence[CellKey]  # the cells that it read
    values_digest: bytes  # one digest over the values of these cells
    result: str = ""  # what came of it, where that is no file


class GraphChanges(NamedTuple):
    """What a build has to keep of the graph."""

    site: SiteChanges = SiteChanges({}, {}, {}, None, None)  # what changed
    plan: tuple[Mapping[str, str], Mapping[str, str]] | None = None  # see `PagePlan.packed`; None: as it is kept
    anew: bool = False  # whether all that was kept before is to be forgotten


NO_CHANGES = GraphChanges()


def key_to_text(key: CellKey) -> str:
    """Return the key of a cell or input as JSON; a list within it is a tag."""
    return compact_json(list(key))


def key_from_text(text: str) -> CellKey:
    """Return the key that `key_to_text` wrote. Raises ValueError or TypeError for another text."""
    return tuple([Tag(*part) if type(part) is list else part for part in json.loads(text)])


def _crc(*parts: object) -> int:
    raw = [part if type(part) is bytes else str(part).encode("utf-8", "surrogatepass") for part in parts]
    return crc32(b"\0".join(raw))


def _numbers_of(data: bytes | None) -> array[int]:
    return array_from_bytes("I", data or b"")


class _Node(NamedTuple):
    """A row of table `node`."""

    number: int  # column `id`
    key: str  # as `key_to_text` writes it
    digest: bytes | None = None  # of a cell's value; None for an input, and for a cell that is not kept
    value: bytes = b""  # of a cell, packed; empty where it is not kept
    reads: bytes = b""  # numbers of what it read
    readers: bytes = b""  # numbers of the cells that read it
    pages: bytes = b""  # numbers of the pages that read it
    members: int = 0  # how many articles or stories are in the group


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True)


class _Edges:
    """Edges that are to be added to lists of numbers, or taken from them, by the number of the list's owner."""

    def __init__(self) -> None:
        self._added: defaultdict[int, array[int]] = defaultdict(lambda: array("I"))
        self._removed: defaultdict[int, set[int]] = defaultdict(set)

    def move(self, number: int, before: Iterable[int], after: Iterable[int]) -> None:
        """Take a number from the lists of owners that are not among `after`, add it to those not among `before`."""
        before, after = set(before), set(after)
        for owner in after - before:
            self._added[owner].append(number)
        for owner in before - after:
            self._removed[owner].add(number)

    def owners(self) -> set[int]:
        """Return the owners of lists that change."""
        return {*self._added, *self._removed}

    def apply(self, owner: int, data: bytes) -> bytes:
        """Return an owner's list as it is afterwards."""
        if removed := self._removed.get(owner):
            data = array_to_bytes(array("I", [number for number in _numbers_of(data) if number not in removed]))
        return data + array_to_bytes(self._added[owner]) if owner in self._added else data


class GraphStore:
    """The kept graph in one database. May be read in forks of this process, each through a connection of its own."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._path = path
        self.stories = StoryStore(path, connection)
        self._connections = {os.getpid(): connection}
        self._keys: dict[int, CellKey] = {}  # those looked up so far, by number
        self._numbers: dict[CellKey, int] = {}  # the other way round
        self._recent: dict[CellKey, _Node | None] = {}  # nodes looked up of late; None: not there

    def __getstate__(self) -> Path:
        return self._path

    def __setstate__(self, path: Path) -> None:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        self.__init__(sqlite3.connect(uri, uri=True), path)  # type: ignore[misc]

    @property
    def _connection(self) -> sqlite3.Connection:
        connection = self._connections.get(os.getpid())
        if connection is None:  # a connection does not survive a fork
            uri = f"{self._path.absolute().as_uri()}?mode=ro"
            connection = self._connections[os.getpid()] = sqlite3.connect(uri, uri=True)
        return connection

    def _select(self, query: str, values: Iterable[object]) -> list[tuple[Any, ...]]:
        """Return the rows that a query finds for these values, `?` in it being all of them. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            text = compact_json(list(values))
            return self._connection.execute(query.replace("?", "(SELECT value FROM json_each(?))"), (text,)).fetchall()

    def _checked(self, rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """Yield rows without their last column, which guards them. Raises StateError."""
        for *row, crc in rows:
            if crc != _crc(*row):
                raise sqlite.StateError(f"{self._path}: what it holds of {row[1]}")
            yield tuple(row)

    # -- cells ----------------------------------------------------------------------------------------

    def is_empty(self) -> bool:
        """Tell whether nothing is kept. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            return self._connection.execute("SELECT 1 FROM source UNION SELECT 1 FROM page LIMIT 1").fetchone() is None

    def _nodes(self, keys: Iterable[CellKey]) -> list[_Node]:
        keys, recent = list(keys), self._recent
        if unknown := {key_to_text(key): key for key in keys if key not in recent}:
            if len(recent) > _MAX_RECENT:
                recent.clear()
                unknown = {key_to_text(key): key for key in keys}
            recent.update(dict.fromkeys(unknown.values()))
            for row in self._checked(self._select("SELECT * FROM node WHERE hash IN ?", map(_hash, unknown))):
                if row[1] in unknown:
                    recent[unknown[row[1]]] = _Node(*row[:-1])
        return [node for key in keys if (node := recent[key])]

    def find(self, keys: Iterable[CellKey]) -> dict[CellKey, KeptCell]:
        """Return those of these cells that are kept, without what they read. Raises StateError."""
        keys = list(keys)
        self._nodes(keys)
        nodes = ((key, self._recent[key]) for key in keys)
        return {key: KeptCell(node.digest, node.value) for key, node in nodes if node and node.digest is not None}

    def digests(self, keys: Iterable[CellKey]) -> dict[CellKey, bytes]:
        """Return the digests of those of these cells that are kept; rows are not remembered. Raises StateError."""
        keys_by_text = {key_to_text(key): key for key in keys}
        rows = self._checked(self._select("SELECT * FROM node WHERE hash IN ?", map(_hash, keys_by_text)))
        return {keys_by_text[row[1]]: row[2] for row in rows if row[1] in keys_by_text and row[2] is not None}

    def reads_of(self, key: CellKey) -> Sequence[CellKey]:
        """Return what a cell read, in that order; nothing where it is not kept. Raises StateError."""
        for node in self._nodes([key]):
            return self._keys_of(_numbers_of(node.reads))
        return ()

    def readers_of(self, keys: Iterable[CellKey]) -> set[CellKey]:
        """Return the cells that read any of these cells and inputs. Raises StateError."""
        nodes = self._nodes(keys)
        self._keys_of({number for node in nodes for number in _numbers_of(node.reads)})  # asked for next, one by one
        return set(self._keys_of({number for node in nodes for number in _numbers_of(node.readers)}))

    def _keys_of(self, numbers: Iterable[int]) -> list[CellKey]:
        numbers = list(numbers)
        if unknown := [number for number in numbers if number not in self._keys]:
            with sqlite.raising_state_errors(str(self._path)):
                for number, text in self._select("SELECT id, key FROM node WHERE id IN ?", unknown):
                    key = self._keys[number] = key_from_text(text)
                    self._numbers[key] = number
        with sqlite.raising_state_errors(str(self._path)):
            try:
                return [self._keys[number] for number in numbers]
            except KeyError as error:
                raise ValueError(f"no node {error}") from None

    # -- pages ----------------------------------------------------------------------------------------

    def pages_reading(self, keys: Iterable[CellKey]) -> set[str]:
        """Return the names of the pages that read any of these cells. Raises StateError."""
        pages = {number for node in self._nodes(keys) for number in _numbers_of(node.pages)}
        return self._names("page", pages)

    def _names(self, table: str, numbers: set[int]) -> set[str]:
        """Return the names of rows by number. Raises StateError where one is missing."""
        names = {name for (name,) in self._select(f"SELECT name FROM {table} WHERE id IN ?", numbers)}  # noqa: S608
        if len(names) != len(numbers):
            raise sqlite.StateError(f"{self._path}: rows are missing from the table {table}")
        return names

    def traces(self, names: Iterable[str]) -> dict[str, Trace]:
        """Return the traces of files, as far as they have any. Raises StateError."""
        rows = [*self._checked(self._select("SELECT * FROM page WHERE name IN ?", names))]
        self._keys_of({number for row in rows for number in _numbers_of(row[3])})  # in one go
        return {
            name: Trace(maker, tuple(self._keys_of(_numbers_of(reads))), digest, result)
            for _, name, maker, reads, digest, result in rows
        }

    def planned_pages(self, names: Iterable[str]) -> dict[str, str]:
        """Return the pages that were planned under these names, packed (`page_plan`). Raises StateError."""
        return dict(self._select("SELECT name, page FROM plan WHERE name IN ?", names))

    def plan(self, *, deferred: bool) -> dict[str, str]:
        """Return all pages that were planned, packed, by name: the deferred ones, or the others. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            query = "SELECT name, page FROM plan WHERE is_deferred = ?"
            return dict(self._connection.execute(query, (int(deferred),)))

    def page_count(self) -> int:
        """Return how many pages were planned, without the deferred ones. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            query = "SELECT count(*) FROM plan WHERE NOT is_deferred"
            return int(self._connection.execute(query).fetchone()[0])

    def makers(self) -> dict[str, bytes]:
        """Return what made each file that has a trace, by name. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            return dict(self._connection.execute("SELECT name, maker FROM page"))

    # -- articles and stories -------------------------------------------------------------------------

    def members_of(self, group: CellKey) -> dict[str, bytes]:
        """Return what a group sees of each article or story in it, packed, by file; empty where that is not kept.

        Raises StateError.
        """
        members: dict[str, bytes] = {}
        with sqlite.raising_state_errors(str(self._path)):
            for node in self._nodes([group]):
                query = "SELECT name, source, value, member.crc FROM member JOIN source ON id = source WHERE node = ?"
                for name, source, value, crc in self._connection.execute(query, (node.number,)):
                    if crc != _member_crc(node.number, source, value):
                        raise sqlite.StateError(f"{self._path}: what it holds of {name}")
                    members[name] = value
                if len(members) != node.members:
                    raise sqlite.StateError(f"{self._path}: members of {node.key} are missing")
        return members

    def checksums(self) -> dict[str, bytes]:
        """Return the checksum of every article by file. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            return dict(self._connection.execute("SELECT name, checksum FROM source"))

    def sources(self, files: Iterable[str]) -> dict[str, Source]:
        """Return what is kept of these files. Raises StateError."""
        rows = self._checked(self._select("SELECT * FROM source WHERE name IN ?", files))
        return {
            name: Source(
                checksum, lead, _files_from_text(others), self._unpack_groups(groups), self._unpack_groups(story_groups)
            )
            for _, name, checksum, lead, others, groups, story_groups in rows
        }

    def stories_led_by(self, files: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the files of the stories that these files lead, the lead first. Raises StateError."""
        rows = self._checked(self._select("SELECT * FROM source WHERE name IN ?", files))
        return {name: (name, *_files_from_text(others)) for _, name, _, _, others, *_ in rows}

    def _unpack_groups(self, data: bytes) -> dict[CellKey, bytes]:
        digests = _group_digests(data)
        return dict(zip(self._keys_of(digests), digests.values(), strict=True))

    def inputs(self, family: str) -> dict[CellKey, bytes]:
        """Return the digests of a family's inputs. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            rows = self._connection.execute("SELECT key, digest FROM input WHERE family = ?", (family,))
            return {key_from_text(key): digest for key, digest in rows}

    def duplicate_ids(self) -> set[CellKey]:
        """Return the groups of the ids that several articles have. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (DUPLICATE_IDS,)).fetchone()
            return set(map(key_from_text, json.loads(row[0]))) if row else set()

    # -- writing --------------------------------------------------------------------------------------

    def write(self, changes: GraphChanges, traces: Mapping[str, Trace | None]) -> None:
        """Keep what changed; None for what is to be forgotten. To be called inside a transaction."""
        self._recent = {}
        try:
            if changes.anew:
                self.clear()
            self._write_site(changes.site, traces)
            if changes.site.save_indexes:
                changes.site.save_indexes(self.stories)
            if changes.plan:
                self._write_plan(*changes.plan)
        except BaseException:
            self._keys, self._numbers = {}, {}  # what was numbered is not kept
            raise

    def _write_site(self, changes: SiteChanges, traces: Mapping[str, Trace | None]) -> None:
        cells, sources, families, duplicate_ids, _ = changes
        for family, digests in families.items():
            self._connection.execute("DELETE FROM input WHERE family = ?", (family,))
            rows_of_family = [(family, key_to_text(key), digest) for key, digest in digests.items()]
            self._connection.executemany("INSERT INTO input VALUES (?, ?, ?)", rows_of_family)
        if duplicate_ids is not None:
            text = compact_json(sorted(map(key_to_text, duplicate_ids)))
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (DUPLICATE_IDS, text))
        keys: dict[CellKey, None] = dict.fromkeys(cells)
        for record in cells.values():
            keys.update(dict.fromkeys(record.reads if record else ()))
        for trace in traces.values():
            keys.update(dict.fromkeys(trace.reads if trace else ()))
        for source in sources.values():
            keys.update(dict.fromkeys((*source.groups, *source.story_groups) if source else ()))
        new = self._assign_numbers(keys)
        readers, pages = _Edges(), _Edges()
        self._write_traces(traces, pages)
        members = self._write_sources(sources)
        touched = {self._numbers[key] for key in cells} | new.keys() | pages.owners() | members.keys()
        nodes = self._load_nodes(touched, new)
        for key, record in cells.items():
            number = self._numbers[key]
            node = nodes[number]
            reads = [self._numbers[read] for read in record.reads] if record else []
            readers.move(number, _numbers_of(node.reads), reads)
            digest, value = record[:2] if record else (None, b"")
            numbers = array_to_bytes(array("I", reads))
            nodes[number] = _Node(number, node.key, digest, value, numbers, *node[5:])
        nodes |= self._load_nodes(readers.owners() - nodes.keys(), new)
        rows: list[tuple[object, ...]] = []
        unused: list[tuple[int]] = []
        for number, node in nodes.items():
            edges = (readers.apply(number, node.readers), pages.apply(number, node.pages))
            size = node.members + members.get(number, 0)
            if node.digest is None and not any(edges) and not size:
                unused.append((number,))
                self._forget_number(number)
            else:
                row = (*node[:5], *edges, size, _hash(node.key))
                rows.append((*row, _crc(*row)))
        self._connection.executemany("INSERT OR REPLACE INTO node VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._connection.executemany("DELETE FROM node WHERE id = ?", unused)

    def _forget_number(self, number: int) -> None:
        if (key := self._keys.pop(number, None)) is not None:
            del self._numbers[key]

    def _assign_numbers(self, keys: Iterable[CellKey]) -> dict[int, str]:
        """Look up the numbers of these keys, and number those that are new; return the new ones as texts, by number."""
        unknown = {key_to_text(key): key for key in keys if key not in self._numbers}
        if not unknown:
            return {}
        last = self._connection.execute("SELECT max(id) FROM node").fetchone()[0] or 0
        numbers_by_text = (
            dict(self._select("SELECT key, id FROM node WHERE hash IN ?", map(_hash, unknown))) if last else {}
        )
        new: dict[int, str] = {}
        for text, key in unknown.items():
            number = numbers_by_text.get(text)
            if number is None:
                last += 1
                number, new[last] = last, text
            self._numbers[key], self._keys[number] = number, key
        return new

    def _load_nodes(self, numbers: Iterable[int], new: Mapping[int, str]) -> dict[int, _Node]:
        nodes = {number: _Node(number, new[number]) for number in numbers if number in new}
        if old := [number for number in numbers if number not in new]:
            rows = self._checked(self._select("SELECT * FROM node WHERE id IN ?", old))
            nodes |= {row[0]: _Node(*row[:-1]) for row in rows}
        return nodes

    def _write_traces(self, traces: Mapping[str, Trace | None], pages: _Edges) -> None:
        old = {row[1]: row for row in self._checked(self._select("SELECT * FROM page WHERE name IN ?", traces))}
        last = self._connection.execute("SELECT max(id) FROM page").fetchone()[0] or 0
        rows: list[tuple[object, ...]] = []
        for name, trace in traces.items():
            before = _numbers_of(old[name][3]) if name in old else ()
            reads = [self._numbers[key] for key in trace.reads] if trace else []
            last += name not in old
            number = old[name][0] if name in old else last
            pages.move(number, before, reads)
            if trace:
                row = (number, name, trace.maker, array_to_bytes(array("I", reads)), trace.values_digest, trace.result)
                rows.append((*row, _crc(*row)))
        self._connection.executemany("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        gone = [(name,) for name, trace in traces.items() if trace is None]
        self._connection.executemany("DELETE FROM page WHERE name = ?", gone)

    def _write_sources(self, sources: Mapping[str, Source | None]) -> Mapping[int, int]:
        """Write the sources, and what groups see of them; return by how much the members of each group became more."""
        old = {row[1]: row for row in self._checked(self._select("SELECT * FROM source WHERE name IN ?", sources))}
        last = self._connection.execute("SELECT max(id) FROM source").fetchone()[0] or 0
        rows: list[tuple[object, ...]] = []
        members: list[tuple[int, int, bytes, int]] = []
        gone: list[tuple[int, int]] = []
        more: Counter[int] = Counter()
        for name, source in sources.items():
            before = _group_digests(old[name][5]) | _group_digests(old[name][6]) if name in old else {}
            groups = self._pack_groups(source.groups if source else {})
            story_groups = self._pack_groups(source.story_groups if source else {})
            after = _group_digests(groups) | _group_digests(story_groups)
            last += name not in old
            number = old[name][0] if name in old else last
            values = (
                {self._numbers[key]: value for key, value in source.values.items() if key in self._numbers}
                if source
                else {}
            )
            for group, digest in after.items():
                if before.get(group) != digest:
                    value = values.get(group, b"")
                    members.append((group, number, value, _member_crc(group, number, value)))
            gone += [(group, number) for group in before.keys() - after.keys()]
            more.update(after.keys() - before.keys())
            more.subtract(before.keys() - after.keys())
            if source:
                others = compact_json(source.others) if source.others else ""
                row = (number, name, source.checksum, source.lead, others, groups, story_groups)
                rows.append((*row, _crc(*row)))
        self._connection.executemany("INSERT OR REPLACE INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        gone_sources = [(name,) for name, source in sources.items() if source is None]
        self._connection.executemany("DELETE FROM source WHERE name = ?", gone_sources)
        self._connection.executemany("DELETE FROM member WHERE node = ? AND source = ?", gone)
        self._connection.executemany("INSERT OR REPLACE INTO member VALUES (?, ?, ?, ?)", sorted(members))
        return more

    def _pack_groups(self, groups: Mapping[CellKey, bytes]) -> bytes:
        numbers = self._numbers
        return b"".join([numbers[key].to_bytes(_NUMBER, "little") + digest for key, digest in groups.items()])

    def _write_plan(self, pages: Mapping[str, str], deferred: Mapping[str, str]) -> None:
        """Write what differs of the plan of all pages, packed, by name."""
        new = {name: (page, 0) for name, page in pages.items()} | {name: (page, 1) for name, page in deferred.items()}
        old = {name: (page, is_deferred) for name, page, is_deferred in self._connection.execute("SELECT * FROM plan")}
        gone = [(name,) for name in old.keys() - new.keys()]
        self._connection.executemany("DELETE FROM plan WHERE name = ?", gone)
        rows = [(name, *row) for name, row in new.items() if old.get(name) != row]
        self._connection.executemany("INSERT OR REPLACE INTO plan VALUES (?, ?, ?)", rows)

    def clear(self) -> None:
        """Forget everything. To be called inside a transaction."""
        self._keys, self._numbers = {}, {}
        for table in ("node", "page", "source", "member", "input", "plan", "story"):
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608  our own names


def _files_from_text(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text else ()


def _group_digests(data: bytes) -> dict[int, bytes]:
    """Return the digest of each group's number."""
    return {
        int.from_bytes(data[place : place + _NUMBER], "little"): data[place + _NUMBER : place + _ENTRY]
        for place in range(0, len(data), _ENTRY)
    }


def _member_crc(group: int, source: int, value: bytes) -> int:
    return crc32(value, (group * 65537 + source) & 0xFFFFFFFF)
