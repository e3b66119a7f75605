"""Who took part, how evenly, and who is missing: in sentences, in the language of the moment."""

from collections.abc import Iterator, Sequence
from typing import Final

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from deliberation.analysis.fewest import FEWEST
from deliberation.analysis.landscape import Outcome
from deliberation.results.participation import SurveyParticipation, participation_of
from deliberation.synthesis.claims import listed
from deliberation.synthesis.ground import Ground
from deliberation.synthesis.writers.numbers import format_count, language_name
from deliberation.synthesis.writers.report import Table, Turnout

ENOUGH_FOR_A_TENTH: Final = 10 * FEWEST
"""With fewer people the most active tenth would be fewer than may be told of."""


def turnout_of(ground: Ground) -> Turnout:
    """Return who took part."""
    return Turnout(
        figures=ground.participation,
        evenness=tuple(_evenness(ground)),
        missing=tuple(_missing(ground)),
    )


def survey_tables(session: Session, *, consultation_id: int, language: str) -> tuple[Table, ...]:
    """Return what surveys say of who took part, as far as it may be shown, in `language`."""
    found = participation_of(session, consultation_id=consultation_id, language=language)
    with force_locale(language):
        headings = (_("What they answered"), _("How many"), _("Range"))
        return tuple(
            Table(title=table.question, headings=headings, rows=table.rows, note=_survey_note(survey))
            for survey in found
            for table in survey.tables
        )


def _survey_note(survey: SurveyParticipation) -> str:
    return ngettext(
        "From the survey “%(title)s”, answered by %(count)s person.",
        "From the survey “%(title)s”, answered by %(count)s people.",
        survey.people,
        title=survey.title,
        count=survey.people,
    )


def _evenness(ground: Ground) -> Iterator[str]:
    activity = ground.activity[ground.activity > 0]
    people = len(activity)
    if people >= FEWEST:
        yield ngettext(
            "Half of those who voted cast at least %(count)s vote.",
            "Half of those who voted cast at least %(count)s votes.",
            int(activity[people // 2]),
            count=format_count(int(activity[people // 2]), ground.language),
        )
    if people >= ENOUGH_FOR_A_TENTH:
        most_active = activity[-(people // 10) :]
        yield _(
            "The most active tenth cast %(share)s of all votes.",
            share=_percent(round(100 * int(most_active.sum()) / int(activity.sum())), ground.language),
        )
    if languages := _written_in(ground):
        yield _("Ideas are written in %(languages)s.", languages=listed(languages))


def _missing(ground: Ground) -> Iterator[str]:
    silent = ground.joined - ground.participation.participants
    # Of fewer nothing is said: that somebody joined and did not vote may be what one person did.
    if silent >= FEWEST:
        yield _("%(count)s people joined and never voted.", count=format_count(silent, ground.language))
    yield from _seldom_asked(ground)
    yield from _not_placed(ground)
    written = {idea.language for thread in ground.threads for idea in thread.ideas}
    if written and (unused := [code for code in ground.languages if code not in written]):
        yield _(
            "Nobody has written an idea in %(languages)s, though the questions can be read in it.",
            languages=listed([language_name(code, in_language=ground.language) for code in unused]),
        )


def _seldom_asked(ground: Ground) -> Iterator[str]:
    people = ground.participation.participants
    seldom = [t.number for t in ground.threads if 2 * t.participation.participants < people]
    if people >= FEWEST and seldom:
        yield ngettext(
            "Fewer than half of those who voted have voted on question %(numbers)s.",
            "Fewer than half of those who voted have voted on each of the questions %(numbers)s.",
            len(seldom),
            numbers=listed([str(number) for number in seldom]),
        )


def _not_placed(ground: Ground) -> Iterator[str]:
    found = ground.findings
    if found is None or found.outcome is not Outcome.GROUPS:
        return
    apart = found.people - found.placed
    if apart >= FEWEST:
        yield _(
            "%(count)s people voted on too few ideas to be placed in a group. Their votes are counted all "
            "the same.",
            count=format_count(apart, ground.language),
        )
    elif apart > 0:
        yield _(
            "Fewer than %(fewest)s people voted on too few ideas to be placed in a group. Their votes are "
            "counted all the same.",
            fewest=FEWEST,
        )


def _written_in(ground: Ground) -> Sequence[str]:
    """Return the languages that ideas are written in, each with how many, the most used first."""
    counts: dict[str, int] = {}
    for idea in (idea for thread in ground.threads for idea in thread.ideas):
        counts[idea.language] = counts.get(idea.language, 0) + 1
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        f"{language_name(code, in_language=ground.language)} ({format_count(count, ground.language)})"
        for code, count in ranked
    ]


def _percent(value: int, language: str) -> str:
    space = "\N{NARROW NO-BREAK SPACE}" if language == "sv" else ""
    return f"{value}{space}%"
