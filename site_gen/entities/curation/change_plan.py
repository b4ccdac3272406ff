"""What a command will do: the files before and after, planned in memory and checked. Pure."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from msgspec import Struct, field

from site_gen.content import frontmatter, loader, site_paths
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.frontmatter_edits import parse_head, replace_items, text_items, value_of_key
from site_gen.content.records import Tag
from site_gen.content.schema import tag_meant
from site_gen.core.errors import Problem, SiteError
from site_gen.core.slugs import slugify
from site_gen.core.text import one_line
from site_gen.core.urls import parse_url_path
from site_gen.entities.curation import tag_rewriter
from site_gen.entities.curation.link_rewriter import rewrite_links
from site_gen.entities.curation.tag_prefilter import TagPrefilter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from site_gen.core.urls import UrlPath
    from site_gen.entities.curation.entity_registry import EntityRegistry
    from site_gen.entities.curation.tag_rewriter import ArticleTags

    ArticleReader = Callable[[], Iterable[tuple[str, bytes]]]  # gives each article's file with its bytes


class FileChange(Struct, frozen=True):
    """A file as it is and as it will be."""

    file: str  # below the site's folder
    before: str | None  # its text; None where there is no file
    after: str | None  # its text; None where the file goes

    def diff(self) -> str:
        """Return the difference in the unified format."""
        lines = difflib.unified_diff(
            _lines(self.before),
            _lines(self.after),
            f"a/{self.file}" if self.before is not None else "/dev/null",
            f"b/{self.file}" if self.after is not None else "/dev/null",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str | None) -> list[str]:
    return (text or "").replace("\r\n", "\n").splitlines(keepends=True)


class EntityEdit(Struct, frozen=True, kw_only=True):
    """What a command makes of the entities' files, before articles and links follow."""

    texts: Mapping[str, str | None] = field(default_factory=dict)  # by file its new text, None to remove; in this order
    moved: Mapping[Tag, Tag] = field(default_factory=dict)  # by old tag the new one
    notes: tuple[str, ...] = ()  # what to tell the person
    problems: tuple[Problem, ...] = ()  # what to tell that does not hinder the rest
    tag: Tag | None = None  # the entity that the command is about, where it is about one


class ChangePlan(Struct, frozen=True, kw_only=True):
    """All that a command will write.

    After each change every article means what it should, and the same command goes on where it was killed.
    """

    changes: tuple[FileChange, ...]  # in the order of writing: new entity files, what is gone, articles
    notes: tuple[str, ...]  # what to tell the person
    problems: tuple[Problem, ...]  # what to tell that does not hinder the rest
    tag: Tag | None  # the entity that the command is about, where it is about one
    url: UrlPath | None  # the address of its page afterwards

    @property
    def article_count(self) -> int:
        """How many articles change."""
        return sum(change.file.startswith(f"{site_paths.ARTICLES}/") for change in self.changes)

    @property
    def prose_count(self) -> int:
        """How many texts change that are the owner's, and no entity's."""
        return sum(change.file.startswith((site_paths.ABOUT, f"{site_paths.ISSUE_NOTES}/")) for change in self.changes)


