"""Whatever is renamed, merged, moved and added: no tag, address, file or word of a person's is lost."""

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
    """A site's files in memory, with what to look for in its articles afterwards."""

    files: dict[str, str]
    kept: dict[str, list[str]] = field(default_factory=dict)

    def registry(self) -> EntityRegistry:
        texts = {file: text for file, text in self.files.items() if not file.startswith(site_paths.ARTICLES)}
        problems: list[Problem] = []
        found = [loader.parse_entity(file, text.encode(), problems) for file, text in texts.items()]
        assert problems == []
        return EntityRegistry(CONFIG, in_order(CONFIG, [entity for entity in found if entity]), texts)

    def articles(self) -> Iterator[tuple[str, bytes]]:
        for file, text in sorted(self.files.items()):
            if file.startswith(site_paths.ARTICLES):
                yield file, text.encode()

    def tags(self) -> dict[str, tag_rewriter.ArticleTags]:
        known_names = self.registry().names
        return {
            file: tag_rewriter.read_tags(frontmatter_edits.parse_head(raw.decode()), KINDS, known_names)
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
        return Site(files, self.kept)

    def addresses(self) -> tuple[set[str], dict[str, Tag]]:
        """The pages of entities and tags, and where redirects lead."""
        registry = self.registry()
        live = {*registry.by_tag, *(tag for one in self.tags().values() for tag in one.all())}
        return {registry.url(tag) for tag in live}, {
            url: entity.tag for entity in registry.entities for url in entity.redirect_from
        }


@st.composite
def lists(draw: st.DrawFn, key: str, items: list[str]) -> str:
    """A list as a person may write it."""
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
        others = draw(st.lists(names, max_size=2, unique=True))
        text = f"---\nname: '{name}'  # name of {tag}\n{draw(lists('names', others))}"
        if draw(st.booleans()):
            text += f"facts: {{Of: {tag.kind}, {tag.slug}: here}}\n# own of {tag}\n"
        if draw(st.integers(0, 3)) == 0:
            text += "wikidata: Q7\n"
        files[f"content/{tag.kind}/{tag.slug}.md"] = f"{text}---\n" + draw(st.sampled_from(["", f"Notes on {tag}.\n"]))
    kept: dict[str, list[str]] = {}
    written = st.one_of(slugs, names)
    pairs = st.builds("{}/{}".format, kinds, slugs)
    marks = st.builds("about/{}/{}".format, kinds, slugs)
    for number in range(draw(st.integers(1, 3))):
        between = [f"# own {number} {n}\n" for n in range(3)]
        chunks = [f"title: 'Note {number}'\n", between[0]]
        chunks += [draw(lists("companies", draw(st.lists(written, min_size=1, max_size=5))))]
        chunks += [between[1], "mine: {a:   1}  # odd\n"]
        chunks += [
            draw(lists(key, draw(st.lists(st.one_of(pairs, marks), max_size=3))))
            for key in ("ignore", "tagged", "by_hand")
        ]
        chunks += [draw(lists("topics", draw(st.lists(written, max_size=3))))]
        chunks += [draw(lists("about", draw(st.lists(pairs, max_size=2)))), between[2]]
        file, body = f"content/articles/2026/note-{number}.md", f"\nBody {number}, of alder and Birch.  \n"
        newline = draw(st.sampled_from(["\n", "\r\n"]))
        head = "".join(chunks)
        kept[file] = [*between, chunks[0], "mine: {a:   1}  # odd\n", body, *re.findall(r"# beside.*\n", head)]
        kept[file] = [one.replace("\n", newline) for one in kept[file]]
        files[file] = f"---\n{head}---\n{body}".replace("\n", newline)
    return Site(files, kept)


@dataclass(frozen=True)
class Command:
    what: str
    arguments: tuple[str, ...]

    def draft(self, registry: EntityRegistry) -> EntityEdit:
        work: dict[str, Callable[..., EntityEdit]] = {
            "rename": entity_edits.rename_entity,
            "move": entity_edits.move_entity,
            "add": entity_edits.add_entity,
            "merge": lambda where, *these: entity_merge.merge_entities(where, these[:-1], these[-1], self._bare(where)),
        }
        return work[self.what](registry, *self.arguments)

    def _bare(self, registry: EntityRegistry) -> list[Tag]:
        target = require_entity(registry, self.arguments[-1])
        for one in self.arguments[:-1]:
            if find_entity(registry, one, target) is None and "/" not in one:
                raise UsageError("no such tag")
        pairs = [one.split("/") for one in self.arguments[:-1] if find_entity(registry, one, target) is None]
        return [Tag(kind, slug) for kind, slug in pairs]

    def plan(self, site: Site) -> tuple[FileChange, ...] | None:
        """None where it is refused."""
        registry = site.registry()
        try:
            return plan_changes(registry, self.draft(registry), site.articles).changes
        except (UsageError, SiteError, YamlError) as error:
            note(f"{self}: {error}")
            return None


@st.composite
def commands(draw: st.DrawFn, site: Site) -> Command:
    """A command that may well be carried out: it mostly names what the site has."""
    registry = site.registry()
    live = sorted({tag for one in site.tags().values() for tag in one.all()} - registry.by_tag.keys())
    ways = [[str(one.tag), str(one.tag), one.slug, one.name, *one.names] for one in registry.entities]
    there = st.sampled_from(ways).flatmap(st.sampled_from) if ways else names
    what = draw(st.sampled_from(["rename", "rename", "merge", "merge", "move", "add"]))
    if what == "rename":
        return Command(what, (draw(there), draw(names), *draw(st.lists(slugs, max_size=1))))
    if what == "move":
        return Command(what, (draw(there), draw(kinds)))
    if what == "add":
        return Command(what, (draw(kinds), draw(names)))
    source = st.one_of(there, st.sampled_from([str(tag) for tag in live])) if live else there
    return Command(what, (*draw(st.lists(source, min_size=1, max_size=3)), draw(there)))


def require_kept(before: Site, after: Site) -> None:
    """All that has to hold between a site and the same with a command carried out."""
    live_before, led_before = before.addresses()
    live, led = after.addresses()
    gone = (live_before | set(led_before)) - (live | set(led))
    assert not gone, "an address is gone"
    new = after.registry()

    def follow(tag: Tag) -> Tag:
        if tag.kind == ABOUT_KIND:
            return about_mark(follow(Tag(*tag.slug.split("/", 1))))
        return tag if tag in new.by_tag else led.get(new.url(tag), tag)

    now = after.tags()
    assert {file for file in before.files if file.startswith(site_paths.ARTICLES)} == set(now)
    for file, old in before.tags().items():
        about = set(map(about_mark, old.of("about")))
        wanted = {follow(tag) for tag in old.all()}
        assert set(now[file].all()) == wanted
        stood = {*old.all(), *about, *old.of("ignore"), *old.of("tagged")}
        moved = {follow(tag) for tag in stood if follow(tag) != tag}
        theirs = {follow(tag) for tag in {*old.all(), *about} - old.of("tagged")}
        # What changes between two tags that become one is what `tag_rewriter.expected_tags` says; nothing else changes.
        assert {follow(tag) for tag in old.of("tagged")} - now[file].of("tagged") <= moved & theirs
        assert {follow(tag) for tag in old.of("ignore")} - now[file].of("ignore") <= moved & (
            wanted | set(map(follow, about))
        )
        assert now[file].of("by_hand") == {follow(tag) for tag in old.of("by_hand")}
        for key in ("tagged", "ignore", "about"):
            assert now[file].of(key) <= {follow(tag) for tag in old.of(key)}
        assert now[file].of("about") == {follow(tag) for tag in old.of("about")}
        for key, items in {**now[file].kinds, **now[file].lists}.items():
            was = [item.tag for item in {**old.kinds, **old.lists}.get(key, ())]
            meanings = [item.tag for item in items if item.tag in moved]
            if len(was) == len(set(was)):
                assert len(meanings) == len(set(meanings)), "one tag twice"
        for text in before.kept[file]:
            assert text in after.files[file]
        assert split(after.files[file]).body == split(before.files[file]).body
    everything = "".join(after.files.values())
    for text in before.files.values():
        for words in re.findall(r"Notes on .*|# own of .*", text):
            assert words.removeprefix("# ") in everything
    for entity in before.registry().entities:
        stays = new.by_tag[follow(entity.tag)]
        assert {entity.name, *entity.names} <= {stays.name, *stays.names}
        assert entity.wikidata in {None, stays.wikidata}
        assert {label for label, _ in entity.facts} <= {label for label, _ in stays.facts}


@given(sites(), st.integers(1, 5), st.data())
def test_nothing_is_lost_by_any_sequence(site: Site, many: int, data: st.DataObject) -> None:
    for _ in range(many):
        command = data.draw(commands(site))
        changes = command.plan(site)
        if changes is None:
            continue
        note(f"{command}: {[change.file for change in changes]}")
        after = site.after(changes)
        require_kept(site, after)
        assert command.plan(after) == (), "a second time there is something to do"
        site = after


def test_the_property_sees_real_work() -> None:
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
    require_kept(site, after)
    assert "companies: [gorse]" in after.files["content/articles/2026/note-0.md"]
    assert after.addresses()[1] == {
        "/firms/alder/": Tag("companies", "gorse"),
        "/firms/birch/": Tag("companies", "gorse"),
    }
    assert schema.names_by_kind(after.registry().entities)["companies"]["birch"] == "gorse"
