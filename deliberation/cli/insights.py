"""`flask insights …`: landscapes and snapshots from the command line."""

import json

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from deliberation.base.errors import DomainError, NotFound
from deliberation.base.sessions import Sessions
from deliberation.consultations.queries import get_consultation, get_thread
from deliberation.insights.report import figures_of, in_words
from deliberation.insights.service import analyse_now, freeze
from deliberation.moderation.acts import OPERATOR
from deliberation.web.extensions import db

insights = AppGroup("insights", help="Count landscapes, take snapshots.")


@insights.command("analyse")
@click.argument("slug")
@click.option(
    "--thread", type=int, help="The number of the one question to analyse. Otherwise: all together."
)
@click.option("--json", "as_json", is_flag=True, help="Print every figure, as JSON.")
def analyse_command(slug: str, thread: int | None, as_json: bool) -> None:
    """Count the landscape of the consultation SLUG now, show it on the site, and print what it says.

    What is printed leaves nothing out: figures of small groups can give away how single people voted, so
    do not pass them on. The site shows it only if enough people have voted since the last one.
    """
    sessions = Sessions(db.engine)
    with sessions.reading() as session:
        consultation_id, thread_id = _scope(session, slug, thread)
    counted, is_shown = analyse_now(sessions, consultation_id=consultation_id, thread_id=thread_id)
    figures = figures_of(counted.landscape, counted.letters)
    if as_json:
        head = {"consultation": slug, "thread": thread, "seconds": counted.seconds, "is_shown": is_shown}
        click.echo(json.dumps(head | figures, indent=2, allow_nan=False))
        return
    for line in in_words(figures):
        click.echo(line)
    if not is_shown:
        click.echo(
            "This is not shown on the site: so few people have voted since the landscape there that it would "
            "show how they did.",
            err=True,
        )


@insights.command("snapshot")
@click.argument("slug")
@click.option("--reason", default="", help="Why, for the public log.")
def snapshot_command(slug: str, reason: str) -> None:
    """Freeze the votes and landscapes of the consultation SLUG as they may be shown now, without names."""
    sessions = Sessions(db.engine)
    with sessions.reading() as session:
        consultation_id, _ = _scope(session, slug, None)
    try:
        number = freeze(sessions, consultation_id=consultation_id, by=OPERATOR, reason=reason)
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"/c/{slug}: snapshot {number}")


def _scope(session: Session, slug: str, thread: int | None) -> tuple[int, int | None]:
    try:
        consultation = get_consultation(session, slug)
    except NotFound:
        raise click.ClickException(f"There is no consultation {slug}.") from None
    if thread is None:
        return consultation.id, None
    try:
        return consultation.id, get_thread(session, consultation, thread).id
    except NotFound:
        raise click.ClickException(f"The consultation {slug} has no question {thread}.") from None
