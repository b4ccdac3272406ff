"""Ask Lighthouse to judge pages of a built site, as a phone and as a desktop.

    site-gen build --base-url https://example.org/repo/ --output /tmp/site/repo
    python benchmarks/pages/lighthouse.py /tmp/site/repo companies/drift/ articles/2026/oriel-wins-the-sallows/ archive/

Needs Node and Chromium; npx fetches Lighthouse, or --lighthouse names its command. The site is served as GitHub Pages
does, compressed, below the folder's own name. Prints a line for each page with its scores (0 to 100), and below it
what points were taken off for. The bytes are those of a first visit: of the page and all that it loads, as they went
over the wire.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gzip
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = "lighthouse@12.8.2"  # the last that runs on Node 18 and 20
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


class GzipHandler(http.server.SimpleHTTPRequestHandler):
    """Serve a folder as GitHub Pages does: compressed, to be cached for ten minutes."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name of the base class
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        data = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)) + "; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Cache-Control", "max-age=600")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on the loopback; yield its address."""
    handler = functools.partial(GzipHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def ask_lighthouse(command: list[str], url: str, form: str, folder: Path) -> dict[str, Any]:
    """Run Lighthouse on a page and return its report.

    form: `phone` or `desktop`
    folder: where the report is written
    """
    target = folder / "report.json"
    call = [
        *command,
        url,
        "--quiet",
        "--output=json",
        f"--output-path={target}",
        f"--only-categories={','.join(CATEGORIES)}",
    ]
    call += ["--chrome-flags=--headless --no-sandbox --disable-gpu --disable-dev-shm-usage"]
    call += ["--preset=desktop"] if form == "desktop" else []
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or ""
    subprocess.run(call, check=True, timeout=300, env={**os.environ, "CHROME_PATH": chromium})
    report: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path, help="a built site, in a folder that is called as its base path")
    parser.add_argument("pages", nargs="*", default=[], help="addresses below it; the front page is always taken")
    parser.add_argument("--lighthouse", default=f"npx --yes {VERSION}", help="its command")
    parser.add_argument("--forms", default="phone,desktop")
    args = parser.parse_args()
    site = args.site.resolve()
    with serving(site.parent) as root, tempfile.TemporaryDirectory() as folder:
        print(f"{'':48} {'form':8} " + " ".join(f"{category:>14}" for category in CATEGORIES) + "   bytes")
        for page in dict.fromkeys(["", *args.pages]):
            for form in args.forms.split(","):
                report = ask_lighthouse(args.lighthouse.split(), f"{root}{site.name}/{page}", form, Path(folder))
                categories = [report["categories"][name] for name in CATEGORIES]
                size = int(report["audits"]["total-byte-weight"].get("numericValue", 0))
                scores = " ".join(f"{round(100 * (category['score'] or 0)):14}" for category in categories)
                print(f"{page or '/':48} {form:8} {scores} {size:7}", flush=True)
                for category in categories:
                    for reference in category["auditRefs"]:
                        audit = report["audits"][reference["id"]]
                        if reference["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                            print(f"    {audit['id']}: {audit['title']} {audit.get('displayValue', '')}")


if __name__ == "__main__":
    main()
