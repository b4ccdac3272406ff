"""The `suggest` command's work: names that recur in the articles, and what a person says to them.

No name that is discovered here reaches the site by itself: a person's word makes an entity's file, adds a name to one,
or puts a name on the list of those that are never asked for again (`content/never.txt`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.content import bounded_yaml, frontmatter, loader
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import paragraph_texts, parse
from site_gen.content.markdown.quotes import prepare_paragraph, quote_passage
from site_gen.content.records import Tag
from site_gen.core.atomic_files import create_file, replace_file
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.slugs import NEW_SEGMENT_BYTES, slugify
from site_gen.core.text import did_you_mean, nearest_word, one_line, scrub
from site_gen.core.urls import host_of
from site_gen.entities.curation.entity_registry import entity_file
from site_gen.entities.discovery.company_likelihood import strongest_reasons
from site_gen.entities.discovery.name_discovery import MIN_TEXTS, SearchedText, discover_names, name_key
from site_gen.entities.discovery.nearest_entity import NearestEntityIndex
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.suggestion_sheet import (
    NamePassage,
    Suggestion,
    SuggestionAnswer,
    format_sheet,
    parse_sheet,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from site_gen.content.records import Article, Content, Entity
    from site_gen.entities.discovery.name_discovery import DiscoveredName
    from site_gen.entities.ner import NerModel

_URL = re.compile(r"https?://[^\s)>\]\"]+")
_NEVER_FILE = "content/never.txt"
_DEFAULT_KIND = "companies"  # the kind of a plain yes; every site has it
# The kinds of a site that a guess goes to, by their folders' names, where the site has one.
_KINDS_BY_GUESS = {
    "company": ("companies", "organisations", "organizations"),
    "person": ("people", "persons"),
    "place": ("places", "locations"),
    "outlet": ("media", "outlets"),
    "product": ("products",),
    "topic": ("topics",),
    "other": ("companies",),
}


@dataclass(frozen=True, slots=True)
class AppliedAnswer:
    """What became of an answer."""

    name: str  # that was suggested
    verb: str  # `new`, `also` or `never`
    file: str  # the entity's file, or the list of refused names


class SuggestionSession:
    """A site's entities and its list of refused names, and the way to change both."""

    def __init__(self, site: Path) -> None:
        """Read the site. Raises SiteError when content is wrong: a file that cannot be read might hold a name."""
        content, problems = loader.load(site)
        if problems:
            raise SiteError(*problems)
        self.site = site
        self.content: Content = content
        self.kinds = {kind.key: kind for kind in content.config.kinds}
        self.entities: dict[Tag, Entity] = {entity.tag: entity for entity in content.entities}
        self.refused_names = _read_refused_names(site)

    def kind_for(self, guess: str) -> str:
        """Return the site's kind that a guess (`company`, `person`, `product` …) goes to."""
        return next((kind for kind in _KINDS_BY_GUESS[guess] if kind in self.kinds), _DEFAULT_KIND)

    def find(self, ref: str) -> Tag | None:
        """Return the entity of `companies/x`, `x`, `companies/A Name` or `A Name`, where only one goes by it."""
        kind, slash, name = ref.strip().strip("/").rpartition("/")
        candidates = {tag: entity for tag, entity in self.entities.items() if not slash or tag.kind == kind}
        matches = [tag for tag in candidates if tag.slug == name] or [
            tag
            for tag, entity in candidates.items()
            if name_key(name) in {name_key(n) for n in (entity.name, *entity.names)}
        ]
        return matches[0] if len(matches) == 1 else None

    def _mend_for(self, ref: str) -> str:
        """Return what to write instead of a reference that no entity goes by."""
        kind, slash, slug = ref.strip().strip("/").rpartition("/")
        candidates = [tag for tag in self.entities if not slash or tag.kind == kind] or list(self.entities)
        longer = [tag for tag in candidates if tag.slug.startswith(f"{slugify(slug)}-")]
        if len(longer) == 1:
            return f"did you mean {longer[0]}?"
        near = nearest_word(slug, (tag.slug for tag in candidates))
        otherwise = "write a companies/some-slug, or a name that it has"
        return next((f"did you mean {tag}?" for tag in candidates if tag.slug == near), otherwise)

    def check(self, answer: SuggestionAnswer, coming: Iterable[Tag] = ()) -> tuple[str, str] | None:
        """Return what is wrong with an answer, and what to do; None where it can be applied.

        coming: entities that answers before it make.
        """
        if answer.verb == "new":
            kind = answer.target or _DEFAULT_KIND
            if kind not in self.kinds:
                return f"the site has no kind `{kind}`", did_you_mean(
                    kind, self.kinds, f"write {', '.join(self.kinds)}"
                )
            tag = self.new_tag(answer)
            if (self.site / entity_file(tag)).exists() or tag in coming:
                return f"{entity_file(tag)} is there already", f"write [a {tag}] for another name of it"
        elif answer.verb == "also":
            is_coming = any(answer.target in {str(tag), tag.slug} for tag in coming)
            if not is_coming and not self.find(answer.target):
                return f"there is no `{answer.target}`", self._mend_for(answer.target)
        return None

    def new_tag(self, answer: SuggestionAnswer) -> Tag:
        """Return what a new entity would go by."""
        return Tag(answer.target or _DEFAULT_KIND, slugify(answer.name, limit=NEW_SEGMENT_BYTES))

    def apply(self, answer: SuggestionAnswer) -> AppliedAnswer:
        """Do what an answer says. Raises SiteError, with nothing changed, where that cannot be done."""
        fault = self.check(answer)
        if fault:
            raise SiteError(Problem(answer.name, 0, *fault))
        if answer.verb == "new":
            return self._create(answer)
        if answer.verb == "also":
            return self._add_names(answer)
        names = {*self.refused_names, answer.name}
        self.refused_names = tuple(sorted(names, key=lambda name: (name.casefold(), name)))
        try:
            replace_file(self.site / _NEVER_FILE, "".join(f"{name}\n" for name in self.refused_names).encode())
        except OSError as error:
            raise _unwritable(_NEVER_FILE, error) from None
        return AppliedAnswer(answer.name, "never", _NEVER_FILE)

    def _create(self, answer: SuggestionAnswer) -> AppliedAnswer:
        tag = self.new_tag(answer)
        file = entity_file(tag)
        text = frontmatter.dump({"name": answer.name, "names": list(answer.spellings)}, "").rstrip("\n") + "\n"
        problems: list[Problem] = []
        entity = loader.parse_entity(file, text.encode(), problems)
        if problems or entity is None:
            raise SiteError(*problems)
        path = self.site / file
        try:
            path.parent.mkdir(exist_ok=True)
            create_file(path, text.encode())
        except FileExistsError:
            raise SiteError(Problem(file, 0, "came just now", f"write [a {tag}] for another name of it")) from None
        except OSError as error:
            raise _unwritable(file, error) from None
        self.entities[tag] = entity
        return AppliedAnswer(answer.name, "new", file)

    def _add_names(self, answer: SuggestionAnswer) -> AppliedAnswer:
        tag = self.find(answer.target)
        entity = self.entities[tag] if tag else None
        if entity is None or entity.file is None:
            raise SiteError(Problem(answer.name, 0, f"there is no `{answer.target}`"))
        path = self.site / entity.file
        try:
            with path.open(encoding="utf-8", newline="") as stream:
                text = stream.read()
            meta = bounded_yaml.to_python(bounded_yaml.parse(frontmatter.split(text).yaml or ""))
            names = meta.get("names") if isinstance(meta, dict) else None
            listed = [names] if isinstance(names, str) else list(names) if isinstance(names, list) else []
            present = {entity.name, *entity.names, *listed}
            new = [name for name in dict.fromkeys((answer.name, *answer.spellings)) if name not in present]
            if new:
                edited = frontmatter.edit(text, {"names": [*listed, *new]})
                replace_file(path, edited.encode())
                problems: list[Problem] = []
                self.entities[entity.tag] = loader.parse_entity(entity.file, edited.encode(), problems) or entity
        except YamlError as error:
            raise SiteError(Problem(entity.file, error.line, error.what, error.mend)) from None
        except OSError as error:
            raise _unwritable(entity.file, error) from None
        return AppliedAnswer(answer.name, "also", entity.file)


