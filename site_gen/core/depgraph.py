"""Dependency graph of memoized values: what a build that redoes only what changed stands on.

A cell is a function of inputs and of other cells; its value is kept. Whatever a cell or a page reads while it is made
is noted, so dependencies are discovered and never declared. When an input changes, all that was made of it is
forgotten and made again when it is next asked for. A page keeps the keys of the cells that it read (its trace)
together with one digest over their values; while that digest holds, the page is what a clean build would draw.

After A. Mokhov, N. Mitchell, S. Peyton Jones, "Build Systems à la Carte" (ICFP 2018): verifying traces
with dynamic dependencies.
"""

from __future__ import annotations

import contextlib
import hashlib
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from site_gen.core.digests import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound="DependencyGraph")

CellKey = tuple["Hashable", ...]  # the cell's name, then its arguments
Reads = dict[CellKey, None]  # the keys that were read, in that order, so that a trace is the same every time


class DependencyGraph:
    """The values of cells made so far, and what was read for each. Not for use by several threads at once.

    A subclass has a method for each cell, marked with `cell`, and methods that read its inputs: these call `note_read`,
    and those that change an input call `invalidate`.
    """

    def __init__(self) -> None:
        self._values: dict[CellKey, Any] = {}
        self._digests: dict[CellKey, bytes] = {}
        self._readers: dict[CellKey, set[CellKey]] = {}  # by what was read
        self._open_traces: list[Reads] = []  # of what is being made, the innermost last
        self._revision = 0

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

    def _make(self, key: CellKey, method: Callable[..., Any], args: tuple[Hashable, ...]) -> Any:
        with self.tracing() as reads:
            value = method(self, *args)
        for read in reads:
            self._readers.setdefault(read, set()).add(key)
        self._values[key] = value
        return value

    def invalidate(self, inputs: Iterable[CellKey]) -> set[CellKey]:
        """Forget all cells that were made, directly or not, of inputs that have changed.

        Returns their keys, those of the inputs included.
        """
        stale: set[CellKey] = set()
        waiting = list(inputs)
        self._revision += bool(waiting)
        while waiting:
            key = waiting.pop()
            if key not in stale:
                stale.add(key)
                waiting.extend(self._readers.pop(key, ()))
                self._values.pop(key, None)
                self._digests.pop(key, None)
        return stale

    def digest(self, key: CellKey) -> bytes | None:
        """Return a digest of a cell's value, made now if need be; None for a cell that there is no more."""
        digest = self._digests.get(key)
        if digest is None:
            method = getattr(type(self), str(key[0]), None)
            if not getattr(method, "is_cell", False):
                return None
            try:
                digest = self._digests[key] = digest_of(getattr(self, str(key[0]))(*key[1:]))
            except (LookupError, TypeError):  # its kind is gone, or it takes other arguments now
                return None
        return digest

    def digest_all(self, keys: Iterable[CellKey]) -> bytes | None:
        """Return one digest over the values of all these cells, in their order; None if one of them is no more."""
        cached = self._digests  # nearly all are there: a call each is spared
        digests = [cached.get(key) or self.digest(key) for key in keys]
        if None in digests:
            return None
        return hashlib.blake2b(b"".join(filter(None, digests)), digest_size=16).digest()


def cell(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Make a method of a DependencyGraph a cell: computed once, its reader noted at each call.

    Its arguments have to be hashable and positional, and nobody may change its value.
    """
    name = method.__name__

    @wraps(method)
    def read(self: S, *args: P.args, **kwargs: P.kwargs) -> R:
        del kwargs
        key = (name, *args)
        if self._open_traces:
            self._open_traces[-1][key] = None
        if key in self._values:
            return self._values[key]  # type: ignore[no-any-return]
        return self._make(key, method, args)  # type: ignore[no-any-return]

    read.is_cell = True  # type: ignore[attr-defined]
    return cast("Callable[Concatenate[S, P], R]", read)
