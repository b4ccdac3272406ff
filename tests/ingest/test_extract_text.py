"""The text of a page: what stays, what is left out, and pages that are not articles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.core.errors import RefusedError
from site_gen.ingest.extract import boilerplate_labels
from site_gen.ingest.extract.boilerplate_lines import is_above, is_pointer, is_promotion
from site_gen.ingest.extract.html import page_marks
from site_gen.ingest.extract.tidy_markdown import tidy
from tests.conftest import PARAGRAPHS
from tests.support.extraction import ARTICLE, PROSE, doubt_reasons, extract_html, json_ld

# -- markup -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("On <u>Tuesday</u> the board met.", "On Tuesday the board met."),
        ("In the 19<sup>th</sup> century H<sub>2</sub>O was sold.", "In the 19th century H₂O was sold."),
        ("The <b>old silo</b> stays.", "The old silo stays."),
        ("See <em>it on <a href='/p'>the pier</a> and <a href='/q'>the quay</a> now</em> please.",
         "See it on the pier and the quay now please."),
        ("<strong>Note:</strong>Bring your own grain.", "Note: Bring your own grain."),
        ("<b>Rye</b>, <i>wheat</i> and <code>oats</code>.", "Rye, wheat and oats."),
        ("<b>Rye,</b> with<a href='/e'><b> Elmswick</b></a>, rose.", "Rye, with Elmswick, rose."),
    ],
)  # fmt: skip
def test_inline_markup_leaves_no_sign_and_joins_no_words(html: str, text: str) -> None:
    page = ARTICLE.format(f"{PROSE}<p>{html} It had been a long meeting, and nobody wanted to attend it.</p>{PROSE}")
    draft = extract_html(page)
    assert text in draft.text
    assert not {"*", "<", page_marks.BLANK_MARK} & set(draft.text)


@pytest.mark.parametrize(
    "code",
    [
        "def silo():\n    <span>return</span>   <b>7</b>\n",
        "<code>def silo():<br>    return   7</code>",
        "<code><span class=k>def</span> <span class=f>silo</span>():\n    return   <i>7</i></code>",
    ],
)
def test_highlighted_code_keeps_its_blanks(code: str) -> None:
    draft = extract_html(ARTICLE.format(f"{PROSE}<pre>{code}</pre>{PROSE}"))
    assert "```\ndef silo():\n    return   7\n```" in draft.markdown


def test_noscript_is_text_where_there_is_no_other() -> None:
    assert (
        PARAGRAPHS[1]
        in extract_html(
            f"<title>Silo stays</title><body><div id=app></div><noscript>{PROSE * 2}</noscript></body>"
        ).text
    )
    with_article = extract_html(ARTICLE.format(PROSE) + "<noscript>Please switch on scripts.</noscript>")
    assert "switch on" not in with_article.text


def test_the_same_page_always_gives_the_same_draft() -> None:
    page = ARTICLE.format(PROSE + "<ul><li>One of the silos</li><li>Two of the cranes</li></ul>" + PROSE)
    first = extract_html(page)
    for _ in range(5):
        extract_html(ARTICLE.format(PROSE))
        assert extract_html(page) == first


@pytest.mark.slow
def test_100_000_equal_paragraphs_become_one() -> None:
    draft = extract_html(ARTICLE.format(PROSE + "<p>The silo is full, and nobody will say of what.</p>" * 100_000))
    assert draft.text.count("nobody will say") == 1


# -- what is left out----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Crane falls into dock at Tallow Pier",
        "RELATED POST: Five things to know about rye",
        "You might also like: Ten silos to see before you die",
        "Lesen Sie auch: Kran fällt ins Hafenbecken",
        "Читайте также: Кран упал в воду",
        "Photo: D. Finch / Harbour Press",
        "Source: Harbour Press Agency",
        "5 min read",
        "Tempo de leitura: 2 minutos",
        "[form id=17]",
        "Click To Tweet",
    ],
)
def test_lines_that_point_elsewhere_are_left_out(line: str) -> None:
    markdown = "\n\n".join((PARAGRAPHS[0], line, PARAGRAPHS[1]))
    assert tidy(markdown, "") == f"{PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}\n"


@pytest.mark.parametrize(
    "line",
    [
        "Source water for the mill comes from the river.",
        "He wants to read more: that much was clear to all.",
        "The photo shows the silo as it was in the year of its opening.",
        "[figure 7: the silo, seen from the pier]",
        "Watch the gap when you leave the ferry, said the mate.",
    ],
)
def test_sentences_that_resemble_such_lines_stay(line: str) -> None:
    assert not is_pointer(line)
    assert not is_promotion(line)


@pytest.mark.parametrize(
    "line",
    [
        "Follow the Courier on Facebook and Instagram.",
        "Sign up to get the day's top headlines in your inbox.",
        "d.finch@courier.example | twitter.com/dfinch",
        "Do you have a tip about the harbour? Write to us.",
        "Ada Quill contributed reporting.",
    ],
)
def test_requests_to_readers_are_left_out_at_the_end_only(line: str) -> None:
    above = [*PARAGRAPHS, *PARAGRAPHS]
    assert line not in tidy("\n\n".join((*above, line)), "")
    assert line.split("@", maxsplit=1)[0][:20] in tidy("\n\n".join((line, *above)), "").replace("\\", "")


@pytest.mark.parametrize(
    "line", ["Harbour news", "4 March 2026, 10:15 AM", "Posted by Dora Finch", "PORT 5:45 PM PST 11/19/2026"]
)
def test_datelines_and_bylines_are_left_out_above_the_text_only(line: str) -> None:
    assert is_above(line)
    assert tidy("\n\n".join((line, *PARAGRAPHS)), "") == "\n\n".join(PARAGRAPHS) + "\n"
    assert line in tidy("\n\n".join((*PARAGRAPHS, line, *PARAGRAPHS)), "")


def test_a_text_of_short_lines_alone_stays() -> None:
    lines = [f"{day} March: pier {day}" for day in range(1, 12)]
    assert all(line in tidy("\n\n".join(lines), "") for line in lines)


def test_links_below_a_label_are_left_out_with_it() -> None:
    markdown = (
        f"{PARAGRAPHS[0]}\n\n**Read more**\n\n[Crane falls into dock](https://a.example/crane)\n\n{PARAGRAPHS[1]}"
    )
    assert tidy(markdown, "") == f"{PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}\n"


@given(
    st.lists(
        st.sampled_from(
            [*PARAGRAPHS, "Read more: x y", "**A:**b", "- one\n- two", "# Silos", "```\nRead more: x\n```"]
        ),
        max_size=8,
    )
)
def test_tidying_only_takes_away(blocks: list[str]) -> None:
    tidied = tidy("\n\n".join(blocks), "")
    assert [block for block in blocks if block in PARAGRAPHS] == [
        line for line in tidied.split("\n") if line in PARAGRAPHS
    ]
    assert tidied.count("```") == 2 * blocks.count("```\nRead more: x\n```")


# -- pages of other kinds, and none -------------------------------------------------------------------


def test_a_forum_keeps_all_posts_and_is_in_doubt() -> None:
    posts = "".join(f'<div class="comment"><p>{paragraph}</p></div>' for paragraph in PARAGRAPHS[1:])
    page = (
        '<meta name="generator" content="phpBB"><title>Silo stays</title><body><h1>Silo stays</h1>'
        f'<article><p>{PARAGRAPHS[0]}</p></article><div id="comments" class="comments">{posts}</div></body>'
    )
    draft = extract_html(page)
    assert all(paragraph in draft.text for paragraph in PARAGRAPHS)
    assert "a forum page, not an article" in doubt_reasons(draft)


ROPE = [
    "Our eight-strand harbour rope is laid in Rye from long hemp and holds forty tons through the spring tide.",
    "It is tarred twice, dries within a day, and does not kink when it is coiled against the lay.",
    "Each coil is cut from one length and tested to three times its load before it leaves the walk.",
    "Splices are sewn by hand, and we renew those that fail within ten years free of charge, wherever you bought it.",
    "Ask us for thicker ropes, or for one in another colour.",
]
REVIEWS = [
    "I have moored two boats with it for three winters, and the only wear is where the fairlead is rough.",
    "Stiffer than I thought it would be, but after a week in the water it handles like the old one did.",
]


@pytest.mark.parametrize(
    ("described", "is_shown", "is_text"),
    [
        (" ".join(ROPE), True, True),
        (f"<p>{'</p><p>'.join(ROPE)}</p>".replace("&", "&amp;"), True, True),
        (" ".join(ROPE[:1]), True, False),  # it only sums the product up
        (" ".join(ROPE), False, False),
    ],
)
def test_of_a_product_the_description_that_it_declares_is_the_text(
    described: str, is_shown: bool, is_text: bool
) -> None:
    shown = ROPE if is_shown else [line.upper().replace("E", "EE") for line in ROPE]
    paragraphs, reviews = ("".join(f"<p>{line}</p>" for line in lines) for lines in (shown, REVIEWS))
    body = (
        f"<h1>Harbour rope</h1><p>£ 40.00</p><div class=d>{paragraphs}</div><ul><li>Weight: 4 kg<li>Length: 30 m</ul>"
    )
    body += f"<h2>Reviews</h2><div class=r>{reviews}</div><a href=/a>Anchors</a>"
    head = json_ld(**{"@type": "Product", "name": "Harbour rope", "description": described})
    draft = extract_html(f"<html><head><title>Harbour rope</title>{head}</head><body>{body}</body></html>")
    assert (draft.text.split("\n") == ROPE) == is_text
    assert all(line in draft.text for line in shown)


@pytest.mark.parametrize(
    "title", ["404 Not Found", "Access denied", "Just a moment...", "Page not found | Courier", "Attention Required!"]
)
def test_error_pages_are_refused(title: str) -> None:
    with pytest.raises(RefusedError, match="an error page"):
        extract_html(
            f"<title>{title}</title><body><p>The page that you looked for could not be shown to you.</p></body>"
        )


def test_an_article_that_sounds_like_an_error_is_accepted() -> None:
    page = "<title>{0}</title><body><article><h1>{0}</h1>{1}</article></body>"
    assert not doubt_reasons(extract_html(page.format("404 reasons to love the silo", PROSE)))
    assert doubt_reasons(extract_html(page.format("Access denied to the pier", PROSE * 2))) == ["perhaps an error page"]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (f'<script type="application/ld+json">{{"isAccessibleForFree": false}}</script>{ARTICLE.format(PROSE)}',
         "perhaps only the beginning: the page is for subscribers"),
        (ARTICLE.format(f"<p>{PARAGRAPHS[0]}</p><p>Subscribe now to continue reading this story.</p>"),
         "perhaps only the beginning: the page is for subscribers"),
        (ARTICLE.format(f"<p>{PARAGRAPHS[0]}</p>"), "very short"),
    ],
)  # fmt: skip
def test_a_text_that_may_be_only_a_beginning_is_in_doubt(html: str, reason: str) -> None:
    assert reason in doubt_reasons(extract_html(html))


def test_all_paragraphs_are_text_where_no_article_is_found() -> None:
    items = "".join(
        f"<section><h3>Pier {n}</h3><div class='sidebar-widget related'><p>{PARAGRAPHS[n % 3]} It is pier {n}.</p>"
        "</div></section>"
        for n in range(30)
    )
    page = f"<title>Thirty piers</title><body><div><h1>Thirty piers</h1><p>{PARAGRAPHS[0]}</p></div>{items}</body>"
    draft = extract_html(page)
    assert "It is pier 29." in draft.text


def test_a_paragraph_that_the_page_repeats_is_repeated() -> None:
    refrain = f"<p>{PARAGRAPHS[1]}</p>"
    assert extract_html(ARTICLE.format(PROSE + refrain * 3)).text.count(PARAGRAPHS[1]) == 4
    box = f"<div>{PARAGRAPHS[1]}</div>"
    assert extract_html(ARTICLE.format(box * 2)).text.count(PARAGRAPHS[1]) == 2


def test_formulas_become_the_signs_that_they_show() -> None:
    formula = (
        "<mjx-container><svg></svg><mjx-assistive><math><mi>a</mi><mo>=</mo><mn>2</mn><annotation>TeX</annotation></math>"
        "</mjx-assistive></mjx-container>"
    )
    text = extract_html(
        ARTICLE.format(f"{PROSE}<p>The height of the silo is {formula} times that of the old one.</p>")
    ).text
    assert "silo is a = 2 times that" in text
    assert "TeX" not in text


PAGE_OF_PARTS = (
    "<title>Silo stays</title><body><article><h1>Silo stays</h1><div>{}</div></article><p>Quay Courier, all the news"
    " of the quay.</p></body>"
)


def test_an_article_in_several_parts_is_read_whole() -> None:
    parts = "".join(
        f"<div><div class='article__body'><p>{PARAGRAPHS[n % 3]} This was part {n}.</p></div><div></div></div>"
        for n in range(6)
    )
    text = extract_html(PAGE_OF_PARTS.format(parts)).text
    assert [text.find(f"This was part {n}.") > 0 for n in range(6)] == [True] * 6
    assert "all the news" not in text


def test_a_short_page_is_accepted_only_without_scripts() -> None:
    draft = extract_html("<title>Quay</title><body><p>Closed.</p></body>")
    assert draft.text == "Closed."
    assert "very short" in doubt_reasons(draft)
    with pytest.raises(RefusedError, match="no article"):
        extract_html("<title>Quay</title><body><p>Loading.</p><script>load()</script></body>")


def test_a_line_of_underscores_between_parts_stays() -> None:
    draft = extract_html(
        ARTICLE.format(f"{PROSE}<p>___</p><p>The silo was built in 1911, of brick and of good intentions.</p>")
    )
    assert "\n___\nThe silo was built" in draft.text
    assert page_marks.RULE_MARK not in draft.markdown


def test_the_label_of_a_share_plugin_behind_a_sentence_is_left_out() -> None:
    box = (
        "<blockquote><a href='https://share.example/?t=1'>Grain waits for nobody at all.Click To Tweet</a></blockquote>"
    )
    text = extract_html(ARTICLE.format(PROSE + box + PROSE)).text
    assert "Grain waits for nobody at all." in text
    assert "Tweet" not in text


@given(st.from_regex(boilerplate_labels._NOTICE))
def test_every_notice_that_the_pattern_matches_is_recognized(line: str) -> None:
    assert boilerplate_labels.is_notice(line) == (len(line) < boilerplate_labels._MAX_NOTICE)
