"""What members of the working group do with versions, and the rule by which a version is signed."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

from flask import current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.accounts.mails import absolute_url
from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotAllowed, Refused
from deliberation.consultations.scope import FACILITATOR, WORKING_GROUP, current_place
from deliberation.synthesis.signing import service
from deliberation.synthesis.signing.forms import (
    AnswerForm,
    MinorityForm,
    ProposeForm,
    PublishForm,
    ReplyForm,
    RuleForm,
)
from deliberation.synthesis.signing.mails import ask
from deliberation.synthesis.signing.models import Quorum, SynthesisVersion
from deliberation.synthesis.signing.proposing import draft_to_sign, publish_version
from deliberation.synthesis.signing.queries import members_of
from deliberation.synthesis.signing.views import NUMBER, blueprint, seen_version, version_page, versions_page
from deliberation.synthesis.writers.report import Answer
from deliberation.web.access import access
from deliberation.web.extensions import db
from deliberation.web.forms import Form

CONFLICT: Final = 409
UNPROCESSABLE: Final = 422
REMINDER_PAUSE: Final = timedelta(hours=20)


@blueprint.post("/c/<slug>/synthesis/versions")
@access(WORKING_GROUP)
def propose(slug: str) -> ResponseReturnValue:
    """Propose the draft as it is to the working group."""
    form, session, place = ProposeForm(), db.session(), current_place()
    if form.validate_on_submit():
        version = _done(form, partial(_proposed, form.note.data or ""))
        if version is not None:
            others = [
                one for one in members_of(session, place.consultation.id) if one.id != current_user.account_id
            ]
            ask(place.consultation, version, others, again=False)
            flash(_("Proposed. The others in the group have been told by mail."), "done")
            return redirect(url_for("signing.show", slug=slug, number=version.number), 303)
    return versions_page(propose_form=form), _status()


@blueprint.post("/c/<slug>/synthesis/rule")
@access(FACILITATOR)
def set_rule(slug: str) -> ResponseReturnValue:
    """Set when a version counts as signed."""
    form = RuleForm()
    if form.validate_on_submit():
        act = partial(
            service.set_rule, db.session(), consultation=current_place().consultation,
            quorum=Quorum(form.quorum.data), replies_to_objections=bool(form.replies_to_objections.data),
            by=current_user.account_id,
        )  # fmt: skip
        if _done(form, act) is not None:
            flash(_("Saved. The rule holds for versions that are proposed from now on."), "done")
            return redirect(url_for("signing.versions", slug=slug), 303)
    return versions_page(rule_form=form), _status()


@blueprint.post(f"/c/<slug>/synthesis/versions/{NUMBER}/answer")
@access(WORKING_GROUP)
def answer(slug: str, number: int) -> ResponseReturnValue:
    """Take a member's answer down."""
    version, form = seen_version(number), AnswerForm()
    if form.validate_on_submit():
        act = partial(
            service.answer, db.session(), version=version, by=current_user.account_id,
            answer=Answer(form.answer.data), text=form.text.data or "",
        )  # fmt: skip
        if _done(form, act) is not None:
            flash(_("Saved. You can change your answer until the version is published."), "done")
            return _back_to(slug, number)
    return version_page(seen_version(number), answer_form=form), _status()


@blueprint.post(f"/c/<slug>/synthesis/versions/{NUMBER}/answers/<int:signature>/reply")
@access(WORKING_GROUP)
def reply(slug: str, number: int, signature: int) -> ResponseReturnValue:
    """Take the group's reply to an objection down."""
    version, form = seen_version(number), ReplyForm()
    if form.validate_on_submit():
        act = partial(
            service.reply, db.session(), version=version, signature_id=signature,
            by=current_user.account_id, text=form.text.data or "",
        )  # fmt: skip
        if _done(form, act) is not None:
            flash(_("Saved. The reply is read with the objection."), "done")
            return _back_to(slug, number)
    return version_page(seen_version(number), reply_form=(signature, form)), _status()


@blueprint.post(f"/c/<slug>/synthesis/versions/{NUMBER}/minority-reports")
@access(WORKING_GROUP)
def add_minority_report(slug: str, number: int) -> ResponseReturnValue:
    """Add what members want to be read with the version though the group does not say it."""
    version, form = seen_version(number), MinorityForm()
    if form.validate_on_submit():
        act = partial(
            service.add_minority_report, db.session(), version=version, by=current_user.account_id,
            title=form.title.data or "", text=form.body.data or "",
        )  # fmt: skip
        if _done(form, act) is not None:
            flash(_("Saved. Others can put their name to it."), "done")
            return _back_to(slug, number)
    return version_page(seen_version(number), minority_form=form), _status()


