"""The `suggest` command's work: names that recur in the articles, and what a person says to them.

Nothing that is found here reaches the site by itself: a person's word makes an entity's file, adds a name to one, or
puts a name on the list of those that are never asked for again (`content/never.txt`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.content import frontmatter, loader
from site_gen.content.bounded_yaml import YamlError, parse, to_python
from site_gen.content.markdown.document import paragraphs, parser
from site_gen.content.markdown.document import parse as parse_document
from site_gen.content.markdown.quotes import window
from site_gen.content.records import Tag
from site_gen.core.atomic_files import create_file, replace_file
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.text import did_you_mean, nearest_word, one_line, scrub
from site_gen.core.urls import NEW_SEGMENT_BYTES, slugify
from site_gen.entities.discovery.name_discovery import LEAST, Text, discover, key
from site_gen.entities.discovery.nearest_entity import Nearest
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.suggestion_sheet import Answer, Passage, Suggestion, read_sheet, sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from site_gen.content.records import Article, Content, Entity
    from site_gen.entities.discovery.name_discovery import Found
    from site_gen.entities.ner import Opinion

NEVER = "content/never.txt"
DEFAULT = "companies"  # the kind of a plain yes; every site has it
# The kinds of a site that a guess goes to, by their folders' names, where the site has one.
_FOLDERS = {
    "company": ("companies", "organisations", "organizations"),
    "person": ("people", "persons"),
    "place": ("places", "locations"),
    "other": ("companies",),
}


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of an answer: `new` and `also` name an entity's file, `never` the list."""

    name: str
    verb: str
    file: str


