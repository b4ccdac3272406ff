"""What pages say with their structure comes through: code, quotations, tables, notes, formulas, numbers of lists."""

from __future__ import annotations

import re

import pytest

from tests.conftest import PARAGRAPHS
from tests.support.extraction import ARTICLE, PROSE, canonical_link, doubt_reasons, extract_file, extract_html


def markdown_of(markup: str) -> str:
    """Return the Markdown of what stands between the paragraphs of an article, and check that these are there."""
    markdown = extract_html(ARTICLE.format(f"{PROSE}{markup}{PROSE.replace('grain', 'corn')}")).markdown
    blocks = markdown.split(PARAGRAPHS[-1] + "\n\n")[1].split(PARAGRAPHS[0].replace("grain", "corn"))
    assert len(blocks) == 2, markdown
    return blocks[0].strip("\n")


SILO = "for bin in bins:\n    if bin.is_full():\n\n        bin.empty('*a*')"

SILO_IN_BOXES = "".join(f"<div><div>{line or chr(10)}</div></div>" for line in SILO.split("\n"))


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        (f"<pre><code>{SILO}</code></pre>", f"```\n{SILO}\n```"),
        (f"<pre class='x'><span>{SILO.replace(chr(10), '<br>')}</span></pre>", f"```\n{SILO}\n```"),
        (
            f"<pre><code>{SILO_IN_BOXES}</code></pre>",
            f"```\n{SILO}\n```",
        ),
        (
            "<pre><code><span class='line-number'>1</span>sow()\n<span class='line-number'>2</span>reap()</code></pre>",
            "```\nsow()\nreap()\n```",
        ),
        (
            "<table><tr><td><pre>1\n2</pre></td><td><pre>sow()\n  reap()</pre></td></tr></table>",
            "```\nsow()\n  reap()\n```",
        ),
        (
            (
                "<table><tr><td class=n></td><td class=code>sow()</td></tr>"
                "<tr><td class=n></td><td class=code>reap()</td></tr>"
                "</table>"
            ),
            "```\nsow()\nreap()\n```",
        ),
        (
            (
                "<ol><li><p>Fill the bin:</p>"
                "<pre><code>fill --all\nweigh &lt;bin&gt;</code></pre></li><li>Shut it.</li></ol>"
            ),
            "1. Fill the bin:\n\n   ```\n   fill --all\n   weigh <bin>\n   ```\n2. Shut it.",
        ),
        (
            "<div class=highlight><div class=line>sow()</div><div class=line>  reap()</div></div>",
            "```\nsow()\n  reap()\n```",
        ),
        (
            "<div><pre class='code-line'>sow()</pre><pre class='code-line'>  reap()</pre></div>",
            "```\nsow()\n  reap()\n```",
        ),
        ("<pre><code>```\nfence\n```</code></pre>", "````\n```\nfence\n```\n````"),
        (
            "<blockquote><p>Run this:</p><pre><code>fill\n\nweigh</code></pre></blockquote>",
            "> Run this:\n>\n> ```\n> fill\n>\n> weigh\n> ```",
        ),
        (
            "<p>Write <code>&lt;bin&gt;</code> or <code>__silo__</code>, not <code>a`b</code> here.</p>",
            "Write `<bin>` or `__silo__`, not ``a`b`` here.",
        ),
        (
            "<table><tr><th>Key</th><th>Does</th></tr><tr><td><code>a|b</code></td><td>fills</td></tr></table>",
            "| Key | Does |\n|---|---|\n| `a\\|b` | fills |",
        ),
    ],
)
def test_code_keeps_its_lines_and_signs(markup: str, wanted: str) -> None:
    assert markdown_of(markup) == wanted


def test_a_poem_is_no_code() -> None:
    verses = ("The silo stands beside the sea,", "and nobody knows why it should be.")
    assert markdown_of(f"<pre>{chr(10).join(verses)}</pre>") == "\n\n".join(verses)


