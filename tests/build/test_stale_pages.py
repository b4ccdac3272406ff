"""An edit redraws the pages that show it and no others: at once, and with a builder that stays open."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from site_gen.build import build_session, builder, render_pages
from site_gen.content import loader
from site_gen.content.periods import month_period, week_period
from site_gen.core.depgraph import DependencyGraph
from site_gen.core.errors import SiteError
from site_gen.core.urls import url_of_file
from site_gen.pages.views import feeds, issue_feed
from site_gen.publish import permalinks
from site_gen.site import coverage
from site_gen.site.analysis import statistics
from tests.support.sites import REPO, clean_build, differing_files, own_words, read_files, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from site_gen.build.graph_store import Trace
    from site_gen.content.records import Page
    from site_gen.core.depgraph import CellKey

ARTICLES = 60  # fifteen a year, three in a week, each later than the one before
COMPANIES = ("Elmswick Grain", "Tallow Pier", "Voss Cranes", "Rye Mill")
TOPICS = ("storage", "harbours")
OPTIONS = build_session.BuildOptions(jobs=1, search=False, cards=False)


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def article_date(number: int) -> dt.date:
    year, place = divmod(number, 15)
    return dt.date.fromisocalendar(2022 + year, 3 + place // 3 * 9, 1 + place % 3)


def article_file(number: int) -> str:
    return f"content/articles/{article_date(number).year}/note-{number}.md"


def article_text(number: int) -> str:
    company = COMPANIES[number % 4]
    return (
        f"---\ntitle: Note {number}\npublished: {article_date(number)}\nsite: The Courier\n"
        f"description: The note of number {number}.\n"
        f"companies: [{slug(company)}]\ntopics: [{TOPICS[number % 2]}]\n---\n"
        f"{company} said a long and winding thing about number {number} and its harbours.\n\nNobody asked why.\n\n"
        f"{own_words(number)}\n"
    )


@pytest.fixture(autouse=True)
def list_few_stories_on_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "MAX_LISTED_STORIES", 5)
    monkeypatch.setattr(feeds, "FEED_ENTRIES", 5)
    monkeypatch.setattr(issue_feed, "FEED_ENTRIES", 5)


@pytest.fixture(scope="module")
def built_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a site of sixty articles and build it; each test gets a copy."""
    workspace = tmp_path_factory.mktemp("built")
    files = {article_file(number): article_text(number) for number in range(ARTICLES)}
    files["content/site.yaml"] = (
        "title: Quay Notes\ntagline: Of quays\nbase_url: https://notes.example/\ntext: full\nhome_articles: 5\n"
    )
    files["content/about.md"] = "About quays.\n"
    files |= {f"content/companies/{slug(name)}.md": f"---\nname: {name}\n---\n" for name in COMPANIES}
    files |= {f"content/topics/{name}.md": f"---\nname: Topic of {name}\n---\n" for name in TOPICS}
    files["templates/part.html"] = "A part."
    write_files(workspace / "site", files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coverage, "MAX_LISTED_STORIES", 5)
        patch.setattr(feeds, "FEED_ENTRIES", 5)
        patch.setattr(issue_feed, "FEED_ENTRIES", 5)
        build_session.build(workspace / "site", workspace / "out", OPTIONS)
    return workspace


@dataclass
class EditedSite:
    """A site with its output, to be edited and built."""

    workspace: Path  # with the site in `site` and its output in `out`
    builder: build_session.IncrementalBuilder | None = None  # the one that stays open, if there is one

    def edit(self, *changes: tuple[str, str | bytes | Callable[[str], str] | None]) -> build_session.Report:
        """Change files and build: by name a new text, a function of the old one, or None for a file that goes."""
        paths = [self.workspace / "site" / name for name, _ in changes]
        for path, (_, change) in zip(paths, changes, strict=True):
            if change is None:
                path.unlink()
            else:
                text = change(path.read_text(encoding="utf-8")) if callable(change) else change
                write_files(path.parent, {path.name: text})
        if self.builder:
            return self.builder.refresh(paths)
        return build_session.build(self.workspace / "site", self.workspace / "out", OPTIONS)

    def require_refused(self, *changes: tuple[str, str | bytes | None]) -> None:
        with pytest.raises(SiteError):
            self.edit(*changes)

    def require_clean(self) -> None:
        """Assert that the output is what a clean build makes."""
        expected = clean_build(self.workspace / "site", OPTIONS)
        assert differing_files(read_files(self.workspace / "out"), expected) == []


