"""The map as shapes: where groups, people and ideas are drawn. Numbers only; templates draw them.

Nobody's place can be read off: people are marks on a coarse grid, in the order of the grid, and the tenth
of each group that lies farthest from its middle is left out, of the marks as of the outline.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import cos, pi, sin
from typing import Final

import numpy as np

from deliberation.analysis.landscape import Landscape
from deliberation.analysis.votes import Floats

WIDTH: Final = 400
HEIGHT: Final = 300
"""The view box. Everything drawn lies inside it."""
PADDING: Final = 34
GRID: Final = 9
KEPT: Final = 0.9
"""The share of a group's people, those nearest its middle, that are drawn."""
EXTENT: Final = (0.02, 0.98)
"""The quantiles of people's places that the map stretches to; who lies beyond is drawn at its edge."""
SAME_PLACE: Final = 1e-9
"""How near each other people are, in the landscape's own units, to lie in one place."""
SIZES: Final = (1, 2, 4)
"""From how many people on one spot a mark is small, middling and large."""
RADII: Final = (2.9, 3.7, 4.5)
SOFTNESS: Final = 12
CORNERS: Final = 12
SPACING: Final = 28
MOST_IDEAS: Final = 40
"""So many fit with room for a finger between them."""
_NUDGES: Final = 24


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the map, in units of the view box."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Mark:
    """People of one group on one spot of the grid. `size` is 0, 1 or 2: one, some or many."""

    x: float
    y: float
    size: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A group on the map: its soft outline as an SVG path, its people, and where its name goes."""

    group: int
    path: str
    marks: tuple[Mark, ...]
    name: Point


class Shape(StrEnum):
    """What the marks of a group look like, so that colour alone never tells groups apart."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    CROSS = "cross"


@dataclass(frozen=True, slots=True)
class IdeaMark:
    """An idea on the map, by its number."""

    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Frame:
    """How the places of a landscape become places on the map."""

    middle_x: float
    middle_y: float
    scale: float

    @classmethod
    def around(cls, points: Floats) -> "Frame":
        """Return the frame that holds nearly all of the points (N, 2); of none, or of one, its middle."""
        if not len(points):
            return cls(0.0, 0.0, 0.0)
        low, high = np.quantile(points, EXTENT, axis=0)
        extent = high - low
        room = np.array([WIDTH - 2 * PADDING, HEIGHT - 2 * PADDING])
        stretched = extent > SAME_PLACE
        scale = float((room[stretched] / extent[stretched]).min()) if stretched.any() else 0.0
        middle_x, middle_y = ((low + high) / 2).tolist()
        return cls(middle_x, middle_y, scale)

    def place(self, points: Floats) -> Floats:
        """Return where the points (N, 2) are drawn, inside the padding, on the grid."""
        offsets = (points - np.array([self.middle_x, self.middle_y])) * self.scale
        # Up is up on the map, while the view box counts downwards.
        placed = np.array([WIDTH / 2, HEIGHT / 2]) + offsets * np.array([1, -1])
        snapped = np.round(placed / GRID) * GRID
        edge = np.array([WIDTH - PADDING, HEIGHT - PADDING])
        return np.asarray(np.clip(snapped, PADDING, edge))


def frame_of(landscape: Landscape) -> Frame:
    """Return the frame of the people who are placed."""
    return Frame.around(landscape.points[landscape.is_placed])


def draw_groups(landscape: Landscape, groups: Sequence[int]) -> tuple[Outline, ...]:
    """Return the outlines of these groups."""
    frame = frame_of(landscape)
    kept = {group: _kept(landscape.points[landscape.group_of == group]) for group in groups}
    spots = _spots({group: frame.place(points) for group, points in kept.items()})
    return tuple(
        Outline(group, _soft_path(here), _marks(here), _name(here, _others(spots, group)))
        for group, here in spots.items()
        if here
    )


def shape_of(letter: str) -> Shape:
    """Return the shape of the group with this letter: the same one wherever and whenever it is drawn."""
    return list(Shape)[(ord(letter[0]) - ord("A")) % len(Shape)]


