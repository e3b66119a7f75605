"""Whatever several people do with their votes, in whatever order, the sums come out."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from deliberation.votes.models import Choice
from deliberation.votes.queries import my_choices
from deliberation.votes.service import cast_vote
from tests.factories import make_account, make_consultation, make_idea, make_participant
from tests.votes.recount import complaints

PEOPLE, IDEAS = 3, 3
ACTS = st.lists(
    st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, IDEAS - 1), st.sampled_from([*Choice, None])),
    max_size=25,
)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@given(acts=ACTS)
def test_counts_a_recount_and_the_journal_agree_with_what_people_did(
    session: Session, acts: list[tuple[int, int, Choice | None]]
) -> None:
    with session.begin_nested() as trial:
        consultation = make_consultation(session)
        accounts = [make_account(session) for _ in range(PEOPLE)]
        participants = [make_participant(session, consultation, account) for account in accounts]
        ideas = [make_idea(session, consultation.threads[0]) for _ in range(IDEAS)]
        said: dict[tuple[int, int], Choice | None] = {}
        before: dict[tuple[int, int], Choice | None] = {}
        for who, which, choice in acts:
            ballot = cast_vote(
                session,
                slug=consultation.slug,
                idea_number=ideas[which].number,
                account_id=accounts[who].id,
                choice=choice,
            )
            if said.get((who, which)) != choice:
                before[who, which] = said.get((who, which))
                assert ballot.previous == before[who, which]
            said[who, which] = choice
            standing = [said.get((person, which)) for person in range(PEOPLE)]
            assert (ballot.agrees, ballot.disagrees, ballot.passes) == tuple(
                standing.count(one) for one in (Choice.AGREE, Choice.DISAGREE, Choice.PASS)
            )
        assert complaints(session.connection()) == []
        for who, participant in enumerate(participants):
            assert my_choices(session, participant.id, [idea.id for idea in ideas]) == {
                idea.id: said[who, which]
                for which, idea in enumerate(ideas)
                if said.get((who, which)) is not None
            }
        trial.rollback()
    session.expunge_all()
