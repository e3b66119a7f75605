"""The draft of a survey as a respondent would meet it. Nothing that is answered here is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField

from deliberation.base.errors import NotFound
from deliberation.consultations.scope import FACILITATOR, current_place
from deliberation.surveys.definition import Definition
from deliberation.surveys.forms import PageForm, sent_fields
from deliberation.surveys.models import Survey
from deliberation.surveys.paper import Sent, items_of, sort_out
from deliberation.surveys.queries import get_survey
from deliberation.surveys.route import Page, route_of
from deliberation.surveys.schema import SurveyRefused, definition_of
from deliberation.surveys.views import BACK, NUMBER, ONE, blueprint
from deliberation.surveys.wording import Speaker
from deliberation.web.access import access
from deliberation.web.extensions import db

MOST_CARRIED: Final = 200_000


class PreviewForm(PageForm):
    """A page of the preview. What was answered on others comes along in the form."""

    carried = HiddenField()

    @property
    def answers(self) -> dict[str, Any]:
        """The answers that came along; none where they cannot be read."""
        try:
            found = json.loads(str(self.carried.data or "{}")[:MOST_CARRIED])
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


@blueprint.route(f"{ONE}/build/preview/{NUMBER}", methods=["GET", "POST"])
@access(FACILITATOR)
def preview(slug: str, survey: str, number: int) -> ResponseReturnValue:
    """Show a page of the draft; lead on as the answers say."""
    one = get_survey(db.session(), consultation_id=current_place().consultation.id, key=survey)
    form = PreviewForm()
    try:
        definition = definition_of(one.draft)
    except SurveyRefused:
        flash(_("The survey cannot be shown before what is listed below is mended."), "error")
        return redirect(url_for(".build", slug=slug, survey=survey), 303)
    if not 1 <= number <= len(definition.sections):
        raise NotFound
    if not form.is_submitted():
        return _page(one, definition, number, form, {})
    typed = sent_fields()
    shown = [asked for asked in definition.sections[number - 1].questions if asked.key in form.keys]
    sent = sort_out(shown, typed)
    answers = {key: value for key, value in form.answers.items() if key not in sent.cleared} | dict(
        sent.answers
    )
    route = route_of(definition, answers)
    here = route.page(number)
    sent = sent.only(here)
    if sent.faults and form.do.data != BACK:
        return _page(one, definition, number, form, answers, sent=sent)
    opened = here is not None and any(
        asked.takes_answers and asked.key not in form.keys for asked in here.questions
    )
    to = route.before(number) if form.do.data == BACK else here if opened else route.after(number)
    if to is None:
        return redirect(url_for(".build", slug=slug, survey=survey), 303)
    return _page(one, definition, to.number, form, answers)


def _page(
    survey: Survey,
    definition: Definition,
    number: int,
    form: PreviewForm,
    answers: Mapping[str, Any],
    *,
    sent: Sent | None = None,
) -> ResponseReturnValue:
    route = route_of(definition, answers)
    section = definition.sections[number - 1]
    page = route.page(number) or Page(number, section, section.questions)
    faults = sent.faults if sent else {}
    form.shown.data = " ".join(question.key for question in page.questions)
    form.carried.data = json.dumps(dict(answers), ensure_ascii=False)
    place = sum(1 for one in route.pages if one.number <= number)
    return render_template(
        "surveys/page.html",
        survey=survey, page=page, form=form, route=route, preview=True,
        items=items_of(page, answers, seed="preview", form=sent_fields() if sent else None, faults=faults),
        place_on_way=max(1, place), pages=max(place, len(route.pages)), say=Speaker.of(definition).say,
        spoken_fault=lambda fault: _(fault.sentence, **fault.values), faults=len(faults),
    ), 422 if faults else 200  # fmt: skip
