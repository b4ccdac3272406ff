"""Find every internal link, anchor and asset of a built site that leads nowhere.

    python benchmarks/pages/broken_links.py OUTPUT_DIR [BASE_PATH]

Prints one JSON object; exit status 1 if anything is broken. Needs nothing but lxml.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from lxml import html


def main(folder: Path, base: str) -> int:
    """Follow every link of every page from the files themselves, so that unlinked pages count too.

    base: the path below which the site is served, such as `/repo/`
    Return 1 if anything is broken.
    """
    pages: dict[Path, Any] = {path: html.fromstring(path.read_bytes()) for path in sorted(folder.rglob("*.html"))}
    anchors = {path: set(tree.xpath("//@id")) for path, tree in pages.items()}
    broken: list[str] = []
    links = 0
    for path, tree in pages.items():
        relative = path.relative_to(folder).as_posix()
        address = base + (relative.removesuffix("index.html") if relative.endswith("index.html") else relative)
        for target in tree.xpath("//@href | //@src"):
            parts = urlsplit(str(target))
            if parts.scheme or parts.netloc:
                continue
            links += 1
            full = urlsplit(urljoin(address, str(target)))
            inside = unquote(full.path)
            if not inside.startswith(base):
                broken.append(f"{address} -> {target}: outside {base}")
                continue
            file = folder / inside.removeprefix(base)
            file = file / "index.html" if inside.endswith("/") else file
            if not file.is_file():
                broken.append(f"{address} -> {target}: no file")
            elif full.fragment and file in anchors and unquote(full.fragment) not in anchors[file]:
                broken.append(f"{address} -> {target}: no such id")
    print(json.dumps({"pages": len(pages), "links": links, "broken": len(broken), "first": broken[:20]}, indent=1))
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "/"))
