"""Published issues stay as they were, and say what came later and what was corrected."""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from site_gen.build import build_session
from site_gen.content import issue_ledger, site_paths
from site_gen.content.issue_ledger import IssueFigures, Mover, PublishedIssue, PublishedStory
from site_gen.content.records import Entity, IssueNote, StoryOverride, Tag
from site_gen.core.text import one_line
from site_gen.core.urls import UrlPath
from site_gen.publish import permalinks
from site_gen.site import issue_layout, issues, ledgers
from tests.support import notes
from tests.support.issue_sites import article_file, articles_with_a_burst, write_issue_site
from tests.support.notes import MONDAY, PIER, RYE, SILO, VOSS, WORDS, site_of
from tests.support.sites import edit_file, read_files, write_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import IndexedArticle
    from tests.conftest import Call

WEEK, MONTH = "2026-w47", "2026-11"
PUBLISHED, LATER = dt.date(2026, 12, 1), dt.date(2026, 12, 9)

# -- the file

IDS = st.text("abc123", min_size=1, max_size=4)
TAGS = st.builds(Tag, st.sampled_from(["companies", "topics"]), st.text("abc-", min_size=1, max_size=4))
TITLES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=9).map(one_line)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2999, 1, 1))
MOVERS = st.lists(
    st.builds(
        Mover, TAGS, st.integers(0, 99), st.integers(0, 990).map(lambda n: n / 10),
        st.lists(st.integers(0, 9), min_size=1, max_size=4).map(tuple),
    ),
    max_size=2,
    unique=True,
).map(tuple)  # fmt: skip
STORIES = st.lists(
    st.builds(
        PublishedStory,
        st.lists(IDS, min_size=1, max_size=3, unique=True).map(tuple),
        TITLES,
        st.just("lead") | st.just("more") | TAGS.map(str),
        st.none(),
    ),
    max_size=5,
    unique_by=lambda shown: shown.ids[0],
)
ISSUES = st.builds(
    PublishedIssue,
    published=DAYS,
    stories=STORIES.map(tuple),
    dropped=st.lists(IDS, max_size=2, unique=True).map(tuple),
    figures=st.builds(
        IssueFigures,
        MOVERS,
        MOVERS,
        st.lists(TAGS, max_size=2, unique=True).map(tuple),
        st.lists(st.tuples(TAGS, TAGS), max_size=2, unique=True).map(tuple),
    ),
)


@given(st.dictionaries(st.sampled_from([WEEK, MONTH, "2025-w01"]), ISSUES, max_size=3), DAYS, st.booleans())
def test_issues_are_read_as_they_were_written(issues: dict[str, PublishedIssue], day: dt.date, late: bool) -> None:
    issues = dict(issues)
    if late:
        for key, one in issues.items():
            stories = tuple(story._replace(day=day, place="more") for story in one.stories[-1:])
            issues[key] = replace(
                one, corrected=day, corrections_digest="5f0a91c2", stories=(*one.stories[:-1], *stories)
            )
    text = issue_ledger.dump(issues)
    assert issue_ledger.parse(text) == (issues, [])
    assert issue_ledger.dump(issue_ledger.parse(text)[0]) == text
    names = list(issue_ledger.names_by_line(text))
    assert [one.ids for one in names if one.ids and "dropped" not in text.split("\n")[one.line - 1]] == [
        story.ids for _, one in sorted(issues.items()) for story in one.stories
    ]


