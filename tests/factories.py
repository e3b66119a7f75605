"""What tests begin with: rows that are whole and allowed, made by plain functions over the session.

Every function flushes and none commits. What a test does not care about is filled in.
"""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account, SignIn
from deliberation.accounts.secrets import hash_of, new_secret
from deliberation.base.clock import now
from deliberation.base.markup import markdown_to_html
from deliberation.base.text import folded
from deliberation.comments.models import Comment, CommentRevision
from deliberation.consultations.background import BackgroundEntry, BackgroundText, EntryKind
from deliberation.consultations.changes import TextChange
from deliberation.consultations.links import ProposalLink
from deliberation.consultations.models import (
    Consultation,
    ConsultationText,
    Phase,
    PhaseStep,
    Thread,
    ThreadText,
)
from deliberation.consultations.people import Invitation, Organiser, Participant, Role, RoleName
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.ideas.search import index_idea
from deliberation.moderation.cases import Flag
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.subjects import key_name
from deliberation.tags.models import IdeaTag, Tag, TagName, TagStatus
from deliberation.votes.models import Choice, Vote, VoteEvent
from tests.strict_client import StrictClient

PASSWORD = "a long password for tests"
_serial = count(1)
_cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def make_account(
    session: Session,
    *,
    name: str = "Ada Ek",
    email: str | None = None,
    password: str | None = None,
    language: str | None = None,
    confirmed: bool = True,
) -> Account:
    """A confirmed account. Without `password` no password opens it, and nothing is hashed."""
    account = Account(
        name=name,
        email=email or f"person{next(_serial)}@example.org",
        password_hash=_cheap.hash(password) if password else "!",
        language=language,
        theme=None,
        confirmed_at=now() if confirmed else None,
        created_at=now(),
    )
    session.add(account)
    session.flush()
    return account


def make_consultation(
    session: Session,
    slug: str = "the-park",
    *,
    threads: int = 2,
    phase: Phase = Phase.GATHERING,
    languages: tuple[str, ...] = ("sv", "en"),
    title: str = "The park",
) -> Consultation:
    """A consultation with threads 1, 2, …, in `phase` since yesterday. The first language is its own."""
    consultation = Consultation(slug=slug, source_language=languages[0], created_at=now())
    consultation.texts = [
        ConsultationText(
            language=language,
            title=f"{title} ({language})",
            kicker=f"Kicker ({language})",
            introduction=f"Introduction ({language})",
            introduction_html=f"<p>Introduction ({language})</p>",
            organiser=f"Organiser ({language})",
            is_translation=language != languages[0],
        )
        for language in languages
    ]
    consultation.steps = [PhaseStep(phase=phase, starts_at=now() - timedelta(days=1))]
    session.add(consultation)
    session.flush()
    for number in range(1, threads + 1):
        make_thread(session, consultation, number, languages=languages)
    session.expire(consultation, ["threads"])
    return consultation


def make_thread(
    session: Session, consultation: Consultation, number: int, *, languages: tuple[str, ...] = ("sv", "en")
) -> Thread:
    """A thread that asks `Question <number> (<language>)?`."""
    thread = Thread(consultation_id=consultation.id, number=number, locked_at=None)
    thread.texts = [
        ThreadText(
            language=language,
            question=f"Question {number} ({language})?",
            lead=f"Lead {number} ({language})",
            is_translation=language != languages[0],
        )
        for language in languages
    ]
    session.add(thread)
    session.flush()
    return thread


def make_entry(
    session: Session,
    consultation: Consultation,
    kind: EntryKind = EntryKind.NOTE,
    *,
    key: str | None = None,
    title: str = "A note",
    body: str = "What it says.",
    forms: tuple[str, ...] = (),
    languages: tuple[str, ...] = ("sv", "en"),
) -> BackgroundEntry:
    """A background entry, the same words in every language."""
    serial = next(_serial)
    entry = BackgroundEntry(
        consultation_id=consultation.id, key=key or f"entry-{serial}", kind=kind, position=serial
    )
    entry.texts = [
        BackgroundText(
            language=language,
            title=title,
            body=body,
            body_html=markdown_to_html(body),
            forms=list(forms),
            is_translation=language != languages[0],
        )
        for language in languages
    ]
    session.add(entry)
    session.flush()
    return entry


def make_rule(
    session: Session, consultation: Consultation, title: str = "Keep to the question"
) -> BackgroundEntry:
    """A rule under which an idea may be hidden."""
    return make_entry(session, consultation, EntryKind.RULE, title=title, body="Why and how.")


