"""Who may open what, and that reading writes nothing."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from deliberation.base.clock import now
from deliberation.consultations.background import EntryKind
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.people import RoleName
from deliberation.results.figures import SurveyFigures
from deliberation.results.models import SurveyResult
from deliberation.web.access import PUBLIC, GuardedFlask, access, access_of
from tests import factories
from tests.architecture.routes import READ, ROUTES
from tests.statements import statements, writes
from tests.strict_client import StrictClient
from tests.surveys.documents import open_one
from tests.synthesis.signing.group import make_published, make_ready

AUTOMATIC = {"HEAD", "OPTIONS"}
SLUG = "the-park"
BOUND = re.compile(r"<int\(max=\d+\):")


def test_a_view_that_does_not_say_who_may_cannot_be_registered() -> None:
    app = GuardedFlask("test", static_folder=None)
    with pytest.raises(TypeError, match="does not declare"):
        app.add_url_rule("/", view_func=lambda: "")
    app.add_url_rule("/declared", view_func=access(PUBLIC)(lambda: ""))


def test_every_address_is_in_the_table(app: Flask) -> None:
    found = {
        rule.endpoint: (
            BOUND.sub("<int:", rule.rule),
            frozenset(rule.methods or ()) - AUTOMATIC,
            access_of(app, rule.endpoint),
        )
        for rule in app.url_map.iter_rules()
    }
    named = {
        endpoint: (address, methods, rule.name if rule else None)
        for endpoint, (address, methods, rule) in found.items()
    }
    assert named == ROUTES


@pytest.mark.parametrize("endpoint", [endpoint for endpoint, row in ROUTES.items() if "<int:" in row[0]])
def test_a_number_too_large_for_the_database_is_no_address(endpoint: str, app: Flask) -> None:
    address = _address(endpoint).replace("/1", f"/{2**31}")
    method = min(ROUTES[endpoint][1])
    with pytest.raises(NotFound):
        app.url_map.bind("deliberation.test").match(address, method=method)


def _address(endpoint: str) -> str:
    address, _, _ = ROUTES[endpoint]
    filled = {
        "<slug>": SLUG,
        "<int:number>": "1",
        "<token>": "x",
        "<key>": "x",
        "<survey>": "x",
        "<kind>": "single",
        "<part>": "rule",
        "<format>": "json",
        "<long>": "xlsx",
        "<name>": "x",
        "<int:signature>": "1",
        "<int:report>": "1",
        "<int:other>": "2",
    }
    for name, value in filled.items():
        address = address.replace(name, value)
    return address


def _fill(session: Session, consultation: Consultation) -> None:
    """Let there be what the numbers in the addresses name."""
    idea = factories.make_idea(session, consultation.threads[0])
    factories.make_comment(session, idea)
    factories.make_act(session, idea, id=1)
    factories.make_tag(session, consultation, "x")
    survey = open_one(session, consultation, key="x")
    figures = SurveyFigures(people=12, version=1, questions=())
    session.add(
        SurveyResult(
            survey_id=survey.id, version="x", shown=figures.written(), shown_people=12, shown_at=now()
        )
    )
    version = make_published(session, consultation, 1)
    make_published(session, consultation, 2)
    make_ready(session, version)
    factories.make_entry(session, consultation, EntryKind.RULE, key="x")
    factories.make_change(session, consultation, id=1)
    category = factories.make_entry(session, consultation, EntryKind.PROPOSAL_CATEGORY)
    factories.make_link(session, category, id=1)


INSIDE = [endpoint for endpoint, (address, _, _) in ROUTES.items() if address.startswith("/c/")]


@pytest.mark.parametrize("endpoint", INSIDE)
def test_a_draft_is_not_there_for_strangers(
    endpoint: str, session: Session, client: StrictClient, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    factories.make_consultation(session, SLUG, phase=Phase.DRAFT)
    session.commit()
    factories.sign_in(client, session, factories.make_account(session))
    session.commit()
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    method = "GET" if "GET" in ROUTES[endpoint][1] else "POST"
    assert client.open(_address(endpoint), method=method, data={"choice": "agree"}).status_code == 404


@pytest.mark.parametrize("endpoint", [e for e in INSIDE if ROUTES[e][2] == "facilitator"])
@pytest.mark.parametrize("role", [None, RoleName.WORKING_GROUP])
def test_only_facilitators_facilitate(
    endpoint: str,
    role: RoleName | None,
    session: Session,
    client: StrictClient,
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consultation = factories.make_consultation(session, SLUG)
    _fill(session, consultation)
    account = factories.make_account(session)
    if role:
        factories.make_role(session, consultation, account, role)
    factories.sign_in(client, session, account)
    session.commit()
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    for method in ROUTES[endpoint][1]:
        assert client.open(_address(endpoint), method=method).status_code == 403


@pytest.mark.parametrize(
    "endpoint", [e for e in INSIDE if ROUTES[e][2] in {"facilitator", "participant", "signed in"}]
)
def test_a_visitor_is_asked_to_sign_in(
    endpoint: str, session: Session, client: StrictClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(session, factories.make_consultation(session, SLUG))
    session.commit()
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    for method in ROUTES[endpoint][1]:
        answer = client.open(_address(endpoint), method=method)
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("endpoint", [e for e, (_, methods, _) in ROUTES.items() if "POST" in methods])
def test_nothing_is_written_without_a_token(endpoint: str, session: Session, client: StrictClient) -> None:
    consultation = factories.make_consultation(session, SLUG)
    _fill(session, consultation)
    account = factories.make_account(session)
    factories.make_role(session, consultation, account, RoleName.FACILITATOR)
    factories.sign_in(client, session, account)
    session.commit()
    with statements() as heard:
        assert client.post(_address(endpoint), data={"choice": "agree"}).status_code == 400
    assert writes(heard) == []


@pytest.mark.parametrize(
    "endpoint", [e for e, (a, m, _) in ROUTES.items() if m >= READ and "digest" not in a and "path" not in a]
)
@pytest.mark.parametrize("signed_in", [False, True])
def test_reading_writes_nothing(
    endpoint: str, signed_in: bool, session: Session, client: StrictClient
) -> None:
    consultation = factories.make_consultation(session, SLUG)
    _fill(session, consultation)
    if signed_in:
        account = factories.make_account(session)
        factories.make_role(session, consultation, account, RoleName.FACILITATOR)
        factories.sign_in(client, session, account)
    session.commit()
    with statements() as heard:
        answer = client.get(_address(endpoint))
    assert answer.status_code < 500
    assert writes(heard) == []


@pytest.mark.parametrize("endpoint", [e for e in INSIDE if ROUTES[e][1:] == (READ, "visitor")])
def test_reading_sets_no_cookie_and_takes_few_statements(
    endpoint: str, session: Session, client: StrictClient
) -> None:
    consultation = factories.make_consultation(session, SLUG)
    _fill(session, consultation)
    session.commit()
    with statements() as heard:
        answer = client.get(_address(endpoint))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.get_data(as_text=True)
    assert len(heard) <= 12