class Desk:
    """A site's entities and its list of refused names, and the way to change both."""

    def __init__(self, site: Path) -> None:
        """Raises SiteError when content is wrong: a file that cannot be read might hold a name."""
        loaded, problems = loader.load(site)
        if problems:
            raise SiteError(*problems)
        self.site = site
        self.loaded: Content = loaded
        self.kinds = {kind.key: kind for kind in loaded.config.kinds}
        self.entities: dict[Tag, Entity] = {entity.tag: entity for entity in loaded.entities}
        self.never = _read_never(site)

    def kind_for(self, guess: str) -> str:
        """The site's kind that a guess goes to."""
        return next((kind for kind in _FOLDERS[guess] if kind in self.kinds), DEFAULT)

    def find(self, ref: str) -> Tag | None:
        """The entity of `companies/x` or `x`, or of `companies/A Name` or `A Name`, where only one goes by that."""
        kind, slash, name = ref.strip().strip("/").rpartition("/")
        among = {tag: entity for tag, entity in self.entities.items() if not slash or tag.kind == kind}
        named = [tag for tag in among if tag.slug == name] or [
            tag for tag, entity in among.items() if key(name) in {key(n) for n in (entity.name, *entity.names)}
        ]
        return named[0] if len(named) == 1 else None

    def _near(self, ref: str) -> str:
        """What to write instead of a reference that none goes by."""
        otherwise = "write a companies/some-slug, or a name that it has"
        kind, slash, slug = ref.strip().strip("/").rpartition("/")
        among = [tag for tag in self.entities if not slash or tag.kind == kind] or list(self.entities)
        begun = [tag for tag in among if tag.slug.startswith(f"{slugify(slug)}-")]
        if len(begun) == 1:
            return f"did you mean {begun[0]}?"
        near = nearest_word(slug, (tag.slug for tag in among))
        return next((f"did you mean {tag}?" for tag in among if tag.slug == near), otherwise)

    def check(self, answer: Answer, coming: Iterable[Tag] = ()) -> tuple[str, str] | None:
        """What is wrong with an answer, and what to do; None where it can be applied. `coming` are entities that
        answers before it make."""
        if answer.verb == "new":
            kind = answer.target or DEFAULT
            if kind not in self.kinds:
                return f"the site has no kind `{kind}`", did_you_mean(
                    kind, self.kinds, f"write {', '.join(self.kinds)}"
                )
            tag = self.new_tag(answer)
            if (self.site / _file(tag)).exists() or tag in coming:
                return f"{_file(tag)} is there already", f"write [a {tag}] for another name of it"
        elif answer.verb == "also" and not self._find(answer.target, coming):
            return f"there is no `{answer.target}`", self._near(answer.target)
        return None

    def _find(self, ref: str, coming: Iterable[Tag]) -> Tag | None:
        return self.find(ref) or next((tag for tag in coming if ref in {str(tag), tag.slug}), None)

    def new_tag(self, answer: Answer) -> Tag:
        """What a new entity would go by."""
        return Tag(answer.target or DEFAULT, slugify(answer.name, limit=NEW_SEGMENT_BYTES))

    def apply(self, answer: Answer) -> Applied:
        """Do what an answer says. Raises SiteError, with nothing changed, where that cannot be done."""
        wrong = self.check(answer)
        if wrong:
            raise SiteError(Problem(answer.name, 0, *wrong))
        if answer.verb == "new":
            return self._create(answer)
        if answer.verb == "also":
            return self._add_names(answer)
        self.never = tuple(sorted({*self.never, answer.name}, key=lambda name: (name.casefold(), name)))
        try:
            replace_file(self.site / NEVER, "".join(f"{name}\n" for name in self.never).encode())
        except OSError as error:
            raise _unwritable(NEVER, error) from None
        return Applied(answer.name, "never", NEVER)

    def _create(self, answer: Answer) -> Applied:
        tag = self.new_tag(answer)
        file = _file(tag)
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
        return Applied(answer.name, "new", file)

    def _add_names(self, answer: Answer) -> Applied:
        tag = self.find(answer.target)
        entity = self.entities[tag] if tag else None
        if entity is None or entity.file is None:
            raise SiteError(Problem(answer.name, 0, f"there is no `{answer.target}`"))
        path = self.site / entity.file
        try:
            with path.open(encoding="utf-8", newline="") as stream:
                text = stream.read()
            written = to_python(parse(frontmatter.split(text).yaml or ""))
            before = written.get("names") if isinstance(written, dict) else None
            listed = [before] if isinstance(before, str) else list(before) if isinstance(before, list) else []
            there = {entity.name, *entity.names, *listed}
            new = [name for name in dict.fromkeys((answer.name, *answer.spellings)) if name not in there]
            if new:
                edited = frontmatter.edit(text, {"names": [*listed, *new]})
                replace_file(path, edited.encode())
                problems: list[Problem] = []
                self.entities[entity.tag] = loader.parse_entity(entity.file, edited.encode(), problems) or entity
        except YamlError as error:
            raise SiteError(Problem(entity.file, error.line, error.what, error.mend)) from None
        except OSError as error:
            raise _unwritable(entity.file, error) from None
        return Applied(answer.name, "also", entity.file)


def suggestions(
    desk: Desk,
    *,
    least: int = LEAST,
    opinion: Opinion | None = None,
    progress: Callable[[Sequence[Article]], Iterable[Article]] = iter,
) -> list[Suggestion]:
    """The names that stand in at least so many articles, that no entity has and nobody refused, best first."""
    articles = desk.loaded.articles
    markdown = parser()
    language = desk.loaded.config.language
    texts = [
        Text(
            (article.title, *paragraphs(parse_document(article.body, markdown))),
            article.language or language,
            (*article.author, *([article.site] if article.site else ())),
        )
        for article in progress(articles)
    ]
    nearest = Nearest(desk.entities.values())
    found = discover(texts, _known(desk, nearest), least=least, opinion=opinion)
    return [_suggestion(desk, name, texts, nearest) for name in found]


def _known(desk: Desk, nearest: Nearest) -> Callable[[str], bool]:
    matcher = Matcher(build_gazetteer(desk.entities.values(), desk.kinds))
    decoys = (phrase for entity in desk.entities.values() for phrase in entity.match.never)
    refused = {key(name) for name in (*desk.never, *decoys)}

    def known(name: str) -> bool:
        if key(name) in refused or name in nearest:
            return True
        return any((hit.start, hit.end) == (0, len(name)) for hit in matcher.find(name))

    return known


