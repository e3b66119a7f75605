"""Surveys to test with, as documents."""

from typing import Any

from sqlalchemy.orm import Session

from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.surveys.answering import hand_in, save_page
from deliberation.surveys.models import Privacy, Survey
from deliberation.surveys.service import add_survey, open_survey, publish


def both(text: str) -> dict[str, str]:
    """Words in two languages."""
    return {"sv": f"{text} (sv)", "en": text}


def options(*keys: str) -> list[dict[str, Any]]:
    """Options or rows, called by their keys."""
    return [{"key": key, "text": both(key.title())} for key in keys]


def question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    """A question that asks for its key."""
    return {"key": key, "kind": kind, "text": both(f"What {key}?"), **more}


def section(key: str, *questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A page."""
    return {"key": key, "title": both(f"Page {key}"), "questions": list(questions), **more}


def document(*sections: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A survey in two languages."""
    return {
        "format": "survey/1",
        "key": "you",
        "languages": ["sv", "en"],
        "title": both("About you"),
        "introduction": both("A few questions."),
        "sections": list(sections),
        **more,
    }


EVERY_KIND = document(
    section(
        "first",
        question(
            "role", "single", options=options("volunteer", "chapter", "reader"), other=True, required=True
        ),
        question(
            "languages", "multiple", options=options("swedish", "english", "sami"), most=2, may_decline=True
        ),
        question("partnered", "yes_no"),
        question("note", "note"),
    ),
    section(
        "second",
        question("ease", "scale", points=5, low=both("Hard"), high=both("Easy")),
        question("matters", "matrix", points=3, rows=options("money", "people")),
        question("types", "ranking", options=options("libraries", "museums", "schools")),
        question("years", "number", least=0, most=60, unit=both("years")),
        question("since", "date", least="2001-01-15", most="2026-12-31"),
    ),
    section(
        "third",
        question("work", "short_text", show_if=[{"question": "role", "is": ["chapter", "other"]}]),
        question("story", "long_text", limit=300, show_if=[{"question": "partnered", "is": True}]),
    ),
)
"""All kinds, the last page only for some."""

ANSWERS: dict[str, Any] = {
    "role": "chapter",
    "languages": ["swedish", "sami"],
    "partnered": True,
    "ease": 4,
    "matters": {"money": 1, "people": 3},
    "types": ["museums", "libraries"],
    "years": "12",
    "since": "2014-05-01",
    "work": "Coordination",
    "story": "We met at the library.",
}
"""Allowed answers to each question of `EVERY_KIND`."""


def open_one(
    session: Session,
    consultation: Consultation,
    said: dict[str, Any] = EVERY_KIND,
    *,
    privacy: Privacy = Privacy.LINKED,
    key: str = "you",
) -> Survey:
    """A survey that takes answers."""
    survey = add_survey(session, consultation=consultation, document={**said, "privacy": privacy, "key": key})
    publish(session, survey=survey)
    open_survey(session, survey=survey)
    return survey


def answer(session: Session, survey: Survey, participant: Participant, answers: dict[str, Any]) -> None:
    """Answer the survey and hand the sheet in."""
    save_page(session, survey=survey, participant_id=participant.id, answers=answers, cleared=set())
    hand_in(session, survey=survey, participant_id=participant.id)
