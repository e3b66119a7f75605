"""comment-groups.csv: the votes on each idea, by opinion group."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from string import ascii_lowercase

from deliberation.exchange.text import cell

COMMENT_GROUPS = "comment-groups.csv"

_TOTALS = ("total-votes", "total-agrees", "total-disagrees", "total-passes")
_KINDS = ("votes", "agrees", "disagrees", "passes")

Figures = Sequence[int | None]
"""Votes, agrees, disagrees and passes; None where a figure is withheld."""


def write_comment_groups(
    directory: Path, rows: Iterable[tuple[int, str, Sequence[Figures]]], *, groups: int
) -> None:
    """Write a row for each idea: its number and statement, then the total, then each group."""
    columns = [
        "comment-id",
        "comment",
        *_TOTALS,
        *(f"group-{ascii_lowercase[group]}-{kind}" for group in range(groups) for kind in _KINDS),
    ]
    with (directory / COMMENT_GROUPS).open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(columns) + "\n")
        for number, statement, figures in rows:
            cells = ["" if figure is None else str(figure) for part in figures for figure in part]
            file.write(",".join([str(number), cell(statement), *cells]) + "\n")
