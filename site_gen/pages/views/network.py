"""The page of who appears with whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from site_gen.core.formatting import counted
from site_gen.core.text import shorten
from site_gen.pages.network_layout import arc_columns, circle_layout
from site_gen.pages.views.meta_tags import NETWORK, Head, page_head
from site_gen.pages.views.page_parts import EntityLink, entity_link, pair_url

if TYPE_CHECKING:
    from site_gen.content.records import Kind, Tag
    from site_gen.core.urls import UrlPath
    from site_gen.pages.network_layout import Chord
    from site_gen.site.site import Site

_LABEL = 26  # characters of a name at the rim
_ARCS, _ROOM = 196, 92  # where arcs begin beside a column of names, and how far they reach
_COLOURS = 6  # that the style has for kinds


class NetworkNode(NamedTuple):
    """A name at the rim: where, in which colour, and as much of it as there is room for."""

    link: EntityLink
    label: str
    colour: int
    x: float
    y: float
    turn: float
    anchor: str


class NetworkLink(NamedTuple):
    """A link: its curve, its colour where both ends are of a kind, what it says."""

    path: str
    width: float
    colour: int | None
    label: str


class NetworkColumn(NamedTuple):
    """Names that hang together, below each other, with arcs between them."""

    height: int
    nodes: tuple[NetworkNode, ...]
    lines: tuple[NetworkLink, ...]


class NetworkRow(NamedTuple):
    """The same in the table."""

    one: EntityLink
    other: EntityLink
    pair: UrlPath
    stories: int


@dataclass(frozen=True, slots=True)
class NetworkPage:
    """Who appears with whom: the strongest links as a drawing, and as a table. round: whether most names hang together,
    so that a circle says more than columns where there is room for it."""

    title: str
    size: int
    round: bool
    columns: tuple[NetworkColumn, ...]
    kinds: tuple[tuple[Kind, int], ...]
    nodes: tuple[NetworkNode, ...]
    lines: tuple[NetworkLink, ...]
    rows: tuple[NetworkRow, ...]
    head: Head


def network_page(site: Site) -> NetworkPage:
    """The site's strongest links between those that are found by their names."""
    links = site.strongest()
    drawn = circle_layout(links)
    kinds = [kind for kind in site.config().kinds if kind.by == "names"]
    colour = {kind.key: number % _COLOURS for number, kind in enumerate(kinds)}
    counts = {(one, other): count for one, other, count in links}
    there = {spoke.node.kind for spoke in drawn.spokes}

    def node(tag: Tag, *at: Any) -> NetworkNode:
        link = entity_link(site, tag)
        return NetworkNode(link, shorten(link.name, _LABEL), colour[tag.kind], *at)

    def line(chord: Chord[Tag]) -> NetworkLink:
        said = f"{_title(site, chord.one, chord.other)}: {counted(counts[chord.one, chord.other], 'story', 'stories')}"
        alike = colour[chord.one.kind] if chord.one.kind == chord.other.kind else None
        return NetworkLink(chord.path, chord.width, alike, said)

    columns = tuple(
        NetworkColumn(
            one.height,
            tuple(node(tag, _ARCS, y, 0, "end") for tag, y in one.places),
            tuple(map(line, one.chords)),
        )
        for one in arc_columns(links, _ARCS, _ROOM)
    )
    rows = tuple(
        NetworkRow(entity_link(site, one), entity_link(site, other), pair_url(site, one, other), count)
        for one, other, count in sorted(links, key=lambda link: (-link[2], link[:2]))
    )
    said = f"The strongest links of {site.config().title}: who appears with whom more than by chance."
    return NetworkPage(
        title="Who appears with whom",
        size=drawn.size,
        kinds=tuple((kind, colour[kind.key]) for kind in kinds if kind.key in there),
        round=bool(columns) and 2 * len(columns[0].nodes) >= len(drawn.spokes),
        columns=columns,
        nodes=tuple(node(spoke.node, spoke.x, spoke.y, spoke.turn, spoke.anchor) for spoke in drawn.spokes),
        lines=tuple(map(line, drawn.chords)),
        rows=rows,
        head=page_head(site, NETWORK, "Who appears with whom", said),
    )


def _title(site: Site, one: Tag, other: Tag) -> str:
    return f"{site.name(one)} and {site.name(other)}"
