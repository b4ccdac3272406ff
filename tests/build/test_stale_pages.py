"""An edit redraws the pages that show it and no others: at once, and with a builder that stays open."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from site_gen.build import build_session, builder, render_pages, stale_pages
from site_gen.build.deferred_files import is_deferred
from site_gen.content import loader
from site_gen.content.periods import month_period, week_period
from site_gen.core.errors import SiteError
from site_gen.core.urls import url_of_file
from site_gen.pages.views import feeds
from site_gen.publish import permalinks
from site_gen.site import coverage
from site_gen.site.analysis import statistics
from tests.support.sites import REPO, own_words, read_files, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ARTICLES = 60  # fifteen a year, each later than the one before
COMPANIES = ("Elmswick Grain", "Tallow Pier", "Voss Cranes", "Rye Mill")
TOPICS = ("storage", "harbours")
OPTIONS = build_session.BuildOptions(jobs=1, search=False, cards=False)


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def date(number: int) -> dt.date:
    year, place = divmod(number, 15)
    return dt.date(2022 + year, 1 + place * 12 // 15, 1 + place)


def file(number: int) -> str:
    return f"content/articles/{date(number).year}/note-{number}.md"


def article(number: int) -> str:
    company = COMPANIES[number % 4]
    return (
        f"---\ntitle: Note {number}\npublished: {date(number)}\nsite: The Courier\n"
        f"description: The note of number {number}.\n"
        f"companies: [{slug(company)}]\ntopics: [{TOPICS[number % 2]}]\n---\n"
        f"{company} said a long and winding thing about number {number} and its harbours.\n\nNobody asked why.\n\n"
        f"{own_words(number)}\n"
    )


@pytest.fixture(autouse=True)
def few_on_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "MAX_LISTED_STORIES", 5)
    monkeypatch.setattr(feeds, "FEED_ENTRIES", 5)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of its own with its output, built once; copied for each test."""
    base = tmp_path_factory.mktemp("first")
    files = {file(number): article(number) for number in range(ARTICLES)}
    files["content/site.yaml"] = (
        "title: Quay Notes\ntagline: Of quays\nbase_url: https://notes.example/\ntext: full\nhome_articles: 5\n"
    )
    files["content/about.md"] = "About quays.\n"
    files |= {f"content/companies/{slug(name)}.md": f"---\nname: {name}\n---\n" for name in COMPANIES}
    files |= {f"content/topics/{name}.md": f"---\nname: Topic of {name}\n---\n" for name in TOPICS}
    files["templates/part.html"] = "A part."
    write_files(base / "site", files)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coverage, "MAX_LISTED_STORIES", 5)
        patch.setattr(feeds, "FEED_ENTRIES", 5)
        build_session.build(base / "site", base / "out", OPTIONS)
    return base


