"""What has no certain day is in nothing that tells time, and a site of nothing else is still a site."""

from __future__ import annotations

import datetime as dt
import re
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from site_gen.build import build_session
from site_gen.content import site_paths
from site_gen.core.urls import UrlPath
from site_gen.pages.routes import plan_routes
from site_gen.pages.views import archive, entity, entity_json, feeds, home, issue, social_cards, timeline
from site_gen.pages.views.meta_tags import HOME
from site_gen.site import (
    articles,
    co_occurrence,
    coverage,
    coverage_timeline,
    directory,
    entity_trends,
    issues,
    stories,
)
from site_gen.site.coverage import MAX_LISTED_STORIES
from site_gen.site.projections import UNDATED
from tests.support.issue_sites import article_file, load_issue_site, write_issue_site
from tests.support.notes import MONDAY, PIER, RYE, SILO, VOSS, note, put_notes, site_of
from tests.support.sites import read_files, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.content.records import Tag
    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import IndexedArticle
    from tests.conftest import Call

TAGS = (PIER, VOSS, RYE, SILO)
DRAWN = st.lists(st.tuples(st.integers(0, 400), st.lists(st.sampled_from(TAGS), unique=True)), max_size=12)


def drawn_notes(
    drawn: list[tuple[int, list[Tag]]], start: int, day_is: Literal["certain", "guessed", "unknown"]
) -> list[IndexedArticle]:
    days = [MONDAY - dt.timedelta(days=days) for days, _ in drawn]
    saved = {"certain": 0, "guessed": -9, "unknown": 0}[day_is]  # days after: a day that was to come is a guess
    return [
        note(
            start + number,
            None if day_is == "unknown" else day,
            *tags,
            saved=None if day_is == "certain" else day + dt.timedelta(days=saved),
        )
        for number, (day, (_, tags)) in enumerate(zip(days, drawn, strict=True))
    ]


def figures_of_time(site: SiteDatabase) -> dict[str, Any]:
    """Return all that a site counts and states over time; what has nothing is left out."""
    keys = issues.keys(site)
    tags = directory.tags(site)
    summaries = {tag: coverage.summary(site, tag) for tag in tags}
    return {
        "issues": issues.keys(site),
        "newest issue": issues.newest(site),
        "pages of issues": [issue.issue_page(site, key) for key in keys],
        "timeline": replace(timeline.timeline_page(site), uncertain=0, words=()),  # words lead to the archive's lists
        "months": {month: count for month, count, _ in articles.dated_months(site) if count},
        "tags of months": {
            month: counts
            for month, *_ in articles.dated_months(site)
            if (counts := articles.tags_of_month(site, *month))
        },
        "years": {
            tag: years
            for tag in tags
            if (years := [row[:2] for row in coverage.story_years(site, tag) if row[0] != UNDATED and row[1]])
        },
        "site card": social_cards.site_card(site).chart,
        "newest": (stories.lead_story(site), articles.totals(site).newest),
        "seen": {tag: (one.first, one.last, one.months) for tag, one in summaries.items() if one.months},
        "strips": {tag: strip for tag in tags if (strip := coverage_timeline.entity_strip(site, tag))},
        "lately": {tag: lately for tag in tags if (lately := entity_trends.recent_activity(site, tag))},
        "topics": {
            tag: rows for tag in tags if (rows := entity_trends.topics(site, tag)) and articles.dated_span(site)
        },
        "pairs": {
            pair: (one.first, one.last, one.months)
            for pair in combinations(TAGS, 2)
            if co_occurrence.shared_count(site, *pair) and (one := co_occurrence.pair(site, *sorted(pair))).months
        },
    }  # fmt: skip


def told_in_time(site: SiteDatabase) -> dict[str, Any]:
    """Return all that a site says of time: figures, and lists by day."""
    tags = directory.tags(site)
    return {
        **figures_of_time(site),
        "pages of months": [archive.archive_month_page(site, *month) for month, *_ in articles.dated_months(site)],
        "latest": home.home_page(site).days,
        "feed": feeds.site_feed(site, HOME),
        "feeds": {tag: feed for tag in tags if (feed := feeds.entity_feed(site, tag)).entries},
        "dated pages": {
            tag: stories
            for tag in tags
            if (stories := [story for story in coverage.newest_stories(site, tag) if story.card.date])
        },
    }  # fmt: skip


