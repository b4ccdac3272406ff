"""A build with nothing to do: it is quick because it needs little, and says so only when there is nothing to do."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sqlite3
import subprocess
import sys
import time
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session, file_stamps, manifest, output_dir, render_pages, stale_pages, up_to_date
from site_gen.cli import main
from site_gen.content import site_paths
from site_gen.content.content_files import digest_of_file, stamp_of_file
from site_gen.core import console, program_version
from site_gen.core.errors import UsageError
from site_gen.serve.builder_protocol import RefreshResult
from site_gen.serve.live_builder import LiveBuilder
from tests.support.sites import small_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from site_gen.build.build_report import Report
    from site_gen.content.records import Page
    from site_gen.core.errors import Problem
    from site_gen.site.site import Site

OPTIONS = build_session.BuildOptions(jobs=1, search=False, cards=False)
ARTICLE = "content/articles/2025/silo-stays.md"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><path d="M0 0h80v20H0z"/></svg>'
# All of the program that a build with nothing to do needs. Think twice before you make this longer: each module, with
# what it imports, is time that every such build takes.
NEEDED = {
    "site_gen", "site_gen.build", "site_gen.build.build_report", "site_gen.build.file_stamps",
    "site_gen.build.manifest", "site_gen.build.theme_reader", "site_gen.build.up_to_date", "site_gen.cli",
    "site_gen.cli.build_commands", "site_gen.cli.command_parser", "site_gen.cli.main", "site_gen.content",
    "site_gen.content.content_files", "site_gen.content.site_paths", "site_gen.core", "site_gen.core.console",
    "site_gen.core.errors", "site_gen.core.program_version", "site_gen.core.sqlite", "site_gen.core.text",
    "site_gen.pages", "site_gen.pages.theme_files",
}  # fmt: skip
# Of the standard library, what others of its modules would bring in unnoticed, each worth many of ours.
SLOW = {"asyncio", "concurrent", "dataclasses", "email", "inspect", "logging", "multiprocessing", "subprocess"}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a site with a logo, a template of its own, and a tag without a file, of which every build tells."""
    base = tmp_path_factory.mktemp("first")
    small_site(base / "site")
    config = base / "site" / site_paths.CONFIG
    config.write_text(config.read_text(encoding="utf-8") + "\ntheme: {logo: mark.svg}\n", encoding="utf-8")
    (base / "site/content/mark.svg").write_text(SVG, encoding="utf-8")
    (base / "site/templates/assets").mkdir(parents=True)
    (base / "site/templates/assets/own.css").write_text("p { margin: 0 }\n", encoding="utf-8")
    edit(base / "site" / ARTICLE, lambda text: text.replace("topics: [", "topics: [nothing-stands-for-it, ", 1))
    build_session.build(base / "site", base / "out", OPTIONS)
    return base


@pytest.fixture
def base(first: Path, tmp_path: Path) -> Path:
    base = shutil.copytree(first, tmp_path / "base")
    assert look(base) is not None  # keeps what the copies look like
    return base


def edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")


def look(base: Path, options: build_session.BuildOptions = OPTIONS) -> Report | None:
    return up_to_date.report_if_up_to_date(base / "site", base / "out", options)


# -- what it costs ------------------------------------------------------------------------------------


def test_nothing_to_do_needs_nothing_else(base: Path) -> None:
    code = (
        "import sys\n"
        "from site_gen.cli import main\n"
        "status = main.main(sys.argv[1:])\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
        "sys.exit(status)\n"
    )
    command = ["build", "--site", str(base / "site"), "--output", str(base / "out"), "--no-search", "--no-cards"]
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
    assert ": 0 files written, " in done.stdout
    loaded = set(done.stderr.splitlines()[-1].split())
    assert {name for name in loaded if name.partition(".")[0] == "site_gen"} == NEEDED
    before = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    came = {name.partition(".")[0] for name in loaded - set(before.stdout.split())}
    assert came & SLOW == set()
    foreign = {name for name in came - {"site_gen"} if name.lstrip("_") and name not in sys.stdlib_module_names}
    assert foreign == set()


