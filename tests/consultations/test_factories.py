from sqlalchemy.orm import Session

from deliberation.consultations.people import RoleName
from deliberation.consultations.queries import find_consultation, threads_of
from deliberation.votes.models import Choice
from tests import factories


def test_a_whole_small_consultation_can_be_made(session: Session) -> None:
    consultation = factories.make_consultation(session, threads=2)
    account = factories.make_account(session, password=factories.PASSWORD)
    participant = factories.make_participant(session, consultation, account)
    thread = threads_of(session, consultation)[0]
    idea = factories.make_idea(session, thread, participant, "More benches.")
    factories.make_vote(session, idea, choice=Choice.DISAGREE)
    tag = factories.make_tag(session, consultation, "schools")
    factories.apply_tag(session, idea, tag)
    factories.make_rule(session, consultation)
    factories.make_invitation(session, consultation)
    role = factories.make_role(session, consultation, account, RoleName.WORKING_GROUP)
    session.expire_all()
    assert find_consultation(session, "the-park") is consultation
    assert [thread.number for thread in consultation.threads] == [1, 2]
    assert (idea.number, idea.disagrees, idea.revisions[0].number) == (1, 1, 1)
    assert (participant.number, role.account.id) == (1, account.id)
