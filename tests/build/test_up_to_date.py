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

from site_gen.build import (
    build_session,
    changed_files,
    file_stamps,
    manifest,
    output_dir,
    render_pages,
    stale_pages,
    theme_reader,
    up_to_date,
)
from site_gen.cli import main
from site_gen.content import site_paths
from site_gen.content.content_files import digest_of_file, stamp_of_file
from site_gen.core import console, program_version
from site_gen.core.errors import UsageError
from site_gen.serve.live_builder import LiveBuilder
from tests.support.sites import append_to_file, edit_file, set_base_url, small_site, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from site_gen.build.build_report import Report
    from site_gen.build.graph_store import Trace
    from site_gen.content.records import Page
    from site_gen.core.errors import Problem
    from site_gen.site.database import SiteDatabase

OPTIONS = build_session.BuildOptions(jobs=1, search=False, cards=False)
ARTICLE = "content/articles/2025/silo-stays.md"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><path d="M0 0h80v20H0z"/></svg>'
# All of the program that a build with nothing to do needs. Think twice before you make this longer: each module, with
# what it imports, is time that every such build takes.
NEEDED = {
    "site_gen", "site_gen.build", "site_gen.build.build_report", "site_gen.build.file_stamps",
    "site_gen.build.graph_schema",
    "site_gen.build.manifest", "site_gen.build.theme_reader", "site_gen.build.up_to_date", "site_gen.cli",
    "site_gen.cli.build_commands", "site_gen.cli.command_parser", "site_gen.cli.main", "site_gen.content",
    "site_gen.content.content_files", "site_gen.content.next_step",
    "site_gen.content.site_paths", "site_gen.core", "site_gen.core.console",
    "site_gen.core.errors", "site_gen.core.program_version", "site_gen.core.sqlite", "site_gen.core.text",
    "site_gen.pages", "site_gen.pages.theme_files",
}  # fmt: skip
# Of the standard library, what others of its modules would bring in unnoticed, each worth many of ours.
SLOW = {"asyncio", "concurrent", "dataclasses", "email", "inspect", "logging", "multiprocessing", "subprocess"}


