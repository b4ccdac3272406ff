"""`extract --again`: what this version of the program would extract from the saved pages of a site's articles.

It changes what the program wrote, and nothing that a person did: a text and a fact are ours as long as they
have the hash that was noted when they were written (`fingerprints`). Where no hash was noted, nobody can tell,
and the fact is left alone. Ids, file names, sources and tags are never touched.
"""

from __future__ import annotations

import contextlib
import difflib
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content import authorship, frontmatter, loader, site_paths
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.records import Provenance
from site_gen.core.atomic_files import replace_file
from site_gen.core.errors import Problem, RefusedError, SiteError, UsageError
from site_gen.core.text import one_line
from site_gen.ingest import sandbox
from site_gen.ingest.extract.dispatch import extract
from site_gen.ingest.extract.outlet_names import OutletNames
from site_gen.ingest.extract_pool import Extraction
from site_gen.ingest.formats import saved_file
from site_gen.ingest.formats.capture import Capture

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from site_gen.content.records import Article, Draft, SavedPage, SiteConfig

Item = tuple["Article", "Capture | None"]  # an article, with its page where it is one of many in an archive

YOURS = "yours: kept"
UNKNOWN = "yours or ours, which was not noted: kept"
NEVER = "never changed: the article's id is made of it"


class Fact(NamedTuple):
    """A fact that is found otherwise now; `kept` says why it stays all the same, if it does."""

    key: str
    now: str
    new: str
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How an article differs from what would be extracted now. `diff` is of its text, in the lines of a
    unified diff; `text_kept` says why the text stays all the same. With a problem nothing was changed."""

    file: str
    facts: tuple[Fact, ...] = ()
    diff: tuple[str, ...] = ()
    text_kept: str = ""
    problem: Problem | None = None

    @property
    def changes(self) -> bool:
        """Whether anything of it is, or would be, written."""
        text = bool(self.diff) and not self.text_kept
        return self.problem is None and (text or any(not fact.kept for fact in self.facts))

    def to_json(self) -> dict[str, object]:
        """The difference for scripts."""
        return {
            "article": self.file,
            "changes": self.changes,
            "facts": [fact._asdict() for fact in self.facts],
            "diff": "\n".join(self.diff),
            "text_kept": self.text_kept,
            "problem": self.problem and str(self.problem),
        }


def again(
    site: Path,
    paths: Sequence[str],
    today: dt.date,
    *,
    write: bool = False,
    progress: Callable[[Iterator[tuple[Item, Extraction]], int], Iterable[tuple[Item, Extraction]]] = lambda a, _: a,
    seconds: float = sandbox.SECONDS,
) -> Iterator[Difference]:
    """Extract the saved pages of a site's articles again, yielding those that differ. Without `write` nothing
    is written.

    paths: articles, or folders of them; none for all. Raises UsageError for a path that is no article of the
    site, SiteError when content is wrong.
    """
    loaded, problems = loader.load(site)
    if problems:
        raise SiteError(*problems)
    articles = [article for article in _named(site, paths, loaded.articles) if article.saved and article.saved.file]
    outlets = OutletNames()
    for article in loaded.articles:
        outlets.note(article)
    work = partial(read_again, site, today)
    found_again = sandbox.each(work, _with_captures(site, articles), _failed, seconds)
    for (article, _), found in progress(found_again, len(articles)):
        if found.draft is None:
            mend = "look at the saved page, and at `saved:` in the article"
            yield Difference(file=article.file, problem=Problem(article.file, 0, found.reason or "", mend))
            continue
        draft = replace(found.draft, site=outlets.name(article.source, found.draft.site))
        fresh = as_read(article.file, draft, loaded.config)
        if fresh is None:
            what = "what is found in its saved page now is too long for an article"
            yield Difference(file=article.file, problem=Problem(article.file, 0, what))
            continue
        difference = compare(article, fresh)
        if write and difference.changes:
            difference = replace(difference, problem=_write(site, article, fresh, difference, loaded.config))
        if difference.facts or difference.diff:
            yield difference


def _named(site: Path, paths: Sequence[str], articles: Sequence[Article]) -> list[Article]:
    """The articles at some paths, or all."""
    if not paths:
        return list(articles)
    found: dict[str, Article] = {}
    for path in paths:
        place = Path(path).resolve()
        here = {a.file: a for a in articles if (site / a.file).resolve().is_relative_to(place)}
        if not here:
            raise UsageError(f"{path} is no article of this site, and no folder of articles")
        found |= here
    return list(found.values())


def _failed(item: Item, reason: str) -> Extraction:
    return Extraction(input=item[0].file, reason=reason)


def _with_captures(site: Path, articles: Iterable[Article]) -> Iterator[Item]:
    """The articles, those of an archive with their pages: it is read once for all of them."""
    archives: dict[str, dict[str, Article]] = {}
    for article in articles:
        if article.saved and article.saved.page:
            archives.setdefault(article.saved.file, {})[article.saved.page] = article
        else:
            yield article, None
    for file, inside in archives.items():
        with contextlib.suppress(OSError, RefusedError), (site / "content" / file).open("rb") as stream:
            for capture in saved_file.read_contents(file, stream, inside.__contains__).pages:
                if isinstance(capture, Capture) and capture.page in inside:
                    yield inside.pop(capture.page), capture
        for article in inside.values():
            yield article, None  # why it has none is told when it is looked for alone


def saved_page_of(site: Path, article: Article) -> SavedPage:
    """The saved page that an article was made of. Raises RefusedError, with the reason, when it is not kept
    any more, is another, or lies elsewhere than saved pages do."""
    assert article.saved is not None
    shelf = (site / site_paths.SAVED).resolve()
    path = site / "content" / article.saved.file
    if not path.resolve().is_relative_to(shelf):
        raise RefusedError(f"its saved page, {article.saved.file}, is not in {site_paths.SAVED}/")
    try:
        if not path.is_file():
            raise RefusedError(f"its saved page, {article.saved.file}, is not there")
        with path.open("rb") as stream:
            page = saved_file.read_page(path.name, stream, article.saved.page)
    except OSError as error:
        raise RefusedError(f"its saved page, {article.saved.file}, cannot be read ({error.strerror})") from None
    return _the_one(article, page)


def _the_one(article: Article, page: SavedPage) -> SavedPage:
    if article.saved and page.sha256 != article.saved.sha256:
        raise RefusedError(f"its saved page, {article.saved.file}, is not the one that it was made of")
    return page


def read_again(site: Path, today: dt.date, item: Item) -> Extraction:
    """The draft of an article's saved page. Never raises for what that holds: the reason is in the result."""
    article, capture = item
    told = partial(Extraction, input=article.file)
    try:
        page = _the_one(article, saved_file.decode(capture)) if capture else saved_page_of(site, article)
        return told(draft=extract(page, today), sha256=page.sha256)
    except RefusedError as error:
        return told(reason=str(error))
    except MemoryError:
        raise  # told by who sees the process end
    except Exception as error:  # a mistake of ours that one page meets must not stop the others
        reason = one_line(f"the extractor failed on it ({type(error).__name__}: {error})")[:300]
        return told(reason=reason)


