"""What the search index holds of a page, and what the script that asks it knows of that."""

from __future__ import annotations

from pathlib import Path

from site_gen.core.folding import HIDDEN, PLAIN_LETTERS, write_plainly
from site_gen.pages.search_records import BREAK, PLAIN_WORDS, join_content

ROOT = Path(__file__).parents[2]


def test_words_that_not_everybody_can_type_are_indexed_in_plain_letters_too() -> None:
    content = join_content(["Ærø, né", "ærø\u00adby"], "Łódź", "Der Straßenbau")
    assert content == "Ærø, né ¶ ærø\u00adby ¶  ¶ Łódź ¶¶ aero, aeroby lódź strassenbau"
    assert join_content(["né"], "", "") == "né ¶  ¶ "
    assert join_content(["as is"], "x", "y") == "as is ¶  ¶ x"


def test_a_text_is_written_plainly() -> None:
    assert write_plainly("ŒUVRE ﬁn Ｚ ẞ ı") == "oeuvre fin z ss i"
    assert write_plainly("Né I") == "Né I"


def test_the_script_and_the_index_fold_by_one_table() -> None:
    script = (ROOT / "templates/assets/search.js").read_text("utf-8")
    assert "root.dataset.plainLetters" in script
    assert "".join(f"\\u{ord(sign):04x}" for sign in HIDDEN) in script
    assert f'BREAK = "{BREAK}", PLAIN_WORDS = "{PLAIN_WORDS}"' in script
    page = (ROOT / "tests/golden/search/index.html").read_text("utf-8")
    table = page.partition('data-plain-letters="')[2].partition('"')[0].split()
    assert dict(zip(table[::2], table[1::2], strict=True)) == PLAIN_LETTERS
