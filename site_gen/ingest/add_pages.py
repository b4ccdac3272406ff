"""Add saved pages to a site: copy each to content/saved/, and write its article to content/articles/."""

from __future__ import annotations

import contextlib
import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from site_gen.content import authorship, frontmatter, loader, site_paths
from site_gen.content.content_lock import hold_content
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import paragraph_texts, parse
from site_gen.content.note_links import NoteLinks
from site_gen.content.schema import MOST_TAGS, article_id, names_by_kind
from site_gen.content.undo_journal import UndoJournal
from site_gen.core.atomic_files import have_same_bytes
from site_gen.core.errors import Problem, SiteError
from site_gen.core.slugs import NEW_SEGMENT_BYTES, slugify
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.tag_merge import tag_items
from site_gen.entities.matching.tagger import tag_text
from site_gen.ingest.extract.outlet_names import OutletNames
from site_gen.ingest.extract_pool import Extraction, PageCount, display_name, extract_all, stamp_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from site_gen.content.records import Article, Doubts, Draft, SiteConfig
    from site_gen.entities.matching.tagger import EarnedTags

INBOX = f"{site_paths.SAVED}/inbox"  # what lies here is on its way in: it is copied out and may then be removed


class Outcome(Struct, frozen=True):
    """What became of one page; after the pages of an archive, its summary."""

    input: str  # the path of the file, as it was given
    status: Literal["added", "duplicate", "failed", "summary"]  # a summary is of an archive, not of a page
    article: str | None = (
        None  # the article's file, below the site: the new one, or the one of which this is a duplicate
    )
    reason: str | None = None  # why it failed, or in what it is a duplicate; of a summary, its text
    page: str | None = None  # the page's address in an archive of several
    doubts: Doubts = ()  # what to look at in an article that was added

    @property
    def name(self) -> str:
        """The name that a person reads in messages."""
        return display_name(self.input, self.page)


def add(
    site: Path,
    paths: Sequence[str],
    today: dt.date,
    progress: Callable[[Iterator[Extraction]], Iterable[Extraction]] = iter,
    *,
    is_wanted: Callable[[str], bool] = lambda _: True,
    page_count: PageCount | None = None,
    is_undoable: bool = True,
    dry_run: bool = False,
) -> Iterator[Outcome]:
    """Add saved pages to a site, and yield what became of each as it is done.

    A page is a duplicate when an article has the same source address or was made of the same bytes.

    today: bounds dates of publication, and is the day of pages that tell none.
    progress: passes the extractions on.
    is_wanted: which pages of archives to take, by address.
    page_count: is kept up to date.
    is_undoable: whether `site-gen undo` takes the pages out again; not where what they came from goes.
    dry_run: write nothing; an article's file is then the one that it would get if nothing else had that name.

    Raises SiteError when the site's own files are wrong: without them nobody knows what to tag. Of two at once one
    waits for the other to end, so that no page comes twice; raises UsageError where that takes long.
    """
    with contextlib.nullcontext() if dry_run else hold_content(site):
        yield from _add(
            site, paths, today, progress, is_wanted=is_wanted, page_count=page_count, is_undoable=is_undoable,
            dry_run=dry_run,
        )  # fmt: skip


def _add(
    site: Path,
    paths: Sequence[str],
    today: dt.date,
    progress: Callable[[Iterator[Extraction]], Iterable[Extraction]],
    *,
    is_wanted: Callable[[str], bool],
    page_count: PageCount | None,
    is_undoable: bool,
    dry_run: bool,
) -> Iterator[Outcome]:
    loaded, problems = loader.load(site)
    if problems:
        raise SiteError(*problems)
    kinds = {kind.key: kind for kind in loaded.config.kinds}
    matcher = Matcher(build_gazetteer(loaded.entities, kinds))
    journal = UndoJournal(site, "add", is_kept=is_undoable)
    adder = _PageAdder(site, journal, loaded.config, matcher, names_by_kind(loaded.entities), today, dry_run=dry_run)
    for article in loaded.articles:
        adder.register(article)
    extractions = extract_all(paths, today, is_wanted=is_wanted, has_bytes=adder.has_bytes, page_count=page_count)
    for extraction in progress(extractions):
        if extraction.summary:
            yield Outcome(extraction.input, "summary", reason=extraction.reason)
            continue
        try:
            yield adder.add(extraction)
        except SiteError as error:
            yield Outcome(extraction.input, "failed", None, str(error), extraction.page)
        except OSError as error:  # the input went away meanwhile
            yield Outcome(extraction.input, "failed", None, f"cannot be read ({error.strerror})", extraction.page)


