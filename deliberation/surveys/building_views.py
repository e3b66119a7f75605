"""Pages for facilitators: writing a survey, publishing, opening and closing it."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from babel.dates import get_timezone
from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone as reader_timezone
from flask_babel import gettext as _

from deliberation.base.clock import now
from deliberation.base.errors import DomainError, NotFound, Refused, marked
from deliberation.consultations.scope import FACILITATOR, current_place
from deliberation.consultations.wording import language_name
from deliberation.surveys import building, drafting
from deliberation.surveys.building_forms import (
    SOURCE_NEEDED,
    ArrangeForm,
    BuildingForm,
    OpenForm,
    question_form,
    section_form,
    words_form,
)
from deliberation.surveys.changes import refusals
from deliberation.surveys.checking import Problem
from deliberation.surveys.conditions import groups_of, in_words
from deliberation.surveys.definition import Definition
from deliberation.surveys.drafting import Do, Document
from deliberation.surveys.models import Placement, Privacy, Showing, Survey
from deliberation.surveys.queries import count_answered, get_survey, has_begun, newest_version
from deliberation.surveys.questions.base import Kind, Question
from deliberation.surveys.questions.numbers import day_of
from deliberation.surveys.reading import write_survey
from deliberation.surveys.schema import SurveyRefused, definition_of, problems_of, shape
from deliberation.surveys.service import (
    close_survey,
    open_survey,
    publish,
    replace_draft,
    set_up,
)
from deliberation.surveys.views import ONE, blueprint
from deliberation.surveys.wording import KIND_NAMES, Speaker
from deliberation.web.access import access
from deliberation.web.extensions import db

BUILD: Final = f"{ONE}/build"
KEYS: Final = {kind.value: kind for kind in Kind}
NO_DAY: Final = marked(
    "Write the day as year, month and day, such as 2026-12-14, and one that is still to come."
)
TITLE_NEEDED: Final = marked("Give the survey a title.")


@blueprint.get(BUILD)
@access(FACILITATOR)
def build(slug: str, survey: str) -> ResponseReturnValue:
    """Show the draft with what can be done to it, and what keeps it from being published."""
    return _build_page(_survey(survey), OpenForm())


@blueprint.post(f"{BUILD}/arrange")
@access(FACILITATOR)
def arrange(slug: str, survey: str) -> ResponseReturnValue:
    """Move, copy or remove a page or a question."""
    one, form = _survey(survey), ArrangeForm()
    if form.do.data not in set(Do) or form.what.data not in {"page", "question"}:
        raise NotFound
    document = drafting.arranged(
        _document(one), do=Do(form.do.data), what=form.what.data, key=form.key.data or ""
    )
    replace_draft(db.session(), survey=one, document=document, revision=form.known_revision)
    db.session.commit()
    at = f"#{form.what.data}-{form.key.data}" if form.do.data != Do.REMOVE else ""
    return redirect(url_for(".build", slug=slug, survey=survey) + at, 303)


@blueprint.route(f"{BUILD}/words", methods=["GET", "POST"])
@access(FACILITATOR)
def words(slug: str, survey: str) -> ResponseReturnValue:
    """Change the survey's own words and its settings."""
    one = _survey(survey)
    document = _document(one)
    form = words_form(document["languages"])
    if form.is_submitted():
        form.validate()
        changed = document | {name: form.said(name) for name in ("title", "introduction", "thanks")}
        changed = {name: said for name, said in changed.items() if said != {} or name == "title"}
        if _is_saved(form, one, changed, "title"):
            return redirect(url_for(".build", slug=slug, survey=survey), 303)
    else:
        for name in ("title", "introduction", "thanks"):
            form.show(name, document.get(name) or {})
        form["privacy"].data = one.privacy.value
        form["placement"].data, form["showing"].data = one.placement.value, one.showing.value
        form.revision.data = str(one.revision)
    is_fixed = has_begun(db.session(), one)
    return render_template("surveys/words.html", survey=one, form=form, is_fixed=is_fixed), form.status


