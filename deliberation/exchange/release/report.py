"""What a release left out, and what that does to its results: in words, and for machines."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from deliberation.consultations.queries import threads_of
from deliberation.exchange.companion import names
from deliberation.exchange.ground import Ground
from deliberation.exchange.journal import NOT_SEEN
from deliberation.exchange.numbers import Numbers
from deliberation.exchange.release.choosing import shifts_of
from deliberation.exchange.release.gate import KNOWN_VOTES, LIMIT, Cells, SingledOut

FORMAT = "deliberation-release/1"
TEXT = "RELEASE.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsReport:
    """The rows that were released. Shifts are differences in the share who agree, from 0 to 1."""

    ideas: tuple[int, ...]
    """By number."""
    people: int
    people_left_out: int
    """Of those who voted on these ideas."""
    votes: int
    votes_left_out: int
    """Of those on these ideas."""
    gate: SingledOut
    mean_shift: float
    greatest_shift: float
    most_shifted: int
    outcome: str
    """What the analysis of the rows alone decides."""
    original: str | None
    """What it decided on everybody's votes on everything; None where nobody has asked it."""

    @classmethod
    def of(
        cls,
        *,
        numbers: list[int],
        everybody: Cells,
        kept: Cells,
        gate: SingledOut,
        outcome: str,
        original: str | None,
    ) -> Self:
        """Compare the rows `kept`, (people, ideas), with those of everybody."""
        shifts = shifts_of(everybody, kept)
        voters = int((everybody != NOT_SEEN).any(axis=1).sum())
        votes = int((kept != NOT_SEEN).sum())
        return cls(
            ideas=tuple(numbers),
            people=len(kept),
            people_left_out=voters - len(kept),
            votes=votes,
            votes_left_out=int((everybody != NOT_SEEN).sum()) - votes,
            gate=gate,
            mean_shift=float(shifts.mean()),
            greatest_shift=float(shifts.max()),
            most_shifted=numbers[int(shifts.argmax())],
            outcome=outcome,
            original=original,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is in a release, and what is not."""

    ideas: int
    ideas_left_out: int
    """Hidden and withdrawn ones."""
    voters: int
    """Who voted on one of the ideas."""
    votes: int
    before: SingledOut
    """How many would be singled out if every row were released."""
    rows: RowsReport | None
    """None where there are no rows."""

    def text(self) -> str:
        """Return the report in words."""
        lines = [
            "This set may be published. It was made to say nothing about single people.",
            "",
            f"Results: {self.ideas} ideas with the votes of {self.voters} people ({self.votes} votes). "
            f"{self.ideas_left_out} hidden or withdrawn ideas are left out. Results of opinion groups with "
            "fewer than 10 voters, and others that would give them away, are empty.",
            "",
            f"Rows: whoever knows {KNOWN_VOTES} votes of a person would find that person in "
            f"{_percent(self.before)} of cases if all rows were published. "
            f"At most {LIMIT:.0%} is let through.",
        ]
        lines += (
            _rows_lines(self, self.rows)
            if self.rows
            else ["Nothing useful is left once enough is taken out: this set has results alone, and no rows."]
        )
        return "\n".join(lines) + "\n"


def write_report(directory: Path, ground: Ground, shown: Numbers, report: Report) -> None:
    """Write RELEASE.txt and release.json, which names the threads and their ideas, too."""
    (directory / TEXT).write_text(report.text(), encoding="utf-8")
    ideas = [ground.ideas[place] for place in shown.tolist()]
    document: dict[str, Any] = {
        "format": FORMAT,
        "source_language": ground.consultation.source_language,
        "known_votes": KNOWN_VOTES,
        "limit": LIMIT,
        "threads": [
            {
                "number": thread.number,
                "questions": {text.language: text.question for text in thread.texts},
                "ideas": [idea.number for idea in ideas if idea.thread == thread.number],
            }
            for thread in threads_of(ground.session, ground.consultation)
        ],
        **asdict(report),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (directory / names.RELEASE).write_text(text + "\n", encoding="utf-8")


def _rows_lines(report: Report, rows: RowsReport) -> list[str]:
    return [
        f"Kept: the votes on {len(rows.ideas)} of {report.ideas} ideas, {rows.people} rows, "
        f"{rows.votes} votes. Left out: {rows.people_left_out} people who voted on these ideas and "
        f"{rows.votes_left_out} of their votes. Order, numbers and times of the rows are not the true ones.",
        f"In what is kept it is {_percent(rows.gate)}.",
        "",
        "What that does to the results: people with unusual votes are missing. On these ideas the share who "
        f"agree differs from everybody's by {rows.mean_shift * 100:.1f} percentage points on average, "
        f"most ({rows.greatest_shift * 100:.1f}) on comment {rows.most_shifted}. The analysis of the rows "
        f"says “{rows.outcome}”, that of all votes “{rows.original or 'not asked'}”. "
        "For results, use results.csv.",
    ]


def _percent(found: SingledOut) -> str:
    if found.draws is None:
        return f"{found.share:.1%} (exactly)"
    return f"{found.share:.1%} ({found.low:.1%} to {found.high:.1%}, from {found.draws} draws)"