class _PageAdder:
    """Adds pages to a site, and remembers which articles are there: those of before and those that it added."""

    def __init__(
        self,
        site: Path,
        journal: UndoJournal,
        config: SiteConfig,
        matcher: Matcher,
        names: Mapping[str, Mapping[str, str]],
        today: dt.date,
        *,
        dry_run: bool,
    ) -> None:
        """Begin with no article. journal: through which files are written. names: see `schema.decode_article`."""
        self._dry_run = dry_run
        self._site, self._journal, self._config, self._matcher = site, journal, config, matcher
        self._names, self._today = names, today
        self._kinds = {kind.key: kind for kind in config.kinds}
        self._article_by_source: dict[str, str] = {}
        self._article_by_sha256: dict[str, str] = {}
        self._ids: set[str] = set()
        self._archives: dict[str, None] = {}  # files of content/saved/ with pages of articles, in a stable order
        self._sha256_of_archive: dict[str, str] = {}  # by its file in content/saved/
        self._copy_of_archive: dict[str, str] = {}  # the file of content/saved/ for each archive that is being added
        self._outlets = OutletNames()
        self._markdown = make_parser()

    def register(self, article: Article) -> None:
        """Remember an article that is there."""
        self._outlets.add_article(article)
        if article.saved and article.saved.page:
            self._archives[f"content/{article.saved.file}"] = None
        self._remember(article.file, article.source, article.saved.sha256 if article.saved else "", article.id)

    def _remember(self, file: str, source: str | None, sha256: str, identity: str) -> None:
        if source:
            self._article_by_source.setdefault(source, file)
        if sha256:
            self._article_by_sha256.setdefault(sha256, file)
        self._ids.add(identity)

    def has_bytes(self, sha256: str) -> bool:
        """Tell whether an article was made of a page of these bytes."""
        return sha256 in self._article_by_sha256

    def add(self, extraction: Extraction) -> Outcome:
        """Store the saved page and write its article, unless they are here already.

        Raises SiteError when the article cannot be written so that it can be read, OSError when the page cannot be
        copied.
        """
        outcome = partial(Outcome, extraction.input, page=extraction.page)
        refusal = self._find_refusal(extraction)
        if refusal or extraction.draft is None:
            return refusal or outcome("failed", reason=extraction.reason)
        draft = self._completed(extraction.draft)
        identity = article_id(draft.source or extraction.sha256)
        if identity in self._ids:  # two addresses with one hash: once in a million sites of this size
            identity = article_id(extraction.sha256)
        day = draft.published or draft.created or self._today
        links = NoteLinks(self._names, self._config.kinds)
        body = paragraph_texts(parse(draft.markdown, self._markdown, page_of=links.page_of))
        tags = tag_text(draft.title, body, self._matcher, self._kinds, draft.source or "", links.tags)
        if (count := len({*tags.tags, *tags.linked})) > MOST_TAGS:  # the site could not be built with it
            return outcome("failed", reason=f"names {count:,} entities; an article has {MOST_TAGS:,} tags at most")
        stem = f"{site_paths.ARTICLES}/{day.year:04}/{slugify(draft.title, limit=NEW_SEGMENT_BYTES)}"
        if self._dry_run:
            self._remember(f"{stem}.md", draft.source, extraction.sha256, identity)
            return outcome("added", f"{stem}.md", doubts=draft.doubts)
        page_file, is_new_copy = self._store_page(extraction)
        saved = {
            "file": page_file.removeprefix("content/"),
            "sha256": extraction.sha256,
            "extractor": draft.extractor,
        }
        if extraction.page:
            saved["page"] = extraction.page
            saved["archive_sha256"] = self._archive_sha256(page_file)
        meta = _front_matter(draft, identity, tags, self._config, saved)
        try:
            # What is written here has to be readable when the site is built: one page must not block it.
            text = frontmatter.dump(meta, draft.markdown)
            article = loader.require_readable(f"{stem}.md", text, self._config)
            file = self._journal.create_numbered(stem, ".md", _signed(text, saved, article).encode())
        except SiteError:
            if is_new_copy:
                with contextlib.suppress(OSError):
                    self._journal.remove(page_file)
                self._copy_of_archive.pop(extraction.input, None)
            raise
        self._remember(file, draft.source, extraction.sha256, identity)
        self._outlets.add(draft.source, draft.site)
        if extraction.page:
            self._archives[page_file] = None
        return outcome("added", file, doubts=draft.doubts)

    def _find_refusal(self, extraction: Extraction) -> Outcome | None:
        """Return what becomes of a page with an article that is not to be added; None where it is, or has none."""
        outcome = partial(Outcome, extraction.input, page=extraction.page)
        if self._is_part_of_site(Path(extraction.input)):
            return outcome("failed", reason="part of the site itself")
        if extraction.sha256 in self._article_by_sha256:
            return outcome("duplicate", self._article_by_sha256[extraction.sha256], "the same bytes")
        draft = extraction.draft
        if draft and len(draft.markdown) > loader.MAX_BODY_CHARS:  # the site could not be built with it
            size = f"{len(draft.markdown):,} characters of text; {loader.MAX_BODY_CHARS:,} at most"
            return outcome("failed", reason=size)
        if draft and draft.source and draft.source in self._article_by_source:
            return outcome("duplicate", self._article_by_source[draft.source], f"the same source, {draft.source}")
        return None

    def _completed(self, draft: Draft) -> Draft:
        """Return the draft with what the site knows: the day, and what it calls the outlet."""
        site = self._outlets.choose(draft.source, draft.site)
        doubts = tuple(doubt for doubt in draft.doubts if doubt[0] != "site" or site == draft.site)
        return replace(draft, created=draft.created or self._today, site=site, doubts=doubts)

    def _is_part_of_site(self, path: Path) -> bool:
        """Tell whether `site-gen add .` has met the site's own articles, notes or built pages."""
        place = path.resolve()
        is_inside = any(place.is_relative_to((self._site / folder).resolve()) for folder in ("content", "output"))
        return is_inside and not place.is_relative_to((self._site / site_paths.SAVED).resolve())

    def _store_page(self, extraction: Extraction) -> tuple[str, bool]:
        """Put the saved page into content/saved/, unless it lies there; return its file, and whether it is a new copy.

        An archive is stored once for all its pages. It is no new copy, which may be removed, once one of its pages is
        in the site.
        """
        saved_dir = (self._site / site_paths.SAVED).resolve()
        path = Path(extraction.input)
        place = path.resolve()
        if place.is_relative_to(saved_dir) and not place.is_relative_to((self._site / INBOX).resolve()):
            return f"{site_paths.SAVED}/{place.relative_to(saved_dir).as_posix()}", False
        if extraction.page:
            _require_unchanged(path, extraction)
            file = self._copy_of_archive.get(extraction.input) or self._archive_of_same_bytes(path)
            if file:
                self._copy_of_archive[extraction.input] = file
                return file, False
        stem, suffixes = _stem_and_suffix(path.name)
        name = f"{site_paths.SAVED}/{slugify(stem, 'page', NEW_SEGMENT_BYTES)}"
        is_taken = (self._site / (name + suffixes)).exists()
        if extraction.page:
            file = self._journal.create_numbered(name, suffixes, path)
            try:
                _require_unchanged(path, extraction)  # while it was copied
            except SiteError:
                if not is_taken:
                    self._journal.remove(file)
                raise
            self._copy_of_archive[extraction.input] = file
            return file, not is_taken
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != extraction.sha256:
            raise _changed(extraction)
        return self._journal.create_numbered(name, suffixes, data), not is_taken

    def _archive_sha256(self, file: str) -> str:
        """Return the digest of an archive that is kept, read once for all its pages."""
        if file not in self._sha256_of_archive:
            with (self._site / file).open("rb") as stream:
                self._sha256_of_archive[file] = hashlib.file_digest(stream, "sha256").hexdigest()
        return self._sha256_of_archive[file]

    def _archive_of_same_bytes(self, path: Path) -> str | None:
        """Return the archive of these bytes that articles were made of before, under whatever name."""
        for file in self._archives:
            with contextlib.suppress(OSError):
                if have_same_bytes(self._site / file, path):
                    return file
        return None


