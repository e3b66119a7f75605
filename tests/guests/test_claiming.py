"""A guest gets an account: votes and ideas come along, and each idea counts once."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.accounts.guests import begin_guest
from deliberation.accounts.models import Account, Guest
from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.base.database import writing
from deliberation.base.model import Base
from deliberation.consultations.models import Consultation, Guests
from deliberation.consultations.people import Participant
from deliberation.consultations.queries import count_people
from deliberation.consultations.service import join, join_as_guest
from deliberation.guests.service import FOLLOWS, claim
from deliberation.ideas.models import Idea
from deliberation.ideas.service import post_guest_idea
from deliberation.moderation.acts import OPERATOR
from deliberation.moderation.merging import merge_idea, part_idea
from deliberation.votes.exposures import record_shown, record_shown_to_guest
from deliberation.votes.joining import Own, join_votes, newest, together
from deliberation.votes.models import Choice, Vote
from deliberation.votes.service import cast_guest_vote, cast_vote
from deliberation.web.extensions import db
from tests import factories
from tests.accounts.conftest import PASSWORD, Mailbox
from tests.accounts.conftest import mailbox as mailbox  # noqa: PLC0414 - a fixture
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.guests.conftest import guests_of, idea_of, post_idea, vote
from tests.strict_client import StrictClient
from tests.votes.recount import complaints

SLUG = "the-park"


def test_every_row_that_names_a_participant_follows() -> None:
    named = {
        (table.name, key.parent.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "participants"
    }
    followed = {(thing.table.__tablename__, thing.column) for thing in FOLLOWS}
    moved_by_joining = {("votes", "participant_id"), ("set_aside_votes", "participant_id"),
                        ("exposures", "participant_id")}  # fmt: skip
    stay = {("vote_events", "participant_id"), ("participants", "merged_into_id")}
    kept_by_the_database = {("thread_voters", "participant_id")}
    assert named == followed | moved_by_joining | stay | kept_by_the_database


def test_of_two_votes_the_newest_stands() -> None:
    moment = now()
    old, new = Own(1, 1, None, moment), Own(1, -1, 0, moment + timedelta(seconds=1))
    assert together({1: old}, {1: new})[1].choice == -1
    assert together({1: old}, {1: new})[1].previous == 1
    assert together({1: new}, {1: old})[1] == new
    assert newest(1, [Own(2, 0, None, moment), Own(1, 1, None, moment)]) == Own(1, 1, None, moment)
    assert newest(1, []) is None


def test_without_a_number_yet_the_guest_becomes_the_account(session: Session, park: Consultation) -> None:
    guest_id, token = begin_guest(session)
    account = factories.make_account(session)
    cast_guest_vote(session, slug=SLUG, idea_number=1, guest_id=guest_id, choice=Choice.AGREE)
    (person,) = guests_of(session)
    assert count_people(session, park).guests == 1
    assert claim(session, token=token, account_id=account.id)
    session.refresh(person)
    assert (person.account_id, person.guest_id, person.is_guest) == (account.id, None, False)
    assert count_people(session, park).guests == 0
    assert session.scalars(select(Guest)).all() == []
    assert not claim(session, token=token, account_id=account.id)
    assert complaints(session.connection()) == []


def test_with_a_number_both_become_one(session: Session, park: Consultation) -> None:
    guest_id, token = begin_guest(session)
    account = factories.make_account(session)
    for number, choice in ((1, Choice.AGREE), (2, Choice.PASS)):
        cast_vote(session, slug=SLUG, idea_number=number, account_id=account.id, choice=choice)
    for number, choice in ((1, Choice.DISAGREE), (3, Choice.AGREE)):
        cast_guest_vote(session, slug=SLUG, idea_number=number, guest_id=guest_id, choice=choice)
    cast_vote(session, slug=SLUG, idea_number=3, account_id=account.id, choice=Choice.DISAGREE)
    posted = post_guest_idea(
        session, consultation=park, thread=park.threads[0], guest_id=guest_id, statement="Mine.",
        elaboration="", language="en",
    ).idea  # fmt: skip
    before = count_people(session, park).total
    assert claim(session, token=token, account_id=account.id)
    session.expire_all()
    person = session.scalars(select(Participant).where(Participant.account_id == account.id)).one()
    said = dict(
        session.execute(
            select(Idea.number, Vote.choice)
            .join(Vote, Vote.idea_id == Idea.id)
            .where(Vote.participant_id == person.id)
        ).all()
    )
    assert said == {1: Choice.DISAGREE, 2: Choice.PASS, 3: Choice.DISAGREE}
    assert (idea_of(session, 1).agrees, idea_of(session, 1).disagrees) == (0, 1)
    assert posted.author_id == person.id
    assert count_people(session, park).total == before - 1
    gone = session.scalars(select(Participant).where(Participant.merged_into_id == person.id)).one()
    assert (gone.account_id, gone.guest_id) == (None, None)
    assert complaints(session.connection()) == []


@pytest.mark.parametrize("seed", range(25))
def test_whatever_both_did_nobody_counts_twice(session: Session, park: Consultation, seed: int) -> None:
    """Random votes, exposures, merges and partings by a guest and an account, then a claim, then more."""
    rng = random.Random(seed)
    guest_id, token = begin_guest(session)
    account = factories.make_account(session)
    said: dict[int, tuple[int, Choice | None]] = {}
    step = 0

    def act(*, is_guest: bool) -> None:
        nonlocal step
        step += 1
        number = rng.randint(1, 3)
        if rng.random() < 0.2:
            shown = {"consultation": park, "numbers": [number]}
            if is_guest:
                record_shown_to_guest(session, guest_id=guest_id, **shown)  # type: ignore[arg-type]
            else:
                record_shown(session, account_id=account.id, **shown)  # type: ignore[arg-type]
            return
        choice = rng.choice(list(Choice))
        if is_guest:
            cast_guest_vote(session, slug=SLUG, idea_number=number, guest_id=guest_id, choice=choice)
        else:
            cast_vote(session, slug=SLUG, idea_number=number, account_id=account.id, choice=choice)
        said[number] = (step, choice)

    def merge() -> None:
        one, other = rng.sample([idea_of(session, number) for number in (1, 2, 3)], 2)
        if one.merged_into_id is None and other.merged_into_id is None:
            merge_idea(session, idea=one, into=other, reason="The same.", by=OPERATOR)
        elif one.merged_into_id is not None:
            part_idea(session, idea=one, reason="Not the same.", by=OPERATOR)

    for _ in range(14):
        act(is_guest=rng.random() < 0.5)
        if rng.random() < 0.25:
            merge()
    claim(session, token=token, account_id=account.id)
    assert complaints(session.connection()) == []
    merge()
    act(is_guest=False)
    assert complaints(session.connection()) == []
    for number in (1, 2, 3):
        idea = idea_of(session, number)
        if idea.merged_into_id is not None:
            part_idea(session, idea=idea, reason="Apart.", by=OPERATOR)
    assert complaints(session.connection()) == []
    assert session.scalar(select(func.count(func.distinct(Vote.participant_id)))) == (1 if said else 0)


def test_signing_in_keeps_what_was_done_and_replaces_the_cookie(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    factories.make_account(session, email="ada@example.org", password=PASSWORD)
    session.commit()
    vote(client, 1)
    post_idea(client, "Mine alone.")
    with client.session_transaction() as kept:
        secret = kept["guest"]
    page = client.get("/sign-in").get_data(as_text=True)
    assert "1 vote, 1 idea" in page
    form = {"email": "ada@example.org", "password": PASSWORD, "keep": "yes", "next": "/c/the-park"}
    assert client.submit("/sign-in", form).status_code == 303
    with client.session_transaction() as kept:
        assert "guest" not in kept
    page = client.get("/c/the-park/threads/1").get_data(as_text=True)
    assert "You agree." in page
    assert client.get("/c/the-park/ideas/4").status_code == 200
    thief: StrictClient = client.application.test_client()  # type: ignore[assignment]
    with thief.session_transaction() as stolen:
        stolen["guest"] = secret
    assert "You agree." not in thief.get("/c/the-park/threads/1").get_data(as_text=True)
    assert guests_of(session) == []


def test_who_leaves_it_out_gets_none_of_it(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    factories.make_account(session, email="ada@example.org", password=PASSWORD)
    session.commit()
    vote(client, 1)
    assert client.submit("/sign-in", {"email": "ada@example.org", "password": PASSWORD}).status_code == 303
    assert "You agree." not in client.get("/c/the-park/threads/1").get_data(as_text=True)
    assert idea_of(session, 1).agrees == 1
    assert len(guests_of(session)) == 1


def test_signing_up_keeps_it_when_the_address_is_confirmed_here(
    client: StrictClient, session: Session, park: Consultation, mailbox: Mailbox
) -> None:
    vote(client, 1)
    form = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD, "next": "/c/the-park"}
    assert client.submit("/sign-up", form).status_code == 303
    link = mailbox.link("ada@example.org", "/confirm/")
    assert client.submit(link, {"password": PASSWORD, "keep": "yes"}).status_code == 303
    assert "You agree." in client.get("/c/the-park/threads/1").get_data(as_text=True)
    person = session.scalars(select(Participant).where(Participant.account_id.is_not(None))).one()
    assert session.get_one(Account, person.account_id).email == "ada@example.org"


@pytest.fixture(scope="module", params=DATABASES)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on a database of its own, for what happens at the same moment."""
    folder = tmp_path_factory.mktemp("claims")
    app = create_app(make_config(make_database(request.param, folder, "claims"), folder))
    migrate(app)
    yield app
    with app.app_context():
        db.engine.dispose()