@blueprint.route(f"{BUILD}/pages/<name>", methods=["GET", "POST"])
@access(FACILITATOR)
def edit_section(slug: str, survey: str, name: str) -> ResponseReturnValue:
    """Change a page's words and conditions. The name `new` stands for a page that is still to be made."""
    one = _survey(survey)
    document = _document(one)
    definition, languages = shape(document), document["languages"]
    is_new = name == "new"
    section = {} if is_new else drafting.find_section(document, name)
    form = section_form(languages)
    if form.is_submitted():
        form.validate()
        keys = {other["key"] for other in document["sections"]}
        key = drafting.key_from(_first(form.said("title")), keys | {"new"}, "page") if is_new else name
        if _is_saved(
            form, one, drafting.with_section(document, building.section_document(form, key)), "title"
        ):
            return redirect(url_for(".build", slug=slug, survey=survey) + f"#page-{key}", 303)
    else:
        parsed = next((found for found in definition.sections if found.key == name), None)
        building.show_section(form, section, parsed.show_if if parsed else ())
        form.revision.data = str(one.revision)
    earlier = building.earlier_questions(definition, section=name, question=None)
    return render_template(
        "surveys/edit_section.html", survey=one, form=form, name=name, is_new=is_new,
        groups=groups_of(earlier, Speaker.of(definition)),
    ), form.status  # fmt: skip


@blueprint.route(f"{BUILD}/pages/<name>/<kind>", methods=["GET", "POST"])
@access(FACILITATOR)
def add_question(slug: str, survey: str, name: str, kind: str) -> ResponseReturnValue:
    """Add a question of a kind at the end of a page."""
    one = _survey(survey)
    document = _document(one)
    drafting.find_section(document, name)
    if kind not in KEYS:
        raise NotFound
    return _question_page(one, document, KEYS[kind], page=name, question=None)


@blueprint.route(f"{BUILD}/questions/<name>", methods=["GET", "POST"])
@access(FACILITATOR)
def edit_question(slug: str, survey: str, name: str) -> ResponseReturnValue:
    """Change a question."""
    one = _survey(survey)
    document = _document(one)
    question = drafting.find_question(document, name)
    page = next(section["key"] for section in document["sections"] if question in section["questions"])
    return _question_page(one, document, KEYS[question["kind"]], page=page, question=question)


@blueprint.post(f"{BUILD}/publish")
@access(FACILITATOR)
def publish_draft(slug: str, survey: str) -> ResponseReturnValue:
    """Let the draft be what is answered from now on."""
    one, form = _survey(survey), BuildingForm()
    try:
        version = publish(db.session(), survey=one, revision=form.known_revision)
    except Refused as error:
        db.session.rollback()
        form.refuse(error)
        return _build_page(_survey(survey), OpenForm(), refused=form)
    db.session.commit()
    flash(_("Version %(number)s is published.", number=version.number), "done")
    return redirect(url_for(".build", slug=slug, survey=survey), 303)


@blueprint.post(f"{BUILD}/open")
@access(FACILITATOR)
def set_open(slug: str, survey: str) -> ResponseReturnValue:
    """Open the survey, until a day if one is given, or close it."""
    one, form = _survey(survey), OpenForm()
    if form.do.data == "close":
        close_survey(db.session(), survey=one)
    else:
        closes_at = _end_of(form.closes.data or "")
        if form.closes.data and (closes_at is None or closes_at <= now()):
            form.refuse(Refused(NO_DAY, field="closes"))
            return _build_page(one, form)
        open_survey(db.session(), survey=one, closes_at=closes_at)
    db.session.commit()
    return redirect(url_for(".build", slug=slug, survey=survey), 303)