@contextlib.contextmanager
def open_workspace(workspace: Path, options: build_session.BuildOptions = OPTIONS) -> Iterator[EditedSite]:
    """Open a builder that stays open while the site is edited."""
    with build_session.open_builder(workspace / "site", workspace / "out", options) as builder:
        builder.refresh(None)
        yield EditedSite(workspace, builder)


@pytest.fixture
def workspace(built_workspace: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built_workspace, tmp_path / "workspace")


@pytest.fixture(params=["at once", "open"])
def edited_site(request: pytest.FixtureRequest, workspace: Path) -> Iterator[EditedSite]:
    if request.param == "open":
        with open_workspace(workspace) as opened:
            yield opened
    else:
        build_session.build(workspace / "site", workspace / "out", OPTIONS)
        yield EditedSite(workspace)


@pytest.fixture
def open_site(workspace: Path) -> Iterator[EditedSite]:
    with open_workspace(workspace) as opened:
        yield opened


def article_url(number: int) -> str:
    return f"/articles/{article_date(number).year}/note-{number}/"


def issue_urls(day: dt.date) -> set[str]:
    return {f"/issues/{week_period(day).key}/", f"/issues/{month_period(day).key}/"}


def list_urls(number: int, *, newest: bool) -> set[str]:
    """Return the pages on which an article is listed; newest: whether it is among those that feeds hold."""
    day = article_date(number)
    urls = {f"/archive/{day.year}/{day.month:02}/"}
    for page in (f"/companies/{slug(COMPANIES[number % 4])}/", f"/topics/{TOPICS[number % 2]}/"):
        urls |= {f"{page}{day.year}/", f"{page}{day.year}/index.json"}  # which holds titles
        urls |= {page, f"{page}feed.xml", f"{page}feed.json", f"{page}index.json"} if newest else set()
    feeds_of_all = {f"{page}feed.{form}" for page in ("/", "/companies/", "/topics/") for form in ("xml", "json")}
    urls |= {"/"} | feeds_of_all if newest else set()
    if number < ARTICLES:  # else it is alone in its week
        urls |= issue_urls(day) | ({"/issues/feed.xml", "/issues/feed.json"} if newest else set())
    return urls


def test_a_build_without_a_change_renders_nothing(edited_site: EditedSite) -> None:
    report = edited_site.edit()
    assert (report.drawn, report.urls) == (0, ())


@pytest.mark.parametrize("number", [0, 59])
def test_words_that_name_nobody_change_only_their_own_page(edited_site: EditedSite, number: int) -> None:
    report = edited_site.edit(
        (article_file(number), lambda text: text.replace("Nobody asked why", "Somebody asked why"))
    )
    assert (report.drawn, report.urls) == (1, (article_url(number),))


def test_words_that_name_an_entity_change_the_pages_that_quote_them(edited_site: EditedSite) -> None:
    report = edited_site.edit((article_file(59), lambda text: text.replace("long and winding", "short")))
    page = "/companies/rye-mill/"
    assert set(report.urls) == {article_url(59), page, f"{page}2025/", f"{page}feed.xml", f"{page}feed.json"}
    assert report.drawn <= 7  # its data is drawn, to no effect: it holds no words of articles
    report = edited_site.edit((article_file(0), lambda text: text.replace("long and winding", "short")))
    assert set(report.urls) == {article_url(0), "/companies/elmswick-grain/2022/"}
    assert report.drawn <= 3


@pytest.mark.parametrize(("number", "newest"), [(0, False), (59, True)])
def test_a_title_changes_the_pages_that_list_it(edited_site: EditedSite, number: int, newest: bool) -> None:
    report = edited_site.edit((article_file(number), lambda text: text.replace("title: Note", "title: Notice")))
    assert set(report.urls) == {article_url(number)} | list_urls(number, newest=newest)
    # The archive's year counts tags month by month, and is drawn to no effect.
    assert report.drawn <= len(report.urls) + 1