@pytest.fixture(scope="module")
def built_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a site with a logo, a template of its own, and a tag that has no file, which every build notes."""
    workspace = tmp_path_factory.mktemp("built")
    site = small_site(workspace / "site")
    append_to_file(site / site_paths.CONFIG, "\ntheme: {logo: mark.svg}\n")
    write_files(site, {"content/mark.svg": SVG, "templates/assets/own.css": "p { margin: 0 }\n"})
    edit_file(site / ARTICLE, "topics: [", "topics: [nothing-stands-for-it, ")
    build_session.build(site, workspace / "out", OPTIONS)
    return workspace


@pytest.fixture
def workspace(built_workspace: Path, tmp_path: Path) -> Path:
    """Copy the site and its output, and record the stamps of the copies."""
    workspace = shutil.copytree(built_workspace, tmp_path / "workspace")
    assert report_of(workspace) is not None
    return workspace


def report_of(workspace: Path, options: build_session.BuildOptions = OPTIONS) -> Report | None:
    """Return the report of the check that finds an output up to date, or None where it does not."""
    seen = up_to_date.look(workspace / "site", workspace / "out", options)
    return seen.report if seen else None


# -- what it costs ------------------------------------------------------------------------------------


def test_a_build_with_nothing_to_do_imports_only_what_it_needs(workspace: Path) -> None:
    code = (
        "import sys\n"
        "from site_gen.cli import main\n"
        "status = main.main(sys.argv[1:])\n"
        "print(*sorted(sys.modules), file=sys.stderr)\n"
        "sys.exit(status)\n"
    )
    command = [
        "build",
        "--site",
        str(workspace / "site"),
        "--output",
        str(workspace / "out"),
        "--no-search",
        "--no-cards",
    ]
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
    assert ": 0 files written, " in done.stdout
    builder = set(done.stderr.splitlines()[-1].split())
    assert {name for name in builder if name.partition(".")[0] == "site_gen"} == NEEDED
    before = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    came = {name.partition(".")[0] for name in builder - set(before.stdout.split())}
    assert came & SLOW == set()
    foreign = {name for name in came - {"site_gen"} if name.lstrip("_") and name not in sys.stdlib_module_names}
    assert foreign == set()


def test_no_file_is_read_whose_stamp_is_settled(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> bytes:
        raise AssertionError(path)

    edit_file(workspace / "site" / site_paths.CONFIG, "\ntheme: {logo: mark.svg}\n", "\n")
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    time.sleep(0.1)  # the times of what was just written tell nothing yet
    assert report_of(workspace)
    monkeypatch.setattr(file_stamps, "digest_of_file", fail)
    assert report_of(workspace)


# -- what it says -------------------------------------------------------------------------------------


def test_the_report_is_that_of_a_build(workspace: Path) -> None:
    report = report_of(workspace)
    assert report
    fresh = build_session.build(workspace / "site", workspace.parent / "fresh", OPTIONS)
    assert (report.pages, report.unchanged) == (fresh.pages, fresh.written)
    assert (report.drawn, report.written, report.removed, report.urls, report.problems) == (0, 0, 0, (), ())
    assert report.notes == fresh.notes
    assert [note.where for note in report.notes if "nothing-stands-for-it" in note.what] == [ARTICLE]


def test_every_build_notes_that_the_base_url_is_not_set(workspace: Path) -> None:
    set_base_url(workspace / "site", "")
    for _ in range(2):
        report = build_session.build(workspace / "site", workspace / "out", OPTIONS)
        assert "`base_url` is not set" in [note.what for note in report.notes]
    assert report_of(workspace) is not None


def test_an_open_builder_takes_an_up_to_date_output_as_it_is(workspace: Path) -> None:
    with build_session.open_builder(workspace / "site", workspace / "out", OPTIONS) as builder:
        assert builder.build().drawn == 0
        assert builder.digests().keys() > {"index.html"}
        site, plan = builder.load()
        assert plan.pages
        assert site.article_groups.articles()


def test_a_site_that_is_served_at_once_is_kept_up_to_date_once_it_is_loaded(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages were made of these very files: none is verified, and each is rendered again when it has to be."""
    verified_urls: list[str] = []

    def note_and_verify(site: SiteDatabase, page: Page, trace: Trace | None) -> bool:
        verified_urls.append(page.url)
        return render_pages.is_up_to_date(site, page, trace)

    monkeypatch.setattr(stale_pages, "is_up_to_date", note_and_verify)
    builder = LiveBuilder(workspace / "site", workspace / "out", OPTIONS)
    try:
        assert builder.warm_up() is not None
        edit_file(workspace / "site" / ARTICLE, "title: ", "title: New ")
        # Though it is told of one file only it looks at all of them: nothing is loaded yet.
        assert [url for url in builder.refresh([workspace / "site" / ARTICLE]).urls if url.startswith("/articles/")]
        edit_file(workspace / "site" / ARTICLE, "title: New ", "title: ")
        assert builder.refresh(None).urls
    finally:
        builder.close()
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    builder = LiveBuilder(workspace / "site", workspace / "out", OPTIONS)
    try:
        assert builder.warm_up() is not None
        verified_urls.clear()
        assert builder.refresh(None).notes == notes_of(workspace)
        assert verified_urls == []
        edit_file(workspace / "site" / ARTICLE, "title: ", "title: Newer ")
        assert builder.refresh([workspace / "site" / ARTICLE]).urls
        assert verified_urls
    finally:
        builder.close()
    assert build_session.verify(workspace / "site", workspace / "out", OPTIONS) == []


@pytest.fixture
def builder(workspace: Path) -> Iterator[LiveBuilder]:
    """Begin a server's builder with a site that is up to date."""
    live_builder = LiveBuilder(workspace / "site", workspace / "out", OPTIONS)
    try:
        assert live_builder.warm_up() is not None
        assert not live_builder.refresh(None).problems
        yield live_builder
    finally:
        live_builder.close()


def require_right_output(workspace: Path, builder: LiveBuilder) -> None:
    """Let a builder finish, and assert that the output is what a build makes."""
    builder.refresh(None)
    while builder.make_deferred_files().resume_after is not None:
        pass
    builder.close()
    assert build_session.verify(workspace / "site", workspace / "out", OPTIONS) == []


@pytest.mark.parametrize("hinted", [True, False])
def test_after_a_mistake_was_undone_pages_are_kept_up_to_date_as_before(
    workspace: Path, builder: LiveBuilder, hinted: bool
) -> None:
    """The files are again those of the pages, but nothing that was loaded of them is there any more."""
    config, article = workspace / "site" / site_paths.CONFIG, workspace / "site" / ARTICLE
    good = config.read_text(encoding="utf-8")
    config.write_text(f"{good}\nnonsense: 1\n", encoding="utf-8")
    assert builder.refresh([config] if hinted else None).problems
    config.write_text(good, encoding="utf-8")
    assert not builder.refresh([config] if hinted else None).problems
    edit_file(article, "title: ", "title: New ")
    builder.refresh([article] if hinted else None)
    require_right_output(workspace, builder)


