"""Live reload in a page on its way: the policy is widened by as little as can be, the rest stays as it is."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.serve.live_reload import fingerprint_page, inject_script, widen_policy
from tests.support.serving import POLICY, html


class ScriptReader(HTMLParser):
    """What a browser would see of scripts and policies."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.scripts: list[dict[str, str | None]] = []
        self.policies: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "script":
            self.scripts.append(attributes)
        if (attributes.get("http-equiv") or "").lower() == "content-security-policy":
            self.policies.append(attributes["content"] or "")


def directives(policy: str) -> dict[str, set[str]]:
    return {part.split()[0]: set(part.split()[1:]) for part in policy.split(";")}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("default-src 'none'", "default-src 'none'; script-src 'nonce-N'; connect-src 'self'"),
        ("default-src 'none'; script-src 'sha256-x'",
         "default-src 'none'; script-src 'sha256-x' 'nonce-N'; connect-src 'self'"),
        ("script-src 'none'; connect-src 'none'", "script-src 'nonce-N'; connect-src 'self'"),
        ("default-src 'self'", "default-src 'self'; script-src 'self' 'nonce-N'; connect-src 'self'"),
        ("DEFAULT-SRC 'NONE'", "default-src 'NONE'; script-src 'nonce-N'; connect-src 'self'"),
        ("img-src 'self'", "img-src 'self'"),
        ("", ""),
        ("script-src 'self'; script-src 'none'", "script-src 'self' 'nonce-N'"),
        (
            "script-src 'self'; script-src-elem 'none'",
            "script-src 'self' 'nonce-N'; script-src-elem 'nonce-N'",
        ),
        # A nonce would switch off the page's own inline scripts.
        ("script-src 'unsafe-inline'", "script-src 'unsafe-inline' 'self'"),
        ("script-src 'unsafe-inline' 'nonce-a'", "script-src 'unsafe-inline' 'nonce-a' 'nonce-N'"),
        ("default-src 'none';; ;connect-src  https://a.example ;",
         "default-src 'none'; connect-src https://a.example 'self'; script-src 'nonce-N'"),
    ],
)  # fmt: skip
def test_a_policy_allows_our_script_and_nothing_else(before: str, after: str) -> None:
    assert widen_policy(before, "N") == after


def test_the_rest_of_a_policy_stays() -> None:
    before, after = directives(POLICY), directives(widen_policy(POLICY, "N"))
    assert after == before | {"script-src": {"'nonce-N'"}, "connect-src": {"'self'"}}


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_policy_is_widened_however_it_is_written(quote: str) -> None:
    policy = "default-src 'none'; form-action 'none'" if quote == '"' else "default-src &#39;none&#39;"
    page = f"<html><head><META content={quote}{policy}{quote}\n http-equiv=Content-Security-Policy></head><body></body>"
    (policy,) = ScriptReader(inject_script(page.encode(), "/s.js", {}, "N")).policies
    assert directives(policy)["default-src"] == {"'none'"}
    assert directives(policy)["script-src"] == {"'nonce-N'"}
    assert directives(policy).get("form-action", {"'none'"}) == {"'none'"}


def test_each_of_several_policies_is_widened() -> None:
    meta = '<meta http-equiv="content-security-policy" content="script-src \'none\'">'
    policies = ScriptReader(inject_script(f"{meta}{meta}<body></body>".encode(), "/s.js", {}, "N")).policies
    assert policies == ["script-src 'nonce-N'"] * 2


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<body>x</body></html>", "<body>x|</body></html>"),
        ("<body>x</BODY\n></html>", "<body>x|</BODY\n></html>"),
        ("<body>x</html>", "<body>x|</html>"),
        ("<p>x", "<p>x|"),
        ("", "|"),
        ("<pre>&lt;/body></pre></body><!-- </html> -->", "<pre>&lt;/body></pre>|</body><!-- </html> -->"),
    ],
)
def test_the_script_stands_at_the_end_of_the_body(page: str, expected: str) -> None:
    injected = inject_script(page.encode(), "/s.js", {}, "N").decode()
    assert re.sub(r"<script src.*?</script>", "|", injected) == expected


def test_the_settings_of_the_script_arrive_as_they_were() -> None:
    about: dict[str, object] = {"url": "/x\"'<>&/ü", "n": 1}
    (script,) = ScriptReader(inject_script(b"<body></body>", "/a&b.js", about, "N")).scripts
    assert script["src"] == "/a&b.js"
    assert json.loads(script["data-site-gen"] or "") == about


def test_bytes_that_are_no_text_stay() -> None:
    page = bytes(range(256)) * 3 + b"</body>"
    injected = inject_script(page, "/s.js", {}, "N")
    assert injected.startswith(page[:-7])
    assert injected.endswith(b"</script></body>")


@given(st.text(alphabet="<>/\"'= abcmetalinkbody-éü日", max_size=200))
def test_any_text_stays_but_for_its_policy(text: str) -> None:
    page = text.encode()
    injected = inject_script(page, "/s.js", {}, "N")
    at = injected.index(b'<script src="/s.js"')
    assert injected[:at] + injected[injected.index(b"</script>", at) + 9 :] == page
    assert fingerprint_page(page, 200) == fingerprint_page(page, 200)


@pytest.mark.parametrize("part", ["<meta ", "<link ", "<meta a='", '<link rel="', "<meta a=b "])
def test_tags_that_never_end_cost_no_quadratic_time(part: str) -> None:
    # Quadratic in tags that never end would be 10^10 steps; the time limit of the tests is the judge.
    page = (part * 100_000).encode()
    assert len(inject_script(page, "/s.js", {}, "N")) > len(page)
    assert fingerprint_page(page, 200).stylesheets == ()


def test_pages_that_differ_in_a_stylesheet_s_name_have_one_digest() -> None:
    one, two = (fingerprint_page(html("x", style=f"/assets/style.{n}.css").encode(), 200) for n in (1, 2))
    assert one.digest == two.digest
    assert (one.stylesheets, two.stylesheets) == (("/assets/style.1.css",), ("/assets/style.2.css",))


@pytest.mark.parametrize(
    "other",
    [
        html("y"),
        html("x", head='<link rel="icon" href="/b.svg">'),
        html("x").replace("stylesheet", "alternate stylesheet"),
        html("x", head='<link rel="stylesheet" href="/b.css">'),
    ],
)
def test_pages_that_differ_in_anything_else_have_different_digests(other: str) -> None:
    assert fingerprint_page(html("x").encode(), 200).digest != fingerprint_page(other.encode(), 200).digest


def test_the_status_is_part_of_the_fingerprint() -> None:
    assert fingerprint_page(b"x", 200) != fingerprint_page(b"x", 404)


@pytest.mark.parametrize("href", ["/日本.css", "/a b.css", "/&#26085;&#26412;.css", "/%E6%97%A5.css?x=1&amp;y"])
def test_a_stylesheet_s_address_is_one_word(href: str) -> None:
    (style,) = fingerprint_page(f'<link rel=stylesheet href="{href}">'.encode(), 200).stylesheets
    assert style.isascii()
    assert len(style.split()) == 1
    assert style.startswith(("/%E6%97%A5", "/a%20b"))
