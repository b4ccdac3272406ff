"""The `add` command's work: saved pages -> content/saved/ and content/articles/, one report per input."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from site_gen.content import authorship, frontmatter, loader, site_paths
from site_gen.content.markdown.document import paragraphs, parse, parser
from site_gen.content.schema import article_id
from site_gen.core.atomic_files import have_same_bytes, remove_unfinished_files, write_numbered
from site_gen.core.errors import Problem, SiteError
from site_gen.core.urls import NEW_SEGMENT_BYTES, slugify
from site_gen.entities.matching.corpus_evidence import build_matcher
from site_gen.entities.matching.tag_merge import tag_items
from site_gen.entities.matching.tagger import tag_text
from site_gen.ingest.extract.outlet_names import OutletNames
from site_gen.ingest.extract_pool import Extraction, PageCount, display_name, extract_all

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from site_gen.content.records import Article, Doubts, Draft, Kind, SiteConfig
    from site_gen.entities.matching.matcher import Matcher
    from site_gen.entities.matching.tagger import EarnedTags

INBOX = f"{site_paths.SAVED}/inbox"  # what lies here is on its way in: it is copied out and may then be removed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one page. `reason` says why for a failure, and which one for a duplicate; `doubts` what to
    look at in an article that was added.

    `page` is its address in an archive of several. After the pages of an archive comes its `summary`.
    """

    input: str
    status: Literal["added", "duplicate", "failed", "summary"]
    article: str | None = None
    reason: str | None = None
    page: str | None = None
    doubts: Doubts = ()

    @property
    def name(self) -> str:
        """What a person calls it."""
        return display_name(self.input, self.page)


def add(
    site: Path,
    paths: Sequence[str],
    today: dt.date,
    progress: Callable[[Iterator[Extraction]], Iterable[Extraction]] = iter,
    *,
    is_wanted: Callable[[str], bool] = lambda _: True,
    page_count: PageCount | None = None,
) -> Iterator[Outcome]:
    """Add saved pages to a site, telling what became of each as it is done.

    A page is a duplicate when an article has the same source address or was made of the same bytes.
    wanted: which pages of archives, by address. tally: is kept up to date.
    Raises SiteError when the site's own files are wrong: what to tag is not known then.
    """
    loaded, problems = loader.load(site)
    remove_unfinished_files(site / "content")
    if problems:
        raise SiteError(*problems)
    kinds = {kind.key: kind for kind in loaded.config.kinds}
    matcher = build_matcher(loaded.entities, kinds, (article.body for article in loaded.articles))
    shelf = _Shelf(site, loaded.config, matcher, kinds, today)
    for article in loaded.articles:
        shelf.note(article)
    for found in progress(
        extract_all(paths, today, is_wanted=is_wanted, has_bytes=shelf.has_bytes, page_count=page_count)
    ):
        if found.summary:
            yield Outcome(found.input, "summary", reason=found.reason)
            continue
        try:
            yield shelf.put(found)
        except SiteError as error:
            yield Outcome(found.input, "failed", None, str(error), found.page)
        except OSError as error:  # the input went away meanwhile
            yield Outcome(found.input, "failed", None, f"cannot be read ({error.strerror})", found.page)


