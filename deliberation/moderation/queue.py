"""What waits for a facilitator, in one list: appeals, proposals to hide, flags and suggested tags.

Every kind of thing that waits is one part of one statement, so that the desk asks the database as little
for ten thousand things as for one. What is to wait here besides needs a kind, a part in `_PARTS`, what a
page has to know of it joined in `_PAGE`, and its row in `moderation/_queue.html`. Proposed merges are counted
with the rest and listed on their own.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Integer, Select, String, bindparam, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from deliberation.base.errors import NotFound
from deliberation.base.paging import Page, offset_of
from deliberation.comments.models import Comment
from deliberation.ideas.models import Idea
from deliberation.moderation.cases import Appeal, Flag, HidingProposal
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.proposals import waiting_pairs
from deliberation.tags.models import Tag, TagStatus

PAGE_SIZE: Final = 20
MOST_NOTES: Final = 3


class Waiting(StrEnum):
    """What kind of thing waits, the most urgent first."""

    APPEAL = "appeal"
    PROPOSAL = "proposal"
    FLAGGED_IDEA = "flagged_idea"
    FLAGGED_COMMENT = "flagged_comment"
    FLAGGED_TAG = "flagged_tag"
    GUEST_IDEA = "guest_idea"
    """An idea of somebody without an account, which nobody sees before it is read."""
    NEW_TAG = "new_tag"
    MERGE = "merge"
    """Two ideas that somebody says are one. Counted here; they have a list of their own on the desk."""


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody says is wrong with a thing. `rule_id` says under which rule."""

    rule_id: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that waits, with what a facilitator has to know of it.

    `number` is that of the idea or of the comment, `idea` that of the idea above a comment; `act` that of
    the decision that is appealed or of the proposal; `proposed_by` the account that proposed it. `seen` is
    the newest flag, `people` how many have flagged.
    """

    kind: Waiting
    key: int
    since: datetime
    number: int | None
    idea: int | None
    tag_key: str | None
    words: str
    language: str
    act: int | None
    act_kind: ActKind | None
    proposed_by: int | None
    rule_id: int | None
    reason: str
    people: int = 0
    seen: int = 0
    notes: tuple[Note, ...] = field(default=())

    @property
    def name(self) -> str:
        """What forms call it."""
        return f"{self.kind}-{self.key}-{self.seen}"


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of what waits, and how much waits of each kind."""

    page: Page[Case]
    counts: dict[Waiting, int]

    @property
    def total(self) -> int:
        """How much waits in all."""
        return sum(self.counts.values())


def queue_of(
    session: Session, consultation_id: int, *, kind: Waiting | None = None, number: int = 1
) -> Queue:
    """Return page `number` of what waits, the most urgent kind first and the oldest first (three statements).

    With `kind`, only things of that kind. Raises NotFound for a page that is not there.
    """
    connection, asked = session.connection(), {"consultation": consultation_id}
    counted = {Waiting(row.kind): int(row.things) for row in connection.execute(_COUNTS, asked)}
    counts = {one: counted[one] for one in Waiting if one in counted}
    listed = sum(things for one, things in counts.items() if one is not Waiting.MERGE)
    total = counts.get(kind, 0) if kind and kind is not Waiting.MERGE else listed
    page: Page[Case] = Page((), number, PAGE_SIZE, total)
    if not 1 <= number <= page.pages:
        raise NotFound
    wanted = {
        **asked, "kind": kind.value if kind and kind is not Waiting.MERGE else "", "limit": PAGE_SIZE,
        "start": offset_of(number, PAGE_SIZE),
    }  # fmt: skip
    rows = connection.execute(_PAGE, wanted).all()
    notes = _notes_on(session, rows)
    return Queue(Page([_case(row, notes) for row in rows], number, PAGE_SIZE, total), counts)


def _case(row: Any, notes: dict[tuple[str, int], list[Any]]) -> Case:
    flags = notes.get((row.kind, row.key), [])
    is_comment = row.comment_number is not None
    return Case(
        kind=Waiting(row.kind),
        key=row.key,
        since=row.since,
        number=row.comment_number if is_comment else row.idea_number,
        idea=row.idea_number,
        tag_key=row.tag_key,
        words=(row.body if is_comment else row.statement) or "",
        language=(row.comment_language if is_comment else row.idea_language) or "",
        act=row.act_id,
        act_kind=row.act_kind,
        proposed_by=row.act_account,
        rule_id=row.act_rule,
        reason=row.appeal_text or row.act_reason or "",
        people=len(flags),
        seen=max((flag.id for flag in flags), default=0),
        notes=tuple(Note(flag.rule_id, flag.note) for flag in flags[:MOST_NOTES]),
    )


def _notes_on(session: Session, rows: Any) -> dict[tuple[str, int], list[Any]]:
    """Return the open flags on the page's flagged things, the newest first (one statement, or none)."""
    keys: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        keys[row.kind].append(row.key)
    conditions = [column.in_(keys[kind]) for kind, column in _FLAGGED.items() if keys.get(kind)]
    found: dict[tuple[str, int], list[Any]] = defaultdict(list)
    if not conditions:
        return found
    flags = session.execute(
        select(Flag.id, Flag.idea_id, Flag.comment_id, Flag.tag_id, Flag.rule_id, Flag.note)
        .where(Flag.settled_at.is_(None), or_(*conditions))
        .order_by(Flag.id.desc())
    )
    for flag in flags:
        kind = (
            Waiting.FLAGGED_IDEA if flag.idea_id
            else Waiting.FLAGGED_COMMENT if flag.comment_id
            else Waiting.FLAGGED_TAG
        )  # fmt: skip
        found[kind.value, flag.idea_id or flag.comment_id or flag.tag_id].append(flag)
    return found