def test_a_mail_in_pre_has_paragraphs() -> None:
    first = "The bins of the pier, which were full to the brim in autumn,"
    second = "are empty now, and all who have worked there know why they are."
    lines = f"{first}\n{second}\n\nYours, the pier."
    wanted = f"{first} {second}"
    assert markdown_of(f"<pre>{lines}</pre>") == f"{wanted}\n\nYours, the pier."


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        (
            (
                "<blockquote><p>The guild wrote:</p>"
                "<blockquote>No grain, no bread.</blockquote><p>That was all.</p></blockquote>"
            ),
            "> The guild wrote:\n>\n> > No grain, no bread.\n>\n> That was all.",
        ),
        (
            (
                "<blockquote class=post><p>The first bin is full.</p>"
                "&mdash; Elmswick Port <a href='https://p.example/1'>1 May</a>"
                "</blockquote><blockquote><p>The second, too.</p></blockquote>"
            ),
            "> The first bin is full.\n>\n> — Elmswick Port [1 May](https://p.example/1)\n\n> The second, too.",
        ),
        ("<blockquote><ul><li>rye</li><li>oats</li></ul></blockquote>", "> - rye\n> - oats"),
        ("<blockquote><b>Nobody</b> was asked.</blockquote>", "> **Nobody** was asked."),
        ("<blockquote># seven</blockquote>", "> \\# seven"),
        (
            "<ol><li>One:<blockquote>No grain, no bread.</blockquote></li><li>Two.</li></ol>",
            "1. One:\n\n   > No grain, no bread.\n2. Two.",
        ),
        ("<blockquote><p>No bread.</p><footer>— A baker</footer></blockquote>", "> No bread.\n>\n> — A baker"),
        ("<p>They said <q>no bread</q> to us.</p>", "They said “no bread” to us."),
        (
            (
                "<figure><blockquote><p>Bread is bread.</p></blockquote>"
                "<figcaption>— A baker of Elmswick</figcaption></figure>"
            ),
            "> Bread is bread.\n\n— A baker of Elmswick",
        ),
    ],
)
def test_quotations_keep_their_mark_and_level(markup: str, wanted: str) -> None:
    assert markdown_of(markup) == wanted


def test_a_page_within_a_quotation_is_not_quoted() -> None:
    assert ">" not in extract_html(f"<body><blockquote>{PROSE * 3}</blockquote></body>").markdown


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        ("<p>It weighs 3 × 10<sup>-6</sup> t of CO<sub>2</sub>.</p>", "It weighs 3 × 10⁻⁶ t of CO₂."),
        ("<p>It is dated by <sup>14</sup>C, they say.</p>", "It is dated by ¹⁴C, they say."),
        ("<p>Of the barley<a href='#fn1'>1</a> and rye.</p>", "Of the barley[\\[1\\]](#fn1) and rye."),
        ("<p>The 2<sup>nd</sup> bin has 40 m<sup>3</sup>.</p>", "The 2nd bin has 40 m³."),
        ("<p>Of the barley<sup>1</sup> and rye.<sup>2</sup></p>", "Of the barley\\[1\\] and rye.\\[2\\]"),
        (
            "<p>They sold 4,000<sup><a href='#n3'>3</a></sup> sacks.</p>",
            "They sold 4,000[\\[3\\]](#n3) sacks.",
        ),
        (
            (
                "<p>The pier is old<label class='margin-toggle'></label>"
                "<span class='sidenote'>It is of oak.</span> and low.</p>"
            ),
            "The pier is old and low.\n\nIt is of oak.",
        ),
        (
            "<ol><li>The guild’s book, page 4. <a href='#r1'>↩</a></li><li>So it was in May.</li></ol>",
            "1. The guild’s book, page 4.\n2. So it was in May.",
        ),
    ],
)
def test_exponents_stay_raised_and_notes_apart(markup: str, wanted: str) -> None:
    assert markdown_of(markup) == wanted


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        (
            "<table><tr><td>Height</td><td>40 m</td></tr><tr><td>Bins</td><td>6</td></tr></table>",
            "|  |  |\n|---|---|\n| Height | 40 m |\n| Bins | 6 |",
        ),
        (
            (
                "<table><caption>Bins of the pier</caption><tr><th colspan=2>Grain</th></tr>"
                "<tr><td>Kinds</td><td><ul><li>Rye</li><li>Oats</li></ul></td></tr></table>"
            ),
            "Bins of the pier\n\n| Grain |  |\n|---|---|\n| Kinds | Rye; Oats |",
        ),
        (
            (
                "<table role=presentation><tr><td><p>The bins are full.</p></td></tr>"
                "<tr><td><p>The pier is not.</p></td></tr>"
                "</table>"
            ),
            "The bins are full.\n\nThe pier is not.",
        ),
        (
            "<div>The bins are <b>full</b>.<br><br>The pier is not.<br>It never was.</div>",
            "The bins are **full**.\n\nThe pier is not.\n\nIt never was.",
        ),
        (
            "<p>This is the list:</p><div>The town <i>pays</i> for all of the bins.</div><p>And that is all of it.</p>",
            "This is the list:\n\nThe town *pays* for all of the bins.\n\nAnd that is all of it.",
        ),
        ("<ol><li>Rye</li><li value=7>Oats</li><li>Corn</li></ol>", "1. Rye\n7. Oats\n8. Corn"),
        (
            "<details><summary><h4>Who pays for the bins?</h4></summary><p>The town pays for them.</p></details>",
            "## Who pays for the bins?\n\nThe town pays for them.",
        ),
        (
            "<h3><a href='#bins'>#</a>Who <em>pays</em> for bins</h3><p>The town pays for all of them.</p>",
            "### Who *pays* for bins\n\nThe town pays for all of them.",
        ),
        ("<table><tr><td>The bins</td><td>are full.</td></tr></table>", "The bins\n\nare full."),
        (
            (
                "<table><tr><td><table><tr><td>The bins are full.</td>"
                "<td>The pier is not.</td></tr></table></td></tr></table>"
            ),
            "The bins are full.\n\nThe pier is not.",
        ),
        ("<ol start=4><li>Rye</li><li>Oats</li></ol>", "4. Rye\n5. Oats"),
        (
            "<h3><button aria-expanded=false>Who pays for the bins?</button></h3><p>The town pays for all of them.</p>",
            "### Who pays for the bins?\n\nThe town pays for all of them.",
        ),
        (
            (
                "<div><button class='faq-toggle'>Who pays for the bins?</button>"
                "<div><p>The town pays for all of them.</p></div></div>"
            ),
            "### Who pays for the bins?\n\nThe town pays for all of them.",
        ),
        (
            "<p class='d-none d-md-block'>The town pays.</p><p class='d-md-none'>The town pays.</p>",
            "The town pays.",
        ),
    ],
)
def test_tables_lists_and_headings_say_what_they_are(markup: str, wanted: str) -> None:
    assert markdown_of(markup) == wanted