def test_notes_change_their_entitys_page(edited_site: EditedSite) -> None:
    report = edited_site.edit(("content/companies/rye-mill.md", lambda text: f"{text}It mills.\n"))
    assert report.urls == ("/companies/rye-mill/",)
    assert report.drawn <= 2  # its data too, to no effect


def test_a_new_style_changes_every_page_that_has_one(edited_site: EditedSite) -> None:
    before = read_files(edited_site.workspace / "out")
    styled = {url_of_file(name) for name, data in before.items() if b"/assets/style." in data}
    report = edited_site.edit(("templates/assets/style.css", "body { margin: 0 }\n"))
    old, new = (
        {f"/{name}" for name in files if name.startswith("assets/style.")}
        for files in (before, read_files(edited_site.workspace / "out"))
    )
    assert len(old) == len(new) == 1
    assert set(report.urls) == styled | old | new
    assert report.drawn == len(styled)


def test_a_macro_changes_the_pages_whose_templates_import_it(edited_site: EditedSite) -> None:
    text = (REPO / "templates/macros.html").read_text(encoding="utf-8")
    report = edited_site.edit(("templates/macros.html", f"{text}{{# of no effect #}}\n"))
    assert report.urls == ()
    names = {url_of_file(name) for name in read_files(edited_site.workspace / "out") if not name.startswith("assets/")}
    assert report.drawn == len({name for name in names if not name.endswith((".xml", ".json", ".opml", ".txt"))})


def test_a_template_changes_its_own_pages(edited_site: EditedSite) -> None:
    text = (REPO / "templates/kind.html").read_text(encoding="utf-8")
    mark = "{% block content %}"
    report = edited_site.edit(
        ("templates/kind.html", text.replace(mark, f"{mark}<p>New.</p>{{% include 'part.html' %}}"))
    )
    assert (set(report.urls), report.drawn) == ({"/companies/", "/topics/"}, 2)
    report = edited_site.edit(("templates/part.html", "Another part."))
    assert (set(report.urls), report.drawn) == ({"/companies/", "/topics/"}, 2)


def test_a_tagline_changes_every_page(edited_site: EditedSite) -> None:
    report = edited_site.edit(("content/site.yaml", lambda text: text.replace("Of quays", "Of quays and piers")))
    assert report.drawn == report.pages
    assert {"/", "/about/", article_url(0), "/topics/storage/2022/"} <= set(report.urls)


def test_a_new_article_changes_its_lists_and_the_pages_that_count(edited_site: EditedSite) -> None:
    before = read_files(edited_site.workspace / "out")
    report = edited_site.edit((article_file(60), article_text(60)))
    lists = list_urls(60, newest=True)
    pages = {"/companies/elmswick-grain/", "/topics/storage/"}
    counted = {"/about/", "/companies/", "/topics/", "/archive/", "/archive/2026/", "/archive/2025/09/", "/timeline/"}
    sitemaps = {"/sitemap.xml", "/sitemap-pages.xml", "/sitemap-2026.xml"}
    years = {f"{page}{year}/" for page in pages for year in (2022, 2023, 2024, 2025)}  # they link to the new year
    # Its month is a new one, the last of all: each entity's chart now ends there.
    charts = {f"/companies/{slug(name)}/" for name in COMPANIES} | {f"/topics/{name}/" for name in TOPICS}
    assert set(report.urls) == {article_url(60)} | lists | counted | sitemaps | charts | years
    edited_site.require_clean()
    report = edited_site.edit((article_file(64), article_text(64).replace(str(article_date(64)), "2026-01-02")))
    # A second one in a year that is known: no page of an older year but that of the counts beside its links.
    other = {"/companies/rye-mill/2023/", "/archive/2025/09/", article_url(0), article_url(60), "/sitemap-2025.xml"}
    assert not other & set(report.urls)
    assert report.drawn < len(before) * 0.6  # no article but itself


def test_a_third_article_in_a_week_makes_issues_to_which_those_before_lead(edited_site: EditedSite) -> None:
    edited_site.edit(*((article_file(number), article_text(number)) for number in (60, 61)))
    report = edited_site.edit((article_file(62), article_text(62)))
    issues = {url for url in report.urls if url.startswith("/issues/")}
    feeds_of_issues = {"/issues/feed.xml", "/issues/feed.json"}
    assert issues == {"/issues/"} | issue_urls(article_date(59)) | issue_urls(article_date(62)) | feeds_of_issues
    edited_site.require_clean()
    report = edited_site.edit((article_file(60), None))
    assert issues <= {*report.urls, *issue_urls(article_date(62))}
    edited_site.require_clean()