def make_change(
    session: Session, consultation: Consultation, *, entry: BackgroundEntry | None = None, **more: Any
) -> TextChange:
    """A change of the consultation's title, or of the entry's, that has been made. The text is left alone."""
    change = TextChange(
        **{
            "consultation_id": consultation.id,
            "entry_id": entry.id if entry else None,
            "language": consultation.source_language,
            "before": {"title": "The old words"},
            "after": {"title": "The new words"},
            "changed_at": now(),
            **more,
        }
    )
    session.add(change)
    session.flush()
    return change


def make_link(
    session: Session,
    category: BackgroundEntry,
    author: Participant | None = None,
    *,
    title: str = "A charter for trees",
    address: str = "https://example.org/charter",
    hidden_at: datetime | None = None,
    **more: Any,
) -> ProposalLink:
    """A link to a proposal in the category, by a new participant unless by another."""
    consultation = session.get_one(Consultation, category.consultation_id)
    link = ProposalLink(
        consultation_id=consultation.id,
        entry_id=category.id,
        author=author or make_participant(session, consultation),
        title=title,
        address=address,
        created_at=now(),
        hidden_at=hidden_at,
        withdrawn_at=None,
        **more,
    )
    session.add(link)
    session.flush()
    return link


def make_organiser(session: Session, account: Account | None = None) -> Account:
    """Somebody who may write new consultations."""
    account = account or make_account(session)
    session.add(Organiser(account_id=account.id, granted_at=now()))
    session.flush()
    return account


def make_participant(
    session: Session, consultation: Consultation, account: Account | None = None
) -> Participant:
    """The next participant; without an account, one who came without."""
    highest = session.scalar(
        select(func.max(Participant.number)).where(Participant.consultation_id == consultation.id)
    )
    participant = Participant(
        consultation_id=consultation.id,
        account_id=account.id if account else None,
        number=1 if highest is None else highest + 1,
        joined_at=now(),
    )
    session.add(participant)
    session.flush()
    return participant


def make_role(
    session: Session,
    consultation: Consultation,
    account: Account | None = None,
    name: RoleName = RoleName.FACILITATOR,
) -> Role:
    """A role, by default that of a facilitator, given to `account` or to a new one."""
    account = account or make_account(session)
    role = Role(consultation_id=consultation.id, account=account, name=name, granted_at=now())
    session.add(role)
    session.flush()
    return role


def make_invitation(
    session: Session,
    consultation: Consultation,
    role: RoleName = RoleName.FACILITATOR,
    *,
    email: str | None = None,
    expires_at: datetime | None = None,
    accepted_at: datetime | None = None,
) -> str:
    """An invitation; returns the secret of its link."""
    secret = new_secret()
    session.add(
        Invitation(
            consultation_id=consultation.id,
            role=role,
            email=email,
            token_hash=hash_of(secret),
            created_at=now(),
            expires_at=expires_at or now() + timedelta(days=30),
            accepted_at=accepted_at,
        )
    )
    session.flush()
    return secret


def make_idea(
    session: Session,
    thread: Thread,
    author: Participant | None = None,
    statement: str = "Plant more trees.",
    *,
    elaboration: str = "",
    language: str = "en",
    created_at: datetime | None = None,
    edited_at: datetime | None = None,
    hidden_at: datetime | None = None,
    withdrawn_at: datetime | None = None,
    merged_into: Idea | None = None,
) -> Idea:
    """An idea with its first revision and no votes, by a new participant unless by another."""
    consultation = session.get_one(Consultation, thread.consultation_id)
    highest = session.scalar(select(func.max(Idea.number)).where(Idea.consultation_id == consultation.id))
    created_at = created_at or now()
    idea = Idea(
        consultation_id=consultation.id,
        thread_id=thread.id,
        author=author or make_participant(session, consultation),
        number=(highest or 0) + 1,
        language=language,
        statement=statement,
        elaboration=elaboration,
        elaboration_html=markdown_to_html(elaboration) if elaboration else "",
        agrees=0,
        disagrees=0,
        passes=0,
        created_at=created_at,
        edited_at=edited_at,
        hidden_at=hidden_at,
        withdrawn_at=withdrawn_at,
        merged_into=merged_into,
        merged_at=now() if merged_into else None,
        accepted_at=None,
        is_seed=False,
        is_meta=False,
    )
    idea.revisions = [
        IdeaRevision(
            number=1, language=language, statement=statement, elaboration=elaboration, created_at=created_at
        )
    ]
    session.add(idea)
    session.flush()
    index_idea(session, idea.id, statement=statement, elaboration=elaboration, language=language)
    return idea


