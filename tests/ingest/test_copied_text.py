"""Copied plain text and clipped notes: the article is extracted, and the rest of the page is left out."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it.common.utils import escapeHtml

from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import html, parse, plain_text
from site_gen.core.errors import RefusedError
from site_gen.core.text import one_line
from site_gen.ingest.extract.tidy_markdown import escape_paragraph
from tests.support.extraction import extract_file, refusal

if TYPE_CHECKING:
    from site_gen.content.records import Draft


def note_draft(text: str) -> Draft:
    return extract_file(text, "note.txt")


@dataclass(frozen=True)
class CopiedPage:
    """A page as it is when all of it was selected and copied."""

    title: str
    paragraphs: tuple[str, ...]
    above: str
    below: str
    language: str

    @property
    def text(self) -> str:
        return "\n".join([self.above.strip(), *self.paragraphs, self.below.strip(), ""])

    @property
    def lines_around(self) -> list[str]:
        lines = [line.strip() for line in (self.above + self.below).split("\n")]
        return [line for line in lines if len(line) > 3 and line != self.title]


ENGLISH = CopiedPage(
    title="Grain silo at Elmswick quay wins ten more years",
    language="en",
    above="""
Visitor Pixel Tag 0.1
Skip to content
Quay & Crane
News
Opinion
Events
Grain silo at Elmswick quay wins ten more years
Home
>
Ports
Grain silo at Elmswick quay wins ten more years
By Dora Finch | Mar 4, 2026
Share
Facebook
Twitter
LinkedIn
Categories Ports | Storage
""",
    paragraphs=tuple(
        """\
The harbour board of Elmswick agreed on Tuesday to let the old grain silo stand for another ten years, after a \
long and noisy meeting that nobody had wanted to attend.
Its members had been asked to choose between the silo and a car park, and most of them said that they would \
rather have neither of the two, if it was all the same to the mayor.
“We have looked at the figures again,” said the chairwoman, “and the figures do not add up for anyone who wants \
to park a car beside the water in the middle of the winter.”
Elmswick Grain, which owns the silo, said that it would now repair the roof.""".splitlines()
    ),
    below="""
Share this:
Click to share on Facebook (Opens in new window)
Click to email this to a friend (Opens in new window)
Article Topics
grain | ports | silo
Related Posts
Crane falls into dock at Tallow Pier
Five things to know about rye
Leave a Reply
Your email address will not be published. Required fields are marked *
Comment
Name *
Email *
Website
This site uses Akismet to reduce spam. Learn how your comment data is processed.
Most Read
Crane falls into dock at Tallow Pier
© 2026 Quay & Crane. All rights reserved.
""",
)
GERMAN = CopiedPage(
    title="Getreidesilo am Kai bleibt zehn weitere Jahre stehen",
    language="de",
    above="""
Besucher Analytics Pixel
Hafenbote
Startseite
Getreidesilo am Kai bleibt zehn weitere Jahre stehen
Getreidesilo am Kai bleibt zehn weitere Jahre stehen
Von Jutta Ebbinghaus
4. März 2026
Teilen
Drucken
""",
    paragraphs=tuple(
        """\
Der Hafenrat von Elmswick hat am Dienstag beschlossen, dass das alte Getreidesilo noch zehn Jahre stehen bleiben \
darf, nach einer langen und lauten Sitzung, die niemand besuchen wollte.
Die Mitglieder sollten zwischen dem Silo und einem Parkplatz wählen, und die meisten von ihnen sagten, dass sie \
am liebsten keines von beiden hätten, wenn es dem Bürgermeister recht sei.
„Wir haben die Zahlen noch einmal geprüft“, sagte die Vorsitzende, „und sie gehen für niemanden auf, der im \
Winter ein Auto am Wasser abstellen will.“""".splitlines()
    ),
    below="""
Teilen
Das könnte Sie auch interessieren
Kran fällt ins Hafenbecken
Kommentar schreiben
Ihre Adresse wird nicht veröffentlicht.
Impressum
""",
)
JAPANESE = CopiedPage(
    title="古い穀物倉庫、あと十年残ることに",
    language="ja",
    above="""