def plan_changes(
    registry: EntityRegistry, edit: EntityEdit, articles: ArticleReader, prose: Iterable[tuple[str, bytes]] = ()
) -> ChangePlan:
    """Return the whole plan of an edit.

    It has the entity files as edited, each article whose tags mean something else by it, and each text of the owner's
    that links to a page which gets another address.

    articles: reads all articles' files; it may be called more than once. prose: the files of what the owner wrote
        beside the entities' notes: the page about the site, words on weeks and months.

    Raises SiteError where a file that it touches cannot be read, or would not say what it should.
    """
    texts = dict(edit.texts)
    new = registry.with_files(texts)
    touched = {entity.tag for entity in new.entities if entity.file in texts} | set(edit.moved.values())
    if edit.tag:
        touched.add(edit.tag)
    moved = {tag: to for tag, to in edit.moved.items() if tag not in new.by_tag}
    moved |= {old: to for old, to in new.former_tags.items() if to in touched}
    notes = list(edit.notes)
    while True:
        concerned = dict(_concerned_articles(registry, new, moved, articles))
        captured = _captured_tags(registry, new, moved, (tags for _, tags in concerned.values()))
        if not captured:
            break
        moved |= captured
        for old, to in captured.items():
            file = new.file_of(to)
            texts[file] = add_redirects(texts.get(file) or new.texts[file], [new.url(old)])
            notes.append(f"the tag {old} has no file and is a name of {to} now: its articles count for that")
        new = registry.with_files(texts)
    problems: list[Problem] = []
    relinked = _with_new_links(new, prose, moved, problems)
    texts |= {file: text for file, (_, text) in relinked.items()}
    old_texts = {**registry.texts, **{file: text for file, (text, _) in relinked.items() if file not in new.texts}}
    changes = [FileChange(file, old_texts.get(file), text) for file, text in texts.items()]
    changes = [change for change in changes if change.before != change.after]
    for file, (text, tags) in concerned.items():
        try:
            after = tag_rewriter.rewrite_tags(text, tags, moved, new.names)
            if after != text:
                change = FileChange(file, text, after)
                _require_expected(change, tags, moved, registry, new)
                changes.append(change)
        except YamlError as error:
            problems.append(Problem(file, error.line + 1, error.what, error.mend))
        except SiteError as error:
            problems.extend(error.problems)
    if problems:
        raise SiteError(*problems)
    changes.sort(key=lambda change: _turn(change, moved))
    url = new.url(edit.tag) if edit.tag else None
    return ChangePlan(changes=tuple(changes), notes=tuple(notes), problems=edit.problems, tag=edit.tag, url=url)


def _turn(change: FileChange, moved: Mapping[Tag, Tag]) -> int:
    """Return when a file is written: the lower, the earlier.

    What is gone goes before the articles that named it, which its new file's `redirect_from` finds; but to articles
    that name it by its kind, no entity of another kind answers.
    """
    if change.file.startswith(f"{site_paths.ARTICLES}/"):
        return 2
    if change.after is not None:
        return 0
    _, kind, name = change.file.split("/")
    to = moved.get(Tag(kind, name.removesuffix(".md")))
    return 1 if to and to.kind == kind else 3


def _with_new_links(
    new: EntityRegistry, prose: Iterable[tuple[str, bytes]], moved: Mapping[Tag, Tag], problems: list[Problem]
) -> dict[str, tuple[str, str]]:
    """Return the owner's texts whose links lead to pages that moved, by file: before and after.

    The texts of entities are those of their edited files. What cannot be read is appended to `problems`.
    """
    addresses = {new.url(old): new.url(to) for old, to in moved.items()}
    relinked: dict[str, tuple[str, str]] = {}
    if not addresses:
        return relinked
    texts = {**new.texts, **{file: decode_content(file, raw) for file, raw in prose}}
    for file, text in texts.items():
        try:
            after = rewrite_links(text, addresses)
        except YamlError as error:
            problems.append(Problem(file, error.line, error.what, error.mend))
            continue
        if after != text:
            relinked[file] = (text, after)
    return relinked


def _concerned_articles(
    old: EntityRegistry, new: EntityRegistry, moved: Mapping[Tag, Tag], articles: ArticleReader
) -> Iterator[tuple[str, tuple[str, ArticleTags]]]:
    """Yield the articles that may have to change: file, text, and tags as they are."""
    prefilter = TagPrefilter([*(tag.slug for tag in moved), *_changed_names(old, new, moved)])
    kinds = [kind.key for kind in old.config.kinds]
    problems: list[Problem] = []
    for file, raw in articles():
        if not prefilter.may_hold(raw):
            continue
        try:
            text = decode_content(file, raw)
            yield file, (text, tag_rewriter.read_tags(parse_head(text), kinds, old.names))
        except YamlError as error:
            problems.append(Problem(file, error.line + 1, error.what, error.mend))
        except SiteError as error:
            problems.extend(error.problems)
    if problems:
        raise SiteError(*problems)


