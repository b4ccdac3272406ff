"""The `suggest` command's work: names that recur in the articles, as a list, as JSON and as a sheet to be answered.

No name that is discovered here reaches the site by itself: it takes a person's answer (`suggestion_session`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import paragraph_texts, parse
from site_gen.content.markdown.quotes import prepare_paragraph, quote_passage
from site_gen.core.atomic_files import create_file
from site_gen.core.errors import Problem, SiteError, UsageError, explain_write_error
from site_gen.core.text import one_line
from site_gen.core.urls import host_of
from site_gen.entities.curation.entity_registry import entity_file
from site_gen.entities.discovery.company_likelihood import strongest_reasons
from site_gen.entities.discovery.name_discovery import MIN_TEXTS, SearchedText, discover_names, name_key
from site_gen.entities.discovery.name_kinds import COMPANY, ORGANISATION, OTHER, PRODUCT
from site_gen.entities.discovery.nearest_entity import NearestEntityIndex
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.suggestion_session import DEFAULT_KIND
from site_gen.entities.suggestion_sheet import NamePassage, Suggestion, format_sheet, parse_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from site_gen.content.records import Article, Tag
    from site_gen.entities.discovery.name_discovery import DiscoveredName
    from site_gen.entities.ner import NerModel
    from site_gen.entities.suggestion_session import AppliedAnswer, SuggestionSession

NOT_FOUND = "too few articles use it as a name of its own"  # why a name is not suggested
_ORDER = {"undo": 0, "new": 1}  # in which answers of a sheet are applied: others may need an entity that is new
_KINDS_OF_COMPANIES = frozenset(
    {COMPANY, ORGANISATION, OTHER, PRODUCT}
)  # what may belong to a company that is only suggested
_URL = re.compile(r"https?://[^\s)>\]\"]+")


def suggest_names(
    session: SuggestionSession,
    *,
    least: int = MIN_TEXTS,
    model: NerModel | None = None,
    progress: Callable[[Sequence[Article]], Iterable[Article]] = iter,
) -> list[Suggestion]:
    """Return the names that stand in at least so many articles, that no entity has and nobody refused, best first.

    Those that were put off come last.
    """
    texts = searched_texts(session, progress)
    index = NearestEntityIndex(session.entities.values())
    names = discover_names(texts, _taken_names(session, index), least=least, model=model)
    suggestions = []
    companies = NearestEntityIndex(())  # those further up: Quillmar Maps, which comes later, is near Quillmar
    for name in sorted(names, key=lambda name: name.name in session.deferred_names):
        near = _nearest(index, name) or (_nearest(companies, name) if name.kind in _KINDS_OF_COMPANIES else None)
        suggestions.append(_suggestion(session, name, texts, near))
        if name.kind in {COMPANY, ORGANISATION}:
            companies.add(name.name, session.new_tag(name.name, suggestions[-1].into))
    return suggestions


def _nearest(index: NearestEntityIndex, name: DiscoveredName) -> Tag | None:
    return (index.nearest(name.maker) if name.maker else None) or index.nearest(name.name)


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
    decoy_keys = set(map(name_key, decoys))

    def is_taken(name: str) -> bool:
        if name in session.refused_names or name_key(name) in decoy_keys or name in index:
            return True
        return any((hit.start, hit.end) == (0, len(name)) for hit in matcher.find(name))

    return is_taken


def _suggestion(
    session: SuggestionSession, name: DiscoveredName, texts: Sequence[SearchedText], near: Tag | None
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
    tag = session.new_tag(name.name, kind)
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
        near=near,
        is_near_new=near is not None and near not in session.entities,
        into=kind,
        file=entity_file(tag),
        yes="y" if kind == DEFAULT_KIND else f"y {kind}",
        is_deferred=name.name in session.deferred_names,
        rank=name.rank,
        likelihood=name.likelihood,
        reasons=tuple(strongest_reasons(name.evidence)),
    )


def as_record(suggestion: Suggestion) -> dict[str, object]:
    """Return a suggestion as JSON for scripts: dates as YYYY-MM-DD, `near` as `kind/slug`, to be answered `same as`."""
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
        "near_is_new": suggestion.is_near_new,
        "deferred": suggestion.is_deferred,
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
        raise UsageError(f"{path} exists already, perhaps with your answers; name another file") from None
    except OSError as error:
        raise UsageError(str(explain_write_error(path, error))) from None


def find_suggestion(suggestions: Sequence[Suggestion], name: str) -> tuple[int, Suggestion | None]:
    """Return a name's place among the suggestions, from 1, and its suggestion; 0 and None where it is none of them."""
    for place, suggestion in enumerate(suggestions, 1):
        if name_key(name) in map(name_key, (suggestion.name, *suggestion.spellings)):
            return place, suggestion
    return 0, None


def read_sheet(path: Path) -> str:
    """Return the text of a sheet. Raises UsageError where it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8; save it as UTF-8 in your editor") from None
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror})") from None


def apply_sheet(session: SuggestionSession, file: str, text: str) -> Iterator[AppliedAnswer]:
    """Do what the answers of a sheet say, new entities first, and yield each when it is done.

    file: its name, for complaints. Raises SiteError with all that is wrong before anything is done.
    """
    problems: list[Problem] = []
    answers = sorted(parse_sheet(file, text, problems), key=lambda answer: _ORDER.get(answer.verb, len(_ORDER)))
    coming: list[Tag] = []
    for answer in answers:
        fault = session.check(answer, coming)
        if fault:
            problems.append(Problem(file, answer.line, *fault))
        elif answer.verb == "new":
            coming.append(session.new_tag(answer.name, answer.target))
    if problems:
        raise SiteError(*sorted(problems))
    for answer in answers:
        yield session.apply(answer)