訪問者トラッキング pixel
港湾新聞
ホーム
古い穀物倉庫、あと十年残ることに
古い穀物倉庫、あと十年残ることに
2026年3月4日
シェア
""",
    paragraphs=(
        "エルムズウィックの港湾委員会は火曜日、古い穀物倉庫をさらに十年間残すことを決めた。長く騒がしい会議の末の結論だった。",
        "委員たちは倉庫と駐車場のどちらかを選ぶよう求められていたが、多くの委員は、市長さえよければどちらも要らないと答えた。",
        "「数字をもう一度見直したが、冬に水辺に車を止めたい人はいない」と委員長は述べた。",
    ),
    below="""
シェア
関連記事
クレーンが岸壁に落下
コメント
名前（必須）
メール（必須）
""",
)
EACH_COPIED_PAGE = pytest.mark.parametrize("copied", [ENGLISH, GERMAN, JAPANESE], ids=lambda copied: copied.language)


@EACH_COPIED_PAGE
def test_a_copied_page_gives_its_article_and_nothing_else(copied: CopiedPage) -> None:
    draft = note_draft(copied.text)
    assert draft.title == copied.title
    assert draft.text.split("\n") == list(copied.paragraphs)
    assert draft.markdown == "\n\n".join(copied.paragraphs) + "\n"
    assert draft.language == copied.language
    assert draft.published == dt.date(2026, 3, 4)
    for line in copied.lines_around:
        assert line not in draft.text
        assert line not in draft.title


@EACH_COPIED_PAGE
@pytest.mark.parametrize("newline", ["\n\n", "\r\n", "\r", "\n \n\t\n"])
def test_line_ends_do_not_matter(copied: CopiedPage, newline: str) -> None:
    assert note_draft(copied.text.replace("\n", newline)).text == "\n".join(copied.paragraphs)


@EACH_COPIED_PAGE
def test_text_with_nothing_around_it_stays_whole(copied: CopiedPage) -> None:
    draft = note_draft("\n\n".join([copied.title, *copied.paragraphs]))
    assert (draft.title, draft.text) == (copied.title, "\n".join(copied.paragraphs))
    assert draft.published is None
    assert draft.author == ()


def test_bylines_name_the_authors() -> None:
    assert note_draft(ENGLISH.text).author == ("Dora Finch",)
    assert note_draft(GERMAN.text).author == ("Jutta Ebbinghaus",)
    two = ENGLISH.text.replace("By Dora Finch |", "By Dora Finch and Olu Adeyemi-Strand |")
    assert note_draft(two).author == ("Dora Finch", "Olu Adeyemi-Strand")


def test_a_future_or_impossible_date_is_ignored() -> None:
    assert (
        note_draft(ENGLISH.text.replace("2026 Quay", "2020 Quay").replace("Mar 4, 2026", "Mar 4, 2027")).published
        is None
    )
    assert note_draft(JAPANESE.text.replace("2026年3月4日", "2026年13月40日")).published is None


@pytest.mark.parametrize("width", [60, 72, 80])
def test_hard_wrapped_lines_are_joined(width: int) -> None:
    wrapped = "\n\n".join(textwrap.fill(paragraph, width) for paragraph in ENGLISH.paragraphs * 2)
    draft = note_draft(f"{ENGLISH.title}\nBy Dora Finch\nhttps://quay.example/2026/silo?utm_source=mail\n\n{wrapped}\n")
    assert draft.text.split("\n") == list(ENGLISH.paragraphs)
    assert draft.title == ENGLISH.title
    assert draft.author == ("Dora Finch",)
    assert draft.source == "https://quay.example/2026/silo"
    assert draft.site == "quay.example"


def test_the_source_may_be_the_last_line() -> None:
    text = "\n\n".join([ENGLISH.title, *ENGLISH.paragraphs, "Source: https://quay.example/silo?fbclid=x9"])
    draft = note_draft(text)
    assert draft.source == "https://quay.example/silo"
    assert "quay.example" not in draft.text


def test_an_address_inside_a_sentence_is_not_the_source() -> None:
    text = "\n\n".join(
        [
            ENGLISH.title,
            f"{ENGLISH.paragraphs[0]} More at https://board.example/minutes, they said.",
            *ENGLISH.paragraphs[1:],
        ]
    )
    assert note_draft(text).source is None


def test_signs_of_markdown_are_escaped() -> None:
    odd = "* 5 < 6 & [brackets] of the `board` were said to be in the _minutes_ of it, as <b>they</b> had been before."
    draft = note_draft("\n\n".join([ENGLISH.title, ENGLISH.paragraphs[0], odd, ENGLISH.paragraphs[1]]))
    assert odd in draft.text
    assert plain_text(parse(draft.markdown, make_parser())) == draft.text


MARKS = st.sampled_from([*" *_`#<>[]()!|-+=~1.&\\", "&amp;", "~~", "<b>", "](x)", "http://a.example", "1.", "```"])


@given(st.lists(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | MARKS, min_size=1).map("".join))
@example("-")
@example("#")
@example("1.")
@example("&lt;b&gt;")
@example("~~not struck out~~")
def test_an_escaped_paragraph_shows_exactly_its_text(text: str) -> None:
    text = one_line(text)
    if text:
        document = parse(escape_paragraph(text), make_parser())
        (block,) = document.blocks
        assert html(document) == f'<p id="{block.id}">{escapeHtml(text)}</p>\n'
        assert plain_text(document) == text


@pytest.mark.parametrize("text", ["Menu\nHome\nContact\n", "a,b,c\n1,2,3\n" * 20, "x", "Buy milk", "1 2 3 4 5 " * 30])
def test_text_without_prose_is_refused(text: str) -> None:
    assert refusal(text).startswith("no article found in it")


@given(st.text(max_size=300))
def test_any_text_gives_a_draft_or_a_reason(text: str) -> None:
    with contextlib.suppress(RefusedError):
        assert note_draft(text).title


# -- clipped notes ------------------------------------------------------------------------------------

NOTE = """---
title: "Silo: ten more years"
source: https://quay.example/2026/silo?utm_campaign=spring
author:
  - "[[Dora Finch]]"
  - "[[people/olu|Olu Adeyemi-Strand]]"