@pytest.mark.parametrize(
    "formula",
    [
        "<span class='katex'><span><math><mi>ρ</mi></math></span><span class='katex-html'>ρ</span></span>",
        (
            "<span class='MathJax_Preview'>ρ</span><span class='MathJax'><nobr><span>ρ</span></nobr>"
            "<span class='MJX_Assistive_MathML'><math><mi>ρ</mi></math></span></span>"
            "<script type='math/tex'>\\rho</script>"
        ),
        (
            "<span class='mwe-math-element'><span style='display:none'><math><semantics><mi>ρ</mi>"
            "<annotation>\\rho</annotation>"
            "</semantics></math></span><img alt='\\rho'></span>"
        ),
    ],
)
def test_a_formula_stands_once(formula: str) -> None:
    assert markdown_of(f"<p>The grain’s density {formula} is low.</p>") == "The grain’s density ρ is low."


@pytest.mark.parametrize(
    "source", ["<script type='math/tex'>r_1^2</script>", "<img class=latex alt='r_1^2' src=f.png>"]
)
def test_a_formula_that_nothing_draws_is_its_source(source: str) -> None:
    assert markdown_of(f"<p>The floor is {source} wide.</p>") == "The floor is `r_1^2` wide."


def test_the_powers_in_a_formula_stay_raised() -> None:
    formula = "<math><mi>x</mi><mo>=</mo><msup><mi>r</mi><mn>2</mn></msup></math>"
    assert markdown_of(f"<p>The floor is {formula} wide.</p>") == "The floor is x = r² wide."


@pytest.mark.parametrize("box", ["{}", "<div class='body markup'>{}</div>"])
def test_a_bare_page_keeps_headings_and_lists(box: str) -> None:
    text = f"{PROSE}<h2>What is in it</h2><ul><li>Rye from the hills</li><li>Oats from the plain</li></ul>{PROSE}"
    markdown = extract_html(f"<title>Silo</title><body><h1>Silo</h1>{box.format(text)}</body>").markdown
    assert "\n\n## What is in it\n\n- Rye from the hills\n- Oats from the plain\n\n" in markdown


@pytest.mark.parametrize("attribute", ["shadowrootmode=open", "shadowmode='open'"])
def test_the_text_in_a_shadow_root_is_text(attribute: str) -> None:
    markup = (
        f"<title>Silo stays</title><body><x-story><template {attribute}><h1>Silo stays</h1>{PROSE}</template></x-story>"
    )
    draft = extract_html(markup)
    assert all(paragraph in draft.text for paragraph in PARAGRAPHS)
    assert draft.title == "Silo stays"


