"""Queries on what was published: addresses, paragraphs, issues. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.core.depgraph import query

if TYPE_CHECKING:
    from site_gen.content.issue_ledger import PublishedIssue
    from site_gen.content.permalink_ledger import Permalink
    from site_gen.site.database import SiteDatabase


@query
def permalinks(site: SiteDatabase) -> tuple[Permalink, ...]:
    """Return every address that was published."""
    return tuple(site.read("ledger file") or ())


@query
def anchor_line(site: SiteDatabase, identity: str) -> str | None:
    """Return an article's line of `anchors.txt`, by its id."""
    line: str | None = site.read("anchors line", identity)
    return line


@query
def published_issue(site: SiteDatabase, key: str) -> PublishedIssue | None:
    """Return an issue as it was published, by its period's key."""
    issue: PublishedIssue | None = site.read("issued lines", key)
    return issue


@query
def published_issue_keys(site: SiteDatabase) -> tuple[str, ...]:
    """Return the keys of the issues that were published, sorted."""
    return tuple(site.read("issued file") or ())
