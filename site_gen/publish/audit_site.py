"""The work of the command `audit`: read every saved page whole, extract it again, and compare with the articles.

`check` goes by the stamps of files; this does not trust them. It tells what bytes tell (`evidence_checks`), and which
texts and facts no longer follow from their saved pages though nobody edited them: by the hashes that were noted when
the program wrote them (`content.authorship`).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from site_gen.content import authorship, frontmatter, loader
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.undo_journal import UndoJournal
from site_gen.core.atomic_files import replace_file
from site_gen.core.errors import Problem, SiteError, UsageError, explain_write_error
from site_gen.ingest import reextract
from site_gen.publish.check import evidence_checks
from site_gen.publish.check.evidence_checks import SavedFile

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Literal

    from site_gen.content.records import Article
    from site_gen.ingest.extract_pool import Extraction
    from site_gen.ingest.reextract import Difference, Item

_GIVEN_BY_SITE = "site"  # a fact that depends on the site's other articles, too


class Finding(NamedTuple):
    """One thing that is not as it was, or of which that cannot be told."""

    kind: Literal["file", "text", "facts", "unreadable", "unrecorded"]  # what is not, for scripts
    problem: Problem  # where, and what to do


class AuditCounts(Struct):
    """What an audit looked at. Filled as it goes."""

    files: int = 0  # saved files that articles name
    articles: int = 0  # articles that were made of them
    edited: int = 0  # of these, those whose text a person edited: whether it follows is theirs to say
    recorded: int = 0  # articles into which a digest was written
    digests: dict[str, str] = field(default_factory=dict)  # of the saved files that were read, by name


def audit(
    site: Path,
    today: dt.date,
    counts: AuditCounts,
    *,
    record: bool = False,
    progress: Callable[[Iterator[tuple[Item, Extraction]], int], Iterable[tuple[Item, Extraction]]] = lambda a, _: a,
) -> Iterator[Finding]:
    """Yield all that is wrong with the saved pages of a site, and with what was made of them.

    today: bounds dates of publication. counts: is filled. record: write the digests that were not recorded into
    articles with which nothing else is wrong. progress: passes the extractions on, given their number.

    Raises SiteError when content is wrong.
    """
    loaded, problems = loader.load(site)
    if problems:
        raise SiteError(*problems)
    articles = {article.file: article for article in loaded.articles if article.saved and article.saved.file}
    saved_files = [SavedFile.of(article.file, article.saved) for article in articles.values() if article.saved]
    counts.files, counts.articles = len({saved.name for saved in saved_files}), len(articles)
    counts.edited = sum(not authorship.is_text_ours(article) for article in articles.values())
    result = evidence_checks.check_saved_files(site, saved_files, {})
    counts.digests = {name: (stamp.digest or b"").hex() for name, stamp in result.stamps.items()}
    yield from (Finding("file", problem) for problem in result.problems)
    if articles and not result.stamps:
        yield from (Finding("file", problem) for problem in result.notes)
        return
    wrong_files = {problem.file for problem in result.problems}
    wrong_articles = {saved.article for saved in saved_files if saved.name in wrong_files}
    for difference in reextract.find_differences(site, [], today, progress=progress):
        article = articles[difference.file]
        if difference.file not in wrong_articles and article.saved and article.saved.sha256:
            for finding in _findings(article, difference):
                wrong_articles.add(difference.file)
                yield finding
    unrecorded = [saved for saved in saved_files if not saved.sha256 and saved.article not in wrong_articles]
    if record:
        journal = UndoJournal(site, "audit --record")
        for saved in unrecorded:
            stamp = result.stamps[saved.name]
            problem = _record(site, journal, articles[saved.article], {saved.key: (stamp.digest or b"").hex()})
            counts.recorded += problem is None
            if problem:
                yield Finding("unrecorded", problem)
    elif unrecorded:
        yield from (Finding("unrecorded", problem) for problem in result.notes)


def write_manifest(path: Path, digests: Mapping[str, str]) -> str:
    """Write the list of saved files with their digests, as `sha256sum --check` reads it; return its root.

    The root is the SHA-256 of the list: a time stamp of it (RFC 3161) says that all these files were there by then.
    digests: by file's name. Raises UsageError where the list cannot be written.
    """
    data = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()
    try:
        replace_file(path, data)
    except OSError as error:
        raise UsageError(str(explain_write_error(path, error))) from None
    return hashlib.sha256(data).hexdigest()


def _findings(article: Article, difference: Difference) -> Iterator[Finding]:
    """Yield what of a difference between an article and its saved page is nobody's edit."""
    if difference.problem:
        yield Finding("unreadable", difference.problem)
        return
    what = "differs from its saved page, though nobody edited it"
    mend = (
        f"compare: site-gen extract --again {article.file}; if only the extraction has improved, accept it with --write"
    )
    if difference.diff and not difference.text_kept_because:
        yield Finding("text", Problem(article.file, 0, f"its text {what}", mend))
    keys = [
        fact.key
        for fact in difference.facts
        if fact.key != _GIVEN_BY_SITE and authorship.is_fact_ours(article, fact.key)
    ]
    if keys:
        yield Finding("facts", Problem(article.file, 0, f"its `{'`, `'.join(keys)}` {what}", mend))


def _record(site: Path, journal: UndoJournal, article: Article, digests: dict[str, str]) -> Problem | None:
    """Write digests into `saved:` of an article's file; return why that failed, if it did."""
    assert article.saved is not None
    try:
        text = (site / article.file).read_bytes().decode()
        saved = replace(article.saved, **digests)
        journal.replace(article.file, frontmatter.edit(text, {"saved": authorship.saved_fields(saved)}).encode())
    except YamlError as error:
        return Problem(article.file, error.line, error.what, error.mend)
    except UnicodeDecodeError:
        return Problem(article.file, 0, "is not UTF-8", "save the file as UTF-8 in your editor")
    except OSError as error:
        return explain_write_error(article.file, error)
    return None
