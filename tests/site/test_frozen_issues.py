"""Issues that were published: they stay as they were, and say what came later and what was corrected."""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.build import build_session
from site_gen.content import issue_ledger, site_paths
from site_gen.content.issue_ledger import IssueFigures, Mover, PublishedIssue, PublishedStory
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.records import Article, Entity, IssueNote, StoryOverride, Tag
from site_gen.core.text import one_line
from site_gen.core.urls import UrlPath
from site_gen.entities.matching.matcher import Matcher
from site_gen.publish import permalinks
from site_gen.site.article_indexer import index_article
from tests.site.test_entity_trends import CONFIG, MONDAY, PIER, RYE, SILO, VOSS, WORDS, site_of
from tests.site.test_issues import article, moving, written
from tests.support.sites import read_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from site_gen.site.indexed_article import IndexedArticle
    from site_gen.site.site import Site
    from tests.conftest import Call

WEEK, MONTH = "2026-w47", "2026-11"
PUBLISHED, LATER = dt.date(2026, 12, 1), dt.date(2026, 12, 9)

# -- the file

IDS = st.text("abc123", min_size=1, max_size=4)
TAGS = st.builds(Tag, st.sampled_from(["companies", "topics"]), st.text("abc-", min_size=1, max_size=4))
TITLES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=9).map(one_line)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2999, 1, 1))
MOVED = st.lists(
    st.builds(
        Mover, TAGS, st.integers(0, 99), st.integers(0, 990).map(lambda n: n / 10),
        st.lists(st.integers(0, 9), min_size=1, max_size=4).map(tuple),
    ),
    max_size=2,
).map(tuple)  # fmt: skip
SHOWN = st.lists(
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
ISSUED = st.builds(
    PublishedIssue,
    published=DAYS,
    stories=SHOWN.map(tuple),
    dropped=st.lists(IDS, max_size=2).map(tuple),
    figures=st.builds(
        IssueFigures,
        MOVED,
        MOVED,
        st.lists(TAGS, max_size=2).map(tuple),
        st.lists(st.tuples(TAGS, TAGS), max_size=2).map(tuple),
    ),
)


@given(st.dictionaries(st.sampled_from([WEEK, MONTH, "2025-w01"]), ISSUED, max_size=3), DAYS, st.booleans())
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
    named = list(issue_ledger.names_by_line(text))
    assert [one.ids for one in named if one.ids and "dropped" not in text.split("\n")[one.line - 1]] == [
        story.ids for _, one in sorted(issues.items()) for story in one.stories
    ]


def test_additions_of_two_people_are_lines_of_their_own() -> None:
    one = PublishedIssue(published=PUBLISHED, stories=(PublishedStory(("a",), "A"),))
    other = PublishedIssue(published=LATER, stories=(PublishedStory(("b",), "B"),))
    alone = {
        text
        for key, issue in (("2026-w46", one), (WEEK, other))
        for text in issue_ledger.dump({key: issue}).splitlines()
    }
    assert set(issue_ledger.dump({WEEK: other, "2026-w46": one}).splitlines()) == alone


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("2026-w47 lead a A", "no line `2026-w47 published"),
        ("2026-w47 published 2026-12-01\n2026-w47 published 2026-12-02", "more than one line `2026-w47 published"),
        ("2026-w47 published 2026-12-01\n<<<<<<< mine", ":2: holds both sides of a merge"),
        ("2026-w47 published 2026-12-01\n2026-w47 lead a A\n2026-w47 more a A", ":3: names a again"),
        ("2026-w47 published soon", "is no line of an issue"),
        ("2026-w47 published 2026-12-01\n2026-w47 mover companies/a 3 nan 1,2", ":2: is no line"),
        ("2026-w47 published 2026-12-01\n2026-w47 mover companies/a 3 1.5", ":2: is no line"),
        ("2026-w47 published 2026-12-01\n2026-w47 first voss", ":2: is no line"),
        ("2026-w47 published 2026-12-01\n2026-w47 lead A+b A", ":2: is no line"),
        ("2026-w60 published 2026-12-01", "no week or month"),
    ],
)
def test_a_damaged_file_stops_the_build(tmp_path: Path, call: Call, lines: str, told: str) -> None:
    folder = written(tmp_path / "site", [article(1, "2026-11-17")])
    (folder / site_paths.ISSUE_LEDGER).write_text(f"{lines}\n", encoding="utf-8")
    done = call("build", "--site", folder)
    assert done.status == 1
    assert f"{site_paths.ISSUE_LEDGER}:" in done.err
    assert told in done.err