def test_two_issues_are_written_in_separate_lines() -> None:
    first = PublishedIssue(published=PUBLISHED, stories=(PublishedStory(("a",), "A"),))
    second = PublishedIssue(published=LATER, stories=(PublishedStory(("b",), "B"),))
    alone = {
        text
        for key, issue in (("2026-w46", first), (WEEK, second))
        for text in issue_ledger.dump({key: issue}).splitlines()
    }
    assert set(issue_ledger.dump({WEEK: second, "2026-w46": first}).splitlines()) == alone


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("2026-w47 lead a A", "no line `2026-w47 published"),
        ("2026-w47 published 2026-12-01\n2026-w47 published 2026-12-02", "more than one line `2026-w47 published"),
        ("2026-w47 published 2026-12-01\n<<<<<<< mine", ":2: holds both sides of a merge"),
        ("2026-w47 published 2026-12-01\n2026-w47 lead a A\n2026-w47 more a A", ":3: names a again"),
        ("2026-w47 published soon", "is not a line of an issue"),
        ("2026-w47 published 2026-12-01\n2026-w47 mover companies/a 3 nan 1,2", ":2: is not a line"),
        ("2026-w47 published 2026-12-01\n2026-w47 mover companies/a 3 1.5", ":2: is not a line"),
        ("2026-w47 published 2026-12-01\n2026-w47 first voss", ":2: is not a line"),
        ("2026-w47 published 2026-12-01\n2026-w47 lead A+b A", ":2: is not a line"),
        ("2026-w60 published 2026-12-01", "not a week, month or year"),
    ],
)
def test_a_damaged_ledger_of_issues_stops_the_build(tmp_path: Path, call: Call, lines: str, message: str) -> None:
    folder = write_issue_site(tmp_path / "site", [article_file(1, "2026-11-17")])
    write_files(folder, {site_paths.ISSUE_LEDGER: f"{lines}\n"})
    done = call("build", "--site", folder)
    assert done.status == 1
    assert f"{site_paths.ISSUE_LEDGER}:" in done.err
    assert message in done.err


# -- what an issue shows once it is published


def note(
    number: int,
    day: dt.date | None,
    *tags: Tag,
    text: int | None = None,
    title: str = "",
    story: StoryOverride | None = None,
) -> IndexedArticle:
    """Return an article, without tags one on Pier; those of one text are one story, where their days allow it."""
    seed = number if text is None else 1000 + text
    body = " ".join(f"{word}{seed}" for word in random.Random(seed).choices(WORDS, k=60))
    return notes.note(number, day, *(tags or (PIER,)), body=body, outlet=f"Post {number}", title=title, story=story)


@dataclass
class SiteWithIssues:
    """A site whose issues are published, and which is edited afterwards."""

    site: SiteDatabase

    def edit(self, *articles: IndexedArticle, removed: Iterable[int] = ()) -> None:
        """Put articles into the site, and take out those of some numbers."""
        self.site.put_articles(
            {each.file: each for each in articles} | {f"content/articles/2026/note-{n}.md": None for n in removed}
        )

    def publish(self, day: dt.date = PUBLISHED) -> None:
        self.site.put_published_issues(issues_to_publish(self.site, day))

    def corrections(self, key: str = WEEK) -> list[tuple[str, str, str, str]]:
        return [
            (each.what, each.was, each.now, each.issue.period.key if each.issue else "")
            for each in issue_layout.layout(self.site, key).corrections
        ]

    def titles(self, key: str = WEEK) -> list[str]:
        return [story.lead.title for story in issue_layout.layout(self.site, key).stories]

    def added(self, key: str = WEEK) -> list[str]:
        return [late.story.lead.title for late in issue_layout.layout(self.site, key).added]


def issues_to_publish(site: SiteDatabase, day: dt.date) -> dict[str, PublishedIssue]:
    return {key: issue_layout.issue_to_publish(site, key, day) for key in issues.keys(site)}


def published_site(*articles: IndexedArticle) -> SiteWithIssues:
    site = SiteWithIssues(site_of(articles))
    site.publish()
    return site


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def december(number: int) -> dt.date:
    return dt.date(2026, 12, 1 + number)