TRIALS = 12


def _trial(app: Flask, serial: int, do: Callable[[Session, str, int, int, str], None]) -> list[str]:
    """Let two tabs claim while a third votes on as the guest; return what is wrong afterwards."""
    slug = f"park-{serial}"
    with app.app_context():
        writing.set(True)
        park = factories.make_consultation(db.session(), slug)
        park.guests = Guests.VOTES
        for _ in range(3):
            factories.make_idea(db.session(), park.threads[0])
        account_id = factories.make_account(db.session()).id
        guest_id, token = begin_guest(db.session())
        join(db.session(), consultation=park, account_id=account_id)
        join_as_guest(db.session(), consultation=park, guest_id=guest_id)
        for number in (1, 2):
            cast_vote(db.session(), slug=slug, idea_number=number, account_id=account_id, choice=Choice.PASS)
            cast_guest_vote(
                db.session(), slug=slug, idea_number=number, guest_id=guest_id, choice=Choice.AGREE
            )
        db.session.commit()
    start, failures = threading.Barrier(4), []

    def work(which: int) -> None:
        with app.app_context():
            writing.set(True)
            start.wait()
            try:
                if which < 2:
                    do(db.session(), token, account_id, guest_id, slug)
                else:
                    cast_guest_vote(
                        db.session(), slug=slug, idea_number=which, guest_id=guest_id, choice=Choice.DISAGREE
                    )
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                failures.append(repr(error))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        session = db.session()
        found = complaints(session.connection())
        left = session.scalar(
            select(func.count())
            .select_from(Vote)
            .join(Participant, Participant.id == Vote.participant_id)
            .where(Participant.merged_into_id.is_not(None))
        )
        return found + ([f"{left} votes of nobody"] if left else [])


