"""The `add` command's work: saved pages -> content/saved/ and content/articles/, one report per input."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import stat
import threading
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from site_gen import content, frontmatter, saved
from site_gen.document import parse, parser
from site_gen.errors import RefusedError, SiteError, UsageError
from site_gen.extract import extract
from site_gen.files import sweep, write_new
from site_gen.schema import article_id
from site_gen.tagging.matcher import Matcher
from site_gen.tagging.names import gazetteer
from site_gen.tagging.rules import tags_of
from site_gen.text import one_line
from site_gen.urls import slugify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from site_gen.model import Draft, Kind, SiteConfig, Tag

MANY = 8  # inputs from which a second process pays for its start


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input. `reason` says why for a failure, and which one for a duplicate."""

    input: str
    status: Literal["added", "duplicate", "failed"]
    article: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one input holds: a draft and the hash of its bytes, or the reason why there is none."""

    input: str
    draft: Draft | None
    sha256: str
    reason: str | None = None


def inputs(paths: Iterable[str]) -> list[str]:
    """The files that paths name, folders taken apart, in a stable order, none twice.

    Left out in folders: hidden files, and what a browser keeps beside a page (`Page_files/`).
    Raises UsageError for a path that does not exist.
    """
    found: list[str] = []
    for path in paths:
        try:
            there = Path(path).exists()
        except OSError:  # a name that is too long, a folder that may not be read
            there = False
        if not there:
            raise UsageError(f"{path} does not exist, or may not be read")
        if Path(path).is_dir():
            found.extend(_walk(path))
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _walk(folder: str) -> Iterator[str]:
    for base, folders, files in os.walk(folder):
        pages = {Path(f).stem for f in files if f.lower().endswith((".html", ".htm"))}
        companions = {
            f"{page}{tail}" for page in pages for tail in ("_files", ".files", "-Dateien", "_fichiers", "_archivos")
        }
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in companions)
        for name in sorted(files):
            if not name.startswith("."):
                yield str(Path(base) / name)


def read_and_extract(path: str, today: dt.date) -> Extracted:
    """One input's draft. Never raises for what the file holds: the reason is in the result.

    Stands alone, so that any `concurrent.futures.Executor` can run it.
    """
    try:
        if not stat.S_ISREG(Path(path).lstat().st_mode):
            return Extracted(path, None, "", "not a plain file")
        if Path(path).stat().st_size > saved.MAX_BYTES:
            return Extracted(path, None, "", f"larger than {saved.MAX_BYTES >> 20} MB")
        data = Path(path).read_bytes()
    except OSError as error:
        return Extracted(path, None, "", f"cannot be read ({error.strerror})")
    digest = hashlib.sha256(data).hexdigest()
    try:
        return Extracted(path, extract(saved.read(Path(path).name, data), today), digest)
    except RefusedError as error:
        return Extracted(path, None, digest, str(error))
    except Exception as error:  # a mistake of ours that one page meets must not stop the others
        return Extracted(
            path, None, digest, one_line(f"the extractor failed on it ({type(error).__name__}: {error})")[:300]
        )


def extract_all(paths: Sequence[str], today: dt.date, executor: Executor | None = None) -> Iterator[Extracted]:
    """The drafts of many inputs, in their order, on all cores when there are many."""
    if executor is None and len(paths) >= MANY and (os.cpu_count() or 1) > 1:
        yield from _on_all_cores(paths, today)
    else:
        run = executor.map if executor else map
        yield from run(read_and_extract, paths, [today] * len(paths))


def _on_all_cores(paths: Sequence[str], today: dt.date) -> Iterator[Extracted]:
    done = 0
    try:
        with ProcessPoolExecutor(initializer=_start_worker) as pool:
            for found in pool.map(read_and_extract, paths, [today] * len(paths), chunksize=4):
                yield found
                done += 1
    except BrokenProcessPool:
        # A worker died: out of memory, or a parser crashed. One input in a process at a time tells whose.
        yield from (_alone(path, today) for path in paths[done:])


def _alone(path: str, today: dt.date) -> Extracted:
    try:
        with ProcessPoolExecutor(1, initializer=_start_worker) as pool:
            return pool.submit(read_and_extract, path, today).result()
    except BrokenProcessPool:
        return Extracted(path, None, "", "the extractor crashed on it, or the memory was not enough")


def _start_worker() -> None:
    """Leave Ctrl-C to the parent process, and end with it even when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
    shelf = _Shelf(site, loaded.config, Matcher(gazetteer(loaded.entities, kinds)), kinds, today)
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
        kept = self._keep(found)
        identity = article_id(draft.source or found.sha256)
        if identity in self._ids:  # two addresses with one hash: once in a million sites of this size
            identity = article_id(found.sha256)
        day = draft.published or draft.created or self._today
        paragraphs = [block.text for block in parse(draft.markdown, self._markdown).blocks if not block.heading]
        tags = tags_of(draft.title, paragraphs, self._matcher, self._kinds)
        meta = _meta(draft, identity, tags, self._config, found.sha256, kept)
        text = frontmatter.dump(meta, draft.markdown).encode()
        stem = f"{content.ARTICLES}/{day.year:04}/{slugify(draft.title)}"
        file = write_new(self._site, stem, ".md", text)
        self.note(file, draft.source, found.sha256, identity)
        return Outcome(found.input, "added", file)

    def _is_ours(self, path: Path) -> bool:
        """Whether `site-gen add .` has met the site's own articles, notes or built pages."""
        place = path.resolve()
        inside = any(place.is_relative_to((self._site / folder).resolve()) for folder in ("content", "output"))
        return inside and not place.is_relative_to((self._site / content.SAVED).resolve())

    def _keep(self, found: Extracted) -> str:
        """Where the saved page is kept, below `content/`: as it is when it lies there already, else a copy."""
        shelf = (self._site / content.SAVED).resolve()
        path = Path(found.input)
        if path.resolve().is_relative_to(shelf):
            return f"saved/{path.resolve().relative_to(shelf).as_posix()}"
        stem, suffixes = _stem_and_suffix(path.name)
        kept = write_new(self._site, f"{content.SAVED}/{slugify(stem, 'page')}", suffixes, path.read_bytes())
        return kept.removeprefix("content/")


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
    draft: Draft, identity: str, tags: Sequence[Tag], config: SiteConfig, sha256: str, kept: str
) -> dict[str, object]:
    """The front matter of a new article, in the order that people read it."""
    by_kind = {kind.key: [tag.slug for tag in tags if tag.kind == kind.key] for kind in config.kinds}
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
        "tags": list(draft.tags),
        "clip": dict(draft.clip),
        "tagged": [str(tag) for tag in tags],
        "saved": {
            "file": kept,
            "sha256": sha256,
            "extractor": draft.extractor,
            "text": hashlib.sha256(draft.markdown.strip().encode()).hexdigest()[:16],
        },
    }