def test_the_page_of_an_old_year_stays_when_an_article_comes(edited_site: EditedSite) -> None:
    edited_site.edit((article_file(60), article_text(60)))
    report = edited_site.edit((article_file(61), article_text(61)))
    touched = {name for name in report.urls if name.startswith("/companies/elmswick-grain/")}
    assert touched <= {"/companies/elmswick-grain/"}  # which shows how often it is named with others, and by chance


# -- a builder that stays open, where builds in between were refused


def test_a_builder_that_could_not_begin_goes_on_when_the_settings_are_mended(workspace: Path) -> None:
    path = workspace / "site/content/site.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text("- no mapping\n", encoding="utf-8")
    with build_session.open_builder(workspace / "site", workspace / "out", OPTIONS) as builder:
        with pytest.raises(SiteError):
            builder.refresh(None)
        path.write_text(good, encoding="utf-8")
        builder.refresh([path])
        EditedSite(workspace).require_clean()


def test_broken_settings_stop_every_build_until_they_are_mended(open_site: EditedSite) -> None:
    open_site.require_refused(("content/site.yaml", "- no mapping\n"))
    open_site.require_refused((article_file(60), article_text(60)))


def test_an_article_comes_back_whose_page_somebody_had_removed(open_site: EditedSite) -> None:
    (open_site.workspace / "out/articles/2025/note-59/index.html").unlink()
    (open_site.workspace / "site" / article_file(59)).unlink()
    assert open_site.builder
    open_site.builder.refresh(None)
    open_site.edit((article_file(59), article_text(59)))
    open_site.require_clean()


def test_a_link_among_the_articles_is_refused_when_it_comes(open_site: EditedSite) -> None:
    (open_site.workspace / "secret.md").write_text(article_text(60), encoding="utf-8")
    path = open_site.workspace / "site" / article_file(60)
    path.parent.mkdir()
    path.symlink_to(open_site.workspace / "secret.md")
    assert open_site.builder
    with pytest.raises(SiteError, match="is a link"):
        open_site.builder.refresh([path])


def test_a_stray_file_stops_a_build_that_has_nothing_else_to_do(workspace: Path) -> None:
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    (workspace / "site/content/articles/2025/stray.txt").write_text("x", encoding="utf-8")
    with pytest.raises(SiteError, match=r"stray\.txt: is not read here"):
        build_session.build(workspace / "site", workspace / "out", OPTIONS)


def test_a_renamed_file_keeps_its_id_for_a_builder_that_begins_anew(workspace: Path, tmp_path: Path) -> None:
    old = workspace / "site" / article_file(0)
    old.write_text(old.read_text(encoding="utf-8").replace("---\n", "---\nid: same\n", 1), encoding="utf-8")
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    old.rename(old.with_name("0-comes-first.md"))
    report = build_session.build(workspace / "site", workspace / "out", OPTIONS)
    clean = clean_build(shutil.copytree(workspace / "site", tmp_path / "copy"), OPTIONS)
    assert report.problems == ()
    assert differing_files(read_files(workspace / "out"), clean) == []


