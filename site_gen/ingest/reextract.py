"""Extract the saved pages of a site's articles again, and show or write what this version of the program changes.

This is `site-gen extract --again`. It changes what the program wrote, and nothing that a person did: a text and a fact
are the program's as long as they have the hash that was noted when they were written (`content.authorship`). Where no
hash was noted, nobody can tell, and the fact is left alone. Ids, file names, sources and tags are never touched.
"""

from __future__ import annotations

import contextlib
import difflib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from site_gen.content import authorship, frontmatter, loader, site_paths
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.records import Provenance
from site_gen.content.undo_journal import UndoJournal
from site_gen.core.errors import Problem, RefusedError, SiteError, UsageError, explain_write_error
from site_gen.ingest import sandbox
from site_gen.ingest.extract.dispatch import extract
from site_gen.ingest.extract.outlet_names import OutletNames
from site_gen.ingest.extract_pool import Extraction, with_draft
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


class FactChange(NamedTuple):
    """A fact that extraction gives another value now."""

    key: str  # one of `authorship.FACT_KEYS`
    old: str  # the value in the article, as a person reads it; empty for none
    new: str  # the value that extraction gives now
    kept_because: str = ""  # why the old value stays all the same; empty where it does not


class Difference(Struct, frozen=True, kw_only=True):
    """How an article differs from what would be extracted now."""

    file: str  # the article's, below the site
    facts: tuple[FactChange, ...] = ()  # in the order of front matter
    diff: tuple[str, ...] = ()  # of its text, in the lines of a unified diff
    text_kept_because: str = ""  # why the text stays all the same; empty where it does not
    problem: Problem | None = None  # why nothing was changed

    @property
    def has_changes(self) -> bool:
        """Whether anything of it is, or would be, written."""
        text = bool(self.diff) and not self.text_kept_because
        return self.problem is None and (text or any(not fact.kept_because for fact in self.facts))

    def to_json(self) -> dict[str, object]:
        """Return the difference for scripts."""
        return {
            "article": self.file,
            "changes": self.has_changes,
            "facts": [
                {"key": fact.key, "now": fact.old, "new": fact.new, "kept": fact.kept_because} for fact in self.facts
            ],
            "diff": "\n".join(self.diff),
            "text_kept": self.text_kept_because,
            "problem": self.problem and str(self.problem),
        }


def find_differences(
    site: Path,
    paths: Sequence[str],
    today: dt.date,
    *,
    write: bool = False,
    progress: Callable[[Iterator[tuple[Item, Extraction]], int], Iterable[tuple[Item, Extraction]]] = lambda a, _: a,
    seconds: float = sandbox.SECONDS,
) -> Iterator[Difference]:
    """Extract the saved pages of a site's articles again, and yield how the articles differ, where they do.

    paths: articles, or folders of them; none for all.
    today: bounds dates of publication.
    write: put into the articles what changes; without it nothing is written.
    progress: passes the extractions on, given their number.
    seconds: that one page may take.

    Raises UsageError for a path that is no article of the site, SiteError when content is wrong.
    """
    loaded, problems = loader.load(site)
    if problems:
        raise SiteError(*problems)
    journal = UndoJournal(site, "extract --again --write")
    articles = [article for article in _select(site, paths, loaded.articles) if article.saved and article.saved.file]
    outlets = OutletNames()
    for article in loaded.articles:
        outlets.add_article(article)
    extractions = sandbox.run_in_order(
        partial(extract_again, site, today),
        _with_captures(site, articles),
        lambda item, reason: Extraction(input=item[0].file, reason=reason),
        size=lambda item: len(item[1].data) if item[1] else 0,
        seconds=seconds,
    )
    for (article, _), extraction in progress(extractions, len(articles)):
        if extraction.draft is None:
            mend = "look at the saved page, and at `saved:` in the article"
            yield Difference(file=article.file, problem=Problem(article.file, 0, extraction.reason or "", mend))
            continue
        draft = replace(extraction.draft, site=outlets.choose(article.source, extraction.draft.site))
        fresh = article_of_draft(article.file, draft, loaded.config)
        if fresh is None:
            what = "what is found in its saved page now is too long for an article"
            yield Difference(file=article.file, problem=Problem(article.file, 0, what))
            continue
        difference = compare(article, fresh)
        if write and difference.has_changes:
            difference = replace(difference, problem=_write(site, journal, article, fresh, difference, loaded.config))
        if difference.facts or difference.diff:
            yield difference


def _select(site: Path, paths: Sequence[str], articles: Sequence[Article]) -> list[Article]:
    """Return the articles at some paths, or all where there are no paths."""
    if not paths:
        return list(articles)
    selected: dict[str, Article] = {}
    for path in paths:
        place = Path(path).resolve()
        articles_there = {a.file: a for a in articles if (site / a.file).resolve().is_relative_to(place)}
        if not articles_there:
            raise UsageError(f"{path} is neither an article of this site nor a folder of articles")
        selected |= articles_there
    return list(selected.values())


def _with_captures(site: Path, articles: Iterable[Article]) -> Iterator[Item]:
    """Yield the articles, those of an archive with their pages: it is read once for all of them."""
    archives: dict[str, dict[str, Article]] = {}
    for article in articles:
        if article.saved and article.saved.page:
            archives.setdefault(article.saved.file, {})[article.saved.page] = article
        else:
            yield article, None
    for file, by_page in archives.items():
        with contextlib.suppress(OSError, RefusedError), (site / "content" / file).open("rb") as stream:
            for capture in saved_file.read_contents(file, stream, by_page.__contains__).pages:
                if isinstance(capture, Capture) and capture.page in by_page:
                    yield by_page.pop(capture.page), capture
        for article in by_page.values():
            yield article, None  # `load_saved_page` says why it has none


