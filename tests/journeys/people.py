"""People and places made directly in a running site's database: a journey begins where it matters."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import Config
from deliberation.accounts.guests import begin_guest
from deliberation.accounts.models import Account, Purpose
from deliberation.accounts.service import issue_link, sign_in
from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.comments.models import Comment
from deliberation.comments.service import post_comment
from deliberation.consultations.models import Consultation, Guests, Phase
from deliberation.consultations.people import RoleName
from deliberation.ideas.models import Idea
from deliberation.ideas.service import post_guest_idea, post_idea
from deliberation.insights.queries import get_snapshot
from deliberation.insights.service import freeze_phase
from deliberation.moderation.acts import OPERATOR
from deliberation.moderation.curation import merge_tag
from deliberation.moderation.merging import merge_idea
from deliberation.moderation.outlook import count_outlook
from deliberation.moderation.proposals import propose_merge
from deliberation.setup.creating import create_consultation
from deliberation.surveys.queries import each_response, get_survey
from deliberation.surveys.service import put_up
from deliberation.synthesis.composing import begin_draft
from deliberation.synthesis.drafting import get_draft, write_opening
from deliberation.tags.models import Tag
from deliberation.votes.models import Choice
from deliberation.votes.service import cast_guest_vote
from deliberation.web.extensions import db
from tests.factories import (
    make_account,
    make_consultation,
    make_idea,
    make_organiser,
    make_participant,
    make_role,
    make_rule,
    make_vote,
)
from tests.journeys.site import SLUG, Site

COOKIE = "deliberation"
_serial = count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and the cookie of a browser that is signed in to it."""

    name: str
    email: str
    cookie: str


@dataclass(frozen=True)
class Guest:
    """Somebody without an account, with a vote on one idea, and another that waits to be read."""

    slug: str
    cookie: str
    voted: int
    waiting: int