def _changed_names(old: EntityRegistry, new: EntityRegistry, moved: Mapping[Tag, Tag]) -> Iterator[str]:
    """Yield the names that mean another entity than they did, or one that was joined to another.

    Each is given as words and as the slug that it would be of its own.
    """
    for kind in old.config.kinds:
        before, after = old.names.get(kind.key, {}), new.names.get(kind.key, {})
        for name in before.keys() | after.keys():
            old_tag, new_tag = Tag(kind.key, before.get(name, "")), Tag(kind.key, after.get(name, ""))
            is_joined = moved.get(old_tag) in old.by_tag  # two tags of an article may have become one
            if not old_tag.slug or moved.get(old_tag, old_tag) != new_tag or is_joined:
                yield name
                yield slugify(name, "")


def _captured_tags(
    old: EntityRegistry, new: EntityRegistry, moved: Mapping[Tag, Tag], articles: Iterable[ArticleTags]
) -> dict[Tag, Tag]:
    """Return the tags without files that a new name takes over, with the entity's: their pages would be gone."""
    captured: dict[Tag, Tag] = {}
    for tags in articles:
        for kind, items in tags.kinds.items():
            for item in items:
                if item.tag is None or item.tag in old.by_tag or item.tag in moved:
                    continue
                new_tag = tag_meant(one_line(item.text), kind, new.names)
                if new_tag and new_tag != item.tag and new_tag in new.by_tag:
                    captured.setdefault(item.tag, new_tag)
    return captured


def decode_content(file: str, raw: bytes) -> str:
    """Return a content file's text, a byte order mark included. Raises SiteError where it is no UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SiteError(Problem(file, line, "is not UTF-8 here", "save the file as UTF-8 in your editor")) from None


def add_redirects(text: str, urls: Iterable[UrlPath], own_url: UrlPath | None = None) -> str:
    """Return the text of an entity's file with further addresses in `redirect_from`, and without its own."""
    items = text_items(value_of_key(parse_head(text), "redirect_from"))
    present = [parse_url_path(item.value) for item in items]
    if own_url in present:
        without_own = [None if url == own_url else item.value for item, url in zip(items, present, strict=True)]
        text = replace_items(text, {"redirect_from": without_own})
    staying = [item.value for item, url in zip(items, present, strict=True) if url != own_url]
    new = [url for url in dict.fromkeys(urls) if url not in present and url != own_url]
    return frontmatter.edit(text, {"redirect_from": [*staying, *new]}) if new else text


def _require_expected(
    change: FileChange, before: ArticleTags, moved: Mapping[Tag, Tag], old: EntityRegistry, new: EntityRegistry
) -> None:
    """Raise SiteError unless the new text of an article is good and has the tags that it should have.

    before: the article's tags in the old text. Problems that the old text had already are passed over.
    """
    file, text, after = change.file, change.before or "", change.after or ""
    kinds = [kind.key for kind in new.config.kinds]
    tags = tag_rewriter.read_tags(parse_head(after), kinds, new.names)
    lists = {key: tags.of(key) for key in tag_rewriter.LISTS}
    if (set(tags.all()), lists) != tag_rewriter.expected_tags(before, moved):
        what = "its tags are in a form that site-gen does not edit"
        raise SiteError(Problem(file, 1, what, "write each tag as its slug, once"))
    problems: list[Problem] = []
    old_problems: list[Problem] = []
    loader.parse_article(file, after.encode(), new.config, new.names, problems)
    if problems:
        loader.parse_article(file, text.encode(), old.config, old.names, old_problems)
        old_faults = {problem.what for problem in old_problems}
        if new_problems := [problem for problem in problems if problem.what not in old_faults]:
            raise SiteError(*new_problems)
