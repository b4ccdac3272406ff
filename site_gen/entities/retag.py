"""The `tag` command's work: every article's tags by the entities as they are now."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.content import frontmatter, loader, site_paths
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.content_lock import hold_content
from site_gen.content.frontmatter_edits import parse_head, text_items, value_of_key
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import own_link_spans, paragraph_texts, parse
from site_gen.content.note_links import NoteLinks
from site_gen.content.schema import MOST_TAGS, names_by_kind
from site_gen.content.undo_journal import UndoJournal
from site_gen.core.atomic_files import replace_file
from site_gen.core.errors import Problem, SiteError, UsageError, explain_write_error
from site_gen.core.text import one_line
from site_gen.entities.matching.disambiguation import missing_evidence
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.tag_merge import MergedTags, about_mark, merge_tags, tags_removed_by_hand
from site_gen.entities.matching.tagger import EntityWeight, joined_text, tag_text, weigh_and_doubt

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence
    from pathlib import Path

    from site_gen.content.markdown.document import Document
    from site_gen.content.records import Article, Content, Kind, RemovedTags, Tag


_PASSAGE_MARGIN = 60  # characters on both sides of a name that a passage shows
_LINKED = "linked by hand in the text"


class TagChange(Struct, frozen=True):
    """How an article's file changes. All tuples are empty where only `tagged` or `by_hand` changes."""

    file: str  # below the site's folder
    added: tuple[Tag, ...]  # tags that come
    removed: tuple[Tag, ...]  # tags that go
    ignored: tuple[Tag, ...]  # the tags that a person took out since last time
    about: tuple[Tag, ...] | None = None  # what the article is about from now on; None where that stays
    problem: Problem | None = None  # why the file could not be written


class TagReason(Struct, frozen=True):
    """Why an article has a tag, or has it not."""

    tag: Tag  # the entity
    name: str  # the name that stands for the entity, as the text has it; empty where none does
    rule: str  # the rules that decided, in words; empty where none gave the tag
    about: str  # why the article is about the entity; empty where it is not
    passage: str  # the words around the name
    obstacle: str  # what hinders the tag; empty where nothing does
    not_about: str = ""  # why the entity is only mentioned


def retag(
    site: Path,
    *,
    files: Sequence[Path] = (),
    check: bool = False,
    progress: Callable[[Sequence[Article]], Iterable[Article]] = iter,
) -> Iterator[TagChange]:
    """Tag all articles again, or those of some files, yielding those that change. With `check` nothing is written.

    Only the keys of the kinds, `about`, `ignore`, `tagged` and `by_hand` are edited; every other byte of a file stays.
    Raises SiteError when content is wrong, UsageError where a file is none of the site's articles, or where another
    command changes the content for long.
    """
    loader.require_site(site)
    with contextlib.nullcontext() if check else hold_content(site):
        yield from _retag(site, files, progress, check=check)


def _retag(
    site: Path,
    files: Sequence[Path],
    progress: Callable[[Sequence[Article]], Iterable[Article]],
    *,
    check: bool,
) -> Iterator[TagChange]:
    content, kinds, matcher = _load(site)
    markdown, names, journal = make_parser(), names_by_kind(content.entities), UndoJournal(site, "tag")
    chosen = [_article_of(site, content, file) for file in files] if files else content.articles
    for article in progress(chosen):
        links = NoteLinks(names, content.config.kinds)
        body = paragraph_texts(parse(article.body, markdown, page_of=links.page_of))
        earned = tag_text(article.title, body, matcher, kinds, article.source or "", links.tags)
        merged = merge_tags(article, earned)
        edits = _frontmatter_edits(article, merged, kinds)
        if not edits:
            continue
        problem = _excess(article, merged)
        if not (problem or check):
            problem = _write(site, journal, article, edits)
        about = merged.about if "about" in edits else None
        yield TagChange(article.file, merged.added, merged.removed, merged.ignored, about, problem)


