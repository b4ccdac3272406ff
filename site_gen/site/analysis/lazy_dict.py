"""A dictionary whose values are loaded when they are first asked for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

K = TypeVar("K")
V = TypeVar("V")


class LazyDict(dict[K, V]):
    """Values by key: what is in it is what was loaded or put in, not all that could be loaded.

    `d[key]` loads what is missing; `in`, `get`, `pop` and the views look at what is there.
    """

    def __init__(self, source: Callable[[Collection[K]], Mapping[K, V]] | None = None) -> None:
        """Begin with nothing. source: returns the values of keys; None: there are none but those that are put in."""
        super().__init__()
        self._source = source

    def load(self, keys: Iterable[K]) -> None:
        """Load the values of those keys that are missing, all at once."""
        if self._source and (missing := {key for key in keys if key not in self}):
            self.update(self._source(missing))

    def __missing__(self, key: K) -> V:
        if self._source is None:
            raise KeyError(key)
        value = self[key] = self._source((key,))[key]
        return value
