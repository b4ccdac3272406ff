"""The `tag` command's work: every article's tags with the entities as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.content import frontmatter, frontmatter_edits, loader, site_paths
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.markdown.document import paragraphs, parse, parser
from site_gen.content.schema import names_by_kind
from site_gen.core.atomic_files import replace_file
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.text import one_line
from site_gen.entities.matching.corpus_evidence import build_matcher
from site_gen.entities.matching.disambiguation import missing
from site_gen.entities.matching.salience import why_not
from site_gen.entities.matching.tag_merge import MergedTags, about_mark, merge_tags, tags_removed_by_hand
from site_gen.entities.matching.tagger import EntityWeight, searched_text, tag_text, weigh_and_doubt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from site_gen.content.records import Article, Content, Kind, RemovedTags, Tag
    from site_gen.entities.matching.matcher import Matcher


_AROUND = 60  # characters on both sides of a name that are told


@dataclass(frozen=True, slots=True)
class Change:
    """How an article's file changes; `ignored` are the tags that a person took out since last time. `about` is what
    the article is about from now on, None where that stays. All are empty where only `tagged` or `by_hand` changes.
    """

    file: str
    added: tuple[Tag, ...]
    removed: tuple[Tag, ...]
    ignored: tuple[Tag, ...]
    about: tuple[Tag, ...] | None = None
    problem: Problem | None = None


def retag(
    site: Path,
    *,
    files: Sequence[Path] = (),
    check: bool = False,
    progress: Callable[[Sequence[Article]], Iterable[Article]] = iter,
) -> Iterator[Change]:
    """Tag all articles again, or those of some files, yielding those that change. With `check` nothing is written.

    Only the keys of the kinds, `about`, `ignore`, `tagged` and `by_hand` are edited; every other byte of a file stays.
    Raises SiteError when content is wrong, UsageError where a file is none of the site's articles.
    """
    loaded, kinds, matcher = _ready(site)
    markdown = parser()
    chosen = [_article(site, loaded, file) for file in files] if files else loaded.articles
    for article in progress(chosen):
        body = paragraphs(parse(article.body, markdown))
        merged = merge_tags(article, tag_text(article.title, body, matcher, kinds))
        changes = _changes(article, merged, kinds)
        if not changes:
            continue
        problem = None if check else _write(site, article, changes)
        about = merged.about if "about" in changes else None
        yield Change(article.file, merged.added, merged.removed, merged.ignored, about, problem)


def _ready(site: Path) -> tuple[Content, dict[str, Kind], Matcher]:
    loaded, problems = loader.load(site)
    if problems:
        raise SiteError(*problems)
    kinds = {kind.key: kind for kind in loaded.config.kinds}
    return loaded, kinds, build_matcher(loaded.entities, kinds, (article.body for article in loaded.articles))


def _article(site: Path, loaded: Content, file: Path) -> Article:
    """The article of a file that a person named, from where they are or from the site's folder."""
    places = {(site / file).resolve(), file.resolve()}
    for article in loaded.articles:
        if (site / article.file).resolve() in places:
            return article
    raise UsageError(f"{file} is no article of this site; name one below {site_paths.ARTICLES}/")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an article has a tag, or would have one but for `but`: the name that stands for the entity, the rules that
    decided, and the words around it. not_about: why it is only mentioned."""

    tag: Tag
    name: str
    rule: str
    about: str
    passage: str
    but: str
    not_about: str = ""


def why(site: Path, file: Path) -> list[Reason]:
    """Why the tags of an article are what they are, main ones first; nothing is written.

    Raises UsageError where the file is none of the site's articles, SiteError when content is wrong.
    """
    loaded, kinds, matcher = _ready(site)
    article = _article(site, loaded, file)
    body = paragraphs(parse(article.body, parser()))
    text = searched_text(article.title, body)
    weights, doubted = weigh_and_doubt(article.title, body, matcher, kinds)
    named = {tag: weight for tag, weight in weights.items() if kinds[tag.kind].by == "names"}
    most = max((weight.times for weight in named.values()), default=0)
    reasons: list[Reason] = []
    for tag, weight in sorted(weights.items(), key=lambda item: (item[1].order, item[0])):
        but = "ignored" if tag in article.ignore else ""
        if kinds[tag.kind].only == "about" and not weight.about:
            but = but or "only mentioned"
        about = _about(tag, weight, article)
        if weight.about and about_mark(tag) in article.ignore:
            about = ""
        not_about = "" if about or tag not in named else _not_about(tag, weight, article, most, kinds[tag.kind])
        passage = _passage(text, weight.first, weight.end)
        reasons.append(Reason(tag, text[weight.first : weight.end], weight.why, about, passage, but, not_about))
    passed = {one.tag: (*one.hits[0][:2], missing(len(article.title), one)) for one in doubted}
    for tag, place in matcher.find_rejected(text).items():
        if tag not in weights and kinds[tag.kind].by == "names":
            passed.setdefault(tag, place)
    for tag, (start, end, lacking) in passed.items():
        rule = "put in by hand" if tag in article.tags else ""
        but = "" if rule else f"not counted: {lacking}"
        reasons.append(Reason(tag, text[start:end], rule, "", _passage(text, start, end), but))
    told = {*weights, *passed}
    reasons += [Reason(tag, "", "put in by hand", "", "", "") for tag in article.tags if tag not in told]
    return reasons


def keep_out(site: Path, taken: RemovedTags) -> Problem | None:
    """Note under `ignore:` what a person took out of an article, or tell why that cannot be done.

    The file is read again: what was put back meanwhile is not noted. Nothing but that key is edited.
    """
    problems: list[Problem] = []
    try:
        config = loader.load_config(site, problems)
        names = names_by_kind(loader.load_entities(site, config, problems))
        raw = loader.read_bytes(site, taken.file)
        article = loader.parse_article(taken.file, raw, config, names, problems)
        out = set(tags_removed_by_hand(article)) if article else set()
        if problems:
            return problems[0]
        text = raw.decode()
        there = [
            item.value
            for item in frontmatter_edits.texts_in(
                frontmatter_edits.value_of(frontmatter_edits.head_of(text), "ignore")
            )
        ]
        noted = [*there, *(str(tag) for tag in taken.tags if tag in out)]
        if noted != there:
            replace_file(site / taken.file, frontmatter.edit(text, {"ignore": noted}).encode())
    except SiteError as error:
        return error.problems[0]
    except YamlError as error:
        return Problem(taken.file, error.line, error.what, error.mend)
    except OSError as error:
        return _unwritable(taken.file, error)
    return None


def _unwritable(file: str, error: OSError) -> Problem:
    return Problem(file, 0, f"cannot be written ({error.strerror})", "check its permissions")


def _passage(text: str, start: int, end: int) -> str:
    """A name with the words around it, on one line."""
    return one_line(text[max(0, start - _AROUND) : end + _AROUND].replace("\0", " ¶"))


def _not_about(tag: Tag, weight: EntityWeight, article: Article, most: int, kind: Kind) -> str:
    """Why an article is not about an entity that it names."""
    if about_mark(tag) in article.ignore:
        return "you took it out of `about:`"
    if kind.only == "about":
        return "not in the title" if not weight.in_title else "in the title only before a number"
    return why_not(count=weight.times, most=most, in_lead=weight.in_lead, aside=weight.aside, number=weight.in_title)


def _about(tag: Tag, weight: EntityWeight, article: Article) -> str:
    """Why an article is about an entity; empty where it is not."""
    if not weight.about:
        return "put in by hand" if tag in article.about else ""
    return "in the title" if weight.in_title else "in the lead" if weight.in_lead else f"named {weight.times} times"


def _changes(article: Article, merged: MergedTags, kinds: Iterable[str]) -> dict[str, object]:
    """What to write into an article's front matter."""
    changes: dict[str, object] = {}
    for kind in kinds:
        before = [tag for tag in article.tags if tag.kind == kind and tag not in article.implied]
        after = [tag for tag in merged.tags if tag.kind == kind]
        if before != after:
            # What a person wrote as a name stays a name.
            changes[kind] = [article.tag_texts.get(tag, tag.slug) for tag in after] or None
    if merged.ignore != article.ignore:
        changes["ignore"] = [str(tag) for tag in merged.ignore]
    if merged.about != article.about:
        changes["about"] = [str(tag) for tag in merged.about] or None
    for key, old, new in (
        ("tagged", article.tagged, merged.tagged),
        ("by_hand", article.by_hand, merged.by_hand),
    ):
        if set(new) != set(old):
            changes[key] = [str(item) for item in new] or None
    return changes


def _write(site: Path, article: Article, changes: dict[str, object]) -> Problem | None:
    path = site / article.file
    try:
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        replace_file(path, frontmatter.edit(text, changes).encode())
    except YamlError as error:
        return Problem(article.file, error.line, error.what, error.mend)
    except OSError as error:
        return _unwritable(article.file, error)
    return None
