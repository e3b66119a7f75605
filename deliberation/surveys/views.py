"""Pages for those who answer: the surveys there are, the pages of one, handing in, thanks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotFound
from deliberation.consultations.guests import GuestHere, guest_here
from deliberation.consultations.scope import SOMEBODY, VISITOR, VOTER, can_vote, current_place
from deliberation.consultations.service import join, join_as_guest
from deliberation.surveys import answering
from deliberation.surveys.definition import Definition
from deliberation.surveys.forms import PageForm, sent_fields
from deliberation.surveys.models import Privacy, Survey, SurveySheet
from deliberation.surveys.paper import Sent, items_of, sort_out
from deliberation.surveys.queries import find_sheet, get_survey, newest_version, published_in
from deliberation.surveys.route import Page, Route, route_of
from deliberation.surveys.schema import definition_of
from deliberation.surveys.wording import PRIVACY, Said, Speaker
from deliberation.web.access import access
from deliberation.web.extensions import account_key, db, limiter

blueprint = Blueprint("surveys", __name__)

NUMBER: Final = "<int(max=2147483647):number>"
ONE: Final = "/c/<slug>/surveys/<survey>"
BACK, LATER = "back", "later"


@dataclass(frozen=True, slots=True)
class Asked:
    """A survey as the reader finds it: its questions now, and the reader's own sheet, if there is one."""

    survey: Survey
    definition: Definition
    sheet: SurveySheet | None

    @property
    def answers(self) -> Mapping[str, Any]:
        """What the reader has filled in so far."""
        return answering.answers_on(self.sheet)

    @property
    def is_open(self) -> bool:
        """Whether it takes answers."""
        return self.survey.is_open(now())

    @property
    def is_settled(self) -> bool:
        """Whether the reader has answered and can change nothing any more."""
        is_done = self.sheet is not None and self.sheet.is_handed_in
        return is_done and (self.survey.privacy is Privacy.ANONYMOUS or not self.is_open)


@blueprint.get("/c/<slug>/surveys")
@access(VISITOR)
def index(slug: str) -> ResponseReturnValue:
    """List the surveys that are or were open; for facilitators also those that are being written."""
    place, moment = current_place(), now()
    rows = [
        (survey, Speaker.of(definition).say(definition.title) if definition else Said(""), bool(definition))
        for survey, definition in published_in(db.session(), consultation_id=place.consultation.id)
        if place.is_facilitator or (definition and survey.has_opened(moment))
    ]
    return render_template("surveys/index.html", rows=rows, moment=moment)


@blueprint.get(ONE)
@access(VISITOR)
def show(slug: str, survey: str) -> ResponseReturnValue:
    """Say what the survey is about, how answers are kept, and where the reader is in it."""
    asked = asked_survey(survey)
    route = route_of(asked.definition, asked.answers)
    return render_template(
        "surveys/show.html",
        asked=asked,
        survey=asked.survey,
        say=Speaker.of(asked.definition).say,
        mark=Speaker.of(asked.definition).mark,
        route=route,
        go_on=_page_to_go_on(route, asked),
        privacy=_(PRIVACY[asked.survey.privacy]),
        moment=now(),
        can_answer=can_vote(),
    )


@blueprint.route(f"{ONE}/{NUMBER}", methods=["GET", "POST"])
@access(VOTER)
@limiter.limit("600 per hour", key_func=account_key, methods=["POST"])
def page(slug: str, survey: str, number: int) -> ResponseReturnValue:
    """Ask what is on a page; keep what is answered."""
    asked, form = asked_survey(survey), PageForm()
    if number > len(asked.definition.sections):
        raise NotFound
    if form.is_submitted():
        return _answered(asked, number, form)
    route = route_of(asked.definition, asked.answers)
    on_the_way = route.page(number)
    if on_the_way is None or asked.is_settled or not asked.is_open:
        return redirect(_way_on(asked, route, number), 303)
    return _page(asked, route, on_the_way, form)


@blueprint.route(f"{ONE}/hand-in", methods=["GET", "POST"])
@access(VOTER)
@limiter.limit("100 per hour", key_func=account_key, methods=["POST"])
def hand_in(slug: str, survey: str) -> ResponseReturnValue:
    """Say what is about to be handed in, and what is not; hand it in."""
    asked, form = asked_survey(survey), PageForm()
    if current_place().participant is None:
        return redirect(url_for(".show", slug=slug, survey=survey), 303)
    if asked.is_settled and not form.is_submitted():
        return redirect(url_for(".thanks", slug=slug, survey=survey), 303)
    if form.validate_on_submit():
        try:
            answering.hand_in(db.session(), survey=asked.survey, participant_id=_respondent()[0])
        except answering.StillMissing as error:
            form.refuse(error)
        else:
            db.session.commit()
            return redirect(url_for(".thanks", slug=slug, survey=survey), 303)
    if not asked.is_open:
        return redirect(url_for(".show", slug=slug, survey=survey), 303)
    route = route_of(asked.definition, asked.answers)
    return render_template(
        "surveys/hand_in.html",
        asked=asked, survey=asked.survey, form=form, route=route, say=Speaker.of(asked.definition).say,
        privacy=_(PRIVACY[asked.survey.privacy]), last=route.before(len(asked.definition.sections) + 1),
    ), form.status  # fmt: skip


@blueprint.get(f"{ONE}/thanks")
@access(SOMEBODY)
def thanks(slug: str, survey: str) -> ResponseReturnValue:
    """Thank whoever has answered, and lead back to the questions."""
    asked = asked_survey(survey)
    if asked.sheet is None or not asked.sheet.is_handed_in:
        return redirect(url_for(".show", slug=slug, survey=survey), 303)
    return render_template(
        "surveys/thanks.html", asked=asked, survey=asked.survey, say=Speaker.of(asked.definition).say
    )