def as_read(file: str, draft: Draft, config: SiteConfig) -> Article | None:
    """A draft as the article that would be read, had it been written: values are compared as they are read.
    None for one that cannot be."""
    facts = {key: getattr(draft, key) for key in authorship.FACT_KEYS} | {"author": list(draft.author)}
    text = frontmatter.dump(facts | {"doubts": dict(draft.doubts)}, draft.markdown)
    found = loader.parse_article(file, text.encode(), config, {}, [])
    made = Provenance(file="", sha256="", extractor=draft.extractor, text_hash="")
    return found and replace(found, doubts=draft.doubts, saved=made)


def compare(article: Article, fresh: Article) -> Difference:
    """How an article differs from what would be extracted now, and what of that may be changed."""
    assert article.saved is not None
    edited = authorship.edited_keys(article)
    then = authorship.parse_hashes(article.saved.fact_hashes)
    now, new = authorship.fact_hashes(article), authorship.fact_hashes(fresh)
    facts: list[Fact] = []
    for key in authorship.FACT_KEYS:
        # What is found as it was found before is no news, whatever a person made of it since.
        if new.get(key) == now.get(key) or (edited is not None and new.get(key) == then.get(key)):
            continue
        kept = NEVER if key == "source" else UNKNOWN if edited is None else YOURS if key in edited else ""
        facts.append(Fact(key, _shown(getattr(article, key)), _shown(getattr(fresh, key)), kept))
    diff: tuple[str, ...] = ()
    if authorship.text_hash(fresh.body) not in {authorship.text_hash(article.body), article.saved.text_hash}:
        before, after = article.body.strip().split("\n"), fresh.body.strip().split("\n")
        diff = tuple(difflib.unified_diff(before, after, article.file, article.saved.file, lineterm="", n=1))
    ours = authorship.is_text_ours(article)
    return Difference(file=article.file, facts=tuple(facts), diff=diff, text_kept=YOURS if diff and not ours else "")


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def _write(site: Path, article: Article, fresh: Article, found: Difference, config: SiteConfig) -> Problem | None:
    """Put what may be changed into an article's file."""
    path = site / article.file
    try:
        text = path.read_bytes().decode()
        now = loader.readable(article.file, text, config)
        if (authorship.fact_hashes(now), now.body) != (authorship.fact_hashes(article), article.body):
            return Problem(article.file, 0, "was changed meanwhile", "start again")
        new = _renewed(article, fresh, found, text)
        loader.readable(article.file, new, config)
        replace_file(path, new.encode())
    except YamlError as error:
        return Problem(article.file, error.line, error.what, error.mend)
    except SiteError as error:
        return error.problems[0]
    except UnicodeDecodeError:
        return Problem(article.file, 0, "is not UTF-8", "save the file as UTF-8 in your editor")
    except OSError as error:
        return Problem(article.file, 0, f"cannot be written ({error.strerror})", "check its permissions")
    return None


