"""A small world to be hostile in: two consultations, everything that can be in them, and everybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, literal, select, text, union_all
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.base.model import Base
from deliberation.base.sessions import Sessions
from deliberation.comments.models import Comment
from deliberation.consultations.background import BackgroundEntry, EntryKind
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.people import Participant, PostingBlock, RoleName
from deliberation.exchange.drafts.models import DraftSource, ImportDraft
from deliberation.exchange.drafts.rows import Row, RowKind
from deliberation.ideas.models import Idea
from deliberation.insights.queries import get_snapshot
from deliberation.insights.service import freeze_phase
from deliberation.moderation.cases import Appeal
from deliberation.moderation.models import ActKind
from deliberation.results.models import OpenAnswer
from deliberation.surveys.answering import save_page
from deliberation.synthesis.composing import begin_draft
from deliberation.synthesis.findings import add_finding
from deliberation.synthesis.margin import comment
from deliberation.synthesis.recommending import Advice, recommend
from deliberation.synthesis.signing import service as signing
from deliberation.synthesis.signing.proposing import draft_to_sign
from deliberation.synthesis.writers.report import Answer
from deliberation.tags.models import TagStatus
from deliberation.votes.models import Choice
from deliberation.web.extensions import db
from tests import factories
from tests.architecture.routes import ROUTES
from tests.results.world import answered_survey, close, count
from tests.surveys.documents import open_one

SLUG = "the-park"
ELSEWHERE = "the-quay"
VISITOR, STRANGER, AUTHOR, WORKING_GROUP, FACILITATOR = (
    "visitor", "stranger", "author", "working group", "facilitator",
)  # fmt: skip
ROLES = (VISITOR, STRANGER, AUTHOR, WORKING_GROUP, FACILITATOR)
LONG_AGO = now() - timedelta(days=2)
HIDDEN_WORDS = "Nobody may read these zebra words."
HIDDEN_COMMENT = "Nobody may read these okapi words."
WITHDRAWN_COMMENT = "Nobody at all may read these quagga words."
VALUES = {
    "slug": SLUG,
    "number": "1",
    "token": "x",
    "key": "schools",
    "format": "json",
    "long": "xlsx",
    "name": "x",
    "kind": "single",
    "part": "rule",
    "survey": "results",
    "question": "story",
    "code": "x",
    "signature": "1",
    "report": "1",
    "other": "2",
}


class Browser(FlaskClient):
    """A browser without the strict one's look at the markup: thousands of answers are read here.

    Each request runs in an application context of its own, as on the server.
    """

    def open(self, *args: Any, **more: Any) -> TestResponse:
        """Send the request."""
        with self.application.app_context():
            return super().open(*args, **more)


@dataclass
class World:
    """What was made, as plain values: rows do not outlive the requests between."""

    app: Flask
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    open: int = 0
    editable: int = 0
    hidden: int = 0
    withdrawn: int = 0
    locked: int = 0
    only_elsewhere: int = 0
    comment: int = 0
    editable_comment: int = 0
    hidden_comment: int = 0
    decision: int = 0
    appealed: int = 0
    flagged: str = ""
    blocked: int = 0
    merged: int = 0
    other: int = 0
    pasted: int = 0
    sheet: int = 0
    draft_from: int = 0
    answer: str = ""
    """The code of an open answer to the survey."""
    objection: int = 0
    minority: int = 0
    rule: str = ""
    category: str = ""
    note: str = ""
    link: int = 0
    own_link: int = 0
    hidden_link: int = 0
    names: dict[str, str] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)

    def get(self, role: str, address: str, **more: Any) -> TestResponse:
        """Open the address as somebody with this role."""
        return self.clients[role].get(address, **more)

    def post(self, role: str, address: str, data: Any = None, **more: Any) -> TestResponse:
        """Send a form as somebody with this role."""
        return self.clients[role].post(address, data=data, **more)


def make_world(app: Flask, session: Session) -> World:
    """Make the world and sign everybody in."""
    world = World(app)
    park = factories.make_consultation(session, SLUG, threads=2)
    quay = factories.make_consultation(session, ELSEWHERE, threads=3, title="The quay")
    accounts = {
        role: factories.make_account(
            session, name=f"Secret {role.title()}", email=f"{role[:4]}@secret.example"
        )
        for role in ROLES[1:]
    }
    author = factories.make_participant(session, park, accounts[AUTHOR])
    factories.make_role(session, park, accounts[FACILITATOR])
    factories.make_role(session, park, accounts[WORKING_GROUP], RoleName.WORKING_GROUP)
    first, second = park.threads
    settled = factories.make_idea(session, first, author, "Plant more trees.", elaboration="Oaks, *mostly*.")
    factories.make_vote(session, settled, choice=Choice.DISAGREE)
    world.open = settled.number
    world.editable = factories.make_idea(session, first, author, "Open the gate earlier.").number
    world.hidden = factories.make_idea(session, first, author, HIDDEN_WORDS, hidden_at=now()).number
    world.withdrawn = factories.make_idea(session, first, author, "Never mind.", withdrawn_at=now()).number
    world.locked = factories.make_idea(session, second, author, "In a locked question.").number
    second.locked_at = now()
    remark = factories.make_comment(session, settled, author, "Oaks grow slowly.", created_at=LONG_AGO)
    world.comment = remark.number
    fresh = factories.make_comment(session, settled, author, "Beeches, rather.", parent=remark)
    world.editable_comment = fresh.number
    hidden = factories.make_comment(session, settled, author, HIDDEN_COMMENT, hidden_at=now())
    world.hidden_comment = hidden.number
    factories.make_comment(session, settled, body="Still here.", parent=hidden)
    factories.make_comment(session, settled, author, WITHDRAWN_COMMENT, withdrawn_at=now())
    for serial in range(8):
        idea = factories.make_idea(session, quay.threads[2], statement=f"Quay {serial}.")
        factories.make_comment(session, idea)
    world.only_elsewhere = idea.number
    schools = factories.make_tag(session, park, "schools")
    gone = factories.make_tag(session, park, "colleges", status=TagStatus.MERGED)
    gone.merged_into_id = gone.lives_as_id = schools.id
    factories.make_tag(session, park, "museums")
    factories.make_tag(session, park, "waiting", status=TagStatus.SUGGESTED, group=None)
    factories.make_tag(session, quay, "boats")
    factories.apply_tag(session, settled, schools)
    world.other = factories.make_idea(session, first, statement="Let the meadow grow.").number
    merged = factories.make_idea(session, first, statement="More trees.", merged_into=settled)
    world.merged = merged.number
    world.pasted, world.sheet = (
        _draft(session, park, source).id for source in (DraftSource.TALK_PAGE, DraftSource.SPREADSHEET)
    )
    rule = factories.make_rule(session, park)
    world.rule = rule.key
    _add_cases(session, world, rule, settled, hidden)
    _add_links(session, world, park, author)
    factories.make_rule(session, quay, title="Boats first")
    for role in (FACILITATOR, AUTHOR):
        factories.make_organiser(session, accounts[role])
    session.commit()
    world.answer = _answered_survey(session, park)
    _write_synthesis(session, world, park, accounts[WORKING_GROUP].id)
    session.commit()
    _sign_in(world, session, accounts)
    return world


def _sign_in(world: World, session: Session, accounts: dict[str, Account]) -> None:
    world.clients = {role: world.app.test_client() for role in ROLES}
    for role, account in accounts.items():
        factories.sign_in(world.clients[role], session, account)  # type: ignore[arg-type]
        world.names[role], world.emails[role] = account.name, account.email
    session.commit()


def _draft(session: Session, consultation: Consultation, source: DraftSource) -> ImportDraft:
    row = Row(1, RowKind.IDEA, line=1, thread=1, language="en", statement="From elsewhere.")
    sheet = {"headings": ["statement"], "lines": [[2, ["From elsewhere."]]], "formulas": [], "faults": []}
    content = {"rows": [row.as_json()]} if source is DraftSource.TALK_PAGE else {"sheet": sheet}
    draft = ImportDraft(
        consultation_id=consultation.id, source=source, origin="Elsewhere", thread_number=1, language="en",
        content=content, version=1, created_at=now(), edited_at=now(),
    )  # fmt: skip
    session.add(draft)
    session.flush()
    return draft


def _begin_draft(session: Session, consultation: Consultation, by: int) -> int:
    """Begin a synthesis, with a comment, a recommendation and a finding of two ideas; return the snapshot."""
    number = freeze_phase(
        Sessions(session.connection()), consultation_id=consultation.id, phase=Phase.GATHERING
    )
    session.expire_all()
    snapshot = get_snapshot(session, consultation.id, number or 1)
    begin_draft(session, consultation=consultation, snapshot=snapshot, language="en", by=by)
    here = {"consultation_id": consultation.id, "by": by}
    comment(session, **here, finding=1, body="Is this so?")
    advice = Advice(what="Plant.", why="", because=(1,), who="All.", actions="Dig.", by_when=None)
    recommend(session, **here, advice=advice)
    add_finding(session, **here, thread=1, kind="remark", claim="We add this.", text="")
    return snapshot.number


def _begin_survey(session: Session, consultation: Consultation, author: Participant) -> None:
    """Ask a survey, which the author has begun to answer."""
    survey = open_one(session, consultation, key="x")
    answers = {"role": "chapter", "partnered": True}
    save_page(session, survey=survey, participant_id=author.id, answers=answers, cleared=set())


def _write_synthesis(session: Session, world: World, consultation: Consultation, by: int) -> None:
    """Begin a draft and propose it; somebody objects and writes a minority report. Then it changes."""
    world.draft_from = _begin_draft(session, consultation, by)
    other = factories.make_role(session, consultation, name=RoleName.WORKING_GROUP).account_id
    draft = draft_to_sign(session, consultation=consultation, base_url="http://deliberation.test")
    version = signing.propose(
        session, consultation=consultation, report=draft.report, snapshot_id=draft.snapshot_id, by=by
    )
    objection = signing.answer(session, version=version, by=other, answer=Answer.OBJECTS, text="Not so.")
    minority = signing.add_minority_report(session, version=version, by=other, title="Else", text="So.")
    world.objection, world.minority = objection.id, minority.id
    add_finding(
        session, consultation_id=consultation.id, by=by, thread=1, kind="remark", claim="More.", text=""
    )


def _add_cases(session: Session, world: World, rule: BackgroundEntry, settled: Idea, hidden: Comment) -> None:
    """Flag the idea, decide about the comment and the hidden idea, let its author appeal, block somebody."""
    consultation = session.get_one(Consultation, rule.consultation_id)
    flag = factories.make_flag(session, rule, settled)
    world.flagged = f"flagged_idea-{settled.id}-{flag.id}"
    hiding = {"kind": ActKind.HIDE_COMMENT, "comment_id": hidden.id}
    world.decision = factories.make_act(session, settled, **hiding).id
    under_appeal = session.scalars(
        select(Idea).where(Idea.consultation_id == consultation.id, Idea.number == world.hidden)
    ).one()
    appealed = factories.make_act(session, under_appeal, batch="b1")
    world.appealed = appealed.id
    case = {"consultation_id": consultation.id, "participant_id": settled.author_id, "act_id": appealed.id}
    session.add(Appeal(**case, text="Not so.", created_at=now()))
    until = now() + timedelta(days=9)
    blocked = factories.make_participant(session, consultation)
    session.add(PostingBlock(participant_id=blocked.id, begins_at=now(), ends_at=until))
    world.blocked = blocked.number


def _add_links(session: Session, world: World, consultation: Consultation, author: Participant) -> None:
    """Let there be a category with links, one of them hidden, and a note that nothing refers to."""
    consultation.further_languages = ["fi"]
    category = factories.make_entry(session, consultation, EntryKind.PROPOSAL_CATEGORY, title="Elsewhere")
    world.category = category.key
    world.note = factories.make_entry(session, consultation).key
    world.link = factories.make_link(session, category).id
    world.own_link = factories.make_link(session, category, author, address="https://example.org/own").id
    hidden = {"title": "Nobody may read these tapir words.", "address": "https://example.org/hidden"}
    world.hidden_link = factories.make_link(session, category, hidden_at=now(), **hidden).id
    factories.make_change(session, consultation)
    _begin_survey(session, consultation, author)


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Take back what the block did to the database, commits included."""
    session.close()
    point = cast(Connection, db.engine).begin_nested()
    try:
        yield
    finally:
        session.close()
        point.rollback()


