"""A consultation becomes a set that may be given to everybody."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from sqlalchemy.orm import Session

from deliberation.analysis.votes import VoteMatrix
from deliberation.consultations.models import Consultation
from deliberation.exchange.directory import whole_directory
from deliberation.exchange.ground import Ground
from deliberation.exchange.journal import NOT_SEEN, ballots_of
from deliberation.exchange.numbers import Numbers
from deliberation.exchange.polis.export import summary_of
from deliberation.exchange.polis.grouping import Grouping
from deliberation.exchange.polis.landscapes import Told, stored_landscapes, write_release_landscape
from deliberation.exchange.polis.writers.groups import Figures, write_comment_groups
from deliberation.exchange.polis.writers.summary import write_summary
from deliberation.exchange.release.choosing import Selection, choose
from deliberation.exchange.release.gate import Cells, SingledOut, singled_out
from deliberation.exchange.release.report import Report, RowsReport, write_report
from deliberation.exchange.release.writers import (
    write_comments,
    write_participant_votes,
    write_results,
    write_votes,
)
from deliberation.insights.suppression import shown_cells
from deliberation.votes.models import Choice

_RNG_BITS = 64


def release_polis(
    session: Session,
    *,
    consultation: Consultation,
    directory: Path,
    base_url: str,
    seed: int | None = None,
) -> Report:
    """Write to `directory` what may be published of the consultation, and return what was left out.

    Results go out whole, those of opinion groups without small cells. Rows go out as far as the gate lets
    them: of some ideas and people, shuffled, without times, under numbers of their own. Where too little
    would be left, there are no rows. Hidden and withdrawn ideas are not in a release.

    `seed` fixes what chance decides; the default cannot be guessed, and nothing keeps it: with it the rows
    could be put in order again. Raises ExportRefused.
    """
    with whole_directory(directory, is_private=False) as unfinished:
        ground = Ground.of(session, consultation)
        shown = np.array([place for place, idea in enumerate(ground.ideas) if not idea.is_out], np.int64)
        cells = _cells_of(ground, shown)
        rng = np.random.default_rng(secrets.randbits(_RNG_BITS) if seed is None else seed)
        told = stored_landscapes(ground)
        grouping = Grouping.of(ground, told)
        before = singled_out(cells, seed=_seed(rng))
        chosen = choose(cells, seed=_seed(rng))
        kept = None if chosen is None else _Kept.of(ground, (shown, cells), chosen, rng)
        rows = None if kept is None else _write_rows(unfinished, kept, told)
        _write_results(unfinished, ground, shown, grouping, base_url, voters=_voters(cells))
        write_comments(unfinished, ground, shown, kept.counts if kept else None, rng)
        report = Report(
            ideas=len(shown),
            ideas_left_out=len(ground.ideas) - len(shown),
            voters=_voters(cells),
            votes=int((cells != NOT_SEEN).sum()),
            before=before,
            rows=rows,
        )
        write_report(unfinished, ground, shown, report)
    return report


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Kept:
    """The rows that are released, (people, ideas), shuffled; and those of everybody on the same ideas."""

    ideas: list[int]
    off_map: list[int]
    cells: Cells
    everybody: Cells
    gate: SingledOut

    @classmethod
    def of(
        cls,
        ground: Ground,
        everything: tuple[Numbers, Cells],
        chosen: Selection,
        rng: np.random.Generator,
    ) -> Self:
        shown, cells = everything
        ideas = [ground.ideas[place] for place in shown[chosen.ideas].tolist()]
        return cls(
            ideas=[idea.number for idea in ideas],
            off_map=[idea.number for idea in ideas if idea.is_meta],
            cells=cells[np.ix_(rng.permutation(chosen.people), chosen.ideas)],
            everybody=cells[:, chosen.ideas],
            gate=chosen.gate,
        )

    def matrix(self) -> VoteMatrix:
        """Return the rows as votes to analyse."""
        people, places = np.nonzero(self.cells != NOT_SEEN)
        return VoteMatrix.of(
            people=people,
            ideas=np.array(self.ideas)[places],
            choices=self.cells[people, places],
            all_ideas=self.ideas,
            off_map=self.off_map,
        )

    @property
    def counts(self) -> dict[int, tuple[int, int]]:
        """Agrees and disagrees in the rows, by the idea's number."""
        return {
            number: (int((column == Choice.AGREE).sum()), int((column == Choice.DISAGREE).sum()))
            for number, column in zip(self.ideas, self.cells.T, strict=True)
        }


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**32))


def _voters(cells: Cells) -> int:
    return int((cells != NOT_SEEN).any(axis=1).sum())


def _cells_of(ground: Ground, shown: Numbers) -> Cells:
    parts = [cells[:, shown] for _, cells in ballots_of(ground)]
    return np.concatenate([np.empty((0, len(shown)), np.int8), *parts])


def _write_rows(directory: Path, kept: _Kept, told: Sequence[Told]) -> RowsReport:
    write_participant_votes(directory, kept.ideas, kept.cells)
    write_votes(directory, kept.ideas, kept.cells)
    landscape = write_release_landscape(directory, kept.matrix(), told)
    original = next((one.landscape for one in told if one.thread is None), None)
    return RowsReport.of(
        numbers=kept.ideas,
        everybody=kept.everybody,
        kept=kept.cells,
        gate=kept.gate,
        outcome=landscape.decision.outcome.value,
        original=original.decision.outcome.value if original else None,
    )


def _write_results(
    directory: Path, ground: Ground, shown: Numbers, grouping: Grouping, base_url: str, *, voters: int
) -> None:
    placed = voters if grouping.placed is None else grouping.placed
    write_summary(directory, summary_of(ground, base_url, voters, placed, grouping.groups))
    write_results(directory, ground, shown)
    write_comment_groups(directory, _group_rows(ground, shown, grouping), groups=grouping.groups)


def _group_rows(
    ground: Ground, shown: Numbers, grouping: Grouping
) -> Iterator[tuple[int, str, Sequence[Figures]]]:
    places = set(shown.tolist())
    rows = [row for place, row in enumerate(grouping.rows(ground)) if place in places]
    if not grouping.groups:
        yield from rows
        return
    voters = np.array([[figures[0] or 0 for figures in parts] for _, _, (_, *parts) in rows], np.int64)
    may_show = shown_cells(voters.reshape(len(rows), grouping.groups).T, np.array(grouping.sizes, np.int64))
    for (number, statement, (total, *parts)), cells in zip(rows, may_show.T.tolist(), strict=True):
        hidden: Figures = (None, None, None, None)
        figures = [part if is_shown else hidden for part, is_shown in zip(parts, cells, strict=True)]
        yield number, statement, [total, *figures]
