"""Dependency graph of memoized values: what a build that redoes only what changed stands on.

A query is a function of inputs, which the graph holds, and of other queries' answers. A query with its arguments is a
cell; its value is kept. Whatever a cell or a page reads while it is made is noted, so dependencies are discovered and
never declared. When an input changes, all cells that were made of it, directly or not, are suspect: each is settled
when it is next asked for, and made anew only where something that it read has another value than it had then. A page
keeps the keys of the cells that it read (its trace) together with one digest over their values; while that digest
holds, the page is what a clean build would draw.

Digests and reads, and the values of some cells, outlive the process in a `KeptGraph`: a build after an edit makes the
cells that the edit touches, and no others.

After A. Mokhov, N. Mitchell, S. Peyton Jones, "Build Systems à la Carte" (ICFP 2018): verifying traces with dynamic
dependencies, cut off where a value is the same; and after the query system of rustc and rust-analyzer (salsa).
"""

from __future__ import annotations

import contextlib
import hashlib
from functools import cache, partial, wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar, cast, get_type_hints

from site_gen.core.digests import digest_of
from site_gen.core.packing import pack, unpacker

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="DependencyGraph")

CellKey = tuple["Hashable", ...]  # the query's name, as in `issues.keys`, then its arguments
Reads = dict[CellKey, None]  # the keys that were read, in that order, so that a trace is the same every time


class KeptCell(NamedTuple):
    """What was kept of a cell, or of a cell that was made."""

    digest: bytes  # of its value
    value: bytes  # its value, packed; empty where it is not kept: it is made anew when a page needs it
    reads: Sequence[CellKey] = ()  # what it read; left out by `KeptGraph.find`


class KeptGraph(Protocol):
    """The graph as an earlier process, or an earlier change, left it."""

    def find(self, keys: Iterable[CellKey]) -> Mapping[CellKey, KeptCell]:
        """Return those of these cells that are kept, without what they read."""

    def digests(self, keys: Iterable[CellKey]) -> Mapping[CellKey, bytes]:
        """Return the digests of those of these cells that are kept."""

    def reads_of(self, key: CellKey) -> Sequence[CellKey]:
        """Return what a cell read, in that order; nothing where it is not kept."""

    def readers_of(self, keys: Iterable[CellKey]) -> set[CellKey]:
        """Return the cells that read any of these cells and inputs."""


