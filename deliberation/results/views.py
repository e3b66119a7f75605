"""Pages of results: the figures, one table, open answers, what facilitators decide about results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from deliberation.analysis.fewest import FEWEST
from deliberation.base.clock import now
from deliberation.base.errors import DomainError, NotFound
from deliberation.base.text import clean_line
from deliberation.consultations.scope import FACILITATOR, MOST_DIGITS, TRUSTED, VISITOR, current_place
from deliberation.results import queries, service
from deliberation.results.cards import cards_of
from deliberation.results.counting import default_breakdowns, is_breakdown
from deliberation.results.forms import (
    BreakdownsForm,
    LabelForm,
    SharesForm,
    UnlabelForm,
    percents_sent,
    typed_shares,
)
from deliberation.results.models import CODE_LENGTH
from deliberation.results.publishing import MOST_BREAKDOWNS
from deliberation.results.raked import Weighted, Weighting, weighted_question, weighting_of
from deliberation.results.tables import CrossTable
from deliberation.results.wording import (
    ColumnName,
    Namer,
    middle_words,
    of_words,
    parts_words,
    standing_words,
    test_method,
    test_sentences,
    weighting_sentences,
)
from deliberation.surveys.definition import Definition
from deliberation.surveys.models import Survey
from deliberation.surveys.queries import count_answered, definition_in, get_survey
from deliberation.surveys.questions.base import Kind, Question
from deliberation.surveys.wording import Speaker
from deliberation.web.access import access
from deliberation.web.extensions import db

blueprint = Blueprint("results", __name__)
for function in (middle_words, of_words, parts_words, standing_words, test_method):
    blueprint.app_template_global()(function)

ONE = "/c/<slug>/surveys/<survey>/results"
ANSWERS = f"{ONE}/answers/<question>"


@dataclass(frozen=True, slots=True)
class Asked:
    """A survey, its questions now, and what is shown of its results."""

    survey: Survey
    definition: Definition
    shown: queries.Shown | None
    breakdowns: Sequence[str]

    @property
    def namer(self) -> Namer:
        """Says what questions and answers are called."""
        return Namer(self.definition, Speaker.of(self.definition), self.shown.figures if self.shown else None)


@blueprint.get(ONE)
@access(VISITOR)
def show(slug: str, survey: str) -> ResponseReturnValue:
    """Show what everybody answered, or only those with one answer to another question."""
    asked, session = asked_results(survey), db.session()
    if asked.shown is None:
        return render_template("results/none.html", asked=asked, survey=asked.survey, moment=now())
    plan = queries.find_plan(session, asked.survey)
    figures, only = asked.shown.figures, _asked_only(session, asked)
    weighting, weighted = None, dict[str, list[Weighted | None]]()
    if only:
        figures = queries.only_those(figures, only[0], only[1])
    elif plan and plan.known:
        weighting, weighted = _weighted(session, asked, plan.known)
    return render_template(
        "results/show.html",
        asked=asked,
        survey=asked.survey,
        namer=asked.namer,
        figures=figures,
        only=only,
        choice=request.args.get("only", ""),
        filters=_filters(session, asked),
        cards=cards_of(asked.definition, figures, weighted),
        weighting=weighting,
        weighting_sentences=weighting_sentences(weighting, asked.namer) if weighting else [],
        moment=now(),
    )


@blueprint.get(f"{ONE}/tables")
@access(VISITOR)
def table(slug: str, survey: str) -> ResponseReturnValue:
    """Show how the answers to one question go with those to another, or with the opinion groups."""
    asked, session = asked_results(survey), db.session()
    if not asked.breakdowns:
        return render_template("results/none.html", asked=asked, survey=asked.survey, moment=now())
    by = request.args.get("by", "") or asked.breakdowns[0]
    breakdown = queries.get_breakdown(session, asked.survey, by)
    columns = asked.namer.columns(breakdown.tables)
    of = request.args.get("of", "") or (columns[0].name if columns else "")
    found: CrossTable | None = breakdown.tables.get(of)
    if found is None and request.args.get("of"):
        raise NotFound
    return render_template(
        "results/table.html",
        asked=asked,
        survey=asked.survey,
        namer=asked.namer,
        breakdown=breakdown,
        columns=columns,
        column=next((one for one in columns if one.name == of), ColumnName.none()),
        table=found,
        sentences=test_sentences(found) if found else [],
    )


@blueprint.get(ANSWERS)
@access(TRUSTED)
def answers(slug: str, survey: str, question: str) -> ResponseReturnValue:
    """Let the working group read, search and sort what people wrote."""
    asked, session = asked_results(survey), db.session()
    written = _open_question(asked, question)
    words, label = (
        clean_line(request.args.get("q", ""))[:200],
        clean_line(request.args.get("label", ""))[:100],
    )
    page = queries.list_answers(
        session, asked.survey, question, words=words, label=label, number=_asked_page()
    )
    return render_template(
        "results/answers.html",
        asked=asked,
        survey=asked.survey,
        question=written,
        namer=asked.namer,
        page=page,
        words=words,
        label=label,
        labels=queries.labels_in_use(session, asked.survey, question),
    )


@blueprint.route(f"{ANSWERS}/<code>", methods=["GET", "POST"])
@access(TRUSTED)
def answer(slug: str, survey: str, question: str, code: str) -> ResponseReturnValue:
    """Show one open answer, to label and to quote."""
    asked, form = asked_results(survey), LabelForm()
    written = _open_question(asked, question)
    found = queries.get_answer(db.session(), asked.survey, question, code[: CODE_LENGTH + 1])
    if form.validate_on_submit():
        try:
            service.add_label(
                db.session(), survey=asked.survey, question=question, code=code, name=form.name.data or "",
                by=current_user.account_id,
            )  # fmt: skip
        except DomainError as error:
            form.refuse(error)
        else:
            db.session.commit()
            return redirect(url_for(".answer", slug=slug, survey=survey, question=question, code=code), 303)
    return render_template(
        "results/answer.html",
        asked=asked,
        survey=asked.survey,
        question=written,
        namer=asked.namer,
        answer=found,
        form=form,
        labels=queries.labels_in_use(db.session(), asked.survey, question),
    ), form.status


@blueprint.post(f"{ANSWERS}/<code>/unlabel")
@access(TRUSTED)
def unlabel(slug: str, survey: str, question: str, code: str) -> ResponseReturnValue:
    """Take a label off an open answer."""
    asked, form = asked_results(survey), UnlabelForm()
    _open_question(asked, question)
    queries.get_answer(db.session(), asked.survey, question, code[: CODE_LENGTH + 1])
    if form.validate_on_submit():
        service.remove_label(
            db.session(), survey=asked.survey, question=question, code=code, name=form.name.data or "",
            by=current_user.account_id,
        )  # fmt: skip
        db.session.commit()
    return redirect(url_for(".answer", slug=slug, survey=survey, question=question, code=code), 303)


@blueprint.route(f"{ONE}/settings", methods=["GET", "POST"])
@access(FACILITATOR)
def settings(slug: str, survey: str) -> ResponseReturnValue:
    """Choose by which questions results are broken down."""
    asked, form = asked_results(survey), BreakdownsForm()
    if form.validate_on_submit():
        try:
            service.choose_breakdowns(
                db.session(), survey=asked.survey, questions=request.form.getlist("by"),
                by=current_user.account_id,
            )  # fmt: skip
        except DomainError as error:
            db.session.rollback()
            form.refuse(error)
        else:
            db.session.commit()
            flash(_("Saved."), "done")
            return redirect(url_for(".settings", slug=slug, survey=survey), 303)
    plan = queries.find_plan(db.session(), asked.survey)
    chosen = plan.breakdowns if plan and plan.breakdowns is not None else None
    return render_template(
        "results/settings.html",
        asked=asked,
        survey=asked.survey,
        namer=asked.namer,
        form=form,
        questions=[one for one in asked.definition.questions if is_breakdown(one)],
        chosen=chosen if chosen is not None else default_breakdowns(asked.definition, most=MOST_BREAKDOWNS),
        most=MOST_BREAKDOWNS,
        known=plan.known if plan else {},
    ), form.status


@blueprint.route(f"{ONE}/settings/<question>", methods=["GET", "POST"])
@access(FACILITATOR)
def shares(slug: str, survey: str, question: str) -> ResponseReturnValue:
    """Say which shares of everybody are known."""
    asked, form = asked_results(survey), SharesForm()
    one = asked.definition.by_key.get(question)
    if one is None or not is_breakdown(one):
        raise NotFound
    keys = asked.namer.answers_of(one)
    if form.validate_on_submit():
        try:
            service.set_known_shares(
                db.session(), survey=asked.survey, question=question, percents=percents_sent(keys),
                by=current_user.account_id,
            )  # fmt: skip
        except DomainError as error:
            db.session.rollback()
            form.refuse(error)
        else:
            db.session.commit()
            flash(_("Saved."), "done")
            return redirect(url_for(".settings", slug=slug, survey=survey), 303)
    plan = queries.find_plan(db.session(), asked.survey)
    typed = typed_shares((plan.known if plan else {}).get(question, {}), keys)
    return render_template(
        "results/shares.html",
        asked=asked, survey=asked.survey, namer=asked.namer, form=form, question=one, typed=typed,
    ), form.status  # fmt: skip


@blueprint.get(f"{ONE}/data")
@access(FACILITATOR)
def data(slug: str, survey: str) -> ResponseReturnValue:
    """Say in which forms facilitators can take the answers along, one by one."""
    asked = asked_results(survey)
    return render_template(
        "results/data.html",
        asked=asked,
        survey=asked.survey,
        namer=asked.namer,
        answered=count_answered(db.session(), asked.survey),
        fewest=FEWEST,
        moment=now(),
    )


def asked_results(key: str) -> Asked:
    """Return the survey that the address names. Raises NotFound for one that has never been open."""
    session = db.session()
    survey = get_survey(session, consultation_id=current_place().consultation.id, key=key)
    if not survey.has_opened(now()):
        raise NotFound
    definition = definition_in(session, survey)
    return Asked(
        survey, definition, queries.find_shown(session, survey), queries.breakdown_names(session, survey)
    )


def _open_question(asked: Asked, key: str) -> Question:
    question = asked.definition.by_key.get(key)
    if question is None or question.kind not in {Kind.SHORT_TEXT, Kind.LONG_TEXT}:
        raise NotFound
    return question


def _asked_page() -> int:
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < MOST_DIGITS else 1


def _asked_only(session: Session, asked: Asked) -> tuple[queries.Breakdown, int] | None:
    """Return whose answers alone are asked for: a breakdown and the place of one of its answers."""
    choice = request.args.get("only", "")
    if not choice:
        return None
    name, _colon, answer = choice.partition(":")
    breakdown = queries.get_breakdown(session, asked.survey, name)
    if answer not in breakdown.rows:
        raise NotFound
    return breakdown, breakdown.rows.index(answer)


def _filters(session: Session, asked: Asked) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what results can be narrowed to: for each breakdown its answers, with what they are sent as."""
    found = []
    for name in asked.breakdowns:
        question = asked.definition.by_key.get(name)
        keys = (
            asked.namer.answers_of(question)
            if question
            else queries.get_breakdown(session, asked.survey, name).rows
        )
        rows = [(f"{name}:{key}", said.text) for key, said in asked.namer.rows(name, keys)]
        found.append((asked.namer.breakdown(name), rows))
    return found


def _weighted(
    session: Session, asked: Asked, known: Mapping[str, Mapping[str, float]]
) -> tuple[Weighting | None, dict[str, list[Weighted | None]]]:
    """Return the weighted shares of all questions, where the tables for it have been counted."""
    name = next((key for key in asked.breakdowns if key in known), None)
    if name is None or asked.shown is None:
        return None, {}
    breakdown = queries.get_breakdown(session, asked.survey, name)
    try:
        weighting = weighting_of(breakdown, known[name])
    except DomainError:
        return None, {}
    return weighting, {
        one.key: weighted_question(breakdown, weighting, key=one.key, kind=one.kind, columns=one.columns)
        for one in asked.shown.figures.questions
        if one.key != name
    }