def test_an_article_saved_later_changes_neither_order_nor_figures() -> None:
    published = published_site(
        *(note(n, day(n % 5), RYE, SILO) for n in range(6)),
        *(note(50 + n, MONDAY - dt.timedelta(weeks=1 + n), RYE) for n in range(5)),
    )
    titles, figures, before = (
        published.titles(),
        issues.figures(published.site, WEEK),
        issue_layout.layout(published.site, WEEK),
    )
    older = [note(90 + n, MONDAY - dt.timedelta(weeks=2), VOSS) for n in range(4)]
    published.edit(*older, note(80, day(0), VOSS, PIER), note(81, day(2), VOSS))
    assert published.titles() == titles
    assert issues.figures(published.site, WEEK) == figures
    assert published.added() == ["Note 81", "Note 80"]
    assert published.corrections() == []
    assert issue_layout.layout(published.site, WEEK).updated == PUBLISHED  # until readers see it
    published.publish(LATER)
    assert issue_layout.layout(published.site, WEEK).updated == LATER
    assert issue_layout.layout(published.site, WEEK).published == PUBLISHED
    assert published.added() == ["Note 81", "Note 80"]
    assert issue_layout.layout(published.site, WEEK).sections == before.sections


def test_each_correction_is_named() -> None:
    published = published_site(*(note(n, day(n % 5)) for n in range(5)))
    published.edit(note(5, day(-7)), note(6, day(-7)))
    published.edit(note(0, day(0), title="Another title"), note(1, day(-7)), removed=[2])
    assert sorted(published.corrections()) == [
        ("moved", "Note 1", "Note 1", "2026-w46"),
        ("title", "Note 0", "Another title", ""),
        ("withdrawn", "Note 2", "", ""),
    ]
    assert sorted(published.titles()) == ["Another title", "Note 3", "Note 4"]
    assert published.added("2026-w46") == []  # an issue that was not published takes it as its own
    assert published.corrections(MONTH) == [one for one in published.corrections(MONTH) if one[0] != "moved"]
    published.edit(removed=[5, 6])
    assert ("moved", "Note 1", "Note 1", "2026-11") in published.corrections()  # week 46 has no issue any more
    published.edit(note(1, dt.date(2026, 1, 7)))
    assert ("moved", "Note 1", "Note 1", "") in published.corrections()  # none has it
    published.publish(LATER)
    assert issue_layout.layout(published.site, WEEK).updated == LATER
    published.edit(note(0, day(0)), note(1, day(1)), note(2, day(2)))
    assert published.corrections() == []  # all is as it was


def test_a_story_that_joins_another_and_one_that_leaves_it_are_corrections() -> None:
    published = published_site(note(0, day(0), text=1), note(1, day(1), text=1), note(2, day(2)), note(3, day(3)))
    assert [
        len(story.cards) for story in issue_layout.layout(published.site, WEEK).stories if story.lead.id == "n0"
    ] == [2]
    published.edit(
        note(3, day(3), story=StoryOverride(lead="n2")), note(1, day(1), text=1, story=StoryOverride(alone=True))
    )
    assert sorted(published.corrections()) == [("apart", "Note 0", "Note 1", ""), ("folded", "Note 3", "Note 2", "")]
    assert published.added() == ["Note 1"]
    published.publish(LATER)
    assert sorted(published.corrections()) == [("apart", "Note 0", "Note 1", ""), ("folded", "Note 3", "Note 2", "")]


def test_a_story_stands_with_the_articles_that_are_left() -> None:
    published = published_site(
        *(note(n, day(n), text=1) for n in range(3)),
        *(note(n, day(n)) for n in (3, 4)),
    )
    published.edit(removed=[0])
    assert published.corrections() == [("led", "Note 0", "Note 1", ""), ("withdrawn", "Note 0", "", "")]
    assert published.added() == []
    published.edit(note(0, day(-9)))
    assert published.corrections()[1:] == [("moved", "Note 0", "Note 0", MONTH)]
    published.edit(note(0, day(0), text=1), removed=[2])
    assert published.corrections() == [("fewer", "Note 0", "1", "")]


def test_articles_that_join_a_story_later_are_listed_below() -> None:
    published = published_site(note(0, day(0), text=1), note(1, day(1)), note(3, day(1)))
    published.edit(note(2, day(1), text=1))
    layout = issue_layout.layout(published.site, WEEK)
    assert [story.others for story in layout.stories] == [(), (), ()]
    assert [(lead.id, [card.id for card in cards]) for lead, cards in layout.further] == [("n0", ["n2"])]


