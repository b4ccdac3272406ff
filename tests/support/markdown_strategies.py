"""Hypothesis strategies for Markdown: ordinary news, and news with mischief in it."""

from __future__ import annotations

from hypothesis import strategies as st

PLAIN = (
    "harbour", "Skarvik", "the", "of", "6.5", "it's", "AT&T", "2019", "B2B", "Ltd", "café", "naïve", "海康威视",
    "مرفأ", "İ", "ß", "snake_case", "e.g", "x=y",
)  # fmt: skip
WORDS = (
    *PLAIN * 3, "£48m", "“Tern”", "(who", "said)", "हिन्दी", "3", "-5", "+7", "#1", "Ltd.", "yes!", "C & D", "[sic]",
    "[He]", "—", "…", "@who", "https://a.example/x_y", "50%", "🙂", "€", "A. B.",
)  # fmt: skip
URLS = (
    "https://news.example/4/445", "http://a.example", "https://a.example/", "https://a.example/x_y*z",
    "https://a.example/?q=1&b=c#d", "https://a-b.example:8080/x;y,z@w!$'", "https://a.example/%E6%B5%B7",
    "mailto:a@b.example", "https://a.example/%zz", "https://a.example/(x)", "https://A.example/", "https://1.2.3.4/",
    "https://1.2.3/", "/companies/x/", "#p", "javascript:x", "https://a.example/海", "https://海.example/", "x", "",
    "https://a.example/ 'title'", "<https://a.example/>", "https://a.example:99999/", "https://a.example:/x",
    "https://u@a.example/", "https://a..example/", "https://a.example/&copy;", "https://a.example?",
    "https://a.example#", "https://-a.example/x%41", "HTTPS://a.example/", "https://a.example/a\\_b", "//a.example/",
    "https://1.2.3.44/", "https://a.333/", "https://a.example/b^c", "https://a.example/{b}", 'https://a.example/"',
    "https://a.example/[b]", "https://a.example/ b", "https://a.example/~b", "https://a.example/%4", "https://a.co.uk.",
)  # fmt: skip
MISCHIEF = (
    *"*_#->+=[]()!&<|`\\~.:'\"1 \n\t", "**", "__", "***", "~~", "![", "](", "[x]: y", "[x][y]", "[x]", "1.", "1)",
    "10. ", "2019. ", "- ", "* ", "+ ", "> ", ">", "# ", "## ", "#", "---", "===", "- - -", "* * *", "_ _ _", "--",
    "```", "    ", "  ", "  \n", " \n", "\n ", "\n\n", "\n\n\n", "\n \n", "\r\n", "\r", "\0", "\x0b", "\x0c", "\x1c",
    "\x85", "\xa0", "\u2003", "\u2028", "\u3000", "\u200b", "\ufeff", "\u0301", "\u093f", "\ud7b0", "&amp;", "&#42;",
    "&;", "&a;", "<b>", "<https://a.example>", "|a|b|\n|-|-|\n", ":-", "a\n-|-\n", "€", "。",
)  # fmt: skip

word = st.sampled_from(WORDS)
plain = st.sampled_from(PLAIN)
url = st.sampled_from(URLS)
mischief = st.sampled_from(MISCHIEF)


def joined(parts: st.SearchStrategy[str], gaps: tuple[str, ...], most: int) -> st.SearchStrategy[str]:
    """Draw some parts (at most `most`), with a gap after each but the last."""
    pairs = st.lists(st.tuples(parts, st.sampled_from(gaps)), min_size=1, max_size=most)
    return pairs.map(lambda drawn: "".join(part + gap for part, gap in drawn)[: -len(drawn[-1][1]) or None])


def marked(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw a text between two marks of emphasis."""
    return st.tuples(st.sampled_from(["**", "*", "_", "__"]), text).map(lambda drawn: drawn[0] + drawn[1] + drawn[0])


_words = joined(word, (" ",) * 9 + ("\n",), 6)
_plain_words = joined(plain, (" ",) * 9 + ("\n",), 3)
_label = joined(st.one_of(plain, plain, plain, marked(plain)), (" ",), 3)
_link = st.tuples(_label, st.sampled_from(URLS[:7])).map("[{0[0]}]({0[1]})".format)
_inline = st.one_of(_words, _words, _words, marked(_plain_words), _link, _link.map("**{}**".format))
_text = joined(_inline, (" ",) * 6 + (", ", ". ", "\n"), 5)
_line = _text.map(lambda text: text.replace("\n", " "))
_list = st.tuples(st.sampled_from(["-", "*", "1.", "7)", "+", "0."]), st.lists(_line, min_size=1, max_size=3))
_block = st.one_of(
    _text,
    _text,
    st.tuples(st.sampled_from(["#", "##", "###", "######"]), _line).map(" ".join),
    _list.map(lambda drawn: "\n".join(f"{drawn[0]} {line}" for line in drawn[1])),
    _text.map(lambda text: "> " + text.replace("\n", "\n> ")),
)
ordinary = joined(_block, ("\n\n",) * 8 + ("\n\n\n",), 4)

# News with links to odd places, and with signs put in that mean something at some place and nothing at another.
_odd_inline = st.one_of(_text, _text, word, mischief, st.tuples(_label, url).map("[{0[0]}]({0[1]})".format))
_odd_block = st.one_of(
    _block,
    joined(_odd_inline, (" ", " ", "", "\n"), 6),
    st.tuples(mischief, joined(_odd_inline, (" ", ""), 4)).map("".join),
)
mischievous = joined(_odd_block, ("\n\n",) * 9 + ("\n", "\n\n\n", "\n \n", " \n\n"), 3)


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """Ordinary news with one or two signs put in at any place."""
    text = draw(ordinary)
    for sign in draw(st.lists(mischief, min_size=1, max_size=2)):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + sign + text[at:]
    return text


markdown = st.one_of(ordinary, mischievous, spoiled())