def _require_unchanged(path: Path, extraction: Extraction) -> None:
    """Raise SiteError where an archive is no longer the one that a page was read from."""
    if stamp_of(path.stat()) != extraction.stamp:
        raise _changed(extraction)


def _changed(extraction: Extraction) -> SiteError:
    return SiteError(Problem(extraction.input, 0, "changed while it was being read", "add it again"))


def _stem_and_suffix(name: str) -> tuple[str, str]:
    """Part a file's name: `Page 1.html.gz` is `Page 1` and `.html.gz`. Only short plain suffixes count."""
    path = Path(name)
    suffix = path.suffix.lower()
    if suffix == ".gz":
        suffix = Path(path.stem).suffix.lower() + suffix
    if not suffix.replace(".", "").isalnum() or not suffix.isascii() or len(suffix) > 10:
        return name, ""
    return name[: -len(suffix)], suffix


def _front_matter(
    draft: Draft, identity: str, tags: EarnedTags, config: SiteConfig, saved: dict[str, str]
) -> dict[str, object]:
    """Return the front matter of a new article, in the order in which people read it."""
    all_tags = dict.fromkeys((*tags.tags, *tags.linked))
    by_kind = {kind.key: [tag.slug for tag in all_tags if tag.kind == kind.key] for kind in config.kinds}
    given = [tag for tag in tags.tags if tag not in tags.linked]
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
        "about": [str(tag) for tag in tags.about],
        "tags": list(draft.tags),
        "clip": dict(draft.clip),
        "doubts": dict(draft.doubts),
        "tagged": [str(item) for item in tag_items(given, tags.about)],
        "by_hand": [str(tag) for tag in tags.linked],
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
    return text.replace(frontmatter.format_key("saved", saved), frontmatter.format_key("saved", {**saved, **hashes}), 1)
