"""Tags that a person took out while the site is served: told once, and where somebody sits there, noted at a key.

Without a note in `ignore:` the next `site-gen tag` makes one. Nothing waits for an answer: the question stands until
it is answered, or until what it is about is no longer so.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from site_gen.entities import retag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from site_gen.content.records import RemovedTags, Tag

_NAMED = 3  # articles that are named at once; a checkout may change thousands


class Removals:
    """Hears of every article that changed (`take`), and of keys (`answer`).

    ask: called with True when an answer is wanted from now on, with False when none is wanted any more; gives whether
    there is anybody. tell: prints a line.
    """

    def __init__(self, site: Path, *, ask: Callable[[bool], bool], tell: Callable[[str], None]) -> None:
        self._site, self._ask, self._tell = site, ask, tell
        self._lock = threading.Lock()
        self._told: dict[str, set[Tag]] = {}  # by article, what is still out
        self._open: dict[str, RemovedTags] = {}  # by article, what is asked and not answered yet

    def take(self, found: Iterable[RemovedTags]) -> None:
        """Tell what is new among these, and ask. No disk is touched."""
        with self._lock:
            asked = bool(self._open)
            new = [fresh for one in found if (fresh := self._fresh(one))]
            for one in new[:_NAMED]:
                self._tell(f"taken out  {_listed(one)} from {one.file}; to keep it out: site-gen tag {one.file}")
            if len(new) > _NAMED:
                self._tell(f"           and more from {len(new) - _NAMED} other articles; for all: site-gen tag")
            if new and self._ask(True):
                self._open |= {one.id: self._joined(one) for one in new}
                which = "all of these" if len(self._open) > 1 else _listed(*self._open.values())
                self._tell(f"           y writes {which} under ignore: for you, n does not")
            elif asked and not self._open:
                self._ask(False)
                self._tell("           nothing is left to answer")

    def _fresh(self, one: RemovedTags) -> RemovedTags | None:
        """What of it was not told yet, if anything. What is no longer out is forgotten, and asked no more."""
        told = self._told.pop(one.id, set())
        if one.tags:
            self._told[one.id] = set(one.tags)
        if before := self._open.pop(one.id, None):
            tags = tuple(tag for tag in before.tags if tag in one.tags)
            if tags:
                self._open[one.id] = replace(one, tags=tags)
        new = tuple(tag for tag in one.tags if tag not in told)
        return replace(one, tags=new) if new else None

    def _joined(self, one: RemovedTags) -> RemovedTags:
        before = self._open.get(one.id)
        return replace(one, tags=(*(before.tags if before else ()), *one.tags))

    def answer(self, key: str) -> None:
        """Do what a key says. Any but y and n says nothing."""
        if key not in {"y", "n"}:
            return
        with self._lock:
            answered, self._open = list(self._open.values()), {}
            self._ask(False)
        if key == "n":
            self._tell("           left as it is; the next `site-gen tag` notes it")
            return
        for one in answered:
            problem = retag.keep_out(self._site, one)
            self._tell(str(problem) if problem else f"ignored    {_listed(one)} in {one.file}")


def _listed(*taken: RemovedTags) -> str:
    return ", ".join(str(tag) for one in taken for tag in one.tags)
