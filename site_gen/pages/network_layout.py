"""Geometry of a network: names in columns, and links as arcs beside them.

Pure; the same links always give the same drawing.

Columns, and no layout by forces: no label ever lies over another, each name is easy to find again, and letters are as
large on a phone as on a desk.

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
_MAX_LINE_WIDTH = 4.5  # of the weightiest link


class Arc(NamedTuple, Generic[N]):
    """A link, as it is drawn."""

    ends: tuple[N, N]  # the two names
    path: str  # SVG path data
    width: float  # of the line


class ArcColumn(NamedTuple, Generic[N]):
    """Names that hang together, below each other."""

    height: int  # of the drawing
    places: tuple[tuple[N, int], ...]  # each name, and the y of its middle
    arcs: tuple[Arc[N], ...]  # the weightiest last, so that they lie on top


def arc_columns(links: Sequence[tuple[N, N, int]], left: int, room: int) -> tuple[ArcColumn[N], ...]:
    """Lay a network out as columns, one for each set of names that hang together, the longest first.

    left: x at which arcs begin; room: how far to the right of it they may reach.
    """
    heaviest = max((weight for _, _, weight in links), default=1)
    columns: list[ArcColumn[N]] = []
    for chain in _chains(links):
        y = {node: _ROW_HEIGHT * number + _ROW_HEIGHT // 2 for number, node in enumerate(chain)}
        arcs = tuple(
            Arc((a, b), _arc(y[a], y[b], left, room), _line_width(weight, heaviest))
            for a, b, weight in sorted(links, key=lambda link: link[2])
            if a in y
        )
        columns.append(ArcColumn(_ROW_HEIGHT * len(chain), tuple(y.items()), arcs))
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


def _line_width(weight: int, heaviest: int) -> float:
    """Return how wide a link is drawn: by the root of its weight, compared with the heaviest."""
    return round(max(1.0, _MAX_LINE_WIDTH * math.sqrt(weight / heaviest)), 1)
