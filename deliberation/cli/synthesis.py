"""`flask synthesis …`: what the votes say, as a file."""

import os
import tempfile
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from deliberation.base.clock import now
from deliberation.base.errors import NotFound
from deliberation.consultations.queries import get_consultation
from deliberation.synthesis.files import FormatUnavailable, write
from deliberation.synthesis.live import live_report
from deliberation.synthesis.writers import Format
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
    """Write the synthesis of the consultation SLUG as it stands now."""
    session = db.session()
    try:
        consultation = get_consultation(session, slug)
    except NotFound:
        raise click.ClickException(f"There is no consultation {slug}.") from None
    own = consultation.source_language
    try:
        report = live_report(
            session,
            consultation=consultation,
            thread_number=thread,
            language=language or (own if own in LANGUAGES else FALLBACK),
            base_url=current_app.config["BASE_URL"],
            moment=now().replace(microsecond=0),
        )
    except NotFound:
        raise click.ClickException(f"The consultation {slug} has no question {thread}.") from None
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
