"""The `issue` command's work: an issue in a few lines, or as a mail that holds in mail programs.

A mail is one HTML file, its styles written into each element (many programs drop `<style>`), and a twin in plain text.
Gmail cuts a message after 102 kB, so a long issue is cut before, with a link to its page.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import re
import tempfile
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import css_inline

from site_gen.build import build_session
from site_gen.content.records import Page
from site_gen.content.schema import DEFAULT_BASE_URL
from site_gen.core.atomic_files import replace_file
from site_gen.core.errors import UsageError
from site_gen.core.text import did_you_mean
from site_gen.pages.views import issue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.build.changed_files import Progress
    from site_gen.site.site import Site

MOST = 100_000  # bytes of HTML
_LINK = re.compile(r'(<a\b[^>]*?\bhref=")([^"]*)(")')


@dataclass(frozen=True, slots=True)
class Mail:
    """An issue as a mail."""

    subject: str
    html: str
    text: str


def look(
    site: Path, key: str | None, base_url: str | None = None, progress: Progress = build_session.without_progress
) -> issue.IssuePage:
    """An issue by its key, else the newest. Raises UsageError where there is none, SiteError when the site could not
    be built as it is."""
    with _opened(site, base_url, progress) as (_, found):
        return issue.issue_page(found, _key(found, key))


def mail(
    site: Path, key: str | None, base_url: str | None = None, progress: Progress = build_session.without_progress
) -> tuple[str, Mail]:
    """The key of an issue and its mail; raises as `look`, and UsageError where the site's address is not known: a mail
    has links in full."""
    with _opened(site, base_url, progress) as (builder, found):
        name = _key(found, key)
        if found.config().base_url == DEFAULT_BASE_URL:
            raise UsageError("the site has no address yet; set base_url in content/site.yaml, or give --base-url")
        return name, _mail(builder, found, name)


@contextlib.contextmanager
def _opened(
    folder: Path, base_url: str | None, progress: Progress
) -> Iterator[tuple[build_session.IncrementalBuilder, Site]]:
    """A site as it is now, with its builder; nothing of it is written."""
    with (
        tempfile.TemporaryDirectory(prefix="site-gen-") as nowhere,
        build_session.open_builder(folder, Path(nowhere), build_session.BuildOptions(base_url), progress) as builder,
    ):
        yield builder, builder.load()[0]


def _mail(builder: build_session.IncrementalBuilder, site: Site, key: str) -> Mail:
    here = issue.issue_url(key)
    address = site.links().absolute(here)

    def drawn(template: str, most: int) -> str:
        page = Page(here, template, issue.issue_email, (key, most), "the issues")
        return builder.render(page).decode()

    def as_html(most: int) -> str:
        text = css_inline.inline(drawn("issue_email.html", most), keep_style_tags=False, keep_at_rules=True)
        return _LINK.sub(lambda m: f"{m[1]}{html.escape(urljoin(address, html.unescape(m[2])))}{m[3]}", text)

    layout = site.layout(key)
    low, high = 0, len(layout.stories) + len(layout.added)
    text = as_html(high)
    if len(text.encode()) > MOST:
        while high - low > 1:  # the most stories that fit
            middle = (low + high) // 2
            low, high = (middle, high) if len(as_html(middle).encode()) <= MOST else (low, middle)
        text, high = as_html(low), low
    page = issue.issue_page(site, key)
    plain = html.unescape(drawn("issue_email.txt", high))  # templates escape whatever they show
    return Mail(f"{site.config().title}: {page.title}", text, re.sub(r"\n{3,}", "\n\n", plain))


def message(mail: Mail) -> bytes:
    """A message for a mail program to open and send: no sender, nobody to send it to, no date."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = mail.subject
    made["X-Unsent"] = "1"  # so that Outlook opens it as a draft
    made.set_content(mail.text)
    made.add_alternative(mail.html, subtype="html")
    made.set_boundary(hashlib.sha256(mail.html.encode()).hexdigest()[:32])  # by itself it would be a random one
    return made.as_bytes()


def write(path: Path, data: bytes) -> None:
    """Write a file whole. Raises UsageError where that cannot be."""
    try:
        replace_file(path, data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); name another file") from None


def _key(site: Site, key: str | None) -> str:
    keys = [known for known, _ in site.issues()]
    if key is None:
        newest = site.newest_issue() or next(iter(keys), None)
        if newest is None:
            raise UsageError("there is no issue yet; add some pages first")
        return newest
    if key not in keys:
        mend = did_you_mean(key, keys, "issues are called 2026-w47 and 2026-11")
        raise UsageError(f"there is no issue {key}; {mend}")
    return key