def path_of(shape: Shape, marks: Iterable[Mark]) -> str:
    """Return all these marks as one SVG path."""
    return "".join(mark_path(shape, mark.x, mark.y, RADII[mark.size]) for mark in marks)


def mark_path(shape: Shape, x: float, y: float, radius: float) -> str:
    """Return one mark around (x, y) as an SVG path. All shapes are about as large."""
    r = radius
    match shape:
        case Shape.CIRCLE:
            return f"M{x - r:.4g} {y:g}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0z"
        case Shape.SQUARE:
            a = 0.9 * r
            return f"M{x - a:.4g} {y - a:.4g}h{2 * a:.3g}v{2 * a:.3g}h{-2 * a:.3g}z"
        case Shape.TRIANGLE:
            a = 1.15 * r
            return f"M{x:g} {y - a:.4g}l{a:.3g} {1.8 * a:.3g}h{-2 * a:.3g}z"
        case Shape.DIAMOND:
            a = 1.3 * r
            return f"M{x:g} {y - a:.4g}l{a:.3g} {a:.3g}l{-a:.3g} {a:.3g}l{-a:.3g} {-a:.3g}z"
        case Shape.CROSS:
            a, b = 0.42 * r, 0.75 * r
            return (
                f"M{x - a:.4g} {y - a - b:.4g}h{2 * a:.3g}v{b:.3g}h{b:.3g}v{2 * a:.3g}h{-b:.3g}v{b:.3g}"
                f"h{-2 * a:.3g}v{-b:.3g}h{-b:.3g}v{-2 * a:.3g}h{b:.3g}z"
            )


def draw_crowd(landscape: Landscape) -> tuple[Mark, ...]:
    """Return the people who are placed as one crowd, without groups."""
    points = landscape.points[landscape.is_placed]
    spots = _spots({0: frame_of(landscape).place(_kept(points))}) if len(points) else {0: {}}
    return _marks(spots[0])


def draw_person(landscape: Landscape, x: float, y: float) -> Point:
    """Return where somebody is drawn who lies at (x, y) in the landscape."""
    x, y = frame_of(landscape).place(np.array([[x, y]]))[0].tolist()
    return Point(x, y)


def draw_ideas(
    landscape: Landscape, *, first: Iterable[int], readable: Collection[int]
) -> tuple[IdeaMark, ...]:
    """Return at most forty ideas that shape the map: those named first, then those that pull most.

    Ideas have a scale of their own, around the same middle; one that would cover another is moved a little.
    """
    number_at = {number: at for at, number in enumerate(landscape.ideas.tolist())}
    wanted = [number for number in dict.fromkeys(first) if number in readable and number in number_at]
    by_pull = np.lexsort((landscape.ideas, -landscape.extremity))
    wanted += [number for number in landscape.ideas[by_pull].tolist() if number in readable]
    rows = [number_at[number] for number in dict.fromkeys(wanted)]
    rows = [row for row in rows if landscape.is_on_map[row] and landscape.extremity[row] > 0][:MOST_IDEAS]
    reach = float(landscape.extremity[rows].max()) if rows else 0.0
    taken: list[tuple[float, float]] = []
    for row in rows:
        offset = landscape.idea_points[row] / reach * (HEIGHT / 2 - PADDING)
        wide = (WIDTH / 2 - PADDING) / (HEIGHT / 2 - PADDING)
        taken.append(_free_place(WIDTH / 2 + offset[0] * wide, HEIGHT / 2 - offset[1], taken))
    return tuple(
        IdeaMark(int(landscape.ideas[row]), round(x, 1), round(y, 1))
        for row, (x, y) in sorted(zip(rows, taken, strict=True), key=lambda pair: landscape.ideas[pair[0]])
    )


def _kept(points: Floats) -> Floats:
    """Return the people nearest the middle of their group; of equally far ones all or none stay."""
    distances = np.hypot(*(points - np.median(points, axis=0)).T)
    kept: Floats = points[distances <= np.quantile(distances, KEPT)]
    return kept


