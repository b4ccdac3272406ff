"""Put a form's fields into an article's file: only the keys concerned, and only if nobody was faster."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from site_gen.content import frontmatter, loader
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.typed_fields import parse_date, suggest_date
from site_gen.core.errors import Problem, SiteError, explain_write_error
from site_gen.core.text import scrub

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from site_gen.content.records import Article, Doubts, SiteConfig
    from site_gen.content.undo_journal import UndoJournal


class ArticleForm(Struct, frozen=True, kw_only=True):
    """The fields of an article that can be corrected, as texts; empty where the article has none."""

    title: str = ""  # one line
    author: str = ""  # a name a line
    published: str = ""  # 2019-05-23
    site: str = ""  # the outlet's name
    language: str = ""  # a tag: `en`
    text: str = ""  # Markdown


FIELDS = ArticleForm.__struct_fields__


class OpenedArticle(Struct, frozen=True):
    """An article's file as it is now."""

    article: Article  # the parsed file
    raw: str  # the file's whole text
    digest: str  # hexadecimal; of the file's bytes


class ChangedError(Exception):
    """Raised when a file is not what it was when the form was made."""


def open_article(site: Path, file: str, config: SiteConfig) -> OpenedArticle:
    """Read an article's file; raises SiteError when it cannot be read as one."""
    data = loader.read_bytes(site, file)
    try:
        raw = data.decode()
    except UnicodeDecodeError:
        raise SiteError(Problem(file, 0, "is not UTF-8", "save the file as UTF-8 in your editor")) from None
    return OpenedArticle(
        loader.require_readable(file, raw, config), raw, hashlib.blake2b(data, digest_size=16).hexdigest()
    )


def form_of_article(article: Article) -> ArticleForm:
    """Return an article's fields for its form."""
    return ArticleForm(
        title=article.title,
        author="\n".join(article.author),
        published=article.published.isoformat() if article.published else "",
        site=article.site or "",
        language=article.language or "",
        text=article.body.strip(),
    )


def form_of_post(sent: Mapping[str, str]) -> ArticleForm:
    """Return the form that a browser sent: it makes two characters of each line end (HTML, section 4.10.22)."""
    return ArticleForm(**{name: scrub(sent.get(name, "")).strip() for name in FIELDS})


def changed_fields(article: Article, form: ArticleForm) -> tuple[str, ...]:
    """Return the names of the fields that a form would change."""
    now = form_of_article(article)
    return tuple(name for name in FIELDS if getattr(now, name).strip() != getattr(form, name))


def save_form(
    site: Path,
    journal: UndoJournal,
    file: str,
    digest: str,
    form: ArticleForm,
    config: SiteConfig,
    *,
    settled: Collection[str] | Literal["all"] = (),
) -> tuple[tuple[str, ...], Doubts]:
    """Write what a form changes, and take away the doubts about that.

    journal: through which it is written.
    settled: keys of the article whose doubts go as well, though nothing may change there.
    Return the names of the fields that changed, and the doubts that are left.
    Raises ChangedError when the file is not the one with that digest, SiteError when the article could not
    be read with what was entered, or the file cannot be written.
    """
    now = open_article(site, file, config)
    if now.digest != digest:
        raise ChangedError
    names = changed_fields(now.article, form)
    doubts = () if settled == "all" else now.article.doubts
    left = tuple(doubt for doubt in doubts if doubt[0] not in names and doubt[0] not in settled)
    if not names and left == now.article.doubts:
        return (), left
    changes = {name: _value(file, name, getattr(form, name)) for name in names if name != "text"}
    if left != now.article.doubts:
        changes["doubts"] = dict(left) or None
    try:
        text = frontmatter.edit(now.raw, changes)
        if "text" in names:
            text = frontmatter.replace_body(text, form.text)
        loader.require_readable(file, text, config)
        journal.replace(file, text.encode())
    except YamlError as error:
        raise SiteError(Problem(file, error.line, error.what, error.mend)) from None
    except OSError as error:
        raise SiteError(explain_write_error(file, error)) from None
    return names, left


def _value(file: str, name: str, text: str) -> object:
    """Return a field's text as the front matter holds it, None for an empty one; raises SiteError where it cannot."""
    if name == "author":
        return [line.strip() for line in text.split("\n") if line.strip()] or None
    if name == "title" and not text:
        raise SiteError(Problem(file, 0, "an article needs a title", "write one"))
    if name == "published" and text:
        day = parse_date(text)
        if day is None:
            raise SiteError(Problem(file, 0, f"{text!r} is not a calendar date", suggest_date(text)))
        return day
    return text or None
