"""Pages for facilitators: beginning a survey, or taking one from a file."""

from __future__ import annotations

from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from deliberation.base.errors import DomainError, Refused, marked
from deliberation.consultations.scope import FACILITATOR, current_place
from deliberation.surveys import drafting
from deliberation.surveys.building_forms import LoadForm, NewForm
from deliberation.surveys.checking import Problem
from deliberation.surveys.drafting import Document
from deliberation.surveys.models import Survey
from deliberation.surveys.queries import find_survey
from deliberation.surveys.reading import MOST_BYTES, read_survey
from deliberation.surveys.schema import SurveyRefused
from deliberation.surveys.service import make_survey, replace_draft
from deliberation.surveys.views import blueprint
from deliberation.web.access import access
from deliberation.web.extensions import db

TITLE_NEEDED: Final = marked("Give the survey a title.")


@blueprint.route("/c/<slug>/surveys/new", methods=["GET", "POST"])
@access(FACILITATOR)
def new(slug: str) -> ResponseReturnValue:
    """Begin a survey."""
    place, form = current_place(), NewForm()
    if form.validate_on_submit():
        if form.title.data:
            survey = _begin(form.title.data)
            db.session.commit()
            return redirect(url_for(".build", slug=slug, survey=survey.key), 303)
        form.refuse(Refused(TITLE_NEEDED, field="title"))
    return render_template("surveys/new.html", form=form, place=place), form.status


@blueprint.route("/c/<slug>/surveys/load", methods=["GET", "POST"])
@access(FACILITATOR)
def load(slug: str) -> ResponseReturnValue:
    """Take a survey from YAML: a new one, or a new draft of the one with the same key."""
    form, problems = LoadForm(), tuple[Problem, ...]()
    if form.validate_on_submit():
        file = request.files.get("file")
        content = file.read(MOST_BYTES + 1) if file else (form.definition.data or "").encode()
        try:
            document = read_survey(content)
            survey = _take_in(document)
        except SurveyRefused as refused:
            problems = refused.problems
        except DomainError as error:
            db.session.rollback()
            form.refuse(error)
        else:
            db.session.commit()
            flash(_("The survey is loaded as a draft. Look it through, then publish it."), "done")
            return redirect(url_for(".build", slug=slug, survey=survey.key), 303)
    status = 422 if problems else form.status
    return render_template("surveys/load.html", form=form, problems=problems), status


def _begin(title: str) -> Survey:
    place, session = current_place(), db.session()
    consultation = place.consultation
    key, taken = "", set(drafting.RESERVED)
    while not key or find_survey(session, consultation_id=consultation.id, key=key):
        key = drafting.key_from(title, taken, "survey")
        taken.add(key)
    own = [text.language for text in consultation.texts]
    languages = list(dict.fromkeys([consultation.source_language, *sorted(own)]))
    document = drafting.new_document(key=key, title=title, languages=languages)
    return make_survey(session, consultation=consultation, document=document)


def _take_in(document: Document) -> Survey:
    session, consultation = db.session(), current_place().consultation
    if document["key"] in drafting.RESERVED:
        raise SurveyRefused([Problem("key", "is an address of another page here; choose another")])
    found = find_survey(session, consultation_id=consultation.id, key=document["key"])
    if found is None:
        return make_survey(session, consultation=consultation, document=document)
    replace_draft(session, survey=found, document=document)
    return found