# -- what an issue shows once it is published


def note(
    number: int, day: dt.date, *tags: Tag, text: int | None = None, title: str = "", story: StoryOverride | None = None
) -> IndexedArticle:
    """Return an article; those of one text are one story, where their days and outlets allow it."""
    seed = number if text is None else 1000 + text
    words = (f"{word}{seed}" for word in random.Random(seed).choices(WORDS, k=60))
    made = Article(
        file=f"content/articles/2026/note-{number}.md", id=f"n{number}", year="2026", slug=f"note-{number}",
        title=title or f"Note {number}", body=" ".join(words), published=day,
        site=f"Post {number}", tags=tags, story=story or StoryOverride(),
    )  # fmt: skip
    return index_article(made, (), CONFIG, Matcher({}), make_parser())[0]


@dataclass
class Frozen:
    """A site whose issues were published, to be edited."""

    site: Site

    def edit(self, *notes: IndexedArticle, gone: Iterable[int] = ()) -> None:
        self.site.put_articles(
            {one.file: one for one in notes} | {f"content/articles/2026/note-{n}.md": None for n in gone}
        )

    def publish(self, day: dt.date = PUBLISHED) -> None:
        self.site.put_published_issues(recorded(self.site, day))

    def corrections(self, key: str = WEEK) -> list[tuple[str, str, str, str]]:
        return [(one.kind, one.old_title, one.new_title, one.issue_key) for one in self.site.layout(key).corrections]

    def titles(self, key: str = WEEK) -> list[str]:
        return [told.lead.title for told in self.site.layout(key).stories]

    def added(self, key: str = WEEK) -> list[str]:
        return [late.story.lead.title for late in self.site.layout(key).added]


def recorded(site: Site, day: dt.date) -> dict[str, PublishedIssue]:
    return {key: site.issue_to_publish(key, day) for key, _ in site.issues()}


def frozen(*notes: IndexedArticle) -> Frozen:
    made = Frozen(site_of(notes))
    made.publish()
    return made


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def test_a_page_that_is_saved_later_changes_no_order_and_no_figures() -> None:
    made = frozen(
        *(note(n, day(n % 5), RYE, SILO) for n in range(6)),
        *(note(50 + n, MONDAY - dt.timedelta(weeks=1 + n), RYE) for n in range(5)),
    )
    titles, figures, before = made.titles(), made.site.figures(WEEK), made.site.layout(WEEK)
    older = [note(90 + n, MONDAY - dt.timedelta(weeks=2), VOSS) for n in range(4)]
    made.edit(*older, note(80, day(0), VOSS, PIER), note(81, day(2), VOSS))
    assert made.titles() == titles
    assert made.site.figures(WEEK) == figures
    assert made.added() == ["Note 81", "Note 80"]
    assert made.corrections() == []
    assert made.site.layout(WEEK).updated == PUBLISHED  # until readers see it
    made.publish(LATER)
    assert made.site.layout(WEEK).updated == LATER
    assert made.site.layout(WEEK).published == PUBLISHED
    assert made.added() == ["Note 81", "Note 80"]
    assert made.site.layout(WEEK).sections == before.sections


def test_what_is_corrected_is_said() -> None:
    made = frozen(*(note(n, day(n % 5)) for n in range(5)))
    made.edit(note(0, day(0), title="Another title"), note(1, day(-7)), gone=[2])
    assert sorted(made.corrections()) == [
        ("moved", "Note 1", "Note 1", "2026-w46"),
        ("title", "Note 0", "Another title", ""),
        ("withdrawn", "Note 2", "", ""),
    ]
    assert sorted(made.titles()) == ["Another title", "Note 3", "Note 4"]
    assert made.added("2026-w46") == []  # an issue that was not published takes it as its own
    assert made.corrections(MONTH) == [one for one in made.corrections(MONTH) if one[0] != "moved"]
    made.publish(LATER)
    assert made.site.layout(WEEK).updated == LATER
    made.edit(note(0, day(0)), note(1, day(1)), note(2, day(2)))
    assert made.corrections() == []  # all is as it was


def test_a_story_that_joins_another_is_told_with_it_and_one_told_apart_as_well() -> None:
    made = frozen(note(0, day(0), text=1), note(1, day(1), text=1), note(2, day(2)), note(3, day(3)))
    assert [len(told.cards) for told in made.site.layout(WEEK).stories if told.lead.id == "n0"] == [2]
    made.edit(note(3, day(3), story=StoryOverride(lead="n2")), note(1, day(1), text=1, story=StoryOverride(alone=True)))
    assert sorted(made.corrections()) == [("apart", "Note 0", "Note 1", ""), ("folded", "Note 3", "Note 2", "")]
    assert made.added() == ["Note 1"]
    made.publish(LATER)
    assert sorted(made.corrections()) == [("apart", "Note 0", "Note 1", ""), ("folded", "Note 3", "Note 2", "")]


