"""What a person says to suggested names, and what comes of it: the site's entities and lists of answered names.

A yes makes an entity's file, “same as” adds a name to one, “never” and “not now” put a name on a list. Each can be
taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.content import bounded_yaml, frontmatter, loader
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.records import Tag
from site_gen.content.undo_journal import UndoJournal
from site_gen.core.errors import Problem, SiteError, explain_write_error
from site_gen.core.slugs import NEW_SEGMENT_BYTES, slugify
from site_gen.core.text import did_you_mean, nearest_word
from site_gen.entities.answered_names import DEFERRED_FILE, REFUSED_FILE, AnsweredNames
from site_gen.entities.curation.entity_registry import entity_file
from site_gen.entities.discovery.name_discovery import name_key
from site_gen.entities.discovery.nearest_entity import NearestEntityIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from site_gen.content.records import Content, Entity
    from site_gen.entities.suggestion_sheet import SuggestionAnswer

DEFAULT_KIND = "companies"  # the kind of a plain yes; every site has it
# The kinds of a site that a guess goes to, by their folders' names, where the site has one.
_KINDS_BY_GUESS = {
    "company": ("companies", "organisations", "organizations"),
    "organisation": ("organisations", "organizations", "companies"),
    "person": ("people", "persons"),
    "place": ("places", "locations"),
    "outlet": ("media", "outlets"),
    "product": ("products",),
    "topic": ("topics",),
    "other": ("companies",),
}


class AppliedAnswer(Struct, frozen=True):
    """What became of an answer."""

    name: str  # that was suggested
    verb: str  # one of `suggestion_sheet.Verb`
    file: str  # the entity's file, or the list of refused or deferred names

    @property
    def needs_tagging(self) -> bool:
        """Whether articles may have other tags now."""
        return self.file not in {REFUSED_FILE, DEFERRED_FILE}


class SuggestionSession:
    """A site's entities and what was said to names before, and the way to change both."""

    def __init__(self, site: Path) -> None:
        """Read the site. Raises SiteError when content is wrong: a file that cannot be read might hold a name."""
        content, problems = loader.load(site)
        if problems:
            raise SiteError(*problems)
        self.site = site
        self.content: Content = content
        self.kinds = {kind.key: kind for kind in content.config.kinds}
        self.entities: dict[Tag, Entity] = {entity.tag: entity for entity in content.entities}
        self._journal = UndoJournal(site, "suggest")
        self.refused_names = AnsweredNames(site, REFUSED_FILE, self._journal)
        self.deferred_names = AnsweredNames(site, DEFERRED_FILE, self._journal)

    @property
    def is_fresh(self) -> bool:
        """Whether nothing was answered yet, and nobody is followed but the example of a new site."""
        return (
            not self.refused_names
            and not self.deferred_names
            and sum(tag.kind == DEFAULT_KIND for tag in self.entities) <= 1
        )

    def answer_to(self, name: str) -> str:
        """Return what was said to a name, in words; empty where nothing was."""
        for names in (self.refused_names, self.deferred_names):
            if name in names:
                return f"it is in {names.file}"
        tag = self.find(name)
        return f"{tag} has it" if tag else ""

    def kind_for(self, guess: str) -> str:
        """Return the site's kind that a guess (`company`, `person`, `product` …) goes to."""
        return next((kind for kind in _KINDS_BY_GUESS[guess] if kind in self.kinds), DEFAULT_KIND)

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

    def nearest(self, name: str, maker: str = "") -> Tag | None:
        """Return the entity that a name most likely belongs to, if any is near; that of its maker before others."""
        index = NearestEntityIndex(self.entities.values())
        return (index.nearest(maker) if maker else None) or index.nearest(name)

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
            kind = answer.target or DEFAULT_KIND
            if kind not in self.kinds:
                return f"the site has no kind `{kind}`", did_you_mean(
                    kind, self.kinds, f"write {', '.join(self.kinds)}"
                )
            tag = self.new_tag(answer.name, answer.target)
            if tag in coming or ((self.site / entity_file(tag)).exists() and not self._is_made(answer)):
                return f"{entity_file(tag)} exists already", f"write [same as {tag}] for another name of it"
        elif answer.verb == "also":
            slug = slugify(answer.target.strip("/").rpartition("/")[2])
            is_coming = any(answer.target == str(tag) or slug == tag.slug for tag in coming)
            if not is_coming and not self.find(answer.target):
                return f"there is no `{answer.target}`", self._mend_for(answer.target)
        elif answer.verb == "undo":
            return self._obstacle_to_undo(answer.name)
        return None

    def new_tag(self, name: str, kind: str = "") -> Tag:
        """Return what a new entity would go by."""
        return Tag(kind or DEFAULT_KIND, slugify(name, limit=NEW_SEGMENT_BYTES))

    def apply(self, answer: SuggestionAnswer) -> AppliedAnswer:
        """Do what an answer says. Raises SiteError, with nothing changed, where that cannot be done."""
        fault = self.check(answer)
        if fault:
            raise SiteError(Problem(answer.name, 0, *fault))
        if answer.verb == "new":
            return self._add_names(answer) if self._is_made(answer) else self._create(answer)
        if answer.verb == "also":
            return self._add_names(answer)
        if answer.verb == "undo":
            return AppliedAnswer(answer.name, "undo", self._take_back(answer.name))
        chosen, other = self.refused_names, self.deferred_names
        if answer.verb == "later":
            chosen, other = other, chosen
        chosen.add(answer.name)
        other.discard(answer.name)
        return AppliedAnswer(answer.name, answer.verb, chosen.file)

    def _is_made(self, answer: SuggestionAnswer) -> bool:
        """Return whether the entity of a yes is there under its very name: a sheet was given again after a kill."""
        entity = self.entities.get(self.new_tag(answer.name, answer.target))
        return entity is not None and entity.name == answer.name

    def _create(self, answer: SuggestionAnswer) -> AppliedAnswer:
        tag = self.new_tag(answer.name, answer.target)
        file = entity_file(tag)
        text = _entity_text(answer.name, answer.spellings)
        problems: list[Problem] = []
        entity = loader.parse_entity(file, text.encode(), problems)
        if problems or entity is None:
            raise SiteError(*problems)
        try:
            (self.site / file).parent.mkdir(exist_ok=True)
            self._journal.create(file, text.encode())
        except FileExistsError:
            raise SiteError(
                Problem(file, 0, "came just now", f"write [same as {tag}] for another name of it")
            ) from None
        except OSError as error:
            raise SiteError(explain_write_error(file, error)) from None
        self.entities[tag] = entity
        return AppliedAnswer(answer.name, "new", file)

    def _add_names(self, answer: SuggestionAnswer) -> AppliedAnswer:
        tag = self.new_tag(answer.name, answer.target) if answer.verb == "new" else self.find(answer.target)
        entity = self.entities[tag] if tag else None
        if entity is None or entity.file is None:
            raise SiteError(Problem(answer.name, 0, f"there is no `{answer.target}`"))
        self._edit_names(
            entity,
            lambda listed: [
                *listed,
                *(
                    name
                    for name in (answer.name, *answer.spellings)
                    if name not in {entity.name, *entity.names, *listed}
                ),
            ],
        )
        return AppliedAnswer(answer.name, answer.verb, entity.file)

    def _edit_names(self, entity: Entity, change: Callable[[list[str]], list[str]]) -> None:
        """Change the list of names in an entity's file, and nothing else in it."""
        file = entity.file or ""
        try:
            with (self.site / file).open(encoding="utf-8", newline="") as stream:
                text = stream.read()
            meta = bounded_yaml.to_python(bounded_yaml.parse(frontmatter.split(text).yaml or ""))
            names = meta.get("names") if isinstance(meta, dict) else None
            listed = [names] if isinstance(names, str) else list(names) if isinstance(names, list) else []
            changed = list(dict.fromkeys(change(listed)))
            if changed != listed:
                edited = frontmatter.edit(text, {"names": changed})
                self._journal.replace(file, edited.encode())
                self.entities[entity.tag] = loader.parse_entity(file, edited.encode(), []) or entity
        except YamlError as error:
            raise SiteError(Problem(file, error.line, error.what, error.mend)) from None
        except OSError as error:
            raise SiteError(explain_write_error(file, error)) from None

    def _take_back(self, name: str) -> str:
        """Undo what was answered to a name, and return the file that had it."""
        for names in (self.refused_names, self.deferred_names):
            if names.discard(name):
                return names.file
        key = name_key(name)
        entity = next(entity for entity in self._entities_of(name))
        file = entity.file or ""
        if name_key(entity.name) != key:
            self._edit_names(entity, lambda listed: [other for other in listed if name_key(other) != key])
            return file
        try:
            self._journal.remove(file)
        except OSError as error:
            raise SiteError(explain_write_error(file, error)) from None
        del self.entities[entity.tag]
        return file

    def _obstacle_to_undo(self, name: str) -> tuple[str, str] | None:
        """Return why nothing can be taken back of a name, and what to do; None where something can."""
        key = name_key(name)
        if name in self.refused_names or name in self.deferred_names:
            return None
        entity = next(self._entities_of(name), None)
        if entity is None:
            return (
                "was not answered",
                f"correct the name; answers are in {REFUSED_FILE}, {DEFERRED_FILE} and entities' files",
            )
        if name_key(entity.name) != key:
            return None
        text = (self.site / (entity.file or "")).read_bytes().decode(errors="replace")
        other_names = [other for other in entity.names if name_key(other) != key]
        if _holds_names_only(text) and not other_names:
            return None
        return f"{entity.file} holds more than the answer made", "remove the file, or take back its other names first"

    def _entities_of(self, name: str) -> Iterator[Entity]:
        """Yield the entities with a file that go by a name, those whose first name it is before others."""
        key = name_key(name)
        entities = [entity for entity in self.entities.values() if entity.file]
        yield from (entity for entity in entities if name_key(entity.name) == key)
        yield from (entity for entity in entities if key in map(name_key, entity.names))


def _holds_names_only(text: str) -> bool:
    """Return whether an entity's file has nothing but names, as a yes makes it."""
    parts = frontmatter.split(text)
    try:
        meta = bounded_yaml.to_python(bounded_yaml.parse(parts.yaml or ""))
    except YamlError:
        return False
    is_plain = isinstance(meta, dict) and meta.keys() <= {"name", "names"} and "#" not in (parts.yaml or "")
    return is_plain and not parts.body.strip()


def _entity_text(name: str, names: Sequence[str]) -> str:
    """Return the file that a yes makes."""
    return frontmatter.dump({"name": name, "names": list(names)}, "").rstrip("\n") + "\n"