def test_an_article_that_was_wrong_for_a_while_leaves_no_trace(workspace: Path, builder: LiveBuilder) -> None:
    article, broken = workspace / "site" / ARTICLE, workspace / "site/content/articles/2025/zz.md"
    good = article.read_text(encoding="utf-8")
    broken.write_text("---\nnonsense\n", encoding="utf-8")
    article.write_text(good.replace("title: ", "title: Some "), encoding="utf-8")
    assert builder.refresh(None).problems
    broken.unlink()
    article.write_text(good, encoding="utf-8")
    assert not builder.refresh(None).problems
    article.write_text(good.replace("title: ", "title: New "), encoding="utf-8")
    builder.refresh(None)
    require_right_output(workspace, builder)


@pytest.mark.parametrize("reads", [b"garbage", b""])
def test_a_trace_that_somebody_changed_is_noticed_once_the_site_is_loaded(workspace: Path, reads: bytes) -> None:
    with contextlib.closing(sqlite3.connect(workspace / "out" / site_paths.MANIFEST)) as connection, connection:
        page = "articles/2025/silo-stays/index.html"
        assert connection.execute("UPDATE page SET reads = ? WHERE name = ?", (reads, page)).rowcount == 1
    builder = LiveBuilder(workspace / "site", workspace / "out", OPTIONS)
    try:
        assert builder.warm_up() is not None
        builder.refresh(None)
        edit_file(workspace / "site" / ARTICLE, "title: ", "title: New ")
        assert "/articles/2025/silo-stays/" in builder.refresh([workspace / "site" / ARTICLE]).urls
        require_right_output(workspace, builder)
    finally:
        builder.close()


def test_a_site_that_is_not_up_to_date_is_built_before_it_is_served(workspace: Path) -> None:
    edit_file(workspace / "site" / ARTICLE, "title: ", "title: New ")
    builder = LiveBuilder(workspace / "site", workspace / "out", OPTIONS)
    try:
        assert builder.warm_up() is None
    finally:
        builder.close()
    assert build_session.verify(workspace / "site", workspace / "out", OPTIONS) == []


def test_a_file_that_is_gone_is_rendered_again_and_no_page_is_verified(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stale_pages, "is_up_to_date", lambda *_: pytest.fail("the pages are of these very files"))
    (workspace / "out/index.html").unlink()
    report = build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert (report.drawn, report.written) == (1, 1)
    assert report_of(workspace) is not None


def test_the_build_record_is_dropped_when_a_page_was_rendered_anew(tmp_path: Path) -> None:
    """Their bytes may be as before, but not what they were made of."""
    with contextlib.closing(manifest.Manifest(tmp_path)) as record:
        record.record({}, {manifest.BUILD_RECORD: "of these files"})
        record.record({}, {})
        assert record.get(manifest.BUILD_RECORD) == "of these files"
        record.record({}, {}, lambda: None)
        assert record.get(manifest.BUILD_RECORD) is None


def notes_of(workspace: Path) -> tuple[Problem, ...]:
    report = report_of(workspace)
    assert report is not None
    return report.notes


def replace_file(name: str, text: str) -> Callable[[Path], object]:
    return lambda workspace: write_files(workspace, {name: text})


def append_blank(name: str) -> Callable[[Path], object]:
    return lambda workspace: append_to_file(workspace / name, " ")


def change_bytes_and_keep_stamp(database: str, name: str) -> Callable[[Path], object]:
    """Return a change of a file so soon after it was read that its times are the same: Git's race."""

    def change(workspace: Path) -> None:
        path = workspace / name
        raw = path.read_bytes()
        path.write_bytes(raw[:-2] + (b"x" if raw[-2:-1] != b"x" else b"y") + raw[-1:])
        stamp = stamp_of_file(path)
        assert stamp
        with sqlite3.connect(workspace / database) as connection:
            cursor = connection.execute(
                "UPDATE file SET modified = ?, changed = ?, size = ?, inode = ?, looked = ? WHERE name = ?",
                (*stamp, max(stamp.modified_ns, stamp.changed_ns) + 1, name.partition("/")[2]),
            )
            assert cursor.rowcount == 1
        connection.close()

    return change


def set_column(database: str, column: str, value: object) -> Callable[[Path], object]:
    def change(workspace: Path) -> None:
        with sqlite3.connect(workspace / database) as connection:
            connection.execute(f"UPDATE file SET {column} = ?", (value,))
        connection.close()

    return change