def test_two_tabs_that_claim_at_once_while_the_guest_votes_count_nobody_twice(served: Flask) -> None:
    def do(session: Session, token: str, account_id: int, _guest: int, _slug: str) -> None:
        claim(session, token=token, account_id=account_id)

    assert [wrong for serial in range(TRIALS) for wrong in _trial(served, serial, do)] == []


def test_the_race_finds_a_claim_that_holds_the_guest_too_late(served: Flask) -> None:
    """The positive control: votes that come in between are nobody's, and the person's are counted twice."""
    if served.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        pytest.skip("who writes on SQLite is alone anyway")

    def careless(session: Session, _token: str, account_id: int, guest_id: int, slug: str) -> None:
        here = select(Consultation.id).where(Consultation.slug == slug).scalar_subquery()
        people = select(Participant).where(Participant.consultation_id == here)
        person = session.scalars(people.where(Participant.account_id == account_id)).one()
        guest = session.scalars(people.where(Participant.guest_id == guest_id)).one_or_none()
        if guest is not None:
            join_votes(session, leaving=guest.id, staying=person.id, moment=now())
            time.sleep(0.05)
            guest.guest_id, guest.merged_into_id = None, person.id

    wrong = [one for serial in range(100, 100 + TRIALS) for one in _trial(served, serial, careless)]
    assert wrong != []