published: 2026-03-04
created: 2026-03-05
description: What the board decided.
tags:
  - clippings
  - ports
rating: 5
seen: {by: [me, you], twice: true}
empty:
---
The board *agreed*, said **Elmswick Grain**.

> Nobody had wanted to attend.

- one
- [two](https://quay.example/two)
"""


def test_a_note_is_added_unchanged() -> None:
    draft = note_draft(NOTE)
    assert draft.title == "Silo: ten more years"
    assert draft.markdown == NOTE.partition("\n---\n")[2]
    assert draft.source == "https://quay.example/2026/silo"
    assert draft.site == "quay.example"
    assert draft.author == ("Dora Finch", "Olu Adeyemi-Strand")
    assert (draft.published, draft.created) == (dt.date(2026, 3, 4), dt.date(2026, 3, 5))
    assert draft.description == "What the board decided."
    assert draft.tags == ("clippings", "ports")
    assert json.loads(json.dumps(draft.clip)) == {
        "rating": "5",
        "seen": {"by": ["me", "you"], "twice": "true"},
    }


def test_a_note_may_have_windows_line_ends() -> None:
    draft = note_draft(NOTE.replace("\n", "\r\n"))
    assert draft.title == "Silo: ten more years"
    assert draft.markdown == NOTE.partition("\n---\n")[2]


def test_the_heading_is_the_title_of_a_note_without_one() -> None:
    draft = note_draft(f"---\nsource: https://quay.example/x\n---\n# Silo stays\n\n{ENGLISH.paragraphs[0]}\n")
    assert draft.title == "Silo stays"


@pytest.mark.parametrize(
    ("front_matter", "message"),
    [
        ("title: [open", "line 3"),
        ("title: Silo\ntitle: Crane", "`title` appears twice"),
        ("title: Silo\n\tseen: yes", "line 3"),
        ("title: Silo\nboard: &b [x]\nagain: *b", "anchors"),
        ("title: Silo\ndeep: " + "[" * 5000, "levels"),
    ],
)
def test_broken_front_matter_is_refused(front_matter: str, message: str) -> None:
    reason = refusal(f"---\n{front_matter}\n---\n{ENGLISH.paragraphs[0]}\n")
    assert reason.startswith("its front matter cannot be read: line ")
    assert message in reason


def test_front_matter_that_never_ends_is_refused() -> None:
    assert "never closed" in refusal(f"---\ntitle: Silo\n\n{ENGLISH.paragraphs[0]}\n")


def test_a_note_without_title_or_text_is_refused() -> None:
    assert refusal(f"---\nsource: https://quay.example/x\n---\n{ENGLISH.paragraphs[0]}\n") == "the note has no title"
    assert refusal("---\ntitle: Silo\n---\n") == "no article found in it"


def test_a_bad_source_or_date_of_a_note_is_ignored() -> None:
    draft = note_draft(
        f"---\ntitle: Silo\nsource: javascript:alert(1)\npublished: soon\n---\n{ENGLISH.paragraphs[0]}\n"
    )
    assert (draft.source, draft.published, draft.site) == (None, None, None)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("title: Silo stays: a winter at the quay", "Silo stays: a winter at the quay"),
        ("title: What the board wants:", "What the board wants:"),
        ("title: [Updated] Silo stays", "[Updated] Silo stays"),
        ('title: "Nobody came" to the silo', '"Nobody came" to the silo'),
        ('title: "The silo "stays" for now"', 'The silo "stays" for now'),
        ("title: 'The board's choice'", "The board's choice"),
        ("title: @elmswick on its silo", "@elmswick on its silo"),
    ],
)
def test_a_title_that_should_be_quoted_is_read_as_it_stands(line: str, title: str) -> None:
    draft = note_draft(f"---\n{line}\nauthor:\n  - Dora Finch\ntags: [quay]\n---\n{ENGLISH.paragraphs[0]}\n")
    assert (draft.title, draft.author, draft.tags) == (title, ("Dora Finch",), ("quay",))


def test_omnivores_keys_are_read() -> None:
    draft = note_draft(
        "---\nid: 7c\nTitle: Silo stays\noriginal_url: https://quay.example/silo\nsite_name: Quay Weekly\n"
        "date_saved: 2026-03-05 10:00:00\ndate_published: 2026-03-04 01:00:00\nurl: https://omnivore.app/me/silo\n"
        f"---\n{ENGLISH.paragraphs[0]}\n"
    )
    assert (draft.title, draft.source, draft.site) == ("Silo stays", "https://quay.example/silo", "Quay Weekly")
    assert (draft.published, draft.created) == (dt.date(2026, 3, 4), dt.date(2026, 3, 5))
    assert draft.clip == {"id": "7c"}


@pytest.mark.parametrize("day", ["March 4, 2026", "4 March 2026", '"[[2026-03-04]]"', "2026-03-04T09:30:00+01:00"])
def test_the_day_of_a_note_may_be_written_in_words(day: str) -> None:
    draft = note_draft(f"---\ntitle: Silo\npublished: {day}\n---\n{ENGLISH.paragraphs[0]}\n")
    assert draft.published == dt.date(2026, 3, 4)


READWISE = """# Silo stays

![rw-book-cover](https://quay.example/silo.png)

## Metadata
- Author: [[Dora Finch]], [[Olu Adeyemi-Strand]]
- Full Title: Silo Stays: Ten More Years
- Category: #articles
- Document Tags: #ports #grain
- URL: https://quay.example/silo

"""


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_list_of_readwise_is_read(line_end: str) -> None:
    text = f"{READWISE}## Full Document\n{ENGLISH.paragraphs[0]}\n"
    draft = note_draft(text.replace("\n", line_end))
    assert (draft.title, draft.source) == ("Silo Stays: Ten More Years", "https://quay.example/silo")
    assert draft.author == ("Dora Finch", "Olu Adeyemi-Strand")
    assert (draft.tags, draft.clip) == (("ports", "grain"), {"category": "#articles"})
    assert (draft.markdown, draft.doubts) == (f"{ENGLISH.paragraphs[0]}\n", ())


def test_of_marked_passages_alone_the_text_is_in_doubt() -> None:
    draft = note_draft(f"{READWISE}## Highlights\n- {ENGLISH.paragraphs[0]}\n")
    assert draft.doubts == (("text", "only what was marked in the article"),)
    assert ENGLISH.paragraphs[0] in draft.text


def test_a_list_of_facts_below_the_text_makes_no_clip() -> None:
    draft = note_draft(f"Silo stays\n\n{ENGLISH.paragraphs[0]}\n\n{READWISE}")
    assert (draft.title, draft.text) == ("Silo stays", ENGLISH.paragraphs[0])
