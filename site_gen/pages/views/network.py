"""View of the network: who appears with whom, as a drawing and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.formatting import format_count
from site_gen.core.text import shorten
from site_gen.pages.network_layout import arc_columns, circle_layout
from site_gen.pages.views.meta_tags import NETWORK, Head, page_head
from site_gen.pages.views.page_parts import EntityLink, entity_link, pair_url
from site_gen.site import co_occurrence, directory

if TYPE_CHECKING:
    from site_gen.content.records import Kind, Tag
    from site_gen.core.urls import UrlPath
    from site_gen.pages.network_layout import Chord
    from site_gen.site.database import SiteDatabase

_TITLE = "Who appears with whom"
_MAX_LABEL_LENGTH = 26  # characters of a name at the rim
_COLUMN_NAMES_WIDTH = 196  # x at which arcs begin, to the right of a column of names
_ARCS_WIDTH = 92  # how far arcs reach to the right
_COLOURS = 6  # that the style sheet has for kinds: .k0 to .k5


class NetworkNode(NamedTuple):
    """A name in the drawing, around the circle or in a column."""

    link: EntityLink  # its page and whole name
    label: str  # as much of the name as there is room for
    colour: int  # number of its kind's colour
    x: float  # of its dot
    y: float  # of its dot
    turn: float  # degrees that the label is turned by, clockwise
    anchor: str  # which end of the label stands at the dot: SVG's `text-anchor`


class NetworkLink(NamedTuple):
    """A line that joins two names."""

    path: str  # SVG path data
    width: float  # of the line
    colour: int | None  # that of both names' kind; None where they are of two kinds
    label: str  # both names, and the stories they share


class NetworkColumn(NamedTuple):
    """Names that hang together, below each other, with arcs beside them."""

    height: int  # of the drawing
    nodes: tuple[NetworkNode, ...]  # from top to bottom
    lines: tuple[NetworkLink, ...]  # the weightiest last, so that they lie on top


class NetworkRow(NamedTuple):
    """A link in the table."""

    one: EntityLink  # the first in order of kind and slug
    other: EntityLink  # the second
    pair: UrlPath  # the page of both
    stories: int  # that name both


@dataclass(frozen=True, slots=True)
class NetworkPage:
    """What `network.html` shows: the strongest links."""

    title: str  # heading of the page
    size: int  # side of the square that the circle is drawn in
    round: bool  # whether most names hang together: then a circle says more than columns, where there is room for it
    columns: tuple[NetworkColumn, ...]  # the whole network again, for narrow screens
    kinds: tuple[tuple[Kind, int], ...]  # the kinds that are drawn, with the numbers of their colours
    nodes: tuple[NetworkNode, ...]  # around the circle
    lines: tuple[NetworkLink, ...]  # inside of it
    rows: tuple[NetworkRow, ...]  # by number of stories
    head: Head  # what <head> says of the page


def network_page(site: SiteDatabase) -> NetworkPage:
    """Show the site's strongest links between entities of those kinds that are found by names."""
    links = co_occurrence.strongest_pairs(site)
    circle = circle_layout(links)
    kinds = [kind for kind in site.config.kinds if kind.by == "names"]
    colours = {kind.key: number % _COLOURS for number, kind in enumerate(kinds)}
    counts = {(a, b): count for a, b, count in links}
    drawn_kinds = {node.node.kind for node in circle.nodes}

    def node(tag: Tag, x: float, y: float, turn: float, anchor: str) -> NetworkNode:
        link = entity_link(site, tag)
        return NetworkNode(link, shorten(link.name, _MAX_LABEL_LENGTH), colours[tag.kind], x, y, turn, anchor)

    def line(chord: Chord[Tag]) -> NetworkLink:
        a, b = chord.ends
        label = (
            f"{directory.name(site, a)} and {directory.name(site, b)}: {format_count(counts[a, b], 'story', 'stories')}"
        )
        return NetworkLink(chord.path, chord.width, colours[a.kind] if a.kind == b.kind else None, label)

    columns = tuple(
        NetworkColumn(
            column.height,
            tuple(node(tag, _COLUMN_NAMES_WIDTH, y, 0, "end") for tag, y in column.places),
            tuple(map(line, column.chords)),
        )
        for column in arc_columns(links, _COLUMN_NAMES_WIDTH, _ARCS_WIDTH)
    )
    rows = tuple(
        NetworkRow(entity_link(site, a), entity_link(site, b), pair_url(site, a, b), count)
        for a, b, count in sorted(links, key=lambda link: (-link[2], link[:2]))
    )
    description = f"The strongest links of {site.config.title}: who appears with whom more than by chance."
    return NetworkPage(
        title=_TITLE,
        size=circle.size,
        kinds=tuple((kind, colours[kind.key]) for kind in kinds if kind.key in drawn_kinds),
        round=bool(columns) and 2 * len(columns[0].nodes) >= len(circle.nodes),
        columns=columns,
        nodes=tuple(node(*rim_node) for rim_node in circle.nodes),
        lines=tuple(map(line, circle.chords)),
        rows=rows,
        head=page_head(site, NETWORK, _TITLE, description),
    )