def test_a_story_goes_on_with_the_articles_that_are_left() -> None:
    made = frozen(note(0, day(0), text=1), note(1, day(1), text=1), note(2, day(2), text=1), note(3, day(3)))
    made.edit(gone=[0])
    assert made.corrections() == [("led", "Note 0", "Note 1", ""), ("withdrawn", "Note 0", "", "")]
    assert made.added() == []
    made.edit(note(0, day(-9)))
    assert made.corrections()[1:] == [("moved", "Note 0", "Note 0", "2026-w45")]
    made.edit(note(0, day(0), text=1), gone=[2])
    assert made.corrections() == [("fewer", "Note 0", "1", "")]


def test_articles_that_join_a_story_later_stand_below() -> None:
    made = frozen(note(0, day(0), text=1), note(1, day(1)))
    made.edit(note(2, day(1), text=1))
    layout = made.site.layout(WEEK)
    assert [told.others for told in layout.stories] == [(), ()]
    assert [(lead.id, [card.id for card in cards]) for lead, cards in layout.further] == [("n0", ["n2"])]


def test_the_editors_word_counts_after_it_was_published_too() -> None:
    made = frozen(*(note(n, day(n % 5), SILO) for n in range(9)))
    last = made.site.layout(WEEK).sections[-1][1][-1].lead
    first = made.titles()[0]
    key = next(told.lead.id for told in made.site.layout(WEEK).stories if told.lead.title == first)
    made.site.put_issue_notes([IssueNote(file="f", key=WEEK, pin=((last.id, 1),), drop=((key, 2),))])
    assert made.titles()[0] == last.title
    assert first not in made.titles()
    assert sorted(made.corrections()) == [("dropped", first, "", ""), ("first", last.title, "", "")]


def test_entities_go_by_what_they_are_called_now() -> None:
    made = frozen(*(note(n, day(n), PIER, VOSS if n else RYE, SILO) for n in range(5)))
    figures = made.site.figures(WEEK)
    assert set(figures.first) == {PIER, VOSS, RYE, SILO}
    zeal = Entity(kind="companies", slug="zeal", name="Zeal", redirect_from=(UrlPath("/companies/pier/"),))
    made.site.put_entities([zeal])
    made.edit(*(note(n, day(n), zeal.tag, VOSS, SILO) for n in range(5)))  # Pier is Zeal, and Rye is gone
    assert set(made.site.figures(WEEK).first) == {zeal.tag, VOSS, SILO}
    assert made.site.layout(WEEK).sections == () or {tag for tag, _ in made.site.layout(WEEK).sections} == {SILO}


def test_what_is_new_since_the_last_issue() -> None:
    notes = [note(n, day(n), PIER) for n in range(3)]
    site = site_of(notes)
    assert site.news_since_issue(PIER) is None  # none was published
    made = Frozen(site)
    made.publish()
    assert site.news_since_issue(PIER) is None
    made.edit(*(note(20 + n, day(7 + n), PIER) for n in range(4)), note(30, day(1), PIER, VOSS))
    since = site.news_since_issue(PIER)
    assert since is not None
    assert (since.issue_key, since.published, since.count) == (WEEK, PUBLISHED, 5)
    assert [near.title for near in since.newest] == ["Note 23", "Note 22", "Note 21"]
    assert site.news_since_issue(VOSS) is not None
    made.publish(LATER)
    assert site.news_since_issue(PIER) is None  # all of it was public when week 48 was


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.none()
        | st.tuples(
            st.integers(-9, 9), st.none() | st.integers(0, 2), st.sampled_from(["", "Retold"]),
            st.sampled_from(
                [StoryOverride(), StoryOverride(alone=True), StoryOverride(lead="n0"), StoryOverride(lead="n3")]
            ),
            st.sampled_from([(), (PIER,), (VOSS, SILO), (PIER, SILO)]),
        ),
    ),
    max_size=8,
)  # fmt: skip
WORDS_ON = st.builds(
    IssueNote,
    file=st.just("f"),
    key=st.sampled_from([WEEK, "2026-w46", MONTH]),
    **{
        name: st.lists(st.integers(0, 7).map(lambda n: (f"n{n}", 1)), max_size=2).map(tuple)
        for name in ("pin", "order", "drop")
    },
)


