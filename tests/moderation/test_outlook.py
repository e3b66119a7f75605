"""What the desk says beside what waits: little seen, unheard, quiet, bursts."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.consultations.models import Phase
from deliberation.jobs.models import Job
from deliberation.moderation.desk import figures_of
from deliberation.moderation.jobs import COUNT_EVERY, KINDS, ask_for_outlooks
from deliberation.moderation.models import Outlook
from deliberation.moderation.outlook import QUIET_AFTER, View, count_outlook
from deliberation.votes.models import Choice
from tests import factories
from tests.moderation.conftest import Park
from tests.statements import statements
from tests.strict_client import StrictClient

DESK = "/c/the-park/desk"
LONG_AGO = now() - QUIET_AFTER - timedelta(days=2)


@pytest.fixture
def sessions(session: Session) -> Sessions:
    return Sessions(session.connection())


@pytest.fixture
def desk(park: Park, client: StrictClient) -> StrictClient:
    factories.sign_in(client, park.session, park.facilitator)
    park.session.commit()
    return client


def counted(park: Park, sessions: Sessions) -> View:
    park.session.commit()
    count_outlook(sessions, consultation_id=park.consultation.id)
    park.session.expire_all()
    found = figures_of(park.session, park.consultation).outlook
    assert found is not None
    return found


def join(park: Park, people: int, *, language: str = "sv", votes: bool = False) -> None:
    for _ in range(people):
        account = factories.make_account(park.session, language=language)
        person = factories.make_participant(park.session, park.consultation, account)
        if votes:
            factories.make_vote(park.session, park.idea, person)


def test_people_who_never_voted_are_counted_from_ten_on_by_language(park: Park, sessions: Sessions) -> None:
    join(park, 8)
    assert counted(park, sessions).unheard.people == 0
    join(park, 16)
    join(park, 5, language="en")
    join(park, 12, votes=True)
    unheard = counted(park, sessions).unheard
    assert (unheard.people, unheard.languages) == (30, {"sv": 20})


def test_a_question_without_ideas_comments_and_votes_has_gone_quiet(park: Park, sessions: Sessions) -> None:
    park.consultation.steps[0].starts_at = LONG_AGO
    park.idea.created_at = LONG_AGO
    assert counted(park, sessions).quiet == {1: LONG_AGO, 2: LONG_AGO}
    factories.make_vote(park.session, park.idea, park.author)
    assert set(counted(park, sessions).quiet) == {2}
    factories.make_idea(park.session, park.consultation.threads[1])
    assert counted(park, sessions).quiet == {}


def test_a_locked_question_and_a_phase_that_has_just_begun_are_not_quiet(
    park: Park, sessions: Sessions
) -> None:
    park.idea.created_at = LONG_AGO
    assert counted(park, sessions).quiet == {}
    park.consultation.steps[0].starts_at = LONG_AGO
    park.consultation.threads[1].locked_at = now()
    assert set(counted(park, sessions).quiet) == {1}


def test_a_vote_is_remembered_though_the_journal_is_read_on(park: Park, sessions: Sessions) -> None:
    park.consultation.steps[0].starts_at = LONG_AGO
    park.idea.created_at = LONG_AGO
    factories.make_vote(park.session, park.idea, park.author)
    counted(park, sessions)
    row = park.session.get_one(Outlook, park.consultation.id)
    row.position += 1_000_000
    assert set(counted(park, sessions).quiet) == {2}


def test_a_burst_is_told_without_saying_who_or_how(
    park: Park, sessions: Sessions, desk: StrictClient
) -> None:
    join(park, 14, votes=True)
    (burst,) = counted(park, sessions).bursts
    assert (burst.ideas, burst.people) == ((park.idea.number,), 10)
    assert len(counted(park, sessions).bursts) == 1
    with statements() as heard:
        text = desk.get(DESK).text
    assert "At least 10 new people voted alike on one idea within minutes" in text
    assert not [statement for statement in heard if "votes" in statement or "vote_events" in statement]
    figures = str(park.session.get_one(Outlook, park.consultation.id).figures)
    assert "choice" not in figures
    assert "agree" not in text.partition('id="outlook"')[2].partition("</section>")[0].lower()


def test_people_who_have_been_here_for_long_are_no_burst(park: Park, sessions: Sessions) -> None:
    for _ in range(14):
        person = factories.make_participant(park.session, park.consultation)
        person.joined_at = LONG_AGO
        factories.make_vote(park.session, park.idea, person, Choice.AGREE)
    assert counted(park, sessions).bursts == []


def test_the_desk_leads_to_ideas_that_few_have_seen(park: Park, desk: StrictClient) -> None:
    factories.make_idea(park.session, park.consultation.threads[1]).exposures = 20
    park.session.commit()
    text = desk.get(DESK).text
    assert "One idea has been seen by fewer than 20 people" in text
    assert "threads/1?sort=least_seen#ideas" in text
    assert "for the first time soon" in text


def test_nothing_of_it_is_said_when_voting_is_over(
    park: Park, sessions: Sessions, desk: StrictClient
) -> None:
    park.consultation.steps[0].phase = Phase.SYNTHESIS
    park.session.commit()
    count_outlook(sessions, consultation_id=park.consultation.id)
    assert park.session.get(Outlook, park.consultation.id) is None
    assert 'id="outlook"' not in desk.get(DESK).text


def test_the_worker_counts_it_once_in_five_minutes(park: Park, sessions: Sessions) -> None:
    for _ in range(2):
        ask_for_outlooks(sessions)
    (job,) = park.session.scalars(select(Job)).all()
    KINDS[job.kind](sessions, job.arguments)
    job.finished_at = now()
    park.session.commit()
    ask_for_outlooks(sessions)
    assert len(park.session.scalars(select(Job)).all()) == 1
    park.session.expire_all()
    row = park.session.get_one(Outlook, park.consultation.id)
    row.counted_at -= COUNT_EVERY
    park.session.commit()
    ask_for_outlooks(sessions)
    assert len(park.session.scalars(select(Job)).all()) == 2