def _load(site: Path) -> tuple[Content, dict[str, Kind], Matcher]:
    """Return the site's content, its kinds by key, and the matcher of its entities. Raises SiteError."""
    content, problems = loader.load(site)
    if problems:
        raise SiteError(*problems)
    kinds = {kind.key: kind for kind in content.config.kinds}
    return content, kinds, Matcher(build_gazetteer(content.entities, kinds))


def _article_of(site: Path, content: Content, file: Path) -> Article:
    """Return the article of a file that a person named, from where they are or from the site's folder."""
    paths = {(site / file).resolve(), file.resolve()}
    for article in content.articles:
        if (site / article.file).resolve() in paths:
            return article
    raise UsageError(f"{file} is not an article of this site; name one below {site_paths.ARTICLES}/")


def explain_tags(site: Path, file: Path) -> list[TagReason]:
    """Return why the tags of an article are what they are, main ones first; nothing is written.

    Raises UsageError where the file is none of the site's articles, SiteError when content is wrong.
    """
    content, kinds, matcher = _load(site)
    article = _article_of(site, content, file)
    links = NoteLinks(names_by_kind(content.entities), content.config.kinds)
    document = parse(article.body, make_parser(), page_of=links.page_of)
    body = paragraph_texts(document)
    text = joined_text(article.title, body)
    weights, doubtful = weigh_and_doubt(article.title, body, matcher, kinds, article.source or "", with_evidence=True)
    reasons: list[TagReason] = []
    for tag, weight in sorted(weights.items(), key=lambda item: (item[1].order, item[0])):
        obstacle = "ignored" if tag in article.ignore else ""
        if kinds[tag.kind].only == "about" and not weight.about:
            obstacle = obstacle or "only mentioned"
        about = _about_reason(tag, weight, article)
        if weight.about and about_mark(tag) in article.ignore:
            about = ""
        is_about = about or kinds[tag.kind].by != "names"
        not_about = "" if is_about else _not_about_reason(tag, weight, article)
        passage = _passage(text, weight.start, weight.end)
        name = text[weight.start : weight.end]
        rule = f"{weight.rule}; {_LINKED}" if tag in links.tags else weight.rule
        reasons.append(TagReason(tag, name, rule, about, passage, obstacle, not_about))
    reasons += _reasons_of_links(document, links, article, weights)
    # Names that do not count: by tag where they begin and end, and what they lack.
    uncounted = {entity.tag: (*entity.hits[0][:2], missing_evidence(len(article.title), entity)) for entity in doubtful}
    for tag, rejection in matcher.find_rejected(text).items():
        if tag not in weights and kinds[tag.kind].by == "names":
            uncounted.setdefault(tag, rejection)
    explained = {*weights, *links.tags}
    for tag, (start, end, lack) in uncounted.items():
        if tag in explained:
            continue
        rule = _origin(tag, article) if tag in article.tags else ""
        obstacle = "" if rule else f"not counted: {lack}"
        reasons.append(TagReason(tag, text[start:end], rule, "", _passage(text, start, end), obstacle))
    explained |= uncounted.keys()
    reasons += [TagReason(tag, "", _origin(tag, article), "", "", "") for tag in article.tags if tag not in explained]
    return reasons


def _reasons_of_links(
    document: Document, links: NoteLinks, article: Article, explained: Container[Tag]
) -> Iterator[TagReason]:
    """Yield why an article has the tags that its text links to, but for those that are explained."""
    first_by_page = {page: (number, start, end) for number, start, end, page in reversed([*own_link_spans(document)])}
    for page, tag in links.tag_by_page.items():
        if tag not in explained and page in first_by_page:
            number, start, end = first_by_page[page]
            text = document.blocks[number].text
            obstacle = "ignored" if tag in article.ignore else ""
            about = _origin(about_mark(tag), article) if tag in article.about else ""
            yield TagReason(tag, text[start:end], _LINKED, about, _passage(text, start, end), obstacle)


