"""`flask exchange …`: other systems' data in."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from deliberation.base.errors import DomainError
from deliberation.exchange.polis.queries import count_holdings
from deliberation.exchange.polis.service import import_polis
from deliberation.web.extensions import db

exchange = AppGroup("exchange", help="Bring in data from other systems.")


@exchange.command("import-polis")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--slug", required=True, help="The consultation's name in addresses: small letters, hyphens.")
@click.option("--title", required=True, help="What the consultation is called.")
@click.option("--language", help="The language of the texts, such as sv, en or zh-TW.")
def import_polis_command(directory: Path, slug: str, title: str, language: str | None) -> None:
    """Load the Polis export in DIRECTORY as a new consultation, whole or not at all.

    Bad rows are listed as file:line: reason.
    """
    session = db.session()
    try:
        consultation = import_polis(session, directory=directory, slug=slug, title=title, language=language)
        holdings = count_holdings(session, consultation)
        session.commit()
    except DomainError as refusal:
        session.rollback()
        click.echo(str(refusal), err=True)
        click.echo("Nothing was imported.", err=True)
        raise SystemExit(1) from None
    click.echo(
        f"/c/{slug}: {holdings.ideas} ideas ({holdings.hidden_ideas} hidden), "
        f"{holdings.participants} participants, {holdings.votes} votes, {holdings.vote_events} vote events"
    )
