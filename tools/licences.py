"""Write the licences of all packages that an installation needs, as a Markdown table, from what they declare.

    python tools/licences.py > docs/licences.md

Packages of the tests and of the extra `ner` are left out.
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution

_HEAD = """# Licences

What an installation of `site_gen` (MIT) brings with it, by what each package declares. None is under the GPL or AGPL
alone (`tld` leaves the choice). Pebble is under the LGPL: it is used as it comes, as a library of its own, and may be
replaced by another version. Made by `tools/licences.py`.

| package | version | licence |
|---|---|---|"""


def requirements(dist: Distribution) -> set[str]:
    """Return the packages that one needs, without those of its extras."""
    names: set[str] = set()
    for line in dist.requires or ():
        requirement, _, marker = line.partition(";")
        if "extra" not in marker:
            names.add(re.split(r"[\s<>=!~\[(]", requirement.strip())[0].lower().replace("_", "-"))
    return names


def closure(names: set[str]) -> dict[str, Distribution]:
    """Return these packages and all that they need, as far as they are installed: the rest is for other systems."""
    found: dict[str, Distribution] = {}
    queue = sorted(names)
    while queue:
        name = queue.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        queue.extend(requirements(found[name]))
    return found


def licence(dist: Distribution) -> str:
    """Return the licence that a package declares, in few words."""
    meta = dist.metadata
    if expression := meta.get("License-Expression"):
        return str(expression)
    classifiers = [line.rpartition(" :: ")[2] for line in meta.get_all("Classifier") or () if "License ::" in line]
    text = (meta.get("License") or "").strip()
    if classifiers or (text and "\n" not in text and len(text) < 60):
        return ", ".join(classifiers) or text
    texts = [file.read_text() for file in dist.files or () if "licen" in str(file).lower()]
    return "MIT, by its text" if any("Permission is hereby granted, free of charge" in each for each in texts) else "?"


def main() -> None:
    """Print the table."""
    print(_HEAD)
    for name, dist in sorted(closure(requirements(distribution("site-gen"))).items()):
        print(f"| {name} | {dist.version} | {licence(dist)} |")


if __name__ == "__main__":
    main()
