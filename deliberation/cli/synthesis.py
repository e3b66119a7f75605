"""`flask synthesis …`: what the votes say, as a file."""

import os
import tempfile
from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import NotFound
from deliberation.consultations.models import Consultation
from deliberation.consultations.queries import get_consultation
from deliberation.moderation.acts import OPERATOR
from deliberation.synthesis.files import FormatUnavailable, write
from deliberation.synthesis.live import live_report
from deliberation.synthesis.signing.keeping import report_of
from deliberation.synthesis.signing.mails import ask
from deliberation.synthesis.signing.publishing import erase_statement
from deliberation.synthesis.signing.queries import find_open, find_published
from deliberation.synthesis.signing.service import unanswered
from deliberation.synthesis.words import words_in
from deliberation.synthesis.writers import Format
from deliberation.synthesis.writers.report import Report
from deliberation.web.extensions import db
from deliberation.web.locale import FALLBACK, LANGUAGES

synthesis = AppGroup("synthesis", help="Take a synthesis along.")


@synthesis.command("export")
@click.argument("slug")
@click.option("--format", "kind", required=True, type=click.Choice([f.value for f in Format]))
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Otherwise: standard output."
)
@click.option("--thread", type=int, help="The number of the one question to export.")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="Otherwise: the consultation's own.")
def export_command(
    slug: str, kind: str, output: Path | None, thread: int | None, language: str | None
) -> None:
    """Write the latest published synthesis of the consultation SLUG, or what the votes say now.

    The votes are taken as they stand where nothing is published, or one question or a language is asked for.
    """
    session = db.session()
    consultation = _consultation(session, slug)
    published = find_published(session, consultation.id) if thread is None and language is None else None
    if published:
        report = report_of(published, words_in(published.language))
    else:
        report = _composed(session, consultation, thread, language)
    try:
        content = write(report, Format(kind))
    except FormatUnavailable as refusal:
        raise click.ClickException(str(refusal)) from None
    if output is None or str(output) == "-":
        click.echo(content, nl=False)  # bytes pass as they are
        return
    try:
        _replace_file(output, content)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}") from None


@synthesis.command("remind")
@click.argument("slug")
@click.option("--after-days", default=3, show_default=True, type=click.IntRange(1, 60))
def remind_command(slug: str, after_days: int) -> None:
    """Write to members of SLUG who were asked to sign a version so many days ago, and are silent."""
    session = db.session()
    consultation = _consultation(session, slug)
    version = find_open(session, consultation.id)
    if version is None:
        click.echo("No version waits for answers.")
        return
    due = unanswered(session, version=version, asked_before=now() - timedelta(days=after_days))
    session.commit()
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        ask(consultation, version, due, again=True)
    click.echo(f"Reminded: {len(due)}.")


@synthesis.command("erase-statement")
@click.argument("slug")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Everybody can read it in the log.")
def erase_command(slug: str, number: int, reason: str) -> None:
    """Erase what idea NUMBER of SLUG says from every version of the synthesis. Numbers and digests stay."""
    session = db.session()
    try:
        count = erase_statement(
            session, consultation=_consultation(session, slug), idea_number=number, by=OPERATOR,
            reason=reason, tombstone="[…]",
        )  # fmt: skip
    except NotFound:
        raise click.ClickException(f"The consultation {slug} has no idea {number}.") from None
    session.commit()
    click.echo(f"Erased: {count} texts. Hide the idea itself as well if it is not to be read.")


def _consultation(session: Session, slug: str) -> Consultation:
    try:
        return get_consultation(session, slug)
    except NotFound:
        raise click.ClickException(f"There is no consultation {slug}.") from None


def _composed(
    session: Session, consultation: Consultation, thread: int | None, language: str | None
) -> Report:
    own = consultation.source_language
    try:
        return live_report(
            session,
            consultation=consultation,
            thread_number=thread,
            language=language or (own if own in LANGUAGES else FALLBACK),
            base_url=current_app.config["BASE_URL"],
            moment=now().replace(microsecond=0),
        )
    except NotFound:
        raise click.ClickException(
            f"The consultation {consultation.slug} has no question {thread}."
        ) from None


def _replace_file(target: Path, content: bytes) -> None:
    """Write the file whole or not at all, with the rights that a new file gets here."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        unfinished.chmod(0o666 & ~mask)
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