def rows_of_everything(session: Session) -> dict[str, int]:
    """Return how many rows each table has (one statement)."""
    counts = [
        select(literal(table.name), select(text("count(*)")).select_from(table).scalar_subquery())
        for table in Base.metadata.sorted_tables
    ]
    return {str(name): int(count) for name, count in session.execute(union_all(*counts))}


def address_of(endpoint: str, **values: str) -> str:
    """Return the address of the endpoint, filled with what is there unless `values` says otherwise."""
    address = ROUTES[endpoint][0].replace("<int:", "<")
    for name, value in (VALUES | values).items():
        address = address.replace(f"<{name}>", value)
    return address


def tree_of(page: str) -> Any:
    """Return the page as a browser builds it."""
    return html5lib.parse(page, namespaceHTMLElements=False)


def query(address: str, **asked: Any) -> str:
    """Return the address with a query."""
    return f"{address}?{urlencode(asked, doseq=True)}"


def _answered_survey(session: Session, park: Consultation) -> str:
    """A survey with results, `results`; returns the code of an open answer to `story`."""
    survey = answered_survey(session, park, people=12, key="results")
    close(session, survey)
    count(session, survey)
    return session.scalars(select(OpenAnswer.code).where(OpenAnswer.survey_id == survey.id)).first() or ""