@blueprint.post(f"/c/<slug>/synthesis/versions/{NUMBER}/minority-reports/<int:report>/name")
@access(WORKING_GROUP)
def name_minority_report(slug: str, number: int, report: int) -> ResponseReturnValue:
    """Put the member's name to a minority report, or take it back."""
    do = service.leave_minority_report if request.form.get("leave") else service.join_minority_report
    act = partial(
        do, db.session(), version=seen_version(number), report_id=report, by=current_user.account_id
    )
    _done_or_told(act)
    return _back_to(slug, number)


@blueprint.post(f"/c/<slug>/synthesis/versions/{NUMBER}/remind")
@access(WORKING_GROUP)
def remind(slug: str, number: int) -> ResponseReturnValue:
    """Write once more to those who have not answered."""
    version, place = seen_version(number), current_place()
    act = partial(service.unanswered, db.session(), version=version, asked_before=now() - REMINDER_PAUSE)
    due = _done_or_told(act)
    if due:
        ask(place.consultation, version, due, again=True)
        flash(_("Reminded by mail."), "done")
    elif due is not None:
        flash(_("Everybody who has not answered was asked less than a day ago."), "note")
    return _back_to(slug, number)


@blueprint.post(f"/c/<slug>/synthesis/versions/{NUMBER}/take-back")
@access(WORKING_GROUP)
def take_back(slug: str, number: int) -> ResponseReturnValue:
    """Stop asking for answers."""
    version = seen_version(number)
    done = _done_or_told(partial(_taken_back, version))
    if done:
        flash(_("Taken back. The draft is as it was; propose it again when it is ready."), "done")
    return redirect(url_for("signing.versions", slug=slug), 303)


@blueprint.post(f"/c/<slug>/synthesis/versions/{NUMBER}/publish")
@access(WORKING_GROUP)
def publish(slug: str, number: int) -> ResponseReturnValue:
    """Publish a version that is signed."""
    version, form = seen_version(number), PublishForm()
    if form.validate_on_submit():
        act = partial(
            publish_version, db.session(), version=version, by=current_user.account_id,
            address=absolute_url("signing.show", slug=slug, number=number),
            package_address=absolute_url("signing.evidence", slug=slug, number=number),
        )  # fmt: skip
        if _done(form, act) is not None:
            flash(_("Published. Everybody can read it at this address, for good."), "done")
            return _back_to(slug, number)
    return version_page(seen_version(number), publish_form=form), _status()


def _proposed(note: str) -> SynthesisVersion:
    session, consultation = db.session(), current_place().consultation
    draft = draft_to_sign(session, consultation=consultation, base_url=current_app.config["BASE_URL"])
    return service.propose(
        session,
        consultation=consultation,
        report=draft.report,
        snapshot_id=draft.snapshot_id,
        by=current_user.account_id,
        note=note,
    )


def _taken_back(version: SynthesisVersion) -> bool:
    service.take_back(db.session(), version=version, by=current_user.account_id)
    return True


def _done(form: Form, act: Callable[[], Any]) -> Any | None:
    """Return what the act returns, committed; None where it was refused, which stands in the form."""
    try:
        result = act()
    except (Refused, NotAllowed, Conflict) as error:
        db.session.rollback()
        g.pop("place", None)
        g.refused_as = CONFLICT if isinstance(error, Conflict) else UNPROCESSABLE
        form.refuse(error)
        return None
    db.session.commit()
    return True if result is None else result


def _done_or_told(act: Callable[[], Any]) -> Any | None:
    """Return what the act returns, committed; None where it was refused, which the next page says."""
    form = Form(formdata=None)
    result = _done(form, act)
    if result is None:
        flash(" ".join(form.form_errors), "error")
    return result


def _status() -> int:
    """Return how the page that shows a refused form is answered: somebody was first, or it will not do."""
    return int(g.get("refused_as", UNPROCESSABLE))


def _back_to(slug: str, number: int) -> ResponseReturnValue:
    return redirect(f"{url_for('.show', slug=slug, number=number)}#signing", 303)
