"""`python -m deliberation.serve`: from an empty folder to a running server with its worker.

The application is loaded here only to migrate, because the server process loads it again: what else a
start needs is asked of the database, which no Flask is needed for, while the server loads.
"""

import argparse
import os
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, TextClause, create_engine, text
from sqlalchemy.exc import DBAPIError

from config import ROOT, Config
from deliberation.base.database import engine_options, newest_migration, prepare_engine
from deliberation.supervisor import Supervisor

SEEDED: Final = ROOT / "deliberation" / "content" / "alliances-and-partnerships.yaml"
SURVEY: Final = SEEDED.parent / "surveys" / SEEDED.name
VERSION: Final = text("SELECT version_num FROM alembic_version")
HAS_CONSULTATION: Final = text("SELECT 1 FROM consultations LIMIT 1")
HAS_FACILITATOR: Final = text("SELECT 1 FROM roles WHERE name = 'facilitator' LIMIT 1")
PATIENCE_SECONDS: Final = 5


def main() -> None:
    """Prepare the database where it needs it, run the server, say where it is, and end with its code."""
    parser = argparse.ArgumentParser(description="Prepare the database and start the server.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--workers", type=int, default=1, help="processes; one for each core on a busy site")
    wanted = parser.parse_args()
    config = Config.from_environment()
    os.chdir(ROOT)
    engine = create_engine(config.sqlalchemy_url, **engine_options(config.sqlalchemy_url, connections=1))
    prepare_engine(engine)
    prepare(engine, config)
    supervisor = Supervisor(server_command(host=wanted.host, port=config.port, workers=wanted.workers))
    notes = first_steps(engine, base_url=config.base_url)
    engine.dispose()
    if supervisor.is_up(lambda: answers(wanted.host, config.port)):
        lines = ["", f"  {config.site_name} is at {config.base_url}", *notes, "  Ctrl-C stops it.", ""]
        print("\n".join(lines), flush=True)
    sys.exit(supervisor.run([sys.executable, "-m", "deliberation.work"]))


def prepare(engine: Engine, config: Config) -> None:
    """Bring the database up to date, and load a consultation if there is none."""
    if ask(engine, VERSION) != newest_migration(ROOT):
        migrate(config)
    if ask(engine, HAS_CONSULTATION) is None:
        load_seeded(engine)


def ask(engine: Engine, question: TextClause) -> object:
    """Return the answer, or None where the tables are not there yet."""
    try:
        with engine.connect() as connection:
            return connection.scalar(question)
    except DBAPIError:
        return None


def migrate(config: Config) -> None:
    """Bring the schema up to date."""
    from deliberation.app import create_app
    from deliberation.web.migrations import migrate_to_newest

    migrate_to_newest(create_app(config))


def load_seeded(engine: Engine) -> None:
    """Load the consultation that comes with the product, and its survey."""
    from sqlalchemy.orm import Session

    import deliberation.tables  # noqa: F401 - every table is known before the first row is made
    from deliberation.consultations.pack import read_pack
    from deliberation.exchange.packs import load_pack
    from deliberation.surveys.reading import read_file
    from deliberation.surveys.service import put_up

    with Session(engine) as session, session.begin():
        consultation = load_pack(session, read_pack(SEEDED))
        put_up(session, consultation=consultation, document=read_file(SURVEY))


def first_steps(engine: Engine, *, base_url: str) -> list[str]:
    """Return what is to be said of a new link to the first facilitator's role, if nobody has that role.

    Links printed at earlier starts stop working, so that there is never more than one.
    """
    if ask(engine, HAS_FACILITATOR):
        return []
    # Without a role to give, a start needs none of this, which takes as long to load as the server's ground.
    from sqlalchemy import delete, select
    from sqlalchemy.orm import Session

    import deliberation.tables  # noqa: F401 - every table is known before the first row is made
    from deliberation.consultations.models import Consultation
    from deliberation.consultations.people import Invitation, RoleName
    from deliberation.consultations.service import invite

    with Session(engine) as session, session.begin():
        consultation = session.scalars(select(Consultation).order_by(Consultation.id)).first()
        if consultation is None:
            return []
        printed_before = (
            Invitation.consultation_id == consultation.id,
            Invitation.email.is_(None),
            Invitation.accepted_at.is_(None),
        )
        session.execute(delete(Invitation).where(*printed_before))
        secret = invite(session, consultation=consultation, role=RoleName.FACILITATOR, lets_create=True)
    return [
        "  Nobody facilitates yet. This link, good once, makes the first facilitator:",
        f"  {base_url}/invitation/{secret}",
    ]


def server_command(*, host: str, port: int, workers: int) -> list[str]:
    """Return the command of the server."""
    return [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi",
        "--host", host, "--port", str(port), "--workers", str(workers),
        "--blocking-threads", "2" if workers == 1 else "1", "--no-ws", "--log-level", "warning", "wsgi:app",
    ]  # fmt: skip


def answers(host: str, port: int) -> bool:
    """Say whether the server answers."""
    connection = HTTPConnection(host, port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main()
