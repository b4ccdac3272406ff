"""The `content/` folder read into records, every complaint with file and line."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen import schema
from site_gen.boundedyaml import Mapping, YamlError, parse
from site_gen.errors import Problem, SiteError, UsageError
from site_gen.fields import Fields
from site_gen.frontmatter import split
from site_gen.model import Article, Content, Entity, SiteConfig
from site_gen.text import fold, nearest, scrub
from site_gen.urls import is_slug, slugify

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG = "content/site.yaml"
ARTICLES = "content/articles"
SAVED = "content/saved"
ABOUT = "content/about.md"
MAX_FILE = 2 * 1024 * 1024
MAX_BODY = 512 * 1024  # Markdown parsers slow down on hostile input; no article is this long
_LINK = "is a link, which is not followed"
_EMPTY = Mapping((), flow=False, line=1, start=0, end=0)


def require_site(site: Path) -> None:
    """Raise UsageError where there is no site to work on."""
    if site.is_file():
        raise UsageError(f"{site} is a file; name the folder of a site")
    if not (site / CONFIG).is_file():
        mend = "make one with `site-gen new DIR` or name it with --site"
        raise UsageError(f"no site here: {site / CONFIG} does not exist; {mend}")


def load(site: Path) -> tuple[Content, list[Problem]]:
    """All of `content/`, and all that is wrong with it, sorted by place.

    A file that cannot be read is left out of the content and told; nothing is raised for it.
    Raises SiteError when `site.yaml` itself is no mapping (nothing else can be understood then).
    """
    require_site(site)
    problems: list[Problem] = []
    config = load_config(site, problems)
    entities = tuple(_entities(site, config, problems))
    identities: list[tuple[str, str, int]] = []
    articles = tuple(_articles(site, config, entities, problems, identities))
    about = ""
    if (site / ABOUT).is_file():
        about = _read_markdown(site, ABOUT, problems, optional=True).body
    _tell_same_ids(identities, problems)
    _tell_stray_folders(site, config, problems)
    content = Content(config=config, articles=articles, entities=entities, about=about)
    return content, sorted(dict.fromkeys(problems))


def _tell_stray_folders(site: Path, config: SiteConfig, problems: list[Problem]) -> None:
    """Tell folders that are nearly a kind's: their files would be missing from the site without a word."""
    known = [*(kind.key for kind in config.kinds), "articles", "saved"]
    for path in sorted((site / "content").iterdir()):
        near = nearest(path.name, known)
        if path.is_dir() and path.name not in known and near:
            what = "is no folder that the site reads"
            problems.append(Problem(f"content/{path.name}", 0, what, f"did you mean {near}?"))


def load_config(site: Path, problems: list[Problem]) -> SiteConfig:
    """`content/site.yaml`; complaints go to `problems`, but SiteError when it is no YAML mapping."""
    try:
        text = _read(site, CONFIG)
        fields = Fields(parse(scrub(text)), CONFIG, problems=problems)
    except YamlError as error:
        raise SiteError(Problem(CONFIG, error.line, error.what, error.mend)) from None
    return schema.site_config(fields)


def _entities(site: Path, config: SiteConfig, problems: list[Problem]) -> Iterator[Entity]:
    for kind in config.kinds:
        for file in markdown_files(site, f"content/{kind.key}", problems):
            name = Path(file).stem
            if "/" in file.removeprefix(f"content/{kind.key}/"):
                what = "entity files stand directly in their kind's folder"
                problems.append(Problem(file, 0, what, f"move it to content/{kind.key}/"))
                continue
            parts = _read_markdown(site, file, problems)
            if parts.failed or not _named_well(file, name, problems):
                continue
            yield schema.entity(parts.fields, kind.key, name, parts.body.strip())


def _articles(
    site: Path,
    config: SiteConfig,
    entities: tuple[Entity, ...],
    problems: list[Problem],
    identities: list[tuple[str, str, int]],
) -> Iterator[Article]:
    """`identities` takes each article's id, file and the line that makes its id."""
    names = schema.names_by_kind(entities)
    for file in markdown_files(site, ARTICLES, problems):
        year, slash, name = file.removeprefix(f"{ARTICLES}/").partition("/")
        if not slash or "/" in name or not re.fullmatch(r"[12]\d{3}", year, re.ASCII):
            mend = f"move it to {ARTICLES}/2024/"
            problems.append(Problem(file, 0, "articles stand in a folder of their year", mend))
            continue
        parts = _read_markdown(site, file, problems)
        slug = Path(name).stem
        if parts.failed or not _named_well(file, slug, problems):
            continue
        article = schema.article(
            parts.fields,
            config,
            year=year,
            slug=slug,
            body=parts.body,
            body_line=parts.body_line,
            names=names,
        )
        made_by = "id" if parts.fields.text("id") else "source"
        identities.append((article.id, file, parts.fields.line_of(made_by)))
        yield article