def asked_survey(key: str) -> Asked:
    """Return the survey that the address names. Raises NotFound for one that has never been open."""
    place, session = current_place(), db.session()
    survey = get_survey(session, consultation_id=place.consultation.id, key=key)
    version = newest_version(session, survey)
    if version is None or not survey.has_opened(now()):
        raise NotFound
    sheet = None
    if place.participant is not None:
        sheet = find_sheet(session, survey_id=survey.id, participant_id=place.participant.id)
    return Asked(survey, definition_of(version.definition), sheet)


def _answered(asked: Asked, number: int, form: PageForm) -> ResponseReturnValue:
    """Save what can be saved of the page, and lead on, or say what is wrong with the rest."""
    form.validate()
    section = asked.definition.sections[number - 1]
    shown = [one for one in section.questions if one.key in form.keys]
    typed = sent_fields()
    sent = sort_out(shown, typed)
    try:
        participant_id, guest = _respondent()
        sheet = answering.save_page(
            db.session(), survey=asked.survey, participant_id=participant_id, answers=sent.answers,
            cleared=sent.cleared,
        )  # fmt: skip
    except Conflict as error:
        db.session.rollback()
        form.refuse(error)
        form.is_late = True
        return _page(asked, *_as_sent(asked, number, shown), form, typed=typed, sent=sent)
    db.session.commit()
    if guest is not None:
        guest.remember()
    asked = replace(asked, sheet=sheet)
    sent = sent.only(route_of(asked.definition, asked.answers).page(number))
    faults = sent.pressing if form.do.data in {BACK, LATER} else sent.faults
    if faults:
        return _page(asked, *_as_sent(asked, number, shown), form, typed=typed, sent=sent)
    return _lead_on(asked, number, form)


def _lead_on(asked: Asked, number: int, form: PageForm) -> ResponseReturnValue:
    slug, key = current_place().slug, asked.survey.key
    route = route_of(asked.definition, asked.answers)
    if form.do.data == LATER:
        flash(
            _("Your answers so far are saved. Come back whenever you like, as long as the survey is open."),
            "done",
        )
        return redirect(url_for("consultations.show", slug=slug), 303)
    if form.do.data == BACK:
        before = route.before(number)
        return redirect(_address(asked, before) if before else url_for(".show", slug=slug, survey=key), 303)
    here = route.page(number)
    asks = [one for one in here.questions if one.takes_answers] if here else []
    new = [one for one in asks if one.key not in form.keys]
    if here and new:
        flash(_("One of your answers leads to another question on this page."), "note")
        return redirect(f"{_address(asked, here)}#{new[0].name}", 303)
    return redirect(_way_on(asked, route, number), 303)


def _way_on(asked: Asked, route: Route, number: int) -> str:
    slug, key = current_place().slug, asked.survey.key
    if asked.is_settled or not asked.is_open:
        return url_for(".show", slug=slug, survey=key)
    following = route.after(number)
    return _address(asked, following) if following else url_for(".hand_in", slug=slug, survey=key)


def _address(asked: Asked, page: Page) -> str:
    return url_for(".page", slug=current_place().slug, survey=asked.survey.key, number=page.number)


def _as_sent(asked: Asked, number: int, shown: Sequence[Any]) -> tuple[Route, Page]:
    """Return the page with what was on it when it was sent, whatever the answers have opened since."""
    route = route_of(asked.definition, asked.answers)
    here = route.page(number)
    on_it = {one.key for one in shown} | {one.key for one in (here.questions if here else ())}
    section = asked.definition.sections[number - 1]
    return route, Page(number, section, tuple(one for one in section.questions if one.key in on_it))


def _page(
    asked: Asked,
    route: Route,
    page: Page,
    form: PageForm,
    *,
    typed: Mapping[str, Sequence[str]] | None = None,
    sent: Sent | None = None,
) -> ResponseReturnValue:
    faults = sent.faults if sent else {}
    items = items_of(page, asked.answers, seed=_seed(asked.survey), form=typed, faults=faults)
    form.shown.data = " ".join(question.key for question in page.questions)
    place = sum(1 for one in route.pages if one.number <= page.number)
    rendered = render_template(
        "surveys/page.html",
        asked=asked, survey=asked.survey, page=page, items=items, form=form, route=route,
        place_on_way=max(1, place), pages=max(place, len(route.pages)),
        say=Speaker.of(asked.definition).say,
        spoken_fault=lambda fault: _(fault.sentence, **fault.values), faults=len(faults),
    )  # fmt: skip
    return rendered, 422 if faults and not form.is_late else form.status


def _page_to_go_on(route: Route, asked: Asked) -> Page | None:
    """Return the first page on which something that was shown is still not answered; else the first."""
    for page in route.pages:
        asks = [question for question in page.questions if question.takes_answers]
        if asks and not any(question.key in route.kept for question in asks):
            return page
    return route.pages[0] if route.pages else None


def _respondent() -> tuple[int, GuestHere | None]:
    """Return the participant who answers, made now if there was none, and the guest that this browser is."""
    place, session = current_place(), db.session()
    if current_user.is_authenticated:
        found = place.participant or join(
            session, consultation=place.consultation, account_id=current_user.account_id
        )
        return found.id, None
    guest = guest_here()
    found = place.participant or join_as_guest(session, consultation=place.consultation, guest_id=guest.id)
    return found.id, guest


def _seed(survey: Survey) -> str:
    """Return what the random order of this person's options follows from."""
    if current_user.is_authenticated:
        return f"{survey.id}/{current_user.account_id}"
    return f"{survey.id}/guest/{current_place().guest_id}"