def replace_by_link(workspace: Path) -> None:
    (workspace / "site" / ARTICLE).rename(workspace / "linked.md")
    (workspace / "site" / ARTICLE).symlink_to(workspace / "linked.md")


def replace_by_folder(workspace: Path) -> None:
    (workspace / "out/index.html").unlink()
    (workspace / "out/index.html").mkdir()


STATE, MANIFEST = f"site/{file_stamps.CACHE_FOLDER}/{file_stamps.CACHE_NAME}", f"out/{site_paths.MANIFEST}"
CHANGES: dict[str, Callable[[Path], object]] = {
    "an article": append_blank(f"site/{ARTICLE}"),
    "an article in the same moment": change_bytes_and_keep_stamp(STATE, f"site/{ARTICLE}"),
    "an article that came": replace_file("site/content/articles/2025/new.md", "---\ntitle: New\n---\n"),
    "an article that went": lambda workspace: (workspace / "site" / ARTICLE).unlink(),
    "an article that is a link": replace_by_link,
    "an article's name": lambda workspace: (workspace / "site" / ARTICLE).rename(
        workspace / "site/content/articles/2025/silo.md"
    ),
    "the settings": append_blank(f"site/{site_paths.CONFIG}"),
    "no settings": lambda workspace: (workspace / "site" / site_paths.CONFIG).unlink(),
    "about.md": replace_file(f"site/{site_paths.ABOUT}", "Of us.\n"),
    "an issue's note": replace_file("site/content/issues/2025-w20.md", "Of this week.\n"),
    "what was published": replace_file(f"site/{site_paths.PERMALINK_LEDGER}", "/a/ 2025-01-01 x gone 2025-01-02\n"),
    "the logo": replace_file("site/content/mark.svg", SVG.replace("80", "90")),
    "no logo": lambda workspace: (workspace / "site/content/mark.svg").unlink(),
    "a template": replace_file("site/templates/about.html", "<p>{{ site }}</p>"),
    "the style sheet": append_blank("site/templates/assets/own.css"),
    "a template that is no text": lambda workspace: (workspace / "site/templates/about.html").write_bytes(b"\xff"),
    "a folder nearly of a kind": lambda workspace: (workspace / "site/content/topic").mkdir(),
    "a file of another kind": replace_file("site/content/articles/2025/page.html", "<p>"),
    "a page": append_blank("out/index.html"),
    "a page in the same moment": change_bytes_and_keep_stamp(MANIFEST, "out/index.html"),
    "a page that went": lambda workspace: (workspace / "out/index.html").unlink(),
    "a folder of pages": lambda workspace: shutil.rmtree(workspace / "out/articles"),
    "a page that is a folder": replace_by_folder,
    "a build that was killed": lambda workspace: (workspace / "out" / site_paths.STAGE).mkdir(),
    "a build that was killed while it wrote": set_column(MANIFEST, "pending", b"x"),
    "no manifest": lambda workspace: (workspace / MANIFEST).unlink(),
    "a manifest that is none": lambda workspace: (workspace / MANIFEST).write_bytes(b"no database" * 1000),
    "no state": lambda workspace: shutil.rmtree(workspace / "site" / file_stamps.CACHE_FOLDER),
    "a state that is none": lambda workspace: (workspace / STATE).write_bytes(b"no database" * 1000),
    "a damaged time": set_column(STATE, "looked", "noon"),
    "a damaged digest": set_column(STATE, "digest", b"\xff"),
    "a damaged time of a page": set_column(MANIFEST, "looked", "noon"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_is_noticed(workspace: Path, change: Callable[[Path], object]) -> None:
    change(workspace)
    assert report_of(workspace) is None
    assert report_of(workspace) is None  # and is not forgotten


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
def test_other_options_are_another_build(workspace: Path, options: build_session.BuildOptions) -> None:
    assert report_of(workspace, options) is None
    assert report_of(workspace, OPTIONS._replace(jobs=2))


def test_another_program_is_another_build(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up_to_date, "program_digest", lambda: "another")
    assert report_of(workspace) is None


@pytest.mark.parametrize("name", [f"site/{ARTICLE}", "out/index.html"])
def test_a_file_rewritten_with_the_same_bytes_is_read_once(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    data = (workspace / name).read_bytes()
    (workspace / name).unlink()
    (workspace / name).write_bytes(data)
    time.sleep(0.1)
    assert report_of(workspace)
    paths: list[Path] = []  # that are read

    def note_and_read(path: Path) -> bytes | None:
        paths.append(path)
        return digest_of_file(path)

    monkeypatch.setattr(file_stamps, "digest_of_file", note_and_read)
    assert report_of(workspace)
    assert paths == []


def test_files_that_are_not_ours_make_no_difference(workspace: Path) -> None:
    (workspace / "out/CNAME").write_text("notes.example\n", encoding="utf-8")
    (workspace / "site/content/notes").mkdir()
    (workspace / "site/content/notes/draft.md").write_text("Later.\n", encoding="utf-8")
    assert report_of(workspace)


def test_the_check_waits_for_no_other_build(workspace: Path) -> None:
    with output_dir.lock_folder(workspace / "out"):
        assert report_of(workspace)


def test_stamps_are_recorded_only_of_the_bytes_that_were_read(workspace: Path) -> None:
    """A check records a stamp only while the file is to have the bytes that the check read."""
    index = workspace / "out/index.html"
    stamp = stamp_of_file(index)
    assert stamp
    record = manifest.Manifest(workspace / "out")
    before = record.files()["index.html"]
    new = file_stamps.FileStamp.of(stamp, 7, b"other bytes")
    file_stamps.update_stamps(record.connection, record.path, {"index.html": new})
    assert record.files()["index.html"] == before
    record.claim({"index.html": b"next"})
    assert before.digest
    new = new._replace(digest=before.digest)
    file_stamps.update_stamps(record.connection, record.path, {"index.html": new})
    assert record.files()["index.html"].checked_at_ns == before.checked_at_ns
    record.close()


def test_an_output_among_the_sites_own_files_is_refused(workspace: Path) -> None:
    with pytest.raises(UsageError, match="are inside one another"):
        up_to_date.look(workspace / "site", workspace / "site/content/out", OPTIONS)


# -- what it leaves to the build that follows ---------------------------------------------------------


def test_a_build_does_not_look_again_at_what_was_seen(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit_file(workspace / "site" / ARTICLE, "title: ", "title: New ")
    seen = up_to_date.look(workspace / "site", workspace / "out", OPTIONS)
    assert seen
    monkeypatch.setattr(changed_files, "content_files", lambda *_: pytest.fail("content is looked at again"))
    monkeypatch.setattr(theme_reader, "read_theme", lambda *_: pytest.fail("the theme is read again"))
    assert build_session.build(workspace / "site", workspace / "out", OPTIONS, seen=seen).drawn


def test_what_changes_after_the_look_is_seen_by_the_next_build(workspace: Path) -> None:
    edit_file(workspace / "site" / ARTICLE, "title: ", "title: New ")
    seen = up_to_date.look(workspace / "site", workspace / "out", OPTIONS)
    edit_file(workspace / "site" / ARTICLE, "title: New ", "title: Newer ")
    write_files(workspace / "site", {"content/articles/2025/new.md": "---\ntitle: Late\n---\n"})
    append_to_file(workspace / "site/templates/assets/own.css", "a { margin: 0 }\n")
    build_session.build(workspace / "site", workspace / "out", OPTIONS, seen=seen)
    assert report_of(workspace) is None
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert build_session.verify(workspace / "site", workspace / "out", OPTIONS) == []


def test_a_look_counts_for_nothing_after_another_build(workspace: Path) -> None:
    edit_file(workspace / "site" / ARTICLE, "title: ", "title: New ")
    seen = up_to_date.look(workspace / "site", workspace / "out", OPTIONS)
    write_files(workspace / "site", {"content/articles/2025/new.md": "---\ntitle: Late\n---\n"})
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert build_session.build(workspace / "site", workspace / "out", OPTIONS, seen=seen).written == 0
    assert build_session.verify(workspace / "site", workspace / "out", OPTIONS) == []


# -- what it rests on ---------------------------------------------------------------------------------


def test_versions_are_those_that_the_packages_declare() -> None:
    installed = program_version._installed_versions()
    for name in program_version._LIBRARIES:
        assert (
            installed[program_version._normalized(name)]
            == version_of(name)
            == program_version._version_by_metadata(name)
        )


def test_the_command_line_knows_where_each_command_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def commands(command: str) -> set[str]:
        actions = main.make_parser(command)._actions
        (subparsers,) = (action for action in actions if isinstance(action, argparse._SubParsersAction))
        return set(subparsers.choices)

    assert set(main._MODULES) == commands("")
    for name, module in main._MODULES.items():
        assert commands(name) == {other for other in main._MODULES if main._MODULES[other] == module}


def test_a_wrong_command_is_answered_with_all_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.main(["frobnicate"])
    error = capsys.readouterr().err
    assert all(f" {name}" in error for name in main._MODULES)
    console.flush()