class DependencyGraph:
    """The values of cells, and what was read for each. Not for use by several threads at once.

    A subclass holds the inputs. Its methods that read one call `note_read`, those that change one `invalidate`.
    """

    def __init__(self, package: str, store: KeptGraph | None = None) -> None:
        """Begin with no value in memory.

        package: name of the one whose modules hold the queries. store: what earlier processes made of the same inputs;
        None: nothing.
        """
        self._package = package
        self._store = store
        self._values: dict[CellKey, Any] = {}  # of cells that are no suspects
        self._digests: dict[CellKey, bytes] = {}  # of values; of a suspect's former value
        self._new_reads: dict[CellKey, tuple[CellKey, ...]] = {}  # of cells that were made, and are not kept yet
        self._suspects: set[CellKey] = set()  # cells that may have other values than when they were last settled
        self._former_values: dict[CellKey, Any] = {}  # of suspects
        self._open_traces: list[Reads] = []  # of what is being made, the innermost last
        self._unreported: dict[CellKey, None] = {}  # cells that were made or settled, see `take_report`
        self._adopted: dict[CellKey, KeptCell] = {}  # cells that other processes made, and that are not kept yet
        self._gone: set[CellKey] = set()  # cells that cannot be made any more
        self._reads_cells = True  # whether a cell may be read now
        # A cell has the value that it had while nothing that it read has changed since it was settled.
        self._revision = 0
        self._changed_at: dict[CellKey, int] = {}  # the revision of the last change, of cells and inputs
        self._settled_at: dict[CellKey, int] = {}  # the revision at which a cell was last made or seen to be right

    @property
    def revision(self) -> int:
        """Number of changes so far: while it is the same, every cell has the value that it had."""
        return self._revision

    @contextlib.contextmanager
    def tracing(self) -> Iterator[Reads]:
        """Yield a mapping that collects the keys of what is read inside the block."""
        reads: Reads = {}
        self._open_traces.append(reads)
        try:
            yield reads
        finally:
            self._open_traces.pop()

    def note_read(self, key: CellKey) -> None:
        """Note that an input is being read."""
        if self._open_traces:
            self._open_traces[-1][key] = None

    def note_reads(self, keys: Reads) -> None:
        """Note that these cells are being read, or would be were a value not at hand already."""
        if self._open_traces:
            self._open_traces[-1].update(keys)

    # -- making cells ---------------------------------------------------------------------------------

    def _make(self, key: CellKey) -> Any:
        """Make a cell and return its value. Raises LookupError or TypeError for one that cannot be."""
        make = _find_query(self._package, str(key[0])).make
        with self.tracing() as reads:
            value = make(self, *key[1:])
        self._new_reads[key] = tuple(reads)
        self._unreported[key] = None
        self._values[key] = value
        self._settled_at[key] = self._revision
        self._gone.discard(key)
        return value

    def _fetch(self, key: CellKey) -> Any:
        """Return the value of a cell that is not at hand: settle it, unpack it, or make it."""
        if not self._reads_cells:
            raise _ReadsCellsError
        if key in self._suspects:
            self._settle(key)
            if key in self._values:
                return self._values[key]
        if self._store and key not in self._changed_at and (unpack := _find_query(self._package, str(key[0])).unpack):
            record = self._store.find([key]).get(key)
            if record and record.value:
                value = self._values[key] = unpack(record.value)
                return value
        return self._make(key)

    def _settle(self, key: CellKey) -> None:
        """Find out whether a suspect still has its value; if not, make it anew."""
        since = self._settled_at.get(key, 0)
        for read in self._reads_of(key):
            # In the order in which they were read: whether a later one is read at all may depend on those before.
            if read in self._suspects:
                self._settle(read)
            if self._changed_at.get(read, 0) > since:
                break
        else:
            self._suspects.discard(key)
            self._settled_at[key] = self._revision
            self._unreported[key] = None
            if key in self._former_values:
                self._values[key] = self._former_values.pop(key)
            return
        self.look_up(self._reads_of(key))  # which it will hardly do without
        self._make_again(key)

    def _reads_of(self, key: CellKey) -> Sequence[CellKey]:
        """Return what a cell read when it was last made, in this process or another."""
        if (reads := self._new_reads.get(key)) is not None:
            return reads
        if adopted := self._adopted.get(key):
            return adopted.reads
        return self._store.reads_of(key) if self._store else ()

    def _make_again(self, key: CellKey) -> None:
        """Make a suspect anew, and see whether its value is another one."""
        former_digest = self._digests.pop(key, None) or self._kept_digest(key)
        self._suspects.discard(key)
        self._former_values.pop(key, None)
        try:
            digest = digest_of(self._make(key))
        except (LookupError, TypeError):  # what it was about is gone
            self._changed_at[key] = self._revision
            self._new_reads.pop(key, None)
            self._adopted.pop(key, None)
            self._gone.add(key)
            return
        self._digests[key] = digest
        if digest != former_digest:
            self._changed_at[key] = self._revision

    def invalidate(self, inputs: Iterable[CellKey]) -> set[CellKey]:
        """Make all cells suspect that were made, directly or not, of inputs that have changed.

        A cell that reads nothing but inputs is made anew at once: where it keeps its value, as most that count over the
        whole site do, all that was made of it is no suspect. Returns the keys of suspects, and of cells and inputs that
        have changed. Only to be called once all inputs are there.
        """
        stale = set(inputs)
        if not stale:
            return stale
        self._revision += 1
        self._changed_at.update(dict.fromkeys(stale, self._revision))
        new_readers: dict[CellKey, list[CellKey]] = {}
        for reader in (*self._new_reads, *self._adopted):
            for read in self._reads_of(reader):
                new_readers.setdefault(read, []).append(reader)

        def readers_of(keys: set[CellKey]) -> set[CellKey]:
            readers = {reader for key in keys for reader in new_readers.get(key, ())}
            return (readers | self._store.readers_of(keys) if self._store else readers) - stale

        readers = readers_of(stale)
        self.look_up(readers)
        leaves = {key for key in readers if self._make_of_inputs(key)}
        wave = {key for key in readers if key not in leaves or self._changed_at.get(key) == self._revision}
        while wave:
            stale |= wave
            self._suspects |= wave - leaves
            wave = readers_of(wave)
        for key in (stale - leaves) & self._values.keys():
            self._former_values[key] = self._values.pop(key)
        return stale

    def _make_of_inputs(self, key: CellKey) -> bool:
        """Make a cell anew if it reads nothing but inputs, then and now; tell whether it does."""
        former_digest = self._digests.get(key) or self._kept_digest(key)
        if not former_digest or not all(map(_is_input, self._reads_of(key))):
            return False
        values, self._values, self._reads_cells = self._values, {}, False
        try:
            value = self._make(key)
        except Exception:  # it reads other cells now; or it is about nothing, which is told to whoever asks for it
            return False
        finally:
            self._values, self._reads_cells = values, True
        self._values[key], self._digests[key] = value, digest_of(value)
        self._suspects.discard(key)
        self._former_values.pop(key, None)
        if self._digests[key] != former_digest:
            self._changed_at[key] = self._revision
        return True

    # -- digests --------------------------------------------------------------------------------------

    def _kept_digest(self, key: CellKey) -> bytes | None:
        record = self._store.find([key]).get(key) if self._store and key not in self._changed_at else None
        return record.digest if record else None

    def look_up_digests(self, keys: Iterable[CellKey]) -> None:
        """Look up the digests of many cells that are about to be asked for, in one go."""
        if self._store and (new := {key for key in keys if key not in self._digests and key not in self._changed_at}):
            self._digests |= self._store.digests(new)

    def look_up(self, keys: Iterable[CellKey]) -> None:
        """Look up many cells that are about to be read, in one go."""
        if self._store:
            self._store.find(keys)

    def former_value(self, key: CellKey) -> tuple[bytes, Any] | None:
        """Return the digest and the value of a kept cell as they were last kept; None where they were not."""
        record = self._store.find([key]).get(key) if self._store else None
        unpack = _find_query(self._package, str(key[0])).unpack
        return (record.digest, unpack(record.value)) if record and record.value and unpack else None

    def digest(self, key: CellKey) -> bytes | None:
        """Return a digest of a cell's value, made now if need be; None for a cell that there is no more."""
        if key in self._suspects:
            self._settle(key)
        digest = self._digests.get(key) or self._kept_digest(key)
        if digest is None:
            try:
                digest = digest_of(self._values[key] if key in self._values else self._make(key))
            except (LookupError, TypeError):  # its kind is gone, or it takes other arguments now
                return None
        self._digests[key] = digest
        return digest

    def digest_all(self, keys: Iterable[CellKey], instead: Mapping[CellKey, bytes] = {}) -> bytes | None:
        """Return one digest over the values of all these cells, in their order; None if one of them is no more.

        instead: digests of other values that some of them are to count with.
        """
        keys = tuple(keys)
        self.look_up_digests(keys)
        cached, suspects = self._digests, self._suspects  # nearly all are there: a call each is spared
        digests = [
            instead.get(key) or (None if key in suspects else cached.get(key)) or self.digest(key) for key in keys
        ]
        if None in digests:
            return None
        return hashlib.blake2b(b"".join(filter(None, digests)), digest_size=16).digest()

    # -- keeping the graph ----------------------------------------------------------------------------

    def new_cells(self, keys: Iterable[CellKey]) -> dict[CellKey, KeptCell]:
        """Return those of these cells that have a value, to be kept or to be sent to another process."""
        cells: dict[CellKey, KeptCell] = {}
        for key in keys:
            if key not in self._suspects and (digest := self.digest(key)):
                pack = _find_query(self._package, str(key[0])).pack
                value = pack(self._values[key]) if pack and key in self._values else b""
                cells[key] = KeptCell(digest, value, self._reads_of(key))
        return cells

    def begin_report(self) -> None:
        """Leave what was made so far out of the next report."""
        self._unreported = {}

    def take_report(self) -> dict[CellKey, KeptCell]:
        """Return the cells that were made or settled since the last report, for the process that started this one."""
        keys, self._unreported = self._unreported, {}
        return self.new_cells(keys)

    def adopt(self, cells: Mapping[CellKey, KeptCell]) -> None:
        """Take over cells that another process made or settled, of the same inputs."""
        for key, adopted in cells.items():
            if (self._digests.get(key) or self._kept_digest(key)) != adopted.digest:
                self._changed_at[key] = self._revision
            self._digests[key] = adopted.digest
            self._settled_at[key] = self._revision
            self._suspects.discard(key)
            self._former_values.pop(key, None)
            if key not in self._new_reads:
                self._adopted[key] = adopted

    def take_changes(self) -> dict[CellKey, KeptCell | None]:
        """Return all cells that are new or have changed since the last call, to be kept; None for one to be forgotten.

        What is suspect and was not asked for is forgotten: nothing that is right reads it.
        """
        changes: dict[CellKey, KeptCell | None] = dict.fromkeys([*self._suspects, *self._gone])
        changes |= self._adopted
        changes |= self.new_cells(self._new_reads)
        for key in self._suspects:
            self._digests.pop(key, None)
        self._new_reads, self._adopted, self._unreported = {}, {}, {}
        self._suspects, self._former_values, self._gone = set(), {}, set()
        return changes

    def keep_in(self, store: KeptGraph) -> None:
        """From now on look up there what is not in memory: it holds all that `take_changes` gave so far."""
        self._store = store


