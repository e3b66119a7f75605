"""`flask jobs …`: the queue of work for later."""

import click
from flask.cli import AppGroup

from deliberation.base.clock import now
from deliberation.base.errors import DomainError
from deliberation.jobs.models import Job
from deliberation.jobs.queries import list_jobs
from deliberation.jobs.service import retry
from deliberation.web.extensions import db

jobs = AppGroup("jobs", help="Look at work for later.")


@jobs.command("list")
@click.option("--all", "with_finished", is_flag=True, help="Those that are done, too.")
def list_command(with_finished: bool) -> None:
    """Print what waits, what is being done and what was given up, the newest first."""
    found = list_jobs(db.session(), with_finished=with_finished)
    for job in found:
        click.echo(f"{job.id:>8}  {job.kind:24} {_state(job)}")
        click.echo(f"{'':10}{job.cause}" + (f"; failed: {job.failure}" if job.failure else ""))
    if not found:
        click.echo("Nothing waits, and nothing was given up.")


@jobs.command("retry")
@click.argument("job_id", type=int)
def retry_command(job_id: int) -> None:
    """Put the job JOB_ID, which was given up, back into the queue."""
    session = db.session()
    try:
        retry(session, job_id)
        session.commit()
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"Job {job_id} is in the queue again.")


def _state(job: Job) -> str:
    if job.finished_at is not None:
        return f"done {job.finished_at:%Y-%m-%d %H:%M} UTC"
    if job.given_up_at is not None:
        return f"given up {job.given_up_at:%Y-%m-%d %H:%M} UTC after {job.attempts} attempts"
    if job.leased_until is not None and job.leased_until > now():
        return f"being done, attempt {job.attempts}"
    return f"waits until {job.due_at:%Y-%m-%d %H:%M} UTC, {job.attempts} attempts so far"
