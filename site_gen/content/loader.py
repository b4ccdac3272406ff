"""Load the `content/` folder into records, every complaint with file and line.

`load` reads all of it; a `parse_…` function makes a record of one file's bytes, for builds that read only what changed.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
import zoneinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from site_gen.content import ledger_files, logo, schema
from site_gen.content.bounded_yaml import MappingNode, YamlError, parse
from site_gen.content.content_files import IS_A_LINK, markdown_files, stray_folder_problems
from site_gen.content.frontmatter import split
from site_gen.content.periods import parse_period
from site_gen.content.records import Article, Content, Entity, IssueNote, Logo, SiteConfig, StoryOverride
from site_gen.content.site_paths import (
    ABOUT,
    ARTICLES,
    CONFIG,
    ISSUE_NOTES,
    LEDGERS,
)
from site_gen.content.story_overrides import override_problems
from site_gen.content.typed_fields import Fields
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.slugs import is_slug, slugify
from site_gen.core.text import did_you_mean, scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Set

MAX_FILE_BYTES = 2 * 1024 * 1024  # of each file but the ledgers
MAX_BODY_CHARS = 512 * 1024  # Markdown parsers slow down on hostile input; no article is this long
_EMPTY = MappingNode((), is_flow=False, line=1, start=0, end=0)


def require_site(site: Path) -> None:
    """Raise UsageError where there is no site to work on."""
    if site.is_file():
        raise UsageError(f"{site} is a file; name the folder of a site")
    if not (site / CONFIG).is_file():
        mend = "make one with `site-gen new DIR` or name it with --site"
        raise UsageError(f"no site here: {site / CONFIG} does not exist; {mend}")


def load(site: Path) -> tuple[Content, list[Problem]]:
    """Return all of `content/`, and all that is wrong with it, sorted by place.

    A file that cannot be read is left out of the content, with a complaint; nothing is raised for it.
    Raises SiteError when `site.yaml` itself is no mapping (nothing else can be understood then).
    """
    require_site(site)
    problems: list[Problem] = []
    config = load_config(site, problems)
    entities = load_entities(site, config, problems)
    names = schema.names_by_kind(entities)
    articles: list[Article] = []
    for file in markdown_files(site, ARTICLES, problems):
        raw = _read_or_complain(site, file, problems)
        if raw is not None and (article := parse_article(file, raw, config, names, problems)):
            articles.append(article)
    for file in markdown_files(site, ISSUE_NOTES, problems):
        raw = _read_or_complain(site, file, problems)
        if raw is not None:
            parse_issue_note(file, raw, problems)
    raw = _read_or_complain(site, ABOUT, problems) if (site / ABOUT).is_file() else None
    about = "" if raw is None else parse_about(raw, problems)
    by_id: dict[str, list[str]] = {}
    for article in articles:
        by_id.setdefault(article.id, []).append(article.file)
    problems += [problem for identity, files in by_id.items() for problem in same_id_problems(site, identity, files)]
    overrides = {article.file: (article.id, article.story) for article in articles if article.story != StoryOverride()}
    problems += story_problems(site, overrides, by_id.keys())
    problems += stray_folder_problems(site, [kind.key for kind in config.kinds])
    content = Content(config=config, articles=tuple(articles), entities=tuple(entities), about=about)
    return content, sorted(dict.fromkeys(problems))


def load_entities(site: Path, config: SiteConfig, problems: list[Problem]) -> list[Entity]:
    """Return the entities that have files, without those that cannot be read; complaints go to `problems`."""
    entities: list[Entity] = []
    for kind in config.kinds:
        for file in markdown_files(site, f"content/{kind.key}", problems):
            raw = _read_or_complain(site, file, problems)
            if raw is not None and (entity := parse_entity(file, raw, problems, config.extra_keys)):
                entities.append(entity)
    return entities


def load_config(site: Path, problems: list[Problem]) -> SiteConfig:
    """Return `content/site.yaml`; complaints go to `problems`. Raises SiteError when it is no YAML mapping."""
    return parse_config(read_bytes(site, CONFIG), problems)


def parse_config(raw: bytes, problems: list[Problem]) -> SiteConfig:
    """Return the settings of a `site.yaml` with these bytes, as `load_config` does."""
    try:
        fields = Fields(parse(scrub(_decode(CONFIG, raw))), CONFIG, problems=problems)
    except YamlError as error:
        raise SiteError(Problem(CONFIG, error.line, error.what, error.mend)) from None
    config = schema.decode_site_config(fields)
    if config.timezone and not _is_zone(config.timezone):
        mend = did_you_mean(config.timezone, zoneinfo.available_timezones(), "write one such as Europe/Berlin")
        fields.complain(f"`timezone: {config.timezone}` is not a time zone", mend, fields.node("timezone"))
        return replace(config, timezone="")
    return config


def _is_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):  # a path, a folder
        return False
    return True


def load_logo(site: Path, config: SiteConfig, problems: list[Problem]) -> Logo | None:
    """Return the site's logo, as `site.yaml` names it; None where there is none.

    A complaint about one that cannot be shown goes to `problems`.
    """
    name = config.theme.logo
    if not name:
        return None
    file = f"content/{name}"
    if not os.path.lexists(site / file):
        mend = "put the picture there, or remove the line"
        problems.append(Problem(CONFIG, _line_of_logo(site), f"`theme.logo`: there is no {file}", mend))
        return None
    raw = _read_or_complain(site, file, problems)
    try:
        return None if raw is None else logo.parse_logo(name, raw)
    except ValueError as error:
        problems.append(Problem(file, 0, str(error)))
        return None


def _line_of_logo(site: Path) -> int:
    """Return the line of `logo:` in `site.yaml`, 0 where that cannot be read."""
    try:
        fields = Fields(parse(scrub(_decode(CONFIG, read_bytes(site, CONFIG)))), CONFIG)
    except (YamlError, SiteError):
        return 0
    inner = fields.inner("theme")
    return inner.line_of_key("logo") if inner else 0


def parse_entity(file: str, raw: bytes, problems: list[Problem], extra_keys: Iterable[str] = ()) -> Entity | None:
    """Return the entity of a file (`content/companies/x.md`) with these bytes; None where it cannot be read.

    Complaints go to `problems`. extra_keys: see `SiteConfig`.
    """
    _, kind, *inner = file.split("/")
    if len(inner) > 1:
        what = "entity files belong directly in their kind's folder"
        problems.append(Problem(file, 0, what, f"move it to content/{kind}/"))
        return None
    name = inner[0].removesuffix(Path(file).suffix)
    try:
        parts = _parse_markdown(file, raw, problems)
    except SiteError as error:
        problems.extend(error.problems)
        return None
    if parts.failed or not (slug := _slug_of_name(file, name, problems)):
        return None
    return schema.decode_entity(parts.fields, kind, slug, parts.body.strip(), extra_keys)


def parse_issue_note(file: str, raw: bytes, problems: list[Problem]) -> IssueNote | None:
    """Return the editor's note of a file (`content/issues/2026-w47.md`) with these bytes; None where it cannot be read.

    Complaints go to `problems`.
    """
    key = file.removeprefix(f"{ISSUE_NOTES}/").rpartition(".")[0]
    if parse_period(key) is None:
        what = "is not named after a week, month or year"
        problems.append(Problem(file, 0, what, f"name it {ISSUE_NOTES}/2026-w47.md or {ISSUE_NOTES}/2026-11.md"))
        return None
    try:
        parts = _parse_markdown(file, raw, problems, optional=True)
    except SiteError as error:
        problems.extend(error.problems)
        return None
    return None if parts.failed else schema.decode_issue_note(parts.fields, key, parts.body.strip())


def parse_article(
    file: str,
    raw: bytes,
    config: SiteConfig,
    names: Mapping[str, Mapping[str, str]],
    problems: list[Problem],
) -> Article | None:
    """Return the article of a file (`content/articles/2019/x.md`) with these bytes; None where it cannot be read.

    names: see `schema.decode_article`. Complaints go to `problems`.
    """
    year, slash, name = file.removeprefix(f"{ARTICLES}/").partition("/")
    if not slash or "/" in name or not re.fullmatch(r"[12]\d{3}", year, re.ASCII):
        problems.append(Problem(file, 0, "articles belong in the folder of their year", f"move it to {ARTICLES}/2024/"))
        return None
    try:
        parts = _parse_markdown(file, raw, problems)
    except SiteError as error:
        problems.extend(error.problems)
        return None
    if parts.failed or not (slug := _slug_of_name(file, name.rpartition(".")[0], problems)):
        return None
    return schema.decode_article(
        parts.fields, config, year=year, slug=slug, body=parts.body, body_line=parts.body_line, names=names
    )


def parse_about(raw: bytes, problems: list[Problem]) -> str:
    """Return the text of a `content/about.md` with these bytes, which may have front matter.

    Complaints go to `problems`.
    """
    try:
        return _parse_markdown(ABOUT, raw, problems, optional=True).body
    except SiteError as error:
        problems.extend(error.problems)
        return ""


# What parses the files that are one of a kind, but for `site.yaml`; of one that is missing, no bytes.
SINGLE_FILE_PARSERS: Mapping[str, Callable[[bytes, list[Problem]], Any]] = {
    ABOUT: parse_about,
    **ledger_files.PARSERS,
}


def same_id_problems(site: Path, identity: str, files: list[str]) -> Iterator[Problem]:
    """Yield what is wrong when several articles have one id, at each but the first."""
    first, *others = sorted(files)
    for file in others:
        mend = "remove one of the two, or the `id:` of the copy"
        yield Problem(file, line_of_key(site, file, "id", "source"), f"has the id of {first}, {identity}", mend)


def story_problems(site: Path, overrides: Mapping[str, tuple[str, StoryOverride]], ids: Set[str]) -> Iterator[Problem]:
    """Yield what cannot be in what a person says of stories.

    overrides: by file, an article's id and its `story:`. ids: those of all articles.
    """
    for file, what, mend in override_problems(overrides, ids):
        yield Problem(file, line_of_key(site, file, "story"), what, mend)


def line_of_key(site: Path, file: str, *keys: str) -> int:
    """Return the line of the first of these keys that front matter has, to complain; 0 where it cannot be read."""
    try:
        fields = _parse_markdown(file, read_bytes(site, file), []).fields
    except SiteError:
        return 0
    return fields.line_of_key(next(filter(fields.text, keys), keys[-1]))


def require_readable(file: str, text: str, config: SiteConfig) -> Article:
    """Return the article that a file would be with this text.

    Raises SiteError with what `load` would complain about.
    """
    problems: list[Problem] = []
    article = parse_article(file, text.encode(), config, {}, problems)
    if problems or article is None:
        raise SiteError(*problems)
    return article


def _slug_of_name(file: str, name: str, problems: list[Problem]) -> str:
    """Return the slug that a file's name, without suffix, is; complain, and return nothing, where it is none.

    It may be decomposed, as macOS writes names, or have the sigma that ends a word.
    """
    if is_slug(name):
        return name
    slug = slugify(name)
    if slug == unicodedata.normalize("NFC", name).replace("ς", "σ"):
        return slug
    mend = f"rename the file to {slug}.md"
    problems.append(Problem(file, 0, f"the file name {name!r} cannot be used in a URL", mend))
    return ""


class _ParsedFile(NamedTuple):
    """A Markdown file, its front matter ready to be decoded."""

    fields: Fields  # the front matter
    body: str  # what stands below
    body_line: int  # the line of the file on which the body begins, from 1
    failed: bool = False  # it cannot be read, and there is a complaint about it


def _parse_markdown(file: str, raw: bytes, problems: list[Problem], *, optional: bool = False) -> _ParsedFile:
    """Return a Markdown file of these bytes; complaints go to `problems`.

    optional: front matter may be missing. Raises SiteError for bytes that are no UTF-8.
    """
    text, line0 = _decode(file, raw), 0
    try:
        parts = split(text)
        line0 = 1  # the front matter's first line is the file's second
        fields = Fields(parse(parts.yaml or ""), file, line0=line0, problems=problems)
    except YamlError as error:
        problems.append(Problem(file, error.line + line0, error.what, error.mend))
        return _failed(file, problems)
    if parts.yaml is None and not optional:
        mend = "begin the file with ---, a line `name:` or `title:`, and ---"
        problems.append(Problem(file, 1, "has no front matter", mend))
        return _failed(file, problems)
    if len(parts.body) > MAX_BODY_CHARS:
        what = f"{len(parts.body):,} characters of text"
        problems.append(Problem(file, parts.body_line, what, f"split it; the limit is {MAX_BODY_CHARS:,}"))
        return _failed(file, problems)
    if (above := _lines_above_merge_mark(parts.body)) is not None:
        mend = "keep the right one of the two, and remove the lines of <<<<<<<, ======= and >>>>>>>"
        problems.append(Problem(file, parts.body_line + above, "holds both sides of a merge", mend))
        return _failed(file, problems)
    return _ParsedFile(fields, parts.body, parts.body_line)


def _lines_above_merge_mark(body: str) -> int | None:
    """Return how many lines stand above a merge that nobody ended; None where there is none. In code it is no merge."""
    if "<<<<<<< " not in body or ">>>>>>> " not in body:
        return None
    begins, is_code = None, False
    for number, line in enumerate(body.split("\n")):
        if line.startswith(("```", "~~~")):
            is_code = not is_code
        elif not is_code and line.startswith("<<<<<<< "):
            begins = number
        elif begins is not None and line.startswith(">>>>>>> "):
            return begins
    return None


def _failed(file: str, problems: list[Problem]) -> _ParsedFile:
    return _ParsedFile(Fields(_EMPTY, file, problems=problems), "", 1, failed=True)


def read_bytes(site: Path, file: str) -> bytes:
    """Return a content file's bytes. Raises SiteError when it is a link, too large, or cannot be opened."""
    path = os.path.join(site, file)  # noqa: PTH118  a Path costs as much as reading the file
    try:
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            raise SiteError(Problem(file, 0, IS_A_LINK, "put the file itself here"))
        if status.st_size > MAX_FILE_BYTES and file not in LEDGERS:
            raise SiteError(Problem(file, 0, "is larger than 2 MB", "split it"))
        with open(path, "rb") as stream:  # noqa: PTH123
            return stream.read()
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise SiteError(Problem(file, 0, what, "check its permissions")) from None


def _read_or_complain(site: Path, file: str, problems: list[Problem]) -> bytes | None:
    """Return a content file's bytes; None, and complaints in `problems`, where it cannot be read."""
    try:
        return read_bytes(site, file)
    except SiteError as error:
        problems.extend(error.problems)
        return None


def _decode(file: str, raw: bytes) -> str:
    """Return a file's bytes as text. Raises SiteError for bytes that are no UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        mend = "save the file as UTF-8 in your editor"
        raise SiteError(Problem(file, line, "is not UTF-8 here", mend)) from None
