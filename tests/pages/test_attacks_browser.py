"""Attack strings in every field of a site, opened in a real Chromium: nothing runs, all is shown as text."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from site_gen.build import build_session
from tests.support.browser import SCRIPTS, PageMonitor, serve_folder
from tests.support.sites import write_files

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Call

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

ATTACKS = [
    "<script>alert(1)</script>",
    "</title><script>alert(2)</script>",
    "</script><script>alert(3)</script>",
    '"><img src=x onerror=alert(4)>',
    "'><svg onload=alert(5)>",
    "<iframe srcdoc='<script>alert(6)</script>'></iframe>",
    "[click](javascript:alert(7))",
    "[click](JaVaScRiPt:alert(8))",
    "[click](java&#10;script:alert(9))",
    "[click](data:text/html,<script>alert(10)</script>)",
    "[click](vbscript:alert(11))",
    "![x](javascript:alert(12))",
    '![x](x "onerror=alert(13)")',
    "<javascript:alert(14)>",
    "[x]: javascript:alert(15)",
    "{{ 7*7 }}{% for x in y %}",
    "{{ config.__class__.__mro__ }}",
    "{#- hidden -#}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "--><script>alert(16)</script><!--",
    "]]><script>alert(17)</script>",
    "&lt;script&gt;alert(18)&lt;/script&gt;",
    "&#x3c;script&#x3e;alert(19)&#x3c;/script&#x3e;",
    "\u202etxet desrever\u202c <b>20</b>",
    "<style>*{display:none}</style>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action=https://evil.example/><button>21</button></form>",
    "<a href=' javascript:alert(22)'>x</a>",
    "`</code><script>alert(23)</script>`",
    "<math><mtext></p><script>alert(24)</script>",
    "<template><script>alert(25)</script></template>",
    "<plaintext>",
    "<noscript><p title='</noscript><script>alert(26)</script>'>",
    "\\<script>alert(27)\\</script>",
]


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site whose every field holds attack strings."""
    site = tmp_path_factory.mktemp("attacked") / "site"
    files = {
        "content/site.yaml": f"title: {quoted('Mine ' + ATTACKS[1])}\ntagline: {quoted(ATTACKS[3])}\ntext: full\n"
        "base_url: https://example.org/repo/\n",
        "content/about.md": "\n\n".join(ATTACKS),
    }
    for n, attack in enumerate(ATTACKS):
        text = quoted(f"{attack} no {n}")
        files[f"content/companies/c{n}.md"] = (
            f"---\nname: {text}\nnames: [{quoted('other ' + attack)}]\n"
            f"facts: {{{quoted('label ' + attack)}: {text}}}\n---\n{attack}\n"
        )
        files[f"content/topics/t{n}.md"] = (
            f"---\nname: {text}\nkeywords: [{quoted('keyword ' + attack)}]\n---\n{attack}\n"
        )
        files[f"content/articles/2026/a{n}.md"] = (
            f"---\ntitle: {text}\nauthor: [{text}]\nsite: {text}\ndescription: {text}\n"
            f"published: 2026-01-{n % 28 + 1:02}\n"
            f"companies: [c{n}, {quoted('tag ' + attack)}]\ntopics: [t{n}]\n---\n"
            f"{attack}\n\n# {attack}\n\n- {attack}\n\n> {attack}\n\nwords {attack} words\n"
        )
    write_files(site, files)
    out = site.parent / "repo"
    build_session.build(site, out)
    return out


# How many there are of each thing that no page may have.
BAD = """() => {
  const all = selector => [...document.querySelectorAll(selector)];
  return [
    SCRIPTS,
    all('iframe, img, form:not(.find), object, embed, base, template, plaintext, math').length,
    all('a').filter(a => !['http:', 'https:', 'mailto:'].includes(a.protocol)).length,
    all('*').filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
    all('style, meta[http-equiv=refresh]').length,
  ];
}""".replace("SCRIPTS", SCRIPTS)


def test_no_attack_runs_and_each_is_shown_as_text(chromium: Browser, attacked: Path) -> None:
    with serve_folder(attacked.parent) as root, contextlib.closing(chromium.new_context()) as context:
        home = root + "repo/"
        page = context.new_page()
        monitor = PageMonitor(page, home)
        names = ["", "about/", "companies/", "topics/", "archive/2026/01/"]
        of: dict[str, str] = {}  # the title that each page shall show
        for n, attack in enumerate(ATTACKS):
            shown = " ".join(attack.replace("\u202e", "").replace("\u202c", "").split()) + f" no {n}"
            of |= {f"articles/2026/a{n}/": shown, f"{'topics/t' if n % 3 else 'companies/c'}{n}/": shown}
        for name in [*names, *of]:
            page.goto(home + name, wait_until="load")
            monitor.require_clean()
            found = page.evaluate(BAD)
            assert found == [0, 0, 0, 0, 0], name
            if name in of:
                assert " ".join((page.text_content("h1") or "").split()) == of[name]
                assert of[name] in " ".join(page.title().split())
        monitor.require_clean()


def test_hostile_saved_pages_do_nothing_either(chromium: Browser, call: Call, site: Path, tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    text = "The harbour board agreed on Tuesday to let the old grain silo stand for another ten years, after a meeting."
    for n, attack in enumerate(ATTACKS):
        escaped = attack.replace("&", "&amp;").replace("<", "&lt;")
        author = escaped.replace("'", "&#39;")
        page_html = (
            f"<html><head><title>Silo {n} {escaped}</title><meta name=author content='{author}'>{attack}</head><body>"
            f"<article><h1>Silo {n} {escaped}</h1><p>{text}</p><p>{escaped} {text}</p><p>{attack} {text}</p>"
            f"<p><a href='javascript:alert(99)'>{text}</a></p></article></body></html>"
        )
        (folder / f"<img src=x onerror=alert({n})>.html").write_text(page_html, encoding="utf-8")
        if n % 3:
            continue
        (folder / f"{n} plain.txt").write_text(
            f"Silo {n} {attack}\n\n{text} {n}\n\n{attack}\n\n{text[:-1]}, said number {n} of them.\n",
            encoding="utf-8",
        )
    call("add", "--site", site, folder)
    assert (
        call("build", "--site", site, "--output", tmp_path / "repo", "--base-url", "https://example.org/repo/").status
        == 0
    )
    articles = sorted(
        path.parent.relative_to(tmp_path / "repo").as_posix()
        for path in (tmp_path / "repo/articles").rglob("index.html")
    )
    assert len(articles) > len(ATTACKS)
    with serve_folder(tmp_path) as root, contextlib.closing(chromium.new_context()) as context:
        page = context.new_page()
        monitor = PageMonitor(page, root)
        for name in ["", *articles]:
            page.goto(f"{root}repo/{quote(name)}{'/' if name else ''}")
            assert (
                page.evaluate(SCRIPTS + " + document.querySelectorAll('iframe, img, form:not(.find), style').length")
                == 0
            ), name
        monitor.require_clean()
