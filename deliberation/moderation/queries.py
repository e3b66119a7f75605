"""Reads: the public log, why an idea is hidden, and what the facilitator's desk shows.

Each a fixed number of statements. None of them can tell how anybody voted.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, select
from sqlalchemy.orm import Session, aliased

from deliberation.base.errors import NotFound
from deliberation.base.paging import Page, offset_of
from deliberation.comments.models import Comment
from deliberation.consultations.background import BackgroundEntry, BackgroundText, EntryKind
from deliberation.consultations.models import Consultation, Thread
from deliberation.consultations.people import Participant, RoleName
from deliberation.ideas.models import Idea
from deliberation.moderation.cases import Appeal, Outcome
from deliberation.moderation.cited import as_cited, changes_of_rules
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.tags.models import Tag, TagStatus

LOG_PAGE: Final = 50
_HIDINGS: Final = frozenset({ActKind.HIDE_IDEA, ActKind.HIDE_COMMENT})


@dataclass(frozen=True, slots=True)
class Rule:
    """One of the house rules in one language. `number` counts from 1 in the order of the rules."""

    id: int
    key: str
    number: int
    title: str
    body_html: str
    language: str
    has_changed: bool = False
    """Whether this is how it read when it was cited, and it reads differently now."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One act as the log shows it. `role` is None for the operator, `idea_is_open` whether all may see it."""

    id: int
    kind: ActKind
    role: RoleName | None
    happened_at: datetime
    reason: str
    details: Mapping[str, Any]
    idea: int | None
    idea_is_open: bool
    comment: int | None
    tag_is_open: bool
    """Whether it is about a tag that is in the vocabulary."""
    appealed_at: datetime | None
    outcome: Outcome | None
    thread: int | None
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class LogFigures:
    """How many acts there are: of each kind, and of hiding under each rule; None is without a rule."""

    kinds: Mapping[ActKind, int] = field(default_factory=dict)
    rules: Mapping[int | None, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All acts."""
        return sum(self.kinds.values())


@dataclass(frozen=True, slots=True)
class Hiding:
    """Why and since when an idea is hidden. `rule` is None where an import hid it."""

    hidden_at: datetime
    reason: str
    rule: Rule | None
    act_id: int | None = None
    """The decision in the log, where it can be appealed."""


def rules_of(session: Session, consultation: Consultation, *, language: str) -> tuple[Rule, ...]:
    """Return the house rules in order, in `language` where there is a text (one statement)."""
    rows = session.execute(
        select(
            BackgroundEntry.id,
            BackgroundEntry.key,
            BackgroundText.language,
            BackgroundText.title,
            BackgroundText.body_html,
        )
        .join(BackgroundEntry.texts)
        .where(BackgroundEntry.consultation_id == consultation.id, BackgroundEntry.kind == EntryKind.RULE)
        .order_by(BackgroundEntry.position, BackgroundEntry.id)
    )
    wanted = (language, consultation.source_language)
    best: dict[int, Any] = {}
    for row in rows:
        if row.id not in best or _closeness(row.language, wanted) < _closeness(best[row.id].language, wanted):
            best[row.id] = row
    return tuple(
        Rule(row.id, row.key, number, row.title, row.body_html, row.language)
        for number, row in enumerate(best.values(), start=1)
    )


def get_idea(session: Session, consultation: Consultation, number: int) -> Idea:
    """Return the idea of this number, hidden or not, withdrawn or not (one statement). Raises NotFound."""
    idea = session.scalars(
        select(Idea).where(Idea.consultation_id == consultation.id, Idea.number == number)
    ).one_or_none()
    if idea is None:
        raise NotFound
    return idea


def get_tag(session: Session, consultation: Consultation, key: str) -> Tag:
    """Return the tag of this key, whatever has been decided about it (one statement). Raises NotFound."""
    tag = session.scalars(
        select(Tag).where(Tag.consultation_id == consultation.id, Tag.key == key)
    ).one_or_none()
    if tag is None:
        raise NotFound
    return tag


def log_figures(session: Session, consultation_id: int) -> LogFigures:
    """Return how many acts the log holds (one statement)."""
    kinds: dict[ActKind, int] = {}
    rules: dict[int | None, int] = {}
    counted = session.execute(
        select(ModerationAct.kind, ModerationAct.rule_id, func.count())
        .where(ModerationAct.consultation_id == consultation_id)
        .group_by(ModerationAct.kind, ModerationAct.rule_id)
    )
    for kind, rule_id, count in counted:
        kinds[kind] = kinds.get(kind, 0) + count
        if kind in _HIDINGS:
            rules[rule_id] = rules.get(rule_id, 0) + count
    return LogFigures(kinds, rules)


def log_page(
    session: Session,
    consultation_id: int,
    *,
    rules: Iterable[Rule],
    number: int,
    total: int,
    size: int = LOG_PAGE,
) -> Page[LogRow]:
    """Return page `number` of the log's `total` acts, newest first (one statement).

    Raises NotFound for a page that is not there.
    """
    page: Page[LogRow] = Page((), number, size, total)
    if not 1 <= number <= page.pages:
        raise NotFound
    items = _log_rows(session, consultation_id, rules, limit=size, offset=offset_of(number, size))
    return Page(items, number, size, total)


def last_acts(
    session: Session, consultation_id: int, *, rules: Iterable[Rule], limit: int
) -> tuple[LogRow, ...]:
    """Return the newest acts (one statement)."""
    return _log_rows(session, consultation_id, rules, limit=limit, offset=0)


def acts_of_batch(
    session: Session, consultation_id: int, batch: str, *, rules: Iterable[Rule], limit: int
) -> tuple[LogRow, ...]:
    """Return the acts that were done in one go (one statement)."""
    return _log_rows(session, consultation_id, rules, ModerationAct.batch == batch, limit=limit, offset=0)


def acts_on_tags(
    session: Session, consultation_id: int, tag_ids: Collection[int], *, rules: Iterable[Rule], limit: int
) -> tuple[LogRow, ...]:
    """Return the newest acts on the tags (one statement)."""
    about = ModerationAct.tag_id.in_(tag_ids)
    return _log_rows(session, consultation_id, rules, about, limit=limit, offset=0)


def get_participant(session: Session, consultation: Consultation, number: int) -> Participant:
    """Return the participant of this number (one statement). Raises NotFound."""
    participant = session.scalars(
        select(Participant).where(
            Participant.consultation_id == consultation.id, Participant.number == number
        )
    ).one_or_none()
    if participant is None:
        raise NotFound
    return participant


def find_act(session: Session, consultation_id: int, act_id: int) -> ModerationAct | None:
    """Return the act of this consultation's log (one statement), or None."""
    return session.scalars(
        select(ModerationAct).where(
            ModerationAct.consultation_id == consultation_id, ModerationAct.id == act_id
        )
    ).one_or_none()


def open_appeals(session: Session, consultation_id: int) -> Sequence[Appeal]:
    """Return the appeals that nobody has decided about, the oldest first (one statement)."""
    return session.scalars(
        select(Appeal)
        .where(Appeal.consultation_id == consultation_id, Appeal.settled_at.is_(None))
        .order_by(Appeal.id)
    ).all()


def appeal_of(session: Session, act: ModerationAct) -> Appeal | None:
    """Return the appeal against the decision (one statement), or None."""
    return session.scalars(select(Appeal).where(Appeal.act_id == act.id)).one_or_none()


def log_row(session: Session, act: ModerationAct, *, rules: Iterable[Rule]) -> LogRow:
    """Return the act as the log shows it (one statement)."""
    rows = _log_rows(session, act.consultation_id, rules, ModerationAct.id == act.id, limit=1, offset=0)
    return rows[0]


def hiding_of(session: Session, idea_id: int, *, language: str | None = None) -> Hiding | None:
    """Return why the idea is hidden, or None while it is not (at most two statements).

    The rule is given in `language` where there is a text, else in the language it was written in.
    """
    return _hiding(session, Idea, idea_id, newest_hiding_of_idea(), language)


def hiding_of_comment(session: Session, comment_id: int, *, language: str | None = None) -> Hiding | None:
    """Return why the comment is hidden, or None while it is not (one statement), as `hiding_of` does."""
    act = aliased(ModerationAct)
    newest = (
        select(func.max(act.id))
        .where(act.comment_id == Comment.id, act.kind == ActKind.HIDE_COMMENT)
        .correlate(Comment)
        .scalar_subquery()
    )
    return _hiding(session, Comment, comment_id, newest, language)


def newest_hiding_of_idea() -> ScalarSelect[int]:
    """Return the key of the act that last hid the idea of the query around it."""
    act = aliased(ModerationAct)
    return (
        select(func.max(act.id))
        .where(act.idea_id == Idea.id, act.kind == ActKind.HIDE_IDEA)
        .correlate(Idea)
        .scalar_subquery()
    )


def _hiding(
    session: Session,
    table: type[Idea] | type[Comment],
    key: int,
    newest_act: ScalarSelect[int],
    language: str | None,
) -> Hiding | None:
    rows = session.execute(
        select(
            table.hidden_at,
            table.consultation_id,
            ModerationAct.happened_at,
            ModerationAct.reason,
            ModerationAct.id.label("act_id"),
            BackgroundEntry.id,
            BackgroundEntry.key,
            _number_of_rule().label("number"),
            BackgroundText.language,
            BackgroundText.title,
            BackgroundText.body_html,
        )
        .select_from(table)
        .outerjoin(ModerationAct, ModerationAct.id == newest_act)
        .outerjoin(BackgroundEntry, BackgroundEntry.id == ModerationAct.rule_id)
        .outerjoin(BackgroundText, BackgroundText.entry_id == BackgroundEntry.id)
        .where(table.id == key, table.hidden_at.is_not(None))
        .order_by(BackgroundText.is_translation)
    ).all()
    if not rows:
        return None
    row = next((row for row in rows if row.language == language), rows[0])
    rule = None
    if row.title is not None:
        rule = Rule(row.id, row.key, row.number, row.title, row.body_html, row.language)
        changes = changes_of_rules(session, row.consultation_id, row.happened_at)
        rule = as_cited(rule, changes, row.happened_at)
    return Hiding(row.hidden_at, row.reason or "", rule, row.act_id)


def _log_rows(
    session: Session,
    consultation_id: int,
    rules: Iterable[Rule],
    *conditions: ColumnElement[bool],
    limit: int,
    offset: int,
) -> tuple[LogRow, ...]:
    by_id = {rule.id: rule for rule in rules}
    rows = session.execute(
        _log_columns()
        .where(ModerationAct.consultation_id == consultation_id, *conditions)
        .order_by(ModerationAct.happened_at.desc(), ModerationAct.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    cited = [row.happened_at for row in rows if row.rule_id in by_id]
    changes = changes_of_rules(session, consultation_id, min(cited)) if cited else {}
    return tuple(
        LogRow(
            row.id,
            row.kind,
            row.role,
            row.happened_at,
            row.reason,
            row.details,
            row.idea,
            row.idea is not None and row.hidden_at is None and row.withdrawn_at is None,
            row.comment,
            row.tag_status is TagStatus.ACCEPTED,
            row.appealed_at,
            row.outcome,
            row.thread,
            as_cited(by_id[row.rule_id], changes, row.happened_at) if row.rule_id in by_id else None,
        )
        for row in rows
    )


def _log_columns() -> Any:
    return (
        select(
            ModerationAct.id,
            ModerationAct.kind,
            ModerationAct.role,
            ModerationAct.happened_at,
            ModerationAct.reason,
            ModerationAct.details,
            ModerationAct.rule_id,
            Idea.number.label("idea"),
            Idea.hidden_at,
            Idea.withdrawn_at,
            Comment.number.label("comment"),
            Tag.status.label("tag_status"),
            Appeal.created_at.label("appealed_at"),
            Appeal.outcome,
            Thread.number.label("thread"),
        )
        .select_from(ModerationAct)
        .outerjoin(Idea, Idea.id == ModerationAct.idea_id)
        .outerjoin(Tag, Tag.id == ModerationAct.tag_id)
        .outerjoin(Appeal, Appeal.act_id == ModerationAct.id)
        .outerjoin(Comment, Comment.id == ModerationAct.comment_id)
        .outerjoin(Thread, Thread.id == func.coalesce(ModerationAct.thread_id, Idea.thread_id))
    )


def _number_of_rule() -> ColumnElement[int]:
    earlier = aliased(BackgroundEntry)
    return (
        select(func.count())
        .where(
            and_(
                earlier.consultation_id == BackgroundEntry.consultation_id,
                earlier.kind == EntryKind.RULE,
                earlier.position <= BackgroundEntry.position,
            )
        )
        .correlate(BackgroundEntry)
        .scalar_subquery()
    )


def _closeness(language: str, wanted: tuple[str, ...]) -> int:
    return wanted.index(language) if language in wanted else len(wanted)
