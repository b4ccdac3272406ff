"""Check that attack strings stay inert, wherever content can come from.

    python benchmarks/safety/attack_strings.py VECTORS_FOLDER

VECTORS_FOLDER holds JSON lists of {"text": …}. Each string becomes a saved HTML page, and a hand-written article and
company that hold it in title, author, body, names and tags. The site is built and opened in Chromium. Printed are
tracebacks of commands, dialogs, script errors and links with a scheme that runs in the browser, and requests to other
hosts; exit status 1 where the browser saw any.
"""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Dialog, Request

COMMAND = [sys.executable, "-m", "site_gen"]
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
WATCH = """
for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => window.__ran(name);
document.addEventListener('securitypolicyviolation', e => window.__ran('blocked ' + e.violatedDirective));
"""
FIRE_EVENTS = """
for (const element of document.querySelectorAll('body *'))
  for (const type of ['click', 'mouseover', 'focus', 'error', 'load'])
    if (element.tagName !== 'A' || type !== 'click') element.dispatchEvent(new Event(type, {bubbles: false}))
"""
OTHER_SCHEMES = """
[...document.querySelectorAll('a[href]')].map(a => a.protocol).filter(p => !['http:', 'https:', 'mailto:'].includes(p))
"""


def strings(folder: Path) -> list[str]:
    """Return the different strings of the JSON files in a folder."""
    vectors: list[str] = []
    for path in sorted(folder.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(data, list):
            vectors += [row["text"] for row in data if isinstance(row, dict) and isinstance(row.get("text"), str)]
    return list(dict.fromkeys(vectors))


def write_site(site: Path, vectors: list[str]) -> None:
    """Write hand-written files with vectors in every field, and saved pages in `inbox` beside the site."""
    inbox = site.parent / "inbox"
    inbox.mkdir()
    filler = "<p>A paragraph of plain prose stands here so that the page counts as an article of some length.</p>" * 4
    for number, text in enumerate(vectors):
        raw = text.encode("utf-8", "surrogatepass")
        page = b"<html><head><title>Page " + str(number).encode() + b" " + raw + b"</title></head><body><article><h1>"
        (inbox / f"{number}.html").write_bytes(
            page + raw + b"</h1>" + filler.encode() + b"<p>" + raw + b"</p></article></body></html>"
        )
        clean = text.encode("utf-8", "replace").decode()
        meta = {
            "title": clean or "x",
            "author": [clean],
            "site": clean,
            "description": clean,
            "companies": [f"n{number}", clean],
        }
        head = yaml.safe_dump(meta, allow_unicode=False)
        folder = site / "content" / "articles" / "2024"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"a{number}.md").write_bytes(f"---\n{head}---\n{clean}\n\n> {clean}\n\n[x]({clean})\n".encode())
        company = yaml.safe_dump(
            {"name": f"N {clean}", "names": [clean], "facts": {"Fact": clean}}, allow_unicode=False
        )
        (site / "content" / "companies" / f"n{number}.md").write_bytes(f"---\n{company}---\n{clean}\n".encode())


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on the loopback; yield its address, without a slash at the end."""
    quiet = type("Quiet", (http.server.SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def main(folder: Path) -> int:
    """Build, open every page, print what ran; return 1 where anything did."""
    vectors = strings(folder)
    with tempfile.TemporaryDirectory() as temporary:
        site = Path(temporary) / "site"
        subprocess.run([*COMMAND, "new", str(site)], check=True, capture_output=True)
        config = site / "content" / "site.yaml"
        config.write_text(config.read_text().replace("text: excerpt", "text: full"))
        write_site(site, vectors)
        build = subprocess.run(
            [*COMMAND, "build", "--site", str(site), "--keep-going", "--json"],
            capture_output=True,
            text=True,
            check=False,
        )
        print(
            "written by hand:",
            build.stdout.strip(),
            f"exit {build.returncode},",
            len(build.stderr.splitlines()),
            "complaints",
        )
        print("  tracebacks:", build.stderr.count("Traceback"))
        for file in [*site.glob("content/articles/2024/*.md"), *site.glob("content/companies/n*.md")]:
            if any(
                line.startswith(f"content/{file.relative_to(site / 'content').as_posix()}")
                for line in build.stderr.splitlines()
            ):
                file.unlink()
        add = subprocess.run(
            [*COMMAND, "add", "--site", str(site), "--json", str(site.parent / "inbox")],
            capture_output=True,
            text=True,
            check=False,
        )
        rows = [json.loads(line) for line in add.stdout.splitlines()]
        added = sum(row["status"] == "added" for row in rows)
        tracebacks = add.stderr.count("Traceback")
        print(f"saved pages: {len(rows)}, added {added}, exit {add.returncode}, tracebacks {tracebacks}")
        print(add.stderr[-2000:])
        build = subprocess.run(
            [*COMMAND, "build", "--site", str(site), "--keep-going", "--json"],
            capture_output=True,
            text=True,
            check=False,
        )
        print("all:", build.stdout.strip(), f"exit {build.returncode}", build.stderr[-500:] if not build.stdout else "")
        return browse(site / "output")


def browse(output: Path) -> int:
    """Open every page; print scripts that ran and requests that left; return 1 where there are any."""
    events: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        events.append(f"{page.url}: dialog")
        dialog.dismiss()

    def note_request(request: Request) -> None:
        if not request.url.startswith(base):
            events.append(f"{page.url}: went to {request.url}")

    with serving(output) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        context = browser.new_context()
        context.expose_function("__ran", lambda call: events.append(f"{page.url}: {call}"))
        context.add_init_script(WATCH)
        page = context.new_page()
        page.on("dialog", dismiss)
        page.on("pageerror", lambda error: events.append(f"{page.url}: {error}"))
        page.on("request", note_request)
        pages = sorted(output.rglob("*.html"))
        for path in pages:
            page.goto(f"{base}/{path.relative_to(output).as_posix()}")
            page.evaluate(FIRE_EVENTS)
            schemes = page.evaluate(OTHER_SCHEMES)
            if schemes:
                events.append(f"{page.url}: links to {schemes}")
        browser.close()
    print(f"opened {len(pages)} pages in Chromium; {len(events)} events")
    print("\n".join(events[:20]))
    return 1 if events else 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
