"""What the surveys say of who took part, for the synthesis. Needs an application context, for the words."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import force_locale
from sqlalchemy.orm import Session

from deliberation.results.cards import cards_of
from deliberation.results.queries import find_shown, get_answer
from deliberation.results.wording import Namer, of_words
from deliberation.surveys.queries import definition_in, get_survey, surveys_of
from deliberation.surveys.wording import Speaker
from deliberation.web.rendering import share_range


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationTable:
    """How many gave each answer to a question, in words: plain text, ready for a page or a writer."""

    survey: str
    """The survey's key."""
    question: str
    rows: tuple[tuple[str, str, str], ...]
    """The answer, how many of how many, and the interval of the share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyParticipation:
    """A survey in short: what it is called, how many have answered, and who they are."""

    survey: str
    title: str
    people: int
    tables: tuple[ParticipationTable, ...]


def participation_of(session: Session, *, consultation_id: int, language: str) -> list[SurveyParticipation]:
    """Return what the shown results of the consultation's surveys say of who took part.

    These are all questions with one choice.
    Surveys of which nothing may be shown are left out. Three statements for each survey, and one.
    """
    found = []
    with force_locale(language):
        for survey in surveys_of(session, consultation_id=consultation_id):
            shown = find_shown(session, survey)
            if shown is None:
                continue
            definition = definition_in(session, survey)
            namer = Namer(definition, Speaker.of(definition), shown.figures)
            tables = tuple(
                ParticipationTable(
                    survey=survey.key,
                    question=namer.question(card.question).text,
                    rows=tuple(
                        (
                            row.said.text,
                            of_words(row.count, row.total),
                            share_range(row.interval.low, row.interval.high) if row.interval else "",
                        )
                        for row in card.rows
                    ),
                )
                for card in cards_of(definition, shown.figures, {})
                if card.question.kind in {"single", "yes_no"} and not card.is_hidden
            )
            found.append(
                SurveyParticipation(
                    survey=survey.key, title=namer.title.text, people=shown.figures.people, tables=tables
                )
            )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What somebody wrote in a survey, to be quoted in a synthesis, which keeps the words."""

    survey: str
    question: str
    """The question's key."""
    code: str
    text: str


def quote_of(session: Session, *, consultation_id: int, survey: str, question: str, code: str) -> Quote:
    """Return an open answer to quote. The pages that read it are for the working group alone.

    Raises NotFound where nobody's answer says this any more.
    """
    found = get_survey(session, consultation_id=consultation_id, key=survey)
    answer = get_answer(session, found, question, code)
    return Quote(survey=survey, question=question, code=code, text=answer.text)