def load_saved_page(site: Path, article: Article) -> SavedPage:
    """Read the saved page that an article was made of.

    Raises RefusedError, with the reason, when it is not kept any more, is another, or lies elsewhere than saved pages
    do.
    """
    assert article.saved is not None
    path = site / "content" / article.saved.file
    if not path.resolve().is_relative_to((site / site_paths.SAVED).resolve()):
        raise RefusedError(f"its saved page, {article.saved.file}, is not in {site_paths.SAVED}/")
    try:
        if not path.is_file():
            raise RefusedError(f"its saved page, {article.saved.file}, is not there")
        with path.open("rb") as stream:
            page = saved_file.read_page(path.name, stream, article.saved.page)
    except OSError as error:
        raise RefusedError(f"its saved page, {article.saved.file}, cannot be read ({error.strerror})") from None
    return _require_same_bytes(article, page)


def _require_same_bytes(article: Article, page: SavedPage) -> SavedPage:
    """Return the page. Raises RefusedError when the article was made of another."""
    if article.saved and page.sha256 != article.saved.sha256:
        raise RefusedError(f"its saved page, {article.saved.file}, is not the one it was made from")
    return page


def extract_again(site: Path, today: dt.date, item: Item) -> Extraction:
    """Extract an article's saved page. Never raises for what that holds: the reason is in the result."""
    article, capture = item

    def make_draft() -> Draft:
        if capture:
            return extract(_require_same_bytes(article, saved_file.decode(capture)), today)
        return extract(load_saved_page(site, article), today)

    return with_draft(Extraction(input=article.file), make_draft)


def article_of_draft(file: str, draft: Draft, config: SiteConfig) -> Article | None:
    """Return the article that would be read, had a draft been written to a file: values are compared as they are read.

    None for a draft that cannot be read back.
    """
    facts = {key: getattr(draft, key) for key in authorship.FACT_KEYS} | {"author": list(draft.author)}
    text = frontmatter.dump(facts | {"doubts": dict(draft.doubts)}, draft.markdown)
    article = loader.parse_article(file, text.encode(), config, {}, [])
    saved = Provenance(file="", sha256="", extractor=draft.extractor, text_hash="")
    return article and replace(article, doubts=draft.doubts, saved=saved)


def compare(article: Article, fresh: Article) -> Difference:
    """Return how an article differs from what would be extracted now, and what of that may be changed.

    fresh: the article of the new draft, from `article_of_draft`.
    """
    assert article.saved is not None
    edited = authorship.edited_keys(article)
    then = authorship.parse_hashes(article.saved.fact_hashes)
    now, new = authorship.fact_hashes(article), authorship.fact_hashes(fresh)
    facts: list[FactChange] = []
    for key in authorship.FACT_KEYS:
        # What is found as it was found before is no news, whatever a person made of it since.
        if new.get(key) == now.get(key) or (edited is not None and new.get(key) == then.get(key)):
            continue
        because = NEVER if key == "source" else UNKNOWN if edited is None else YOURS if key in edited else ""
        facts.append(FactChange(key, _displayed(getattr(article, key)), _displayed(getattr(fresh, key)), because))
    diff: tuple[str, ...] = ()
    if authorship.text_hash(fresh.body) not in {authorship.text_hash(article.body), article.saved.text_hash}:
        before, after = article.body.strip().split("\n"), fresh.body.strip().split("\n")
        diff = tuple(difflib.unified_diff(before, after, article.file, article.saved.file, lineterm="", n=1))
    because = YOURS if diff and not authorship.is_text_ours(article) else ""
    return Difference(file=article.file, facts=tuple(facts), diff=diff, text_kept_because=because)


def _displayed(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def _write(
    site: Path, journal: UndoJournal, article: Article, fresh: Article, difference: Difference, config: SiteConfig
) -> Problem | None:
    """Put what may be changed into an article's file; return why that failed, if it did."""
    try:
        text = (site / article.file).read_bytes().decode()
        now = loader.require_readable(article.file, text, config)
        if (authorship.fact_hashes(now), now.body) != (authorship.fact_hashes(article), article.body):
            return Problem(article.file, 0, "was changed meanwhile", "start again")
        new_text = _updated_text(article, fresh, difference, text)
        loader.require_readable(article.file, new_text, config)
        journal.replace(article.file, new_text.encode())
    except YamlError as error:
        return Problem(article.file, error.line, error.what, error.mend)
    except SiteError as error:
        return error.problems[0]
    except UnicodeDecodeError:
        return Problem(article.file, 0, "is not UTF-8", "save the file as UTF-8 in your editor")
    except OSError as error:
        return explain_write_error(article.file, error)
    return None


def _updated_text(article: Article, fresh: Article, difference: Difference, text: str) -> str:
    """Return the text of an article's file with what may be changed put in. Raises YamlError."""
    assert article.saved is not None
    assert fresh.saved is not None
    keys = {fact.key for fact in difference.facts if not fact.kept_because}
    if difference.diff and not difference.text_kept_because:
        text = frontmatter.replace_body(text, fresh.body)
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
    saved = replace(
        article.saved,
        extractor=fresh.saved.extractor,
        text_hash=authorship.text_hash(fresh.body) if "text" in keys else article.saved.text_hash,
        fact_hashes=authorship.format_hashes({key: digest for key, digest in facts.items() if digest}),
    )
    changes["saved"] = authorship.saved_fields(saved)
    return frontmatter.edit(text, changes)