def test_an_editor_may_reorder_a_published_issue() -> None:
    published = published_site(*(note(n, day(n % 5), SILO) for n in range(9)))
    last = issue_layout.layout(published.site, WEEK).sections[-1][1][-1].lead
    first = published.titles()[0]
    key = next(
        story.lead.id for story in issue_layout.layout(published.site, WEEK).stories if story.lead.title == first
    )
    published.site.put_issue_notes([IssueNote(file="f", key=WEEK, pin=((last.id, 1),), drop=((key, 2),))])
    assert published.titles()[0] == last.title
    assert first not in published.titles()
    assert sorted(published.corrections()) == [("dropped", first, "", ""), ("first", last.title, "", "")]


def test_figures_name_renamed_entities_by_their_new_tags() -> None:
    published = published_site(*(note(n, day(n), PIER, VOSS if n else RYE, SILO) for n in range(5)))
    figures = issues.figures(published.site, WEEK)
    assert set(figures.first) == {PIER, VOSS, RYE, SILO}
    zeal = Entity(kind="companies", slug="zeal", name="Zeal", redirect_from=(UrlPath("/companies/pier/"),))
    published.site.put_entities([zeal])
    published.edit(*(note(n, day(n), zeal.tag, VOSS, SILO) for n in range(5)))  # Pier is Zeal, and Rye is gone
    assert set(issues.figures(published.site, WEEK).first) == {zeal.tag, VOSS, SILO}
    assert issue_layout.layout(published.site, WEEK).sections == () or {
        tag for tag, _ in issue_layout.layout(published.site, WEEK).sections
    } == {SILO}


def test_news_since_the_last_issue_are_counted() -> None:
    site = site_of(note(n, day(n), PIER) for n in range(3))
    assert issue_layout.news_since_issue(site, PIER) is None  # none was published
    published = SiteWithIssues(site)
    published.publish()
    assert issue_layout.news_since_issue(site, PIER) is None
    published.edit(*(note(20 + n, december(n), PIER) for n in range(4)), note(30, day(1), PIER, VOSS))
    since = issue_layout.news_since_issue(site, PIER)
    assert since is not None
    assert (since.issue.period.key, since.published, since.count) == (
        MONTH,
        PUBLISHED,
        4,
    )  # Note 30 may have been there
    assert [near.title for near in since.newest] == ["Note 23", "Note 22", "Note 21"]
    assert issue_layout.news_since_issue(site, VOSS) is None
    published.publish(LATER)
    assert issue_layout.news_since_issue(site, PIER) is None  # all of it was public when week 49 was


@dataclass(frozen=True)
class DrawnNote:
    """What a note of some number is changed to."""

    day: int | None  # after MONDAY; None: unknown
    text: int | None  # notes of one text are one story; None: words of its own
    title: str  # empty: the usual one
    story: StoryOverride
    tags: tuple[Tag, ...]


Changes = list[tuple[int, DrawnNote | None]]  # numbers of notes, and what each becomes; None: it is removed
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.none()
        | st.builds(
            DrawnNote,
            st.none() | st.integers(-9, 9),
            st.none() | st.integers(0, 2),
            st.sampled_from(["", "Retold"]),
            st.sampled_from(
                [StoryOverride(), StoryOverride(alone=True), StoryOverride(lead="n0"), StoryOverride(lead="n3")]
            ),
            st.sampled_from([(SILO,), (PIER,), (VOSS, SILO), (PIER, SILO)]),
        ),
    ),
    max_size=8,
)
ISSUE_NOTES = st.builds(
    IssueNote,
    file=st.just("f"),
    key=st.sampled_from([WEEK, "2026-w46", MONTH]),
    **{
        name: st.lists(st.integers(0, 7).map(lambda n: (f"n{n}", 1)), max_size=2).map(tuple)
        for name in ("pin", "order", "drop")
    },
)


