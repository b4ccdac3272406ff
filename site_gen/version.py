"""Which program this is: what it makes may differ when any of its own files or its libraries does."""

from __future__ import annotations

import hashlib
import sys
from importlib.metadata import version
from pathlib import Path

# Those that have a say in the bytes of a page.
_LIBRARIES = (
    "ahocorasick-rs", "babel", "fontpkg-noto-serif", "jinja2", "justext", "manimgx-fonts", "manimgx-fonts-cjk",
    "markdown-it-py", "markupsafe", "pagefind-bin", "pyyaml", "resvg-py", "sentencex", "spylls",
)  # fmt: skip


def program() -> str:
    """A digest of this program's files, its libraries' versions and Python's."""
    digest = hashlib.blake2b(digest_size=16)
    base = Path(__file__).parent
    for path in sorted(base.rglob("*.py")):
        raw = path.read_bytes()
        digest.update(f"{path.relative_to(base).as_posix()}:{len(raw)}:".encode() + raw)
    digest.update(" ".join([sys.version, *(f"{name} {version(name)}" for name in _LIBRARIES)]).encode())
    return digest.hexdigest()