def _renewed(article: Article, fresh: Article, found: Difference, text: str) -> str:
    """An article's file with what may be changed put in. Raises YamlError."""
    assert article.saved is not None
    assert fresh.saved is not None
    keys = {fact.key for fact in found.facts if not fact.kept}
    if found.diff and not found.text_kept:
        text = frontmatter.with_body(text, fresh.body)
        keys.add("text")
    changes: dict[str, object] = {}
    for key in keys & set(authorship.FACT_KEYS):
        value = getattr(fresh, key)
        changes[key] = (list(value) if isinstance(value, tuple) else value) or None
    # A doubt belongs to a value: that of one that is new comes with it, that of one that stays, stays.
    doubts = {key: why for key, why in article.doubts if key not in keys}
    doubts |= {key: why for key, why in fresh.doubts if key in keys}
    if doubts != dict(article.doubts):
        changes["doubts"] = doubts or None
    then, new = authorship.parse_hashes(article.saved.fact_hashes), authorship.fact_hashes(fresh)
    facts = {key: new.get(key, "") if key in keys else then.get(key, "") for key in authorship.FACT_KEYS}
    noted = {
        "file": article.saved.file,
        "page": article.saved.page,
        "sha256": article.saved.sha256,
        "extractor": fresh.saved.extractor,
        "text": authorship.text_hash(fresh.body) if "text" in keys else article.saved.text_hash,
        "facts": authorship.format_hashes({key: found for key, found in facts.items() if found}),
    }
    changes["saved"] = {key: value for key, value in noted.items() if value}
    return frontmatter.edit(text, changes)