@given(CHANGES, st.lists(st.tuples(CHANGES, st.lists(ISSUE_NOTES, max_size=1)), min_size=1, max_size=3))
def test_after_any_edits_each_story_stands_once_and_each_change_is_named(
    first: Changes, edits: list[tuple[Changes, list[IssueNote]]]
) -> None:
    site = site_of(note(n, day(n - 3), PIER, SILO) for n in range(5))
    site.put_entities([Entity(kind="companies", slug="pier", name="Pier")])  # so that topics are not followed
    for number, (changes, issue_notes) in enumerate([(first, []), *edits]):
        site.put_articles(
            {
                f"content/articles/2026/note-{n}.md": note(
                    n,
                    None if drawn.day is None else day(drawn.day),
                    *drawn.tags,
                    text=drawn.text,
                    title=drawn.title,
                    story=drawn.story,
                )
                if drawn
                else None
                for n, drawn in changes
            }
        )
        site.put_issue_notes(issue_notes)
        for key in issues.keys(site):
            assert_each_article_stands_once(site, key)
        layouts = {key: issue_layout.layout(site, key) for key in issues.keys(site)}
        figures = {key: issues.figures(site, key) for key in layouts}
        published = issues_to_publish(site, PUBLISHED + dt.timedelta(days=number))
        assert issue_ledger.parse(issue_ledger.dump(published)) == (published, [])
        site.put_published_issues(published)
        assert issues_to_publish(site, LATER) == published  # nothing changed since
        for key, before in layouts.items():
            after = issue_layout.layout(site, key)
            same = replace(after, published=before.published, updated=before.updated, added=before.added)
            assert same == before
            assert [late.story for late in after.added] == [late.story for late in before.added]
            assert issues.figures(site, key) == figures[key]


def assert_each_article_stands_once(site: SiteDatabase, key: str) -> None:
    """Assert that an issue shows each article of its stories in one place, but those that the editor left out."""
    layout, issue_stories = issue_layout.layout(site, key), issues.stories_of(site, key)
    dropped = [story for story in issue_stories if story.lead.url in issues.editor_choice(site, key).drop]
    stories = [*layout.stories, *(late.story for late in layout.added)]
    assert {story.lead.url for story in stories}.isdisjoint(story.lead.url for story in dropped)
    urls = [card.url for story in (*stories, *dropped) for card in story.cards]
    urls += [card.url for _, cards in layout.further for card in cards]
    assert sorted(urls) == sorted(card.url for story in issue_stories for card in story.cards)
    assert_changes_are_named(site, key)


def assert_changes_are_named(site: SiteDatabase, key: str) -> None:
    """Assert that each published story still stands under its title, or that a correction names it."""
    published, layout = ledgers.published_issue(site, key), issue_layout.layout(site, key)
    titles = {story.lead.title for story in (*layout.stories, *(late.story for late in layout.added))}
    corrected_titles = {correction.was for correction in layout.corrections}
    for story in published.stories if published else ():
        assert story.title in titles | corrected_titles


# -- the life of an issue, as its editor and its readers see it


