"""`flask serve`: from an empty folder to a running server in one command."""

import os
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import delete, inspect, select, text
from sqlalchemy.orm import Session

from config import ROOT, Config
from deliberation.consultations.models import Consultation
from deliberation.consultations.pack import read_pack
from deliberation.consultations.people import Invitation, Role, RoleName
from deliberation.consultations.service import invite
from deliberation.demo.load import load_demo
from deliberation.exchange.packs import load_pack
from deliberation.web.extensions import db

SEEDED = ROOT / "deliberation" / "content" / "alliances-and-partnerships.yaml"


@click.command("serve")
@click.option("--demo", is_flag=True, help="Fill an empty database with a believable consultation.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--workers", default=1, show_default=True, help="Processes; one for each core on a busy site.")
@with_appcontext
def serve(demo: bool, host: str, workers: int) -> None:
    """Prepare the database and start the server."""
    config: Config = current_app.extensions["config"]
    session = db.session()
    bring_up_to_date(session)
    if demo:
        _load_demo_once(session)
    else:
        _load_seeded_once(session)
    link = first_facilitator_link(session, config.base_url)
    session.commit()
    db.session.remove()
    db.engine.dispose()
    click.echo(f"\n  {config.site_name} is at {config.base_url}")
    if link:
        click.echo(f"  Nobody facilitates yet. This link, good once, makes the first facilitator:\n  {link}")
    click.echo("  Ctrl-C stops it.\n")
    sys.stdout.flush()
    start_server(host=host, port=config.port, workers=workers)


def bring_up_to_date(session: Session) -> None:
    """Migrate the database unless it has the newest schema already."""
    bind = session.get_bind()
    found = None
    if inspect(bind).has_table("alembic_version"):
        found = session.scalar(text("SELECT version_num FROM alembic_version"))
    session.rollback()
    if found != current_app.extensions["schema_version"]:
        upgrade()


def first_facilitator_link(session: Session, base_url: str) -> str | None:
    """Return a new link to the oldest consultation's first facilitator, or None when there is one.

    Links printed at earlier starts stop working, so that there is never more than one.
    """
    consultation = session.scalars(select(Consultation).order_by(Consultation.id)).first()
    if consultation is None:
        return None
    taken = select(Role.account_id).where(
        Role.consultation_id == consultation.id, Role.name == RoleName.FACILITATOR
    )
    if session.scalars(taken).first() is not None:
        return None
    session.execute(
        delete(Invitation).where(
            Invitation.consultation_id == consultation.id,
            Invitation.email.is_(None),
            Invitation.accepted_at.is_(None),
        )
    )
    secret = invite(session, consultation=consultation, role=RoleName.FACILITATOR)
    return f"{base_url}/invitation/{secret}"


def start_server(*, host: str, port: int, workers: int) -> None:
    """Become the server process."""
    granian = Path(sys.executable).with_name("granian")
    arguments = [
        str(granian), "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "2" if workers == 1 else "1",
        "--no-ws", "--log-level", "warning", "wsgi:app",
    ]  # fmt: skip
    os.chdir(ROOT)
    os.execv(str(granian), arguments)  # noqa: S606 - a fixed program, and arguments that are numbers


def _load_seeded_once(session: Session) -> None:
    if session.scalars(select(Consultation.id).limit(1)).first() is None:
        load_pack(session, read_pack(SEEDED))
        session.commit()


def _load_demo_once(session: Session) -> None:
    if session.scalars(select(Consultation.id).limit(1)).first() is None:
        load_demo(session)
        session.commit()
