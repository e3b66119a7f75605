"""Counting the results of a survey: reading in one session, computing with none, writing in another."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from deliberation.analysis.fewest import FEWEST
from deliberation.analysis.independence import examine
from deliberation.analysis.joint import Pair, Table, first_edition, next_edition
from deliberation.analysis.votes import Floats
from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.insights.queries import find_landscape
from deliberation.results.coding import Coded, Column, code_responses
from deliberation.results.counting import (
    GROUPS,
    SEED,
    Tabled,
    default_breakdowns,
    figures_of,
    groups_column,
    tabulate,
)
from deliberation.results.figures import SurveyFigures
from deliberation.results.models import (
    CODE_LENGTH,
    VERSION_LENGTH,
    OpenAnswer,
    SurveyPlan,
    SurveyResult,
    SurveyTables,
)
from deliberation.results.publishing import MOST_BREAKDOWNS, Standing, Step, next_step
from deliberation.results.tables import to_test
from deliberation.surveys.definition import Definition
from deliberation.surveys.models import Privacy, Showing, Survey
from deliberation.surveys.queries import count_answered, each_response, newest_version
from deliberation.surveys.schema import definition_of

FEWEST_GROUPS: Final = 2
_AT_A_TIME: Final = 1_000
DRAWS: Final = 1_999
"""Random tables for each test: what is likely at one in twenty is known to half a per cent."""
_WITH_FIGURES: Final = (undefer(SurveyResult.waiting), undefer(SurveyResult.shown))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Read:
    """All that is needed of the database."""

    step: Step
    answered: int
    definition: Definition
    version: int
    coded: Coded
    groups: Column | None
    grouped_at: datetime | None
    breakdowns: tuple[str, ...]
    tables: dict[str, dict[str, Any]]
    """What is stored of tables, by breakdown."""


def count_results(sessions: Sessions, *, survey_id: int) -> Step:
    """Count what may be counted of the survey now (`publishing`), and say what was done."""
    with sessions.reading() as session:
        survey = session.get(Survey, survey_id)
        if survey is None:
            return Step.NOTHING
        result = session.get(
            SurveyResult, survey_id, options=[undefer(SurveyResult.waiting), undefer(SurveyResult.shown)]
        )
        step = next_step(standing_of(session, survey, result))
        if step is Step.NOTHING and not has_fewer_texts(session, survey, result):
            return step
        read = _read(session, survey, result, step)
    figures = figures_of(read.definition, read.version, read.coded)
    tables = _tables(read) if step is Step.FINISH else None
    with sessions.writing() as session:
        if session.get(Survey, survey_id) is None:
            return Step.NOTHING
        _store_figures(session, survey_id, step, figures).texts_people = read.answered
        _store_texts(session, survey_id, read.coded.texts)
        if tables is not None:
            _store_tables(session, survey_id, tables, read)
    return step


def standing_of(session: Session, survey: Survey, result: SurveyResult | None) -> Standing:
    """Return how the survey stands now (one statement)."""
    return Standing(
        answered=count_answered(session, survey),
        shown=result.shown_people if result else None,
        waiting=result.waiting_people if result else None,
        is_live=survey.showing is Showing.LIVE,
        is_closed=survey.is_closed(now()),
    )


def has_fewer_texts(session: Session, survey: Survey, result: SurveyResult | None) -> bool:
    """Say whether somebody's answers are gone since the open ones were gathered (one statement)."""
    gathered = result.texts_people if result else None
    return gathered is not None and count_answered(session, survey) < gathered


def code_of(text: str) -> str:
    """Return the code of an open answer."""
    return hashlib.sha256(text.encode()).hexdigest()[:CODE_LENGTH]


def _read(session: Session, survey: Survey, result: SurveyResult | None, step: Step) -> _Read:
    version = newest_version(session, survey)
    if version is None:
        raise LookupError(f"survey {survey.id} has answers and no version")
    definition = definition_of(version.definition)
    coded = code_responses(definition, each_response(session, survey), earlier_edges=_edges(result))
    plan = session.get(SurveyPlan, survey.id)
    groups, grouped_at = _groups(session, survey, coded) if step is Step.FINISH else (None, None)
    chosen = plan.breakdowns if plan and plan.breakdowns is not None else None
    return _Read(
        step=step,
        answered=count_answered(session, survey),
        definition=definition,
        version=version.number,
        coded=coded,
        groups=groups,
        grouped_at=grouped_at,
        breakdowns=tuple(chosen)
        if chosen is not None
        else default_breakdowns(definition, most=MOST_BREAKDOWNS),
        tables={
            row.breakdown: row.content
            for row in session.scalars(select(SurveyTables).where(SurveyTables.survey_id == survey.id))
        },
    )


def _edges(result: SurveyResult | None) -> dict[str, Floats]:
    said = (result.waiting or result.shown) if result else None
    figures = SurveyFigures.read(said).questions if said else ()
    return {one.key: np.array(one.edges) for one in figures if one.edges and one.answered}


