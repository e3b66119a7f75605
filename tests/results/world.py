"""Surveys that have been answered, by many and by chance."""

from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.consultations.models import Consultation
from deliberation.results.publication import count_results
from deliberation.results.publishing import Step
from deliberation.surveys.models import Privacy, Showing, Survey
from tests import factories
from tests.surveys.documents import EVERY_KIND, answer, open_one

STORIES = ("We met at the library.", "It began with a letter.", '=HYPERLINK("http://example.org")', "Nej.")


def some_answers(chance: Random) -> dict[str, Any]:
    """Answers of somebody to `EVERY_KIND`."""
    role = chance.choice(["volunteer"] * 5 + ["chapter"] * 4 + ["reader"] * 2)
    said: dict[str, Any] = {
        "role": role if chance.random() < 0.95 else {"other": "Trainer"},
        "languages": chance.choice([["swedish"], ["english"], ["swedish", "english"], None, ["sami"]]),
        "ease": min(5, max(1, round(chance.gauss(4 if role == "chapter" else 2.5, 1)))),
        "matters": {"money": chance.randint(1, 3), "people": chance.choice([2, 3, 3])},
        "types": chance.sample(["libraries", "museums", "schools"], chance.choice([1, 2, 3])),
        "years": str(chance.randint(0, 25)),
        "since": f"{chance.randint(2004, 2025)}-05-01",
    }
    if chance.random() < 0.8:
        said["partnered"] = chance.random() < 0.6
    if said.get("partnered"):
        said["story"] = chance.choice(STORIES)
    return said


def answered_survey(
    session: Session,
    consultation: Consultation,
    *,
    people: int,
    privacy: Privacy = Privacy.LINKED,
    showing: Showing = Showing.CLOSED,
    said: dict[str, Any] = EVERY_KIND,
    key: str = "you",
) -> Survey:
    """A survey that so many have answered, still open."""
    survey = open_one(session, consultation, {**said, "results": showing}, privacy=privacy, key=key)
    more_answer(session, survey, consultation, people=people)
    return survey


def more_answer(
    session: Session, survey: Survey, consultation: Consultation, *, people: int, seed: int = 1
) -> None:
    """So many people more answer it."""
    chance = Random(seed)
    for _ in range(people):
        answer(session, survey, factories.make_participant(session, consultation), some_answers(chance))


def close(session: Session, survey: Survey) -> None:
    """It takes no more answers."""
    survey.closes_at = now() - timedelta(seconds=1)
    session.flush()


def count(session: Session, survey: Survey) -> Step:
    """Do what the worker would do now."""
    session.flush()
    step = count_results(Sessions(session.connection()), survey_id=survey.id)
    session.expire_all()
    return step
