"""Attack strings in every field of a site, opened in a real Chromium: nothing runs, all is shown as text."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from site_gen.build import build_session
from tests.support.attacks import ATTACKS
from tests.support.browser import SCRIPTS, PageMonitor, serve_folder
from tests.support.sites import markdown_file, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Call

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def attacked_output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the output of a site whose every field holds attack strings."""
    settings = {"title": f"Mine {ATTACKS[1]}", "tagline": ATTACKS[3], "text": "full"}
    files = {
        "content/site.yaml": json.dumps({**settings, "base_url": "https://example.org/repo/"}),
        "content/about.md": "\n\n".join(ATTACKS),
    }
    for n, attack in enumerate(ATTACKS):
        text = f"{attack} no {n}"
        files[f"content/companies/c{n}.md"] = markdown_file(
            attack, name=text, names=[f"other {attack}"], facts={f"label {attack}": text}
        )
        files[f"content/topics/t{n}.md"] = markdown_file(attack, name=text, keywords=[f"keyword {attack}"])
        files[f"content/articles/2026/a{n}.md"] = markdown_file(
            f"{attack}\n\n# {attack}\n\n- {attack}\n\n> {attack}\n\nwords {attack} words",
            title=text, author=[text], site=text, description=text, published=f"2026-01-{n % 28 + 1:02}",
            companies=[f"c{n}", f"tag {attack}"], topics=[f"t{n}"],
        )  # fmt: skip
    site = write_files(tmp_path_factory.mktemp("attacked") / "site", files)
    build_session.build(site, site.parent / "repo")
    return site.parent / "repo"


# The number of each thing that no page may have.
FORBIDDEN_COUNTS = """() => {
  const all = selector => [...document.querySelectorAll(selector)];
  return [
    SCRIPTS,
    all('iframe, img, form:not(.find), object, embed, base, template, plaintext, math').length,
    all('a').filter(a => !['http:', 'https:', 'mailto:'].includes(a.protocol)).length,
    all('*').filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
    all('style, meta[http-equiv=refresh]').length,
  ];
}""".replace("SCRIPTS", SCRIPTS)


def test_no_attack_runs_and_each_is_shown_as_text(chromium: Browser, attacked_output: Path) -> None:
    with serve_folder(attacked_output.parent) as root, contextlib.closing(chromium.new_context()) as context:
        home = root + "repo/"
        page = context.new_page()
        monitor = PageMonitor(page, home)
        names = ["", "about/", "companies/", "topics/", "archive/2026/01/"]
        titles: dict[str, str] = {}  # the title that each page shall show
        for n, attack in enumerate(ATTACKS):
            shown = " ".join(attack.replace("\u202e", "").replace("\u202c", "").split()) + f" no {n}"
            titles |= {f"articles/2026/a{n}/": shown, f"{'topics/t' if n % 3 else 'companies/c'}{n}/": shown}
        for name in [*names, *titles]:
            page.goto(home + name, wait_until="load")
            monitor.require_clean()
            assert page.evaluate(FORBIDDEN_COUNTS) == [0, 0, 0, 0, 0], name
            if name in titles:
                assert " ".join((page.text_content("h1") or "").split()) == titles[name]
                assert titles[name] in " ".join(page.title().split())
        monitor.require_clean()


def test_articles_added_from_hostile_pages_run_nothing(
    chromium: Browser, call: Call, site: Path, tmp_path: Path
) -> None:
    files: dict[str, str | bytes] = {}
    text = "The harbour board agreed on Tuesday to let the old grain silo stand for another ten years, after a meeting."
    for n, attack in enumerate(ATTACKS):
        escaped = attack.replace("&", "&amp;").replace("<", "&lt;")
        author = escaped.replace("'", "&#39;")
        files[f"<img src=x onerror=alert({n})>.html"] = (
            f"<html><head><title>Silo {n} {escaped}</title><meta name=author content='{author}'>{attack}</head><body>"
            f"<article><h1>Silo {n} {escaped}</h1><p>{text}</p><p>{escaped} {text}</p><p>{attack} {text}</p>"
            f"<p><a href='javascript:alert(99)'>{text}</a></p></article></body></html>"
        )
        if n % 3 == 0:
            plain = f"Silo {n} {attack}\n\n{text} {n}\n\n{attack}\n\n{text[:-1]}, said number {n} of them.\n"
            files[f"{n} plain.txt"] = plain
    call("add", "--site", site, write_files(tmp_path / "hostile", files))
    out = tmp_path / "repo"
    assert call("build", "--site", site, "--output", out, "--base-url", "https://example.org/repo/").status == 0
    articles = sorted(path.parent.relative_to(out).as_posix() for path in (out / "articles").rglob("index.html"))
    assert len(articles) > len(ATTACKS)
    with serve_folder(tmp_path) as root, contextlib.closing(chromium.new_context()) as context:
        page = context.new_page()
        monitor = PageMonitor(page, root)
        for name in ["", *articles]:
            page.goto(f"{root}repo/{quote(name)}{'/' if name else ''}")
            unwanted = SCRIPTS + " + document.querySelectorAll('iframe, img, form:not(.find), style').length"
            assert page.evaluate(unwanted) == 0, name
        monitor.require_clean()
