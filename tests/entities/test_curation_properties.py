"""Renaming, merging, moving and adding entities loses no tag, address, file or word that a person wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import given, note
from hypothesis import strategies as st

from site_gen.content import frontmatter_edits, loader, schema, site_paths
from site_gen.content.bounded_yaml import YamlError
from site_gen.content.frontmatter import split
from site_gen.content.records import ABOUT_KIND, Kind, SiteConfig, Tag
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.entities.curation import entity_edits, entity_merge, tag_rewriter
from site_gen.entities.curation.change_plan import FileChange, plan_changes
from site_gen.entities.curation.entity_registry import EntityRegistry, find_entity, in_order, require_entity
from site_gen.entities.matching.tag_merge import about_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from site_gen.entities.curation.change_plan import EntityEdit

CONFIG = SiteConfig(
    title="Quay Notes",
    base_url="https://notes.example/",
    kinds=(
        Kind(key="companies", label="Companies", singular="Company", prefix="firms"),
        Kind(key="topics", label="Topics", singular="Topic", prefix="topics", by="keywords"),
    ),
    extra_keys=("mine",),
)
NAMES = ["Alder", "Birch", "Cedar Quay", "Éclair", "U.S. Dock", "海康", "Dock", "Fern plc", "no", "Con"]
SLUGS = ["alder", "birch", "cedar-quay", "eclair", "us-dock", "海康", "dock", "fern-plc", "no", "con-page", "gorse"]
KINDS = ["companies", "topics"]
names, slugs, kinds = st.sampled_from(NAMES), st.sampled_from(SLUGS), st.sampled_from(KINDS)


@dataclass
class Site:
    """The files of a site in memory, and for each article the texts that it must still hold after a command."""

    files: dict[str, str]
    texts_to_keep: dict[str, list[str]] = field(default_factory=dict)

    def registry(self) -> EntityRegistry:
        texts = {file: text for file, text in self.files.items() if not file.startswith(site_paths.ARTICLES)}
        problems: list[Problem] = []
        entities = [loader.parse_entity(file, text.encode(), problems) for file, text in texts.items()]
        assert problems == []
        return EntityRegistry(CONFIG, in_order(CONFIG, [entity for entity in entities if entity]), texts)

    def articles(self) -> Iterator[tuple[str, bytes]]:
        for file, text in sorted(self.files.items()):
            if file.startswith(site_paths.ARTICLES):
                yield file, text.encode()

    def tags(self) -> dict[str, tag_rewriter.ArticleTags]:
        entity_names = self.registry().names
        return {
            file: tag_rewriter.read_tags(frontmatter_edits.parse_head(raw.decode()), KINDS, entity_names)
            for file, raw in self.articles()
        }

    def after(self, changes: tuple[FileChange, ...] | list[FileChange]) -> Site:
        files = dict(self.files)
        for change in changes:
            assert files.get(change.file) == change.before
            if change.after is None:
                del files[change.file]
            else:
                files[change.file] = change.after
        return Site(files, self.texts_to_keep)

    def addresses(self) -> tuple[set[str], dict[str, Tag]]:
        """Return the pages of entities and tags, and where redirects lead."""
        registry = self.registry()
        tags = {*registry.by_tag, *(tag for article_tags in self.tags().values() for tag in article_tags.all())}
        return {registry.url(tag) for tag in tags}, {
            url: entity.tag for entity in registry.entities for url in entity.redirect_from
        }


@st.composite
def written_lists(draw: st.DrawFn, key: str, items: list[str]) -> str:
    """Draw a list as a person may write it."""
    if not items:
        return ""
    quoted = [draw(st.sampled_from(["{}", '"{}"', "'{}'"])).format(item) for item in items]
    form = draw(st.integers(0, 2))
    if form == 0:
        return f"{key}: [{', '.join(quoted)}]\n"
    if form == 1:
        return f"{key}: [\n" + "".join(f"  {item},  # beside {n}\n" for n, item in enumerate(quoted)) + "]\n"
    return f"{key}:\n" + "".join(f"- {item}  # beside {key} {n}\n" for n, item in enumerate(quoted))


@st.composite
def sites(draw: st.DrawFn) -> Site:
    files: dict[str, str] = {}
    for tag in draw(st.lists(st.builds(Tag, kinds, slugs), min_size=1, max_size=6, unique=True)):
        name = draw(st.one_of(st.just(NAMES[SLUGS.index(tag.slug)] if tag.slug != "gorse" else "Gorse"), names))
        other_names = draw(st.lists(names, max_size=2, unique=True))
        text = f"---\nname: '{name}'  # name of {tag}\n{draw(written_lists('names', other_names))}"
        if draw(st.booleans()):
            text += f"facts: {{Of: {tag.kind}, {tag.slug}: here}}\n# own of {tag}\n"
        if draw(st.integers(0, 3)) == 0:
            text += "wikidata: Q7\n"
        files[f"content/{tag.kind}/{tag.slug}.md"] = f"{text}---\n" + draw(st.sampled_from(["", f"Notes on {tag}.\n"]))
    texts_to_keep: dict[str, list[str]] = {}
    written = st.one_of(slugs, names)
    pairs = st.builds("{}/{}".format, kinds, slugs)
    marks = st.builds("about/{}/{}".format, kinds, slugs)
    for number in range(draw(st.integers(1, 3))):
        between = [f"# own {number} {n}\n" for n in range(3)]
        chunks = [f"title: 'Note {number}'\n", between[0]]
        chunks += [draw(written_lists("companies", draw(st.lists(written, min_size=1, max_size=5))))]
        chunks += [between[1], "mine: {a:   1}  # odd\n"]
        chunks += [
            draw(written_lists(key, draw(st.lists(st.one_of(pairs, marks), max_size=3))))
            for key in ("ignore", "tagged", "by_hand")
        ]
        chunks += [draw(written_lists("topics", draw(st.lists(written, max_size=3))))]
        chunks += [draw(written_lists("about", draw(st.lists(pairs, max_size=2)))), between[2]]
        file, body = f"content/articles/2026/note-{number}.md", f"\nBody {number}, of alder and Birch.  \n"
        newline = draw(st.sampled_from(["\n", "\r\n"]))
        head = "".join(chunks)
        texts_to_keep[file] = [*between, chunks[0], "mine: {a:   1}  # odd\n", body, *re.findall(r"# beside.*\n", head)]
        texts_to_keep[file] = [text.replace("\n", newline) for text in texts_to_keep[file]]
        files[file] = f"---\n{head}---\n{body}".replace("\n", newline)
    return Site(files, texts_to_keep)


@dataclass(frozen=True)
class Command:
    name: str
    arguments: tuple[str, ...]

    def draft(self, registry: EntityRegistry) -> EntityEdit:
        if self.name == "merge":
            *sources, target = self.arguments
            return entity_merge.merge_entities(registry, sources, target, self._tags_without_entity(registry))
        functions: dict[str, Callable[..., EntityEdit]] = {
            "rename": entity_edits.rename_entity,
            "move": entity_edits.move_entity,
            "add": entity_edits.add_entity,
        }
        return functions[self.name](registry, *self.arguments)

    def _tags_without_entity(self, registry: EntityRegistry) -> list[Tag]:
        """Return the tags that are named and have no entity."""
        target = require_entity(registry, self.arguments[-1])
        unknown = [text for text in self.arguments[:-1] if find_entity(registry, text, target) is None]
        if not all("/" in text for text in unknown):
            raise UsageError("no such tag")
        return [Tag(*text.split("/")) for text in unknown]

    def plan(self, site: Site) -> tuple[FileChange, ...] | None:
        """Return the changes, or None where the command is refused."""
        registry = site.registry()
        try:
            return plan_changes(registry, self.draft(registry), site.articles).changes
        except (UsageError, SiteError, YamlError) as error:
            note(f"{self}: {error}")
            return None


@st.composite
def commands(draw: st.DrawFn, site: Site) -> Command:
    """Draw a command that may well be carried out: it mostly names what the site has."""
    registry = site.registry()
    tags = {tag for article_tags in site.tags().values() for tag in article_tags.all()}
    tags_without_entity = sorted(map(str, tags - registry.by_tag.keys()))
    references = [[str(one.tag), str(one.tag), one.slug, one.name, *one.names] for one in registry.entities]
    entities = st.sampled_from(references).flatmap(st.sampled_from) if references else names
    name = draw(st.sampled_from(["rename", "rename", "merge", "merge", "move", "add"]))
    if name == "rename":
        return Command(name, (draw(entities), draw(names), *draw(st.lists(slugs, max_size=1))))
    if name == "move":
        return Command(name, (draw(entities), draw(kinds)))
    if name == "add":
        return Command(name, (draw(kinds), draw(names)))
    sources = st.one_of(entities, st.sampled_from(tags_without_entity)) if tags_without_entity else entities
    return Command(name, (*draw(st.lists(sources, min_size=1, max_size=3)), draw(entities)))


def assert_nothing_is_lost(before: Site, after: Site) -> None:
    """Assert all that has to hold between a site and the same site after a command."""
    pages_before, redirects_before = before.addresses()
    pages, redirects = after.addresses()
    lost = (pages_before | set(redirects_before)) - (pages | set(redirects))
    assert not lost, "an address is gone"
    registry = after.registry()

    def tag_after(tag: Tag) -> Tag:
        if tag.kind == ABOUT_KIND:
            return about_mark(tag_after(Tag(*tag.slug.split("/", 1))))
        return tag if tag in registry.by_tag else redirects.get(registry.url(tag), tag)

    articles_after = after.tags()
    assert {file for file in before.files if file.startswith(site_paths.ARTICLES)} == set(articles_after)
    for file, article_before in before.tags().items():
        article_after = articles_after[file]
        about = set(map(about_mark, article_before.of("about")))
        expected = {tag_after(tag) for tag in article_before.all()}
        assert set(article_after.all()) == expected
        tags_of_any_key = {*article_before.all(), *about, *article_before.of("ignore"), *article_before.of("tagged")}
        moved = {tag_after(tag) for tag in tags_of_any_key if tag_after(tag) != tag}
        tags_of_a_person = {tag_after(tag) for tag in {*article_before.all(), *about} - article_before.of("tagged")}
        # What changes between two tags that become one is what `tag_rewriter.expected_tags` says; nothing else changes.
        assert {tag_after(tag) for tag in article_before.of("tagged")} - article_after.of(
            "tagged"
        ) <= moved & tags_of_a_person
        assert {tag_after(tag) for tag in article_before.of("ignore")} - article_after.of("ignore") <= moved & (
            expected | set(map(tag_after, about))
        )
        assert article_after.of("by_hand") == {tag_after(tag) for tag in article_before.of("by_hand")}
        for key in ("tagged", "ignore", "about"):
            assert article_after.of(key) <= {tag_after(tag) for tag in article_before.of(key)}
        assert article_after.of("about") == {tag_after(tag) for tag in article_before.of("about")}
        for key, items in {**article_after.kinds, **article_after.lists}.items():
            items_before = [item.tag for item in {**article_before.kinds, **article_before.lists}.get(key, ())]
            items_after = [item.tag for item in items if item.tag in moved]
            if len(items_before) == len(set(items_before)):
                assert len(items_after) == len(set(items_after)), "one tag twice"
        for text in before.texts_to_keep[file]:
            assert text in after.files[file]
        assert split(after.files[file]).body == split(before.files[file]).body
    everything = "".join(after.files.values())
    for text in before.files.values():
        for words in re.findall(r"Notes on .*|# own of .*", text):
            assert words.removeprefix("# ") in everything
    for entity in before.registry().entities:
        entity_after = registry.by_tag[tag_after(entity.tag)]
        assert {entity.name, *entity.names} <= {entity_after.name, *entity_after.names}
        assert entity.wikidata in {None, entity_after.wikidata}
        assert {label for label, _ in entity.facts} <= {label for label, _ in entity_after.facts}


@given(sites(), st.integers(1, 5), st.data())
def test_nothing_is_lost_by_any_sequence_of_commands(site: Site, count: int, data: st.DataObject) -> None:
    for _ in range(count):
        command = data.draw(commands(site))
        changes = command.plan(site)
        if changes is None:
            continue
        note(f"{command}: {[change.file for change in changes]}")
        after = site.after(changes)
        assert_nothing_is_lost(site, after)
        assert command.plan(after) == (), "a second time there is something to do"
        site = after


def test_the_property_is_tried_on_commands_that_change_files() -> None:
    site = Site(
        {
            "content/companies/alder.md": "---\nname: Alder\n---\n",
            "content/articles/2026/note-0.md": "---\ntitle: x\ncompanies: [alder, birch]\n---\n",
        },
        {"content/articles/2026/note-0.md": []},
    )
    changes = Command("rename", ("Alder", "Birch", "gorse")).plan(site)
    assert changes
    after = site.after(changes)
    assert_nothing_is_lost(site, after)
    assert "companies: [gorse]" in after.files["content/articles/2026/note-0.md"]
    assert after.addresses()[1] == {
        "/firms/alder/": Tag("companies", "gorse"),
        "/firms/birch/": Tag("companies", "gorse"),
    }
    assert schema.names_by_kind(after.registry().entities)["companies"]["birch"] == "gorse"
