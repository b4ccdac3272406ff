"""The stories that a site folds of several articles, why, and a person's corrections of them."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from site_gen.build import build_session
from site_gen.content import frontmatter, loader
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.story_overrides import joined_overrides, override_value, separated_overrides
from site_gen.content.undo_journal import UndoJournal
from site_gen.core.atomic_files import temporary_folder
from site_gen.core.errors import Problem, SiteError, UsageError, explain_write_error
from site_gen.core.text import did_you_mean
from site_gen.entities.matching.normalization import normalize
from site_gen.site.analysis.minhash import tokenize
from site_gen.site.analysis.story_similarity import COPY, SAME_PAGE
from site_gen.site.indexed_article import unpack_detail

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from site_gen.build.changed_files import Progress
    from site_gen.site.analysis.story_clustering import StoryCluster
    from site_gen.site.database import SiteDatabase

_MOST_WORDS = 6  # shared words that are told


class StoryArticle(NamedTuple):
    """An article of a story, and why it is there."""

    file: str  # relative to the site
    id: str  # the article's
    url: str  # its page
    title: str  # its headline
    outlet: str  # empty where unknown
    date: dt.date | None  # of publication, where that is certain
    reason: str  # `lead`, `by hand`, `same page`, `copy` or `event`
    like: str = ""  # id of the article of the story that it is most like
    share: int = 0  # hundredths: of the smaller text that stands in the other (a copy), or of likeness (an event)
    words: tuple[str, ...] = ()  # that both have and few others: those that say most first


class StoryChange(NamedTuple):
    """What a correction says of an article's story from now on."""

    file: str  # the article's
    value: object  # what stands under `story:` now, None: nothing


def list_stories(site: Path, progress: Progress = build_session.without_progress) -> list[tuple[StoryArticle, ...]]:
    """Return the stories of several articles, the newest first, each with its articles, the one that leads first.

    Raises SiteError when the site could not be built as it is.
    """
    with _open_site(site, progress) as loaded_site:
        clusters = [cluster for cluster in loaded_site.article_groups.story_index.clusters() if cluster.others]
        return [
            tuple(_story_article(loaded_site, cluster, file) for file in cluster.files)
            for cluster in reversed(clusters)
        ]


def correct_story(
    site: Path, one: str, other: str, *, are_same: bool, progress: Progress = build_session.without_progress
) -> list[StoryChange]:
    """Write into articles that two of them tell one story, or two; return what changed, nothing where it was so.

    That they are one joins the whole story of the later (one without a day is later than any) to that of the earlier.
    Two stay apart by a word in the later.

    one, other: articles, by id, file or address. Raises UsageError where there is none, SiteError when the site could
    not be built as it is, or a file cannot be edited.
    """
    with _open_site(site, progress) as loaded_site:
        index, articles = loaded_site.article_groups.story_index, loaded_site.article_groups.articles()
        files = [_require_file(loaded_site, site, name) for name in (one, other)]
        if files[0] == files[1]:
            raise UsageError(f"{one} and {other} are one article; name two")
        cards = {file: articles[file].card for file in files}
        first, second = sorted(files, key=lambda file: (cards[file].date is None, cards[file].filed, cards[file].id))
        story, joined = index.cluster_of(first), index.cluster_of(second)
        if (story == joined) == are_same:
            return []
        file_by_id = {articles[file].card.id: file for file in (*story.files, *joined.files)}
        overrides = {identity: index.override_of(file) for identity, file in file_by_id.items()}
        ids = {file: identity for identity, file in file_by_id.items()}
        if are_same:
            ids_of_story, ids_joined = {ids[file] for file in story.files}, {ids[file] for file in joined.files}
            changed = joined_overrides(overrides, ids[story.lead], ids_of_story, ids_joined)
        else:
            changed = separated_overrides(overrides, ids[story.lead], ids[first], ids[second])
    changes = [StoryChange(file_by_id[identity], override_value(changed[identity])) for identity in changed]
    changes.sort(key=lambda change: change.file)
    journal = UndoJournal(site, f"stories {'--same' if are_same else '--apart'} {one} {other}")
    for change in changes:
        _write_change(site, journal, change)
    return changes


@contextlib.contextmanager
def _open_site(folder: Path, progress: Progress) -> Iterator[SiteDatabase]:
    """Give a site as it is now, for as long as the block lasts; no output is written.

    The articles come from the build cache. What takes most of the time is to compare them, which is kept nowhere: a
    build does that, too, as soon as a file changed, and `output/` holds no more than what pages were made of.
    """
    with (
        temporary_folder() as nowhere,
        build_session.open_builder(folder, nowhere, build_session.BuildOptions(), progress) as builder,
    ):
        yield builder.load()[0]


def _require_file(site: SiteDatabase, folder: Path, name: str) -> str:
    """Return the file of an article that a person names."""
    with contextlib.suppress(ValueError):
        name = Path(name).resolve().relative_to(folder.resolve()).as_posix()
    path = f"/{name.strip('/')}/"
    for file, article in site.article_groups.articles().items():
        if name in {file, article.card.id} or path == article.card.url:
            return file
    ids = sorted(article.card.id for article in site.article_groups.articles().values())
    mend = did_you_mean(name, ids, "give the id, the file or the address of one")
    raise UsageError(f"{name} is not an article; {mend}")


def _story_article(site: SiteDatabase, cluster: StoryCluster, file: str) -> StoryArticle:
    card, index = site.article_groups.article(file).card, site.article_groups.story_index
    article = StoryArticle(file, card.id, card.url, card.title, card.outlet, card.published, "lead")
    similarities = index.similarities_of(file)
    others = [other for other in cluster.files if other in similarities]
    if file == cluster.lead:
        return article
    if index.override_of(file).lead or not others:
        return article._replace(reason="by hand")
    like = max(others, key=lambda other: (similarities[other], other == cluster.lead, other))
    article = article._replace(like=site.article_groups.article(like).card.id)
    similarity = similarities[like]
    if similarity >= SAME_PAGE:
        return article._replace(reason="same page", share=100)
    if similarity >= COPY:
        return article._replace(reason="copy", share=(similarity - COPY) // 10)
    words = _written_words(site, file)
    shared = [words[word] for word in index.shared_words(file, like) if word in words]
    return article._replace(reason="event", share=similarity // 10, words=tuple(shared[:_MOST_WORDS]))


def _written_words(site: SiteDatabase, file: str) -> dict[int, str]:
    """Return the words of an article as they are first written there, by what stands for them in its terms."""
    article = site.article_groups.article(file)
    document = site.load_document(file, unpack_detail(article.detail).document_digest)
    text = " ".join([article.card.title, *(block.text for block in document.blocks)])
    words: dict[int, str] = {}
    for written in re.findall(r"\w+", text):
        for word in tokenize(normalize(written)):
            words.setdefault(crc32(word.encode()), written)
    return words


def _write_change(site: Path, journal: UndoJournal, change: StoryChange) -> None:
    """Write what a person says of an article's story into its file; no other key is touched."""
    try:
        text = loader.read_bytes(site, change.file).decode()
        journal.replace(change.file, frontmatter.edit(text, {"story": change.value}).encode())
    except YamlError as error:
        raise SiteError(Problem(change.file, error.line, error.what, error.mend)) from None
    except OSError as error:
        raise SiteError(explain_write_error(change.file, error)) from None
