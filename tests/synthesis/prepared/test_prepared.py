"""Files that take long are written by the worker, and kept a week for those who may read the synthesis."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.consultations.models import Consultation
from deliberation.ideas.models import Idea
from deliberation.jobs.models import Job
from deliberation.jobs.worker import Worker
from deliberation.moderation.acts import OPERATOR
from deliberation.synthesis.prepared import jobs, service
from deliberation.synthesis.prepared.models import KEPT, LONGEST, PreparedFile
from deliberation.synthesis.signing.publishing import erase_statement
from deliberation.synthesis.writers import WRITERS, Format
from tests import factories
from tests.strict_client import StrictClient
from tests.synthesis.signing.group import make_published

PAGE = "/c/the-park/synthesis"
ENGLISH = {"Accept-Language": "en"}
LONG = [kind for kind in Format if WRITERS[kind].takes_long]
OURS = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}


@pytest.fixture
def idea(session: Session) -> Idea:
    consultation = factories.make_consultation(session)
    idea = factories.make_idea(session, consultation.threads[0], statement="Plant trees")
    factories.make_vote(session, idea)
    session.commit()
    return idea


def work(session: Session) -> None:
    session.commit()
    worker = Worker(Sessions(session.connection()), kinds=jobs.KINDS)
    while worker.do_one():
        pass
    session.expire_all()


def asked(client: StrictClient, address: str) -> str:
    """Ask for the file; return where its page is."""
    answer = client.post(address, headers=OURS)
    assert answer.status_code == 303
    return str(answer.location)


def told(client: StrictClient, page: str) -> str:
    answer = client.get(page, headers=ENGLISH)
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def the_file(session: Session) -> PreparedFile:
    return session.scalars(select(PreparedFile)).one()


@pytest.mark.parametrize("kind", LONG)
def test_a_long_file_is_asked_for_waited_for_and_fetched(
    client: StrictClient, session: Session, idea: Idea, kind: Format
) -> None:
    page = asked(client, f"{PAGE}/composed/{kind}?language=en")
    assert "waiting for its turn" in (waiting := told(client, page))
    assert '<meta http-equiv="refresh"' in waiting
    assert client.get(f"{page}/file").status_code == 404
    work(session)
    assert "The file is ready" in (ready := told(client, page))
    assert 'http-equiv="refresh"' not in ready
    answer = client.get(f"{page}/file")
    assert answer.content_type == WRITERS[kind].media_type
    assert answer.headers["Content-Disposition"].endswith(f"the-park-synthesis-en.{kind}")
    assert len(answer.data) == the_file(session).size
    assert client.get(f"{PAGE}.{kind}?language=en").data == answer.data


def test_the_page_asks_for_long_files_and_sets_no_cookie(client: StrictClient, idea: Idea) -> None:
    answer = client.get(PAGE, headers=ENGLISH)
    page = answer.get_data(as_text=True)
    assert 'method="post" action="/c/the-park/synthesis/composed/pdf?language=en"' in page
    assert 'href="/c/the-park/synthesis.csv?language=en"' in page
    assert "Set-Cookie" not in answer.headers


def test_steps_are_told(client: StrictClient, session: Session, idea: Idea) -> None:
    page = asked(client, f"{PAGE}/composed/xlsx?language=en")
    session.execute(update(PreparedFile).values(step=2))
    session.commit()
    assert "Step 2 of 3: the file is being written." in told(client, page)


def test_the_same_file_is_made_once(client: StrictClient, session: Session, idea: Idea) -> None:
    first = asked(client, f"{PAGE}/composed/xlsx?language=en")
    assert asked(client, f"{PAGE}/composed/xlsx?language=en") == first
    assert asked(client, f"{PAGE}/composed/xlsx?language=sv") != first
    assert asked(client, f"{PAGE}/composed/xlsx?language=en&thread=1") != first
    assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == service.WRITE)) == 3


def test_a_short_file_is_not_to_be_asked_for(client: StrictClient, session: Session, idea: Idea) -> None:
    assert client.post(f"{PAGE}/composed/csv?language=en", headers=OURS).status_code == 405


@pytest.mark.parametrize(
    "asked_for", ["thread=-1", "thread=abc", f"thread={'9' * 400}", "thread=%00", "language=xx"]
)
def test_of_what_is_not_there_no_file_is_made(client: StrictClient, session: Session, asked_for: str) -> None:
    factories.make_consultation(session)
    answer = client.post(f"{PAGE}/composed/xlsx?{asked_for}", headers=OURS)
    assert answer.status_code == 404
    assert session.scalars(select(PreparedFile)).all() == []
    assert session.scalars(select(PreparedFile)).all() == []


def test_a_file_of_a_version_is_made_from_the_version(client: StrictClient, session: Session) -> None:
    make_published(session, factories.make_consultation(session))
    session.commit()
    page = asked(client, f"{PAGE}/versions/1/files/xlsx")
    work(session)
    answer = client.get(f"{page}/file")
    assert answer.headers["Content-Disposition"].endswith("synthesis-version-1-en.xlsx")
    assert client.get(f"{PAGE}/versions/1.xlsx").data == answer.data


def test_what_fails_is_said_and_can_be_tried_again(
    client: StrictClient, session: Session, idea: Idea, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = asked(client, f"{PAGE}/composed/xlsx?language=en")
    with monkeypatch.context() as patched:
        patched.setattr("deliberation.synthesis.files.WRITERS", {})
        work(session)
    assert "The file could not be made" in (failed := told(client, page))
    assert 'action="/c/the-park/synthesis/composed/xlsx?language=en"' in failed
    again = asked(client, f"{PAGE}/composed/xlsx?language=en")
    assert again != page
    work(session)
    assert "The file is ready" in told(client, again)
    assert client.get(page).status_code == 404


def test_what_does_not_come_is_given_up(client: StrictClient, session: Session, idea: Idea) -> None:
    page = asked(client, f"{PAGE}/composed/xlsx?language=en")
    session.execute(update(PreparedFile).values(wanted_at=now() - LONGEST - timedelta(seconds=1)))
    session.commit()
    assert "The file could not be made" in told(client, page)


def test_after_a_week_it_is_gone(client: StrictClient, session: Session, idea: Idea) -> None:
    page = asked(client, f"{PAGE}/composed/xlsx?language=en")
    work(session)
    session.execute(update(PreparedFile).values(wanted_at=now() - KEPT + timedelta(minutes=1)))
    service.forget_old(session)
    session.commit()
    assert client.get(f"{page}/file").status_code == 200
    session.execute(update(PreparedFile).values(wanted_at=now() - KEPT))
    session.commit()
    for address in (page, f"{page}/file"):
        answer = client.get(address, headers=ENGLISH)
        assert answer.status_code == 404
        assert "Files are kept for seven days" in answer.get_data(as_text=True)
    [looked_after] = jobs.rounds()
    looked_after.look(Sessions(session.connection()))
    assert session.scalars(select(PreparedFile.id)).all() == []


def test_more_votes_leave_a_file_and_hidden_words_do_not(
    client: StrictClient, session: Session, idea: Idea
) -> None:
    page = asked(client, f"{PAGE}/composed/xlsx?language=en")
    work(session)
    factories.make_vote(session, session.get_one(Idea, idea.id))
    session.commit()
    assert client.get(f"{page}/file").status_code == 200
    session.get_one(Idea, idea.id).hidden_at = now()
    session.commit()
    assert client.get(f"{page}/file").status_code == 404


def test_erased_words_take_their_files_along(client: StrictClient, session: Session, idea: Idea) -> None:
    asked(client, f"{PAGE}/composed/xlsx?language=en")
    erase_statement(
        session,
        consultation=session.get_one(Consultation, idea.consultation_id),
        idea_number=idea.number,
        by=OPERATOR,
        reason="Asked for.",
        tombstone="Erased.",
    )
    assert session.scalars(select(PreparedFile.id)).all() == []


def test_only_who_may_read_the_version_gets_its_file(client: StrictClient, session: Session) -> None:
    version = make_published(session, factories.make_consultation(session))
    session.commit()
    page = asked(client, f"{PAGE}/versions/1/files/xlsx")
    work(session)
    session.get_one(type(version), version.id).published_at = None
    session.commit()
    assert client.get(page).status_code == 404
    assert client.get(f"{page}/file").status_code == 404
    assert client.post(f"{PAGE}/versions/1/files/xlsx", headers=OURS).status_code == 404


def test_a_file_is_not_found_in_another_consultation(
    client: StrictClient, session: Session, idea: Idea
) -> None:
    page = asked(client, f"{PAGE}/composed/xlsx?language=en")
    factories.make_consultation(session, "elsewhere")
    session.commit()
    assert client.get(page.replace("the-park", "elsewhere")).status_code == 404


def test_who_asks_for_too_many_is_handed_the_file(
    client: StrictClient, session: Session, idea: Idea, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_KEPT", 1)
    asked(client, f"{PAGE}/composed/xlsx?language=en")
    assert asked(client, f"{PAGE}/composed/xlsx?language=sv") == "/c/the-park/synthesis.xlsx?language=sv"
