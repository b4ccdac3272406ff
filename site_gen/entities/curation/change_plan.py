"""What a command will do: the files before and after, planned in memory and checked. Pure."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_gen.content import frontmatter, frontmatter_edits, loader, site_paths
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.records import Tag
from site_gen.content.schema import tag_meant
from site_gen.core.errors import Problem, SiteError
from site_gen.core.text import one_line
from site_gen.core.urls import parse_url_path, slugify
from site_gen.entities.curation import link_rewriter, tag_rewriter
from site_gen.entities.curation.entity_registry import file_of
from site_gen.entities.curation.tag_prefilter import TagPrefilter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from site_gen.core.urls import UrlPath
    from site_gen.entities.curation.entity_registry import EntityRegistry

    Articles = Callable[[], Iterable[tuple[str, bytes]]]


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file as it is and as it will be; None where there is none."""

    file: str
    before: str | None
    after: str | None

    def diff(self) -> str:
        """The difference in the unified format."""
        lines = difflib.unified_diff(
            _lines(self.before),
            _lines(self.after),
            f"a/{self.file}" if self.before is not None else "/dev/null",
            f"b/{self.file}" if self.after is not None else "/dev/null",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str | None) -> list[str]:
    return (text or "").replace("\r\n", "\n").splitlines(keepends=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityEdit:
    """What a command makes of the entities' files: their new texts (None: gone), in the order in which they
    are written; which tags become which; what to tell. `problems` are told and do not hinder the rest."""

    texts: Mapping[str, str | None] = field(default_factory=dict)
    moved: Mapping[Tag, Tag] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    tag: Tag | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlan:
    """All that a command will write, in this order: new entity files, what is gone, articles. After each
    step every article means what it should, and the same command goes on."""

    changes: tuple[FileChange, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]
    tag: Tag | None
    url: UrlPath | None

    @property
    def articles(self) -> int:
        """How many articles change."""
        return sum(change.file.startswith(f"{site_paths.ARTICLES}/") for change in self.changes)

    @property
    def prose(self) -> int:
        """How many texts change that are the owner's, and no entity's."""
        return sum(change.file.startswith((site_paths.ABOUT, f"{site_paths.ISSUES}/")) for change in self.changes)


def plan_changes(
    registry: EntityRegistry, draft: EntityEdit, articles: Articles, prose: Iterable[tuple[str, bytes]] = ()
) -> ChangePlan:
    """The whole plan: entity files as drafted, each article whose tags mean something else by it, and each text of
    the owner's that links to a page which gets another address.

    articles: reads all articles' files; it may be asked more than once. prose: the files of what the owner wrote
        beside the entities' notes: the page about the site, words on weeks and months.

    Raises SiteError where a file that it touches cannot be read, or would not say what it should.
    """
    texts = dict(draft.texts)
    new = registry.changed(texts)
    touched = {entity.tag for entity in new.entities if entity.file in texts} | set(draft.moved.values())
    if draft.tag:
        touched.add(draft.tag)
    moved = {tag: to for tag, to in draft.moved.items() if tag not in new.by_tag}
    moved |= {old: to for old, to in new.former.items() if to in touched}
    notes = list(draft.notes)
    while True:
        found = dict(_touched(registry, new, moved, articles))
        caught = _caught(registry, new, moved, found)
        if not caught:
            break
        moved |= caught
        for old, to in caught.items():
            file = file_of(to)
            texts[file] = with_redirects(texts.get(file) or new.texts[file], [new.url(old)])
            notes.append(f"the tag {old} has no file and is a name of {to} now: its articles count for that")
        new = registry.changed(texts)
    problems: list[Problem] = []
    rewrite_links = _with_links(new, prose, moved, problems)
    texts |= {file: text for file, (_, text) in rewrite_links.items()}
    was = {**registry.texts, **{file: text for file, (text, _) in rewrite_links.items() if file not in new.texts}}
    changes = [FileChange(file, was.get(file), text) for file, text in texts.items()]
    changes = [change for change in changes if change.before != change.after]
    for file, (text, before) in found.items():
        try:
            after = tag_rewriter.rewrite_tags(text, before, moved, new.names)
            if after != text:
                _require_meant(file, text, after, before, moved, registry, new)
                changes.append(FileChange(file, text, after))
        except YamlError as error:
            problems.append(Problem(file, error.line + 1, error.what, error.mend))
        except SiteError as error:
            problems.extend(error.problems)
    if problems:
        raise SiteError(*problems)
    changes.sort(key=lambda change: _turn(change, moved))
    url = new.url(draft.tag) if draft.tag else None
    return ChangePlan(changes=tuple(changes), notes=tuple(notes), problems=draft.problems, tag=draft.tag, url=url)


def _turn(change: FileChange, moved: Mapping[Tag, Tag]) -> int:
    """When a file is written. What is gone goes before the articles that named it, which its new file's
    `redirect_from` finds; but to articles that name it by its kind, no entity of another kind answers."""
    if change.file.startswith(f"{site_paths.ARTICLES}/"):
        return 2
    if change.after is not None:
        return 0
    _, kind, name = change.file.split("/")
    to = moved.get(Tag(kind, name.removesuffix(".md")))
    return 1 if to and to.kind == kind else 3


def _with_links(
    new: EntityRegistry, prose: Iterable[tuple[str, bytes]], moved: Mapping[Tag, Tag], problems: list[Problem]
) -> dict[str, tuple[str, str]]:
    """The owner's texts whose links lead to pages that moved: as they are (entities': as drafted), and mended."""
    addresses = {new.url(old): new.url(to) for old, to in moved.items()}
    found: dict[str, tuple[str, str]] = {}
    if not addresses:
        return found
    texts = {**new.texts, **{file: decode_content(file, raw) for file, raw in prose}}
    for file, text in texts.items():
        try:
            after = link_rewriter.rewrite_links(text, addresses)
        except YamlError as error:
            problems.append(Problem(file, error.line, error.what, error.mend))
            continue
        if after != text:
            found[file] = (text, after)
    return found


def _touched(
    old: EntityRegistry, new: EntityRegistry, moved: Mapping[Tag, Tag], articles: Articles
) -> Iterator[tuple[str, tuple[str, tag_rewriter.ArticleTags]]]:
    """The articles that may have to change: file, text, and tags as they are."""
    needles = TagPrefilter([*(tag.slug for tag in moved), *_names_that_changed(old, new, moved)])
    kinds = [kind.key for kind in old.config.kinds]
    problems: list[Problem] = []
    for file, raw in articles():
        if not needles.may_hold(raw):
            continue
        try:
            text = decode_content(file, raw)
            yield file, (text, tag_rewriter.read(frontmatter_edits.parse_head(text), kinds, old.names))
        except YamlError as error:
            problems.append(Problem(file, error.line + 1, error.what, error.mend))
        except SiteError as error:
            problems.extend(error.problems)
    if problems:
        raise SiteError(*problems)


def _names_that_changed(old: EntityRegistry, new: EntityRegistry, moved: Mapping[Tag, Tag]) -> Iterator[str]:
    """The names that mean another entity than they did, or one that was joined to another, each as words and
    as the slug that it would be of its own."""
    for kind in old.config.kinds:
        before, after = old.names.get(kind.key, {}), new.names.get(kind.key, {})
        for name in before.keys() | after.keys():
            was, now = Tag(kind.key, before.get(name, "")), Tag(kind.key, after.get(name, ""))
            joins = moved.get(was) in old.by_tag  # two tags of an article may have become one
            if not was.slug or moved.get(was, was) != now or joins:
                yield name
                yield slugify(name, "")


def _caught(
    old: EntityRegistry,
    new: EntityRegistry,
    moved: Mapping[Tag, Tag],
    found: Mapping[str, tuple[str, tag_rewriter.ArticleTags]],
) -> dict[Tag, Tag]:
    """The tags without files that a new name takes over: their pages would be gone."""
    caught: dict[Tag, Tag] = {}
    for _, before in found.values():
        for kind, items in before.kinds.items():
            for item in items:
                if item.tag is None or item.tag in old.by_tag or item.tag in moved:
                    continue
                now = tag_meant(one_line(item.text), kind, new.names)
                if now and now != item.tag and now in new.by_tag:
                    caught.setdefault(item.tag, now)
    return caught


def decode_content(file: str, raw: bytes) -> str:
    """A content file's text, a byte order mark included. Raises SiteError."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SiteError(Problem(file, line, "is not UTF-8 here", "save the file as UTF-8 in your editor")) from None


def with_redirects(text: str, urls: Iterable[UrlPath], own: UrlPath | None = None) -> str:
    """An entity's file with further addresses in `redirect_from`, and without its own."""
    items = frontmatter_edits.text_items(
        frontmatter_edits.value_of_key(frontmatter_edits.parse_head(text), "redirect_from")
    )
    there = [parse_url_path(item.value) for item in items]
    if own in there:
        text = frontmatter_edits.replace_items(
            text,
            {"redirect_from": [None if url == own else item.value for item, url in zip(items, there, strict=True)]},
        )
    kept = [item.value for item, url in zip(items, there, strict=True) if url != own]
    come = [url for url in dict.fromkeys(urls) if url not in there and url != own]
    return frontmatter.edit(text, {"redirect_from": [*kept, *come]}) if come else text


def _require_meant(
    file: str,
    text: str,
    after: str,
    before: tag_rewriter.ArticleTags,
    moved: Mapping[Tag, Tag],
    old: EntityRegistry,
    new: EntityRegistry,
) -> None:
    """Raise SiteError unless the new text is a good article with the tags that it should have."""
    kinds = [kind.key for kind in new.config.kinds]
    now = tag_rewriter.read(frontmatter_edits.parse_head(after), kinds, new.names)
    if (set(now.all()), {key: now.of(key) for key in tag_rewriter.LISTS}) != tag_rewriter.expected_tags(before, moved):
        what = "its tags are written in a way that is not edited here"
        raise SiteError(Problem(file, 1, what, "write each tag as its slug, once"))
    problems: list[Problem] = []
    earlier: list[Problem] = []
    loader.parse_article(file, after.encode(), new.config, new.names, problems)
    if problems:
        loader.parse_article(file, text.encode(), old.config, old.names, earlier)
        known = {problem.what for problem in earlier}
        if came := [problem for problem in problems if problem.what not in known]:
            raise SiteError(*came)
