"""Find what `content/issues.txt` names that is no more: a person may want to know before readers do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.content import issue_ledger, loader, site_paths
from site_gen.core.errors import Problem
from site_gen.core.text import nearest_word
from site_gen.site import articles, directory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from site_gen.site.database import SiteDatabase


def find_unknown_names(site: SiteDatabase, folder: Path) -> Iterator[Problem]:
    """Yield a note for each line of the file that names an entity or a story that is no more.

    folder: the site's, whose file was parsed without a problem when `site` was loaded.
    """
    text = loader.read_bytes(folder, site_paths.ISSUE_LEDGER).decode("utf-8-sig")
    for line, tags, ids in issue_ledger.names_by_line(text):
        for tag in tags:
            if directory.successor(site, tag) is None:
                near = nearest_word(tag.slug, (other.slug for other in directory.tags(site) if other.kind == tag.kind))
                mend = (
                    f"write redirect_from in the file of what took its place (did you mean {near}?)"
                    if near
                    else ("if it is gone for good, nothing to do: its issue leaves it out")
                )
                yield Problem(site_paths.ISSUE_LEDGER, line, f"names {tag}, which no longer exists", mend)
        if ids and not any(articles.url_of(site, identity) for identity in ids):
            mend = "if it was withdrawn, nothing to do: its issue says so"
            yield Problem(
                site_paths.ISSUE_LEDGER, line, f"names the story {ids[0]}, but none of its articles is left", mend
            )
