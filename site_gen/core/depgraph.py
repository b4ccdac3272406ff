"""Values that remember who read them: the graph behind a build that redoes only what changed.

A cell is a function of inputs and of other cells. Whatever a cell or a page reads while it is made is
noted, so dependencies are found and never declared. When an input changes, all that was made of it is
forgotten and made again when it is next asked for. A page keeps the cells that it read together with one
digest over their values; while that digest holds, the page is what a clean build would draw.

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
S = TypeVar("S", bound="Cells")

Key = tuple["Hashable", ...]  # the cell's name, then its arguments
Reads = dict[Key, None]  # in the order of reading, so that a trace is the same every time


class Cells:
    """What has been made so far, and what was read for it. Not for use by several threads at once."""

    def __init__(self) -> None:
        self._values: dict[Key, Any] = {}
        self._digests: dict[Key, bytes] = {}
        self._readers: dict[Key, set[Key]] = {}
        self._open: list[Reads] = []
        self._age = 0

    @property
    def age(self) -> int:
        """While this is the same, every cell has the value that it had."""
        return self._age

    @contextlib.contextmanager
    def tracing(self) -> Iterator[Reads]:
        """Collect the cells that are read inside the block."""
        reads: Reads = {}
        self._open.append(reads)
        try:
            yield reads
        finally:
            self._open.pop()

    def note(self, key: Key) -> None:
        """Say that an input is being read."""
        if self._open:
            self._open[-1][key] = None

    def note_all(self, keys: Reads) -> None:
        """Say that these cells are being read, or would be."""
        if self._open:
            self._open[-1].update(keys)

    def _make(self, key: Key, method: Callable[..., Any], args: tuple[Hashable, ...]) -> Any:
        with self.tracing() as reads:
            value = method(self, *args)
        for read in reads:
            self._readers.setdefault(read, set()).add(key)
        self._values[key] = value
        return value

    def forget(self, inputs: Iterable[Key]) -> set[Key]:
        """Forget all cells that were made, directly or not, of inputs that have changed; gives their keys,
        those of the inputs included."""
        found: set[Key] = set()
        waiting = list(inputs)
        self._age += bool(waiting)
        while waiting:
            key = waiting.pop()
            if key not in found:
                found.add(key)
                waiting.extend(self._readers.pop(key, ()))
                self._values.pop(key, None)
                self._digests.pop(key, None)
        return found

    def digest(self, key: Key) -> bytes | None:
        """A digest of the cell's value, made now if need be; None for a cell that there is no more."""
        found = self._digests.get(key)
        if found is None:
            method = getattr(type(self), str(key[0]), None)
            if not getattr(method, "is_cell", False):
                return None
            try:
                found = self._digests[key] = digest_of(getattr(self, str(key[0]))(*key[1:]))
            except (LookupError, TypeError):  # its kind is gone, or it takes other arguments now
                return None
        return found

    def seal(self, reads: Iterable[Key]) -> bytes | None:
        """One digest over the values of all these cells; None if one of them is no more."""
        known = self._digests
        digests = [known.get(key) or self.digest(key) for key in reads]  # nearly all are known: a call each is spared
        if None in digests:
            return None
        return hashlib.blake2b(b"".join(filter(None, digests)), digest_size=16).digest()


def cell(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Make a method of a Cells class a cell: made once, its reader noted at each call. Its arguments are
    hashable and its value is never changed."""
    name = method.__name__

    @wraps(method)
    def read(self: S, *args: P.args, **kwargs: P.kwargs) -> R:
        del kwargs
        key = (name, *args)
        if self._open:
            self._open[-1][key] = None
        if key in self._values:
            return self._values[key]  # type: ignore[no-any-return]
        return self._make(key, method, args)  # type: ignore[no-any-return]

    read.is_cell = True  # type: ignore[attr-defined]
    return cast("Callable[Concatenate[S, P], R]", read)
