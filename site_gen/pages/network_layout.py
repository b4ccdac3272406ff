"""Geometry of a network: names around a circle and links as curves through it, or names in columns and links as arcs.

Pure; the same links always give the same drawing.

A circle, and no layout by forces: no label ever lies over another, and each name is easy to find again. A phone has no
room for it, nor does a circle say anything of many names that hang together in small groups: these get columns.

A link is given as (name, name, weight). Lengths are in units of the SVG's view box; y grows downwards.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

N = TypeVar("N", bound=Hashable)  # a name; what it is, is the caller's

_ROW_HEIGHT = 20  # between two names in a column
_RIM_STEP = 18  # between two names on the rim
_MIN_RADIUS = 130
_LABEL_WIDTH = 176  # room for a name outside of the rim
_MAX_LINE_WIDTH = 4.5  # of the weightiest link


class RimNode(NamedTuple, Generic[N]):
    """A name on the rim of the circle. Its label reads outwards, and never upside down."""

    node: N  # the name
    x: float  # of the name's dot
    y: float  # of the name's dot
    turn: float  # degrees that the label is turned by, clockwise
    anchor: str  # which end of the label stands at the dot: SVG's `text-anchor`


class Chord(NamedTuple, Generic[N]):
    """A link, as it is drawn."""

    ends: tuple[N, N]  # the two names
    path: str  # SVG path data
    width: float  # of the line


class ArcColumn(NamedTuple, Generic[N]):
    """Names that hang together, below each other."""

    height: int  # of the drawing
    places: tuple[tuple[N, int], ...]  # each name, and the y of its middle
    chords: tuple[Chord[N], ...]  # the weightiest last, so that they lie on top


class CircleLayout(NamedTuple, Generic[N]):
    """A whole network around a circle."""

    size: int  # side of the square that it is drawn in
    nodes: tuple[RimNode[N], ...]  # clockwise, from the top
    chords: tuple[Chord[N], ...]  # the weightiest last, so that they lie on top


def circle_layout(links: Sequence[tuple[N, N, int]]) -> CircleLayout[N]:
    """Lay a network out around a circle, with names that are linked near each other."""
    chains = _chains(links)
    places = sum(map(len, chains)) + (len(chains) if len(chains) > 1 else 0)  # a gap after each chain
    radius = max(_MIN_RADIUS, math.ceil(places * _RIM_STEP / math.tau))
    center = radius + _LABEL_WIDTH
    angles: dict[N, float] = {}
    place = 0
    for chain in chains:
        for node in chain:
            angles[node] = math.tau * place / max(places, 1) - math.pi / 2
            place += 1
        place += 1
    heaviest = max((weight for _, _, weight in links), default=1)
    chords = tuple(
        Chord((a, b), _curve(angles[a], angles[b], radius, center), _line_width(weight, heaviest))
        for a, b, weight in sorted(links, key=lambda link: link[2])
    )
    nodes = tuple(_rim_node(node, angle, radius, center) for node, angle in angles.items())
    return CircleLayout(2 * center, nodes, chords)


def arc_columns(links: Sequence[tuple[N, N, int]], left: int, room: int) -> tuple[ArcColumn[N], ...]:
    """Lay a network out as columns, one for each set of names that hang together, the longest first.

    left: x at which arcs begin; room: how far to the right of it they may reach.
    """
    heaviest = max((weight for _, _, weight in links), default=1)
    columns: list[ArcColumn[N]] = []
    for chain in _chains(links):
        y = {node: _ROW_HEIGHT * number + _ROW_HEIGHT // 2 for number, node in enumerate(chain)}
        chords = tuple(
            Chord((a, b), _arc(y[a], y[b], left, room), _line_width(weight, heaviest))
            for a, b, weight in sorted(links, key=lambda link: link[2])
            if a in y
        )
        columns.append(ArcColumn(_ROW_HEIGHT * len(chain), tuple(y.items()), chords))
    return tuple(columns)


def _arc(y1: int, y2: int, left: int, room: int) -> str:
    """Return the path of an arc between two rows: the further they are apart, the further out it goes.

    The middle of a cubic Bézier curve is at three quarters of the distance of its control points.
    """
    out = left + round(min(room, 10 + 7 * abs(y1 - y2) / _ROW_HEIGHT) * 4 / 3)
    return f"M{left} {y1}C{out} {y1} {out} {y2} {left} {y2}"


def _chains(links: Iterable[tuple[N, N, int]]) -> list[list[N]]:
    """Put the names in rows, one for each set that hangs together; the longest first.

    Links are taken by weight, the weightiest first; each joins the rows of its two names at those ends to which the
    names are nearest.
    """
    chains: dict[N, list[N]] = {}  # by each name in them
    for a, b, _ in sorted(links, key=lambda link: -link[2]):
        left, right = chains.setdefault(a, [a]), chains.setdefault(b, [b])
        if left is right:
            continue
        if 2 * left.index(a) + 1 < len(left):
            left.reverse()
        if 2 * right.index(b) + 1 > len(right):
            right.reverse()
        left += right
        chains |= dict.fromkeys(right, left)
    distinct = {id(chain): chain for chain in chains.values()}
    return sorted(distinct.values(), key=lambda chain: -len(chain))


def _rim_node(node: N, angle: float, radius: int, center: int) -> RimNode[N]:
    turn = round(math.degrees(angle), 1)
    is_left = 90 < turn % 360 < 270
    x, y = _point(angle, radius, center)
    return RimNode(node, x, y, round(turn + 180 if is_left else turn, 1), "end" if is_left else "start")


def _curve(angle1: float, angle2: float, radius: int, center: int) -> str:
    """Return the path of a curve that keeps to the rim between neighbours and crosses the middle between opposites."""
    apart = abs(angle1 - angle2)
    middle = (angle1 + angle2) / 2 + (math.pi if apart > math.pi else 0)
    apart = min(apart, math.tau - apart)
    (x1, y1), (x2, y2) = _point(angle1, radius, center), _point(angle2, radius, center)
    x, y = _point(middle, radius * 0.82 * (1 - apart / math.pi), center)
    return f"M{x1:g} {y1:g}Q{x:g} {y:g} {x2:g} {y2:g}"


def _point(angle: float, radius: float, center: int) -> tuple[float, float]:
    """Return x and y of a point. angle: in radians, clockwise from the right."""
    return round(center + radius * math.cos(angle), 1), round(center + radius * math.sin(angle), 1)


def _line_width(weight: int, heaviest: int) -> float:
    """Return how wide a link is drawn: by the root of its weight, compared with the heaviest."""
    return round(max(1.0, _MAX_LINE_WIDTH * math.sqrt(weight / heaviest)), 1)
