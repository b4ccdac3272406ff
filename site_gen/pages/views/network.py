"""View of the network: who appears with whom, as a drawing and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.core.text import shorten
from site_gen.pages.language import language_of
from site_gen.pages.network_layout import arc_columns
from site_gen.pages.views.meta_tags import NETWORK, Head, page_head
from site_gen.pages.views.page_parts import EntityLink, entity_link, pair_url
from site_gen.site import co_occurrence, directory

if TYPE_CHECKING:
    from site_gen.content.records import Kind, Tag
    from site_gen.core.urls import UrlPath
    from site_gen.pages.network_layout import Arc
    from site_gen.site.database import SiteDatabase

_MAX_LABEL_LENGTH = 26  # characters of a name beside the arcs
_COLUMN_NAMES_WIDTH = 196  # x at which arcs begin, to the right of a column of names
_ARCS_WIDTH = 92  # how far arcs reach to the right
_COLOURS = 6  # that the style sheet has for kinds: .k0 to .k5


class NetworkNode(NamedTuple):
    """A name in the drawing."""

    link: EntityLink  # its page and whole name
    label: str  # as much of the name as there is room for
    colour: int  # number of its kind's colour
    x: float  # of its dot
    y: float  # of its dot


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


class NetworkPage(Struct, frozen=True):
    """What `network.html` shows: the strongest links."""

    title: str  # heading of the page
    columns: tuple[NetworkColumn, ...]  # the longest first
    kinds: tuple[tuple[Kind, int], ...]  # the kinds that are drawn, with the numbers of their colours
    rows: tuple[NetworkRow, ...]  # by number of stories
    head: Head  # what <head> says of the page


def network_page(site: SiteDatabase) -> NetworkPage:
    """Show the site's strongest links between entities of those kinds that are found by names."""
    links, language = co_occurrence.strongest_pairs(site), language_of(site)
    columns = arc_columns(links, _COLUMN_NAMES_WIDTH, _ARCS_WIDTH)
    kinds = [kind for kind in site.config.kinds if kind.by == "names"]
    colours = {kind.key: number % _COLOURS for number, kind in enumerate(kinds)}
    counts = {(a, b): count for a, b, count in links}
    drawn_kinds = {tag.kind for column in columns for tag, _ in column.places}

    def node(tag: Tag, y: float) -> NetworkNode:
        link = entity_link(site, tag)
        return NetworkNode(link, shorten(link.name, _MAX_LABEL_LENGTH), colours[tag.kind], _COLUMN_NAMES_WIDTH, y)

    def line(arc: Arc[Tag]) -> NetworkLink:
        a, b = arc.ends
        label = language.ngettext(
            "%(one)s and %(other)s: %(num)s story",
            "%(one)s and %(other)s: %(num)s stories",
            counts[a, b],
            one=directory.name(site, a),
            other=directory.name(site, b),
        )
        return NetworkLink(arc.path, arc.width, colours[a.kind] if a.kind == b.kind else None, label)

    drawn_columns = tuple(
        NetworkColumn(column.height, tuple(node(tag, y) for tag, y in column.places), tuple(map(line, column.arcs)))
        for column in columns
    )
    rows = tuple(
        NetworkRow(entity_link(site, a), entity_link(site, b), pair_url(site, a, b), count)
        for a, b, count in sorted(links, key=lambda link: (-link[2], link[:2]))
    )
    description = language.gettext(
        "The strongest links of %(site)s: who appears with whom more than by chance.", site=site.config.title
    )
    title = language.gettext("Who appears with whom")
    return NetworkPage(
        title=title,
        kinds=tuple((kind, colours[kind.key]) for kind in kinds if kind.key in drawn_kinds),
        columns=drawn_columns,
        rows=rows,
        head=page_head(site, NETWORK, title, description),
    )
