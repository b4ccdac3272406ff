"""Every template before the judges of others: the Nu HTML checker, axe-core, and schema.org's vocabulary."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.browser import serve_folder
from tests.support.checkers import build_every_template, package, program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.filterwarnings("default")
WIDTHS = (360, 1600)
BuiltTemplates = tuple["Path", "Mapping[str, Path]"]  # the output, and a page of each template
# What the checker says of a file that would be right of the same file from a server, where 'self' is something;
# and of data in a script element, which HTML's "prepare the script element" leaves before it asks the policy.
_NOT_OURS = re.compile("^(Inline script|Resource) violates Content Security Policy.* blocked by “(script|style)-src”")


@pytest.fixture(scope="module")
def every_template(tmp_path_factory: pytest.TempPathFactory) -> BuiltTemplates:
    return build_every_template(tmp_path_factory.mktemp("every"))


def html_complaints(files: list[Path], *options: str) -> list[str]:
    """Return what the Nu HTML checker says of files: errors and warnings."""
    jar = package("vnu-jar/build/dist/vnu.jar")
    command = [program("java"), "-Xss4m", "-jar", jar, "--format", "json", *options, *files]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    messages: list[dict[str, Any]] = json.loads(done.stderr)["messages"]
    complaints = [one for one in messages if one["type"] != "info" or one.get("subType") == "warning"]
    return [
        f"{one.get('url')}:{one.get('lastLine')}: {one['message']}"
        for one in complaints
        if one["type"] != "info" or not _NOT_OURS.search(one["message"])
    ]


def test_html_css_and_svg_are_valid(every_template: BuiltTemplates) -> None:
    out, pages = every_template
    files_of_pages = sorted({*pages.values(), *out.glob("articles/2026/*/index.html"), *out.glob("*/*/index.html")})
    assert html_complaints(files_of_pages) == []
    assert html_complaints(list(out.glob("assets/*.css")), "--css") == []
    assert html_complaints(list(out.glob("assets/*.svg")), "--svg") == []


def test_the_html_checker_sees_faults(tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    page.write_text("<!doctype html><html lang=en><title>x</title><p><h1>a</h1></p><img src=x><ul><p>b</ul>")
    assert len(html_complaints([page])) >= 3


@pytest.fixture(scope="module")
def root(every_template: BuiltTemplates) -> Iterator[str]:
    with serve_folder(every_template[0].parent) as root:
        yield root


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_any_template(
    chromium: Browser, every_template: BuiltTemplates, root: str, scheme: Any, width: int
) -> None:
    axe = package("axe-core/axe.min.js").read_text(encoding="utf-8")
    out, pages = every_template
    violations: list[str] = []
    with contextlib.closing(
        chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    ) as context:
        page = context.new_page()
        for template, path in pages.items():
            shown_path = (
                write_unscripted_copy(path) if template == "redirect.html" else path
            )  # which is left before it is looked at
            page.goto(root + shown_path.relative_to(out.parent).as_posix())
            page.evaluate(axe)
            result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            violations += [
                f"{template}: {one['id']}: {node['html'][:150]}: {node['failureSummary'][:300]}"
                for one in result["violations"]
                for node in one["nodes"]
            ]
            assert len(result["passes"]) > 5, template
    assert violations == []


def write_unscripted_copy(path: Path) -> Path:
    """Copy a redirect as it is for those whose browser runs no scripts and asks before it goes elsewhere."""
    text = re.sub(r"<(script|noscript)>.*?</\1>", "", path.read_text(encoding="utf-8"))
    copy = path.with_name("unscripted.html")
    copy.write_text(text, encoding="utf-8")
    return copy


@pytest.mark.browser
def test_axe_sees_faults(chromium: Browser, root: str) -> None:
    axe = package("axe-core/axe.min.js").read_text(encoding="utf-8")
    with contextlib.closing(chromium.new_context()) as context:
        page = context.new_page()
        page.set_content("<html><body><p style='color:#aaa;background:#fff'>pale<img src=x><input></body></html>")
        page.evaluate(axe)
        seen = {one["id"] for one in page.evaluate("axe.run()")["violations"]}
    assert {"color-contrast", "image-alt", "html-has-lang", "document-title", "label"} <= seen


def type_errors(documents: list[dict[str, Any]], folder: Path) -> list[str]:
    """Return what TypeScript says of JSON-LD by the types that schema-dts made of schema.org's vocabulary."""
    types = package("schema-dts/package.json").parent
    kinds = ["WebSite", "WebPage", "CollectionPage", "AboutPage"]
    lines = [f"import type {{ WithContext, {', '.join(kinds)} }} from {json.dumps(types.as_posix())};"]
    for value in documents:
        assert value["@type"] in kinds
        lines.append(f"export const n{len(lines)}: WithContext<{value['@type']}> = {json.dumps(value)};")
    (folder / "pages.ts").write_text("\n".join(lines), encoding="utf-8")
    compiler = package("typescript/bin/tsc")
    flags = ["--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "bundler", "--module", "esnext"]
    command = [program("node"), compiler, *flags, folder / "pages.ts"]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    messages = done.stdout.splitlines()
    assert (done.returncode == 0) == (messages == []), (done.stdout, done.stderr)
    return messages


def test_linked_data_has_the_types_of_schema_org(every_template: BuiltTemplates, tmp_path: Path) -> None:
    documents = []
    for path in sorted(every_template[0].rglob("*.html")):
        script = re.search(r'<script type="application/ld\+json">(.*?)</script>', path.read_text(encoding="utf-8"))
        documents += [json.loads(script[1])] if script else []
    assert len(documents) > 60
    assert type_errors(documents, tmp_path) == []
    first = documents[0]
    (tmp_path / "wrong").mkdir()
    wrong = [{**first, "nme": "A"}, {**first, "isPartOf": {"@type": "Organisation"}}, {**first, "sameAs": 3}]
    assert len([line for line in type_errors(wrong, tmp_path / "wrong") if "error TS" in line]) >= 3
