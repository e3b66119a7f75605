from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import ROOT
from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Invitation, RoleName
from deliberation.consultations.queries import get_invitation
from deliberation.demo.load import PARTICIPANT_EMAIL
from deliberation.insights.models import LandscapeRow
from tests import factories
from tests.strict_client import StrictClient

SEEDED = ROOT / "deliberation" / "content" / "alliances-and-partnerships.yaml"


def test_a_pack_is_loaded_and_loaded_again(app: Flask, session: Session, client: StrictClient) -> None:
    for _ in range(2):
        result = app.test_cli_runner().invoke(args=["consultation", "load", str(SEEDED)])
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.startswith("/c/alliances-and-partnerships: 7 threads")
    assert session.scalar(select(func.count()).select_from(Consultation)) == 1
    assert client.get("/c/alliances-and-partnerships").status_code == 200


def test_a_faulty_pack_is_named_by_file_place_and_reason(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "park.yaml"
    file.write_text(
        SEEDED.read_text().replace("    question:\n      sv: >-", "    question:\n      xx: >-", 1)
    )
    result = app.test_cli_runner().invoke(args=["consultation", "load", str(file)])
    assert result.exit_code == 1
    assert f"{file}: threads[0].question.xx: is not one of the languages at the top" in result.stderr
    assert session.scalar(select(func.count()).select_from(Consultation)) == 0


def test_a_pack_that_would_lose_ideas_changes_nothing(app: Flask, session: Session, tmp_path: Path) -> None:
    consultation = factories.make_consultation(session, "park")
    factories.make_idea(session, consultation.threads[1])
    session.commit()
    file = tmp_path / "park.yaml"
    file.write_text(
        "format: consultation-pack/1\nslug: park\nlanguages: [sv]\ntitle: {sv: Ny}\n"
        "threads: [{number: 1, question: {sv: Ny}}]\n"
    )
    result = app.test_cli_runner().invoke(args=["consultation", "load", str(file)])
    assert result.exit_code == 1
    assert f"{file}: threads: thread 2 is left out" in result.stderr
    session.expire_all()
    assert len(consultation.threads) == 2
    assert {text.title for text in consultation.texts} == {"The park (sv)", "The park (en)"}


@pytest.mark.parametrize(
    ("option", "role"), [("--facilitator", RoleName.FACILITATOR), ("--working-group", RoleName.WORKING_GROUP)]
)
def test_an_invitation_prints_a_link_that_opens(
    app: Flask, session: Session, client: StrictClient, option: str, role: RoleName
) -> None:
    factories.make_consultation(session, "park")
    session.commit()
    result = app.test_cli_runner().invoke(args=["people", "invite", "Ada@Example.org", option, "park"])
    assert result.exit_code == 0
    base, _, secret = result.stdout.strip().partition("/invitation/")
    assert base == app.config["BASE_URL"]
    invitation = get_invitation(session, secret)
    assert (invitation.email, invitation.role) == ("ada@example.org", role)
    assert client.get(f"/invitation/{secret}").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a@example.org"], "Give either"),
        (["a@example.org", "--facilitator", "park", "--working-group", "park"], "Give either"),
        (["nobody", "--facilitator", "park"], "EMAIL"),
        (["a@example.org", "--facilitator", "nowhere"], "There is no consultation nowhere"),
    ],
)
def test_an_impossible_invitation_is_refused(
    app: Flask, session: Session, arguments: list[str], words: str
) -> None:
    factories.make_consultation(session, "park")
    session.commit()
    result = app.test_cli_runner().invoke(args=["people", "invite", *arguments])
    assert result.exit_code != 0
    assert words in result.stderr
    assert session.scalar(select(func.count()).select_from(Invitation)) == 0


def test_the_demonstration_prints_links_and_no_passwords(
    app: Flask, session: Session, client: StrictClient
) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0
    address, *links = result.stdout.splitlines()
    assert [line.partition(":")[0] for line in links] == ["facilitator", "working-group", "participant"]
    for line in links:
        assert client.get(line.split()[1].removeprefix(app.config["BASE_URL"])).status_code == 200
    assert client.get(address).status_code == 200
    guest = session.scalars(select(Account).where(Account.email == PARTICIPANT_EMAIL)).one()
    assert guest.confirmed_at is not None
    assert guest.confirmed_at < now() - timedelta(days=1)
    counted = session.scalars(select(LandscapeRow.thread_id)).all()
    assert len(counted) == 1 + 7
    again = app.test_cli_runner().invoke(args=["demo", "load"])
    assert (again.exit_code, "here already" in again.stderr) == (1, True)
