"""The ideas of a synthesis as a table: RFC 4180, UTF-8, one row per idea of every question.

The column names are the same in every language, for programs read them. A text cell that a spreadsheet
could take for a formula is prefixed with an apostrophe, and so is one that already looks prefixed;
`unguard_text` takes the prefix away again.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from deliberation.analysis.intervals import Interval
from deliberation.synthesis.writers.document import CitedIdea
from deliberation.synthesis.writers.report import Finding, Report, ThreadReport
from deliberation.synthesis.writers.text import encodable

COLUMNS: Final = (
    "thread", "question", "idea", "statement", "language", "author", "agrees", "disagrees", "passes",
    "voters",
    "agree_low", "agree_high", "disagree_low", "disagree_high", "pass_low", "pass_high", "findings", "kinds",
    "tags", "address",
)  # fmt: skip
GROUP_COLUMNS: Final = ("agrees", "disagrees", "passes", "agree_low", "agree_high")
"""What there is for each opinion group, after all other columns and under its letter: `group_A_agrees`."""
SEPARATOR: Final = "; "

_FORMULA = re.compile(r"'*[=+\-@\t\r\0]")


def write_csv(report: Report) -> bytes:
    """Every idea of the report's questions as CSV with a header row.

    Shares run from 0 to 1; `author` is empty where there is none to name; `findings` (numbers of those that
    rest on the idea), `kinds` (theirs) and `tags` hold several parted by a semicolon and a space. Where there
    are opinion groups each has five columns more; they are empty where the votes of a group on an idea may
    not be shown.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, dialect="excel", lineterminator="\r\n")
    groups = report.grouping.groups if report.grouping else ()
    writer.writerow(
        [*COLUMNS, *(f"group_{group.letter}_{name}" for group in groups for name in GROUP_COLUMNS)]
    )
    resting = _findings_by_idea(report)
    for thread in report.threads:
        for idea in thread.ideas:
            cells = _row(idea, thread, resting.get(idea.number, ()))
            writer.writerow([*cells, *_group_cells(idea, len(groups))])
    return encodable(target.getvalue()).encode()


def guard_text(text: str) -> str:
    """The text such that no spreadsheet takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard_text(cell: str) -> str:
    """The text that `guard_text` made the cell of."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _findings_by_idea(report: Report) -> Mapping[int, Sequence[Finding]]:
    found: dict[int, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        for idea in finding.ideas:
            found[idea.number].append(finding)
    return found


def _row(idea: CitedIdea, thread: ThreadReport, findings: Sequence[Finding]) -> tuple[str, ...]:
    return (
        str(thread.number),
        guard_text(thread.question),
        str(idea.number),
        guard_text(idea.statement),
        guard_text(idea.language),
        "" if idea.author is None else str(idea.author),
        str(idea.agrees),
        str(idea.disagrees),
        str(idea.passes),
        str(idea.voters),
        *_ends(idea.agree_interval),
        *_ends(idea.disagree_interval),
        *_ends(idea.pass_interval),
        SEPARATOR.join(str(finding.number) for finding in findings),
        SEPARATOR.join(finding.kind.value for finding in findings),
        guard_text(SEPARATOR.join(idea.tags)),
        guard_text(idea.address),
    )


def _group_cells(idea: CitedIdea, groups: int) -> Iterator[str]:
    for votes in idea.groups or (None,) * groups:
        if votes is None:
            yield from ("",) * len(GROUP_COLUMNS)
        else:
            yield from (str(votes.agrees), str(votes.disagrees), str(votes.passes))
            yield from _ends(votes.agree_interval)


def _ends(interval: Interval) -> tuple[str, str]:
    return f"{interval.low:.4f}", f"{interval.high:.4f}"