def suggest_names(
    session: SuggestionSession,
    *,
    least: int = MIN_TEXTS,
    model: NerModel | None = None,
    progress: Callable[[Sequence[Article]], Iterable[Article]] = iter,
) -> list[Suggestion]:
    """Return the names that stand in at least so many articles, that no entity has and nobody refused, best first."""
    texts = searched_texts(session, progress)
    index = NearestEntityIndex(session.entities.values())
    names = discover_names(texts, _taken_names(session, index), least=least, model=model)
    return [_suggestion(session, name, texts, index) for name in names]


def searched_texts(
    session: SuggestionSession, progress: Callable[[Sequence[Article]], Iterable[Article]] = iter
) -> list[SearchedText]:
    """Return the articles of a site, in its order, as names are looked for in them."""
    markdown = make_parser()
    language = session.content.config.language
    return [
        SearchedText(
            (article.title, *paragraph_texts(parse(article.body, markdown))),
            article.language or language,
            (*article.author, *([article.site] if article.site else ())),
            host_of(article.source or ""),
            tuple(sorted({host_of(url) for url in _URL.findall(article.body)})),
        )
        for article in progress(session.content.articles)
    ]


def _taken_names(session: SuggestionSession, index: NearestEntityIndex) -> Callable[[str], bool]:
    """Return a function that says whether a name is an entity's, a decoy of one, or refused."""
    matcher = Matcher(build_gazetteer(session.entities.values(), session.kinds))
    decoys = (phrase for entity in session.entities.values() for phrase in entity.match.never)
    refused = {name_key(name) for name in (*session.refused_names, *decoys)}

    def is_taken(name: str) -> bool:
        if name_key(name) in refused or name in index:
            return True
        return any((hit.start, hit.end) == (0, len(name)) for hit in matcher.find(name))

    return is_taken


