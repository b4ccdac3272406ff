"""Article files to findings: read, parsed, searched for names; many at once on all cores."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from site_gen.build.build_cache import ArticleRow
from site_gen.build.file_stamps import Known
from site_gen.content import loader, schema
from site_gen.content.content_files import Stamp, digest_of_bytes, stamp_of
from site_gen.content.markdown.document import parser
from site_gen.core.errors import Problem, SiteError
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.site.article_scanner import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from site_gen.content.records import Entity, SiteConfig


class Asked(Mapping[str, str]):
    """The names of one kind's entities, noting every name that is looked up: an article depends on the
    answers, also on those that were no."""

    def __init__(self, kind: str, names: Mapping[str, str], asked: set[str]) -> None:
        self._kind, self._names, self._asked = kind, names, asked

    def __getitem__(self, name: str) -> str:
        self._asked.add(f"{self._kind}/{name}")
        return self._names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class Reader:
    """Reads articles of a site with its settings and entities as they are. Made once for many articles:
    the search for names takes longer to set up than an article to search."""

    def __init__(self, folder: Path, config: SiteConfig, entities: Iterable[Entity]) -> None:
        self.folder, self.config, self.entities = folder, config, tuple(entities)
        self.matcher = Matcher(build_gazetteer(self.entities, {kind.key: kind for kind in config.kinds}))
        self.names = schema.names_by_kind(self.entities)
        self.markdown = parser()

    def __reduce__(self) -> tuple[type[Reader], tuple[Path, SiteConfig, tuple[Entity, ...]]]:
        return Reader, (self.folder, self.config, self.entities)


class Read(NamedTuple):
    """What became of one file: `row` is None when nothing can be made of it, and `problems` say why."""

    file: str
    known: Known | None
    row: ArticleRow | None
    problems: tuple[Problem, ...]


def read_file(folder: Path, file: str) -> tuple[bytes, Known]:
    """A content file's bytes, and what to know it by: of these very bytes, so that a change that comes
    between two reads is seen next time. Raises SiteError as `content.read_bytes` does."""
    looked = time.time_ns()
    stamp = stamp_of(folder / file)  # before the bytes: a later change has another stamp
    raw = loader.read_bytes(folder, file)
    return raw, Known(stamp or Stamp(0, 0, 0, 0), looked, digest_of_bytes(raw).hex())


def read_articles(reader: Reader, files: list[str]) -> list[Read]:
    """Read articles' files, all that is wrong with each included. Never raises for a file."""
    found: list[Read] = []
    for file in files:
        problems: list[Problem] = []
        asked: set[str] = set()
        try:
            raw, known = read_file(reader.folder, file)
        except SiteError as error:
            found.append(Read(file, None, None, error.problems))
            continue
        asking = {kind.key: Asked(kind.key, reader.names.get(kind.key, {}), asked) for kind in reader.config.kinds}
        article = loader.parse_article(file, raw, reader.config, asking, problems)
        row = None
        if article is not None:
            findings, document, words = find(article, asked, reader.config, reader.matcher, reader.markdown)
            row = ArticleRow(file, findings.to_json(), document, words)
        found.append(Read(file, known, row, tuple(problems)))
    return found