Spots = dict[tuple[float, float], int]


def _spots(places: dict[int, Floats]) -> dict[int, Spots]:
    """Return how many people each group has on each spot; where several groups meet, the most numerous."""
    counted: dict[int, Spots] = {}
    for group, placed in places.items():
        spots, people = np.unique(placed, axis=0, return_counts=True)
        counted[group] = {(x, y): n for (x, y), n in zip(spots.tolist(), people.tolist(), strict=True)}
    most: dict[tuple[float, float], tuple[int, int]] = {}
    for group, here in counted.items():
        for spot, people_there in here.items():
            most[spot] = max(most.get(spot, (0, 0)), (people_there, -group))
    return {
        group: {spot: n for spot, n in here.items() if most[spot] == (n, -group)}
        for group, here in counted.items()
    }


def _marks(spots: Spots) -> tuple[Mark, ...]:
    return tuple(
        Mark(x, y, sum(people >= least for least in SIZES) - 1)
        for (x, y), people in sorted(spots.items(), key=lambda spot: (spot[0][1], spot[0][0]))
    )


def _others(spots: dict[int, Spots], group: int) -> list[tuple[float, float]]:
    return [spot for other, here in spots.items() if other != group for spot in here]


def _soft_path(spots: Spots) -> str:
    """Return a closed curve around the spots, some way off them, so that it has no corners."""
    turns = [2 * pi * turn / CORNERS for turn in range(CORNERS)]
    around = [(x + SOFTNESS * cos(turn), y + SOFTNESS * sin(turn)) for x, y in spots for turn in turns]
    corners = np.array(_convex_hull(around))
    halves = (corners + np.roll(corners, 1, axis=0)) / 2
    start = halves[0]
    steps = [
        f"Q{x:.1f} {y:.1f} {to_x:.1f} {to_y:.1f}"
        for (x, y), (to_x, to_y) in zip(corners, np.roll(halves, -1, axis=0), strict=True)
    ]
    return f"M{start[0]:.1f} {start[1]:.1f}{''.join(steps)}Z"


def _convex_hull(places: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the corners of the convex hull in order (A. M. Andrew's monotone chain, 1979).

    Ours, because for this alone every process that shows pages would load scipy's geometry.
    """
    ordered = sorted(set(places))

    def chain(places: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        corners: list[tuple[float, float]] = []
        for x, y in places:
            while len(corners) > 1:
                (ax, ay), (bx, by) = corners[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                    break
                corners.pop()
            corners.append((x, y))
        return corners[:-1]

    return chain(ordered) + chain(reversed(ordered))


def _name(spots: Spots, others: Sequence[tuple[float, float]]) -> Point:
    """Return where the group's name stands: above or below it, whichever is freer."""
    xs, ys = zip(*spots, strict=True)
    x = min(max((min(xs) + max(xs)) / 2, PADDING + 10), WIDTH - PADDING - 10)
    above, below = (x, min(ys) - SOFTNESS - 6), (x, max(ys) + SOFTNESS + 15)

    def room(place: tuple[float, float]) -> float:
        return min((abs(place[0] - a) / 2 + abs(place[1] - b) for a, b in others), default=float(WIDTH))

    fits = [place for place in (above, below) if 14 <= place[1] <= HEIGHT - 4]
    best = max(fits, key=room) if fits else (x, (min(ys) + max(ys)) / 2)
    return Point(round(best[0], 1), round(best[1], 1))


def _free_place(x: float, y: float, taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the place nearest to this one where an idea covers no other, while there is one."""
    edge = SPACING / 2
    for step in range(_NUDGES * _NUDGES):
        ring, turn = divmod(step, _NUDGES)
        reach = ring * SPACING / 4
        place = (
            min(max(x + reach * cos(2 * pi * turn / _NUDGES), edge), WIDTH - edge),
            min(max(y + reach * sin(2 * pi * turn / _NUDGES), edge), HEIGHT - edge),
        )
        if all((place[0] - a) ** 2 + (place[1] - b) ** 2 >= SPACING**2 for a, b in taken):
            return place
    return place
