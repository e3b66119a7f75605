"""Whether one's votes are in a snapshot: told to oneself alone, as a count."""

from datetime import timedelta

from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.consultations.models import Phase
from deliberation.insights.models import Snapshot, SnapshotCause
from deliberation.insights.taken_part import snapshots_with
from deliberation.votes.models import Choice, VoteEvent
from tests import factories


def test_votes_cast_until_then_are_counted_once(session: Session) -> None:
    consultation = factories.make_consultation(session)
    account = factories.make_account(session)
    person = factories.make_participant(session, consultation, account)
    kept, taken_back, late = (factories.make_idea(session, consultation.threads[0]) for _ in range(3))
    moment = now()
    for idea, choice, hours in (
        (kept, Choice.AGREE, -3), (kept, Choice.PASS, -2), (taken_back, Choice.AGREE, -3),
        (taken_back, None, -2), (late, Choice.AGREE, 1),
    ):  # fmt: skip
        session.add(
            VoteEvent(
                participant_id=person.id, idea_id=idea.id, choice=choice,
                happened_at=moment + timedelta(hours=hours),
            )
        )  # fmt: skip
        session.flush()
    session.add(
        Snapshot(
            consultation_id=consultation.id, number=1, cause=SnapshotCause.ON_DEMAND, reason="", content=b"",
            phase=Phase.GATHERING, taken_at=moment, inputs_digest="ab" * 32, off_map=[], ideas=3, people=1,
            votes=1, threads={"1": [kept.number, taken_back.number, late.number]},
        )
    )  # fmt: skip
    session.flush()
    found = snapshots_with(session, account.id)
    assert [(one.slug, one.number, one.votes) for one in found] == [(consultation.slug, 1, 1)]
    assert snapshots_with(session, factories.make_account(session).id) == []
