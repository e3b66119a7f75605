"""`python -m deliberation.serve`: from an empty folder to a running server.

The application is loaded here only to migrate, because the server process loads it again: what else a
start needs is asked of the database, which no Flask is needed for.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, TextClause, create_engine, delete, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config import ROOT, Config
from deliberation.base.database import engine_options, newest_migration, prepare_engine

SEEDED: Final = ROOT / "deliberation" / "content" / "alliances-and-partnerships.yaml"
VERSION: Final = text("SELECT version_num FROM alembic_version")
HAS_FACILITATOR: Final = text("SELECT 1 FROM roles WHERE name = 'facilitator' LIMIT 1")


def main() -> None:
    """Prepare the database where it needs it, say where the site is, and become the server."""
    parser = argparse.ArgumentParser(description="Prepare the database and start the server.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--workers", type=int, default=1, help="processes; one for each core on a busy site")
    wanted = parser.parse_args()
    config = Config.from_environment()
    notes = prepare(config)
    print(
        "\n".join(["", f"  {config.site_name} is at {config.base_url}", *notes, "  Ctrl-C stops it.", ""]),
        flush=True,
    )
    start_server(host=wanted.host, port=config.port, workers=wanted.workers)


def prepare(config: Config) -> list[str]:
    """Bring the database up to date, load a consultation if there is none, and return what is to be said."""
    engine = create_engine(config.sqlalchemy_url, **engine_options(config.sqlalchemy_url, connections=1))
    prepare_engine(engine)
    try:
        if ask(engine, VERSION) != newest_migration(ROOT):
            migrate(config)
        return [] if ask(engine, HAS_FACILITATOR) else first_facilitator(engine, base_url=config.base_url)
    finally:
        engine.dispose()


def ask(engine: Engine, question: TextClause) -> object:
    """Return the answer, or None where the tables are not there yet."""
    try:
        with engine.connect() as connection:
            return connection.scalar(question)
    except DBAPIError:
        return None


def migrate(config: Config) -> None:
    """Bring the schema up to date."""
    from flask_migrate import upgrade

    from deliberation.app import create_app

    with create_app(config).app_context():
        upgrade()


def first_facilitator(engine: Engine, *, base_url: str) -> list[str]:
    """Load the seeded consultation if there is none, and return a new link to the first facilitator's role.

    Links printed at earlier starts stop working, so that there is never more than one.
    """
    import deliberation.tables  # noqa: F401 - every table is known before the first row is made
    from deliberation.consultations.models import Consultation
    from deliberation.consultations.pack import read_pack
    from deliberation.consultations.people import Invitation, RoleName
    from deliberation.consultations.service import invite
    from deliberation.exchange.packs import load_pack

    with Session(engine) as session, session.begin():
        consultation = session.scalars(select(Consultation).order_by(Consultation.id)).first()
        if consultation is None:
            consultation = load_pack(session, read_pack(SEEDED))
        printed_before = (
            Invitation.consultation_id == consultation.id,
            Invitation.email.is_(None),
            Invitation.accepted_at.is_(None),
        )
        session.execute(delete(Invitation).where(*printed_before))
        secret = invite(session, consultation=consultation, role=RoleName.FACILITATOR)
    return [
        "  Nobody facilitates yet. This link, good once, makes the first facilitator:",
        f"  {base_url}/invitation/{secret}",
    ]


def start_server(*, host: str, port: int, workers: int) -> None:
    """Become the server process."""
    granian = Path(sys.executable).with_name("granian")
    arguments = [
        str(granian), "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers),
        "--blocking-threads", "2" if workers == 1 else "1", "--no-ws", "--log-level", "warning", "wsgi:app",
    ]  # fmt: skip
    os.chdir(ROOT)
    os.execv(str(granian), arguments)  # noqa: S606 - a fixed program with numbers for arguments


if __name__ == "__main__":
    main()