def test_another_version_of_the_program_renders_all_pages_again(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How the program renders what it reads is in none of the digests that it compares."""
    monkeypatch.setattr(builder, "program_digest", lambda: "another")
    report = EditedSite(workspace).edit((article_file(0), lambda text: text.replace("Nobody", "Somebody")))
    assert report.drawn == report.pages
    assert report.urls == (article_url(0),)


@pytest.mark.slow
def test_edits_after_a_build_by_several_processes(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(workspace / "out")
    monkeypatch.setattr(builder, "_PARALLEL_FROM", 1)
    # Processes that are not forked know nothing of what the fixture patched: here all use the program's own.
    monkeypatch.setattr(coverage, "MAX_LISTED_STORIES", 60)
    monkeypatch.setattr(feeds, "FEED_ENTRIES", 40)
    with open_workspace(workspace, build_session.BuildOptions(jobs=2, search=False, cards=False)) as open_site:
        report = open_site.edit((article_file(0), lambda text: text.replace("Nobody", "Somebody")))
        assert (report.drawn, report.urls) == (1, (article_url(0),))
        open_site.edit((article_file(59), lambda text: text.replace("title: Note", "title: Notice")))
        open_site.require_clean()


def test_the_output_folder_may_be_removed_while_a_builder_is_open(open_site: EditedSite) -> None:
    shutil.rmtree(open_site.workspace / "out")
    assert open_site.builder
    open_site.builder.refresh(None)
    open_site.require_clean()


@pytest.mark.parametrize("part", ["state.sqlite", ""])
def test_the_state_may_be_removed_while_a_builder_is_open(open_site: EditedSite, part: str) -> None:
    state = open_site.workspace / "site/.site-gen" / part
    state.unlink() if part else shutil.rmtree(state)
    open_site.edit(
        (article_file(60), article_text(60)), (article_file(0), lambda text: text.replace("Nobody", "Somebody"))
    )
    open_site.require_clean()


def test_parts_that_are_rendered_once_for_all_pages_still_depend_on_what_they_show(edited_site: EditedSite) -> None:
    text = (REPO / "templates/macros.html").read_text(encoding="utf-8")
    start = "{% macro headline(card) -%}"
    edited_site.edit(
        ("templates/assets/sign.svg", "<svg/>"),
        ("templates/macros.html", text.replace(start, start + '<img src="{{ asset(\'sign.svg\') }}" alt="">')),
    )
    edited_site.edit(("templates/assets/sign.svg", "<svg></svg>"))
    edited_site.require_clean()


def test_constant_links_in_templates_are_right_on_each_page_offline(workspace: Path) -> None:
    options = build_session.BuildOptions(offline=True, jobs=1, search=False, cards=False)
    text = (REPO / "templates/base.html").read_text(encoding="utf-8")
    edited_site = EditedSite(workspace)
    (workspace / "site/templates/base.html").write_text(
        text.replace("</body>", '<a class="test" href="{{ "/about/" | url }}">x</a></body>'), encoding="utf-8"
    )
    build_session.build(workspace / "site", edited_site.workspace / "out", options)
    pages = read_files(edited_site.workspace / "out")
    assert b'<a class="test" href="about/index.html">' in pages["index.html"]
    assert b'<a class="test" href="../../../about/index.html">' in pages["articles/2022/note-0/index.html"]


@pytest.mark.parametrize("offline", [False, True])
def test_a_new_name_is_in_every_feed_that_names_it(workspace: Path, offline: bool) -> None:
    with open_workspace(
        workspace, build_session.BuildOptions(offline=offline, jobs=1, search=False, cards=False)
    ) as open_site:
        report = open_site.edit(("content/topics/storage.md", "---\nname: Storing\n---\n"))
        assert {"/feed.xml", "/feed.json", "/feeds/", "/feeds.opml", "/topics/feed.json"} <= set(report.urls)
        for name, data in read_files(open_site.workspace / "out").items():
            assert b"Topic of storage" not in data, name


@pytest.mark.parametrize("nth", [1, *(pytest.param(nth, marks=pytest.mark.slow) for nth in (2, 3))])
@pytest.mark.parametrize("name", ["content/companies/elmswick-grain.md", "content/about.md", "content/site.yaml"])
def test_a_file_that_changes_while_it_is_read_is_read_again(
    open_site: EditedSite, name: str, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = open_site.workspace / "site" / name
    later = path.read_text(encoding="utf-8") if path.exists() else "The site in a few words.\n"
    earlier = (
        later.replace("Elmswick Grain", "Elmswick Corn").replace("words", "letters").replace("title: ", "title: A ")
    )
    path.write_text(earlier, encoding="utf-8")
    read, times = loader.read_bytes, Counter[str]()

    def read_and_change(site: Path, article_file: str) -> bytes:
        raw = read(site, article_file)
        times[article_file] += 1
        if article_file == name and times[article_file] == nth:
            path.write_text(later, encoding="utf-8")
        return raw

    assert open_site.builder
    with monkeypatch.context() as patch:
        patch.setattr(loader, "read_bytes", read_and_change)
        open_site.builder.refresh([path])
    path.write_text(later, encoding="utf-8")  # where it was not read so often
    open_site.builder.refresh(None)
    open_site.require_clean()


def test_of_several_wrong_templates_the_same_is_reported_as_by_a_clean_build(edited_site: EditedSite) -> None:
    wrong = "{% if %}"
    with pytest.raises(SiteError) as error:
        edited_site.edit(("templates/feed.xml", wrong), ("templates/entity.html", wrong))
    with pytest.raises(SiteError) as clean_error:
        build_session.build(edited_site.workspace / "site", edited_site.workspace / "clean", OPTIONS)
    assert str(error.value) == str(clean_error.value)


@pytest.mark.slow
def test_published_issues_make_no_page_of_other_entities_stale(workspace: Path) -> None:
    """A new story makes as many pages stale as without published issues, but for those of the entities it names."""

    def stale_urls(workspace: Path) -> set[str]:
        with open_workspace(workspace) as edited_site:
            report = edited_site.edit((article_file(ARTICLES), article_text(ARTICLES)))
            edited_site.require_clean()
            return set(report.urls)

    plain = workspace.with_name("plain")
    shutil.copytree(workspace, plain)
    permalinks.record(workspace / "site", dt.date(2026, 11, 23))
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    company, topic = COMPANIES[ARTICLES % 4], TOPICS[ARTICLES % 2]
    own = {f"/companies/{slug(company)}/", f"/topics/{topic}/"}
    assert stale_urls(workspace) - stale_urls(plain) <= own
    assert "Since the last issue" in (workspace / f"out/companies/{slug(company)}/index.html").read_text(
        encoding="utf-8"
    )


def test_statistical_tests_run_again_only_where_a_count_has_changed(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each later issue reads the titles, and a test costs some milliseconds."""
    totals: list[int] = []  # of each run
    find_rising = statistics.find_rising

    def note_run(now: Any, total: int, *past: Any) -> Any:
        totals.append(total)
        return find_rising(now, total, *past)

    monkeypatch.setattr(statistics, "find_rising", note_run)
    with open_workspace(workspace) as edited_site:
        edited_site.edit((article_file(3), lambda text: text.replace("title: Note 3", "title: First")))
        totals.clear()
        edited_site.edit((article_file(3), lambda text: text.replace("title: First", "title: Second")))
        assert totals == []
        edited_site.edit((article_file(3), lambda text: text.replace("companies: [", "companies: [elmswick-grain, ")))
        assert totals
        edited_site.require_clean()


def test_an_edit_makes_the_cells_that_it_touches_and_no_others(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    make = DependencyGraph._make

    def note_and_make(graph: DependencyGraph, key: CellKey) -> object:
        made.append(key)
        return make(graph, key)

    monkeypatch.setattr(DependencyGraph, "_make", note_and_make)
    report = EditedSite(workspace).edit((article_file(0), lambda text: text.replace("Nobody", "Somebody")))
    assert (report.drawn, report.urls) == (1, (article_url(0),))
    # Two for each of the fourteen notes of nearly the same words, whose related articles may be others now.
    assert len(made) <= 7 + 2 * 14, "\n".join(map(str, made))


def test_another_style_sheet_changes_its_address_in_pages_and_draws_only_those_that_quote_it(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, out = workspace / "site", workspace / "out"
    write_files(site, {"templates/assets/own.css": "p { margin: 0 }\n"})
    build_session.build(site, out, OPTIONS)
    style = next((out / "assets").glob("style.*.css")).name
    text = (site / article_file(1)).read_text(encoding="utf-8")
    write_files(site, {article_file(1): f"{text}\nThe page loads assets/{style} first.\n"})
    build_session.build(site, out, OPTIONS)
    drawn: list[str] = []
    render_page = render_pages.render_page

    def note_and_render(job: render_pages.RenderJob, page: Page) -> tuple[bytes, Trace]:
        drawn.append(page.url)
        return render_page(job, page)

    monkeypatch.setattr(render_pages, "render_page", note_and_render)
    write_files(site, {"templates/assets/own.css": "p { margin: 1px }\n"})
    report = build_session.build(site, out, OPTIONS)
    assert (report.drawn > 100, article_url(1) in drawn, len(drawn) < 10) == (True, True, True), drawn
    EditedSite(workspace).require_clean()
