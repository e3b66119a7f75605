"""summary.csv: the conversation in a few figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deliberation.exchange.polis.reader import SUMMARY, VOTE_CONVENTION
from deliberation.exchange.text import cell


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryFigures:
    """What summary.csv says. `placed` are the people whose votes place them on the map."""

    topic: str
    url: str
    voters: int
    placed: int
    authors: int
    ideas: int
    groups: int
    description: str


def write_summary(directory: Path, figures: SummaryFigures) -> None:
    """Write the file: keys and values, without a row of column names."""
    rows: Sequence[tuple[str, object]] = (
        ("topic", cell(figures.topic)),
        ("url", figures.url),
        ("voters", figures.voters),
        ("voters-in-conv", figures.placed),
        ("commenters", figures.authors),
        ("comments", figures.ideas),
        ("groups", figures.groups),
        ("conversation-description", cell(figures.description)),
        ("vote-convention", VOTE_CONVENTION),
    )
    text = "".join(f"{key},{value}\n" for key, value in rows)
    (directory / SUMMARY).write_text(text, encoding="utf-8", newline="")
