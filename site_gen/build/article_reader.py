"""Read article files, parse them and search them for names, many at once on all cores."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.build.build_cache import ArticleRow
from site_gen.build.file_stamps import FileStamp
from site_gen.content import loader, schema
from site_gen.content.content_files import digest_of_bytes, stamp_of_file
from site_gen.content.markdown.commonmark import make_parser
from site_gen.core.digests import digest_of
from site_gen.core.errors import Problem, SiteError
from site_gen.core.packing import pack, unpacker
from site_gen.entities.matching.gazetteer import GazetteerName, build_gazetteer
from site_gen.entities.matching.matcher import Matcher, group_by_pattern, patterns_with_s
from site_gen.site.article_indexer import index_article

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from site_gen.content.records import Entity, SiteConfig


class LookupRecorder(Mapping[str, str]):
    """The slugs of one kind's entities by name, which records every name that is looked up.

    An article depends on the answers, also on those that were no.
    """

    def __init__(self, kind: str, slugs: Mapping[str, str], lookups: set[str]) -> None:
        """Begin with no lookup. lookups: gets `kind/name` of each, shared by all kinds of an article."""
        self._kind, self._slugs, self._lookups = kind, slugs, lookups

    def __getitem__(self, name: str) -> str:
        self._lookups.add(f"{self._kind}/{name}")
        return self._slugs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._slugs)

    def __len__(self) -> int:
        return len(self._slugs)


class SearchVocabulary(Struct, frozen=True):
    """All that articles are searched with: whoever has the same vocabulary indexes an article in the same way."""

    key: bytes  # a digest of the settings and entities that it was made of
    settings: bytes  # a digest of the settings that matter to it
    names: tuple[GazetteerName, ...]  # those that are looked for
    with_s: Mapping[str, bool]  # see `Matcher`
    slugs: Mapping[str, Mapping[str, str]]  # by kind, then by name, the slug of the entity that is called so


def make_vocabulary(
    config: SiteConfig, entities: Iterable[Entity], old: SearchVocabulary | None = None
) -> SearchVocabulary:
    """Return the vocabulary of a site; `old`, where it was made of the same."""
    entities = tuple(entities)
    settings = digest_of((config.kinds, config.language, config.text, config.extra_keys))
    key = digest_of((settings, entities))
    if old and old.key == key:
        return old
    names = build_gazetteer(entities, {kind.key: kind for kind in config.kinds})
    with_s = patterns_with_s(group_by_pattern(names))
    return SearchVocabulary(key, settings, names, with_s, schema.names_by_kind(entities))


unpack_vocabulary = unpacker(SearchVocabulary)


class ArticleReader:
    """What is needed to read articles: the site's settings, and the matcher and names of its entities.

    Made once for many articles, since the matcher takes longer to set up than an article to search. Another process
    gets the settings and names, and sets up its own.
    """

    def __init__(self, folder: Path, config: SiteConfig, vocabulary: SearchVocabulary) -> None:
        self.folder, self.config, self.vocabulary = folder, config, vocabulary
        self.matcher = Matcher(vocabulary.names, vocabulary.with_s)
        self.names = vocabulary.slugs
        self.markdown = make_parser()

    def __reduce__(self) -> tuple[type[ArticleReader], tuple[Path, SiteConfig, SearchVocabulary]]:
        return ArticleReader, (self.folder, self.config, self.vocabulary)


class ArticleResult(NamedTuple):
    """What came of reading one article file."""

    file: str  # its name below the site's folder
    stamp: FileStamp | None  # None where it could not be read
    row: ArticleRow | None  # what to cache; None when nothing can be made of the file
    problems: tuple[Problem, ...]  # all that is wrong with it


def read_file(folder: Path, file: str) -> tuple[bytes, FileStamp]:
    """Return a content file's bytes and its stamp. Raises SiteError as `loader.read_bytes` does.

    The digest is of these very bytes, so that a change that comes between two reads is seen next time.
    """
    checked_at_ns = time.time_ns()
    stamp = stamp_of_file(folder / file)  # before the bytes: a later change has another stamp
    raw = loader.read_bytes(folder, file)
    return raw, FileStamp.of(stamp, checked_at_ns, digest_of_bytes(raw))


def read_articles(reader: ArticleReader, files: list[str]) -> list[ArticleResult]:
    """Read these article files; what is wrong with one is in its result, and never raised."""
    results: list[ArticleResult] = []
    for file in files:
        problems: list[Problem] = []
        lookups: set[str] = set()
        try:
            raw, stamp = read_file(reader.folder, file)
        except SiteError as error:
            results.append(ArticleResult(file, None, None, error.problems))
            continue
        names = {
            kind.key: LookupRecorder(kind.key, reader.names.get(kind.key, {}), lookups) for kind in reader.config.kinds
        }
        article = loader.parse_article(file, raw, reader.config, names, problems)
        row = None
        if article is not None:
            indexed, document, words = index_article(
                article, lookups, reader.config, reader.matcher, reader.markdown, names
            )
            row = ArticleRow(file, pack(indexed), document, words.encode())
        results.append(ArticleResult(file, stamp, row, tuple(problems)))
    return results
