"""`flask people …`: who may do what."""

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from deliberation.accounts.models import Account
from deliberation.base.errors import NotFound
from deliberation.consultations.people import RoleName
from deliberation.consultations.queries import get_consultation
from deliberation.consultations.service import grant_organiser, invite, revoke_organiser
from deliberation.web.extensions import db

people = AppGroup("people", help="Invite people to roles.")


@people.command("invite")
@click.argument("email")
@click.option("--facilitator", metavar="SLUG", help="The consultation to facilitate.")
@click.option("--working-group", metavar="SLUG", help="The consultation whose working group to join.")
@click.option("--organiser", is_flag=True, help="Let them write new consultations, too.")
def invite_command(email: str, facilitator: str | None, working_group: str | None, organiser: bool) -> None:
    """Print a link, good once and for 30 days, with which EMAIL gets a role in a consultation."""
    slug = facilitator or working_group
    if slug is None or (facilitator and working_group):
        raise click.UsageError("Give either --facilitator SLUG or --working-group SLUG.")
    try:
        address = validate_email(email, check_deliverability=False).ascii_email
    except EmailNotValidError as error:
        raise click.BadParameter(str(error), param_hint="EMAIL") from None
    if address is None:
        raise click.BadParameter("Only addresses in ASCII can be signed in with.", param_hint="EMAIL")
    session = db.session()
    try:
        consultation = get_consultation(session, slug)
    except NotFound:
        raise click.ClickException(f"There is no consultation {slug}.") from None
    role = RoleName.FACILITATOR if facilitator else RoleName.WORKING_GROUP
    secret = invite(
        session, consultation=consultation, role=role, email=address.lower(), lets_create=organiser
    )
    session.commit()
    click.echo(f"{current_app.config['BASE_URL']}/invitation/{secret}")


@people.command("organiser")
@click.argument("email")
@click.option("--revoke", is_flag=True, help="Take the right back. What they have written stays.")
def organiser_command(email: str, revoke: bool) -> None:
    """Let the account with the address EMAIL write new consultations on this site."""
    session = db.session()
    account = session.scalar(select(Account).where(Account.email == email.strip().lower()))
    if account is None:
        raise click.ClickException(f"No account has the address {email}. They have to sign up first.")
    if revoke:
        had_it = revoke_organiser(session, account_id=account.id)
        session.commit()
        click.echo(f"{email} may no longer write new consultations." if had_it else f"{email} never could.")
        return
    grant_organiser(session, account_id=account.id)
    session.commit()
    click.echo(f"{email} may write new consultations: {current_app.config['BASE_URL']}/new")