def _groups(session: Session, survey: Survey, coded: Coded) -> tuple[Column | None, datetime | None]:
    if survey.privacy is not Privacy.LINKED:
        return None, None
    stored = find_landscape(session, survey.consultation_id)
    if stored is None:
        return None, None
    found = stored.landscape
    group_of = dict(zip(found.people.tolist(), found.group_of.tolist(), strict=True))
    column = groups_column(coded, group_of, stored.letters, fewest=FEWEST)
    return (column, stored.counted_at) if len(column.categories) > FEWEST_GROUPS else (None, None)


def _tables(read: _Read) -> dict[str, dict[str, Any]]:
    """Return what is to be stored of tables, by breakdown."""
    tabled = tabulate(read.coded, read.breakdowns, read.groups)
    if read.tables:
        before = _before(tabled, read.tables)
        tables = next_edition({pair: tabled.counts[pair] for pair in before}, before, seed=SEED)
        tables = {pair: table for pair, table in tables.items() if table is not before[pair]}
    else:
        tables = first_edition(tabled.counts, seed=SEED)
    content = {name: {"tables": dict(said["tables"])} for name, said in read.tables.items()}
    firsts = {one for one, _ in tabled.counts}
    for (one, other), table in sorted(tables.items()):
        rows, columns = tabled.columns[one], tabled.columns[other]
        _add(content, rows, columns, table)
        if other in firsts or other <= max(firsts):
            _add(content, columns, rows, Table(table.counts.T, table.hidden.T))
    return content


def _add(content: dict[str, dict[str, Any]], rows: Column, columns: Column, table: Table) -> None:
    tested = examine(to_test(table.counts, table.hidden), seed=SEED, draws=DRAWS)
    content.setdefault(rows.name, {"tables": {}})["tables"][columns.name] = {
        "rows": list(rows.categories),
        "columns": list(columns.categories),
        "counts": table.counts.tolist(),
        "hidden": table.hidden.astype(int).tolist(),
        "tested": asdict(tested) if tested else None,
    }


def _before(tabled: Tabled, stored: Mapping[str, Mapping[str, Any]]) -> dict[Pair, Table]:
    """Return the stored tables whose answers are the same as now."""
    before = {}
    for one, other in tabled.counts:
        rows, columns = tabled.columns[one], tabled.columns[other]
        said = stored.get(rows.name, {"tables": {}})["tables"].get(columns.name)
        if said and (said["rows"], said["columns"]) == (list(rows.categories), list(columns.categories)):
            counts, hidden = np.array(said["counts"]), np.array(said["hidden"], dtype=np.bool_)
            before[one, other] = Table(counts.astype(np.int64), hidden)
    return before


def _store_figures(session: Session, survey_id: int, step: Step, figures: SurveyFigures) -> SurveyResult:
    result = session.get(
        SurveyResult, survey_id, options=[undefer(SurveyResult.waiting)], populate_existing=True
    )
    if result is None:
        result = SurveyResult(survey_id=survey_id, version="", is_finished=False)
        session.add(result)
    moment = now()
    if step is Step.SHOW:
        result.shown, result.shown_people = result.waiting, result.waiting_people
        result.shown_at = result.waiting_at
    if step in {Step.COUNT, Step.SHOW}:
        result.waiting, result.waiting_people, result.waiting_at = figures.written(), figures.people, moment
        result.is_finished = False
    if step is Step.FINISH:
        result.shown, result.shown_people, result.shown_at = figures.written(), figures.people, moment
        result.waiting = result.waiting_people = result.waiting_at = None
        result.is_finished = True
    result.version = secrets.token_hex(VERSION_LENGTH // 2)
    session.flush()
    return result


def _store_texts(session: Session, survey_id: int, texts: Mapping[str, Counter[str]]) -> None:
    """Gather the open answers anew: those that are no longer anybody's go."""
    session.execute(delete(OpenAnswer).where(OpenAnswer.survey_id == survey_id))
    rows = [
        {
            "survey_id": survey_id,
            "question": question,
            "code": code_of(text),
            "people": people,
            "folded": text.casefold(),
            "text": text,
        }
        for question, written in texts.items()
        for text, people in sorted(written.items(), key=lambda pair: code_of(pair[0]))
    ]
    for first in range(0, len(rows), _AT_A_TIME):
        session.execute(OpenAnswer.__table__.insert(), rows[first : first + _AT_A_TIME])  # type: ignore[attr-defined]


def _store_tables(session: Session, survey_id: int, content: Mapping[str, Any], read: _Read) -> None:
    order = [GROUPS, *read.breakdowns]
    for name, said in content.items():
        row = session.get(SurveyTables, (survey_id, name))
        if row is None:
            row = SurveyTables(survey_id=survey_id, breakdown=name)
            session.add(row)
        row.position = order.index(name) if name in order else len(order)
        row.grouped_at = read.grouped_at if name == GROUPS else None
        row.content = dict(said)
    session.flush()