def make_comment(
    session: Session,
    idea: Idea,
    author: Participant | None = None,
    body: str = "Which trees?",
    *,
    parent: Comment | None = None,
    language: str = "en",
    created_at: datetime | None = None,
    edited_at: datetime | None = None,
    hidden_at: datetime | None = None,
    withdrawn_at: datetime | None = None,
) -> Comment:
    """A comment with its first revision, by a new participant unless by another."""
    consultation = session.get_one(Consultation, idea.consultation_id)
    highest = session.scalar(
        select(func.max(Comment.number)).where(Comment.consultation_id == consultation.id)
    )
    created_at = created_at or now()
    comment = Comment(
        consultation_id=consultation.id,
        idea=idea,
        parent_id=parent.id if parent else None,
        author=author or make_participant(session, consultation),
        number=(highest or 0) + 1,
        language=language,
        body=body,
        body_html=markdown_to_html(body),
        created_at=created_at,
        edited_at=edited_at,
        hidden_at=hidden_at,
        withdrawn_at=withdrawn_at,
    )
    comment.revisions = [CommentRevision(number=1, language=language, body=body, created_at=created_at)]
    session.add(comment)
    session.flush()
    return comment


def make_vote(
    session: Session, idea: Idea, participant: Participant | None = None, choice: Choice = Choice.AGREE
) -> Vote:
    """A first vote, counted and in the journal."""
    if participant is None:
        participant = make_participant(session, session.get_one(Consultation, idea.consultation_id))
    moment = now()
    vote = Vote(participant_id=participant.id, idea_id=idea.id, choice=choice, previous=None, cast_at=moment)
    event = VoteEvent(participant_id=participant.id, idea_id=idea.id, choice=choice, happened_at=moment)
    idea.agrees += choice is Choice.AGREE
    idea.disagrees += choice is Choice.DISAGREE
    idea.passes += choice is Choice.PASS
    session.add_all([vote, event])
    session.flush()
    return vote


def make_tag(
    session: Session,
    consultation: Consultation,
    key: str = "schools",
    *,
    names: dict[str, str] | None = None,
    group: str | None = "actor",
    status: TagStatus = TagStatus.ACCEPTED,
    suggested_by: Participant | None = None,
) -> Tag:
    """A tag of the vocabulary, named by its key unless `names` says how in each language."""
    tag = Tag(
        consultation_id=consultation.id,
        key=key,
        group=group,
        status=status,
        merged_into_id=None,
        suggested_by=suggested_by,
        created_at=now(),
    )
    tag.names = [
        TagName(
            language=language,
            consultation_id=consultation.id,
            name=name,
            folded=folded(name),
            is_translation=False,
        )
        for language, name in (names or {"sv": key, "en": key}).items()
    ]
    session.add(tag)
    session.flush()
    return tag


def make_act(session: Session, idea: Idea, kind: ActKind = ActKind.HIDE_IDEA, **more: Any) -> ModerationAct:
    """A row in the log about the idea. What it says was done is not."""
    act = ModerationAct(
        **{
            "consultation_id": idea.consultation_id,
            "kind": kind,
            "role": RoleName.FACILITATOR,
            "idea_id": idea.id,
            "reason": "Because.",
            "details": {},
            "happened_at": now(),
            **more,
        }
    )
    session.add(act)
    session.flush()
    return act


def make_flag(
    session: Session, rule: BackgroundEntry, subject: Idea | Comment | Tag, *, note: str = "Look at this."
) -> Flag:
    """A flag by somebody new."""
    consultation = session.get_one(Consultation, rule.consultation_id)
    row = Flag(
        consultation_id=consultation.id,
        participant_id=make_participant(session, consultation).id,
        rule_id=rule.id,
        note=note,
        created_at=now(),
        **{key_name(subject): subject.id},
    )
    session.add(row)
    session.flush()
    return row


def apply_tag(session: Session, idea: Idea, tag: Tag, participant: Participant | None = None) -> IdeaTag:
    """Put the tag on the idea, as its author unless somebody else is named."""
    applied = IdeaTag(
        idea_id=idea.id,
        tag_id=tag.id,
        participant_id=participant.id if participant else idea.author_id,
        applied_at=now(),
    )
    session.add(applied)
    session.flush()
    return applied


def sign_in(client: StrictClient, session: Session, account: Account) -> SignIn:
    """Sign the browser in, without the form."""
    token = new_secret()
    row = SignIn(
        account=account, token_hash=hash_of(token), browser="Test", created_at=now(), last_seen_at=now()
    )
    session.add(row)
    session.flush()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return row