def ignore_removed_tags(site: Path, removal: RemovedTags) -> Problem | None:
    """Note under `ignore:` what a person took out of an article, or return why that cannot be done.

    The file is read again: what was put back meanwhile is not noted. Nothing but that key is edited.
    """
    problems: list[Problem] = []
    try:
        config = loader.load_config(site, problems)
        names = names_by_kind(loader.load_entities(site, config, problems))
        raw = loader.read_bytes(site, removal.file)
        article = loader.parse_article(removal.file, raw, config, names, problems)
        still_removed = set(tags_removed_by_hand(article)) if article else set()
        if problems:
            return problems[0]
        text = raw.decode()
        node = value_of_key(parse_head(text), "ignore")
        before = [item.value for item in text_items(node)]
        after = [*before, *(str(tag) for tag in removal.tags if tag in still_removed)]
        if after != before:
            replace_file(site / removal.file, frontmatter.edit(text, {"ignore": after}).encode())
    except SiteError as error:
        return error.problems[0]
    except YamlError as error:
        return Problem(removal.file, error.line, error.what, error.mend)
    except OSError as error:
        return explain_write_error(removal.file, error)
    return None


def _passage(text: str, start: int, end: int) -> str:
    """Return a name with the words around it, on one line."""
    return one_line(text[max(0, start - _PASSAGE_MARGIN) : end + _PASSAGE_MARGIN].replace("\0", " ¶"))


def _not_about_reason(tag: Tag, weight: EntityWeight, article: Article) -> str:
    """Return why an article is not about an entity that it names."""
    if about_mark(tag) in article.ignore:
        return "you removed it from `about:`"
    if weight.evidence:
        return weight.evidence.reasons(about=False)
    return "not in the title" if not weight.in_title else "in the title only beside a number or as the site's name"


def _origin(item: Tag, article: Article) -> str:
    """Return where a tag or about mark comes from that stands in an article though its text does not earn it."""
    return "given before; the next `site-gen tag` removes it" if item in article.tagged else "put in by hand"


def _about_reason(tag: Tag, weight: EntityWeight, article: Article) -> str:
    """Return why an article is about an entity; empty where it is not."""
    if not weight.about:
        return _origin(about_mark(tag), article) if tag in article.about else ""
    return weight.evidence.reasons(about=True) if weight.evidence else "in the title"


def _frontmatter_edits(article: Article, merged: MergedTags, kinds: Iterable[str]) -> dict[str, object]:
    """Return the keys of an article's front matter that change, with their new values. kinds: the keys of kinds."""
    edits: dict[str, object] = {}
    for kind in kinds:
        before = [tag for tag in article.tags if tag.kind == kind and tag not in article.implied]
        after = [tag for tag in merged.tags if tag.kind == kind]
        if before != after:
            # What a person wrote as a name stays a name.
            edits[kind] = [article.tag_texts.get(tag, tag.slug) for tag in after] or None
    if merged.ignore != article.ignore:
        edits["ignore"] = [str(tag) for tag in merged.ignore]
    if merged.about != article.about:
        edits["about"] = [str(tag) for tag in merged.about] or None
    for key, old, new in (
        ("tagged", article.tagged, merged.tagged),
        ("by_hand", article.by_hand, merged.by_hand),
    ):
        if set(new) != set(old):
            edits[key] = [str(item) for item in new] or None
    return edits


def _excess(article: Article, merged: MergedTags) -> Problem | None:
    """Return what is to be told where an article would get more tags than a build takes; it is not written then."""
    count = len(set(merged.tags).difference(article.implied))
    if count <= MOST_TAGS or not merged.added:
        return None
    what = f"names so many entities that it would get {count:,} tags, {MOST_TAGS:,} at most, so that it stays as it is"
    return Problem(article.file, 0, what, "list some under `ignore:`, or part the article")


def _write(site: Path, journal: UndoJournal, article: Article, edits: dict[str, object]) -> Problem | None:
    """Edit the front matter of an article's file, or return why that cannot be done."""
    try:
        with (site / article.file).open(encoding="utf-8", newline="") as file:
            text = file.read()
        journal.replace(article.file, frontmatter.edit(text, edits).encode())
    except YamlError as error:
        return Problem(article.file, error.line, error.what, error.mend)
    except OSError as error:
        return explain_write_error(article.file, error)
    return None
