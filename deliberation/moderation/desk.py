"""What the facilitator's desk shows: figures, tags, hidden ideas, threads, and the one next step."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from deliberation.base.errors import NotFound
from deliberation.base.paging import Page, offset_of
from deliberation.consultations.models import Consultation, Phase, Thread, ThreadText
from deliberation.consultations.people import Participant, Role, RoleName
from deliberation.consultations.phases import Timetable
from deliberation.consultations.queries import chosen_text
from deliberation.ideas.models import Idea
from deliberation.ideas.queries import is_visible
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.outlook import View, outlook_columns, outlook_of
from deliberation.moderation.queries import Rule, newest_hiding_of_idea
from deliberation.tags.models import Tag, TagName, TagStatus
from deliberation.tags.queries import ideas_by_tag
from deliberation.votes.routing import MINIMUM_EXPOSURE

HIDDEN_PAGE: Final = 10
FEW_VOTES: Final = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """What can be counted at a glance. `seldom_voted` have fewer than `FEW_VOTES` votes."""

    people: int
    open_ideas: int
    hidden: int
    seldom_voted: int
    facilitators: int
    working_group: int
    guests: int
    """How many of the people take part without an account."""
    outlook: View | None
    """None where it was never counted."""


@dataclass(frozen=True, slots=True)
class TagOnDesk:
    """A tag with its names by language, on how many ideas it shows, and the key of what it is merged into."""

    id: int
    key: str
    status: TagStatus
    group: str | None
    created_at: datetime
    ideas: int
    name: str
    names: dict[str, str]
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class HiddenIdea:
    """A hidden idea as its facilitators see it."""

    number: int
    thread: int
    statement: str
    language: str
    hidden_at: datetime
    is_withdrawn: bool
    reason: str
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class ThreadOnDesk:
    """A thread, how many ideas everybody can see in it, and since when and why it is locked.

    `little_seen` is how many of the ideas fewer than `MINIMUM_EXPOSURE` people have seen.
    """

    number: int
    question: str
    language: str
    ideas: int
    little_seen: int
    locked_at: datetime | None
    reason: str


class NextStep(StrEnum):
    """What a facilitator does best now."""

    ANSWER = "answer"
    OPEN = "open"
    SET_A_DATE = "set_a_date"
    READ_SELDOM_VOTED = "read_seldom_voted"
    NOTHING = "nothing"


def next_step(timetable: Timetable, *, waiting: int, seldom_voted: int) -> NextStep:
    """Return the one thing to do next: what waits first, then the phases, then the ideas."""
    if waiting:
        return NextStep.ANSWER
    if timetable.current is Phase.DRAFT and timetable.next_change is None:
        return NextStep.OPEN
    if timetable.takes_votes and timetable.next_change is None:
        return NextStep.SET_A_DATE
    if timetable.takes_votes and seldom_voted:
        return NextStep.READ_SELDOM_VOTED
    return NextStep.NOTHING


def figures_of(session: Session, consultation: Consultation) -> Figures:
    """Return the figures on top of the desk, and the outlook (one statement)."""
    votes = Idea.agrees + Idea.disagrees + Idea.passes
    is_open = is_visible()
    taking_part = select(func.count()).where(
        Participant.consultation_id == consultation.id, Participant.merged_into_id.is_(None)
    )
    people = taking_part.scalar_subquery()
    guests = taking_part.where(Participant.is_guest).scalar_subquery()
    row = session.execute(
        select(
            people,
            func.count(case((is_open, 1))),
            func.count(case((and_(Idea.hidden_at.is_not(None), Idea.waits_since.is_(None)), 1))),
            func.count(case((is_open & (votes < FEW_VOTES), 1))),
            *(_trusted(consultation, role) for role in (RoleName.FACILITATOR, RoleName.WORKING_GROUP)),
            guests,
            *outlook_columns(consultation.id),
        ).where(Idea.consultation_id == consultation.id)
    ).one()
    return Figures(*(*row[:-2], outlook_of(*row[-2:])))


def tags_of(session: Session, consultation: Consultation, *, language: str) -> tuple[TagOnDesk, ...]:
    """Return all tags, whatever became of them, by name in `language` (one statement)."""
    carried, parent = ideas_by_tag(), aliased(Tag)
    rows = session.execute(
        select(
            Tag.id, Tag.key, Tag.status, Tag.group, Tag.created_at, TagName.language, TagName.name,
            func.coalesce(carried.c.ideas, 0).label("ideas"), parent.key.label("merged_into"),
        )
        .join(Tag.names)
        .outerjoin(carried, carried.c.tag == Tag.id)
        .outerjoin(parent, parent.id == Tag.merged_into_id)
        .where(Tag.consultation_id == consultation.id),
        {"consultation": consultation.id},
    ).all()  # fmt: skip
    names: dict[int, dict[str, str]] = {}
    for row in rows:
        names.setdefault(row.id, {})[row.language] = row.name
    tags = (
        TagOnDesk(
            row.id, row.key, row.status, row.group, row.created_at, row.ideas,
            _best(names[row.id], language, consultation.source_language), names[row.id], row.merged_into,
        )
        for row in {row.id: row for row in rows}.values()
    )  # fmt: skip
    return tuple(sorted(tags, key=lambda tag: (tag.name.casefold(), tag.id)))


def hidden_ideas(
    session: Session, consultation: Consultation, *, rules: tuple[Rule, ...], number: int, total: int
) -> Page[HiddenIdea]:
    """Return page `number` of the `total` hidden ideas, the last hidden first (one statement).

    Raises NotFound for a page that is not there.
    """
    page: Page[HiddenIdea] = Page((), number, HIDDEN_PAGE, total)
    if not 1 <= number <= page.pages:
        raise NotFound
    by_id = {rule.id: rule for rule in rules}
    rows = session.execute(
        select(
            Idea.number, Thread.number.label("thread"), Idea.statement, Idea.language, Idea.hidden_at,
            Idea.withdrawn_at, ModerationAct.reason, ModerationAct.rule_id,
        )
        .select_from(Idea)
        .join(Thread, Thread.id == Idea.thread_id)
        .outerjoin(ModerationAct, ModerationAct.id == newest_hiding_of_idea())
        .where(
            Idea.consultation_id == consultation.id, Idea.hidden_at.is_not(None), Idea.waits_since.is_(None)
        )
        .order_by(Idea.hidden_at.desc(), Idea.number.desc())
        .limit(HIDDEN_PAGE)
        .offset(offset_of(number, HIDDEN_PAGE))
    )  # fmt: skip
    items = tuple(
        HiddenIdea(
            row.number, row.thread, row.statement, row.language, row.hidden_at,
            row.withdrawn_at is not None, row.reason or "", by_id.get(row.rule_id),
        )
        for row in rows
    )  # fmt: skip
    return Page(items, number, HIDDEN_PAGE, total)


def threads_on_desk(
    session: Session, consultation: Consultation, *, language: str
) -> tuple[ThreadOnDesk, ...]:
    """Return the threads in order, in `language` where there is a text (one statement)."""
    counted = _ideas_by_thread(consultation)
    rows = session.execute(
        select(
            Thread.id, Thread.number, Thread.locked_at, ThreadText, ModerationAct.reason,
            func.coalesce(counted.c.ideas, 0).label("ideas"),
            func.coalesce(counted.c.little_seen, 0).label("little_seen"),
        )
        .select_from(Thread)
        .join(Thread.texts)
        .outerjoin(counted, counted.c.thread == Thread.id)
        .outerjoin(ModerationAct, ModerationAct.id == _newest_lock())
        .where(Thread.consultation_id == consultation.id)
        .order_by(Thread.position, Thread.number)
    ).all()  # fmt: skip
    texts: dict[int, list[ThreadText]] = {}
    for row in rows:
        texts.setdefault(row.number, []).append(row.ThreadText)
    threads = []
    for row in {row.number: row for row in rows}.values():
        text = chosen_text(texts[row.number], language=language, source=consultation.source_language)
        reason = row.reason or "" if row.locked_at else ""
        threads.append(
            ThreadOnDesk(
                row.number, text.question, text.language, row.ideas, row.little_seen, row.locked_at, reason
            )
        )
    return tuple(threads)


def _trusted(consultation: Consultation, role: RoleName) -> ScalarSelect[Any]:
    here = (Role.consultation_id == consultation.id) & (Role.name == role)
    return select(func.count()).where(here).scalar_subquery()


def _is_little_seen() -> ColumnElement[bool]:
    # Votes that were imported, or cast before exposures were written down, have reached people too.
    votes = Idea.agrees + Idea.disagrees + Idea.passes
    return and_(Idea.exposures < MINIMUM_EXPOSURE, votes < MINIMUM_EXPOSURE)


def _ideas_by_thread(consultation: Consultation) -> Subquery:
    return (
        select(
            Idea.thread_id.label("thread"),
            func.count().label("ideas"),
            func.count(case((_is_little_seen(), 1))).label("little_seen"),
        )
        .where(Idea.consultation_id == consultation.id, is_visible())
        .group_by(Idea.thread_id)
        .subquery()
    )


def _newest_lock() -> ScalarSelect[int]:
    act = aliased(ModerationAct)
    return (
        select(func.max(act.id))
        .where(
            act.consultation_id == Thread.consultation_id,
            act.thread_id == Thread.id,
            act.kind == ActKind.LOCK_THREAD,
        )
        .correlate(Thread)
        .scalar_subquery()
    )


def _best(names: dict[str, str], language: str, source: str) -> str:
    return names.get(language) or names.get(source) or next(iter(names.values()))
