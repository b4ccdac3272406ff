"""`theme:` in site.yaml: what it may hold, what it changes in pages, cards and mails, and which logos are refused."""

from __future__ import annotations

import base64
import re
import struct
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session
from site_gen.content import logo
from site_gen.content.loader import parse_config
from site_gen.content.records import ThemeSettings
from site_gen.core.errors import SiteError
from site_gen.publish import issue_email
from tests.support.search_site import write_search_site
from tests.support.sites import read_files, write_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from site_gen.core.errors import Problem

OPTIONS = build_session.BuildOptions(jobs=1, search=False)
HEAD = "title: T\n"
AN_ISSUE = {"issues.txt": "2026-w02 published 2026-01-12\n"}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><path d="M0 0h60v40H0z"/></svg>'
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR4nGNgYGD4//8/AAYBAv4CsjmuAAAAAElFTkSuQmCC"
)


def read_theme(text: str) -> tuple[ThemeSettings, list[Problem]]:
    problems: list[Problem] = []
    return parse_config(f"{HEAD}{text}".encode(), problems).theme, problems


def test_an_empty_theme_has_the_default_settings() -> None:
    assert read_theme("") == read_theme("theme:\n") == (ThemeSettings(), [])


def test_every_setting_of_a_theme_is_read() -> None:
    theme, problems = read_theme(
        'theme:\n  accent: {light: "#1d5c8f", dark: "#9cc3e6"}\n  masthead: {set: caps, name: Mast}\n'
        "  logo: art/Logo.SVG\n  footer: |\n    One.\n\n    *Two.*\n"
    )
    assert problems == []
    assert theme.accent == ("#1d5c8f", "#9cc3e6")
    assert (theme.masthead, theme.name, theme.logo, theme.footer) == ("caps", "Mast", "art/Logo.SVG", "One.\n\n*Two.*")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("theme: dark", 2, "`theme` is the text 'dark'"),
        ("theme:\n  acent: '#1d5c8f'", 3, "`theme.acent` is not a key of this file; did you mean accent?"),
        ("theme:\n  accent: #1d5c8f", 3, "`theme.accent` holds no colour; write it in quotes"),
        ("theme:\n  accent:\n    dark: #1d5c8f", 4, "`theme.accent.dark` holds no colour; write it in quotes"),
        ("theme:\n  accent: blue", 3, '`theme.accent: blue` is not a colour; write it as "#1d5c8f"'),
        (
            "theme:\n  logo: x.svg\n  accent: '#ffcc00'", 4,
            "on the light background #f3f0e7; text needs 4.5; \"#856a02\" is the nearest readable shade",
        ),
        (
            'theme:\n  accent: {light: "#1d5c8f", dark: "#1d5c8f"}', 3,
            "`theme.accent.dark: #1d5c8f` has a contrast of 2.33 on the dark background #211f1b",
        ),
        ('theme:\n  accent: {light: "#1d5c8f", drak: "#9cc3e6"}', 3, "`theme.accent.drak` is not a key"),
        ("theme:\n  masthead: script", 3, "`theme.masthead: script` is not serif or sans or caps or logo"),
        ("theme:\n  masthead: logo", 3, "`theme.masthead` is the logo, but there is none"),
        (f"theme:\n  masthead: {{name: {'x' * 61}}}", 3, "`theme.masthead.name` has 61 characters; at most 60"),
        ("theme:\n  logo: ../logo.svg", 3, "`theme.logo: ../logo.svg` is not a file in content/"),
        ("theme:\n  logo: /etc/logo.svg", 3, "is not a file in content/"),
        ("theme:\n  logo: logo.gif", 3, "`theme.logo: logo.gif` is not an SVG, PNG or WebP"),
        (f"theme:\n  footer: {'x' * 1001}", 3, "`theme.footer` has 1,001 characters; at most 1,000"),
        ("theme:\n  footer: [a]", 3, "`theme.footer` is a list"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_reported_with_its_line(text: str, line: int, message: str) -> None:
    _, problems = read_theme(text)
    assert [problem.line for problem in problems] == [line], problems
    assert message in f"{problems[0].what}; {problems[0].mend}"


def test_a_missing_accent_is_derived_or_the_default() -> None:
    assert read_theme("theme: {accent: '#1d5c8f'}")[0].accent == ("#1d5c8f", "#5e9bd2")
    assert read_theme("theme: {accent: {dark: '#9cc3e6'}}")[0].accent == ("#9b2226", "#9cc3e6")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_search_site(tmp_path / "site")


def themed_output(site: Path, text: str, files: Mapping[str, bytes | str] | None = None) -> dict[str, bytes]:
    """Return the output of the site with these settings, and with files below content/."""
    path = site / "content/site.yaml"
    head, _, _ = path.read_text(encoding="utf-8").partition("theme:")
    write_files(site / "content", {"site.yaml": f"{head}{text}", **(files or {})})
    build_session.build(site, site / "output", OPTIONS)
    return read_files(site / "output")


def style_of(files: dict[str, bytes]) -> str:
    (name,) = [name for name in files if re.fullmatch(r"assets/style\.\w+\.css", name)]
    assert name in files["index.html"].decode()
    return files[name].decode()


def test_default_settings_change_no_file(site: Path) -> None:
    plain = themed_output(site, "")
    assert themed_output(site, "theme:\n  accent: '#9B2226'\n  masthead: serif\n") == plain


def test_the_accent_is_in_the_style_sheet_and_the_cards(site: Path) -> None:
    before = themed_output(site, "")
    after = themed_output(site, "theme: {accent: '#14663a'}\n")
    assert style_of(after).startswith(style_of(before))
    added_style = style_of(after).removeprefix(style_of(before))
    assert "--accent:#14663a;--k0:#14663a;--k2:#9b2226" in added_style
    assert "prefers-color-scheme:dark){:root{--accent:#5ba575;--k0:#5ba575;--k2:#ec8589" in added_style
    assert len(added_style) < 500
    assert after["cards/site.png"] != before["cards/site.png"]
    icons = [data for name, data in after.items() if name.startswith("assets/icon.")]
    assert [icon.count(b'fill="#5ba575"') for icon in icons] == [1]
    assert "style=" not in after["index.html"].decode()


def test_the_logo_stands_beside_the_name_or_for_it(site: Path) -> None:
    text = "theme:\n  logo: logo.svg\n  masthead: {name: Short}\n"
    after = themed_output(site, text, {"logo.svg": SVG})
    assert after["logo.svg"] == SVG.encode()
    assert '><img src="/repo/logo.svg" width="48" height="32" alt="">Short</a>' in after["index.html"].decode()
    card = after["cards/companies/voss.png"]
    after = themed_output(site, text.replace("{name: Short}", "logo"))
    assert '<img src="/repo/logo.svg" width="48" height="32" alt="Quay Notes">' in after["index.html"].decode()
    assert after["cards/companies/voss.png"] != card
    assert "logo.svg" not in themed_output(site, "")


def test_a_changed_logo_changes_pages_and_cards(site: Path) -> None:
    text = "theme: {logo: logo.svg}\n"
    before = themed_output(site, text, {"logo.svg": SVG})
    after = themed_output(site, text, {"logo.svg": SVG.replace("60 40", "80 40")})
    assert after["logo.svg"] != before["logo.svg"]
    assert 'width="64" height="32"' in after["index.html"].decode()
    assert after["cards/site.png"] != before["cards/site.png"]
    assert build_session.verify(site, site / "output", OPTIONS) == []


def test_the_footer_is_markdown_without_html_and_without_ids(site: Path) -> None:
    text = "theme:\n  footer: By **Ada**, see [about](/about/). <script>\n"
    foot = themed_output(site, text)["about/index.html"].decode().partition("<footer>")[2]
    assert '<p>By <strong>Ada</strong>, see <a href="/repo/about/">about</a>. &lt;script&gt;</p>' in foot


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("theme: {logo: logo.svg}", r"content/site\.yaml:\d+: `theme\.logo`: there is no content/logo\.svg"),
        ("theme: {logo: bad.svg}", r"content/bad\.svg: holds <script>"),
        ("theme: {footer: 'see [x](/nowhere/)'}", r"content/site\.yaml.*links to /nowhere/"),
    ],
)
def test_a_setting_that_does_not_fit_the_folder_is_reported(site: Path, text: str, message: str) -> None:
    with pytest.raises(SiteError, match=message):
        themed_output(site, text, {"bad.svg": SVG.replace("<path", "<script/><path")})


