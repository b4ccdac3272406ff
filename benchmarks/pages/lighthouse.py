"""Lighthouse's marks for a built site: a page of each sort, as a phone and as a desktop.

    site-gen build --base-url https://example.org/repo/ --output /tmp/site/repo
    python benchmarks/pages/lighthouse.py /tmp/site/repo companies/drift/ articles/2026/oriel-wins-the-sallows/ archive/

Needs Node and Chromium; npx fetches Lighthouse, or --lighthouse names its command. The site is served as GitHub
Pages does, compressed, below the folder's own name. Prints a line a page, and below it what a mark was taken off for.
The first visit's bytes are of the page and all that it loads, as they went over the wire.
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
MARKS = ("performance", "accessibility", "best-practices", "seo")


class Packed(http.server.SimpleHTTPRequestHandler):
    """Serves a folder as Pages does: compressed, to be kept for ten minutes."""

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
    handler = functools.partial(Packed, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def report(command: list[str], url: str, form: str, folder: Path) -> dict[str, Any]:
    target = folder / "report.json"
    call = [
        *command,
        url,
        "--quiet",
        "--output=json",
        f"--output-path={target}",
        f"--only-categories={','.join(MARKS)}",
    ]
    call += ["--chrome-flags=--headless --no-sandbox --disable-gpu --disable-dev-shm-usage"]
    call += ["--preset=desktop"] if form == "desktop" else []
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or ""
    subprocess.run(call, check=True, timeout=300, env={**os.environ, "CHROME_PATH": chromium})
    found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path, help="a built site, in a folder that is called as its base path")
    parser.add_argument("pages", nargs="*", default=[], help="addresses below it; the front page is always taken")
    parser.add_argument("--lighthouse", default=f"npx --yes {VERSION}", help="its command")
    parser.add_argument("--forms", default="phone,desktop")
    args = parser.parse_args()
    site = args.site.resolve()
    with serving(site.parent) as root, tempfile.TemporaryDirectory() as folder:
        print(f"{'':48} {'form':8} " + " ".join(f"{mark:>14}" for mark in MARKS) + "   bytes")
        for page in dict.fromkeys(["", *args.pages]):
            for form in args.forms.split(","):
                found = report(args.lighthouse.split(), f"{root}{site.name}/{page}", form, Path(folder))
                marks = {name: found["categories"][name] for name in MARKS}
                cost = int(found["audits"]["total-byte-weight"].get("numericValue", 0))
                scores = " ".join(f"{round(100 * (mark['score'] or 0)):14}" for mark in marks.values())
                print(f"{page or '/':48} {form:8} {scores} {cost:7}", flush=True)
                for mark in marks.values():
                    for part in mark["auditRefs"]:
                        audit = found["audits"][part["id"]]
                        if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                            print(f"    {audit['id']}: {audit['title']} {audit.get('displayValue', '')}")


if __name__ == "__main__":
    main()