@dataclass
class Kept:
    """A site with its output, and the builder that is open if there is one."""

    base: Path
    builder: build_session.IncrementalBuilder | None = None

    def edit(self, *changes: tuple[str, str | bytes | Callable[[str], str] | None]) -> build_session.Report:
        paths = [self.base / "site" / name for name, _ in changes]
        for path, (_, change) in zip(paths, changes, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            if change is None:
                path.unlink()
            elif isinstance(change, bytes):
                path.write_bytes(change)
            else:
                text = change if isinstance(change, str) else change(path.read_text(encoding="utf-8"))
                path.write_text(text, encoding="utf-8")
        if self.builder:
            return self.builder.refresh(paths)
        return build_session.build(self.base / "site", self.base / "out", OPTIONS)

    def refused(self, *changes: tuple[str, str | bytes | None]) -> None:
        with pytest.raises(SiteError):
            self.edit(*changes)

    def is_right(self) -> bool:
        """Whether the output is what a clean build makes."""
        fresh = self.base / "fresh"
        for part in ("content", "templates"):
            shutil.copytree(self.base / "site" / part, fresh / "site" / part)
        build_session.build(fresh / "site", fresh / "out", OPTIONS)
        wanted, found = read_files(fresh / "out"), read_files(self.base / "out")
        shutil.rmtree(fresh)
        names = {name for name in wanted.keys() | found.keys() if not is_deferred(name)}
        differ = [name for name in names if wanted.get(name) != found.get(name)]
        assert sorted(differ) == []
        return True


@contextlib.contextmanager
def opened(base: Path, options: build_session.BuildOptions = OPTIONS) -> Iterator[Kept]:
    with build_session.open_builder(base / "site", base / "out", options) as builder:
        builder.refresh(None)
        yield Kept(base, builder)


@pytest.fixture
def copied(first: Path, tmp_path: Path) -> Path:
    return shutil.copytree(first, tmp_path / "base")


@pytest.fixture(params=["at once", "open"])
def kept(request: pytest.FixtureRequest, copied: Path) -> Iterator[Kept]:
    if request.param == "open":
        with opened(copied) as found:
            yield found
    else:
        build_session.build(copied / "site", copied / "out", OPTIONS)
        yield Kept(copied)


@pytest.fixture
def watched(copied: Path) -> Iterator[Kept]:
    with opened(copied) as found:
        yield found


def url(number: int) -> str:
    return f"/articles/{date(number).year}/note-{number}/"


def issues_of(day: dt.date) -> set[str]:
    return {f"/issues/{week_period(day).key}/", f"/issues/{month_period(day).key}/"}


def lists_of(number: int, *, newest: bool) -> set[str]:
    """Where an article stands beside its own page."""
    day = date(number)
    found = {f"/archive/{day.year}/{day.month:02}/", *issues_of(day)}
    for page in (f"/companies/{slug(COMPANIES[number % 4])}/", f"/topics/{TOPICS[number % 2]}/"):
        found |= {f"{page}{day.year}/", f"{page}{day.year}/index.json"}  # which holds titles
        found |= {page, f"{page}feed.xml", f"{page}feed.json", f"{page}index.json"} if newest else set()
    feeds_of_all = {f"{page}feed.{form}" for page in ("/", "/companies/", "/topics/") for form in ("xml", "json")}
    of_issues = {"/issues/feed.xml", "/issues/feed.json"}
    return found | ({"/"} | feeds_of_all | of_issues if newest else set())


def test_nothing_changed(kept: Kept) -> None:
    report = kept.edit()
    assert (report.drawn, report.urls) == (0, ())


@pytest.mark.parametrize("number", [0, 59])
def test_words_that_name_nobody_change_one_page(kept: Kept, number: int) -> None:
    report = kept.edit((file(number), lambda text: text.replace("Nobody asked why", "Somebody asked why")))
    assert (report.drawn, report.urls) == (1, (url(number),))


def test_words_that_name_an_entity_change_the_pages_that_quote_them(kept: Kept) -> None:
    report = kept.edit((file(59), lambda text: text.replace("long and winding", "short")))
    page = "/companies/rye-mill/"
    assert set(report.urls) == {url(59), page, f"{page}2025/", f"{page}feed.xml", f"{page}feed.json"}
    assert report.drawn <= 7  # its data is drawn, to no effect: it holds no words of articles
    report = kept.edit((file(0), lambda text: text.replace("long and winding", "short")))
    assert set(report.urls) == {url(0), "/companies/elmswick-grain/2022/"}
    assert report.drawn <= 3


@pytest.mark.parametrize(("number", "newest"), [(0, False), (59, True)])
def test_a_title_changes_the_pages_that_list_it(kept: Kept, number: int, newest: bool) -> None:
    report = kept.edit((file(number), lambda text: text.replace("title: Note", "title: Notice")))
    assert set(report.urls) == {url(number)} | lists_of(number, newest=newest)
    # The archive's year counts tags month by month, and is drawn to no effect.
    assert report.drawn <= len(report.urls) + 1


def test_notes_change_their_entitys_page(kept: Kept) -> None:
    report = kept.edit(("content/companies/rye-mill.md", lambda text: f"{text}It mills.\n"))
    assert report.urls == ("/companies/rye-mill/",)
    assert report.drawn <= 2  # its data too, to no effect


def test_a_new_style_changes_every_page_that_has_one(kept: Kept) -> None:
    before = read_files(kept.base / "out")
    styled = {url_of_file(name) for name, data in before.items() if b"/assets/style." in data}
    report = kept.edit(("templates/assets/style.css", "body { margin: 0 }\n"))
    old, new = (
        {f"/{name}" for name in files if name.startswith("assets/style.")}
        for files in (before, read_files(kept.base / "out"))
    )
    assert len(old) == len(new) == 1
    assert set(report.urls) == styled | old | new
    assert report.drawn == len(styled)


def test_a_macro_changes_the_pages_whose_templates_import_it(kept: Kept) -> None:
    text = (REPO / "templates/macros.html").read_text(encoding="utf-8")
    report = kept.edit(("templates/macros.html", f"{text}{{# of no effect #}}\n"))
    assert report.urls == ()
    names = {url_of_file(name) for name in read_files(kept.base / "out") if not name.startswith("assets/")}
    assert report.drawn == len({name for name in names if not name.endswith((".xml", ".json", ".opml", ".txt"))})


def test_a_template_changes_its_own_pages(kept: Kept) -> None:
    text = (REPO / "templates/kind.html").read_text(encoding="utf-8")
    mark = "{% block content %}"
    report = kept.edit(("templates/kind.html", text.replace(mark, f"{mark}<p>New.</p>{{% include 'part.html' %}}")))
    assert (set(report.urls), report.drawn) == ({"/companies/", "/topics/"}, 2)
    report = kept.edit(("templates/part.html", "Another part."))
    assert (set(report.urls), report.drawn) == ({"/companies/", "/topics/"}, 2)


def test_a_tagline_changes_every_page(kept: Kept) -> None:
    report = kept.edit(("content/site.yaml", lambda text: text.replace("Of quays", "Of quays and piers")))
    assert report.drawn == report.pages
    assert {"/", "/about/", url(0), "/topics/storage/2022/"} <= set(report.urls)


def test_a_new_article_changes_its_lists_and_what_counts(kept: Kept) -> None:
    before = read_files(kept.base / "out")
    report = kept.edit((file(60), article(60)))
    lists = lists_of(60, newest=True)
    pages = {"/companies/elmswick-grain/", "/topics/storage/"}
    counted = {"/about/", "/companies/", "/topics/", "/archive/", "/archive/2026/", "/archive/2025/12/", "/timeline/"}
    sitemaps = {"/sitemap.xml", "/sitemap-pages.xml", "/sitemap-2026.xml"}
    years = {f"{page}{year}/" for page in pages for year in (2022, 2023, 2024, 2025)}  # they link to the new year
    # Its month is a new one, the last of all: each entity's chart now ends there.
    charts = {f"/companies/{slug(name)}/" for name in COMPANIES} | {f"/topics/{name}/" for name in TOPICS}
    issues = {"/issues/"} | issues_of(date(59))  # which lead on to the new ones
    assert set(report.urls) == {url(60)} | lists | counted | sitemaps | charts | years | issues
    assert kept.is_right()
    report = kept.edit((file(64), article(64).replace(str(date(64)), "2026-01-02")))
    # A second one in a year that is known: no page of an older year but that of the counts beside its links.
    other = {"/companies/rye-mill/2023/", "/archive/2025/12/", url(0), url(60), "/sitemap-2025.xml"}
    assert not other & set(report.urls)
    assert report.drawn < len(before) * 0.6  # no article but itself


def test_the_page_of_an_old_year_stays_when_an_article_comes(kept: Kept) -> None:
    kept.edit((file(60), article(60)))
    report = kept.edit((file(61), article(61)))
    touched = {name for name in report.urls if name.startswith("/companies/elmswick-grain/")}
    assert touched <= {"/companies/elmswick-grain/"}  # which shows how often it is named with others, and by chance


# -- a builder that stays open, where builds in between were refused


def test_a_builder_that_could_not_begin_goes_on_when_the_settings_are_mended(copied: Path) -> None:
    path = copied / "site/content/site.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text("- no mapping\n", encoding="utf-8")
    with build_session.open_builder(copied / "site", copied / "out", OPTIONS) as builder:
        with pytest.raises(SiteError):
            builder.refresh(None)
        path.write_text(good, encoding="utf-8")
        builder.refresh([path])
        assert Kept(copied).is_right()


def test_broken_settings_stop_every_build_until_they_are_mended(watched: Kept) -> None:
    watched.refused(("content/site.yaml", "- no mapping\n"))
    watched.refused((file(60), article(60)))


def test_an_article_comes_back_whose_page_somebody_had_removed(watched: Kept) -> None:
    (watched.base / "out/articles/2025/note-59/index.html").unlink()
    (watched.base / "site" / file(59)).unlink()
    assert watched.builder
    watched.builder.refresh(None)
    watched.edit((file(59), article(59)))
    assert watched.is_right()


def test_a_link_among_the_articles_is_refused_when_it_comes(watched: Kept) -> None:
    (watched.base / "secret.md").write_text(article(60), encoding="utf-8")
    path = watched.base / "site" / file(60)
    path.parent.mkdir()
    path.symlink_to(watched.base / "secret.md")
    assert watched.builder
    with pytest.raises(SiteError, match="is a link"):
        watched.builder.refresh([path])


def test_a_stray_file_is_told_by_a_build_that_has_nothing_else_to_do(copied: Path) -> None:
    build_session.build(copied / "site", copied / "out", OPTIONS)
    (copied / "site/content/articles/2025/stray.txt").write_text("x", encoding="utf-8")
    with pytest.raises(SiteError, match=r"stray\.txt: is not read here"):
        build_session.build(copied / "site", copied / "out", OPTIONS)


def test_another_program_draws_all_pages_again(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a drawing's code does with the same cells is in none of them."""
    monkeypatch.setattr(render_pages, "program_digest", lambda: "another")
    report = kept.edit((file(0), lambda text: text.replace("Nobody", "Somebody")))
    assert report.drawn == report.pages
    assert report.urls == (url(0),)


@pytest.mark.slow
def test_edits_after_a_build_by_several_processes(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(copied / "out")
    monkeypatch.setattr(builder, "_PARALLEL_FROM", 1)
    # Processes that are not forked know nothing of what the fixture patched: here all use the program's own.
    monkeypatch.setattr(coverage, "MAX_LISTED_STORIES", 60)
    monkeypatch.setattr(feeds, "FEED_ENTRIES", 40)
    with opened(copied, build_session.BuildOptions(jobs=2, search=False, cards=False)) as watched:
        report = watched.edit((file(0), lambda text: text.replace("Nobody", "Somebody")))
        assert (report.drawn, report.urls) == (1, (url(0),))
        watched.edit((file(59), lambda text: text.replace("title: Note", "title: Notice")))
        assert watched.is_right()


@pytest.mark.slow
def test_builds_that_look_for_what_is_stale_in_several_processes(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(copied / "out")
    for name, number in (("_PARALLEL_FROM", 1), ("_CHUNK", 7)):
        monkeypatch.setattr(stale_pages, name, number)
    monkeypatch.setattr(coverage, "MAX_LISTED_STORIES", 60)  # as above
    monkeypatch.setattr(feeds, "FEED_ENTRIES", 40)
    options = build_session.BuildOptions(jobs=2, search=False, cards=False)
    site, out = copied / "site", copied / "out"
    build_session.build(site, out, options)
    words = (site / file(0)).read_text(encoding="utf-8")
    (site / file(0)).write_text(words.replace("Nobody", "Somebody"), encoding="utf-8")
    report = build_session.build(site, out, options)
    assert (report.drawn, report.urls) == (1, (url(0),))
    (out / "about/index.html").unlink()
    (site / file(59)).write_text(words.replace("title: Note", "title: Notice"), encoding="utf-8")
    assert build_session.build(site, out, options).drawn > 2
    assert Kept(copied).is_right()


def test_the_output_folder_may_be_removed_while_a_builder_is_open(watched: Kept) -> None:
    shutil.rmtree(watched.base / "out")
    assert watched.builder
    watched.builder.refresh(None)
    assert watched.is_right()


@pytest.mark.parametrize("part", ["state.sqlite", ""])
def test_the_state_may_be_removed_while_a_builder_is_open(watched: Kept, part: str) -> None:
    state = watched.base / "site/.site-gen" / part
    state.unlink() if part else shutil.rmtree(state)
    watched.edit((file(60), article(60)), (file(0), lambda text: text.replace("Nobody", "Somebody")))
    assert watched.is_right()


def test_pieces_that_are_drawn_once_for_all_pages_still_depend_on_what_they_show(kept: Kept) -> None:
    text = (REPO / "templates/macros.html").read_text(encoding="utf-8")
    start = "{% macro headline(card) -%}"
    kept.edit(
        ("templates/assets/sign.svg", "<svg/>"),
        ("templates/macros.html", text.replace(start, start + '<img src="{{ asset(\'sign.svg\') }}" alt="">')),
    )
    kept.edit(("templates/assets/sign.svg", "<svg></svg>"))
    assert kept.is_right()


def test_constant_links_in_templates_are_right_on_each_page_offline(copied: Path) -> None:
    options = build_session.BuildOptions(offline=True, jobs=1, search=False, cards=False)
    text = (REPO / "templates/base.html").read_text(encoding="utf-8")
    kept = Kept(copied)
    (copied / "site/templates/base.html").write_text(
        text.replace("</body>", '<a class="test" href="{{ "/about/" | url }}">x</a></body>'), encoding="utf-8"
    )
    build_session.build(copied / "site", kept.base / "out", options)
    pages = read_files(kept.base / "out")
    assert b'<a class="test" href="about/index.html">' in pages["index.html"]
    assert b'<a class="test" href="../../../about/index.html">' in pages["articles/2022/note-0/index.html"]


@pytest.mark.parametrize("offline", [False, True])
def test_a_new_name_is_in_every_feed_that_names_it(copied: Path, offline: bool) -> None:
    with opened(copied, build_session.BuildOptions(offline=offline, jobs=1, search=False, cards=False)) as watched:
        report = watched.edit(("content/topics/storage.md", "---\nname: Storing\n---\n"))
        assert {"/feed.xml", "/feed.json", "/feeds/", "/feeds.opml", "/topics/feed.json"} <= set(report.urls)
        for name, data in read_files(watched.base / "out").items():
            assert b"Topic of storage" not in data, name


@pytest.mark.parametrize("nth", [1, *(pytest.param(nth, marks=pytest.mark.slow) for nth in (2, 3))])
@pytest.mark.parametrize("name", ["content/companies/elmswick-grain.md", "content/about.md", "content/site.yaml"])
def test_a_file_that_changes_while_it_is_read_is_read_again(
    watched: Kept, name: str, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = watched.base / "site" / name
    later = path.read_text(encoding="utf-8") if path.exists() else "The site in a few words.\n"
    earlier = (
        later.replace("Elmswick Grain", "Elmswick Corn").replace("words", "letters").replace("title: ", "title: A ")
    )
    path.write_text(earlier, encoding="utf-8")
    read, times = loader.read_bytes, Counter[str]()

    def read_and_change(site: Path, file: str) -> bytes:
        raw = read(site, file)
        times[file] += 1
        if file == name and times[file] == nth:
            path.write_text(later, encoding="utf-8")
        return raw

    assert watched.builder
    with monkeypatch.context() as patch:
        patch.setattr(loader, "read_bytes", read_and_change)
        watched.builder.refresh([path])
    path.write_text(later, encoding="utf-8")  # where it was not read so often
    watched.builder.refresh(None)
    assert watched.is_right()


def test_of_several_wrong_templates_the_same_is_told_as_by_a_clean_build(kept: Kept) -> None:
    wrong = "{% if %}"
    with pytest.raises(SiteError) as told:
        kept.edit(("templates/feed.xml", wrong), ("templates/entity.html", wrong))
    with pytest.raises(SiteError) as clean:
        build_session.build(kept.base / "site", kept.base / "clean", OPTIONS)
    assert str(told.value) == str(clean.value)


@pytest.mark.slow
def test_issues_that_were_published_make_no_page_of_others_new(copied: Path) -> None:
    """What a new story on one company redraws is as much as before, but for what is new about those that it names."""

    def added(base: Path) -> set[str]:
        with opened(base) as kept:
            report = kept.edit((file(ARTICLES), article(ARTICLES)))
            assert kept.is_right()
            return set(report.urls)

    plain = copied.with_name("plain")
    shutil.copytree(copied, plain)
    permalinks.record(copied / "site", dt.date(2026, 11, 23))
    build_session.build(copied / "site", copied / "out", OPTIONS)
    company, topic = COMPANIES[ARTICLES % 4], TOPICS[ARTICLES % 2]
    own = {f"/companies/{slug(company)}/", f"/topics/{topic}/"}
    assert added(copied) - added(plain) <= own
    assert "Since the last issue" in (copied / f"out/companies/{slug(company)}/index.html").read_text(encoding="utf-8")


def test_tests_of_counts_are_asked_again_only_where_a_count_is_another(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A title stands in what each later issue is made of, and a test costs some milliseconds."""
    shutil.copytree(first, tmp_path / "kept")
    asked: list[int] = []
    real = statistics.find_rising

    def movers(now: Any, total: int, *past: Any) -> Any:
        asked.append(total)
        return real(now, total, *past)

    monkeypatch.setattr(statistics, "find_rising", movers)
    with opened(tmp_path / "kept") as kept:
        kept.edit((file(3), lambda text: text.replace("title: Note 3", "title: First")))
        asked.clear()
        kept.edit((file(3), lambda text: text.replace("title: First", "title: Second")))
        assert asked == []
        kept.edit((file(3), lambda text: text.replace("companies: [", "companies: [elmswick-grain, ")))
        assert asked
        assert kept.is_right()
