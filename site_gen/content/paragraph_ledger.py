"""Ledger of published paragraphs, `content/anchors.txt`: which block stands today for one that links lead to. Pure.

A line is an article: its id, a digest of its text, then the ids of its blocks (paragraphs, headings, list items) in
their order, each with the former ids that it stands for: `k3v9x2qd 5f0a91c2 p-3fa91c p-77aa01+p-0c1d2e`. It ends with
its check, see `ledger_lines`.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.ledger_lines import LedgerFault, format_ledger, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LINE = re.compile(r"([a-z0-9][a-z0-9-]*) ([0-9a-f]{8})((?: [hp]-[0-9a-f]{6}[0-9a-z+-]*)*)")
_HEAD = "The paragraphs that were published, by article. Written by `site-gen permalinks record`."
DIGEST_LETTERS = 8  # of a text's digest that a line keeps


class PublishedParagraphs(NamedTuple):
    """An article's blocks as they were published."""

    digest: str  # of the text, its first DIGEST_LETTERS
    blocks: tuple[tuple[str, ...], ...]  # in their order: each block's id, then former ids that it stands for

    @property
    def former(self) -> dict[str, tuple[str, ...]]:
        """Former ids of each block that has any, by its id."""
        return {ids[0]: ids[1:] for ids in self.blocks if len(ids) > 1}


def parse(text: str) -> tuple[dict[str, str], list[LedgerFault]]:
    """Return the entries of the file by article, and what is wrong with it.

    An entry is a line without the article's id; `parse_entry` reads it. Most are never looked at. Of an article that
    two sides of a merge have, the longer is taken: it stands for more former ids.
    """
    entries: dict[str, str] = {}
    lines, faults = read_lines(text)
    wrong = list(faults)
    for number, line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            wrong.append(LedgerFault(number, "is no article with its paragraphs"))
        else:
            entry = f"{match[2]}{match[3]}"
            entries[match[1]] = max(entry, entries.get(match[1], ""), key=lambda text: (len(text), text))
    return entries, wrong


def parse_entry(entry: str) -> PublishedParagraphs:
    """Return the blocks of an article's entry, as `parse` returns it."""
    digest, *blocks = entry.split(" ")
    return PublishedParagraphs(digest, tuple(tuple(block.split("+")) for block in blocks))


def format_entry(paragraphs: PublishedParagraphs) -> str:
    """Return the entry that `parse_entry` reads."""
    return " ".join([paragraphs.digest, *("+".join(ids) for ids in paragraphs.blocks)])


def dump(entries: Mapping[str, str]) -> str:
    """Return the file of these entries, which are given by article."""
    return format_ledger(_HEAD, (f"{identity} {entry}" for identity, entry in sorted(entries.items())))


def former_ids(before: PublishedParagraphs, now: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the former ids that each of an article's blocks stands for, now that its blocks have the ids `now`.

    A block that was edited is certain to be another's successor only where it stands alone between the same
    neighbours, in the place of one (Ratcliff and Obershelp's matching, as in `difflib`), and is of its sort, a heading
    or not. Nothing is guessed: a paragraph that was split, joined or dropped has no successor.
    """
    present = set(now)
    successors = {ids[0]: ids[0] for ids in before.blocks if ids[0] in present}
    old = [ids[0] for ids in before.blocks]
    for operation, old_start, old_end, new_start, new_end in SequenceMatcher(
        None, old, now, autojunk=False
    ).get_opcodes():
        if operation == "replace" and old_end - old_start == new_end - new_start == 1:
            lost, successor = old[old_start], now[new_start]
            if lost not in present and successor not in old and lost[0] == successor[0]:
                successors[lost] = successor
    former: dict[str, list[str]] = {}
    for ids in before.blocks:
        if successor := successors.get(ids[0], ""):
            former.setdefault(successor, []).extend(identity for identity in ids if identity not in present)
    return {successor: tuple(dict.fromkeys(ids)) for successor, ids in former.items() if ids}


def record_paragraphs(before: PublishedParagraphs | None, digest: str, now: Iterable[str]) -> PublishedParagraphs:
    """Return what is published once the article's blocks have the ids `now`.

    before: what was published of it; None: nothing. digest: of its text.
    """
    ids = list(now)
    former = former_ids(before, ids) if before else {}
    blocks = tuple((identity, *former.get(identity, ())) for identity in ids)
    return PublishedParagraphs(digest[:DIGEST_LETTERS], blocks)
