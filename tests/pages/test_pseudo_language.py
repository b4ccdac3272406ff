"""No English but what goes through the catalogue: pages, feeds and mails in a language that has no Latin letter."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import pytest

from site_gen.build import build_session, theme_reader
from site_gen.build.deferred_files import is_deferred
from site_gen.pages.language import load_language
from site_gen.pages.renderer import Renderer, create_environment
from site_gen.publish import issue_email, permalinks
from site_gen.site import coverage
from tests.support import pseudo_language
from tests.support.checkers import FRAMES
from tests.support.issue_sites import article_file
from tests.support.pseudo_language import english_words
from tests.support.sites import edit_file, markdown_file, own_words, read_files, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from site_gen.content.records import Page

TEMPLATES = theme_reader.read_theme(Path("/nowhere")).templates
OPTIONS = build_session.BuildOptions("https://notes.example/", jobs=1)
CYRILLIC = str.maketrans("abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопярстувшжыз")
NAMES = {"voss": "Восс", "rye-mill": "Ржаной", "tallow-pier": "Пирс", "old-yard": "Верфь"}
WEEKS, FIRST = 30, dt.date(2025, 3, 3)


def note(number: int, day: dt.date | None, *companies: str, **fields: object) -> dict[str, str]:
    """Return the file of an article in Cyrillic letters that names these companies."""
    named = " и ".join(NAMES[company] for company in companies) or "Никто"
    body = f"{named} построит новый зернохранилище у моря до осени этого года. {own_words(number).translate(CYRILLIC)}"
    head = {
        "title": f"Заметка {number}",
        "site": f"Курьер {number % 3}",
        "language": "ru",
        "source": f"https://a.example/{number}",
    }
    name, text = article_file(
        number, str(day) if day else None, body=body, companies=list(companies), **{**head, **fields}
    )
    return {name: text}


def articles() -> Iterator[dict[str, str]]:
    for week in range(WEEKS):
        for weekday in range(4):
            company = ("voss", "rye-mill")[:: 1 if week % 2 else -1] if weekday == 0 else ("tallow-pier",)
            yield note(week * 10 + weekday, FIRST + dt.timedelta(days=7 * week + weekday), *company, topics=["storage"])
    for number in range(8):
        yield note(900 + number, FIRST + dt.timedelta(days=7 * WEEKS - 7 + number % 7), "rye-mill")
    yield note(920, None, "voss")
    yield note(921, dt.date(2025, 4, 2), "voss", doubts={"published": "после дня сохранения"})
    yield note(922, dt.date(2025, 4, 3), "voss", text="full")
    yield note(923, dt.date(2024, 4, 3), "voss", "rye-mill")
    yield note(924, dt.date(2023, 4, 3))
    yield note(925, dt.date(2025, 9, 22), "old-yard")


def write_site(folder: Path) -> Path:
    files = {
        "content/site.yaml": "title: Заметки\ntagline: О море\nbase_url: https://notes.example/\n"
        f"language: {pseudo_language.TAG}\n"
        "cards: all\nkinds:\n  people: {label: Люди, singular: Человек}\n",
        "content/topics/storage.md": markdown_file(name="Хранение", keywords=["зернохранилище"]),
        "content/people/anna.md": markdown_file(name="Анна Ветрова"),
        **{f"content/companies/{slug}.md": markdown_file(name=name) for slug, name in NAMES.items()},
    }
    for article in articles():
        files |= article
    return write_files(folder, files)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, bytes]]:
    """Return, by template and address, what is drawn."""
    render, by_template = Renderer.render, dict[str, dict[str, bytes]]()

    def note_page(self: Renderer, page: Page) -> bytes:
        data = render(self, page)
        by_template.setdefault(page.template, {})[page.url] = data
        return data

    monkeypatch.setattr(Renderer, "render", note_page)
    return by_template


def published_site(folder: Path) -> Path:
    """Write a site, publish it, and change it: its issues have additions and corrections, addresses are gone."""
    write_site(folder)
    build_session.build(folder, folder / "output", OPTIONS)
    permalinks.record(folder, dt.date(2025, 12, 1))
    write_files(folder, note(940, dt.date(2025, 9, 24), "voss"))
    edit_file(folder / "content/articles/2026/note-901.md", "Заметка 901", "Новая заметка")
    (folder / "content/articles/2026/note-902.md").unlink()
    for path in ("content/companies/old-yard.md", "content/articles/2026/note-925.md"):
        (folder / path).unlink()
    for url in ("/companies/old-yard/", "/articles/2026/note-925/", "/articles/2026/note-902/"):
        permalinks.declare_gone(folder, url, dt.date(2025, 12, 2), "Верфь")
    write_files(folder, {"content/issues/2025-w39.md": markdown_file("Слово редакции.", title="Неделя")})
    return folder


def outputs(folder: Path) -> Mapping[str, bytes]:
    """Return what readers of a site see, by name: the files of pages and feeds, and two issues as mails."""
    build_session.build(folder, folder / "output", OPTIONS)
    files = {name: data for name, data in read_files(folder / "output").items() if not is_deferred(name)}
    for key in ("2025-w39", "2025-08"):
        _, mail = issue_email.render_email(folder, key, OPTIONS.base_url)
        files |= {f"{key}.html": mail.html.encode(), f"{key}.txt": f"{mail.subject}\n{mail.text}".encode()}
    del files["robots.txt"]
    return files


def test_nothing_is_english_that_went_through_no_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawn: dict[str, dict[str, bytes]]
) -> None:
    monkeypatch.setattr(coverage, "MAX_LISTED_STORIES", 20)
    (tmp_path / "locale").mkdir()
    with pseudo_language.spoken(tmp_path / "locale"):
        files = outputs(published_site(tmp_path / "site"))
    files = {**files, **{f"{url}.svg": data for url, data in drawn["card.svg"].items()}}
    words = {name: latin for name, data in files.items() if (latin := english_words(name, data))}
    assert words == {}
    assert set(drawn) >= {name for name in TEMPLATES if not name.startswith("theme/")} - PARTS


PARTS = FRAMES | {"feed_head.xml"}
_ELEMENT = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_UNREAD = re.compile(
    r'<style>.*?</style>|<script.*?</script>|{% block policy %}.*?{% endblock %}| lang="{{ site.owner }}"', re.DOTALL
)
_READ = re.compile(r"""(?:title|aria-label|alt|placeholder)="([^"]*)\"""")


@pytest.mark.parametrize("name", sorted(name for name in TEMPLATES if name.endswith((".html", ".xml"))))
def test_a_template_has_no_words_outside_of_messages(name: str) -> None:
    """Of all branches of a template, those too that the site above never takes."""
    source = _UNREAD.sub("", TEMPLATES[name])
    texts: list[str] = []
    env = create_environment({}, load_language("en"))
    for _, kind, text in jinja2.Environment.lex(env, source):
        texts.append(
            text if kind == "data" else "" if kind.startswith("comment") else "¤" if kind == "variable_end" else ""
        )
    page = "".join(texts)
    shown = " ".join([_ELEMENT.sub(" ", page), *_READ.findall(page)])
    assert set(re.findall(r"[A-Za-z]{2,}", re.sub(r"&\w+;", "", shown))) <= {
        "Atom",
        "JSON",
        "Feed",
        "sha",
        "site_gen",
        "site",
        "gen",
        "Wikidata",
    }