@given(CHANGES, st.lists(st.tuples(CHANGES, st.lists(WORDS_ON, max_size=1)), min_size=1, max_size=3))
def test_whatever_happens_each_story_is_told_once_and_each_change_is_said(
    first: list[tuple[int, tuple[int, int | None, str, StoryOverride, tuple[Tag, ...]] | None]],
    edits: list[
        tuple[list[tuple[int, tuple[int, int | None, str, StoryOverride, tuple[Tag, ...]] | None]], list[IssueNote]]
    ],
) -> None:
    made = Frozen(site_of(note(n, day(n - 3), PIER, SILO) for n in range(5)))
    for number, (changes, words) in enumerate([(first, []), *edits]):
        made.site.put_articles(
            {
                f"content/articles/2026/note-{n}.md": what
                and note(n, day(what[0]), *what[4], text=what[1], title=what[2], story=what[3])
                for n, what in changes
            }
        )
        made.site.put_issue_notes(words)
        for unit in ("week", "month"):
            assert_whole(made.site, made.site.issue_keys(unit))
        live = {key: made.site.layout(key) for key, _ in made.site.issues()}
        figures = {key: made.site.figures(key) for key in live}
        today = PUBLISHED + dt.timedelta(days=number)
        now = recorded(made.site, today)
        assert issue_ledger.parse(issue_ledger.dump(now)) == (now, [])
        made.site.put_published_issues(now)
        assert recorded(made.site, LATER) == now  # nothing changed since
        for key, before in live.items():
            after = made.site.layout(key)
            same = replace(after, published=before.published, updated=before.updated, added=before.added)
            assert same == before
            assert [late.story for late in after.added] == [late.story for late in before.added]
            assert made.site.figures(key) == figures[key]


def assert_whole(site: Site, keys: Iterable[str]) -> None:
    shown: list[str] = []
    for key in keys:
        layout = site.layout(key)
        left_out = [told for told in site.stories_of_issue(key) if told.lead.url in site.editor_choice(key).drop]
        told = [*layout.stories, *(late.story for late in layout.added)]
        assert {one.lead.url for one in told}.isdisjoint(one.lead.url for one in left_out)
        shown += [card.url for one in (*told, *left_out) for card in one.cards]
        shown += [card.url for _, cards in layout.further for card in cards]
        assert_said(site, key)
    assert sorted(shown) == sorted(url for url, _, _ in site.articles())


def assert_said(site: Site, key: str) -> None:
    """Each story that was published stands there under its title, or a correction names it."""
    before, layout = site.published_issue(key), site.layout(key)
    standing = {told.lead.title for told in (*layout.stories, *(late.story for late in layout.added))}
    said = {one.old_title for one in layout.corrections}
    for shown in before.stories if before else ():
        assert shown.title in standing | said


# -- a walk through it, as a person and readers see it


