"""Pages on which a finding of the draft is written: its words, its evidence, its margin, its history."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.base.errors import NotFound
from deliberation.base.text import shortened
from deliberation.consultations.scope import TRUSTED, WORKING_GROUP, asked_thread, current_place
from deliberation.ideas.wording import changes
from deliberation.synthesis import findings as service
from deliberation.synthesis import margin
from deliberation.synthesis.desk import Cited, FindingPage, find_citable, finding_page
from deliberation.synthesis.draft_forms import (
    FindingForm,
    JoinForm,
    RemarkForm,
    SplitForm,
    as_number,
)
from deliberation.synthesis.draft_views import WRITES, blueprint, prose
from deliberation.synthesis.drafting import find_draft, get_draft
from deliberation.synthesis.evidence import anchor
from deliberation.synthesis.history import compare_wordings, steps_of_finding
from deliberation.synthesis.models import CLAIM_LENGTH, REMARK_LENGTH, TEXT_LENGTH, FindingRevision
from deliberation.synthesis.queries import thread_wordings
from deliberation.synthesis.wording import deed_words, kind_names
from deliberation.synthesis.writers.report import FindingKind
from deliberation.web.access import access
from deliberation.web.extensions import account_key, db, limiter
from deliberation.web.locale import current_language

AT: Final = "/c/<slug>/synthesis/draft/findings"
ONE: Final = f"{AT}/<int:number>"
LIMITS: Final = {"claim": CLAIM_LENGTH, "text": TEXT_LENGTH, "body": REMARK_LENGTH}
LONGEST_SEARCH: Final = 200


@blueprint.route(ONE, methods=["GET", "POST"])
@access(TRUSTED)
@limiter.limit(WRITES, key_func=account_key, methods=["POST"])
def finding(slug: str, number: int) -> ResponseReturnValue:
    """Show a finding with its evidence; members write in it, look for ideas and cite them."""
    if request.method == "GET":
        return _finding_page(number)
    form, (do, _dash, idea) = FindingForm(), request.form.get("do", "").partition("-")
    if do in ("preview", "search") or not form.validate():
        return _finding_page(number, form)
    write = partial(
        service.write_finding, db.session(), consultation_id=_here(), number=number, by=_me(),
        revision=form.known_revision, kind=form.kind.data or "", claim=form.claim.data or "",
        text=form.text.data or "",
        cite=as_number(idea) if do == "cite" else None,
        uncite=as_number(idea) if do == "uncite" else None,
    )  # fmt: skip
    if not form.sends(write):
        return _finding_page(number, form)
    flash(_said(do, idea), "done")
    asked = shortened(form.q.data or "", LONGEST_SEARCH) or None
    place = "evidence" if do in ("cite", "uncite") or asked else None
    return redirect(url_for(".finding", slug=slug, number=number, q=asked, _anchor=place), 303)


@blueprint.route(AT, methods=["GET", "POST"])
@access(WORKING_GROUP)
@limiter.limit(WRITES, key_func=account_key, methods=["POST"])
def add(slug: str) -> ResponseReturnValue:
    """Add a finding to a thread."""
    session, draft = db.session(), get_draft(db.session(), _here())
    form = FindingForm() if request.method == "POST" else FindingForm(formdata=None, kind=FindingKind.REMARK)
    if request.method == "GET":
        form.thread.data = str(asked_thread() or 1)
    elif request.form.get("do") != "preview" and form.validate():
        add_it = partial(
            service.add_finding, session, consultation_id=draft.consultation_id, by=_me(),
            thread=as_number(form.thread.data), kind=form.kind.data or "", claim=form.claim.data or "",
            text=form.text.data or "",
        )  # fmt: skip
        if form.sends(add_it):
            number = get_draft(session, _here()).last_finding
            flash(_("The finding is added. Cite the ideas that it rests on."), "done")
            return redirect(url_for(".finding", slug=slug, number=number, _anchor="evidence"), 303)
    form.kind.choices = list(kind_names().items())
    form.thread.choices = [
        (str(thread.number), f"{thread.number}. {shortened(thread.question, 90)}")
        for thread in thread_wordings(
            session,
            _here(),
            language=current_language(),
            source=current_place().consultation.source_language,
        )
    ]
    page = render_template("drafting/add.html", form=form, limits=LIMITS, preview=_preview(form))
    return page, form.status


@blueprint.post(f"{ONE}/arrange")
@access(WORKING_GROUP)
@limiter.limit(WRITES, key_func=account_key)
def arrange(slug: str, number: int) -> ResponseReturnValue:
    """Move a finding, take it out, bring it back, take its numbers anew."""
    do = request.form.get("do", "")
    here = {"consultation_id": _here(), "number": number, "by": _me()}
    acts = {
        "up": partial(service.move_finding, up=True),
        "down": partial(service.move_finding, up=False),
        "remove": service.remove_finding,
        "bring-back": service.bring_back_finding,
        "anchor": anchor,
    }
    if do not in acts:
        raise NotFound
    acts[do](db.session(), **here)  # type: ignore[operator]
    db.session.commit()
    flash(_arranged(do), "done")
    if do in ("up", "down", "remove"):
        thread = as_number(request.form.get("thread")) or None
        return redirect(url_for(".show", slug=slug, thread=thread, _anchor=f"finding-{number}"), 303)
    return redirect(url_for(".finding", slug=slug, number=number), 303)


@blueprint.post(f"{ONE}/split")
@access(WORKING_GROUP)
@limiter.limit(WRITES, key_func=account_key)
def split(slug: str, number: int) -> ResponseReturnValue:
    """Make a finding of its own of some of the ideas."""
    form, session = SplitForm(), db.session()
    ideas = {as_number(one) for one in form.ideas.data or ()}
    act = partial(
        service.split_finding, session, consultation_id=_here(), number=number, by=_me(), ideas=ideas,
        claim=form.claim.data or "",
    )  # fmt: skip
    if form.validate() and form.sends(act):
        flash(_("Split. This is the new finding."), "done")
        new = get_draft(session, _here()).last_finding
        return redirect(url_for(".finding", slug=slug, number=new), 303)
    return _finding_page(number, split_form=form)


@blueprint.post(f"{ONE}/join")
@access(WORKING_GROUP)
@limiter.limit(WRITES, key_func=account_key)
def join(slug: str, number: int) -> ResponseReturnValue:
    """Join the finding into another."""
    form, into = JoinForm(), as_number(request.form.get("into"))
    act = partial(
        service.join_findings, db.session(), consultation_id=_here(), number=number, by=_me(), into=into
    )
    if form.validate() and form.sends(act):
        flash(_("Joined. What the other finding said is in the text of this one."), "done")
        return redirect(url_for(".finding", slug=slug, number=into), 303)
    return _finding_page(number, join_form=form)


@blueprint.post(f"{ONE}/comments")
@access(WORKING_GROUP)
@limiter.limit(WRITES, key_func=account_key)
def remark(slug: str, number: int) -> ResponseReturnValue:
    """Write in the margin, or answer there."""
    form = RemarkForm()
    act = partial(
        margin.comment, db.session(), consultation_id=_here(), finding=number, by=_me(),
        body=form.body.data or "", answers=as_number(form.answers.data) or None,
    )  # fmt: skip
    if form.validate() and form.sends(act):
        flash(_("Your comment stands in the margin."), "done")
        return redirect(url_for(".finding", slug=slug, number=number, _anchor="margin"), 303)
    return _finding_page(number, remark_form=form)


@blueprint.post(f"{ONE}/settle")
@access(WORKING_GROUP)
@limiter.limit(WRITES, key_func=account_key)
def settle(slug: str, number: int) -> ResponseReturnValue:
    """Say that nothing more is to be done about a comment, or that there is."""
    is_settled = request.form.get("do") != "open"
    margin.settle(
        db.session(), consultation_id=_here(), finding=number, by=_me(),
        number=as_number(request.form.get("comment")), is_settled=is_settled,
    )  # fmt: skip
    db.session.commit()
    flash(_("Settled.") if is_settled else _("Open again."), "done")
    return redirect(url_for(".finding", slug=slug, number=number, _anchor="margin"), 303)


@blueprint.get(f"{ONE}/history")
@access(TRUSTED)
def finding_history(slug: str, number: int) -> ResponseReturnValue:
    """Show every wording of a finding, and how any two differ."""
    session = db.session()
    row, _current = service.get_finding(session, _here(), number)
    steps = steps_of_finding(session, _here(), number)
    before, after = (_revision(number, name) for name in ("before", "after"))
    return render_template(
        "drafting/history.html",
        finding=row,
        steps=steps,
        deeds={step.number: deed_words(step.done) for step in steps},
        kinds=kind_names(),
        compared=compare_wordings(before, after) if before and after else None,
        before=before,
        after=after,
    )


@blueprint.post(f"{ONE}/restore")
@access(WORKING_GROUP)
@limiter.limit(WRITES, key_func=account_key)
def restore(slug: str, number: int) -> ResponseReturnValue:
    """Bring back an earlier wording; the one that stood stays in the history."""
    service.restore_wording(
        db.session(), consultation_id=_here(), number=number, by=_me(),
        revision=as_number(request.form.get("revision")),
    )  # fmt: skip
    db.session.commit()
    flash(_("The earlier wording is back. What it cites is as it was."), "done")
    return redirect(url_for(".finding", slug=slug, number=number), 303)


def _finding_page(
    number: int,
    form: FindingForm | None = None,
    *,
    remark_form: RemarkForm | None = None,
    split_form: SplitForm | None = None,
    join_form: JoinForm | None = None,
) -> ResponseReturnValue:
    session, consultation = db.session(), current_place().consultation
    draft = find_draft(session, consultation.id)
    if draft is None:
        raise NotFound
    page = finding_page(session, consultation, draft, number, language=current_language())
    words, found = _searched(form, page)
    late = _late(form, page)
    form = form or FindingForm(
        formdata=None,
        kind=page.current.kind,
        claim=page.current.claim,
        text=page.current.text,
        revision=str(page.current.number),
        q=words,
    )
    form.kind.choices = list(kind_names().items())
    join_form = join_form or JoinForm(formdata=None)
    join_form.into.choices = [
        (str(other), f"{other}. {shortened(claim, 80)}") for other, claim in page.neighbours
    ]
    html = render_template(
        "drafting/finding.html",
        page=page, finding=page.finding, form=form, late=late, found=found, words=words,
        remark_form=remark_form or RemarkForm(formdata=None),
        split_form=split_form or SplitForm(formdata=None), join_form=join_form,
        kinds=kind_names(), limits=LIMITS, preview=_preview(form), text=prose(page.current.text),
    )  # fmt: skip
    return html, max(one.status for one in (form, remark_form, split_form, join_form) if one)


def _late(form: FindingForm | None, page: FindingPage) -> dict[str, object] | None:
    """Return what somebody else wrote meanwhile, and how it differs from what was typed."""
    if form is None or not form.is_late or form.known_revision == page.current.number:
        return None
    form.revision.data = str(page.current.number)
    return {
        "claim": changes(page.current.claim, form.claim.data or ""),
        "text": changes(page.current.text, form.text.data or ""),
    }


def _searched(form: FindingForm | None, page: FindingPage) -> tuple[str, Sequence[Cited]]:
    words = (form.q.data or "") if form else request.args.get("q", "")
    words = " ".join(words.split())[:LONGEST_SEARCH]
    if not words or not words.isprintable():
        return words if words.isprintable() else "", ()
    cites = {one.number for one in page.cited}
    found = find_citable(db.session(), page.draft.consultation_id, page.draft, words)
    return words, [one for one in found if one.number not in cites]


def _preview(form: FindingForm) -> object:
    return prose(form.text.data or "") if request.form.get("do") == "preview" else None


def _revision(number: int, name: str) -> FindingRevision | None:
    key = (_here(), number, as_number(request.args.get(name)))
    return db.session().get(FindingRevision, key)


def _said(do: str, idea: str) -> str:
    if do == "cite":
        return _("Idea %(number)s is cited, with its numbers from the snapshot.", number=idea)
    if do == "uncite":
        return _("Idea %(number)s is cited no more.", number=idea)
    return _("Saved.")


def _arranged(do: str) -> str:
    return {
        "up": _("Moved up."),
        "down": _("Moved down."),
        "remove": _("Taken out. You can bring it back from the history of the draft."),
        "bring-back": _("The finding is back in the draft."),
        "anchor": _("Its numbers are taken from the newest snapshot. Read what it says again."),
    }[do]


def _here() -> int:
    return current_place().consultation.id


def _me() -> int:
    return int(current_user.account_id)
