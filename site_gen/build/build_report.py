"""What a build is asked for, and what it tells when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from site_gen.content.records import RemovedTags
    from site_gen.core.errors import Problem


class Options(NamedTuple):
    """How to build. `jobs`: how many processes at once, 0 for as many as there are processors. `search`: False
    leaves the index and the page that asks it out, whatever the site says; `cards`: False leaves out the cards."""

    base_url: str | None = None
    offline: bool = False
    keep_going: bool = False
    jobs: int = 0
    search: bool = True
    cards: bool = True


class Report(NamedTuple):
    """What a build did. `problems` were passed over (`keep_going`), `notes` only tell. `urls` are those
    whose files were written or removed. `taken` tells for each article whose file changed what a person took out."""

    pages: int
    drawn: int
    written: int
    unchanged: int
    removed: int
    seconds: float
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    urls: tuple[str, ...]
    taken: tuple[RemovedTags, ...] = ()