@blueprint.get(f"{ONE}/definition.yaml")
@access(FACILITATOR)
def definition(slug: str, survey: str) -> ResponseReturnValue:
    """Hand out the draft as YAML."""
    one = _survey(survey)
    settings = {"privacy": one.privacy.value, "placement": one.placement.value, "results": one.showing.value}
    answer = Response(write_survey(_document(one) | settings), content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{one.key}.yaml"'
    return answer


def _survey(key: str) -> Survey:
    return get_survey(db.session(), consultation_id=current_place().consultation.id, key=key)


def _document(survey: Survey) -> Document:
    document: Document = json.loads(survey.draft)
    return document


def _build_page(
    survey: Survey, open_form: OpenForm, refused: BuildingForm | None = None
) -> ResponseReturnValue:
    session = db.session()
    current = shape(_document(survey))
    version = newest_version(session, survey)
    begun = has_begun(session, survey)
    clashes = refusals(definition_of(version.definition), current) if version and begun else []
    speaker = Speaker.of(current)
    page = render_template(
        "surveys/build.html",
        survey=survey, definition=current, version=version, begun=begun, say=speaker.say,
        answered=count_answered(session, survey) if begun else 0,
        is_changed=version is None or version.definition != survey.draft,
        problems=[
            (_place_of(one.path, current), _(one.sentence, **one.values)) for one in problems_of(current)
        ],
        clashes=[_(clash.sentence, **clash.values) for clash in clashes],
        untranslated=_untranslated(current), kinds=_kinds(),
        kind_name=lambda question: _(KIND_NAMES[question.kind]),
        conditions=lambda part: _conditions_of(part, current, speaker),
        open_form=open_form, refused=refused, moment=now(),
    )  # fmt: skip
    return page, refused.status if refused else open_form.status


def _question_page(
    survey: Survey, document: Document, kind: Kind, *, page: str, question: Document | None
) -> ResponseReturnValue:
    languages = document["languages"]
    definition = shape(document)
    form = question_form(kind, languages)
    key = question["key"] if question else ""
    if form.is_submitted():
        form.validate()
        own = key or drafting.key_from(
            _first(form.said("text")), drafting.question_keys(document), "question"
        )
        said = building.question_document(form, kind, own, languages)
        changed = drafting.with_question(document, said, page=None if question else page)
        if _is_saved(form, survey, changed, "text", key=own):
            return redirect(
                url_for(".build", slug=current_place().slug, survey=survey.key) + f"#question-{own}", 303
            )
    else:
        parsed = _parsed(definition, key)
        building.show_question(form, question or {"kind": kind.value}, parsed.show_if if parsed else ())
        form.revision.data = str(survey.revision)
    earlier = building.earlier_questions(definition, section=page, question=key)
    return render_template(
        "surveys/edit_question.html", survey=survey, form=form, kind=kind, kind_name=_(KIND_NAMES[kind]),
        written_in=languages, groups=groups_of(earlier, Speaker.of(definition)), question=question, page=page,
        is_live=question is not None and has_begun(db.session(), survey),
    ), form.status  # fmt: skip


def _is_saved(
    form: BuildingForm, survey: Survey, document: Document, main: str, *, key: str | None = None
) -> bool:
    """Save the draft if each of its parts is well formed, and the settings that the form has."""
    source = document["languages"][0]
    if not form.said(main).get(source):
        field = next(field for language, field in form.of(main) if language == source)
        field.errors = [*field.errors, _(SOURCE_NEEDED)]
    if form.errors:
        return False
    try:
        shape(document)
        replace_draft(db.session(), survey=survey, document=document, revision=form.known_revision)
        if "privacy" in form:
            set_up(
                db.session(), survey=survey, privacy=Privacy(form["privacy"].data),
                placement=Placement(form["placement"].data), showing=Showing(form["showing"].data),
            )  # fmt: skip
    except SurveyRefused as refused:
        form.blame([Problem(one.path.split("].")[-1], one.sentence, one.values) for one in refused.problems])
        return False
    except DomainError as error:
        db.session.rollback()
        form.refuse(error)
        form.is_late = not isinstance(error, Refused)
        return False
    db.session.commit()
    flash(_("Saved in the draft. It is not published yet."), "done")
    return True


def _first(texts: dict[str, str]) -> str:
    return next(iter(texts.values()), "")


def _parsed(definition: Definition, key: str) -> Question | None:
    every = (question for section in definition.sections for question in section.questions)
    return next((question for question in every if question.key == key), None)


def _kinds() -> list[tuple[str, str]]:
    return [(kind.value, _(KIND_NAMES[kind])) for kind in Kind]


def _conditions_of(part: Any, definition: Definition, speaker: Speaker) -> list[str]:
    return [
        in_words(condition, definition.by_key[condition.question], speaker)
        for condition in part.show_if
        if condition.question in definition.by_key
    ]


def _untranslated(definition: Definition) -> dict[str, int]:
    """Return how many texts each of the later languages lacks."""
    texts = [texts for _path, texts in definition.words() if texts]
    missing = {one: sum(one not in text for text in texts) for one in definition.languages[1:]}
    return {language_name(language): count for language, count in missing.items() if count}


def _place_of(path: str, definition: Definition) -> str:
    """Return where in the survey the path leads, in words."""
    numbers = [int(part.split("]")[0]) + 1 for part in path.split("[")[1:3]]
    if path.startswith("sections[") and ".questions[" in path:
        return _("Page %(page)s, question %(number)s", page=numbers[0], number=numbers[1])
    return _("Page %(page)s", page=numbers[0]) if path.startswith("sections[") else _("The survey")


def _end_of(text: str) -> datetime | None:
    """Return the end of the day that the text names, where the reader is."""
    day = day_of(text)
    if day is None or day >= date(9999, 1, 1):
        return None
    zone = reader_timezone() or get_timezone("UTC")
    return datetime.combine(day + timedelta(days=1), time(), zone)
