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
from tests.support.sites import read_files, write_files

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


class ChangingSite:
    """A site that changes step by step, and what its readers have seen of it."""

    def __init__(self, workspace: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.folder, self.out = workspace / "site", workspace / "out"
        self.day = dt.date(2025, 11, 1)
        self.model: Model = {}
        self.files: dict[str, bytes] = {}  # that are on the disk
        self.count = 0  # of all that was named so far
        self.feed_ids: dict[str, str] = {}  # by the feed's URL
        self.entry_ids: dict[str, str] = {}  # by article
        self.anchors: dict[str, set[str]] = {}  # by article: those that a link may name
        self.complaint_count = 0  # of builds that a step broke
        self.model["content/site.yaml"] = {
            "title": "Quay Notes",
            "base_url": "https://notes.example/quay/",
            "text": "full",
            "kinds": {"people": {"label": "People"}},
        }
        for number in range(6):
            self.add_entity(("companies", "people")[number % 2])
        for _ in range(10):
            self.article_is_added()

    # -- the model

    def pick_file(self, start: str) -> str:
        return self.dice.choice(sorted(name for name in self.model if name.startswith(start) and name.endswith(".md")))

    def entities(self) -> list[str]:
        return sorted(n for n in self.model if n.endswith(".md") and not n.startswith("content/articles/"))

    def articles(self) -> list[str]:
        return sorted(n for n in self.model if n.startswith("content/articles/"))

    def slug(self, kind: str) -> str:
        self.count += 1
        return f"{self.dice.choice(NAMES).lower()}-{kind}-{self.count}"

    def paragraph(self) -> str:
        self.count += 1
        return f"The {' '.join(self.dice.choices(WORDS, k=6))} of number {self.count} was seen at noon."

    def add_entity(self, kind: str) -> str:
        slug = self.slug("co")
        self.model[f"content/{kind}/{slug}.md"] = {"name": slug.replace("-", " ").title(), "names": [], "body": ""}
        return slug

    def company_is_added(self) -> None:
        self.add_entity("companies")

    def article_is_added(self) -> None:
        self.count += 1
        month = self.dice.randrange(1, 12)
        fields: dict[str, Any] = {"id": f"id{self.count:06}", "title": f"Note {self.count}"}
        fields["published"] = f"{self.dice.choice([2024, 2025])}-{month:02}-05"
        for kind in ("companies", "people"):
            slugs = [name.split("/")[2][:-3] for name in self.entities() if name.split("/")[1] == kind]
            fields[kind] = self.dice.sample(slugs, min(len(slugs), self.dice.randrange(0, 4)))
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
        old = self.pick_file("content/articles/")
        self.count += 1
        new = f"content/articles/{self.dice.choice([2024, 2025])}/renamed-{self.count}.md"
        self.model[new] = self.model.pop(old)

    def title_is_changed(self) -> None:
        self.model[self.pick_file("content/articles/")]["title"] = f"Retitled {self.count}"

    def date_is_changed(self) -> None:
        fields = self.model[self.pick_file("content/articles/")]
        fields["published"] = f"{self.dice.choice([2023, 2024])}-0{self.dice.randrange(1, 9)}-07"

    def paragraph_is_edited(self) -> None:
        fields = self.model[self.pick_file("content/articles/")]
        fields["paragraphs"][self.dice.randrange(len(fields["paragraphs"]))] = self.paragraph()

    def paragraph_is_moved(self) -> None:
        fields = self.model[self.pick_file("content/articles/")]
        self.dice.shuffle(fields["paragraphs"])

    def paragraph_is_dropped(self) -> None:
        fields = self.model[self.pick_file("content/articles/")]
        if len(fields["paragraphs"]) > 2:
            del fields["paragraphs"][self.dice.randrange(len(fields["paragraphs"]))]
            self.anchors.pop(fields["id"], None)  # nothing is promised for it

    def article_is_deleted(self) -> None:
        if len(self.articles()) > 4:
            del self.model[self.pick_file("content/articles/")]

    def entity_is_renamed(self) -> None:
        """By hand, with its old name kept as another, or as the command does it."""
        file = self.dice.choice(self.entities())
        kind, slug = file.split("/")[1], file.split("/")[2][:-3]
        fields, new = self.model.pop(file), self.slug("co")
        if self.dice.random() < 0.5:
            fields["redirect_from"] = [*fields.get("redirect_from", []), self.url(kind, slug)]
        fields["names"] = [*fields["names"], fields["name"], slug.replace("-", " ")]
        fields["name"] = new.replace("-", " ").title()
        self.model[f"content/{kind}/{new}.md"] = fields
        self.retag((kind, slug), (kind, new))

    def entities_are_merged(self) -> None:
        files = self.entities()
        if len(files) < 4:
            return
        merged_file, target_file = self.dice.sample(files, 2)
        (kind, slug), (into, new) = (
            (file.split("/")[1], file.split("/")[2][:-3]) for file in (merged_file, target_file)
        )
        merged, target = self.model.pop(merged_file), self.model[target_file]
        if self.dice.random() < 0.5:
            old_urls = [*merged.get("redirect_from", []), self.url(kind, slug)]
            target["redirect_from"] = [*target.get("redirect_from", []), *old_urls]
        target["names"] = [*target["names"], *merged["names"], merged["name"]]
        self.retag((kind, slug), (into, new))

    def entity_is_deleted(self) -> None:
        if len(self.entities()) > 4:
            file = self.dice.choice(self.entities())
            del self.model[file]
            self.retag((file.split("/")[1], file.split("/")[2][:-3]), None)

    def entity_changes_its_kind(self) -> None:
        file = self.dice.choice(self.entities())
        kind, slug = file.split("/")[1], file.split("/")[2][:-3]
        other = "people" if kind == "companies" else "companies"
        self.model[f"content/{other}/{slug}.md"] = self.model.pop(file)
        self.retag((kind, slug), (other, slug))

    def prefix_is_changed(self) -> None:
        prefix = self.dice.choice(["people", "folk", "persons"])
        self.model["content/site.yaml"]["kinds"]["people"] = {"label": "People", "prefix": prefix}

    def slug_is_taken_over(self) -> None:
        """Put a new article where another stood, which was deleted."""
        file = self.pick_file("content/articles/")
        self.model[file] = {**copy.deepcopy(self.model[file]), "id": f"id{self.count:06}x", "title": "Another"}

    # -- the disk, the build

    def sync(self) -> None:
        wanted: dict[str, bytes] = {}
        for name, fields in self.model.items():
            text = {"body": "\n\n".join(fields["paragraphs"])} if "paragraphs" in fields else {}
            wanted[name] = file_bytes({key: value for key, value in fields.items() if key != "paragraphs"} | text)
        for name in self.files.keys() - wanted.keys():
            (self.folder / name).unlink()
        write_files(self.folder, {name: data for name, data in wanted.items() if self.files.get(name) != data})
        self.files = wanted

    def build(self, builder: build_session.IncrementalBuilder) -> list[Problem]:
        self.sync()
        try:
            builder.refresh()
        except SiteError as error:
            return list(error.problems)
        return []

    def lost_url(self, problem: Problem) -> str:
        match = re.match(r"(/\S*) was published", problem.what)
        assert match, problem
        assert problem.file == site_paths.PERMALINK_LEDGER
        assert problem.line > 0
        return match[1]

    def mend_complaints(self, before: Model, builder: build_session.IncrementalBuilder) -> None:
        """Mend as the complaints say, until there are none."""
        for _ in range(60):
            problems = self.build(builder)
            if not problems:
                return
            self.complaint_count += 1
            mend = self.dice.choice(["undo", "redirect", "gone", "gone"])
            others = [problem for problem in problems if "was published" not in problem.what]
            if others or mend == "undo" or any("now stands for" in problem.what for problem in problems):
                self.model = copy.deepcopy(before)
                continue
            url = self.lost_url(problems[0])
            if mend == "redirect" and url.endswith("/"):
                fields = self.model[self.dice.choice(self.articles())]
                fields["redirect_from"] = [*fields.get("redirect_from", []), url]
            else:
                permalinks.declare_gone(self.folder, url, self.day, "Something")
        raise AssertionError(f"not to be mended: {problems}")

    # -- what is promised

    def published_urls(self) -> list[str]:
        text = (self.folder / site_paths.PERMALINK_LEDGER).read_text()
        return [line.split(" ")[0] for line in text.splitlines() if not line.startswith("#")]

    def require_promises(self) -> None:
        files = read_files(self.out)
        for url in self.published_urls():
            data = files.get(file_of_url(UrlPath(url)))
            assert data is not None, f"{url} is gone"
            text = data.decode()
            if " has moved</title>" in text:
                target = re.search(r'rel="canonical" href="https://notes.example/quay(/[^"]*)"', text)
                assert target
                target_page = files[file_of_url(UrlPath(target[1]))].decode()
                assert " has moved</title>" not in target_page, f"a chain: {url} → {target[1]}"
            if url.endswith("/feed.xml"):
                self.require_feed(url, text)
            if url.endswith("/feed.json"):
                self.require_json_feed(url, text)
            if url.endswith("/index.json"):
                assert json.loads(text)["url"].startswith("https://notes.example/quay/")
        for file in self.articles():
            fields = self.model[file]
            page = files[file.removeprefix("content/").removesuffix(".md") + "/index.html"].decode()
            missing = [anchor for anchor in self.anchors.get(fields["id"], ()) if f'id="{anchor}"' not in page]
            assert missing == [], file

    def publish(self) -> None:
        """Record all that stands there now: from here on its paragraphs are promised, and not before."""
        permalinks.record(self.folder, self.day)
        files = read_files(self.out)
        for file in self.articles():
            page = files[file.removeprefix("content/").removesuffix(".md") + "/index.html"].decode()
            ids = re.findall(r' id="(p-[0-9a-f]{6})"', page)
            self.anchors.setdefault(self.model[file]["id"], set()).update(ids)

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
        listed = list(entries)
        assert len({identity for identity, _, _ in listed}) == len(listed)
        for identity, href, updated in listed:
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
            self.slug_is_taken_over, self.article_is_added, self.company_is_added,
        ]  # fmt: skip
        for _ in range(STEPS):
            step = self.dice.choice(kinds)
            step()
            yield step.__name__


@pytest.mark.timeout(max(300, 3 * STEPS))  # a step takes half a second
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_a_year_of_changes_loses_nothing_that_was_published(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "MAX_LISTED_STORIES", 3)  # so that entities have pages of years
    monkeypatch.setattr(build_session, "program_digest", lambda: "one and the same")
    site = ChangingSite(tmp_path, seed)
    site.sync()
    with build_session.open_builder(site.folder, site.out, build_session.BuildOptions(jobs=1)) as builder:
        builder.refresh()
        site.publish()
        site.require_promises()
        before = copy.deepcopy(site.model)
        for step in site.steps():
            site.mend_complaints(before, builder)
            site.require_promises()
            if step.startswith("paragraph") or site.dice.random() < 0.6:
                site.day += dt.timedelta(days=1)
                site.publish()
            before = copy.deepcopy(site.model)
    assert site.complaint_count > STEPS / 50, "nothing was lost, so nothing was tried"