def markdown_files(site: Path, folder: str, problems: list[Problem]) -> list[str]:
    """The Markdown files below a folder, sorted, relative to the site.

    Links are refused and told: they could publish a file from outside the site.
    """
    found: list[str] = []
    base = site / folder
    if base.is_symlink():
        problems.append(Problem(folder, 0, _LINK, "put the folder itself here"))
        return found
    if not base.exists():
        return found
    if not base.is_dir():
        problems.append(Problem(folder, 0, "is a file where a folder belongs", "rename it"))
        return found
    for path in _walk(site, base, problems):
        relative = path.relative_to(site).as_posix()
        mode = path.lstat().st_mode
        if relative != scrub(relative):  # bytes that are no UTF-8, or signs that turn a terminal's text
            shown = relative.encode("ascii", "backslashreplace").decode()
            problems.append(Problem(shown, 0, "has signs in its name that no name should have", "rename it"))
        elif stat.S_ISLNK(mode):
            problems.append(Problem(relative, 0, _LINK, "put the file itself here"))
        elif stat.S_ISREG(mode) and path.suffix.lower() == ".md":
            found.append(relative)
        elif path.suffix.lower() in {".markdown", ".txt", ".yaml", ".yml", ".html", ".htm"}:
            problems.append(Problem(relative, 0, "is not read here", "rename it to .md, or move it away"))
    folded: dict[str, str] = {}
    for file in found:
        other = folded.setdefault(fold(file), file)
        if other != file:
            mend = "rename one: on Windows and macOS they are one file"
            problems.append(Problem(file, 0, f"differs from {other} only in case", mend))
    return found


def _walk(site: Path, base: Path, problems: list[Problem]) -> list[Path]:
    """All files below a folder, sorted, hidden ones left out. A folder that cannot be read is told: its
    pages would be missing from the site without a word."""

    def tell(error: OSError) -> None:
        place = Path(error.filename).relative_to(site).as_posix()
        problems.append(Problem(place, 0, f"cannot be read ({error.strerror})", "check its permissions"))

    found: list[Path] = []
    for folder, folders, files in os.walk(base, onerror=tell):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        folders[:] = [name for name in folders if not name.startswith(".") and name not in links]
        found += [Path(folder) / name for name in (*files, *links) if not name.startswith(".")]
    return sorted(found)


def require_readable(file: str, text: str, config: SiteConfig) -> None:
    """Raise SiteError with what `load` would complain about, were this text written to an article's file."""
    problems: list[Problem] = []
    parts = _parse_markdown(file, text, problems)
    year, slug = Path(file).parent.name, Path(file).stem
    if not parts.failed:
        schema.article(parts.fields, config, year=year, slug=slug, body=parts.body, body_line=parts.body_line, names={})
        _named_well(file, slug, problems)
    if problems:
        raise SiteError(*problems)


def _named_well(file: str, name: str, problems: list[Problem]) -> bool:
    if is_slug(name):
        return True
    mend = f"rename the file to {slugify(name)}.md"
    problems.append(Problem(file, 0, f"the file name {name!r} cannot stand in a URL as it is", mend))
    return False


class _Parsed:
    """A Markdown file's fields and body; `failed` when there is nothing to go on with."""

    def __init__(self, fields: Fields, body: str, body_line: int, *, failed: bool = False) -> None:
        self.fields, self.body, self.body_line, self.failed = fields, body, body_line, failed


def _read_markdown(site: Path, file: str, problems: list[Problem], *, optional: bool = False) -> _Parsed:
    """`optional`: front matter may be missing."""
    try:
        text = _read(site, file)
    except SiteError as error:
        problems.extend(error.problems)
        return _nothing(file, problems)
    return _parse_markdown(file, text, problems, optional=optional)


def _parse_markdown(file: str, text: str, problems: list[Problem], *, optional: bool = False) -> _Parsed:
    line0 = 0
    try:
        parts = split(text)
        line0 = 1  # the front matter's first line is the file's second
        fields = Fields(parse(parts.yaml or ""), file, line0=line0, problems=problems)
    except YamlError as error:
        problems.append(Problem(file, error.line + line0, error.what, error.mend))
        return _nothing(file, problems)
    if parts.yaml is None and not optional:
        mend = "begin the file with ---, a line `name:` or `title:`, and ---"
        problems.append(Problem(file, 1, "has no front matter", mend))
        return _nothing(file, problems)
    if len(parts.body) > MAX_BODY:
        what = f"{len(parts.body):,} characters of text"
        problems.append(Problem(file, parts.body_line, what, f"split it; the limit is {MAX_BODY:,}"))
        return _nothing(file, problems)
    return _Parsed(fields, parts.body, parts.body_line)


def _nothing(file: str, problems: list[Problem]) -> _Parsed:
    return _Parsed(Fields(_EMPTY, file, problems=problems), "", 1, failed=True)


def _read(site: Path, file: str) -> str:
    """A content file's text. Raises SiteError when it is a link, too large, not UTF-8, or cannot be opened."""
    path = site / file
    try:
        if path.is_symlink():
            raise SiteError(Problem(file, 0, _LINK, "put the file itself here"))
        if path.stat().st_size > MAX_FILE:
            raise SiteError(Problem(file, 0, "is larger than 2 MB", "split it"))
        raw = path.read_bytes()
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise SiteError(Problem(file, 0, what, "check its permissions")) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        mend = "save the file as UTF-8 in your editor"
        raise SiteError(Problem(file, line, "is not UTF-8 here", mend)) from None


def _tell_same_ids(identities: list[tuple[str, str, int]], problems: list[Problem]) -> None:
    seen: dict[str, str] = {}
    for identity, file, line in identities:
        other = seen.setdefault(identity, file)
        if other != file:
            mend = "remove one of the two, or the `id:` of the copy"
            problems.append(Problem(file, line, f"has the id of {other}, {identity}", mend))
