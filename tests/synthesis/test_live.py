"""The report that is shown before anything is published: from the votes as they stand, the same each time."""

import pytest
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import NotFound
from deliberation.insights.service import count_landscapes
from deliberation.synthesis.live import live_report
from deliberation.synthesis.writers.report import FindingKind, Report, Standing
from tests.insights.voting import sessions_of
from tests.statements import statements
from tests.synthesis.drafts import STEADY, URL, Group, vote_in_camps, working_group

MOMENT = now().replace(microsecond=0)


@pytest.fixture
def group(session: Session) -> Group:
    return working_group(session)


def report_now(session: Session, group: Group, **more: int) -> Report:
    return live_report(
        session, consultation=group.consultation, language="en", base_url=URL, moment=MOMENT, **more
    )


def counted(session: Session, group: Group) -> None:
    vote_in_camps(session, group.world)
    count_landscapes(
        sessions_of(session), consultation_id=group.consultation.id, parameters=STEADY, may_show_all=True
    )
    session.expire_all()


def test_the_same_votes_give_the_same_report(session: Session, group: Group) -> None:
    counted(session, group)
    report = report_now(session, group)
    assert report == report_now(session, group)
    assert (report.standing, report.evidence.snapshot) == (Standing.COMPOSED, None)
    assert {FindingKind.CONSENSUS, FindingKind.MINORITY} <= {finding.kind for finding in report.findings}
    assert "60 people cast 960 votes on 16 ideas." in report.summary
    assert "Half of those who voted cast at least 16 votes." in report.turnout.evenness


def test_before_anybody_has_voted_it_says_so(session: Session, group: Group) -> None:
    report = report_now(session, group)
    assert report.summary.startswith("Nobody has voted yet")
    assert {finding.kind for finding in report.findings} == {FindingKind.NOT_YET_HEARD}


def test_one_question_can_be_had_alone(session: Session, group: Group) -> None:
    counted(session, group)
    report = report_now(session, group, thread_number=2)
    assert [thread.number for thread in report.threads] == [2]
    assert report.address.endswith("?thread=2")
    with pytest.raises(NotFound):
        report_now(session, group, thread_number=9)


def test_it_takes_a_fixed_number_of_statements(session: Session, group: Group) -> None:
    counted(session, group)
    consultation = group.consultation
    assert consultation.texts
    assert consultation.steps
    with statements() as heard:
        report_now(session, group)
    assert len(heard) <= 11
