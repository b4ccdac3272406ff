"""Geometry of a network: names around a circle, links as curves through it; or names below each other, links as arcs
beside them. Pure, and the same every time.

A circle and no cloud of springs: no label ever lies over another, and the place of each is easy to find again. A phone
has no room for it, nor has a circle anything to say of many that hang together in small groups: these are columns.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

N = TypeVar("N", bound=Hashable)

_ROW = 20  # units between two names in a column
_STEP = 18  # units between two names on the rim
_LEAST = 130  # of the radius
_LABEL = 176  # room for a name outside of the rim
_WIDEST = 4.5  # of a link


class RimNode(NamedTuple, Generic[N]):
    """A name: where its dot is, and how its label is turned so that it reads outwards, never upside down."""

    node: N
    x: float
    y: float
    turn: float
    anchor: str


class Chord(NamedTuple, Generic[N]):
    """A link as a path, and how wide it is drawn."""

    one: N
    other: N
    path: str
    width: float


class ArcColumn(NamedTuple, Generic[N]):
    """Names that hang together, below each other: how high it is, each name's place, the links, the weightiest last."""

    height: int
    places: tuple[tuple[N, int], ...]
    chords: tuple[Chord[N], ...]


class CircleLayout(NamedTuple, Generic[N]):
    """A network, drawn: its square's side, the names in order around, the links, the weightiest last."""

    size: int
    spokes: tuple[RimNode[N], ...]
    chords: tuple[Chord[N], ...]


def circle_layout(links: Sequence[tuple[N, N, int]]) -> CircleLayout[N]:
    """A network of links (two names and a weight each) around a circle, names that are linked near each other."""
    chains = _chains(links)
    places = sum(map(len, chains)) + (len(chains) if len(chains) > 1 else 0)  # a gap after each
    radius = max(_LEAST, math.ceil(places * _STEP / math.tau))
    half = radius + _LABEL
    angles: dict[N, float] = {}
    place = 0
    for chain in chains:
        for node in chain:
            angles[node] = math.tau * place / max(places, 1) - math.pi / 2
            place += 1
        place += 1
    heaviest = max((weight for _, _, weight in links), default=1)
    chords = tuple(
        Chord(one, other, _curve(angles[one], angles[other], radius, half), _width(weight, heaviest))
        for one, other, weight in sorted(links, key=lambda link: link[2])
    )
    return CircleLayout(2 * half, tuple(_spoke(node, angle, radius, half) for node, angle in angles.items()), chords)


def arc_columns(links: Sequence[tuple[N, N, int]], left: int, room: int) -> tuple[ArcColumn[N], ...]:
    """The same network as a column of names for each that hangs together, the longest first: arcs begin at `left` and
    reach no further than `room` to its right."""
    heaviest = max((weight for _, _, weight in links), default=1)
    found: list[ArcColumn[N]] = []
    for chain in _chains(links):
        place = {node: _ROW * number + _ROW // 2 for number, node in enumerate(chain)}
        chords = tuple(
            Chord(one, other, _arc(place[one], place[other], left, room), _width(weight, heaviest))
            for one, other, weight in sorted(links, key=lambda link: link[2])
            if one in place
        )
        found.append(ArcColumn(_ROW * len(chain), tuple(place.items()), chords))
    return tuple(found)


def _arc(one: int, other: int, left: int, room: int) -> str:
    """An arc between two rows: the further they are apart, the further out it goes (a curve's middle is at three
    quarters of its handles)."""
    out = left + round(min(room, 10 + 7 * abs(one - other) / _ROW) * 4 / 3)
    return f"M{left} {one}C{out} {one} {out} {other} {left} {other}"


def _chains(links: Iterable[tuple[N, N, int]]) -> list[list[N]]:
    """The names in rows: links are taken by weight, and each joins the rows of its two ends where these are nearest to
    each other. One row for all that hangs together; the longest first."""
    found: dict[N, list[N]] = {}
    for one, other, _ in sorted(links, key=lambda link: -link[2]):
        left, right = found.setdefault(one, [one]), found.setdefault(other, [other])
        if left is right:
            continue
        if 2 * left.index(one) + 1 < len(left):
            left.reverse()
        if 2 * right.index(other) + 1 > len(right):
            right.reverse()
        left += right
        found |= dict.fromkeys(right, left)
    rows = {id(row): row for row in found.values()}
    return sorted(rows.values(), key=lambda row: -len(row))


def _spoke(node: N, angle: float, radius: int, half: int) -> RimNode[N]:
    turn = round(math.degrees(angle), 1)
    left = 90 < turn % 360 < 270
    x, y = _at(angle, radius, half)
    return RimNode(node, x, y, round(turn + 180 if left else turn, 1), "end" if left else "start")


def _curve(one: float, other: float, radius: int, half: int) -> str:
    """A curve that keeps to the rim between neighbours and crosses the middle between opposites."""
    apart = abs(one - other)
    middle = (one + other) / 2 + (math.pi if apart > math.pi else 0)
    apart = min(apart, math.tau - apart)
    (x1, y1), (x2, y2) = _at(one, radius, half), _at(other, radius, half)
    x, y = _at(middle, radius * 0.82 * (1 - apart / math.pi), half)
    return f"M{x1:g} {y1:g}Q{x:g} {y:g} {x2:g} {y2:g}"


def _at(angle: float, radius: float, half: int) -> tuple[float, float]:
    return round(half + radius * math.cos(angle), 1), round(half + radius * math.sin(angle), 1)


def _width(weight: int, heaviest: int) -> float:
    return round(max(1.0, _WIDEST * math.sqrt(weight / heaviest)), 1)
