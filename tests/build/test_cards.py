"""Social cards: pictures of the right size, with the name whole, drawn again when what they say changed."""

from __future__ import annotations

import functools
import re
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from site_gen.build import build_session, card_png, theme_reader
from site_gen.core.contrast import DEFAULT_ACCENT
from site_gen.core.errors import SiteError
from site_gen.pages.language import load_language
from site_gen.pages.renderer import create_environment
from site_gen.pages.views.social_cards import SocialCard, cut_to_width, fit_name, separate_arabic, without_pictures
from tests.support.search_site import write_search_site
from tests.support.sites import (
    SMALL_SITE,
    append_to_file,
    differing_files,
    edit_file,
    markdown_file,
    read_files,
    write_files,
)

if TYPE_CHECKING:
    import jinja2

    from tests.conftest import BuildOnce

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630">'
OPTIONS = build_session.BuildOptions(jobs=1, search=False)


def png_size(png: bytes) -> tuple[int, int]:
    """Return the width and height of a picture, whose data must be all there (PNG, sections 5 and 11)."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, data, width, height = 8, b"", 0, 0
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        chunk = png[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + chunk) == struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0]
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", chunk[:10])
            assert (depth, colours) == (8, 6)
        data += chunk if kind == b"IDAT" else b""
        at += 12 + length
    assert len(zlib.decompress(data)) == height * (1 + 4 * width)
    return width, height


def read_cards(out: Path) -> dict[str, bytes]:
    return {name: data for name, data in read_files(out).items() if name.endswith(".png")}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Build a site, `site`, into a folder beside it, `out`."""
    write_search_site(tmp_path / "site")
    build_session.build(tmp_path / "site", tmp_path / "out", OPTIONS)
    return tmp_path


def test_the_site_and_each_entity_have_a_card_of_the_right_size(workspace: Path) -> None:
    cards = read_cards(workspace / "out")
    assert set(cards) == {
        "cards/site.png", "cards/companies/voss.png", "cards/companies/hikvision.png", "cards/topics/storage.png",
    }  # fmt: skip
    assert {png_size(data) for data in cards.values()} == {(1200, 630)}
    assert len(set(cards.values())) == len(cards)


def test_articles_have_a_card_where_the_settings_say_so(workspace: Path) -> None:
    settings = append_to_file(workspace / "site/content/site.yaml", "cards: all\n")
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert "cards/articles/2026/chinese.png" in read_cards(workspace / "out")
    for page in (workspace / "out").rglob("*.html"):
        for url in re.findall('property="og:image" content="https://notes.example/repo/([^"]+)"', page.read_text()):
            assert (workspace / "out" / url).is_file()
    edit_file(settings, "cards: all", "cards: none")
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert read_cards(workspace / "out") == {}
    assert "og:image" not in (workspace / "out/companies/voss/index.html").read_text(encoding="utf-8")


def test_a_card_changes_with_the_name_and_the_count_and_with_nothing_else(workspace: Path) -> None:
    before = read_cards(workspace / "out")
    articles = workspace / "site/content/articles/2025"
    edit_file(articles / "crane-falls.md", "A crane falls", "Down it comes")
    edit_file(articles / "crane-falls.md", "Nobody", "No man")
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert read_cards(workspace / "out") == before
    another = markdown_file("Voss.", title="Another", published="2025-12-01", companies=["voss"])
    write_files(articles, {"another.md": another})
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    after = read_cards(workspace / "out")
    assert differing_files(after, before) == ["cards/companies/voss.png", "cards/site.png"]
    edit_file(workspace / "site/content/companies/hikvision.md", "name: Hikvision", "name: Hik")
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert differing_files(read_cards(workspace / "out"), after) == ["cards/companies/hikvision.png"]


def test_no_letter_needs_a_font_of_the_machine() -> None:
    """Each letter of many scripts is drawn, and not as the box that stands for what no font has."""
    box = draw_text("\u0378")  # a letter that there is not
    for letter in "Åж한海かनไعשამ":
        assert draw_text(letter) not in {box, draw_text("")}, letter


def draw_text(text: str) -> bytes:
    words = f'<text y="300" font-size="200" font-family="Noto Serif">{text}</text>'
    return card_png.png(f"{SVG}{words}</svg>".encode(), "card.svg")


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg" width="600" height="315"/>', "is 600 by 315 pixels"),
        ("<p>{{ page.label }}</p>", "is not a picture"),
        ("{{ page.nothing }}", "nothing"),
    ],
)
def test_a_template_of_the_site_draws_the_cards_and_its_faults_are_named(
    workspace: Path, template: str, complaint: str
) -> None:
    write_files(workspace / "site", {"templates/card.svg": f"{SVG}</svg>"})
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert len(set(read_cards(workspace / "out").values())) == 1
    write_files(workspace / "site", {"templates/card.svg": template})
    with pytest.raises(SiteError, match=rf"templates/card\.svg.*{complaint}"):
        build_session.build(workspace / "site", workspace / "out", OPTIONS)


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=200))
def test_a_name_fits_and_is_whole_unless_it_is_cut(name: str) -> None:
    size, lines = fit_name(name)
    assert len(lines) <= 4
    assert len(lines) * size <= 240
    written = "".join("".join(lines).split())
    if "…" not in written and "..." not in written:
        assert written == "".join(name.split())