def built_page(folder: Path, name: str) -> str:
    return (folder / "output" / name / "index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_an_issue_from_its_first_publication_to_a_correction(tmp_path: Path, call: Call) -> None:
    folder = write_issue_site(tmp_path / "site", articles_with_a_burst(9, 5))
    out = folder / "output"
    build_session.build(folder, out, build_session.BuildOptions(jobs=1))
    assert not (folder / site_paths.ISSUE_LEDGER).exists()
    before_publication, key = built_page(folder, "issues/2025-w18"), "2025-w18"
    permalinks.record(folder, dt.date(2025, 5, 4))  # its Sunday
    assert f"{key} published" not in (folder / site_paths.ISSUE_LEDGER).read_text(encoding="utf-8")
    permalinks.record(folder, dt.date(2025, 5, 5))
    text = (folder / site_paths.ISSUE_LEDGER).read_text(encoding="utf-8")
    assert f"{key} published 2025-05-05 #" in text
    assert f"{key} mover companies/rye-mill 5 " in text
    build_session.build(folder, out, build_session.BuildOptions(jobs=1))
    page = built_page(folder, f"issues/{key}")
    without_notice = [
        re.sub(r" · published <time[^/]*/time>|<p>This issue was published.*?</p>\n?", "", one)
        for one in (before_publication, page)
    ]
    assert without_notice[0] == without_notice[1]
    assert "Since the last issue" not in built_page(folder, "companies/voss")

    # Pages of that week, and of weeks before, are saved later; another week begins.
    later_articles = [
        article_file(700, "2025-05-01", companies=["voss"]),
        *(article_file(710 + n, "2025-04-15", companies=["rye-mill"]) for n in range(6)),
        article_file(720, "2025-05-06", companies=["voss"]),
    ]
    write_files(folder, dict(later_articles))
    edit_file(folder / "content/articles/2026/note-902.md", "Note 902", "A <better> title")
    build_session.build(folder, out, build_session.BuildOptions(jobs=1))
    assert build_session.verify(folder, out, build_session.BuildOptions(jobs=1)) == []
    page = built_page(folder, f"issues/{key}")
    moved = re.compile(r'<section class="moved">.*?</section>', re.DOTALL)
    assert moved.findall(page) == moved.findall(before_publication)
    below = page[page.index("Added since this issue was published") :]
    assert ">Note 700<" in below
    assert "“<bdi>Note 902</bdi>” is now" in below
    assert "A &lt;better&gt; title" in below
    company = built_page(folder, "companies/voss")
    assert "Since the last issue" in company
    assert re.search(r'href="/issues/2025-w18/">Week 18 of 2025</a>, published <time datetime="2025-05-05">', company)
    since = company[company.index("Since the last issue") : company.index("Lately")]
    assert re.findall(r">(Note \d+)<", since) == ["Note 720", "Note 700"]
    feed = (out / "issues/feed.xml").read_text(encoding="utf-8")
    entry = next(one for one in feed.split("<entry") if "Week 18" in one)
    assert "<published>2025-05-05T" in entry
    assert "<updated>2025-05-05T" in entry
    permalinks.record(folder, dt.date(2025, 5, 7))
    build_session.build(folder, out, build_session.BuildOptions(jobs=1))
    assert build_session.verify(folder, out, build_session.BuildOptions(jobs=1)) == []
    entry = next(
        one for one in (out / "issues/feed.xml").read_text(encoding="utf-8").split("<entry") if "Week 18" in one
    )
    assert "<published>2025-05-05T" in entry
    assert "<updated>2025-05-07T" in entry

    assert call("issue", key, "--site", folder, "--email", tmp_path / "mail.html").status == 0
    for name in ("mail.html", "mail.txt"):
        mail = (tmp_path / name).read_text(encoding="utf-8")
        assert "Note 902" in mail
        assert "Note 700" in mail
        assert mail.lower().index("added since this issue") < mail.lower().index("corrections")
    printed = call("issue", key, "--site", folder).out
    assert "added since: Note 700" in printed
    assert "corrected (title): Note 902 → A <better> title" in printed
    data = call("issue", key, "--site", folder, "--json").record
    assert data["published"] == "2025-05-05"
    assert [one["what"] for one in data["corrections"]] == ["title"]


def test_an_issue_without_stories_still_has_a_page(tmp_path: Path) -> None:
    days = ["2026-11-17"] * 3 + ["2026-01-06"] * 3
    folder = write_issue_site(
        tmp_path / "site", [article_file(number, day, companies=["voss"]) for number, day in enumerate(days)]
    )
    permalinks.record(folder, PUBLISHED)
    for number in range(3):
        edit_file(folder / f"content/articles/2026/note-{number}.md", "2026-11-17", "2026-01-07")
    build_session.build(folder, folder / "output", build_session.BuildOptions(jobs=1))
    page = built_page(folder, f"issues/{WEEK}")
    assert "0 stories" in page
    assert re.search(r'“<bdi>Note 1</bdi>” is now in <a href="/issues/2026-w02/">Week 2 of 2026</a>', page)
    assert "2026-w47" in built_page(folder, "issues")


def test_a_story_whose_day_comes_in_doubt_stays_in_the_issue_that_was_published_with_it(tmp_path: Path) -> None:
    days = ["2026-11-17"] * 3 + ["2026-11-24"] * 3
    folder = write_issue_site(
        tmp_path / "site", [article_file(number, day, companies=["voss"]) for number, day in enumerate(days)]
    )
    permalinks.record(folder, dt.date(2026, 11, 23))  # the first of the two weeks
    for number in (0, 3):
        edit_file(folder / f"content/articles/2026/note-{number}.md", "title:", "doubts: {published: a guess}\ntitle:")
    build_session.build(folder, folder / "output", build_session.BuildOptions(jobs=1))
    page = built_page(folder, f"issues/{WEEK}")
    assert "3 stories" in page
    assert "Stories a day, +1 with an uncertain date." in page
    assert 'id="corrections"' not in page
    # Two stories are left for it: its address leads to the month.
    assert re.search(r'href="[^"]*/issues/2026-11/"', built_page(folder, "issues/2026-w48"))
    month = built_page(folder, f"issues/{MONTH}")
    assert "4 stories" in month
    assert "Note 3" not in month


def test_the_address_of_an_open_issue_that_is_no_more_leads_to_a_longer_one(tmp_path: Path) -> None:
    days = ["2026-11-17"] * 3 + ["2026-01-06", "2026-03-03"]
    folder = write_issue_site(
        tmp_path / "site", [article_file(number, day, companies=["voss"]) for number, day in enumerate(days)]
    )
    permalinks.record(folder, dt.date(2026, 11, 19))  # the week is not over: its address is public, nothing is frozen
    edit_file(folder / "content/articles/2026/note-0.md", "2026-11-17", "2026-05-05")
    build_session.build(folder, folder / "output", build_session.BuildOptions(jobs=1))
    for key in (WEEK, MONTH):
        assert re.search(r'href="[^"]*/issues/2026/"', built_page(folder, f"issues/{key}"))


def test_renaming_and_merging_entities_changes_no_published_issue(tmp_path: Path, call: Call) -> None:
    folder = write_issue_site(tmp_path / "site", articles_with_a_burst(9, 5))
    permalinks.record(folder, PUBLISHED)
    before = (folder / site_paths.ISSUE_LEDGER).read_bytes()
    assert call("entity", "rename", "Rye Mill", "Grist Mill", "--slug", "grist-mill", "--site", folder).status == 0
    assert call("entity", "merge", "tallow-pier", "voss", "--site", folder).status == 0
    assert (folder / site_paths.ISSUE_LEDGER).read_bytes() == before
    assert call("check", "--site", folder).err.count(site_paths.ISSUE_LEDGER) == 0
    page = built_page(folder, "issues/2025-w18")
    assert '<a href="/companies/grist-mill/"><bdi>Grist Mill</bdi></a></td><td class="s">' in page
    assert "tallow-pier" not in page


def test_check_reports_removed_articles_and_entities_in_published_issues(tmp_path: Path, call: Call) -> None:
    folder = write_issue_site(
        tmp_path / "site", [article_file(1, "2026-11-17", companies=["voss"]), article_file(2, "2026-11-18")]
    )
    ledger = f"{WEEK} published 2026-12-01\n{WEEK} lead gone-1+gone-2 Lost\n{WEEK} first companies/vosss\n"
    write_files(folder, {site_paths.ISSUE_LEDGER: ledger})
    done = call("check", "--site", folder)
    assert f"{site_paths.ISSUE_LEDGER}:2: names the story gone-1, but none of its articles is left" in done.err
    assert f"{site_paths.ISSUE_LEDGER}:3: names companies/vosss, which no longer exists" in done.err
    assert "did you mean voss" in done.err


def test_recording_issues_again_changes_nothing(tmp_path: Path) -> None:
    folder = write_issue_site(tmp_path / "site", articles_with_a_burst(9, 5))
    done = permalinks.record(folder, PUBLISHED)
    assert set(done.issued) >= {"2025-w18", "2025-04"}
    first = read_files(folder / "content")
    again = permalinks.record(folder, LATER)
    assert (again.issued, again.corrected) == ((), ())
    assert read_files(folder / "content") == first