class _ReadsCellsError(Exception):
    """Raised where a cell reads another one while inputs alone may be read."""


def _is_input(key: CellKey) -> bool:
    """Tell an input from a cell, of which the name has a module's before its point."""
    return "." not in str(key[0])


class _Query(Protocol):
    """A function that `query` or `kept_query` made a query."""

    make: Callable[..., Any]  # the function itself
    pack: Callable[[Any], bytes] | None  # turns its value into bytes; None: it is not kept
    unpack: Callable[[bytes], Any] | None  # the other way round


@cache
def _find_query(package: str, name: str) -> _Query:
    """Return the query of a name, as `issues.keys`, in a package.

    Raises LookupError where there is none, as for an input, or a query of an earlier program.
    """
    module, dot, function = name.partition(".")
    try:
        candidate = getattr(import_module(f"{package}.{module}"), function, None) if dot else None
    except ModuleNotFoundError:
        candidate = None
    if not hasattr(candidate, "make"):
        raise LookupError(name)
    return cast("_Query", candidate)


def query(function: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Make a function of a module a query: computed once for the same arguments, its reader noted at each call.

    Its first argument is the graph. The others have to be hashable and positional, and nobody may change its value.
    """
    key_name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"

    @wraps(function)
    def read(graph: S, *args: P.args, **kwargs: P.kwargs) -> R:
        del kwargs
        key = (key_name, *args)
        if graph._open_traces:
            graph._open_traces[-1][key] = None
        if key in graph._values:
            return graph._values[key]  # type: ignore[no-any-return]
        return graph._fetch(key)  # type: ignore[no-any-return]

    marked = cast("Any", read)
    marked.make, marked.pack, marked.unpack = function, None, None
    return cast("Callable[Concatenate[S, P], R]", read)


def kept_query(function: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Make a function a query of which the values are kept, too: for small ones that many pages read.

    A value is packed by the type that the function is annotated with, which has to be known when the program runs:
    plain values, dates, tuples, mappings, records.
    """
    read = query(function)
    marked = cast("Any", read)
    marked.pack, marked.unpack = pack, partial(_unpack, function)
    return read


def _unpack(function: Callable[..., Any], data: bytes) -> Any:
    """Return the value of a query that was packed. Raises StateError for what is damaged."""
    return _unpacker(function)(data)


@cache
def _unpacker(function: Callable[..., Any]) -> Callable[[bytes], Any]:
    return unpacker(get_type_hints(function)["return"])