def _suggestion(
    session: SuggestionSession, name: DiscoveredName, texts: Sequence[SearchedText], index: NearestEntityIndex
) -> Suggestion:
    articles = session.content.articles
    days = sorted(day for number in name.texts if (day := articles[number].published))
    passages = []
    for position in name.positions:
        text = texts[position.text]
        paragraph = prepare_paragraph(text.lines[position.line], text.language)
        pieces = quote_passage(paragraph, [(position.start, position.end)])
        passages.append(NamePassage(articles[position.text].file, one_line("".join(piece.text for piece in pieces))))
    kind = session.kind_for(name.kind)
    tag = session.new_tag(SuggestionAnswer(name=name.name, verb="new", target=kind))
    return Suggestion(
        name=name.name,
        spellings=name.spellings,
        kind=name.kind,
        maker=name.maker,
        articles=len(name.texts),
        outlets=name.outlets,
        count=name.count,
        first=days[0] if days else None,
        last=days[-1] if days else None,
        passages=tuple(passages),
        near=(index.nearest(name.maker) if name.maker else None) or index.nearest(name.name),
        into=kind,
        file=entity_file(tag),
        yes="y" if kind == _DEFAULT_KIND else f"y {kind}",
        rank=name.rank,
        likelihood=name.likelihood,
        reasons=tuple(strongest_reasons(name.evidence)),
    )


def as_record(suggestion: Suggestion) -> dict[str, object]:
    """Return a suggestion as JSON for scripts: dates as YYYY-MM-DD, `near` as `kind/slug`."""
    return {
        "name": suggestion.name,
        "spellings": list(suggestion.spellings),
        "kind": suggestion.kind,
        "maker": suggestion.maker or None,
        "articles": suggestion.articles,
        "outlets": suggestion.outlets,
        "count": suggestion.count,
        "first": suggestion.first and suggestion.first.isoformat(),
        "last": suggestion.last and suggestion.last.isoformat(),
        "near": suggestion.near and str(suggestion.near),
        "file": suggestion.file,
        "rank": round(suggestion.rank, 3),
        "likelihood": round(suggestion.likelihood, 3),
        "reasons": [{"reason": reason, "log_odds": log_odds} for reason, log_odds in suggestion.reasons],
        "passages": [{"article": passage.article, "text": passage.text} for passage in suggestion.passages],
    }


def write_sheet(path: Path, suggestions: Iterable[Suggestion]) -> None:
    """Write a sheet to be answered. Raises UsageError where a file is: it may hold answers."""
    try:
        create_file(path, format_sheet(suggestions).encode())
    except FileExistsError:
        raise UsageError(f"{path} is there already, perhaps with your answers; name another file") from None
    except OSError as error:
        raise UsageError(f"cannot write {path} ({error.strerror})") from None


def apply_sheet(session: SuggestionSession, path: Path) -> Iterator[AppliedAnswer]:
    """Do what the answers of a sheet say, new entities first, and yield each when it is done.

    Raises SiteError with all that is wrong before anything is done, UsageError for a file that cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8; save it as UTF-8 in your editor") from None
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror})") from None
    problems: list[Problem] = []
    answers = sorted(parse_sheet(str(path), text, problems), key=lambda answer: answer.verb != "new")
    coming: list[Tag] = []
    for answer in answers:
        fault = session.check(answer, coming)
        if fault:
            problems.append(Problem(str(path), answer.line, *fault))
        elif answer.verb == "new":
            coming.append(session.new_tag(answer))
    if problems:
        raise SiteError(*sorted(problems))
    for answer in answers:
        yield session.apply(answer)


def _read_refused_names(site: Path) -> tuple[str, ...]:
    """Return the refused names, of which the file has one a line. Raises SiteError where it cannot be read."""
    try:
        text = (site / _NEVER_FILE).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError:
        raise SiteError(Problem(_NEVER_FILE, 0, "is not UTF-8", "save the file as UTF-8 in your editor")) from None
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise SiteError(Problem(_NEVER_FILE, 0, what, "check its permissions")) from None
    return tuple(dict.fromkeys(filter(None, map(one_line, scrub(text).split("\n")))))


def _unwritable(file: str, error: OSError) -> SiteError:
    return SiteError(Problem(file, 0, f"cannot be written ({error.strerror})", "make room, or check permissions"))
