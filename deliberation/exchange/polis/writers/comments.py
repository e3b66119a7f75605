"""comments.csv: the ideas."""

from collections.abc import Mapping
from pathlib import Path

from deliberation.exchange.ground import Ground, IdeaRow
from deliberation.exchange.polis.reader import COMMENTS
from deliberation.exchange.polis.records import PolisModeration
from deliberation.exchange.text import cell

HEADER = (
    "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,is-meta,is-seed,"
    "group-informed-consensus,comment-body\n"
)


def write_comments(directory: Path, ground: Ground, consensus: Mapping[int, float]) -> None:
    """Write a row for each idea; `consensus` is group-informed consensus by the idea's number."""
    with (directory / COMMENTS).open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER)
        for idea in ground.ideas:
            file.write(_row(idea, consensus.get(idea.number)))


def moderation_of(idea: IdeaRow) -> PolisModeration:
    """Return what Polis's moderators would have had to decide for the idea to stand where it stands."""
    if idea.is_out:
        return PolisModeration.OUT
    return PolisModeration.UNDECIDED if idea.accepted_at is None else PolisModeration.IN


def _row(idea: IdeaRow, consensus: float | None) -> str:
    fields = (
        int(idea.created_at.timestamp()),
        idea.created_at.strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)"),
        idea.number,
        idea.author,
        idea.agrees,
        idea.disagrees,
        int(moderation_of(idea)),
        str(idea.is_meta).lower(),
        str(idea.is_seed).lower(),
        "" if consensus is None else repr(consensus),
        cell(idea.statement),
    )
    return ",".join(map(str, fields)) + "\n"