def _suggestion(desk: Desk, found: Found, texts: Sequence[Text], nearest: Nearest) -> Suggestion:
    articles = desk.loaded.articles
    days = sorted(day for number in found.texts if (day := articles[number].date))
    passages = []
    for place in found.places:
        pieces = window(texts[place.text].lines[place.line], [(place.start, place.end)], texts[place.text].language)
        passages.append(Passage(articles[place.text].file, one_line("".join(piece.text for piece in pieces))))
    into = desk.kind_for(found.kind)
    tag = desk.new_tag(Answer(name=found.name, verb="new", target=into))
    return Suggestion(
        name=found.name,
        spellings=found.spellings,
        kind=found.kind,
        articles=len(found.texts),
        count=found.count,
        first=days[0] if days else None,
        last=days[-1] if days else None,
        passages=tuple(passages),
        near=nearest.of(found.name),
        into=into,
        file=_file(tag),
        yes="y" if into == DEFAULT else f"y {into}",
        rank=found.rank,
    )


def as_record(suggestion: Suggestion) -> dict[str, object]:
    """A suggestion as JSON for scripts: dates as YYYY-MM-DD, `near` as `kind/slug`."""
    return {
        "name": suggestion.name,
        "spellings": list(suggestion.spellings),
        "kind": suggestion.kind,
        "articles": suggestion.articles,
        "count": suggestion.count,
        "first": suggestion.first and suggestion.first.isoformat(),
        "last": suggestion.last and suggestion.last.isoformat(),
        "near": suggestion.near and str(suggestion.near),
        "file": suggestion.file,
        "rank": round(suggestion.rank, 3),
        "passages": [{"article": passage.article, "text": passage.text} for passage in suggestion.passages],
    }


def write_sheet(path: Path, listed: Iterable[Suggestion]) -> None:
    """Write a sheet to be answered. Raises UsageError where a file is: it may hold answers."""
    try:
        create_file(path, sheet(listed).encode())
    except FileExistsError:
        raise UsageError(f"{path} is there already, perhaps with your answers; name another file") from None
    except OSError as error:
        raise UsageError(f"cannot write {path} ({error.strerror})") from None


def apply_sheet(desk: Desk, path: Path) -> Iterator[Applied]:
    """Do what the answers of a sheet say, new entities first, and tell each when it is done.

    Raises SiteError with all that is wrong before anything is done, UsageError for a file that cannot be read.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8; save it as UTF-8 in your editor") from None
    except OSError as error:
        raise UsageError(f"cannot read {path} ({error.strerror})") from None
    problems: list[Problem] = []
    answers = sorted(read_sheet(str(path), text, problems), key=lambda answer: answer.verb != "new")
    coming: list[Tag] = []
    for answer in answers:
        wrong = desk.check(answer, coming)
        if wrong:
            problems.append(Problem(str(path), answer.line, *wrong))
        elif answer.verb == "new":
            coming.append(desk.new_tag(answer))
    if problems:
        raise SiteError(*sorted(problems))
    for answer in answers:
        yield desk.apply(answer)


def _file(tag: Tag) -> str:
    return f"content/{tag.kind}/{tag.slug}.md"


def _read_never(site: Path) -> tuple[str, ...]:
    """The refused names, a line each. Raises SiteError where the list cannot be read."""
    try:
        text = (site / NEVER).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError:
        raise SiteError(Problem(NEVER, 0, "is not UTF-8", "save the file as UTF-8 in your editor")) from None
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise SiteError(Problem(NEVER, 0, what, "check its permissions")) from None
    return tuple(dict.fromkeys(filter(None, map(one_line, scrub(text).split("\n")))))


def _unwritable(file: str, error: OSError) -> SiteError:
    return SiteError(Problem(file, 0, f"cannot be written ({error.strerror})", "make room, or check permissions"))