def test_no_file_is_read_whose_stamp_tells_enough(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def reads(path: Path) -> bytes:
        raise AssertionError(path)

    edit(base / "site" / site_paths.CONFIG, lambda text: text.replace("\ntheme: {logo: mark.svg}\n", "\n"))
    build_session.build(base / "site", base / "out", OPTIONS)
    time.sleep(0.1)  # the times of what was just written tell nothing yet
    assert look(base)
    monkeypatch.setattr(up_to_date, "digest_of_file", reads)
    assert look(base)


# -- what it says -------------------------------------------------------------------------------------


def test_it_tells_what_the_build_would(base: Path) -> None:
    found = look(base)
    assert found
    fresh = build_session.build(base / "site", base.parent / "fresh", OPTIONS)
    assert (found.pages, found.unchanged) == (fresh.pages, fresh.written)
    assert (found.drawn, found.written, found.removed, found.urls, found.problems) == (0, 0, 0, (), ())
    assert found.notes == fresh.notes
    assert [note.where for note in found.notes if "nothing-stands-for-it" in note.what] == [ARTICLE]


def test_that_the_address_is_not_set_is_told_by_every_build(base: Path) -> None:
    config = base / "site" / site_paths.CONFIG
    lines = config.read_text(encoding="utf-8").splitlines(keepends=True)
    config.write_text("".join(line for line in lines if not line.startswith("base_url:")), encoding="utf-8")
    for _ in range(2):
        found = build_session.build(base / "site", base / "out", OPTIONS)
        assert "`base_url` is not set" in [note.what for note in found.notes]
    assert look(base) is not None


def test_the_builder_asks_too(base: Path) -> None:
    with build_session.open_builder(base / "site", base / "out", OPTIONS) as builder:
        assert builder.build().drawn == 0
        assert builder.digests().keys() > {"index.html"}
        site, plan = builder.load()
        assert plan.pages
        assert site.articles_by_file


def test_what_is_served_at_once_is_followed_once_it_is_loaded(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages are those of the very files: none is looked at, and each is drawn again when it has to be."""
    looked: list[str] = []

    def is_right(site: Site, page: Page, trace: manifest.Trace | None) -> bool:
        looked.append(page.url)
        return render_pages.is_up_to_date(site, page, trace)

    monkeypatch.setattr(stale_pages, "is_up_to_date", is_right)
    builder = LiveBuilder(base / "site", base / "out", OPTIONS)
    try:
        assert builder.warm_up() is not None
        edit(base / "site" / ARTICLE, lambda text: text.replace("title: ", "title: New "))
        # Even told of one file alone it looks at all: nothing is loaded yet.
        assert [url for url in builder.refresh([base / "site" / ARTICLE]).urls if url.startswith("/articles/")]
        edit(base / "site" / ARTICLE, lambda text: text.replace("title: New ", "title: "))
        assert builder.refresh(None).urls
    finally:
        builder.close()
    build_session.build(base / "site", base / "out", OPTIONS)
    builder = LiveBuilder(base / "site", base / "out", OPTIONS)
    try:
        assert builder.warm_up() is not None
        looked.clear()
        assert builder.refresh(None) == RefreshResult(notes=look_notes(base))
        assert looked == []
        edit(base / "site" / ARTICLE, lambda text: text.replace("title: ", "title: Newer "))
        assert builder.refresh([base / "site" / ARTICLE]).urls
        assert looked
    finally:
        builder.close()
    assert build_session.verify(base / "site", base / "out", OPTIONS) == []


@pytest.fixture
def loaded(base: Path) -> Iterator[LiveBuilder]:
    """Return a server's builder that began with a site that was up to date."""
    builder = LiveBuilder(base / "site", base / "out", OPTIONS)
    try:
        assert builder.warm_up() is not None
        assert not builder.refresh(None).problems
        yield builder
    finally:
        builder.close()


def require_right(base: Path, builder: LiveBuilder) -> None:
    builder.refresh(None)
    while builder.make_deferred_files().resume_after is not None:
        pass
    builder.close()
    assert build_session.verify(base / "site", base / "out", OPTIONS) == []


@pytest.mark.parametrize("told", [True, False])
def test_after_a_mistake_was_undone_pages_are_followed_as_before(base: Path, loaded: LiveBuilder, told: bool) -> None:
    """The files are again those of the pages, but nothing that was loaded of them is there any more."""
    config, article = base / "site" / site_paths.CONFIG, base / "site" / ARTICLE
    good = config.read_text(encoding="utf-8")
    config.write_text(f"{good}\nnonsense: 1\n", encoding="utf-8")
    assert loaded.refresh([config] if told else None).problems
    config.write_text(good, encoding="utf-8")
    assert not loaded.refresh([config] if told else None).problems
    edit(article, lambda text: text.replace("title: ", "title: New "))
    loaded.refresh([article] if told else None)
    require_right(base, loaded)


def test_an_article_that_was_wrong_for_a_while_takes_nothing_with_it(base: Path, loaded: LiveBuilder) -> None:
    article, other = base / "site" / ARTICLE, base / "site/content/articles/2025/zz.md"
    good = article.read_text(encoding="utf-8")
    other.write_text("---\nnonsense\n", encoding="utf-8")
    article.write_text(good.replace("title: ", "title: Some "), encoding="utf-8")
    assert loaded.refresh(None).problems
    other.unlink()
    article.write_text(good, encoding="utf-8")
    assert not loaded.refresh(None).problems
    article.write_text(good.replace("title: ", "title: New "), encoding="utf-8")
    loaded.refresh(None)
    require_right(base, loaded)


@pytest.mark.parametrize("reads", ["garbage", "[]"])
def test_a_trace_that_somebody_changed_is_noticed_once_the_site_is_loaded(base: Path, reads: str) -> None:
    with contextlib.closing(sqlite3.connect(base / "out" / site_paths.MANIFEST)) as connection, connection:
        page = "articles/2025/silo-stays/index.html"
        assert connection.execute("UPDATE trace SET reads = ? WHERE name = ?", (reads, page)).rowcount == 1
    builder = LiveBuilder(base / "site", base / "out", OPTIONS)
    try:
        assert builder.warm_up() is not None
        builder.refresh(None)
        edit(base / "site" / ARTICLE, lambda text: text.replace("title: ", "title: New "))
        assert "/articles/2025/silo-stays/" in builder.refresh([base / "site" / ARTICLE]).urls
        require_right(base, builder)
    finally:
        builder.close()


def test_what_is_not_up_to_date_is_built_before_it_is_served(base: Path) -> None:
    edit(base / "site" / ARTICLE, lambda text: text.replace("title: ", "title: New "))
    builder = LiveBuilder(base / "site", base / "out", OPTIONS)
    try:
        assert builder.warm_up() is None
    finally:
        builder.close()
    assert build_session.verify(base / "site", base / "out", OPTIONS) == []


def test_a_file_that_is_gone_is_made_anew_and_no_page_is_looked_at(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stale_pages, "is_up_to_date", lambda *_: pytest.fail("the pages are of these very files"))
    (base / "out/index.html").unlink()
    found = build_session.build(base / "site", base / "out", OPTIONS)
    assert (found.drawn, found.written) == (1, 1)
    assert look(base) is not None


def test_the_record_goes_when_pages_were_made_of_anything_else(tmp_path: Path) -> None:
    """Though their bytes may be the same: which cells they read may not."""
    with contextlib.closing(manifest.Manifest(tmp_path)) as kept:
        kept.record({}, {}, {manifest.BUILD_RECORD: "of these files"})
        kept.record({}, {}, {})
        assert kept.get(manifest.BUILD_RECORD) == "of these files"
        kept.record({}, {"index.html": manifest.Trace("maker", "[]", b"seal")}, {})
        assert kept.get(manifest.BUILD_RECORD) is None


def look_notes(base: Path) -> tuple[Problem, ...]:
    found = look(base)
    assert found is not None
    return found.notes


def replaced(name: str, text: str) -> Callable[[Path], object]:
    def change(base: Path) -> None:
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text(text, encoding="utf-8")

    return change


def more(name: str) -> Callable[[Path], object]:
    return lambda base: edit(base / name, lambda text: f"{text} ")


def other_bytes_in_the_same_moment(database: str, name: str) -> Callable[[Path], object]:
    """Git's race: a file that changed once more so soon after it was looked at that its times are the same."""

    def change(base: Path) -> None:
        path = base / name
        raw = path.read_bytes()
        path.write_bytes(raw[:-2] + (b"x" if raw[-2:-1] != b"x" else b"y") + raw[-1:])
        stamp = stamp_of_file(path)
        assert stamp
        with sqlite3.connect(base / database) as connection:
            found = connection.execute(
                "UPDATE file SET modified = ?, changed = ?, size = ?, inode = ?, looked = ? WHERE name = ?",
                (*stamp, max(stamp.modified_ns, stamp.changed_ns) + 1, name.partition("/")[2]),
            )
            assert found.rowcount == 1
        connection.close()

    return change


def a_value(database: str, column: str, value: object) -> Callable[[Path], object]:
    def change(base: Path) -> None:
        with sqlite3.connect(base / database) as connection:
            connection.execute(f"UPDATE file SET {column} = ?", (value,))
        connection.close()

    return change


def linked(base: Path) -> None:
    (base / "site" / ARTICLE).rename(base / "kept.md")
    (base / "site" / ARTICLE).symlink_to(base / "kept.md")


def a_folder(base: Path) -> None:
    (base / "out/index.html").unlink()
    (base / "out/index.html").mkdir()


STATE, MANIFEST = f"site/{file_stamps.CACHE_FOLDER}/{file_stamps.CACHE_NAME}", f"out/{site_paths.MANIFEST}"
CHANGES: dict[str, Callable[[Path], object]] = {
    "an article": more(f"site/{ARTICLE}"),
    "an article in the same moment": other_bytes_in_the_same_moment(STATE, f"site/{ARTICLE}"),
    "an article that came": replaced("site/content/articles/2025/new.md", "---\ntitle: New\n---\n"),
    "an article that went": lambda base: (base / "site" / ARTICLE).unlink(),
    "an article that is a link": linked,
    "an article's name": lambda base: (base / "site" / ARTICLE).rename(base / "site/content/articles/2025/silo.md"),
    "the settings": more(f"site/{site_paths.CONFIG}"),
    "no settings": lambda base: (base / "site" / site_paths.CONFIG).unlink(),
    "about.md": replaced(f"site/{site_paths.ABOUT}", "Of us.\n"),
    "an issue's note": replaced("site/content/issues/2025-w20.md", "Of this week.\n"),
    "what was published": replaced(f"site/{site_paths.PERMALINK_LEDGER}", "# nothing\n"),
    "the logo": replaced("site/content/mark.svg", SVG.replace("80", "90")),
    "no logo": lambda base: (base / "site/content/mark.svg").unlink(),
    "a template": replaced("site/templates/about.html", "<p>{{ site }}</p>"),
    "the style sheet": more("site/templates/assets/own.css"),
    "a template that is no text": lambda base: (base / "site/templates/about.html").write_bytes(b"\xff"),
    "a folder nearly of a kind": lambda base: (base / "site/content/topic").mkdir(),
    "a file of another kind": replaced("site/content/articles/2025/page.html", "<p>"),
    "a page": more("out/index.html"),
    "a page in the same moment": other_bytes_in_the_same_moment(MANIFEST, "out/index.html"),
    "a page that went": lambda base: (base / "out/index.html").unlink(),
    "a folder of pages": lambda base: shutil.rmtree(base / "out/articles"),
    "a page that is a folder": a_folder,
    "a build that was killed": lambda base: (base / "out" / site_paths.STAGE).mkdir(),
    "a build that was killed while it wrote": a_value(MANIFEST, "pending", b"x"),
    "no manifest": lambda base: (base / MANIFEST).unlink(),
    "a manifest that is none": lambda base: (base / MANIFEST).write_bytes(b"no database" * 1000),
    "no state": lambda base: shutil.rmtree(base / "site" / file_stamps.CACHE_FOLDER),
    "a state that is none": lambda base: (base / STATE).write_bytes(b"no database" * 1000),
    "a damaged time": a_value(STATE, "looked", "noon"),
    "a damaged digest": a_value(STATE, "digest", b"\xff"),
    "a damaged time of a page": a_value(MANIFEST, "looked", "noon"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_is_noticed(base: Path, change: Callable[[Path], object]) -> None:
    change(base)
    assert look(base) is None
    assert look(base) is None  # and is not forgotten


@pytest.mark.parametrize(
    "options",
    [
        OPTIONS._replace(base_url="https://notes.example/"),
        OPTIONS._replace(offline=True),
        OPTIONS._replace(keep_going=True),
        OPTIONS._replace(search=True),
        OPTIONS._replace(cards=True),
    ],
)
def test_other_options_are_another_build(base: Path, options: build_session.BuildOptions) -> None:
    assert look(base, options) is None
    assert look(base, OPTIONS._replace(jobs=2))


def test_another_program_is_another_build(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up_to_date, "program_digest", lambda: "another")
    assert look(base) is None


@pytest.mark.parametrize("name", [f"site/{ARTICLE}", "out/index.html"])
def test_same_bytes_are_the_same_and_read_once(base: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    data = (base / name).read_bytes()
    (base / name).unlink()
    (base / name).write_bytes(data)
    time.sleep(0.1)
    assert look(base)
    read: list[Path] = []

    def reads(path: Path) -> bytes | None:
        read.append(path)
        return digest_of_file(path)

    monkeypatch.setattr(up_to_date, "digest_of_file", reads)
    assert look(base)
    assert [path for path in read if path.name != "mark.svg"] == []


def test_files_that_are_not_ours_are_nobodys_business(base: Path) -> None:
    (base / "out/CNAME").write_text("notes.example\n", encoding="utf-8")
    (base / "site/content/notes").mkdir()
    (base / "site/content/notes/draft.md").write_text("Later.\n", encoding="utf-8")
    assert look(base)


def test_a_build_that_works_is_not_waited_for(base: Path) -> None:
    with output_dir.lock_folder(base / "out"):
        assert look(base)


def test_a_build_that_wrote_meanwhile_is_not_overwritten(base: Path) -> None:
    """What a look keeps of a file is kept only while the file is to have the bytes that were looked at."""
    index = base / "out/index.html"
    stamp = stamp_of_file(index)
    assert stamp
    written = manifest.Manifest(base / "out")
    before = {name: one for name, one in written.files().items() if name == "index.html"}
    written.update_stamps({"index.html": (b"other bytes", stamp, time.time_ns())})
    assert {name: one for name, one in written.files().items() if name == "index.html"} == before
    written.claim({"index.html": b"next"})
    digest = before["index.html"].digest
    assert digest
    written.update_stamps({"index.html": (digest, stamp, 7)})
    assert written.files()["index.html"].checked_at_ns == before["index.html"].checked_at_ns
    written.close()


def test_an_output_among_the_sites_own_files_is_refused(base: Path) -> None:
    with pytest.raises(UsageError, match="lie within each other"):
        up_to_date.report_if_up_to_date(base / "site", base / "site/content/out", OPTIONS)


# -- what it rests on ---------------------------------------------------------------------------------


def test_versions_are_those_that_packages_say() -> None:
    installed = program_version._installed_versions()
    for name in program_version._LIBRARIES:
        assert (
            installed[program_version._normalized(name)]
            == version_of(name)
            == program_version._version_by_metadata(name)
        )


def test_the_command_line_knows_where_each_command_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def commands(asked: str) -> set[str]:
        (known_ones,) = (
            action for action in main._make_parser(asked)._actions if isinstance(action, argparse._SubParsersAction)
        )
        return set(known_ones.choices)

    every = [name for names in main._COMMANDS_BY_MODULE.values() for name in names]
    assert sorted(every) == sorted(commands(""))
    for names in main._COMMANDS_BY_MODULE.values():
        for name in names:
            assert commands(name) == set(names)


def test_wrong_commands_are_told_with_all_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.main(["biuld"])
    said = capsys.readouterr().err
    assert all(f"'{name}'" in said for names in main._COMMANDS_BY_MODULE.values() for name in names)
    console.flush()
