"""A consultation large enough to measure: a thread of a thousand ideas, and people signed in to vote."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, Final

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account, SignIn
from deliberation.accounts.secrets import hash_of, new_secret
from deliberation.base.clock import now
from deliberation.consultations.models import (
    Consultation,
    ConsultationText,
    Phase,
    PhaseStep,
    Thread,
    ThreadText,
)
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.tags.models import IdeaTag, Tag, TagName, TagStatus
from deliberation.votes.models import Choice, Vote, VoteEvent
from deliberation.web.extensions import db
from deliberation.web.migrations import migrate_to_newest

SLUG: Final = "bench"
THREADS: Final = 7
IDEAS: Final = 1_000
PEOPLE: Final = 500
VOTES_EACH: Final = 100
TAGS: Final = 12
STATEMENT: Final = (
    "Idea {number}: sign a long-term agreement with museums and libraries on free pictures, with a named "
    "contact on each side, a small shared budget, and a report that everybody can read each year."
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in, with the cookie and the token that their browser would send."""

    participant_id: int
    cookie: str
    token: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Who can vote, and on what: the ideas' keys, in the order of their numbers from 1."""

    people: list[Person]
    idea_ids: list[int]


def prepare(app: Flask, *, ideas: int = IDEAS) -> Ground:
    """Fill the empty database of `app`."""
    migrate_to_newest(app)
    with app.app_context():
        session = db.session()
        thread_ids, consultation_id = _consultation(session)
        people = _people(session, app, consultation_id)
        idea_ids = _ideas(session, consultation_id, thread_ids[0], people, ideas)
        _tags(session, consultation_id, idea_ids, people)
        _votes(session, idea_ids, people)
        session.commit()
        session.execute(text("ANALYZE"))
        session.commit()
        db.session.remove()
        db.engine.dispose()
    return Ground(people, idea_ids)


def _consultation(session: Session) -> tuple[list[int], int]:
    consultation = Consultation(slug=SLUG, source_language="en", created_at=now())
    for language in ("en", "sv"):
        consultation.texts.append(
            ConsultationText(
                language=language,
                title="Alliances and partnerships",
                kicker="A consultation",
                introduction="What shall we do together, and with whom?",
                introduction_html="<p>What shall we do together, and with whom?</p>",
                organiser="The working group",
                is_translation=language != "en",
            )
        )
    consultation.steps = [PhaseStep(phase=Phase.GATHERING, starts_at=now() - timedelta(days=1))]
    for number in range(1, THREADS + 1):
        thread = Thread(number=number, locked_at=None)
        thread.texts = [
            ThreadText(language=language, question=f"Question {number}?", lead="", is_translation=False)
            for language in ("en", "sv")
        ]
        consultation.threads.append(thread)
    session.add(consultation)
    session.flush()
    return [thread.id for thread in consultation.threads], consultation.id


def _people(session: Session, app: Flask, consultation_id: int) -> list[Person]:
    moment = now()
    accounts = [
        Account(
            name=f"Person {n}",
            email=f"person{n}@example.org",
            password_hash="!",
            language="en",
            theme=None,
            confirmed_at=moment,
            created_at=moment,
        )
        for n in range(PEOPLE)
    ]
    session.add_all(accounts)
    session.flush()
    secret_of = {account.id: new_secret() for account in accounts}
    participants = [
        Participant(consultation_id=consultation_id, account_id=account.id, number=n, joined_at=moment)
        for n, account in enumerate(accounts, 1)
    ]
    session.add_all(participants)
    session.add_all(
        SignIn(
            account_id=account.id,
            token_hash=hash_of(secret_of[account.id]),
            browser="Benchmark",
            created_at=moment,
            last_seen_at=moment,
        )
        for account in accounts
    )
    session.flush()
    return [_signed_in(app, one.id, secret_of[one.account_id or 0]) for one in participants]


def _signed_in(app: Flask, participant_id: int, secret: str) -> Person:
    serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    seed = secrets.token_hex(20)
    cookie = serializer.dumps({"_user_id": secret, "_fresh": True, "csrf_token": seed})
    token = URLSafeTimedSerializer(app.secret_key or "", salt="wtf-csrf-token").dumps(seed)
    return Person(participant_id, f"{app.config['SESSION_COOKIE_NAME']}={cookie}", str(token))


def _ideas(
    session: Session, consultation_id: int, thread_id: int, people: list[Person], ideas: int
) -> list[int]:
    start = now() - timedelta(days=1)
    rows = [
        {
            "consultation_id": consultation_id,
            "thread_id": thread_id,
            "author_id": people[number % PEOPLE].participant_id,
            "number": number,
            "language": "en",
            "statement": STATEMENT.format(number=number),
            "elaboration": "",
            "elaboration_html": "",
            "created_at": start + timedelta(seconds=number),
        }
        for number in range(1, ideas + 1)
    ]
    session.execute(insert(Idea), rows)
    ids = list(session.scalars(select(Idea.id).order_by(Idea.number)))
    session.execute(
        insert(IdeaRevision),
        [
            {
                "idea_id": idea_id,
                "number": 1,
                "language": "en",
                "statement": row["statement"],
                "elaboration": "",
                "created_at": row["created_at"],
            }
            for idea_id, row in zip(ids, rows, strict=True)
        ],
    )
    return ids


def _tags(session: Session, consultation_id: int, idea_ids: list[int], people: list[Person]) -> None:
    tags = []
    for n in range(TAGS):
        tag = Tag(
            consultation_id=consultation_id,
            key=f"tag-{n}",
            group="actor",
            status=TagStatus.ACCEPTED,
            created_at=now(),
        )
        tag.names = [
            TagName(
                consultation_id=consultation_id,
                language=language,
                name=f"Tag {n}",
                folded=f"tag {n}",
                is_translation=False,
            )
            for language in ("en", "sv")
        ]
        tags.append(tag)
    session.add_all(tags)
    session.flush()
    chance = Random(1)
    session.execute(
        insert(IdeaTag),
        [
            {
                "idea_id": idea_id,
                "tag_id": tag.id,
                "participant_id": chance.choice(people).participant_id,
                "applied_at": now(),
            }
            for idea_id in idea_ids
            for tag in chance.sample(tags, 2)
        ],
    )


def _votes(session: Session, idea_ids: list[int], people: list[Person]) -> None:
    chance, moment = Random(2), now()
    votes = [
        {
            "participant_id": person.participant_id,
            "idea_id": idea_id,
            "choice": chance.choices(list(Choice), (6, 2, 2))[0],
            "cast_at": moment,
            "happened_at": moment,
        }
        for person in people
        for idea_id in chance.sample(idea_ids, VOTES_EACH)
    ]
    session.execute(insert(Vote), [{k: v for k, v in vote.items() if k != "happened_at"} for vote in votes])
    session.execute(insert(VoteEvent), [{k: v for k, v in vote.items() if k != "cast_at"} for vote in votes])
    for name, choice in (("agrees", 1), ("disagrees", -1), ("passes", 0)):
        counted = select(func.count()).where(Vote.idea_id == Idea.id, Vote.choice == choice)
        session.execute(update(Idea).values({name: counted.scalar_subquery()}))