@given(DRAWN, DRAWN)
def test_what_has_no_day_changes_nothing_that_tells_time(
    dated: list[tuple[int, list[Tag]]], undated: list[tuple[int, list[Tag]]]
) -> None:
    site = site_of(drawn_notes(dated, 0, "certain"))
    before = told_in_time(site)
    put_notes(site, *drawn_notes(undated, 100, "unknown"))
    assert told_in_time(site) == before
    assert len(articles.undated(site)) == len(undated)
    assert articles.totals(site).articles == len(dated) + len(undated)


@given(DRAWN, DRAWN)
def test_a_guessed_day_changes_no_figure_of_time(
    dated: list[tuple[int, list[Tag]]], guessed: list[tuple[int, list[Tag]]]
) -> None:
    site = site_of(drawn_notes(dated, 0, "certain"))
    before = figures_of_time(site)
    put_notes(site, *drawn_notes(guessed, 100, "guessed"))
    assert figures_of_time(site) == before
    assert sum(count for _, _, count in articles.dated_months(site)) == articles.uncertain_count(site) == len(guessed)


def test_a_guessed_day_is_told_where_it_is_left_out() -> None:
    notes = [note(n, MONDAY - dt.timedelta(days=40 * n), PIER) for n in range(MAX_LISTED_STORIES)]
    site = site_of([*notes, note(90, MONDAY, PIER, saved=MONDAY - dt.timedelta(days=9))])
    page = entity.entity_page(site, PIER)
    assert page.chart
    assert (page.total, page.chart.total) == (MAX_LISTED_STORIES + 1, MAX_LISTED_STORIES)
    assert [item.card.dated_by for item in page.items[:3]] == ["published", "guessed", "published"]  # listed by its day
    assert [(link.year, link.uncertain) for link in page.years][:2] == [(2026, 1), (2025, 0)]
    month = archive.archive_month_page(site, 2026, 11)
    assert (month.total, month.uncertain) == (1, 1)
    assert month.head.description == "November 2026 by day: 1 article, +1 with an uncertain date, on pier."
    assert archive.archive_page(site).uncertain == archive.archive_year_page(site, 2026).row.uncertain == 1
    years = entity_json.entity_data(site, PIER).head["years"]
    assert [(year["stories"], year["uncertain"]) for year in years][:1] == [(8, 1)]


def test_a_copy_whose_day_is_guessed_does_not_lead() -> None:
    words = "The tug left the pier at noon and was never seen again by anybody who had money on it. " * 9
    earlier = MONDAY - dt.timedelta(days=1)
    guess = note(1, earlier, PIER, body=words, outlet="Mail", saved=earlier - dt.timedelta(days=9))
    site = site_of([guess, note(2, MONDAY, PIER, body=words)])
    assert [[card.id for card in story.cards] for story in stories.latest(site, 9)] == [["n2", "n1"]]
    assert coverage.summary(site, PIER).first == MONDAY


def test_a_copy_without_a_day_tells_a_story_of_its_own() -> None:
    words = "The tug left the pier at noon and was never seen again by anybody who had money on it. " * 9
    site = site_of([note(1, MONDAY, body=words), note(2, None, body=words, outlet="Mail")])
    assert [story.others for story in stories.latest(site, 9)] == [()]
    assert [story.lead.id for story in stories.undated(site)] == ["n2"]


def test_the_undated_come_last_and_those_saved_last_first() -> None:
    saved = [MONDAY, MONDAY + dt.timedelta(days=9), MONDAY + dt.timedelta(days=4)]
    site = site_of(
        [note(9, dt.date(1999, 1, 4), PIER), *(note(n, None, PIER, saved=day) for n, day in enumerate(saved))]
    )
    assert [item.card.id for item in entity.entity_page(site, PIER).items] == ["n9", "n1", "n2", "n0"]
    assert [day.saved for day in archive.undated_page(site).days] == sorted(saved, reverse=True)
    assert archive.archive_page(site).undated == 3
    assert coverage.summary(site, PIER).last == dt.date(1999, 1, 4)


def test_an_entity_with_many_stories_has_a_page_of_those_without_a_day() -> None:
    notes = [note(n, MONDAY - dt.timedelta(days=n), PIER) for n in range(MAX_LISTED_STORIES)]
    site = site_of([*notes, *(note(100 + n, None, PIER) for n in range(3))])
    assert [link.url for link in entity.entity_page(site, PIER).years] == [
        "/companies/pier/2026/", "/companies/pier/undated/"
    ]  # fmt: skip
    page = next(page for page in plan_routes(site).pages if page.url == "/companies/pier/undated/")
    assert page.stands_for == "companies/pier:undated"
    assert len(page.context(site).items) == 3
    assert entity_json.year_data(site, PIER, UNDATED).head["year"] is None


