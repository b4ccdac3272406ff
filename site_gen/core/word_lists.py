"""Word lists that are kept as plain text beside the module that reads them.

A file holds one list after another. A line in square brackets names the list that follows; a line that begins with #
is a comment:

    # Legal forms that stand before the name.
    [legal forms first]
    ооо оао зао

Words are separated by blanks and line ends, phrases (which may hold blanks) by semicolons and line ends.
"""

from __future__ import annotations

import contextlib
import importlib.resources
import importlib.util
import re
from importlib.machinery import SourceFileLoader


def small_words(language: str) -> frozenset[str]:
    """Return the small words of a language (`English`) as justext lists them. Raises LookupError where it has no list.

    The package is not imported: it would bring an HTML parser and an HTTP client to every build.
    """
    spec = importlib.util.find_spec("justext")
    for folder in (spec and spec.submodule_search_locations) or ():
        with contextlib.suppress(OSError):
            data = SourceFileLoader("justext", folder).get_data(f"{folder}/stoplists/{language}.txt")
            return frozenset(data.decode().lower().splitlines())
    raise LookupError(language)


class WordLists:
    """The lists of one file, by name."""

    def __init__(self, package: str, file: str) -> None:
        """Read a file of a package, such as `site_gen.entities` and `lexicon.txt`."""
        lines: dict[str, list[str]] = {}
        name = ""
        for line in importlib.resources.files(package).joinpath(file).read_text("utf-8").splitlines():
            if line.startswith("[") and line.endswith("]"):
                name = line[1:-1]
                lines[name] = []
            elif line and not line.startswith("#"):
                lines[name].append(line)
        self._texts = {name: "\n".join(content) for name, content in lines.items()}

    def words(self, name: str) -> frozenset[str]:
        """Return the words of a list."""
        return frozenset(self._texts[name].split())

    def phrases(self, name: str) -> tuple[str, ...]:
        """Return the phrases of a list, in their order."""
        return tuple(filter(None, map(str.strip, re.split("[;\n]", self._texts[name]))))
