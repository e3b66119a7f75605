"""The map of a landscape as a picture that stands alone: it needs no style sheet and refers to nothing."""

from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import escape

from deliberation.analysis.landscape import Outcome
from deliberation.insights.drawing import (
    HEIGHT,
    WIDTH,
    Outline,
    draw_crowd,
    draw_groups,
    path_of,
    shape_of,
)
from deliberation.insights.findings import Findings
from deliberation.insights.picture import group_colour
from deliberation.insights.wording import group_name, where_words
from deliberation.synthesis.writers.report import MapFigure
from deliberation.web.rendering import number

PAPER: Final = "#fbf8f2"
INK: Final = "#211c17"
MUTED: Final = "#5c5348"
RULE: Final = "#ddd2c1"
COLOURS: Final = {"a": "#4c6b3c", "b": "#6b4a86", "c": "#8a6510", "d": "#2f6c74", "e": "#8d4b52"}
"""The palette of light pages: a picture in a file cannot know what is around it, so it has its own paper."""


def map_figure(findings: Findings | None) -> MapFigure | None:
    """Return the map in the language of the moment; None where there is nothing to draw."""
    if findings is None or findings.outcome is Outcome.NOTHING or not findings.placed:
        return None
    outlines = draw_groups(findings.landscape, [group.at for group in findings.groups])
    placed = ngettext("%(count)s person", "%(count)s people", findings.placed, count=number(findings.placed))
    where = [where_words(findings, outline) for outline in outlines] or [_("One crowd, without groups.")]
    return MapFigure(
        svg=_svg(findings, outlines),
        alternative=" ".join((_("Map of %(people)s", people=placed) + ".", *where)),
        caption=_(
            "People who vote alike lie near each other. A mark is one person or, where it is larger, several "
            "on the same spot. Those farthest from the others are left out, so that nobody can be picked "
            "out. The directions have no names."
        ),
    )


def _svg(findings: Findings, outlines: tuple[Outline, ...]) -> str:
    shapes = [_group(findings.letters[outline.group], outline) for outline in outlines] or [_crowd(findings)]
    names = [_name(findings.letters[outline.group], outline) for outline in outlines]
    axes = (
        f'<path d="M{WIDTH / 2:g} 8V{HEIGHT - 8}M8 {HEIGHT / 2:g}H{WIDTH - 8}" fill="none" stroke="{RULE}" '
        'stroke-dasharray="2 5"/>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
        f"{axes}{''.join(shapes)}{''.join(names)}</svg>"
    )


def _group(letter: str, outline: Outline) -> str:
    colour = COLOURS[group_colour(letter)]
    return (
        f'<path d="{outline.path}" fill="{colour}" fill-opacity=".13" stroke="{colour}"/>'
        f'<path d="{path_of(shape_of(letter), outline.marks)}" fill="{colour}" fill-opacity=".8" '
        f'stroke="{PAPER}" stroke-width=".6"/>'
    )


def _crowd(findings: Findings) -> str:
    path = path_of(shape_of("A"), draw_crowd(findings.landscape))
    return f'<path d="{path}" fill="{MUTED}" fill-opacity=".8" stroke="{PAPER}" stroke-width=".6"/>'


def _name(letter: str, outline: Outline) -> str:
    # Written twice: not every program that reads SVG paints the edge of a letter before the letter.
    at = (
        f'x="{outline.name.x:g}" y="{outline.name.y:g}" text-anchor="middle" font-size="13" font-weight="600"'
    )
    font = 'font-family="Georgia, serif"'
    words = escape(group_name(letter))
    return (
        f'<text {at} {font} fill="{PAPER}" stroke="{PAPER}" stroke-width="4">{words}</text>'
        f'<text {at} {font} fill="{INK}">{words}</text>'
    )
