"""The evidence package of a published version: an archive by which anybody can check it, without us.

It holds the synthesis and what its digest is made with, the votes on every idea, those of opinion groups
where they may be shown, and rows of votes as far as the gate lets them (`exchange.release`): rows where it
does, results alone where it does not. The same version gives the same bytes.
"""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from deliberation.analysis.evidence import COMMITMENT, RESULTS, SYNTHESIS
from deliberation.analysis.landscape import Landscape
from deliberation.analysis.storing import load_votes
from deliberation.analysis.votes import VoteMatrix
from deliberation.exchange.journal import NOT_SEEN
from deliberation.exchange.polis.landscapes import Told, write_release_landscape
from deliberation.exchange.release.choosing import Selection, choose
from deliberation.exchange.release.gate import KNOWN_VOTES, Cells
from deliberation.exchange.release.writers import write_participant_votes
from deliberation.exchange.text import shielded
from deliberation.insights.findings import Findings

README: Final = "README.txt"
GROUPS: Final = "groups.csv"
_SEED_DIGITS: Final = 8
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)


class CountedIdea(NamedTuple):
    """An idea that can be read, with the votes on it as the synthesis gives them."""

    number: int
    statement: str
    language: str
    agrees: int
    disagrees: int
    passes: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """What a package is made from. `synthesis` is the report as `writers.json` writes it."""

    synthesis: bytes
    digest: str
    salts: Mapping[str, str]
    erased: Mapping[str, str]
    votes: bytes
    """Of the snapshot, as it keeps them."""
    inputs_digest: str
    landscapes: tuple[tuple[int | None, Landscape, tuple[str, ...]], ...]
    """Each with the number of its thread and the letters of its groups; that of all threads is among them."""

    @property
    def ideas(self) -> list[CountedIdea]:
        """Every idea that the synthesis gives counts of, in the order of numbers."""
        threads = json.loads(self.synthesis)["threads"]
        found = [idea for thread in threads for idea in thread["ideas"]]
        counted = (CountedIdea(**{name: idea[name] for name in CountedIdea._fields}) for idea in found)
        return sorted(counted, key=lambda idea: idea.number)


@dataclass(frozen=True, slots=True)
class Package:
    """The archive, and whether it holds rows of votes."""

    content: bytes
    holds_rows: bool


def make_package(source: Source) -> Package:
    """Return the package. May take minutes where tens of thousands voted: the gate tries many selections."""
    ideas = source.ideas
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        (directory / SYNTHESIS).write_bytes(source.synthesis)
        _write_json(
            directory / COMMITMENT,
            {
                "digest": source.digest,
                "snapshot_inputs_digest": source.inputs_digest,
                "salts": dict(source.salts),
                "erased": dict(source.erased),
            },
        )
        _write_results(directory, ideas)
        _write_groups(directory, source, ideas)
        chosen = _write_rows(directory, source, ideas)
        (directory / README).write_text(_readme(source, chosen), encoding="utf-8")
        return Package(_archive(directory), chosen is not None)


def _write_results(directory: Path, ideas: Sequence[CountedIdea]) -> None:
    rows = [["comment-id", "agrees", "disagrees", "passes", "language", "comment"]]
    rows += [
        [str(idea.number), str(idea.agrees), str(idea.disagrees), str(idea.passes), idea.language,
         shielded(idea.statement)]
        for idea in ideas
    ]  # fmt: skip
    _write_csv(directory / RESULTS, rows)


def _write_groups(directory: Path, source: Source, ideas: Sequence[CountedIdea]) -> None:
    found = next(
        (Findings(one, letters) for thread, one, letters in source.landscapes if thread is None), None
    )
    if found is None or not found.groups:
        return
    rows = [["comment-id", "group", "agrees", "disagrees", "passes"]]
    for idea in ideas:
        result = found.find(idea.number)
        for group, votes in zip(found.groups, result.groups if result else (), strict=False):
            figures = [votes.agrees, votes.disagrees, votes.passes] if votes else ["", "", ""]
            rows.append([str(idea.number), group.letter, *map(str, figures)])
    _write_csv(directory / GROUPS, rows)


def _write_rows(directory: Path, source: Source, ideas: Sequence[CountedIdea]) -> Selection | None:
    matrix = load_votes(source.votes).on([idea.number for idea in ideas])
    cells = _cells_of(matrix)
    # The rows of a snapshot lie in the order of their content: there is no order that a seed would betray.
    chosen = choose(cells, seed=int(source.inputs_digest[:_SEED_DIGITS], 16))
    if chosen is None:
        return None
    kept, numbers = cells[np.ix_(chosen.people, chosen.ideas)], matrix.ideas[chosen.ideas].tolist()
    write_participant_votes(directory, numbers, kept)
    people, places = np.nonzero(kept != NOT_SEEN)
    released = VoteMatrix.of(
        people=people,
        ideas=np.array(numbers)[places],
        choices=kept[people, places],
        all_ideas=numbers,
        off_map=matrix.ideas[~matrix.is_on_map].tolist(),
    )
    told = [
        Told(thread=thread, landscape=one, people=np.empty(0, np.int64))
        for thread, one, _letters in source.landscapes
    ]
    write_release_landscape(directory, released, told)
    return chosen


def _cells_of(matrix: VoteMatrix) -> Cells:
    cells = np.full((len(matrix.people), len(matrix.ideas)), NOT_SEEN, np.int8)
    rows = np.repeat(np.arange(len(matrix.people)), np.diff(matrix.starts))
    cells[rows, matrix.columns] = matrix.choices
    return cells


def _readme(source: Source, chosen: Selection | None) -> str:
    lines = [
        "The evidence of a published synthesis.",
        "",
        f"{SYNTHESIS}: the synthesis. Its digest is {source.digest}.",
        f"{COMMITMENT}: what the digest is made with. Texts that were erased later keep their digest in it.",
        f"{RESULTS}: how everybody voted on each idea that can be read.",
        f"{GROUPS}: the same by opinion group, where there are any. Fewer than ten voters are not shown, nor "
        "what would give them away.",
    ]
    if chosen is None:
        lines += [
            "",
            f"There are no rows of votes: whoever knows {KNOWN_VOTES} votes of a person would find that "
            "person's row too often, and too little would be left once enough is taken out.",
        ]
    else:
        lines += [
            "participant-votes.csv: rows of votes, shuffled and thinned out so that knowing "
            f"{KNOWN_VOTES} votes of a person finds their row in at most 1 % of cases "
            f"({chosen.gate.share:.1%} measured). {len(chosen.people)} rows on {len(chosen.ideas)} ideas.",
            "landscape.json: the analysis of these rows, and the digests of the analysis of all votes.",
        ]
    lines += [
        "",
        "To check all of it: python -m deliberation.analysis verify DIRECTORY",
        f"The votes that were frozen have the digest {source.inputs_digest}.",
    ]
    return "\n".join(lines) + "\n"


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(
        json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def _write_csv(path: Path, rows: list[list[str]]) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    path.write_text(buffer.getvalue(), encoding="utf-8")


def _archive(directory: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(directory.iterdir()):
            entry = zipfile.ZipInfo(path.name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()