class People:
    """Makes people and consultations on a running site."""

    def __init__(self, site: Site) -> None:
        """Open the site's database beside its server."""
        self.site = site
        self._has_landscapes = False
        self.app: Flask = create_app(
            Config(
                secret_key=site.environment["SECRET_KEY"],
                database_url=site.environment["DATABASE_URL"],
                base_url=site.address,
            )
        )

    def person(self, *, facilitates: str | None = None) -> Person:
        """Return a new person, signed in; `facilitates` names a consultation."""
        number = next(_serial)
        with self.writing() as session:
            account = make_account(session, name=f"Person {number}", email=f"journey{number}@example.org")
            if facilitates:
                make_role(session, _consultation(session, facilitates), account)
            return Person(account.name, account.email, self._cookie(_sign_in(session, account)))

    def facilitator(self, slug: str = SLUG) -> Person:
        """Return a new person who facilitates."""
        return self.person(facilitates=slug)

    def organiser(self) -> Person:
        """Return a new person who may write new consultations."""
        person = self.person()
        with self.writing() as session:
            make_organiser(session, account_of(session, person.email))
        return person

    def draft_by(self, person: Person) -> str:
        """Let the person begin a consultation in three languages; return its slug."""
        slug = f"draft-{next(_serial)}"
        with self.writing() as session:
            account = make_organiser(session, account_of(session, person.email))
            create_consultation(
                session, title="What should become of the meadow by the river?", slug=slug, language="sv",
                further=["en", "fi"], account_id=account.id,
            )  # fmt: skip
        return slug

    def working_group(self, slug: str, size: int) -> list[Person]:
        """Return the members of a new working group whose draft is composed, from a snapshot of the votes."""
        members = [self.person() for _ in range(size)]
        with self.writing() as session:
            consultation = _consultation(session, slug)
            accounts = [account_of(session, member.email) for member in members]
            for account in accounts:
                make_role(session, consultation, account, RoleName.WORKING_GROUP)
            session.flush()
            here = Sessions(session.connection())
            number = freeze_phase(here, consultation_id=consultation.id, phase=Phase.SYNTHESIS)
            snapshot = get_snapshot(session, consultation.id, number or 1)
            begin_draft(
                session, consultation=consultation, snapshot=snapshot, language="en", by=accounts[0].id
            )
        return members

    def write_heading(self, member: Person, slug: str, heading: str) -> None:
        """Give the draft another heading."""
        with self.writing() as session:
            consultation = _consultation(session, slug)
            draft = get_draft(session, consultation.id)
            write_opening(
                session, consultation_id=consultation.id, by=account_of(session, member.email).id,
                revision=draft.revision, heading=heading, summary=draft.summary,
            )  # fmt: skip

    def give_role(self, person: Person, slug: str) -> None:
        """Let the person facilitate one more consultation."""
        with self.writing() as session:
            make_role(session, _consultation(session, slug), account_of(session, person.email))

    def member(self, slug: str = SLUG) -> Person:
        """Make a person in the working group of the consultation."""
        person = self.person()
        with self.writing() as session:
            account = account_of(session, person.email)
            make_role(session, _consultation(session, slug), account, RoleName.WORKING_GROUP)
        return person

    def known_person(self, email: str) -> Person:
        """Return whoever has the address, signed in by one more browser."""
        with self.writing() as session:
            account = account_of(session, email)
            return Person(account.name, email, self._cookie(_sign_in(session, account)))

    def consultation(
        self, title: str, *, ideas: int = 0, is_closed: bool = False, takes_guests: bool = False
    ) -> str:
        """Make a consultation of two questions and a rule, with ideas in the first; return its slug."""
        slug = f"{title.lower().replace(' ', '-')}-{next(_serial)}"
        phase = Phase.SYNTHESIS if is_closed else Phase.GATHERING
        with self.writing() as session:
            consultation = make_consultation(session, slug, languages=("en", "sv"), title=title, phase=phase)
            consultation.guests = Guests.IDEAS if takes_guests else Guests.NONE
            make_rule(session, consultation)
            for number in range(1, ideas + 1):
                idea = make_idea(session, consultation.threads[0], statement=f"Plant tree number {number}.")
                if is_closed:
                    make_vote(session, idea)
        return slug

    def guest(self, slug: str) -> Guest:
        """Return a guest who has voted on the consultation's first idea and written one."""
        with self.writing() as session:
            guest_id, token = begin_guest(session)
            consultation = _consultation(session, slug)
            cast_guest_vote(session, slug=slug, idea_number=1, guest_id=guest_id, choice=Choice.AGREE)
            posting = post_guest_idea(
                session, consultation=consultation, thread=consultation.threads[0], guest_id=guest_id,
                statement="Leave the eastern gate open at night.", elaboration="", language="en",
            )  # fmt: skip
            return Guest(slug, self._signed({"guest": token, "_permanent": True}), 1, posting.idea.number)

    def survey(self, slug: str, said: dict[str, Any]) -> str:
        """Give the consultation an open survey; return its address."""
        with self.writing() as session:
            survey = put_up(session, consultation=_consultation(session, slug), document=said)
            return f"/c/{slug}/surveys/{survey.key}"

    def answered(self, slug: str, key: str) -> list[dict[str, Any]]:
        """Return what has been handed in to the survey."""
        with self.writing() as session:
            found = get_survey(session, consultation_id=_consultation(session, slug).id, key=key)
            return [dict(response.answers) for response in each_response(session, found)]

    def post_idea_as(self, person: Person, statement: str, *, thread: int = 4) -> int:
        """Post an idea in the demonstration; return its number."""
        with self.writing() as session:
            posting = post_idea(
                session,
                consultation=(consultation := _consultation(session, SLUG)),
                thread=consultation.threads[thread - 1],
                account_id=account_of(session, person.email).id,
                statement=statement,
                elaboration="Start with the chapters.",
                language="en",
            )
            return posting.idea.number

    def busy_consultation(self) -> str:
        """Make one with a burst, people who never voted and a quiet question; return its slug."""
        slug = self.consultation("Busy ground", ideas=2)
        with self.writing() as session:
            consultation = _consultation(session, slug)
            consultation.steps[0].starts_at = now() - timedelta(days=30)
            idea = session.scalars(select(Idea).where(Idea.consultation_id == consultation.id)).first()
            for serial in range(40):
                account = make_account(session, language="sv" if serial % 2 else "en")
                person = make_participant(session, consultation, account)
                if serial < 15 and idea is not None:
                    make_vote(session, idea, person)
            consultation_id = consultation.id
        with self.app.app_context():
            count_outlook(Sessions(db.engine), consultation_id=consultation_id)
        return slug

    def begin_voting(self) -> None:
        """Let the demonstration's voting phase have begun yesterday."""
        with self.writing() as session:
            for step in _consultation(session, SLUG).steps:
                if step.phase is Phase.VOTING:
                    step.starts_at = now() - timedelta(days=1)

    def draw_landscapes(self) -> None:
        """Let the demonstration's landscapes have been counted, as a worker would have."""
        if not self._has_landscapes:
            self.site.command("insights", "analyse", SLUG)
            self._has_landscapes = True

    def reset_link(self) -> str:
        """Return the path of a page where a new person can choose a password."""
        person = self.person()
        with self.writing() as session:
            account_id = account_of(session, person.email).id
            return f"/reset/{issue_link(session, account_id=account_id, purpose=Purpose.RESET_PASSWORD)}"

    def telling_ideas(self) -> dict[str, int]:
        """Return the numbers of ideas in the demonstration that are hard to show well."""
        wanted = {
            "arabic": Idea.language == "ar",
            "long": func.length(Idea.statement) > 275,
            "elaborated": func.length(Idea.elaboration) > 200,
            "edited": Idea.edited_at.is_not(None),
        }
        seen = Idea.hidden_at.is_(None) & Idea.withdrawn_at.is_(None)
        with self.writing() as session:
            here = Idea.consultation_id == _consultation(session, SLUG).id
            found = {
                name: session.scalars(select(Idea.number).where(here, seen, condition)).first()
                for name, condition in wanted.items()
            }
            found["hidden"] = session.scalars(
                select(Idea.number).where(here, Idea.hidden_at.is_not(None))
            ).first()
        return {name: number for name, number in found.items() if number}

    def merged_ideas(self, slug: str = SLUG) -> dict[str, int]:
        """Merge an idea into a long one with votes, and propose to merge two more; return their numbers."""
        with self.writing() as session:
            consultation = _consultation(session, slug)
            here = (
                Idea.thread_id == consultation.threads[0].id,
                Idea.hidden_at.is_(None),
                Idea.withdrawn_at.is_(None),
            )
            busiest = (Idea.agrees + Idea.disagrees + Idea.passes).desc()
            kept, merged, one, other = session.scalars(
                select(Idea).where(*here).order_by(busiest).limit(4)
            ).all()
            merge_idea(session, idea=merged, into=kept, reason="Both want a named contact.", by=OPERATOR)
            propose_merge(
                session, consultation=consultation, idea=one, other=other,
                account_id=make_account(session).id, note="Both are about *maps*, I think.",
            )  # fmt: skip
            return {"kept": kept.number, "merged": merged.number, "one": one.number, "other": other.number}

    def merged_tag(self, slug: str = SLUG) -> str:
        """Merge a tag into the one for museums; return its key, which leads there."""
        with self.writing() as session:
            here = Tag.consultation_id == _consultation(session, slug).id
            tag = session.scalars(select(Tag).where(here, Tag.key == "libraries")).one()
            merge_tag(session, tag=tag, into="museums", by=OPERATOR, reason="One of a kind.")
            return "libraries"

    def discussion(self) -> dict[str, int]:
        """Return the numbers of the idea most talked about in the demonstration and of its longest branch."""
        with self.writing() as session:
            idea_id = session.scalar(
                select(Comment.idea_id).group_by(Comment.idea_id).order_by(func.count().desc()).limit(1)
            )
            branch_id = session.scalar(
                select(Comment.parent_id)
                .where(Comment.idea_id == idea_id, Comment.parent_id.is_not(None))
                .group_by(Comment.parent_id)
                .order_by(func.count().desc())
                .limit(1)
            )
            gone = select(Comment.number).where(Comment.idea_id == idea_id, Comment.withdrawn_at.is_not(None))
            return {
                "idea": session.get_one(Idea, idea_id).number,
                "branch": session.get_one(Comment, branch_id).number,
                "gone": session.scalars(gone).one(),
            }

    def comment_as(self, person: Person, body: str) -> int:
        """Comment on the idea most talked about; return the comment's number."""
        idea = self.discussion()["idea"]
        with self.writing() as session:
            consultation = _consultation(session, SLUG)
            found = session.scalars(
                select(Idea).filter_by(consultation_id=consultation.id, number=idea)
            ).one()
            account_id = account_of(session, person.email).id
            posting = post_comment(
                session,
                consultation=consultation,
                idea=found,
                account_id=account_id,
                body=body,
                language="en",
            )
            return posting.comment.number

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.app.app_context():
            try:
                session = db.session()
                yield session
                session.commit()
            finally:
                db.session.remove()

    def _cookie(self, token: str) -> str:
        return self._signed({"_user_id": token, "_fresh": True, "_permanent": True})

    def _signed(self, kept: dict[str, Any]) -> str:
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return str(serializer.dumps(kept))


def _consultation(session: Session, slug: str) -> Consultation:
    return session.scalars(select(Consultation).where(Consultation.slug == slug)).one()


def account_of(session: Session, email: str) -> Account:
    return session.scalars(select(Account).where(Account.email == email)).one()


def _sign_in(session: Session, account: Account) -> str:
    return sign_in(session, account=account, browser="Chromium, Linux")
