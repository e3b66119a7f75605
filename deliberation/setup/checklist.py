"""Is it ready to open? What is there, what is missing, and the one thing to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, marked
from deliberation.consultations.background import BackgroundEntry, EntryKind
from deliberation.consultations.models import Consultation, Phase, Thread
from deliberation.consultations.people import Role
from deliberation.consultations.queries import background_of, threads_of
from deliberation.moderation.acts import Actor
from deliberation.moderation.models import ModerationAct
from deliberation.moderation.timetable import change_phase
from deliberation.setup.languages import languages_of, missing_in
from deliberation.setup.texts import text_in
from deliberation.tags.models import Tag, TagStatus


class Point(StrEnum):
    """What the list asks about, in the order in which it is best done."""

    INTRODUCTION = "introduction"
    QUESTIONS = "questions"
    RULES = "rules"
    ORGANISER = "organiser"
    BACKGROUND = "background"
    TAGS = "tags"
    LANGUAGES = "languages"
    PEOPLE = "people"
    DATES = "dates"


NEEDED = frozenset({Point.INTRODUCTION, Point.QUESTIONS, Point.RULES})
"""Without these gathering cannot begin."""


class NotReady(Conflict):
    """Something that gathering needs is missing."""

    default = marked("Something is still missing. The list says what. Nothing has changed.")


@dataclass(frozen=True, slots=True)
class Check:
    """One point of the list. `count` is how many there are, or, of languages, how many texts are missing."""

    point: Point
    is_done: bool
    count: int = 0

    @property
    def is_needed(self) -> bool:
        """Whether gathering has to wait for it."""
        return self.point in NEEDED


@dataclass(frozen=True, slots=True)
class Gap:
    """How many texts a language lacks, of how many."""

    language: str
    missing: int
    texts: int


@dataclass(frozen=True, slots=True)
class Checklist:
    """All points, and the languages that lack something."""

    checks: tuple[Check, ...]
    gaps: tuple[Gap, ...]

    @property
    def missing(self) -> tuple[Check, ...]:
        """What has to be there before gathering can begin, and is not."""
        return tuple(check for check in self.checks if check.is_needed and not check.is_done)

    @property
    def is_ready(self) -> bool:
        """Whether gathering can begin."""
        return not self.missing

    @property
    def next(self) -> Check | None:
        """The first thing that is missing: what is needed before what is only advised."""
        undone = [check for check in self.checks if not check.is_done]
        return min(undone, key=lambda check: not check.is_needed) if undone else None


def checklist_of(session: Session, consultation: Consultation) -> Checklist:
    """Return the list for the consultation as it is now (four statements)."""
    threads = threads_of(session, consultation)
    entries = background_of(session, consultation)
    tags, people = session.execute(
        select(
            select(func.count())
            .where(Tag.consultation_id == consultation.id, Tag.status == TagStatus.ACCEPTED)
            .scalar_subquery(),
            select(func.count(func.distinct(Role.account_id)))
            .where(Role.consultation_id == consultation.id)
            .scalar_subquery(),
        )
    ).one()
    own = text_in(consultation.texts, consultation.source_language)
    kinds = [entry.kind for entry in entries]
    gaps = gaps_of(consultation, threads, entries)
    dated = {step.phase for step in consultation.steps}
    lacking = sum(gap.missing for gap in gaps)
    rules = kinds.count(EntryKind.RULE)
    notes = kinds.count(EntryKind.NOTE) + kinds.count(EntryKind.TASK_FORCE)
    return Checklist(
        (
            Check(Point.INTRODUCTION, bool(own and own.introduction)),
            Check(Point.QUESTIONS, bool(threads), len(threads)),
            Check(Point.RULES, bool(rules), rules),
            Check(Point.ORGANISER, bool(own and own.organiser)),
            Check(Point.BACKGROUND, bool(notes), notes),
            Check(Point.TAGS, bool(tags), tags),
            Check(Point.LANGUAGES, not lacking, lacking),
            Check(Point.PEOPLE, people > 1, people),
            Check(Point.DATES, bool(dated & {Phase.VOTING, Phase.SYNTHESIS})),
        ),
        gaps,
    )


def gaps_of(
    consultation: Consultation, threads: Sequence[Thread], entries: Sequence[BackgroundEntry]
) -> tuple[Gap, ...]:
    """Return what each further language lacks; languages that lack nothing are left out."""
    languages = languages_of(consultation)
    texts: list[Sequence[object]] = [
        consultation.texts,
        *(thread.texts for thread in threads),
        *(entry.texts for entry in entries),
    ]
    missing = [language for of_one in texts for language in missing_in(of_one, languages)]
    counted = ((language, missing.count(language)) for language in languages)
    return tuple(Gap(language, count, len(texts)) for language, count in counted if count)


def open_gathering(session: Session, *, consultation: Consultation, seen: str, by: Actor) -> ModerationAct:
    """Begin gathering now. Raises NotAFacilitator, NotReady, TimetableMoved, Conflict where it has begun."""
    if not checklist_of(session, consultation).is_ready:
        raise NotReady
    return change_phase(session, consultation=consultation, to=Phase.GATHERING, by=by, seen=seen)