def test_a_mail_has_the_accent_and_only_a_logo_that_mail_programs_show(site: Path) -> None:
    themed_output(site, "theme: {accent: '#14663a', logo: logo.png}\n", {"logo.png": PNG, **AN_ISSUE})
    _, mail = issue_email.render_email(site, None)
    assert "#9b2226" not in mail.html
    assert "#5ba575 !important" in mail.html
    assert re.search(r'<img [^>]*src="https://notes\.example/repo/logo\.png" [^>]*width="64" height="32"', mail.html)
    themed_output(site, "theme: {accent: '#14663a', logo: logo.svg}\n", {"logo.svg": SVG})
    assert "<img" not in issue_email.render_email(site, None)[1].html


def webp(kind: bytes, rest: bytes) -> bytes:
    return (b"RIFF\0\0\0\0WEBP" + kind + rest).ljust(40, b"\0")


@pytest.mark.parametrize(
    ("name", "data", "size"),
    [
        ("a.svg", SVG.encode(), (48, 32)),
        ("a.svg", SVG.replace("viewBox", 'width="100px" height="50" viewBox').encode(), (64, 32)),
        ("a.svg", SVG.replace("viewBox", 'width="100%" height="50%" viewBox').encode(), (48, 32)),
        ("a.svg", SVG.replace("0 0 60 40", "0,0,600,4").encode(), (224, 32)),
        ("a.PNG", PNG, (64, 32)),
        ("a.webp", webp(b"VP8X", bytes(8) + (299).to_bytes(3, "little") + (99).to_bytes(3, "little")), (96, 32)),
        ("a.webp", webp(b"VP8L", bytes(4) + b"\x2f" + (299 | 99 << 14).to_bytes(4, "little")), (96, 32)),
        ("a.webp", webp(b"VP8 ", bytes(10) + struct.pack("<HH", 300, 100)), (96, 32)),
    ],
)
def test_the_size_of_a_logo_is_read(name: str, data: bytes, size: tuple[int, int]) -> None:
    parsed = logo.parse_logo(name, data)
    assert (parsed.width, parsed.height) == size


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.png", SVG.encode(), "is no PNG"),
        ("a.webp", PNG, "is no WebP"),
        ("a.svg", PNG, "is not an SVG"),
        ("a.svg", b"<p/>", "is not an SVG"),
        ("a.svg", b"", "is not an SVG"),
        ("a.svg", SVG.replace("0 0 60 40", "0 0 x").encode(), "has no size"),
        ("a.svg", SVG.replace("0 0 60 40", "0 0 0 0").encode(), "has no size"),
        ("a.svg", SVG.encode() + b" " * 100_000, "the limit is 100,000"),
    ],
)
def test_a_file_that_is_no_picture_is_refused(name: str, data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        logo.parse_logo(name, data)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<x:script xmlns:x="http://www.w3.org/2000/svg"/>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
        '<a href="https://example.org/"><path d="M0 0"/></a>',
        '<path onload="alert(1)"/>',
        '<image href="https://example.org/x.png"/>',
        '<image xlink:href="//example.org/x.png" xmlns:xlink="http://www.w3.org/1999/xlink"/>',
        '<use href="other.svg#x"/>',
        '<use href="data:image/svg+xml;base64,PHN2Zz4="/>',
        '<path fill="url(https://example.org/x.svg#y)"/>',
        "<path style=\"fill: URL( 'x.svg#y')\"/>",
        "<style>@import 'x.css';</style>",
        "<style>@\\69mport 'x.css';</style>",
        "<style>path { background: image-set('x.png' 1x) }</style>",
        '<style>"/*" url(http://example.org/x) "*/"</style>',
        "<style>a { fill: ur/**/l(x.svg) }</style>",
        "<style>@keyframes x {} path { animation: x 1s }</style>",
        '<path><animate attributeName="d"/></path>',
        '<path><set attributeName="href" to="javascript:alert(1)"/></path>',
        '<?xml-stylesheet href="x.css"?>',
    ],
)
def test_an_svg_with_scripts_links_or_outside_files_is_refused(inside: str) -> None:
    with pytest.raises(ValueError, match=r"remove it|embed it|export it"):
        logo.parse_logo("a.svg", SVG.replace("<path d", f"{inside}<path d").encode())


@pytest.mark.parametrize(
    "before",
    ['<?xml-stylesheet href="x.css"?>', "<!DOCTYPE svg>", '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
)
def test_an_svg_with_anything_before_it_is_refused(before: str) -> None:
    with pytest.raises(ValueError, match="remove it"):
        logo.parse_logo("a.svg", f"{before}{SVG}".encode())


@pytest.mark.parametrize(
    "inside",
    [
        '<linearGradient id="g"/><path fill="url(#g)"/>',
        "<style>/* hull */ path { fill: url('#g') } @media (prefers-color-scheme: dark) { path { fill: red } }</style>",
        '<use href="#g"/>',
        f'<image href="data:image/png;base64,{base64.b64encode(PNG).decode()}"/>',
        '<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" r:about=""/></metadata><!-- a note -->',
        "<title>The mast</title>",
    ],
)
def test_an_ordinary_svg_is_accepted(inside: str) -> None:
    assert logo.parse_logo("a.svg", SVG.replace("<path d", f"{inside}<path d").encode()).suffix == "svg"