def page_of(folder: Path, name: str) -> str:
    return (folder / "output" / name / "index.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_walk_from_the_first_publication_to_a_correction(tmp_path: Path, call: Call) -> None:
    folder = written(tmp_path / "site", moving(9, 5))
    out = folder / "output"
    build_session.build(folder, out, build_session.BuildOptions(jobs=1))
    assert not (folder / site_paths.ISSUE_LEDGER).exists()
    live, key = page_of(folder, "issues/2025-w18"), "2025-w18"
    permalinks.record(folder, dt.date(2025, 5, 4))  # its Sunday
    assert f"{key} published" not in (folder / site_paths.ISSUE_LEDGER).read_text(encoding="utf-8")
    permalinks.record(folder, dt.date(2025, 5, 5))
    text = (folder / site_paths.ISSUE_LEDGER).read_text(encoding="utf-8")
    assert f"{key} published 2025-05-05\n" in text
    assert f"{key} mover companies/rye-mill 5 " in text
    build_session.build(folder, out, build_session.BuildOptions(jobs=1))
    page = page_of(folder, f"issues/{key}")
    plain = [  # but for that it says so
        re.sub(r" · published <time[^/]*/time>|<p>This issue was published.*?</p>\n?", "", one) for one in (live, page)
    ]
    assert plain[0] == plain[1]
    assert "Since the last issue" not in page_of(folder, "companies/voss")

    # Pages of that week, and of weeks before, are saved later; another week begins.
    for name, fields in [
        article(700, "2025-05-01", companies="[voss]"),
        *(article(710 + n, "2025-04-15", companies="[rye-mill]") for n in range(6)),
        article(720, "2025-05-06", companies="[voss]"),
    ]:
        lines = "".join(f"{field}: {value}\n" for field, value in fields.items() if field != "body")
        (folder / name).write_text(f"---\n{lines}---\n{fields['body']}\n", encoding="utf-8")
    retitled = folder / "content/articles/2026/note-902.md"
    retitled.write_text(retitled.read_text().replace("title: Note 902", "title: A <better> title"), encoding="utf-8")
    build_session.build(folder, out, build_session.BuildOptions(jobs=1))
    assert build_session.verify(folder, out, build_session.BuildOptions(jobs=1)) == []
    page = page_of(folder, f"issues/{key}")
    moved = re.compile(r'<section class="moved">.*?</section>', re.DOTALL)
    assert moved.findall(page) == moved.findall(live)
    below = page[page.index("Added since this issue was published") :]
    assert ">Note 700<" in below
    assert "“<bdi>Note 902</bdi>” is now" in below
    assert "A &lt;better&gt; title" in below
    company = page_of(folder, "companies/voss")
    assert "Since the last issue" in company
    assert re.search(r'href="/issues/2025-w18/">Week 18</a>, published <time datetime="2025-05-05">', company)
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
    told = call("issue", key, "--site", folder).out
    assert "added since: Note 700" in told
    assert "corrected (title): Note 902 → A <better> title" in told
    data = call("issue", key, "--site", folder, "--json").record
    assert data["published"] == "2025-05-05"
    assert [one["what"] for one in data["corrections"]] == ["title"]


def test_an_issue_of_which_no_story_is_left_still_stands(tmp_path: Path) -> None:
    folder = written(tmp_path / "site", [article(1, "2026-11-17"), article(2, "2026-01-06")])
    permalinks.record(folder, PUBLISHED)
    file = folder / "content/articles/2026/note-1.md"
    file.write_text(file.read_text().replace("2026-11-17", "2026-01-07"), encoding="utf-8")
    build_session.build(folder, folder / "output", build_session.BuildOptions(jobs=1))
    page = page_of(folder, f"issues/{WEEK}")
    assert "0 stories" in page
    assert re.search(r'“<bdi>Note 1</bdi>” is in <a href="/issues/2026-w02/">Week 2 of 2026</a> now', page)
    assert "2026-w47" in page_of(folder, "issues")


def test_renamed_and_merged_by_the_command_an_issue_is_as_it_was(tmp_path: Path, call: Call) -> None:
    folder = written(tmp_path / "site", moving(9, 5))
    permalinks.record(folder, PUBLISHED)
    before = (folder / site_paths.ISSUE_LEDGER).read_bytes()
    assert call("entity", "rename", "Rye Mill", "Grist Mill", "--slug", "grist-mill", "--site", folder).status == 0
    assert call("entity", "merge", "tallow-pier", "voss", "--site", folder).status == 0
    assert (folder / site_paths.ISSUE_LEDGER).read_bytes() == before
    assert call("check", "--site", folder).err.count(site_paths.ISSUE_LEDGER) == 0
    page = page_of(folder, "issues/2025-w18")
    assert '<a href="/companies/grist-mill/"><bdi>Grist Mill</bdi></a></td><td class="s">' in page
    assert "tallow-pier" not in page


def test_check_tells_what_a_published_issue_names_that_is_no_more(tmp_path: Path, call: Call) -> None:
    folder = written(tmp_path / "site", [article(1, "2026-11-17", companies="[voss]"), article(2, "2026-11-18")])
    (folder / site_paths.ISSUE_LEDGER).write_text(
        f"{WEEK} published 2026-12-01\n{WEEK} lead gone-1+gone-2 Lost\n{WEEK} first companies/vosss\n", encoding="utf-8"
    )
    done = call("check", "--site", folder)
    assert f"{site_paths.ISSUE_LEDGER}:2: names the story gone-1, of which no article is left" in done.err
    assert f"{site_paths.ISSUE_LEDGER}:3: names companies/vosss, which there is no more" in done.err
    assert "did you mean voss" in done.err


def test_recording_again_changes_nothing(tmp_path: Path) -> None:
    folder = written(tmp_path / "site", moving(9, 5))
    done = permalinks.record(folder, PUBLISHED)
    assert set(done.issued) >= {"2025-w18", "2025-04"}
    first = read_files(folder / "content")
    again = permalinks.record(folder, LATER)
    assert (again.issued, again.corrected) == ((), ())
    assert read_files(folder / "content") == first
