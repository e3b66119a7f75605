"""`python -m deliberation.serve`: from an empty folder to a running server.

What a start needs to know is asked with a bare connection; the application is loaded here only when
something has to be prepared, because the server process loads it again.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from config import ROOT, Config
from deliberation.base.database import engine_options, newest_migration

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from deliberation.consultations.models import Consultation

SEEDED: Final = ROOT / "deliberation" / "content" / "alliances-and-partnerships.yaml"
NEEDS_NOTHING: Final = text(
    "SELECT version_num = :wanted AND EXISTS (SELECT 1 FROM roles WHERE name = 'facilitator')"
    " FROM alembic_version"
)


def main() -> None:
    """Prepare the database where it needs it, say where the site is, and become the server."""
    parser = argparse.ArgumentParser(description="Prepare the database and start the server.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--workers", type=int, default=1, help="processes; one for each core on a busy site")
    wanted = parser.parse_args()
    config = Config.from_environment()
    notes = [] if is_prepared(config) else prepare(config)
    print(
        "\n".join(["", f"  {config.site_name} is at {config.base_url}", *notes, "  Ctrl-C stops it.", ""]),
        flush=True,
    )
    start_server(host=wanted.host, port=config.port, workers=wanted.workers)


def is_prepared(config: Config) -> bool:
    """Say whether the database has the newest schema and somebody who facilitates."""
    engine = create_engine(config.sqlalchemy_url, **engine_options(config.sqlalchemy_url, connections=1))
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(NEEDS_NOTHING, {"wanted": newest_migration(ROOT)}))
    except DBAPIError:
        return False
    finally:
        engine.dispose()


def prepare(config: Config) -> list[str]:
    """Bring the database up to date, load a consultation if there is none, and return what is to be said."""
    from flask_migrate import upgrade

    from deliberation.app import create_app
    from deliberation.consultations.pack import read_pack
    from deliberation.exchange.packs import load_pack
    from deliberation.web.extensions import db

    app = create_app(config)
    with app.app_context():
        upgrade()
        session = db.session()
        if _oldest(session) is None:
            load_pack(session, read_pack(SEEDED))
        notes = first_facilitator(session, base_url=config.base_url)
        session.commit()
        db.session.remove()
        db.engine.dispose()
    return notes


def first_facilitator(session: "Session", *, base_url: str) -> list[str]:
    """Return a new link to the oldest consultation's first facilitator, while there is none.

    Links printed at earlier starts stop working, so that there is never more than one.
    """
    from sqlalchemy import delete, select

    from deliberation.consultations.people import Invitation, Role, RoleName
    from deliberation.consultations.service import invite

    consultation = _oldest(session)
    if consultation is None:
        return []
    facilitators = select(Role).where(
        Role.consultation_id == consultation.id, Role.name == RoleName.FACILITATOR
    )
    if session.scalars(facilitators).first() is not None:
        return []
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


def _oldest(session: "Session") -> "Consultation | None":
    from sqlalchemy import select

    from deliberation.consultations.models import Consultation

    return session.scalars(select(Consultation).order_by(Consultation.id)).first()


if __name__ == "__main__":
    main()
