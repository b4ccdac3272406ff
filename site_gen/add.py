"""The `add` command's work: saved pages -> content/saved/ and content/articles/, one report per input."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from site_gen import content, frontmatter
from site_gen.document import paragraphs, parse, parser
from site_gen.errors import SiteError
from site_gen.files import sweep, write_new
from site_gen.intake import Extracted, extract_all
from site_gen.schema import article_id
from site_gen.tagging.corpus import matcher_of
from site_gen.tagging.merge import items
from site_gen.tagging.rules import tags_of
from site_gen.urls import NEW_SEGMENT_BYTES, slugify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from site_gen.model import Draft, Kind, SiteConfig
    from site_gen.tagging.matcher import Matcher
    from site_gen.tagging.rules import Earned

INBOX = f"{content.SAVED}/inbox"  # what lies here is on its way in: it is copied out and may then be removed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input. `reason` says why for a failure, and which one for a duplicate."""

    input: str
    status: Literal["added", "duplicate", "failed"]
    article: str | None = None
    reason: str | None = None


def add(
    site: Path,
    paths: Sequence[str],
    today: dt.date,
    progress: Callable[[Iterator[Extracted]], Iterable[Extracted]] = iter,
) -> Iterator[Outcome]:
    """Add saved pages to a site, telling what became of each as it is done.

    An input is a duplicate when an article has the same source address or was made of the same bytes.
    Raises SiteError when the site's own files are wrong: what to tag is not known then.
    """
    loaded, problems = content.load(site)
    sweep(site / "content")
    if problems:
        raise SiteError(*problems)
    kinds = {kind.key: kind for kind in loaded.config.kinds}
    matcher = matcher_of(loaded.entities, kinds, (article.body for article in loaded.articles))
    shelf = _Shelf(site, loaded.config, matcher, kinds, today)
    for article in loaded.articles:
        shelf.note(article.file, article.source, article.saved.sha256 if article.saved else "", article.id)
    for found in progress(extract_all(paths, today)):
        try:
            yield shelf.put(found)
        except SiteError as error:
            yield Outcome(found.input, "failed", reason=str(error))
        except OSError as error:  # the input went away meanwhile
            yield Outcome(found.input, "failed", reason=f"cannot be read ({error.strerror})")


class _Shelf:
    """The articles of a site while pages are added: knows what is there, finds names for what is new."""

    def __init__(
        self, site: Path, config: SiteConfig, matcher: Matcher, kinds: dict[str, Kind], today: dt.date
    ) -> None:
        self._site, self._config, self._matcher, self._kinds, self._today = site, config, matcher, kinds, today
        self._by_source: dict[str, str] = {}
        self._by_bytes: dict[str, str] = {}
        self._ids: set[str] = set()
        self._markdown = parser()

    def note(self, file: str, source: str | None, sha256: str, identity: str) -> None:
        """Remember an article."""
        if source:
            self._by_source.setdefault(source, file)
        if sha256:
            self._by_bytes.setdefault(sha256, file)
        self._ids.add(identity)

    def put(self, found: Extracted) -> Outcome:
        """Keep the saved page and write its article, unless they are here already."""
        if self._is_ours(Path(found.input)):
            return Outcome(found.input, "failed", reason="part of the site itself")
        if found.sha256 in self._by_bytes:
            return Outcome(found.input, "duplicate", self._by_bytes[found.sha256], "the same bytes")
        if found.draft is None:
            return Outcome(found.input, "failed", reason=found.reason)
        draft = found.draft
        if len(draft.markdown) > content.MAX_BODY:  # the site could not be built with it
            return Outcome(
                found.input,
                "failed",
                reason=f"{len(draft.markdown):,} characters of text; {content.MAX_BODY:,} at most",
            )
        if draft.source and draft.source in self._by_source:
            return Outcome(found.input, "duplicate", self._by_source[draft.source], f"the same source, {draft.source}")
        draft = replace(draft, created=draft.created or self._today)
        identity = article_id(draft.source or found.sha256)
        if identity in self._ids:  # two addresses with one hash: once in a million sites of this size
            identity = article_id(found.sha256)
        day = draft.published or draft.created or self._today
        body = paragraphs(parse(draft.markdown, self._markdown))
        earned = tags_of(draft.title, body, self._matcher, self._kinds)
        kept, ours = self._keep(found)
        meta = _meta(draft, identity, earned, self._config, found.sha256, kept.removeprefix("content/"))
        text = frontmatter.dump(meta, draft.markdown)
        stem = f"{content.ARTICLES}/{day.year:04}/{slugify(draft.title, limit=NEW_SEGMENT_BYTES)}"
        try:
            # What is written here has to be readable when the site is built: one page must not block it.
            content.require_readable(f"{stem}.md", text, self._config)
            file = write_new(self._site, stem, ".md", text.encode())
        except SiteError:
            if ours:
                with contextlib.suppress(OSError):
                    (self._site / kept).unlink()
            raise
        self.note(file, draft.source, found.sha256, identity)
        return Outcome(found.input, "added", file)

    def _is_ours(self, path: Path) -> bool:
        """Whether `site-gen add .` has met the site's own articles, notes or built pages."""
        place = path.resolve()
        inside = any(place.is_relative_to((self._site / folder).resolve()) for folder in ("content", "output"))
        return inside and not place.is_relative_to((self._site / content.SAVED).resolve())

    def _keep(self, found: Extracted) -> tuple[str, bool]:
        """Where the saved page is kept: as it is when it lies there already, else a copy, which is ours."""
        shelf = (self._site / content.SAVED).resolve()
        path = Path(found.input)
        place = path.resolve()
        if place.is_relative_to(shelf) and not place.is_relative_to((self._site / INBOX).resolve()):
            return f"{content.SAVED}/{place.relative_to(shelf).as_posix()}", False
        stem, suffixes = _stem_and_suffix(path.name)
        name = f"{content.SAVED}/{slugify(stem, 'page', NEW_SEGMENT_BYTES)}"
        there = (self._site / (name + suffixes)).exists()
        return write_new(self._site, name, suffixes, path.read_bytes()), not there


def _stem_and_suffix(name: str) -> tuple[str, str]:
    """`Page 1.html.gz` is `Page 1` and `.html.gz`; only short plain suffixes count."""
    path = Path(name)
    suffix = path.suffix.lower()
    if suffix == ".gz":
        suffix = Path(path.stem).suffix.lower() + suffix
    if not suffix.replace(".", "").isalnum() or not suffix.isascii() or len(suffix) > 10:
        return name, ""
    return name[: -len(suffix)], suffix


def _meta(draft: Draft, identity: str, earned: Earned, config: SiteConfig, sha256: str, kept: str) -> dict[str, object]:
    """The front matter of a new article, in the order that people read it."""
    by_kind = {kind.key: [tag.slug for tag in earned.tags if tag.kind == kind.key] for kind in config.kinds}
    return {
        "id": identity,
        "title": draft.title,
        "source": draft.source,
        "site": draft.site,
        "author": list(draft.author),
        "published": draft.published,
        "created": draft.created,
        "language": draft.language,
        "description": draft.description,
        **by_kind,
        "about": [str(tag) for tag in earned.about],
        "tags": list(draft.tags),
        "clip": dict(draft.clip),
        "doubts": dict(draft.doubts),
        "tagged": [str(item) for item in items(earned.tags, earned.about)],
        "saved": {
            "file": kept,
            "sha256": sha256,
            "extractor": draft.extractor,
            "text": hashlib.sha256(draft.markdown.strip().encode()).hexdigest()[:16],
        },
    }
