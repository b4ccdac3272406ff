"""Take the screenshots in `docs/screens/`: pages of the demo, at phone and desktop width, by day and by night.

    make site
    site-gen issue 2026-w47 --email /tmp/mail/week.html
    python benchmarks/pages/screenshots.py output docs/screens --mail /tmp/mail/week.html

Needs Chromium, and Pillow to make the pictures small. Prints a line for each page that moves while it loads
(cumulative layout shift, as web-vitals defines it) and fails then.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.pages.lighthouse import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = {
    "home": "",
    "issue": "issues/2026-w47/",
    "entity": "companies/halden-aerostatics/",
    "pair": "companies/aerholt-skyfreight/with/grv-heavy-lift/",
    "network": "network/",
    "timeline": "timeline/",
}
SIZES = {360: 800, 1600: 1100}  # width -> height of the window, in pixels
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
SHIFT = """() => new Promise(done => {
  let sum = 0
  new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value })
    .observe({type: 'layout-shift', buffered: true})
  setTimeout(() => done(sum), 300)
})"""


def take_screenshot(browser: Browser, url: str, width: int, scheme: str) -> tuple[bytes, float]:
    """Return what is seen of a page at first (PNG), and its cumulative layout shift.

    width: of the window, in pixels
    scheme: `light` or `dark`
    """
    dark = scheme == "dark"
    page = browser.new_page(viewport={"width": width, "height": SIZES[width]}, color_scheme="dark" if dark else "light")
    page.goto(url, wait_until="load")
    shift = float(page.evaluate(SHIFT))
    picture = page.screenshot()
    page.close()
    return picture, shift


def main() -> int:
    """Take all screenshots; return 1 where a page moved."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--mail", type=Path, help="an issue as `site-gen issue --email` writes it")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    moved_pages = 0
    with sync_playwright() as playwright, serving(args.site) as root:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        urls = {name: root + path for name, path in PAGES.items()}
        if args.mail:
            urls["mail"] = args.mail.absolute().as_uri()
        for name, url in urls.items():
            for width in SIZES:
                for scheme in ("light", "dark"):
                    picture, shift = take_screenshot(browser, url, width, scheme)
                    small = Image.open(io.BytesIO(picture)).convert("RGB").quantize(64, dither=Image.Dither.NONE)
                    small.save(args.out / f"{name}-{width}-{scheme}.png", optimize=True)
                    if shift:
                        print(f"{name} at {width} px, {scheme}: moved by {shift:.4f}")
                        moved_pages += 1
        browser.close()
    return int(moved_pages > 0)


if __name__ == "__main__":
    sys.exit(main())
