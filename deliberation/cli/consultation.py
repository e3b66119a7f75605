"""`flask consultation …`: consultations as the organisers write them."""

from pathlib import Path

import click
from flask.cli import AppGroup

from deliberation.base.errors import DomainError
from deliberation.consultations.pack import read_pack
from deliberation.consultations.pack_values import PackRefused
from deliberation.exchange.packs import load_pack
from deliberation.web.extensions import db

consultation = AppGroup("consultation", help="Load consultations.")


@consultation.command("load")
@click.argument("file", type=click.Path(path_type=Path))
def load(file: Path) -> None:
    """Load the consultation pack in FILE, or update the consultation that it describes.

    What is wrong with the file is listed as file: place: reason, and nothing is loaded.
    """
    session = db.session()
    try:
        pack = read_pack(file)
        loaded = load_pack(session, pack)
        session.commit()
    except PackRefused as refusal:
        session.rollback()
        for path, reason in refusal.faults:
            click.echo(f"{file}: {path}: {reason}" if path else f"{file}: {reason}", err=True)
        raise SystemExit(1) from None
    except DomainError as refusal:
        session.rollback()
        click.echo(f"{file}: {refusal}", err=True)
        raise SystemExit(1) from None
    click.echo(
        f"/c/{loaded.slug}: {len(pack.threads)} threads, {len(pack.background)} pieces of background, "
        f"{len(pack.tags)} tags"
    )