LONG = {
    "Latin": "Internationale Handelsgesellschaft für Hochwasserrückhaltebeckenbau und Uferschutzhandhabung an der Elbe",
    "one word": "Handelsunternehmung" * 6,
    "wide letters": "nhumhubdwnu WMHQDOG " * 6,
    "Cyrillic": "Дирижаблестроительный завод имени Циолковского и Щербакова " * 2,
    "Chinese": "中华人民共和国国家发展和改革委员会国际航空运输货物飞艇制造有限责任公司" * 4,
    "Korean": "국제화물비행선제조주식회사 " * 12,
    "Arabic": "الشركة العالمية القابضة لتصنيع المناطيد وسفن الشحن الجوي والخدمات اللوجستية المحدودة " * 2,
    "Hebrew": "החברה הבינלאומית לייצור ספינות אוויר ומטענים כבדים בערבון מוגבל " * 2,
    "Devanagari": "अंतर्राष्ट्रीय वायुयान परिवहन और मालवाहक निर्माण कंपनी लिमिटेड भारत " * 2,
    "Thai": "บริษัทขนส่งสินค้าทางอากาศระหว่างประเทศจำกัดมหาชน" * 3,
}  # fmt: skip


@pytest.mark.parametrize("length", [120, 25])
@pytest.mark.parametrize("script", LONG)
def test_what_is_drawn_of_a_name_keeps_the_margins(script: str, length: int) -> None:
    size, lines = fit_name(LONG[script][:length].strip())
    card = replace(BLANK, size=size, lines=lines, dir="rtl" if script in {"Arabic", "Hebrew"} else "ltr")
    assert draw_margins(card) == draw_margins(BLANK), lines
    assert draw_columns(card, 80, 1040) != draw_columns(BLANK, 80, 1040)


def test_a_line_that_is_too_long_is_seen_in_the_margins() -> None:
    assert draw_margins(replace(BLANK, lines=("n" * 40,))) != draw_margins(BLANK)
    assert draw_margins(replace(BLANK, lines=("n" * 40,), dir="rtl")) != draw_margins(BLANK)


def test_small_lines_keep_the_margins_too() -> None:
    label, site_name = (
        cut_to_width("Dammhandhabung und Hubunternehmung " * 4, 1040 / 30),
        cut_to_width("Hub und Mond " * 9, 700 / 30),
    )
    assert label.endswith("…")
    assert draw_margins(replace(BLANK, label=label, site=site_name)) == draw_margins(BLANK)
    # The articles are counted to the left of the name of the site.
    assert draw_columns(replace(BLANK, site=site_name), 300, 80) == draw_columns(BLANK, 300, 80)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("شركة Hikvision (هيكفيجن)", ["شركة", "Hikvision", "هيكفيجن"]),
        ("شركة 2026", ["شركة 2026"]),
        ("Hikvision & Co.", ["Hikvision & Co."]),
    ],
)
def test_arabic_shares_no_line_with_letters_that_its_font_has_not(name: str, lines: list[str]) -> None:
    assert list(fit_name(separate_arabic(name))[1]) == lines


def test_a_line_that_is_cut_ends_on_its_own_side() -> None:
    assert fit_name(LONG["Latin"])[1][-1].endswith("…")
    assert fit_name(LONG["Arabic"])[1][-1].startswith("...")
    assert fit_name(LONG["Hebrew"] * 2)[1][-1].startswith("…")


BLANK = SocialCard(
    label="Company", lines=(), size=58, cjk="SC", dir="ltr", facts="12 articles", chart=None, site="",
    logo=None, logo_width=0, logo_height=0,
)  # fmt: skip


@functools.cache
def theme_template() -> jinja2.Template:
    templates = theme_reader.read_theme(Path("/nowhere")).templates
    return create_environment(templates, load_language("en")).get_template("card.svg")


def draw_columns(card: SocialCard, left: int, width: int) -> bytes:
    """Return a picture of some columns of a card, below the rule at its head; left and width are in pixels."""
    svg = theme_template().render(page=card, site={"accent": DEFAULT_ACCENT})
    box = f'viewBox="{left} 20 {width} 610" preserveAspectRatio="none"'
    return card_png.png(svg.replace('viewBox="0 0 1200 630"', box).encode(), "card.svg")


def draw_margins(card: SocialCard) -> tuple[bytes, bytes]:
    """Return pictures of the left and the right margin of a card."""
    return draw_columns(card, 0, 78), draw_columns(card, 1122, 78)


@pytest.mark.parametrize("name", ["Hikvision", "海康威视"])
def test_a_short_name_stands_on_one_line(name: str) -> None:
    assert fit_name(name) == (116, (name,))


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Voss \U0001f6a2 Quay", "Voss Quay"),
        ("\U0001f469\u200d\U0001f680Crew\U0001f44d\U0001f3fd", "Crew"),
        ("Caf\u00e9 \u2615\ufe0f", "Caf\u00e9"),
        ("Leith \U0001f3f4\U000e0067\U000e0062\U000e007f \U0001f1ec\U0001f1e7", "Leith"),
        ("\u3231\u6771\u829d", "\u3231\u6771\u829d"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
        ("\U0001f6a2", "\U0001f6a2"),
    ],
)
def test_pictures_that_no_font_has_are_not_drawn(text: str, drawn: str) -> None:
    assert without_pictures(text) == drawn


def test_a_site_to_be_read_from_the_disk_has_no_cards(build_once: BuildOnce) -> None:
    assert read_cards(build_once(SMALL_SITE, offline=True)) == {}
