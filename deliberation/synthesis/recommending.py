"""Writing recommendations: what, why, who is needed, what they need to do, by when.

Every function takes the lock of the draft first and raises what `drafting.open_to_write` raises.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, NotFound, Refused, marked
from deliberation.base.text import clean_line, clean_text
from deliberation.synthesis.drafting import NewerWording, next_place, note, open_to_write, require_length
from deliberation.synthesis.models import (
    CLAIM_LENGTH,
    TEXT_LENGTH,
    WHO_LENGTH,
    Deed,
    DraftFinding,
    DraftRecommendation,
    RecommendationRevision,
    SynthesisDraft,
)


class RecommendationRemoved(Conflict):
    """The recommendation was taken out meanwhile."""

    default = marked(
        "This recommendation was taken out of the draft. Bring it back first; your text is kept below."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a recommendation says, cleaned and within its limits."""

    what: str
    why: str
    because: tuple[int, ...]
    who: str
    actions: str
    by_when: date | None

    @classmethod
    def of(
        cls, *, what: str, why: str, because: Iterable[int], who: str, actions: str, by_when: str
    ) -> "Advice":
        """Clean what was written. Raises Refused at the field that will not do."""
        advice = cls(
            what=clean_line(what),
            why=clean_text(why),
            because=tuple(sorted(set(because))),
            who=clean_text(who),
            actions=clean_text(actions),
            by_when=_day(clean_line(by_when)),
        )
        if not advice.what:
            raise Refused(marked("Say what you recommend in one sentence."), field="what")
        require_length(advice.what, CLAIM_LENGTH, "what")
        require_length(advice.why, TEXT_LENGTH, "why")
        require_length(advice.who, WHO_LENGTH, "who")
        require_length(advice.actions, TEXT_LENGTH, "actions")
        return advice

    @classmethod
    def in_row(cls, row: RecommendationRevision) -> "Advice":
        """Return what the revision says."""
        return cls(
            what=row.what,
            why=row.why,
            because=tuple(row.because),
            who=row.who,
            actions=row.actions,
            by_when=row.by_when,
        )


def get_recommendation(
    session: Session, consultation_id: int, number: int
) -> tuple[DraftRecommendation, RecommendationRevision]:
    """Return the recommendation, removed or not, and its newest revision. Raises NotFound."""
    row = session.get(DraftRecommendation, (consultation_id, number), populate_existing=True)
    if row is None:
        raise NotFound
    return row, session.get_one(RecommendationRevision, (consultation_id, number, row.revision))


def recommend(session: Session, *, consultation_id: int, by: int, advice: Advice) -> DraftRecommendation:
    """Add a recommendation at the end. Raises Refused at `because` for a finding that is not there."""
    draft = open_to_write(session, consultation_id, by)
    _require_findings(session, consultation_id, advice)
    draft.last_recommendation += 1
    change = note(session, draft, Deed.WRITE, by=by, recommendation=draft.last_recommendation)
    row = DraftRecommendation(
        consultation_id=consultation_id,
        number=draft.last_recommendation,
        place=next_place(
            session, DraftRecommendation.place, DraftRecommendation.consultation_id == consultation_id
        ),
        revision=0,
    )
    session.add(row)
    session.flush()
    _revise(session, row, advice, change=change)
    return row


def write_recommendation(
    session: Session, *, consultation_id: int, number: int, by: int, revision: int, advice: Advice
) -> DraftRecommendation:
    """Give the recommendation another wording; `revision` is the one that was before the writer.

    Raises NewerWording where it has changed since, RecommendationRemoved, Refused, NotFound.
    """
    draft = open_to_write(session, consultation_id, by)
    row, current = get_recommendation(session, consultation_id, number)
    if row.removed_in is not None:
        raise RecommendationRemoved
    _require_findings(session, consultation_id, advice)
    if advice == Advice.in_row(current):
        return row
    if revision != row.revision:
        raise NewerWording
    _revise(session, row, advice, change=note(session, draft, Deed.WRITE, by=by, recommendation=number))
    return row


def arrange_recommendation(
    session: Session, *, consultation_id: int, number: int, by: int, deed: Deed, up: bool = False
) -> DraftRecommendation:
    """Move the recommendation up or down, take it out, or bring it back. Raises NotFound."""
    draft = open_to_write(session, consultation_id, by)
    row, _current = get_recommendation(session, consultation_id, number)
    if deed is Deed.MOVE:
        _move(session, draft, row, by=by, up=up)
    elif deed is Deed.REMOVE and row.removed_in is None:
        row.removed_in = note(session, draft, deed, by=by, recommendation=number)
    elif deed is Deed.BRING_BACK and row.removed_in is not None:
        note(session, draft, deed, by=by, recommendation=number)
        row.removed_in = None
    session.flush()
    return row


def _move(session: Session, draft: SynthesisDraft, row: DraftRecommendation, *, by: int, up: bool) -> None:
    order = list(
        session.scalars(
            select(DraftRecommendation)
            .where(
                DraftRecommendation.consultation_id == row.consultation_id,
                DraftRecommendation.removed_in.is_(None),
            )
            .order_by(DraftRecommendation.place, DraftRecommendation.number)
        )
    )
    at = order.index(row) if row in order else -1
    to = at - 1 if up else at + 1
    if at < 0 or not 0 <= to < len(order):
        return
    order[at], order[to] = order[to], order[at]
    for place, one in enumerate(order, start=1):
        one.place = place
    note(session, draft, Deed.MOVE, by=by, recommendation=row.number)


def _revise(session: Session, row: DraftRecommendation, advice: Advice, *, change: int) -> None:
    row.revision += 1
    session.add(
        RecommendationRevision(
            consultation_id=row.consultation_id,
            recommendation=row.number,
            number=row.revision,
            change=change,
            what=advice.what,
            why=advice.why,
            because=list(advice.because),
            who=advice.who,
            actions=advice.actions,
            by_when=advice.by_when,
        )
    )
    session.flush()


def _require_findings(session: Session, consultation_id: int, advice: Advice) -> None:
    known = set(
        session.scalars(select(DraftFinding.number).where(DraftFinding.consultation_id == consultation_id))
    )
    if missing := set(advice.because) - known:
        raise Refused(
            marked("There is no finding %(number)s in this draft."), field="because", number=min(missing)
        )


def _day(written: str) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Refused(marked("Write the day as year, month and day: 2027-06-01."), field="by_when") from None
