"""Which program this is: what it makes may differ when any of its own files or its libraries does."""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

# Those that have a say in the bytes of a page.
_LIBRARIES = (
    "ahocorasick-rs", "babel", "fontpkg-noto-serif", "jinja2", "justext", "manimgx-fonts", "manimgx-fonts-cjk",
    "markdown-it-py", "markupsafe", "pagefind-bin", "pyyaml", "resvg-py", "sentencex", "spylls",
)  # fmt: skip


@cache
def program() -> str:
    """A digest of this program's files, its libraries' versions and Python's."""
    digest = hashlib.blake2b(digest_size=16)
    base = os.fspath(Path(__file__).parent.parent)  # the whole package
    for name in sorted(_sources(base)):
        with open(f"{base}/{name}", "rb") as file:  # noqa: PTH123  a Path costs as much as reading the file
            raw = file.read()
        digest.update(f"{name}:{len(raw)}:".encode() + raw)
    installed = _installed()
    versions = [f"{name} {installed.get(_plain(name)) or _asked(name)}" for name in _LIBRARIES]
    digest.update(" ".join([sys.version, *versions]).encode())
    return digest.hexdigest()


def _sources(base: str) -> list[str]:
    found, waiting = [], [""]
    while waiting:
        here = waiting.pop()
        with os.scandir(f"{base}/{here}") as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    found.append(f"{here}{entry.name}")
                elif entry.name != "__pycache__" and entry.is_dir():
                    waiting.append(f"{here}{entry.name}/")
    return found


def _installed() -> dict[str, str]:
    """The versions of packages as the names of their folders have them (`jinja2-3.1.6.dist-info`; "Recording installed
    projects", Python packaging guide): `importlib.metadata` would say the same, but takes longer to import than all
    else that a build with nothing to do needs."""
    found: dict[str, str] = {}
    for folder in sys.path:
        try:
            names = sorted(os.listdir(folder or "."))  # noqa: PTH208
        except OSError:  # gone, or an archive
            continue
        for name in names:
            if name.endswith(".dist-info"):
                package, _, version = name.removesuffix(".dist-info").partition("-")
                found.setdefault(_plain(package), version)
    return found


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")


def _asked(name: str) -> str:
    """The version of a package that is installed in another way."""
    from importlib.metadata import version  # noqa: PLC0415  see `_installed`

    return version(name)
