"""The options of a build, and its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from site_gen.content.records import RemovedTags
    from site_gen.core.errors import Problem


class BuildOptions(NamedTuple):
    """How to build a site. All but `jobs` have a part in what is built."""

    base_url: str | None = None  # where the site will be published; None: as content/site.yaml says
    offline: bool = False  # make links that work when pages are opened from a folder
    keep_going: bool = False  # build what is sound even where some content is wrong
    jobs: int = 0  # how many processes at once; 0: one for each processor
    search: bool = True  # False leaves out the search index and the search page, whatever the site says
    cards: bool = True  # False leaves out the social cards
    untrusted: bool = False  # use nothing of the site's `templates/`, and nothing that lies in its `.site-gen/`
    search_part_size: int = 0  # the most articles in a part of the search index; 0: as usual


class Report(NamedTuple):
    """What a build did, or one refresh of the output folder."""

    pages: int = 0  # pages that the site has
    drawn: int = 0  # pages that were rendered
    written: int = 0  # files that were written, pages and others
    unchanged: int = 0  # files that were left as they are
    removed: int = 0  # files of earlier builds that were removed
    seconds: float = 0.0  # how long it took
    problems: tuple[Problem, ...] = ()  # what is wrong, and was passed over (`keep_going`) or left all as it was
    notes: tuple[Problem, ...] = ()  # what a person may want to know, and need not mend
    urls: tuple[str, ...] = ()  # addresses whose files were written or removed
    removed_tags: tuple[RemovedTags, ...] = ()  # for each article whose file changed, the tags that a person took out
    untagged: tuple[Problem, ...] = ()  # entities that changed, and whose names stand in articles without their tags

    def followed_by(self, later: Report) -> Report:
        """Return this report with what was written and removed after it, and the notes on that."""
        return self._replace(
            written=self.written + later.written,
            removed=self.removed + later.removed,
            notes=(*self.notes, *later.notes),
            urls=(*self.urls, *later.urls),
        )