class _Shelf:
    """The articles of a site while pages are added: knows what is there, finds names for what is new."""

    def __init__(
        self, site: Path, config: SiteConfig, matcher: Matcher, kinds: dict[str, Kind], today: dt.date
    ) -> None:
        self._site, self._config, self._matcher, self._kinds, self._today = site, config, matcher, kinds, today
        self._by_source: dict[str, str] = {}
        self._by_bytes: dict[str, str] = {}
        self._ids: set[str] = set()
        self._archives: dict[str, None] = {}  # kept ones that hold pages of articles, in a stable order
        self._kept: dict[str, str] = {}  # where archives are kept whose pages are being added
        self._outlets = OutletNames()
        self._markdown = parser()

    def note(self, article: Article) -> None:
        """Remember an article that is there."""
        self._outlets.note(article)
        if article.saved and article.saved.page:
            self._archives[f"content/{article.saved.file}"] = None
        self._remember(article.file, article.source, article.saved.sha256 if article.saved else "", article.id)

    def _remember(self, file: str, source: str | None, sha256: str, identity: str) -> None:
        if source:
            self._by_source.setdefault(source, file)
        if sha256:
            self._by_bytes.setdefault(sha256, file)
        self._ids.add(identity)

    def has_bytes(self, sha256: str) -> bool:
        """Whether an article was made of a page of these bytes."""
        return sha256 in self._by_bytes

    def put(self, found: Extraction) -> Outcome:
        """Keep the saved page and write its article, unless they are here already."""
        told = partial(Outcome, found.input, page=found.page)
        if self._is_ours(Path(found.input)):
            return told("failed", reason="part of the site itself")
        if found.sha256 in self._by_bytes:
            return told("duplicate", self._by_bytes[found.sha256], "the same bytes")
        if found.draft is None:
            return told("failed", reason=found.reason)
        draft = found.draft
        if len(draft.markdown) > loader.MAX_BODY:  # the site could not be built with it
            return told("failed", reason=f"{len(draft.markdown):,} characters of text; {loader.MAX_BODY:,} at most")
        if draft.source and draft.source in self._by_source:
            return told("duplicate", self._by_source[draft.source], f"the same source, {draft.source}")
        draft = self._completed(draft)
        identity = article_id(draft.source or found.sha256)
        if identity in self._ids:  # two addresses with one hash: once in a million sites of this size
            identity = article_id(found.sha256)
        day = draft.published or draft.created or self._today
        body = paragraphs(parse(draft.markdown, self._markdown))
        earned = tag_text(draft.title, body, self._matcher, self._kinds)
        kept, ours = self._keep(found)
        saved = {"file": kept.removeprefix("content/"), "sha256": found.sha256, "extractor": draft.extractor}
        if found.page:
            saved["page"] = found.page
        meta = _meta(draft, identity, earned, self._config, saved)
        stem = f"{site_paths.ARTICLES}/{day.year:04}/{slugify(draft.title, limit=NEW_SEGMENT_BYTES)}"
        try:
            # What is written here has to be readable when the site is built: one page must not block it.
            text = frontmatter.dump(meta, draft.markdown)
            article = loader.readable(f"{stem}.md", text, self._config)
            file = write_numbered(self._site, stem, ".md", _signed(text, saved, article).encode())
        except SiteError:
            if ours:
                with contextlib.suppress(OSError):
                    (self._site / kept).unlink()
                self._kept.pop(found.input, None)
            raise
        self._remember(file, draft.source, found.sha256, identity)
        self._outlets.remember(draft.source, draft.site)
        if found.page:
            self._archives[kept] = None
        return told("added", file, doubts=draft.doubts)

    def _completed(self, draft: Draft) -> Draft:
        """The draft with what the site knows: the day, and what it calls the outlet."""
        site = self._outlets.name(draft.source, draft.site)
        doubts = tuple(doubt for doubt in draft.doubts if doubt[0] != "site" or site == draft.site)
        return replace(draft, created=draft.created or self._today, site=site, doubts=doubts)

    def _is_ours(self, path: Path) -> bool:
        """Whether `site-gen add .` has met the site's own articles, notes or built pages."""
        place = path.resolve()
        inside = any(place.is_relative_to((self._site / folder).resolve()) for folder in ("content", "output"))
        return inside and not place.is_relative_to((self._site / site_paths.SAVED).resolve())

    def _keep(self, found: Extraction) -> tuple[str, bool]:
        """Where the saved page is kept: as it is when it lies there already, else a copy, which is ours. An archive
        is kept once for all its pages, and is not ours to remove once one of them is in the site."""
        shelf = (self._site / site_paths.SAVED).resolve()
        path = Path(found.input)
        place = path.resolve()
        if place.is_relative_to(shelf) and not place.is_relative_to((self._site / INBOX).resolve()):
            return f"{site_paths.SAVED}/{place.relative_to(shelf).as_posix()}", False
        if found.page and (kept := self._kept.get(found.input) or self._kept_archive(path)):
            self._kept[found.input] = kept
            return kept, False
        stem, suffixes = _stem_and_suffix(path.name)
        name = f"{site_paths.SAVED}/{slugify(stem, 'page', NEW_SEGMENT_BYTES)}"
        there = (self._site / (name + suffixes)).exists()
        if found.page:
            self._kept[found.input] = write_numbered(self._site, name, suffixes, path)
            return self._kept[found.input], not there
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != found.sha256:
            raise SiteError(Problem(found.input, 0, "was changed while it was read", "add it again"))
        return write_numbered(self._site, name, suffixes, data), not there

    def _kept_archive(self, path: Path) -> str | None:
        """The archive of these bytes that articles were made of before, under whatever name."""
        for kept in self._archives:
            with contextlib.suppress(OSError):
                if have_same_bytes(self._site / kept, path):
                    return kept
        return None


def _stem_and_suffix(name: str) -> tuple[str, str]:
    """`Page 1.html.gz` is `Page 1` and `.html.gz`; only short plain suffixes count."""
    path = Path(name)
    suffix = path.suffix.lower()
    if suffix == ".gz":
        suffix = Path(path.stem).suffix.lower() + suffix
    if not suffix.replace(".", "").isalnum() or not suffix.isascii() or len(suffix) > 10:
        return name, ""
    return name[: -len(suffix)], suffix


def _meta(
    draft: Draft, identity: str, earned: EarnedTags, config: SiteConfig, saved: dict[str, str]
) -> dict[str, object]:
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
        "tagged": [str(item) for item in tag_items(earned.tags, earned.about)],
        "saved": saved,
    }


def _signed(text: str, saved: Mapping[str, str], article: Article) -> str:
    """Return an article's file with the hashes of its text and facts put into `saved:`.

    article: what is read from `text`. Only then are a value's hashes the same when it is written and whenever it is
    read. No other line can be that of `saved:`, which holds the hash of the page.
    """
    hashes = {
        "text": authorship.text_hash(article.body),
        "facts": authorship.format_hashes(authorship.fact_hashes(article)),
    }
    return text.replace(frontmatter.key_line("saved", saved), frontmatter.key_line("saved", {**saved, **hashes}), 1)
