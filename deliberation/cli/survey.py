"""`flask survey …`: surveys as files."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from deliberation.base.errors import DomainError, NotFound
from deliberation.consultations.models import Consultation
from deliberation.consultations.queries import get_consultation
from deliberation.surveys.changes import refusals
from deliberation.surveys.queries import find_survey, get_survey, newest_version
from deliberation.surveys.reading import read_file, write_survey
from deliberation.surveys.schema import SurveyRefused, definition_of, parse
from deliberation.surveys.service import CannotPublish, add_survey, put_up, replace_draft
from deliberation.web.extensions import db

survey = AppGroup("survey", help="Load surveys, and take their questions along.")


@survey.command("load")
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True, help="Leave publishing and opening it to the facilitators.")
def load(slug: str, file: Path, draft: bool) -> None:
    """Load the survey in FILE into the consultation SLUG, or correct the one with the same key.

    What is wrong with the file is listed as file: line: reason, and nothing is loaded. A survey that is being
    answered takes corrections alone: other words, and more to choose from.
    """
    session = db.session()
    consultation = _consultation(slug)
    try:
        document = read_file(file)
        if draft:
            found = find_survey(session, consultation_id=consultation.id, key=document["key"])
            if found is None:
                add_survey(session, consultation=consultation, document=document)
            else:
                replace_draft(session, survey=found, document=document)
        else:
            put_up(session, consultation=consultation, document=document)
        session.commit()
    except SurveyRefused as refusal:
        session.rollback()
        for path, reason in refusal.faults:
            click.echo(f"{file}: {path}: {reason}" if path else f"{file}: {reason}", err=True)
        raise SystemExit(1) from None
    except CannotPublish:
        session.rollback()
        _say_why(_consultation(slug), document, file)
        raise SystemExit(1) from None
    except DomainError as refusal:
        session.rollback()
        raise click.ClickException(str(refusal)) from None
    questions = len(parse(document).questions)
    click.echo(f"/c/{slug}/surveys/{document['key']}: {questions} questions")


@survey.command("export")
@click.argument("slug")
@click.argument("key")
@click.option("--draft", is_flag=True, help="As it is being written, not as it is published.")
def export(slug: str, key: str, draft: bool) -> None:
    """Print the questions of the survey KEY of the consultation SLUG as YAML. Answers are not in it."""
    session = db.session()
    try:
        found = get_survey(session, consultation_id=_consultation(slug).id, key=key)
    except NotFound:
        raise click.ClickException(f"The consultation {slug} has no survey {key}.") from None
    version = newest_version(session, found)
    text = found.draft if draft or version is None else version.definition
    click.echo(write_survey(json.loads(text)), nl=False)


def _consultation(slug: str) -> Consultation:
    try:
        return get_consultation(db.session(), slug)
    except NotFound:
        raise click.ClickException(f"There is no consultation {slug}.") from None


def _say_why(consultation: Consultation, document: dict[str, object], file: Path) -> None:
    session = db.session()
    found = get_survey(session, consultation_id=consultation.id, key=str(document["key"]))
    version = newest_version(session, found)
    if version is not None:
        for one in refusals(definition_of(version.definition), parse(document)):
            click.echo(f"{file}: {one.sentence % one.values}", err=True)
    click.echo("People have answered it: it takes corrections alone. Nothing was loaded.", err=True)