def test_a_day_after_that_of_saving_is_a_guess_and_makes_no_issue_the_newest() -> None:
    site = load_issue_site(
        *(
            article_file(number, day, companies=["voss"], created="2026-01-05")
            for number, day in enumerate(["2026-01-05", *["2031-03-05"] * 3, *["2026-01-05"] * 2], 1)
        )
    )
    card = articles.article(site, UrlPath("/articles/2026/note-2/"))[1]
    assert (card.date, card.dated_by, card.published) == (dt.date(2031, 3, 5), "guessed", None)
    assert issues.newest(site) == "2026-w02"


def test_a_guess_stretches_no_time() -> None:
    notes = [note(n, MONDAY - dt.timedelta(days=40 * n), PIER, SILO) for n in range(4)]
    guessed = note(9, dt.date(2031, 3, 5), PIER, SILO, saved=MONDAY)
    certain, site = site_of(notes), site_of([*notes, guessed])
    assert articles.time_span(site) == articles.time_span(certain)
    assert coverage_timeline.site_columns(site) == coverage_timeline.site_columns(certain)
    assert coverage_timeline.entity_strip(site, PIER) == coverage_timeline.entity_strip(certain, PIER)
    assert entity_trends.topics(site, PIER) == entity_trends.topics(certain, PIER)
    assert issues.newest(site) == issues.newest(certain)
    assert articles.time_span(site_of([guessed])) is None


def test_addresses_that_only_the_undated_had_lead_on(tmp_path: Path, call: Call) -> None:
    """When the day of saving passed for that of the news, they had issues and months."""
    folder = write_issue_site(tmp_path / "site", [article_file(1, None, companies=["voss"])])
    published = {
        "/articles/2026/note-1/": "article:n1",
        "/archive/2026/": "archive:2026",
        "/archive/2026/01/": "archive:2026-01",
        "/archive/undated/": "archive:undated",
        "/companies/voss/2026/": "companies/voss:2026",
        "/companies/voss/undated/": "companies/voss:undated",
        "/issues/2026-01/": "issue:2026-01",
        "/issues/2026-w02/": "issue:2026-w02",
    }
    ledger = "".join(f"{url} 2026-01-06 {stands_for}\n" for url, stands_for in published.items())
    text = article_file(1, None, companies=["voss"], id="n1")[1]
    write_files(folder, {site_paths.PERMALINK_LEDGER: ledger, "content/articles/2026/note-1.md": text})
    done = call("build", "--site", folder)
    assert done.status == 0, done.err
    targets = {
        url: re.findall(r"http-equiv=\"refresh\" content=\"0; ?url=([^\"]*)", page.read_text(encoding="utf-8"))
        for url in published
        for page in [folder / "output" / url.strip("/") / "index.html"]
    }
    assert targets == {
        "/articles/2026/note-1/": [],
        "/archive/2026/": ["/archive/"],
        "/archive/2026/01/": ["/archive/"],
        "/archive/undated/": [],
        "/companies/voss/2026/": ["/companies/voss/"],
        "/companies/voss/undated/": ["/companies/voss/"],
        "/issues/2026-01/": ["/issues/"],
        "/issues/2026-w02/": ["/issues/"],
    }


def test_a_site_of_nothing_that_has_a_day_has_all_its_pages(tmp_path: Path, call: Call) -> None:
    articles = [article_file(number, None, companies=["voss", "rye-mill"]) for number in range(5)]
    folder = write_issue_site(tmp_path / "site", articles)
    build_session.build(folder, folder / "output", build_session.BuildOptions(jobs=1))
    pages = {
        name: data.decode()
        for name, data in read_files(folder / "output").items()
        if name.endswith((".html", ".xml", ".json"))
    }
    front = pages["index.html"]
    assert front.count("undated, saved 5 Jan 2026") == 1  # one day of saving
    assert len(re.findall(r"<h3", front)) == 5
    assert re.search(r">Voss</a></td><td[^>]*></td><td class=\"n\">5<", front)
    assert not [name for name in pages if re.match(r"issues/\d|archive/\d", name)]
    assert "archive/undated/index.html" in pages
    for name, page in pages.items():
        text = re.sub(r"<script.*?</script>", "", page)
        assert "NaN" not in text, name
        assert "Invalid" not in text, name
        assert not re.search(r">None<|None ", text.replace("None yet", "")), name
        assert "<time" not in text, name
        assert "<figure" not in text, name
        assert "<published>" not in text, name
    assert call("check", "--site", folder).status in {0, 1}
