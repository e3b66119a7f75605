"""`flask demo …`: something to look at."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from deliberation.accounts.models import Account, Purpose
from deliberation.accounts.service import issue_link
from deliberation.base.errors import DomainError
from deliberation.base.sessions import Sessions
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import RoleName
from deliberation.consultations.service import invite
from deliberation.demo.load import PARTICIPANT_EMAIL, load_demo
from deliberation.demo.written import add_draft
from deliberation.insights.queries import get_snapshot
from deliberation.insights.service import count_landscapes, freeze
from deliberation.moderation.acts import OPERATOR
from deliberation.web.extensions import db

demo = AppGroup("demo", help="Make a demonstration.")


@demo.command("load")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day that the demonstration takes place on, such as 2026-11-22. Today if left out.",
)
def load(today: datetime | None) -> None:
    """Fill an empty database with a believable consultation, and print links to try each part in it.

    There are no passwords: each link works once and lets you choose one.
    """
    session = db.session()
    try:
        consultation = load_demo(session, today=today.date() if today else None)
    except DomainError as refusal:
        session.rollback()
        click.echo(str(refusal), err=True)
        raise SystemExit(1) from None
    base = current_app.config["BASE_URL"]
    links = {}
    for role, name in ((RoleName.FACILITATOR, "facilitator"), (RoleName.WORKING_GROUP, "working-group")):
        secret = invite(session, consultation=consultation, role=role, email=f"{name}@example.org")
        links[name] = f"{base}/invitation/{secret}"
    guest = session.scalars(select(Account.id).where(Account.email == PARTICIPANT_EMAIL)).one()
    secret = issue_link(session, account_id=guest, purpose=Purpose.RESET_PASSWORD)
    links["participant"] = f"{base}/reset/{secret}"
    slug, consultation_id = consultation.slug, consultation.id
    session.commit()
    sessions = Sessions(db.engine)
    count_landscapes(sessions, consultation_id=consultation_id)
    number = freeze(sessions, consultation_id=consultation_id, by=OPERATOR)
    consultation = session.get_one(Consultation, consultation_id)
    add_draft(session, consultation=consultation, snapshot=get_snapshot(session, consultation_id, number))
    session.commit()
    click.echo(f"/c/{slug}")
    for name, link in links.items():
        click.echo(f"{name + ':':15} {link}")
