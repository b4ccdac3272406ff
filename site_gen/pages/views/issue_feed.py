"""View of the feed of issues, an entry each, in Atom and JSON Feed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import escape
from msgspec import Struct

from site_gen.content.periods import require_period
from site_gen.core.json_text import compact_json, json_by_line
from site_gen.pages.language import language_of
from site_gen.pages.views.feeds import FEED_ENTRIES, feed_id
from site_gen.pages.views.issue import ISSUES
from site_gen.pages.views.json_feed import json_feed_head, rfc3339
from site_gen.pages.views.page_parts import text_direction
from site_gen.site import issue_layout, issues, theme

if TYPE_CHECKING:
    from site_gen.content.periods import Period
    from site_gen.core.internal_links import Links
    from site_gen.core.urls import UrlPath
    from site_gen.site.database import SiteDatabase
    from site_gen.site.projections import StoryCards

# The files of the feed, the template or writer of each, and what the ledger calls them.
FORMATS = (("feed.xml", "issues_feed.xml", "feed"), ("feed.json", "issues_feed.json", "jsonfeed"))
_DATE_WITHOUT_ENTRIES = dt.date(1970, 1, 1)


class IssueFeedEntry(NamedTuple):
    """An issue in the feed."""

    url: UrlPath  # its page
    id: str  # a URN, made of its period
    title: str  # that of the issue's period
    html: str  # the stories that lead it, with full addresses; a text to be escaped like any other
    published: dt.date | None  # the day of that, for good; None where it is not yet
    # The day of what was added or corrected last; until it is published, that from which the newest of its articles
    # could be read here.
    updated: dt.date


class IssuesFeed(Struct, frozen=True):
    """What the feed of issues shows, in both formats."""

    title: str  # as feed readers show it
    about: str  # what the feed is, in a sentence
    page: UrlPath  # that it is the feed of
    entries: tuple[IssueFeedEntry, ...]  # newest first
    updated: dt.date  # that of the newest entry
    icon: UrlPath | None  # the site's


def issues_feed(site: SiteDatabase) -> IssuesFeed:
    """Return the feed of the newest issues by the day on which they end.

    An entry's id is made of its period, which never changes.
    """
    periods = [require_period(key) for key in issues.keys(site)]
    periods.sort(key=lambda period: (period.last, period.key), reverse=True)
    entries = tuple(_entry(site, period) for period in periods[:FEED_ENTRIES])
    language = language_of(site)
    title = language.gettext("Issues · %(site)s", site=site.config.title)
    about = language.gettext("Each issue in its leading stories: weeks, months, years.")
    updated = max((entry.updated for entry in entries), default=_DATE_WITHOUT_ENTRIES)
    return IssuesFeed(title, about, ISSUES, entries, updated, theme.asset_url(site, "icon.svg"))


def _entry(site: SiteDatabase, period: Period) -> IssueFeedEntry:
    links, layout, language = site.links, issue_layout.layout(site, period.key), language_of(site)
    items = "".join(_story_html(links, story) for story in layout.leads)
    rest = len(layout.stories) + len(layout.added) - len(layout.leads)
    more = language.gettext("The whole issue")
    if rest:
        more = language.ngettext("%(num)s more story, and who moved", "%(num)s more stories, and who moved", rest)
    html = f'<ol>{items}</ol><p><a href="{escape(links.absolute(issues.url(period.key)))}">{more}</a></p>'
    if layout.corrections:
        count = language.ngettext("%(num)s correction", "%(num)s corrections", len(layout.corrections))
        html += f"<p>{count}</p>"
    newest = max(
        (day for story in layout.stories for card in story.cards if (day := card.updated)), default=period.last
    )
    return IssueFeedEntry(
        url=issues.url(period.key),
        id=feed_id(f"issue:{period.key}"),
        title=language.period_title(period),
        html=html,
        published=layout.published,
        updated=layout.updated or newest,
    )


def _story_html(links: Links, story: StoryCards) -> str:
    """Return a story as an item of the list: never more of an article than its own feed shows."""
    card = story.lead
    text = f'<p><a href="{escape(links.absolute(card.url))}">{escape(card.title)}</a></p>'
    text += f"<p>{escape(card.summary)}</p>" if card.summary else ""
    text += f"<p>{escape(card.outlet)}</p>" if card.outlet else ""
    return f'<li lang="{escape(card.language)}" dir="{text_direction(card.language)}">{text}</li>'


def issues_json_feed(site: SiteDatabase, feed: IssuesFeed, url: UrlPath) -> str:
    """Return the feed as JSON Feed 1.1, with the entries of the Atom feed under their ids. url: its address."""
    items = (
        compact_json(
            {
                "id": entry.id,
                "url": site.links.absolute(entry.url),
                "title": entry.title,
                "content_html": entry.html,
                **({"date_published": rfc3339(entry.published)} if entry.published else {}),
                "date_modified": rfc3339(entry.updated),
                "language": language_of(site).tag,
            }
        )
        for entry in feed.entries
    )
    head = json_feed_head(site, url, feed.title, feed.about, feed.page, feed.icon)
    return json_by_line(head, "items", items)
