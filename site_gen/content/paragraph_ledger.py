"""Links into an article that outlive edits: which paragraph stands today for one that was published.

`content/anchors.txt` has a line an article: its id, a digest of the text, then the ids of its blocks in
their order, each with the former ids that it stands for: `k3v9x2qd 5f0a91c2 p-3fa91c p-77aa01+p-0c1d2e`.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LINE = re.compile(r"([a-z0-9][a-z0-9-]*) ([0-9a-f]{8})((?: [hp]-[0-9a-f]{6}[0-9a-z+-]*)*)")
_HEAD = "# The paragraphs that were published, by article. Written by `site-gen permalinks record`.\n"
DIGEST = 8  # letters of a text's digest that a line keeps


class Published(NamedTuple):
    """An article's blocks as they were published: each block's id, then former ids that it stands for."""

    digest: str
    blocks: tuple[tuple[str, ...], ...]

    @property
    def former(self) -> dict[str, tuple[str, ...]]:
        """The former ids of each block that has any."""
        return {ids[0]: ids[1:] for ids in self.blocks if len(ids) > 1}


def parse(text: str) -> tuple[dict[str, str], list[int]]:
    """The lines of the file by article (read one with `published`), and the numbers of lines that are none."""
    found: dict[str, str] = {}
    wrong: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line and not line.startswith("#"):
            match = _LINE.fullmatch(line.rstrip())
            if match is None:
                wrong.append(number)
            else:
                found[match[1]] = f"{match[2]}{match[3]}"
    return found, wrong


def published(line: str) -> Published:
    """An article's line, as `parse` gives it."""
    digest, *blocks = line.split(" ")
    return Published(digest, tuple(tuple(block.split("+")) for block in blocks))


def line_of(entry: Published) -> str:
    """What `published` reads."""
    return " ".join([entry.digest, *("+".join(ids) for ids in entry.blocks)])


def dump(lines: Mapping[str, str]) -> str:
    """The file of these lines by article."""
    return _HEAD + "".join(f"{identity} {line}\n" for identity, line in sorted(lines.items()))


def carried(before: Published, now: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The former ids that each of an article's blocks stands for, now that its blocks have these ids.

    A block that was edited is certain to be another's successor only where it stands alone between the
    same neighbours, in the place of one (Ratcliff and Obershelp's matching, as in `difflib`), and is of its
    sort, a heading or not. Nothing is guessed: a paragraph that was split, joined or dropped has none.
    """
    here = set(now)
    heirs = {ids[0]: ids[0] for ids in before.blocks if ids[0] in here}
    old = [ids[0] for ids in before.blocks]
    for what, a1, a2, b1, b2 in SequenceMatcher(None, old, now, autojunk=False).get_opcodes():
        if what == "replace" and a2 - a1 == b2 - b1 == 1:
            lost, heir = old[a1], now[b1]
            if lost not in here and heir not in old and lost[0] == heir[0]:
                heirs[lost] = heir
    found: dict[str, list[str]] = {}
    for ids in before.blocks:
        if heir := heirs.get(ids[0], ""):
            found.setdefault(heir, []).extend(one for one in ids if one not in here)
    return {heir: tuple(dict.fromkeys(ids)) for heir, ids in found.items() if ids}


def recorded(before: Published | None, digest: str, now: Iterable[str]) -> Published:
    """What is published once the article's blocks have these ids."""
    ids = list(now)
    former = carried(before, ids) if before else {}
    return Published(digest[:DIGEST], tuple((one, *former.get(one, ())) for one in ids))