@pytest.mark.parametrize("start", ["<div><div>", "<div id='readability-page-1' class='page'><div>", "<section><div>"])
def test_a_fragment_of_a_page_is_a_page(start: str) -> None:
    """Reading lists keep what Readability leaves of a page: one box within another."""
    end = "".join(f"</{name}>" for name in reversed(re.findall(r"<(\w+)", start)))
    draft = extract_file(
        f"{start}<h1>Silo stays</h1>{PROSE}<h2>What it costs</h2>{PROSE.replace('grain', 'corn')}{end}"
    )
    assert all(paragraph in draft.text for paragraph in PARAGRAPHS)
    assert "## What it costs" in draft.markdown


@pytest.mark.parametrize(
    ("href", "wanted"),
    [
        ("two.html", "https://quay.example/2025/silo/two.html"),
        ("../map?a=1&section=2", "https://quay.example/2025/map?a=1&section=2"),
        ("/about", "https://quay.example/about"),
        ("#notes", "https://quay.example/2025/silo/one.html#notes"),
    ],
)
def test_links_lead_where_they_lead_on_the_page(href: str, wanted: str) -> None:
    head = canonical_link("https://quay.example/2025/silo/one.html")
    text = f"<p>Of this there is <a href='{href}'>a second part</a> that says more about the silo and its towers.</p>"
    text = PROSE + text + PROSE.replace("grain", "corn")
    assert f"[a second part]({wanted})" in extract_html(head + ARTICLE.format(text)).markdown


def test_cards_in_an_article_and_articles_below_it_are_not_its_text() -> None:
    card = "<article><h3><a href='/a'>Ferry stays, too</a></h3><p>The ferry was to end in May.</p></article>"
    other = f"<article><h1>Bridge opens</h1>{PROSE.replace('grain', 'bridge')}</article>"
    page = ARTICLE.format(f"{PROSE}{card}{PROSE.replace('grain', 'corn')}").replace("</article>", "</article>" + other)
    text = extract_html(page.replace(card + other, card)).text
    assert "grain" in text
    assert "corn" in text
    assert "ferry" not in text
    assert "bridge" not in text


@pytest.mark.parametrize(
    ("markup", "is_part"),
    [
        ("<link rel=next href='/silo?page=2'>", True),
        ("<link rel=next href='/silo/2'>", True),
        ("<link rel=next href='/silo-2.html'>", True),
        ("<link rel=next href='/ferry'>", False),
        ("<div><span>Seite 1 von 3</span></div>", True),
        ("<div><span>Page 1 of 1</span></div>", False),
    ],
)
def test_the_first_of_several_pages_is_in_doubt(markup: str, is_part: bool) -> None:
    draft = extract_html(
        canonical_link("https://quay.example/silo") + ARTICLE.format(PROSE + markup + PROSE.replace("grain", "corn"))
    )
    assert any("several pages" in reason for reason in doubt_reasons(draft)) == is_part


def test_the_marks_of_a_press_release_are_not_its_text() -> None:
    above = "<p><strong>FOR IMMEDIATE RELEASE</strong></p><p>Media contact: Ida Holm, ida@port.example</p>"
    text = extract_html(ARTICLE.format(f"{above}{PROSE}<p>###</p><p>Press contact: 555-0199</p>")).text
    assert text.split() == " ".join(PARAGRAPHS).split()


@pytest.mark.parametrize(
    "line",
    ["[edit]", "[bearbeiten]", "View in your browser", "Suivez-nous", "Wir verwenden auf dieser Seite Cookies.",
     "Subscribe to continue reading.", "Questo sito utilizza cookies.", "Contenido para suscriptores"],
)  # fmt: skip
def test_lines_of_the_page_are_not_its_text(line: str) -> None:
    text = extract_html(ARTICLE.format(f"{PROSE}<p>{line}</p>{PROSE.replace('grain', 'corn')}")).text
    assert text.split() == " ".join([*PARAGRAPHS, *(part.replace("grain", "corn") for part in PARAGRAPHS)]).split()


@pytest.mark.parametrize("scripts", [0, 3])
def test_a_short_page_in_a_script_without_blanks_is_an_article(scripts: int) -> None:
    text = "<p>港湾委員会は火曜日、古い穀物倉庫をさらに十年間残すことを決めた。</p><p>長い議論の末の結論だった。</p>"
    page = f"<title>港の倉庫</title>{'<script>a()</script>' * scripts}<body><nav><a href=/>ホーム</a></nav>"
    draft = extract_html(f"{page}<article><h1>港の倉庫</h1>{text}</article></body>")
    assert draft.text.split() == re.findall("<p>(.*?)</p>", text)


def test_a_title_of_one_word_is_the_blogs_name() -> None:
    draft = extract_html(f"<title>Quayblog</title><body><article><h1>The silo stays</h1>{PROSE}</article></body>")
    assert draft.title == "The silo stays"
    assert doubt_reasons(draft, "title")