_FLAGGED: Final = {
    Waiting.FLAGGED_IDEA.value: Flag.idea_id,
    Waiting.FLAGGED_COMMENT.value: Flag.comment_id,
    Waiting.FLAGGED_TAG.value: Flag.tag_id,
}
_HERE: Final = bindparam("consultation", type_=Integer)


def _part(kind: Waiting, key: Any, since: Any, **about: Any) -> Select[*tuple[Any, ...]]:
    """Return the columns that every kind of waiting thing has, in one order."""
    order = list(Waiting).index(kind)
    named = {
        name: about.get(name, cast(null(), Integer)) for name in ("idea_id", "comment_id", "tag_id", "act_id")
    }
    return select(
        literal(kind.value).label("kind"), literal(order).label("urgency"), key.label("key"),
        since.label("since"), *(column.label(name) for name, column in named.items()),
    )  # fmt: skip


def _flagged(kind: Waiting, column: Any, table: Any, *conditions: Any) -> Select[*tuple[Any, ...]]:
    """Return what of a table is flagged, once however many have flagged it.

    Grouped before anything is joined: an index holds the open flags in just this order.
    """
    open_flags = (
        select(column.label("thing"), func.min(Flag.created_at).label("since"))
        .where(Flag.consultation_id == _HERE, Flag.settled_at.is_(None), column.is_not(None))
        .group_by(column)
        .subquery()
    )
    found = (
        _part(kind, open_flags.c.thing, open_flags.c.since, **{column.key: open_flags.c.thing})
        .select_from(open_flags)
        .join(table, table.id == open_flags.c.thing)
        .where(*conditions)
    )
    proposed: Any = getattr(HidingProposal, column.key, None)
    if proposed is None:
        return found
    waits = select(proposed).where(HidingProposal.settled_at.is_(None), proposed.is_not(None))
    return found.where(open_flags.c.thing.not_in(waits))


_PARTS: Final = (
    _part(Waiting.APPEAL, Appeal.id, Appeal.created_at, act_id=Appeal.act_id).where(
        Appeal.consultation_id == _HERE, Appeal.settled_at.is_(None)
    ),
    _part(
        Waiting.PROPOSAL, HidingProposal.id, HidingProposal.created_at, idea_id=HidingProposal.idea_id,
        comment_id=HidingProposal.comment_id, act_id=HidingProposal.proposed_act_id,
    ).where(HidingProposal.consultation_id == _HERE, HidingProposal.settled_at.is_(None)),
    _flagged(
        Waiting.FLAGGED_IDEA, Flag.idea_id, Idea, Idea.hidden_at.is_(None), Idea.withdrawn_at.is_(None)
    ),
    _flagged(
        Waiting.FLAGGED_COMMENT, Flag.comment_id, Comment, Comment.hidden_at.is_(None),
        Comment.withdrawn_at.is_(None),
    ),
    _flagged(Waiting.FLAGGED_TAG, Flag.tag_id, Tag, Tag.status == TagStatus.ACCEPTED),
    _part(Waiting.GUEST_IDEA, Idea.id, Idea.waits_since, idea_id=Idea.id).where(
        Idea.consultation_id == _HERE, Idea.waits_since.is_not(None), Idea.withdrawn_at.is_(None)
    ),
    _part(Waiting.NEW_TAG, Tag.id, Tag.created_at, tag_id=Tag.id).where(
        Tag.consultation_id == _HERE, Tag.status == TagStatus.SUGGESTED
    ),
)  # fmt: skip
_ALL: Final = union_all(*_PARTS).subquery("waiting")
_PAIRS: Final = waiting_pairs(_HERE).subquery("pairs")
_COUNTED: Final = union_all(
    select(_ALL.c.kind, func.count().label("things")).group_by(_ALL.c.kind),
    select(literal(Waiting.MERGE.value), func.count()).select_from(_PAIRS),
).subquery("counted")
_COUNTS: Final = select(_COUNTED).where(_COUNTED.c.things > 0)
_kind: Final[Any] = bindparam("kind", type_=String)
_SHOWN: Final = (
    select(_ALL)
    .where(or_(_kind == "", _ALL.c.kind == _kind))
    .order_by(_ALL.c.urgency, _ALL.c.since, _ALL.c.key)
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("start", type_=Integer))
    .subquery("shown")
)
_act: Final = aliased(ModerationAct)
_appeal: Final = aliased(Appeal)
_PAGE: Final = (
    select(
        _SHOWN.c.kind, _SHOWN.c.key, _SHOWN.c.since, Idea.number.label("idea_number"), Idea.statement,
        Idea.language.label("idea_language"), Comment.number.label("comment_number"), Comment.body,
        Comment.language.label("comment_language"), Tag.key.label("tag_key"), _act.id.label("act_id"),
        _act.kind.label("act_kind"), _act.account_id.label("act_account"), _act.rule_id.label("act_rule"),
        _act.reason.label("act_reason"), _appeal.text.label("appeal_text"),
    )
    .select_from(_SHOWN)
    .outerjoin(_act, _act.id == _SHOWN.c.act_id)
    .outerjoin(_appeal, (_appeal.id == _SHOWN.c.key) & (_SHOWN.c.kind == Waiting.APPEAL.value))
    .outerjoin(Comment, Comment.id == func.coalesce(_SHOWN.c.comment_id, _act.comment_id))
    .outerjoin(Idea, Idea.id == func.coalesce(_SHOWN.c.idea_id, _act.idea_id, Comment.idea_id))
    .outerjoin(Tag, Tag.id == _SHOWN.c.tag_id)
    .order_by(_SHOWN.c.urgency, _SHOWN.c.since, _SHOWN.c.key)
)  # fmt: skip
