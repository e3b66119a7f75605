"""What facilitators do with a survey as a whole: make, set, publish, open, close."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, Refused, marked
from deliberation.consultations.models import Consultation
from deliberation.surveys.changes import refusals
from deliberation.surveys.models import Placement, Privacy, Showing, Survey, SurveyVersion
from deliberation.surveys.queries import find_survey, has_begun, newest_version
from deliberation.surveys.schema import SurveyRefused, definition_of, parse

KEY_TAKEN: Final = marked("There is a survey with the key %(key)s here already.")
PRIVACY_FIXED: Final = marked(
    "People have begun to answer and were told how their answers are kept. That cannot be changed any more."
)
NOTHING_TO_OPEN: Final = marked("Publish the questions first.")
SETTINGS: Final = ("privacy", "placement", "results")


class StaleDraft(Conflict):
    """Somebody else has changed the draft since the page was opened."""

    default = marked(
        "Somebody else has changed the survey meanwhile. Look at it as it is now, then try again."
    )


class CannotPublish(Refused):
    """The draft is no survey yet, or would turn a survey that is being answered into another."""

    default = marked("The survey cannot be published as it is. The list below says why.")


def as_text(document: Mapping[str, Any]) -> str:
    """Return the document as it is kept: JSON, always written alike."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str)


def add_survey(session: Session, *, consultation: Consultation, document: Mapping[str, Any]) -> Survey:
    """Make a survey with this draft. Raises SurveyRefused, and Refused where the key is taken."""
    parse(document)
    return make_survey(session, consultation=consultation, document=document)


def make_survey(session: Session, *, consultation: Consultation, document: Mapping[str, Any]) -> Survey:
    """Make a survey with a draft that may still be unfinished. Raises Refused where the key is taken."""
    survey = Survey(
        consultation_id=consultation.id,
        key=document["key"],
        privacy=Privacy(document.get("privacy", Privacy.ANONYMOUS)),
        placement=Placement(document.get("placement", Placement.BESIDE)),
        showing=Showing(document.get("results", Showing.CLOSED)),
        draft=as_text(document),
        revision=1,
        created_at=now(),
    )
    try:
        with session.begin_nested():
            session.add(survey)
    except IntegrityError as clash:
        raise Refused(KEY_TAKEN, field="key", key=document["key"]) from clash
    return survey


def put_up(session: Session, *, consultation: Consultation, document: Mapping[str, Any]) -> Survey:
    """Let the survey say what the document says, published; open it where it is new.

    A survey with the same key becomes what the document says. Raises SurveyRefused, and CannotPublish where
    that would turn a survey that is being answered into another.
    """
    parse(document)
    found = find_survey(session, consultation_id=consultation.id, key=document["key"])
    survey = found or add_survey(session, consultation=consultation, document=document)
    if found is not None:
        replace_draft(session, survey=survey, document=document)
    publish(session, survey=survey)
    if found is None:
        open_survey(session, survey=survey)
    return survey


def replace_draft(
    session: Session, *, survey: Survey, document: Mapping[str, Any], revision: int | None = None
) -> None:
    """Let the draft be this document, finished or not. Raises StaleDraft where `revision` is an old one."""
    lock(session, survey, revision)
    survey.draft, survey.revision = as_text(document), survey.revision + 1
    session.flush()


def publish(session: Session, *, survey: Survey, revision: int | None = None) -> SurveyVersion:
    """Make the draft the version that is answered from now on. Nothing new is made of an unchanged draft.

    Raises CannotPublish, StaleDraft.
    """
    lock(session, survey, revision)
    newest = newest_version(session, survey)
    if newest is not None and newest.definition == survey.draft:
        return newest
    try:
        definition = definition_of(survey.draft)
    except SurveyRefused as refused:
        raise CannotPublish from refused
    if (
        newest is not None
        and has_begun(session, survey)
        and refusals(definition_of(newest.definition), definition)
    ):
        raise CannotPublish
    version = SurveyVersion(
        survey_id=survey.id,
        number=newest.number + 1 if newest else 1,
        definition=survey.draft,
        created_at=now(),
    )
    session.add(version)
    session.flush()
    return version


def open_survey(session: Session, *, survey: Survey, closes_at: datetime | None = None) -> None:
    """Take answers from now on, until `closes_at` where that is known. Raises Conflict."""
    if newest_version(session, survey) is None:
        raise Conflict(NOTHING_TO_OPEN)
    moment = now()
    if survey.opens_at is None or survey.opens_at > moment:
        survey.opens_at = moment
    survey.closes_at = closes_at
    session.flush()


def close_survey(session: Session, *, survey: Survey) -> None:
    """Take no more answers. What is on sheets that are not handed in stays with their participants."""
    if survey.is_open(now()):
        survey.closes_at = now()
        session.flush()


def set_up(
    session: Session, *, survey: Survey, privacy: Privacy, placement: Placement, showing: Showing
) -> None:
    """Change the settings. Raises Conflict for the privacy once somebody has begun to answer."""
    lock(session, survey, None)
    if privacy is not survey.privacy and has_begun(session, survey):
        raise Conflict(PRIVACY_FIXED, field="privacy")
    survey.privacy, survey.placement, survey.showing = privacy, placement, showing
    session.flush()


def lock(session: Session, survey: Survey, revision: int | None) -> None:
    """Let nobody else change the survey in this transaction. Raises StaleDraft for another revision."""
    session.refresh(survey, with_for_update={"key_share": True})
    if revision is not None and revision != survey.revision:
        raise StaleDraft
