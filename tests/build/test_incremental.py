"""Whatever is done to a site, and however it is built then: what stands in the output is what a clean build makes.

A machine edits a small site at random, builds now and then (at once, or with a builder that stays open and is
told which files changed, or is not) and compares with a build of a copy in a fresh folder.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import functools
import multiprocessing
import os
import random
import re
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from site_gen.build import build_session
from site_gen.content import site_paths
from site_gen.content.periods import UNITS, period_of
from site_gen.core.errors import SiteError
from site_gen.publish import permalinks
from site_gen.site import coverage
from tests.support.edited_site import (
    ARTICLE,
    BROKEN,
    ENTITY,
    KINDS,
    MARKS,
    NAMES,
    SENTENCES,
    SETTINGS,
    TEMPLATES,
    Model,
    body,
    file_bytes,
    first_model,
)
from tests.support.profiles import examples
from tests.support.sites import REPO, clean_build, differing_files, read_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

STEPS = 25
KILLED_WITHIN = 0.4  # seconds in which most builds of the small site come to their end


def choices(table: Mapping[str, Sequence[Any]]) -> st.SearchStrategy[tuple[str, Any]]:
    """One of the keys, with one of its values."""
    return st.sampled_from([(key, value) for key, values in table.items() for value in values])


# "at once" is a builder that knows nothing but what earlier ones kept, as a new process does.
BUILDS_AFTER_AN_EDIT = (None, "hints", "hints", "folders", "looking", "at once", "at once", "at once")


def edits(**values: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Any]:
    """Make a rule that edits; most edits are followed by a build of some sort."""

    def decorate(method: Callable[..., None]) -> Any:
        @functools.wraps(method)
        def step(self: SiteMachine, then: str | None, **drawn: Any) -> None:
            method(self, **drawn)
            if then:
                self.build_and_compare(then)

        del step.__wrapped__  # its arguments are others
        strategies: dict[str, Any] = {"then": st.sampled_from(BUILDS_AFTER_AN_EDIT), **values}
        make_rule: Any = rule(**strategies)
        return make_rule(step)

    return decorate


class SiteMachine(RuleBasedStateMachine):
    """Edits a site, builds it and compares."""

    # What comes after the pages takes longer than they do: one in four.
    @initialize(offline=st.booleans(), deferred=st.sampled_from((False, False, False, True)))
    def begin(self, offline: bool, deferred: bool) -> None:
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(coverage, "MAX_LISTED_STORIES", 3)  # so that entities have pages of years
        self.patch.setattr(build_session, "program_digest", lambda: "one and the same")
        self.temp = tempfile.TemporaryDirectory(prefix="site-gen-test-")
        self.workspace = Path(self.temp.name)
        self.folder, self.out = self.workspace / "site", self.workspace / "out"
        self.options = build_session.BuildOptions(
            offline=offline, jobs=1, search=deferred, cards=deferred, search_part_size=3
        )
        self.model = first_model()
        self.disk: dict[str, bytes] = {}
        self.history: list[Model] = []
        self.hints: set[Path] = set()
        self.resources: contextlib.ExitStack | None = None
        self.builder: build_session.IncrementalBuilder | None = None
        self.output: dict[str, bytes] = {}
        self.good_model: Model | None = None
        self.clean_results: dict[tuple[tuple[str, bytes], ...], dict[str, bytes] | str] = {}
        self.refused_builds = 0
        self.published = dt.date(2024, 1, 1)
        self.sync()
        self.build_and_compare("at once")

    def teardown(self) -> None:
        if not hasattr(self, "temp"):
            return
        try:
            self.build_and_compare("at once")
        finally:
            self.close()
            self.patch.undo()
            self.temp.cleanup()

    # -- the site on the disk

    def sync(self, *, keep_times: bool = False) -> None:
        """Bring the disk to what the model says. keep_times: leave the times of the files as they were."""
        wanted = {name: file_bytes(fields) for name, fields in self.model.items()}
        for name in self.disk.keys() - wanted.keys():
            (self.folder / name).unlink()
            self.hints.add(self.folder / name)
            with contextlib.suppress(OSError):
                (self.folder / name).parent.rmdir()
        for name, data in wanted.items():
            if self.disk.get(name) != data:
                path = self.folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                before = path.stat() if path.exists() else None
                path.write_bytes(data)
                if keep_times and before:
                    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
                self.hints.add(path)
        self.disk = wanted

    def edit(self, changes: Mapping[str, Any], *, keep_times: bool = False) -> None:
        """Put files into the model (None takes one out) and onto the disk."""
        self.history.append(copy.deepcopy(self.model))
        for name, fields in changes.items():
            if fields is None:
                self.model.pop(name, None)
            else:
                self.model[name] = fields
        self.sync(keep_times=keep_times)

    def pick_file(self, start: str, pick: int) -> str | None:
        """One of the files whose names begin so and that are as the machine makes them."""
        names = sorted(name for name, fields in self.model.items() if name.startswith(start) and "body" in fields)
        names = [name for name in names if isinstance(self.model[name], dict)]
        return names[pick % len(names)] if names else None

    def change(self, file: str | None, key: str, value: Any) -> None:
        if file is not None:
            fields = {k: v for k, v in self.model[file].items() if k != key}
            self.edit({file: fields if value is None else {key: value, **fields}})

    # -- articles

    @edits(pick=st.integers(0, 99), parts=st.lists(st.integers(0, len(SENTENCES) - 1), max_size=5))
    def body_is_edited(self, pick: int, parts: list[int]) -> None:
        self.change(self.pick_file("content/articles/", pick), "body", body(*parts))

    @edits(pick=st.integers(0, 99), change=choices(ARTICLE))
    def field_is_edited(self, pick: int, change: tuple[str, Any]) -> None:
        self.change(self.pick_file("content/articles/", pick), *change)

    @edits(
        pick=st.integers(0, 99),
        kind=st.sampled_from(["companies", "topics", "people"]),
        tags=st.lists(st.sampled_from([*NAMES, "elmswick-grain", "voss", "storage", "new-firm"]), max_size=3),
    )
    def tags_are_edited(self, pick: int, kind: str, tags: list[str]) -> None:
        kinds = self.model["content/site.yaml"]["kinds"]
        self.change(
            self.pick_file("content/articles/", pick), kind if kind in {*kinds, *KINDS} else "topics", tags or None
        )

    @edits(pick=st.integers(0, 99), year=st.integers(2022, 2025), slug=st.sampled_from(["new-one", "note-1", "other"]))
    def article_is_copied_or_renamed(self, pick: int, year: int, slug: str) -> None:
        file, new = self.pick_file("content/articles/", pick), f"content/articles/{year}/{slug}.md"
        if file is not None and new not in self.model:
            fields = {k: v for k, v in self.model[file].items() if k not in {"source", "redirect_from"}}
            self.edit({new: fields} if pick % 2 else {new: self.model[file], file: None})

    @edits(pick=st.integers(0, 99))
    def article_is_deleted(self, pick: int) -> None:
        if file := self.pick_file("content/articles/", pick):
            self.edit({file: None})

    @edits(pick=st.integers(0, 99))
    def bytes_change_but_neither_size_nor_time_does(self, pick: int) -> None:
        if file := self.pick_file("content/", pick):
            words = {"harbour": "Harbour", "Voss": "Woss", "Pier": "Peer", "silo": "Silo", "storage": "Storage"}
            text = self.model[file]["body"]
            old = next((word for word in words if word in text), None)
            if old:
                self.edit({file: {**self.model[file], "body": text.replace(old, words[old], 1)}}, keep_times=True)

    # -- entities, settings, theme

    @edits(pick=st.integers(0, 99), change=choices(ENTITY))
    def entity_is_edited(self, pick: int, change: tuple[str, Any]) -> None:
        files = sorted(name for kind in KINDS if (name := self.pick_file(f"content/{kind}/", pick)))
        self.change(files[pick % len(files)] if files else None, *change)

    @edits(pick=st.integers(0, 99), kind=st.sampled_from(list(KINDS)), gone=st.booleans())
    def entity_comes_or_goes_or_is_renamed(self, pick: int, kind: str, gone: bool) -> None:
        file, new = self.pick_file(f"content/{kind}/", pick), f"content/{kind}/new-firm.md"
        changes: Model = {} if file is None or not gone else {file: None}
        if pick % 2:
            changes[new] = self.model[file] if file and gone else {"name": NAMES[pick % len(NAMES)], "body": ""}
        self.edit(changes)

    @edits(change=choices(SETTINGS))
    def settings_are_edited(self, change: tuple[str, Any]) -> None:
        self.change("content/site.yaml", *change)

    @precondition(lambda self: self.model == self.good_model)
    @edits()
    def it_is_published(self) -> None:
        self.close()
        self.published += dt.timedelta(weeks=1)  # so that corrections have days of their own
        permalinks.record(self.folder, self.published)
        ledgers = {name: self.folder / name for name in site_paths.LEDGERS}
        self.edit({name: path.read_text(encoding="utf-8") for name, path in ledgers.items() if path.exists()})

    @edits(pick=st.integers(0, 99), ending=st.sampled_from([" gone 2026-11-24 Old", "other", None]))
    def a_line_of_the_ledger_is_edited(self, pick: int, ending: str | None) -> None:
        if lines := self.model.get(site_paths.PERMALINK_LEDGER, "").splitlines():
            line = lines[pick % len(lines)]
            lines[pick % len(lines)] = "#" if ending is None else line.partition(" gone")[0] + ending
            self.edit({site_paths.PERMALINK_LEDGER: "\n".join(lines) + "\n"})

    @edits(pick=st.integers(0, 99), ending=st.sampled_from(["companies/voss a", "lead x Gone", "more", None]))
    def a_line_of_the_issues_is_edited(self, pick: int, ending: str | None) -> None:
        lines = self.model.get(site_paths.ISSUE_LEDGER, "").splitlines()
        if len(lines) > 1:
            place = 1 + pick % (len(lines) - 1)
            lines[place : place + 1] = [] if ending is None else [f"{lines[place].partition(' ')[0]} {ending}"]
            self.edit({site_paths.ISSUE_LEDGER: "\n".join(lines) + "\n"})

    @edits(pick=st.integers(0, 99), word=st.sampled_from(["pin", "order", "drop", "body", "gone"]))
    def an_editors_note_comes_or_is_edited_or_goes(self, pick: int, word: str) -> None:
        """On an issue that has stories, mostly: the note on another is told."""
        if (file := self.pick_file("content/articles/", pick)) is None:
            return
        day = dt.date.fromisoformat(self.model[file].get("published") or "2024-01-01")
        key = f"content/issues/{period_of(UNITS[pick % 3], day).key}.md"
        if word == "gone":
            notes = sorted(name for name in self.model if name.startswith("content/issues/"))
            self.edit(dict.fromkeys(notes[pick % 3 :: 3]))
            return
        url = f"/articles/{file.removeprefix('content/articles/').removesuffix('.md')}/"
        value = f"See [Voss](/companies/voss/), {pick}." if word == "body" else [url]
        self.edit({key: {**self.model.get(key, {"body": ""}), word: value}})

    @edits(text=st.sampled_from(["", "Other words.", "See [Voss](/companies/voss/).", "[Nowhere](/nowhere/)"]))
    def about_is_edited(self, text: str) -> None:
        self.edit({"content/about.md": text})

    @edits(name=st.sampled_from(TEMPLATES), mark=st.sampled_from([None, *MARKS]))
    def template_is_edited(self, name: str, mark: str | None) -> None:
        text = (REPO / "templates" / name).read_text(encoding="utf-8")
        start = "{% macro headline(card) -%}" if name == "macros.html" else "{% block content %}"
        assert start in text
        self.edit({f"templates/{name}": mark and text.replace(start, start + mark)})

    @edits(
        name=st.sampled_from(["part.html", "part-en.html", "part-de.html", "assets/style.css", "assets/new.txt"]),
        text=st.sampled_from([None, "one", "two"]),
    )
    def part_or_asset_comes_or_goes(self, name: str, text: str | None) -> None:
        self.edit({f"templates/{name}": text})

    # -- what goes wrong

    @edits(names=st.sets(st.sampled_from(sorted(BROKEN)), min_size=1, max_size=2))
    def something_is_broken(self, names: set[str]) -> None:
        self.edit({name: BROKEN[name] for name in sorted(names)})

    @edits()
    def what_is_broken_is_taken_away(self) -> None:
        self.edit({name: None for name, text in BROKEN.items() if self.model.get(name) == text})

    @precondition(lambda self: self.history)
    @edits()
    def the_last_edit_is_undone(self) -> None:
        self.model = self.history.pop()
        self.sync()

    @edits()
    def all_files_are_touched(self) -> None:
        for name in self.disk:
            (self.folder / name).touch()

    @precondition(lambda self: self.model == self.good_model)
    @rule(pick=st.integers(0, 999), how=st.sampled_from(["delete", "append", "touch", "no manifest"]), at=st.booleans())
    def the_output_is_damaged(self, pick: int, how: str, at: bool) -> None:
        paths = [self.out / name for name in sorted(self.output)]
        path = paths[pick % len(paths)]
        if how == "delete":
            path.unlink()
        elif how == "append":
            path.write_bytes(path.read_bytes() + b"<!-- mine -->")
        elif how == "touch":
            for each in paths:
                each.touch()
        else:
            self.close()
            (self.out / ".site-gen.sqlite").unlink()
        self.build_and_compare("at once" if at else "looking")

    @edits(seed=st.integers(0, 9999))
    def bytes_of_the_state_are_flipped(self, seed: int) -> None:
        self.close()
        path, dice = self.folder / ".site-gen/state.sqlite", random.Random(seed)
        data = bytearray(path.read_bytes()) if path.exists() else bytearray()
        for _ in range(dice.choice([1, 3, 20, 200]) if data else 0):
            data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        path.write_bytes(data) if data else None

    @precondition(lambda self: self.model == self.good_model)
    @rule(steps=st.integers(0, 40), low_priority=st.booleans())
    def what_comes_after_the_pages_is_cut_short(self, steps: int, low_priority: bool) -> None:
        self.close()
        with build_session.open_builder(self.folder, self.out, self.options) as builder:
            builder.refresh()
            making = builder.build_deferred(low_priority=low_priority)
            for _ in zip(range(steps), making, strict=False):
                pass
            making.close()

    @precondition(lambda self: hasattr(os, "fork"))
    @rule(share=st.floats(0, 1))
    def a_build_is_killed(self, share: float) -> None:
        self.close()
        process = multiprocessing.get_context("fork").Process(target=self.build_quietly)
        process.start()
        process.join(share * KILLED_WITHIN)
        process.kill()
        process.join()
        self.build_and_compare("at once")

    def build_quietly(self) -> None:
        with contextlib.suppress(SiteError):
            build_session.build(self.folder, self.out, self.options)

    @edits()
    def traces_are_lost(self) -> None:
        self.close()
        with contextlib.closing(sqlite3.connect(self.out / ".site-gen.sqlite")) as connection, connection:
            connection.execute("DELETE FROM page")

    @edits()
    def the_state_is_lost(self) -> None:
        self.close()
        shutil.rmtree(self.folder / ".site-gen", ignore_errors=True)

    # -- builds

    @rule(how=st.sampled_from(["hints", "hints", "folders", "looking", "at once"]))
    def it_is_built(self, how: str) -> None:
        self.build_and_compare(how)

    def close(self) -> None:
        if self.resources is not None:
            self.resources.close()
        self.resources, self.builder = None, None

    def build_and_compare(self, how: str) -> None:
        """Build, and compare with a clean build."""
        before, expected = self.output, self.clean_result()
        try:
            self.build(how)
            complaint = None
        except SiteError as error:
            complaint = without_folders(error)
        output = read_files(self.out)
        if isinstance(expected, str):
            assert complaint == expected, how
            assert output == before, "wrong content changed the output"
            self.refused_builds += 1
            if self.refused_builds > 1 and self.good_model is not None:  # else most of its time would go by with errors
                self.edit({**dict.fromkeys(self.model), **copy.deepcopy(self.good_model)})
        else:
            assert complaint is None, f"{how}: a clean build has no complaint, but this: {complaint}"
            assert differing_files(output, expected) == [], how
            self.output, self.good_model, self.refused_builds = expected, copy.deepcopy(self.model), 0

    def build(self, how: str) -> None:
        hints, self.hints = self.hints, set()
        if how == "at once":
            self.close()
            build_session.build(self.folder, self.out, self.options)
            return
        if self.builder is None:
            self.resources, how = contextlib.ExitStack(), "looking"
            self.builder = self.resources.enter_context(build_session.open_builder(self.folder, self.out, self.options))
        if how == "looking":
            self.builder.refresh(None)
        elif how == "folders":
            self.builder.refresh(sorted({path.parent for path in hints}))
        else:
            self.builder.refresh([*sorted(hints), self.workspace / "elsewhere.md"])
        for _ in self.builder.build_deferred():
            pass

    def clean_result(self) -> dict[str, bytes] | str:
        """Return the files that a clean build makes, or its complaint."""
        key = tuple(sorted(self.disk.items()))
        if key not in self.clean_results:
            try:
                self.clean_results[key] = clean_build(self.folder, self.options)
            except SiteError as error:
                self.clean_results[key] = without_folders(error)
        return self.clean_results[key]


def without_folders(error: SiteError) -> str:
    """Return what an error says without the name of the temporary folder that the site is in."""
    return re.sub(r"\S*/site-gen-(test|clean)-\w+/", "", str(error))


TestAnyEdits = pytest.mark.timeout(1500)(SiteMachine.TestCase)  # each step is a build, and machines are busy
TestAnyEdits.settings = settings(
    max_examples=examples(5),
    stateful_step_count=STEPS,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each step is a build: to shrink takes too long
    suppress_health_check=[*HealthCheck],
)
