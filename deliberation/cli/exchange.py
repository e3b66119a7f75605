"""`flask exchange …`: data in from other systems, and out for them."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from deliberation.base.database import one_moment
from deliberation.base.errors import DomainError, NotFound
from deliberation.consultations.queries import get_consultation
from deliberation.exchange.polis.export import WARNING, export_polis
from deliberation.exchange.polis.queries import count_holdings
from deliberation.exchange.polis.service import import_polis
from deliberation.exchange.release.service import release_polis
from deliberation.web.extensions import db

exchange = AppGroup("exchange", help="Bring in data from other systems, and take it out for them.")


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


@exchange.command("export-polis")
@click.argument("slug")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--release", is_flag=True, help="Write only what may be published, and say what is left out.")
def export_polis_command(slug: str, directory: Path, release: bool) -> None:
    """Write the consultation SLUG to DIRECTORY, in Polis's format and with files of our own beside it.

    DIRECTORY must not be there yet, or be empty. Without --release the set is for facilitators alone.
    """
    session = db.session()
    base_url = current_app.config["BASE_URL"]
    try:
        with one_moment(session):
            consultation = get_consultation(session, slug)
            if release:
                report = release_polis(
                    session, consultation=consultation, directory=directory, base_url=base_url
                )
                click.echo(report.text(), nl=False)
                return
            exported = export_polis(
                session, consultation=consultation, directory=directory, base_url=base_url
            )
    except NotFound:
        raise click.ClickException(f"There is no consultation {slug}.") from None
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(
        f"{directory}: {exported.ideas} ideas, {exported.participants} participants, "
        f"{exported.voters} of them voted"
    )
    click.echo(WARNING, err=True, nl=False)
