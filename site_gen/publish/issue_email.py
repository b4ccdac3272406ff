"""The work of the command `issue`: an issue to print, or as an email that holds in mail programs.

An email is one HTML file, its styles written into each element (many programs drop `<style>`), and a twin in plain
text. Gmail cuts a message after 102 kB, so a long issue is cut before, with a link to its page.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import re
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import css_inline
from msgspec import Struct

from site_gen.build import build_session
from site_gen.content.periods import parse_period
from site_gen.content.records import IssueNote, Page
from site_gen.content.schema import DEFAULT_BASE_URL
from site_gen.core.atomic_files import replace_file, temporary_folder
from site_gen.core.errors import UsageError, explain_write_error
from site_gen.core.text import did_you_mean
from site_gen.pages.views import issue
from site_gen.site import issue_layout, issues, owner_texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from site_gen.build.changed_files import Progress
    from site_gen.site.database import SiteDatabase

MAX_HTML_BYTES = 100_000
_HREF = re.compile(r'(<a\b[^<>]*?\bhref=")([^"]*)(")')


class RenderedEmail(Struct, frozen=True):
    """An issue as an email."""

    subject: str  # the titles of site and issue
    html: str  # a whole document
    text: str  # the same in plain text
    has_page: bool  # whether the site has a page of the issue, to which the mail links


def load_issue(
    site: Path, key: str | None, base_url: str | None = None, progress: Progress = build_session.without_progress
) -> issue.IssuePage:
    """Return what the page of an issue shows.

    key: of the issue; None: the newest. base_url: instead of the site's own.

    Raises UsageError where there is no such issue, SiteError when the site could not be built as it is.
    """
    with _open_site(site, base_url, progress) as (_, loaded_site):
        return issue.issue_page(loaded_site, _require_issue(loaded_site, key))


def render_email(
    site: Path, key: str | None, base_url: str | None = None, progress: Progress = build_session.without_progress
) -> tuple[str, RenderedEmail]:
    """Return the key of an issue and its email. For arguments see `load_issue`.

    Raises as `load_issue`, and UsageError where the site's address is not known: an email has links in full.
    """
    with _open_site(site, base_url, progress) as (builder, loaded_site):
        has_page = key is None or key in issues.keys(loaded_site)
        issue_key = _require_issue(loaded_site, key)
        if loaded_site.config.base_url == DEFAULT_BASE_URL:
            raise UsageError("the site has no address; set base_url in content/site.yaml, or give --base-url")
        return issue_key, _render(builder, loaded_site, issue_key, has_page=has_page)


@contextlib.contextmanager
def _open_site(
    folder: Path, base_url: str | None, progress: Progress
) -> Iterator[tuple[build_session.IncrementalBuilder, SiteDatabase]]:
    """Give a site as it is now and its builder, for as long as the block lasts; no output is written."""
    with (
        temporary_folder() as nowhere,
        build_session.open_builder(folder, nowhere, build_session.BuildOptions(base_url), progress) as builder,
    ):
        yield builder, builder.load()[0]


def _render(
    builder: build_session.IncrementalBuilder, site: SiteDatabase, key: str, *, has_page: bool
) -> RenderedEmail:
    url = issues.url(key)
    address = site.links.absolute(url)

    def fill_template(template: str, most: int) -> str:
        page = Page(url, template, issue.issue_email, (key, most), "the issues")
        return builder.render(page).decode()

    def render_html(most: int) -> str:
        text = css_inline.inline(fill_template("issue_email.html", most), keep_style_tags=False, keep_at_rules=True)
        return _HREF.sub(lambda m: f"{m[1]}{html.escape(urljoin(address, html.unescape(m[2])))}{m[3]}", text)

    layout = issue_layout.layout(site, key)
    low, high = 0, len(layout.stories) + len(layout.added)
    text = render_html(high)
    if len(text.encode()) > MAX_HTML_BYTES:
        while high - low > 1:  # the most stories that fit
            middle = (low + high) // 2
            low, high = (middle, high) if len(render_html(middle).encode()) <= MAX_HTML_BYTES else (low, middle)
        text, high = render_html(low), low
    page = issue.issue_page(site, key)
    plain = html.unescape(fill_template("issue_email.txt", high))  # templates escape whatever they show
    return RenderedEmail(f"{site.config.title}: {page.title}", text, re.sub(r"\n{3,}", "\n\n", plain), has_page)


def email_message(email: RenderedEmail) -> bytes:
    """Return a message (RFC 5322) for a mail program to open and send: no sender, no recipient, no date."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = email.subject
    message["X-Unsent"] = "1"  # so that Outlook opens it as a draft
    message.set_content(email.text)
    message.add_alternative(email.html, subtype="html")
    message.set_boundary(hashlib.sha256(email.html.encode()).hexdigest()[:32])  # by itself it would be a random one
    return message.as_bytes()


def write_file(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all. Raises UsageError where it cannot be written."""
    try:
        replace_file(path, data)
    except OSError as error:
        raise UsageError(str(explain_write_error(path, error))) from None


def _require_issue(site: SiteDatabase, key: str | None) -> str:
    """Return the key of an issue, for None that of the newest.

    Whoever asks for a period gets an issue of it, however few its stories. Raises UsageError where there are none.
    """
    keys = issues.keys(site)
    if key is None:
        newest = issues.newest(site) or next(iter(keys), None)
        if newest is None:
            raise UsageError("there is no issue yet: an issue needs three dated stories that name what you follow")
        return newest
    if key not in keys:
        mend = did_you_mean(key, keys, "issues are called 2026-w47, 2026-11 and 2026")
        if parse_period(key) is None:
            raise UsageError(f"there is no issue {key}; {mend}")
        notes = [note for other in owner_texts.issue_note_keys(site) if (note := owner_texts.issue_note(site, other))]
        site.put_issue_notes(
            [*notes, IssueNote(file="", key=key)]
        )  # what the editor writes on has an issue of few stories, too
        if not issues.has_issue(site, key):
            raise UsageError(f"there is no issue {key}: no dated story of that time names anyone you follow; {mend}")
    return key
