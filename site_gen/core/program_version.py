"""Digest of this program: of its own files and of the versions of its libraries and Python.

What is kept between builds holds only for the program that made it: each change of this digest makes a site anew.
A build with nothing to do asks for it too, so it has to be quick (about 4 ms).
"""

from __future__ import annotations

import hashlib
import os
import sys
from functools import cache
from pathlib import Path

# The libraries that have a say in the bytes of a page.
_LIBRARIES = (
    "ahocorasick-rs", "babel", "fontpkg-noto-serif", "jinja2", "justext", "manimgx-fonts", "manimgx-fonts-cjk",
    "markdown-it-py", "markupsafe", "pagefind-bin", "pyyaml", "resvg-py", "sentencex", "spylls", "tld",
)  # fmt: skip
# The theme's templates, where an installed program has them. They have a digest of their own (`ThemeFiles.digest`),
# with those of the site that beat them; without them the digest is that of a checkout, which has them elsewhere.
_THEME = "pages/theme"


@cache
def program_digest() -> str:
    """Return a digest of the package's files, the versions of its libraries and Python's, as 32 hexadecimal digits."""
    package = os.fspath(Path(__file__).parent.parent)
    installed = _installed_versions()
    versions = [f"{name} {installed.get(_normalized(name)) or _version_by_metadata(name)}" for name in _LIBRARIES]
    text = " ".join([_files_digest(package), sys.version, *versions])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _files_digest(package: str) -> str:
    """Return a digest of the names and bytes of a package's files: code and the data beside it."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(_package_files(package)):
        with open(f"{package}/{name}", "rb") as file:  # noqa: PTH123  a Path costs as much as reading the file
            raw = file.read()
        digest.update(f"{name}:{len(raw)}:".encode() + raw)
    return digest.hexdigest()


def _package_files(package: str) -> list[str]:
    """Return every file below a folder, relative to it, but for compiled Python and the theme."""
    files: list[str] = []
    folders = [""]  # those still to be listed: empty or with a slash at the end
    while folders:
        folder = folders.pop()
        with os.scandir(f"{package}/{folder}") as entries:
            for entry in entries:
                path = f"{folder}{entry.name}"
                if entry.is_dir():
                    if entry.name != "__pycache__" and path != _THEME:
                        folders.append(f"{path}/")
                elif not entry.name.endswith(".pyc"):
                    files.append(path)
    return files


def _installed_versions() -> dict[str, str]:
    """Return the versions of installed packages by their normalized names.

    They are read from the names of their folders (`jinja2-3.1.6.dist-info`; Python Packaging User Guide, "Recording
    installed projects"): `importlib.metadata` would say the same, but takes longer to import than all else that a
    build with nothing to do needs.
    """
    versions: dict[str, str] = {}
    for folder in sys.path:
        try:
            names = sorted(os.listdir(folder or "."))  # noqa: PTH208
        except OSError:  # gone, or an archive
            continue
        for name in names:
            if name.endswith(".dist-info"):
                package, _, version = name.removesuffix(".dist-info").partition("-")
                versions.setdefault(_normalized(package), version)
    return versions


def _normalized(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")


def _version_by_metadata(name: str) -> str:
    """Return the version of a package that has no `.dist-info` folder on the path: it is installed in another way."""
    from importlib.metadata import version  # noqa: PLC0415  see `_installed_versions`

    return version(name)
