"""A consultation becomes a Polis export, with files of our own for what that format loses."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from deliberation.consultations.models import Consultation
from deliberation.consultations.queries import chosen_text, threads_of
from deliberation.exchange.companion import names
from deliberation.exchange.companion.writer import write_companion
from deliberation.exchange.directory import whole_directory
from deliberation.exchange.ground import Ground
from deliberation.exchange.polis.grouping import Grouping
from deliberation.exchange.polis.landscapes import current_landscapes, write_landscapes
from deliberation.exchange.polis.writers.comments import write_comments
from deliberation.exchange.polis.writers.groups import write_comment_groups
from deliberation.exchange.polis.writers.participants import write_participant_votes
from deliberation.exchange.polis.writers.summary import SummaryFigures, write_summary
from deliberation.exchange.polis.writers.votes import write_votes

NOTICE = "FACILITATORS-ONLY.txt"
WARNING = (
    "This set holds everybody's votes, person by person. It is for the facilitators' own analysis.\n"
    "Rows like these are not anonymous: whoever knows a few of a person's votes finds the rest.\n"
    "Do not publish it or pass it on. For others, make a release: flask exchange export-polis --release.\n"
)


@dataclass(frozen=True, slots=True)
class Exported:
    """How much went into the files."""

    ideas: int
    participants: int
    voters: int


def export_polis(session: Session, *, consultation: Consultation, directory: Path, base_url: str) -> Exported:
    """Write the whole consultation to `directory`, for its facilitators' own analysis.

    Nobody but the owner of the process can open it. Raises ExportRefused, and leaves nothing half done,
    where there is something in the way or the disk refuses.
    """
    with whole_directory(directory, is_private=True) as unfinished:
        ground = Ground.of(session, consultation)
        told = current_landscapes(ground)
        grouping = Grouping.of(ground, told)
        (unfinished / names.FOLDER).mkdir()
        (unfinished / NOTICE).write_text(WARNING, encoding="utf-8")
        write_comments(unfinished, ground, grouping.consensus)
        moved = write_votes(unfinished, ground)
        voters = write_participant_votes(unfinished, ground, grouping.group_of)
        write_comment_groups(unfinished, grouping.rows(ground), groups=grouping.groups)
        placed = grouping.placed
        write_summary(
            unfinished,
            summary_of(ground, base_url, voters, voters if placed is None else placed, grouping.groups),
        )
        if told:
            write_landscapes(unfinished, told)
        write_companion(unfinished, ground, moved=moved)
    return Exported(len(ground.ideas), len(ground.people), voters)


def summary_of(ground: Ground, base_url: str, voters: int, placed: int, groups: int) -> SummaryFigures:
    """Return what summary.csv says, in the consultation's own language."""
    consultation = ground.consultation
    language = consultation.source_language
    words = chosen_text(consultation.texts, language=language, source=language)
    threads = threads_of(ground.session, consultation)
    # A conversation of Polis asks one question; where we ask several, the title stands for them.
    only = threads[0].texts if len(threads) == 1 else ()
    topic = chosen_text(only, language=language, source=language).question if only else words.title
    return SummaryFigures(
        topic=topic,
        url=f"{base_url}/c/{consultation.slug}",
        voters=voters,
        placed=placed,
        authors=len({idea.author for idea in ground.ideas}),
        ideas=len(ground.ideas),
        groups=groups,
        description=words.introduction,
    )
