"""Report tags that a person takes out while the site is served, and at a key list them under `ignore:`.

Each removal is reported once. A tag that is not listed under `ignore:` by then is listed there by the next
`site-gen tag`. Nothing waits for an answer: the question stands until it is answered, or until the tag is back.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from msgspec.structs import replace

from site_gen.entities import retag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from site_gen.content.records import RemovedTags, Tag

_MOST_NAMED = 3  # articles that are named at once; a checkout may change thousands


class RemovedTagsPrompt:
    """Asks whether tags that were taken out of articles are to be listed under `ignore:`.

    `report` is called after each refresh, `answer` with each key; they may be called from different threads.
    """

    def __init__(self, site: Path, *, listen: Callable[[bool], bool], print_line: Callable[[str], None]) -> None:
        """Begin with no question.

        listen: called with True when a key is wanted from now on, with False when none is wanted any more; returns
            whether there is anybody to press one.
        print_line: prints a line.
        """
        self._site, self._listen, self._print_line = site, listen, print_line
        self._lock = threading.Lock()
        self._reported: dict[str, set[Tag]] = {}  # by article id, the tags that are still out and were reported
        self._unanswered: dict[str, RemovedTags] = {}  # by article id, the tags of the question that stands

    def report(self, removals: Iterable[RemovedTags]) -> None:
        """Print what is new among the removals of articles that changed, and ask. No file is read or written."""
        with self._lock:
            was_asking = bool(self._unanswered)
            new = [unreported for removal in removals if (unreported := self._update(removal))]
            for removal in new[:_MOST_NAMED]:
                hint = f"to keep it removed: site-gen tag {removal.file}"
                self._print_line(f"removed    {_tag_list(removal)} from {removal.file}; {hint}")
            if len(new) > _MOST_NAMED:
                self._print_line(
                    f"           and more from {len(new) - _MOST_NAMED} other articles; for all: site-gen tag"
                )
            if new and self._listen(True):
                self._unanswered |= {removal.id: self._with_unanswered(removal) for removal in new}
                which = "all of these" if len(self._unanswered) > 1 else _tag_list(*self._unanswered.values())
                self._print_line(f"           y writes {which} under ignore: for you, n does not")
            elif was_asking and not self._unanswered:
                self._listen(False)
                self._print_line("           nothing is left to answer")

    def _update(self, removal: RemovedTags) -> RemovedTags | None:
        """Replace what is known of an article; return the part of its removal that was not reported yet, if any.

        A tag that is back is forgotten, and no longer asked for.
        """
        reported = self._reported.pop(removal.id, set())
        if removal.tags:
            self._reported[removal.id] = set(removal.tags)
        if before := self._unanswered.pop(removal.id, None):
            tags = tuple(tag for tag in before.tags if tag in removal.tags)
            if tags:
                self._unanswered[removal.id] = replace(removal, tags=tags)
        unreported = tuple(tag for tag in removal.tags if tag not in reported)
        return replace(removal, tags=unreported) if unreported else None

    def _with_unanswered(self, removal: RemovedTags) -> RemovedTags:
        """Return a removal together with the tags of the same article that were asked for before."""
        before = self._unanswered.get(removal.id)
        return replace(removal, tags=(*(before.tags if before else ()), *removal.tags))

    def answer(self, key: str) -> None:
        """Do what a key says; any but y and n says nothing."""
        if key not in {"y", "n"}:
            return
        with self._lock:
            answered, self._unanswered = list(self._unanswered.values()), {}
            self._listen(False)
        if key == "n":
            self._print_line("           not changed; the next `site-gen tag` records it")
            return
        for removal in answered:
            problem = retag.ignore_removed_tags(self._site, removal)
            self._print_line(str(problem) if problem else f"ignored    {_tag_list(removal)} in {removal.file}")


def _tag_list(*removals: RemovedTags) -> str:
    return ", ".join(str(tag) for removal in removals for tag in removal.tags)
