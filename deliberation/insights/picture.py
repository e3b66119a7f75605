"""The landscape as pages show it. What all readers see alike is made once for each version and language."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import render_template, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from deliberation.analysis.fewest import FEWEST
from deliberation.analysis.landscape import Outcome, Representative
from deliberation.insights.drawing import (
    IdeaMark,
    Mark,
    Outline,
    draw_crowd,
    draw_groups,
    draw_ideas,
    draw_person,
    mark_path,
    path_of,
    shape_of,
)
from deliberation.insights.findings import Findings, Group, IdeaResult
from deliberation.insights.queries import Place, StoredLandscape, find_landscape
from deliberation.insights.words import IdeaWords
from deliberation.web.locale import current_language

MOST_KEPT: Final = 48
MOST_LISTED: Final = 20
COLOURS: Final = "abcde"
READER: Final = Markup("<!--reader-->")
"""Where the reader's own mark goes in what is made for all: no text of anybody's can hold this."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a landscape says, with the ideas that may be named."""

    stored: StoredLandscape
    findings: Findings
    ideas: Mapping[int, IdeaWords]
    slug: str

    def told(self, numbers: tuple[int, ...]) -> list[IdeaResult]:
        """Return the results of those of the ideas that may be named, so many at most."""
        return [self.findings.result(number) for number in numbers if number in self.ideas][:MOST_LISTED]

    @property
    def letters(self) -> list[str]:
        """What the named groups are called."""
        return [group.letter for group in self.findings.groups]

    def telling(self, group: Group) -> list[Representative]:
        """Return the idea that the group agrees with most of all, and the one it disagrees with most."""
        named = [one for one in group.representative if one.idea in self.ideas]
        sides = ([one for one in named if one.agrees], [one for one in named if not one.agrees])
        return [side[0] for side in sides if side]

    @property
    def idea_marks(self) -> tuple[IdeaMark, ...]:
        """The ideas that are drawn: those that the page tells of, and those that pull most."""
        told = [one.idea for group in self.findings.groups for one in group.representative]
        first = (*self.findings.divides[:MOST_LISTED], *told, *self.findings.holds[:MOST_LISTED])
        return draw_ideas(self.findings.landscape, first=first, readable=self.ideas)

    @property
    def votes_to_place(self) -> int:
        """On how many ideas somebody has to have voted to be placed."""
        landscape = self.findings.landscape
        return min(landscape.parameters.fewest_votes, int(landscape.is_on_map.sum()))

    @property
    def ideas_at(self) -> str:
        """What comes before an idea's number in its address."""
        return url_for("ideas.show", slug=self.slug, number=0).removesuffix("0")

    @property
    def table(self) -> list[IdeaResult]:
        """The results of all ideas that may be named and were counted."""
        results = (self.findings.find(number) for number in self.ideas)
        return [result for result in results if result is not None]

    @property
    def unseen(self) -> list[IdeaWords]:
        """The ideas that nobody has voted on."""
        return [self.ideas[number] for number in self.findings.unseen if number in self.ideas]

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """The named groups on the map."""
        return draw_groups(self.findings.landscape, [group.at for group in self.findings.groups])

    @property
    def crowd(self) -> str:
        """Everybody who is placed as one path, where there are no groups to draw."""
        return path_of(shape_of("A"), draw_crowd(self.findings.landscape))

    @property
    def is_drawn(self) -> bool:
        """Whether there is a map."""
        return self.findings.outcome is not Outcome.NOTHING and self.findings.placed > 0


class _Kept:
    """What was last made, shared by the threads of a process."""

    def __init__(self) -> None:
        self._parts: OrderedDict[object, object] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object, make: Callable[[], object]) -> object:
        with self._lock:
            if key in self._parts:
                self._parts.move_to_end(key)
                return self._parts[key]
        made = make()
        with self._lock:
            self._parts[key] = made
            while len(self._parts) > MOST_KEPT:
                self._parts.popitem(last=False)
        return made


_kept = _Kept()


def findings_of(stored: StoredLandscape) -> Findings:
    """Return what the landscape says; found once for each version of it."""
    found = _kept.get(stored.version, lambda: Findings(stored.landscape, stored.letters))
    assert isinstance(found, Findings)
    return found


@dataclass(frozen=True, slots=True)
class InGroups:
    """What the groups of the whole consultation voted on one idea."""

    result: IdeaResult
    letters: list[str]
    counted_at: datetime


def find_in_groups(session: Session, consultation_id: int, number: int) -> InGroups | None:
    """Return what the groups voted on the idea; None without groups, or where it is not counted yet.

    At most three statements.
    """
    stored = find_landscape(session, consultation_id)
    findings = findings_of(stored) if stored else None
    result = findings.find(number) if findings else None
    if stored is None or findings is None or result is None or not findings.groups:
        return None
    return InGroups(result, [group.letter for group in findings.groups], stored.counted_at)


def shared_part(template: str, picture: Picture) -> Markup:
    """Return a part of the page that all readers see alike."""
    words = hash(tuple(picture.ideas.values()))
    key = (template, picture.stored.version, current_language(), picture.slug, words)
    values = {
        "picture": picture,
        "findings": picture.findings,
        "reader_mark": READER,
        "fewest_voters": FEWEST,
    }
    return Markup(_kept.get(key, lambda: render_template(template, **values)))  # noqa: S704 - a template's own


def with_reader(part: Markup, picture: Picture, place: Place | None) -> Markup:
    """Return the part with the reader's own mark on the map, if they have a place on it."""
    if place is None or place.group is None or _is_hidden(picture, place):
        return part
    at = draw_person(picture.findings.landscape, place.x, place.y)
    return part.replace(READER, Markup(render_template("insights/_you.html", at=at)))  # noqa: S704 - as above


def _is_hidden(picture: Picture, place: Place) -> bool:
    named = {group.at for group in picture.findings.groups}
    return picture.findings.outcome is Outcome.GROUPS and place.group not in named


def glyph_path(letter: str) -> str:
    """Return the mark of the group with this letter, for a view box of 16 by 16."""
    return mark_path(shape_of(letter), 8, 8, 6)


def marks_path(letter: str, marks: Iterable[Mark]) -> str:
    """Return the marks of the group's people as one path."""
    return path_of(shape_of(letter), marks)


def group_colour(letter: str) -> str:
    """Return the letter of the colour that the group has; with more letters than colours they come again."""
    return COLOURS[(ord(letter[0]) - ord("A")) % len(COLOURS)]
