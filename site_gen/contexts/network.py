"""The page of who appears with whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.contexts.head import NETWORK, Head, head
from site_gen.contexts.parts import EntityLink, name_link, pair_url
from site_gen.phrases import counted
from site_gen.text import shorten
from site_gen.wheel import wheel

if TYPE_CHECKING:
    from site_gen.model import Kind, Tag
    from site_gen.site import Site
    from site_gen.urls import UrlPath

_LABEL = 26  # characters of a name at the rim
_COLOURS = 6  # that the style has for kinds


class Node(NamedTuple):
    """A name at the rim: where, in which colour, and as much of it as there is room for."""

    link: EntityLink
    label: str
    colour: int
    x: float
    y: float
    turn: float
    anchor: str


class Line(NamedTuple):
    """A link: its curve, its colour where both ends are of a kind, what it says."""

    path: str
    width: float
    colour: int | None
    label: str


class Row(NamedTuple):
    """The same in the table."""

    one: EntityLink
    other: EntityLink
    pair: UrlPath
    stories: int


@dataclass(frozen=True, slots=True)
class NetworkPage:
    """Who appears with whom: the strongest links as a drawing, and as a table."""

    title: str
    size: int
    kinds: tuple[tuple[Kind, int], ...]
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    head: Head


def network_page(site: Site) -> NetworkPage:
    """The site's strongest links between those that are found by their names."""
    links = site.strongest()
    drawn = wheel(links)
    kinds = [kind for kind in site.config().kinds if kind.by == "names"]
    colour = {kind.key: number % _COLOURS for number, kind in enumerate(kinds)}
    counts = {(one, other): count for one, other, count in links}
    there = {spoke.node.kind for spoke in drawn.spokes}
    nodes = []
    for spoke in drawn.spokes:
        link = name_link(site, spoke.node)
        at = spoke.x, spoke.y, spoke.turn, spoke.anchor
        nodes.append(Node(link, shorten(link.name, _LABEL), colour[spoke.node.kind], *at))
    lines = tuple(
        Line(
            chord.path,
            chord.width,
            colour[chord.one.kind] if chord.one.kind == chord.other.kind else None,
            f"{_title(site, chord.one, chord.other)}: {counted(counts[chord.one, chord.other], 'story', 'stories')}",
        )
        for chord in drawn.chords
    )
    rows = tuple(
        Row(name_link(site, one), name_link(site, other), pair_url(site, one, other), count)
        for one, other, count in sorted(links, key=lambda link: (-link[2], link[:2]))
    )
    said = f"The strongest links of {site.config().title}: who appears with whom more than by chance."
    return NetworkPage(
        title="Who appears with whom",
        size=drawn.size,
        kinds=tuple((kind, colour[kind.key]) for kind in kinds if kind.key in there),
        nodes=tuple(nodes),
        lines=lines,
        rows=rows,
        head=head(site, NETWORK, "Who appears with whom", said),
    )


def _title(site: Site, one: Tag, other: Tag) -> str:
    return f"{site.name(one)} and {site.name(other)}"
