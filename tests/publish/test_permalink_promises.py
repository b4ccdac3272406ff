"""Whatever is renamed, moved, merged or taken out over a year: what was published is found, or its loss is told.

A seeded walk edits a small site, mends what the build complains of in one of the ways that it names, and writes
the ledger now and then, as `publish` does. It takes as many steps as the profile has examples.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import random
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from site_gen.build import build_session
from site_gen.content import site_paths
from site_gen.core.errors import Problem, SiteError
from site_gen.core.urls import UrlPath, file_of_url
from site_gen.publish import permalinks
from site_gen.site import coverage
from tests.support.edited_site import Model, file_bytes
from tests.support.profiles import examples
from tests.support.sites import read_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

STEPS = examples()
ATOM = "{http://www.w3.org/2005/Atom}"
WORDS = (
    "silo",
    "ferry",
    "quay",
    "crane",
    "ledger",
    "rain",
    "grain",
    "rope",
    "anchor",
    "winch",
    "barge",
    "tide",
    "salt",
)
NAMES = ("Elmswick", "Tallow", "Voss", "Finch", "Marrow", "Pell", "Orrin", "Sable")


class Year:
    """A site, a builder that stays open, and what a reader has seen of it."""

    def __init__(self, base: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.folder, self.out = base / "site", base / "out"
        self.day = dt.date(2025, 11, 1)
        self.model: Model = {}
        self.disk: dict[str, bytes] = {}
        self.count = 0
        self.feed_ids: dict[str, str] = {}
        self.entry_ids: dict[str, str] = {}  # by article
        self.anchors: dict[str, set[str]] = {}  # by article: those that a link may name
        self.caught = 0
        self.model["content/site.yaml"] = {
            "title": "Quay Notes",
            "base_url": "https://notes.example/quay/",
            "text": "full",
            "kinds": {"people": {"label": "People"}},
        }
        for number in range(6):
            self.new_entity(("companies", "people")[number % 2])
        for _ in range(10):
            self.new_article()

    # -- the model

    def among(self, start: str) -> str:
        return self.chance.choice(
            sorted(name for name in self.model if name.startswith(start) and name.endswith(".md"))
        )

    def entities(self) -> list[str]:
        return sorted(n for n in self.model if n.endswith(".md") and not n.startswith("content/articles/"))

    def articles(self) -> list[str]:
        return sorted(n for n in self.model if n.startswith("content/articles/"))

    def slug(self, kind: str) -> str:
        self.count += 1
        return f"{self.chance.choice(NAMES).lower()}-{kind}-{self.count}"

    def paragraph(self) -> str:
        self.count += 1
        return f"The {' '.join(self.chance.choices(WORDS, k=6))} of number {self.count} was seen at noon."

    def new_entity(self, kind: str) -> str:
        slug = self.slug("co")
        self.model[f"content/{kind}/{slug}.md"] = {"name": slug.replace("-", " ").title(), "names": [], "body": ""}
        return slug

    def new_company(self) -> None:
        self.new_entity("companies")

    def new_article(self) -> None:
        self.count += 1
        month = self.chance.randrange(1, 12)
        fields: dict[str, Any] = {"id": f"id{self.count:06}", "title": f"Note {self.count}"}
        fields["published"] = f"{self.chance.choice([2024, 2025])}-{month:02}-05"
        for kind in ("companies", "people"):
            known = [n.split("/")[2][:-3] for n in self.entities() if n.split("/")[1] == kind]
            fields[kind] = self.chance.sample(known, min(len(known), self.chance.randrange(0, 4)))
        fields["paragraphs"] = [self.paragraph() for _ in range(5)]
        self.model[f"content/articles/2025/note-{self.count}.md"] = fields

    def retag(self, old: tuple[str, str], new: tuple[str, str] | None) -> None:
        for name in self.articles():
            fields = self.model[name]
            if old[1] in fields.get(old[0], []):
                fields[old[0]] = [slug for slug in fields[old[0]] if slug != old[1]]
                if new and new[1] not in fields.get(new[0], []):
                    fields[new[0]] = [*fields.get(new[0], []), new[1]]

    def url(self, kind: str, slug: str) -> str:
        kinds = self.model["content/site.yaml"]["kinds"]
        return f"/{kinds.get(kind, {}).get('prefix', kind)}/{slug}/"

    # -- the steps

    def article_file_is_renamed(self) -> None:
        old = self.among("content/articles/")
        self.count += 1
        new = f"content/articles/{self.chance.choice([2024, 2025])}/renamed-{self.count}.md"
        self.model[new] = self.model.pop(old)

    def title_is_changed(self) -> None:
        self.model[self.among("content/articles/")]["title"] = f"Retitled {self.count}"

    def date_is_changed(self) -> None:
        fields = self.model[self.among("content/articles/")]
        fields["published"] = f"{self.chance.choice([2023, 2024])}-0{self.chance.randrange(1, 9)}-07"

    def paragraph_is_edited(self) -> None:
        fields = self.model[self.among("content/articles/")]
        fields["paragraphs"][self.chance.randrange(len(fields["paragraphs"]))] = self.paragraph()

    def paragraph_is_moved(self) -> None:
        fields = self.model[self.among("content/articles/")]
        self.chance.shuffle(fields["paragraphs"])

    def paragraph_is_dropped(self) -> None:
        fields = self.model[self.among("content/articles/")]
        if len(fields["paragraphs"]) > 2:
            del fields["paragraphs"][self.chance.randrange(len(fields["paragraphs"]))]
            self.anchors.pop(fields["id"], None)  # nothing is promised for it

    def article_is_deleted(self) -> None:
        if len(self.articles()) > 4:
            del self.model[self.among("content/articles/")]

    def entity_is_renamed(self) -> None:
        """By hand, with its old name kept as another, or as the command does it."""
        file = self.chance.choice(self.entities())
        kind, slug = file.split("/")[1], file.split("/")[2][:-3]
        fields, new = self.model.pop(file), self.slug("co")
        if self.chance.random() < 0.5:
            fields["redirect_from"] = [*fields.get("redirect_from", []), self.url(kind, slug)]
        fields["names"] = [*fields["names"], fields["name"], slug.replace("-", " ")]
        fields["name"] = new.replace("-", " ").title()
        self.model[f"content/{kind}/{new}.md"] = fields
        self.retag((kind, slug), (kind, new))

    def entities_are_merged(self) -> None:
        files = self.entities()
        if len(files) < 4:
            return
        one, other = self.chance.sample(files, 2)
        (kind, slug), (into, new) = ((f.split("/")[1], f.split("/")[2][:-3]) for f in (one, other))
        gone, kept = self.model.pop(one), self.model[other]
        if self.chance.random() < 0.5:
            kept["redirect_from"] = [
                *kept.get("redirect_from", []),
                *gone.get("redirect_from", []),
                self.url(kind, slug),
            ]
        kept["names"] = [*kept["names"], *gone["names"], gone["name"]]
        self.retag((kind, slug), (into, new))

    def entity_is_deleted(self) -> None:
        if len(self.entities()) > 4:
            file = self.chance.choice(self.entities())
            del self.model[file]
            self.retag((file.split("/")[1], file.split("/")[2][:-3]), None)

    def entity_changes_its_kind(self) -> None:
        file = self.chance.choice(self.entities())
        kind, slug = file.split("/")[1], file.split("/")[2][:-3]
        other = "people" if kind == "companies" else "companies"
        self.model[f"content/{other}/{slug}.md"] = self.model.pop(file)
        self.retag((kind, slug), (other, slug))

    def prefix_is_changed(self) -> None:
        prefix = self.chance.choice(["people", "folk", "persons"])
        self.model["content/site.yaml"]["kinds"]["people"] = {"label": "People", "prefix": prefix}

    def slug_is_taken_over(self) -> None:
        """Put a new article where another stood, which was deleted."""
        file = self.among("content/articles/")
        self.model[file] = {**copy.deepcopy(self.model[file]), "id": f"id{self.count:06}x", "title": "Another"}

    # -- the disk, the build

    def sync(self) -> None:
        wanted: dict[str, bytes] = {}
        for name, fields in self.model.items():
            text = {"body": "\n\n".join(fields["paragraphs"])} if "paragraphs" in fields else {}
            wanted[name] = file_bytes({key: value for key, value in fields.items() if key != "paragraphs"} | text)
        for name in self.disk.keys() - wanted.keys():
            (self.folder / name).unlink()
        for name, data in wanted.items():
            if self.disk.get(name) != data:
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / name).write_bytes(data)
        self.disk = wanted

    def complaints(self, builder: build_session.IncrementalBuilder) -> list[Problem]:
        self.sync()
        try:
            builder.refresh()
        except SiteError as error:
            return list(error.problems)
        return []

    def lost(self, problem: Problem) -> str:
        match = re.match(r"(/\S*) was published", problem.what)
        assert match, problem
        assert problem.file == site_paths.PERMALINK_LEDGER
        assert problem.line > 0
        return match[1]

    def mend(self, before: Model, builder: build_session.IncrementalBuilder) -> None:
        """Mend as the complaints say, until there are none."""
        for _ in range(60):
            problems = self.complaints(builder)
            if not problems:
                return
            self.caught += 1
            way = self.chance.choice(["undo", "redirect", "gone", "gone"])
            others = [problem for problem in problems if "was published" not in problem.what]
            if others or way == "undo" or any("now stands for" in problem.what for problem in problems):
                self.model = copy.deepcopy(before)
                continue
            url = self.lost(problems[0])
            if way == "redirect" and url.endswith("/"):
                fields = self.model[self.chance.choice(self.articles())]
                fields["redirect_from"] = [*fields.get("redirect_from", []), url]
            else:
                permalinks.declare_gone(self.folder, url, self.day, "Something")
        raise AssertionError(f"not to be mended: {problems}")

    # -- what is promised

    def ledger(self) -> list[str]:
        text = (self.folder / site_paths.PERMALINK_LEDGER).read_text()
        return [line.split(" ")[0] for line in text.splitlines() if not line.startswith("#")]

    def require_all_is_there(self) -> None:
        files = read_files(self.out)
        for url in self.ledger():
            data = files.get(file_of_url(UrlPath(url)))
            assert data is not None, f"{url} is gone"
            text = data.decode()
            if " has moved</title>" in text:
                target = re.search(r'rel="canonical" href="https://notes.example/quay(/[^"]*)"', text)
                assert target
                then = files[file_of_url(UrlPath(target[1]))].decode()
                assert " has moved</title>" not in then, f"a chain: {url} → {target[1]}"
            if url.endswith("/feed.xml"):
                self.require_feed(url, text)
            if url.endswith("/feed.json"):
                self.require_json_feed(url, text)
            if url.endswith("/index.json"):
                assert json.loads(text)["url"].startswith("https://notes.example/quay/")
        for file in self.articles():
            fields = self.model[file]
            page = files[file.removeprefix("content/").removesuffix(".md") + "/index.html"].decode()
            missing = [one for one in self.anchors.get(fields["id"], ()) if f'id="{one}"' not in page]
            assert missing == [], file

    def publish(self) -> None:
        """Record all that stands there now: from here on its paragraphs are promised, and not before."""
        permalinks.record(self.folder, self.day)
        files = read_files(self.out)
        for file in self.articles():
            page = files[file.removeprefix("content/").removesuffix(".md") + "/index.html"].decode()
            found = re.findall(r' id="(p-[0-9a-f]{6})"', page)
            self.anchors.setdefault(self.model[file]["id"], set()).update(found)

    def require_feed(self, url: str, text: str) -> None:
        feed = ET.fromstring(text)
        assert self.feed_ids.setdefault(url, feed.findtext(f"{ATOM}id") or "") == feed.findtext(f"{ATOM}id"), url
        self.require_entries(
            (str(entry.findtext(f"{ATOM}id")), str(link.get("href")), str(entry.findtext(f"{ATOM}updated")))
            for entry in feed.iter(f"{ATOM}entry")
            if (link := entry.find(f"{ATOM}link")) is not None
        )

    def require_json_feed(self, url: str, text: str) -> None:
        feed = json.loads(text)
        assert feed["feed_url"] == f"https://notes.example/quay{url}"
        self.require_entries((item["id"], item["url"], item["date_modified"]) for item in feed["items"])

    def require_entries(self, entries: Iterable[tuple[str, str, str]]) -> None:
        """Require each entry under its old id and as of its old day.

        Whoever read an article in any feed, in either format, is then file_bytes it neither twice nor as new.
        """
        articles = [(file, self.model[file]) for file in self.articles()]
        by_page = {f"/{file.removeprefix('content/')[:-3]}/": fields for file, fields in articles}
        found = list(entries)
        assert len({identity for identity, _, _ in found}) == len(found)
        for identity, href, updated in found:
            page = href.removeprefix("https://notes.example/quay")
            if page.startswith("/issues/"):
                assert self.entry_ids.setdefault(page, identity) == identity
                continue
            fields = by_page[page]
            assert self.entry_ids.setdefault(fields["id"], identity) == identity
            assert updated == f"{fields['published']}T00:00:00Z"
        assert len(set(self.entry_ids.values())) == len(self.entry_ids)

    def steps(self) -> Iterator[str]:
        kinds: list[Callable[[], None]] = [
            self.article_file_is_renamed, self.title_is_changed, self.date_is_changed, self.paragraph_is_edited,
            self.paragraph_is_moved, self.paragraph_is_dropped, self.article_is_deleted, self.entity_is_renamed,
            self.entities_are_merged, self.entity_is_deleted, self.entity_changes_its_kind, self.prefix_is_changed,
            self.slug_is_taken_over, self.new_article, self.new_company,
        ]  # fmt: skip
        for _ in range(STEPS):
            step = self.chance.choice(kinds)
            step()
            yield step.__name__


@pytest.mark.timeout(max(300, 3 * STEPS))  # a step takes half a second
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_a_year_of_changes_loses_nothing_that_was_published(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "MAX_LISTED_STORIES", 3)  # so that entities have pages of years
    monkeypatch.setattr(build_session, "program_digest", lambda: "one and the same")
    year = Year(tmp_path, seed)
    year.sync()
    with build_session.open_builder(year.folder, year.out, build_session.BuildOptions(jobs=1)) as builder:
        builder.refresh()
        year.publish()
        year.require_all_is_there()
        before = copy.deepcopy(year.model)
        for step in year.steps():
            year.mend(before, builder)
            year.require_all_is_there()
            if step.startswith("paragraph") or year.chance.random() < 0.6:
                year.day += dt.timedelta(days=1)
                year.publish()
            before = copy.deepcopy(year.model)
    assert year.caught > STEPS / 50, "nothing was lost, so nothing was tried"
