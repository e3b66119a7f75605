"""Pages of set-up: a new consultation, whether it is ready, its own words, tags, dates, settings."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_timezone
from flask_babel import gettext as _
from flask_login import current_user

from deliberation.consultations.models import Phase
from deliberation.consultations.phases import ORDER
from deliberation.consultations.queries import may_create
from deliberation.consultations.scope import FACILITATOR, current_place
from deliberation.consultations.views import consultation_page
from deliberation.moderation import timetable
from deliberation.moderation.doing import done
from deliberation.moderation.forms import ScheduleForm
from deliberation.moderation.guests import set_guests
from deliberation.moderation.wording import MEANINGS, PHASES
from deliberation.setup import creating, vocabulary
from deliberation.setup import languages as speaking
from deliberation.setup.checklist import checklist_of, open_gathering
from deliberation.setup.fields import OWN
from deliberation.setup.forms import (
    LanguageForm,
    NewForm,
    SetupForm,
    SlugForm,
    TagForm,
    WordsForm,
    language_choices,
)
from deliberation.setup.packing import pack_file
from deliberation.setup.pages import (
    ORGANISER,
    asked_language,
    consultation_here,
    saved,
    setup_page,
    text_form,
    tried,
)
from deliberation.setup.texts import save_words
from deliberation.tags.queries import vocabulary as vocabulary_of
from deliberation.web.access import access
from deliberation.web.extensions import account_key, db, limiter
from deliberation.web.locale import LANGUAGES, current_language

blueprint = Blueprint("setup", __name__)
NEW_AN_HOUR = "30 per hour"


@blueprint.route("/new", methods=["GET", "POST"])
@access(ORGANISER)
@limiter.limit(NEW_AN_HOUR, key_func=account_key, methods=["POST"])
def new() -> ResponseReturnValue:
    """Begin a consultation from nothing."""
    form = NewForm(language=current_language())
    form.language.choices = form.further.choices = language_choices()

    def create(session: Any, account_id: int) -> Any:
        return creating.create_consultation(
            session,
            title=form.title.data or "",
            slug=form.slug.data or "",
            language=form.language.data or "",
            further=form.further.data or [],
            account_id=account_id,
        )

    made = tried(form, create)
    if made:
        flash(_("The draft is there. Only you can see it."), "done")
        return redirect(url_for(".overview", slug=made.slug), 303)
    return render_template("setup/new.html", form=form), form.status


@blueprint.get("/c/<slug>/setup")
@access(FACILITATOR)
def overview(slug: str) -> ResponseReturnValue:
    """Say what is there, what is missing, and what to do next."""
    return _overview(SetupForm())


@blueprint.post("/c/<slug>/setup/open")
@access(FACILITATOR)
def begin(slug: str) -> ResponseReturnValue:
    """Begin gathering."""
    form = SetupForm()
    act = partial(open_gathering, consultation=consultation_here(), seen=request.form.get("seen", ""))
    if tried(form, lambda session, account: act(session, by=account)):
        flash(_("Gathering has begun. Everybody can see the consultation and write ideas."), "done")
        return redirect(url_for("consultations.show", slug=slug), 303)
    return _overview(form)


@blueprint.route("/c/<slug>/setup/words", methods=["GET", "POST"])
@access(FACILITATOR)
def words(slug: str) -> ResponseReturnValue:
    """Write the title and the introduction, in one language at a time."""
    consultation, language = consultation_here(), asked_language()
    form = text_form(WordsForm, OWN, consultation.texts, language)
    if saved(form, partial(save_words, consultation=consultation)):
        return redirect(url_for(".words", slug=slug, language=language), 303)
    consultation = consultation_here()
    return setup_page("words", "words", form, language=language, texts=consultation.texts, fields=OWN)


@blueprint.route("/c/<slug>/setup/languages", methods=["GET", "POST"])
@access(FACILITATOR)
def languages(slug: str) -> ResponseReturnValue:
    """Add a language."""
    form = LanguageForm()
    act = partial(speaking.add_language, consultation=consultation_here(), language=form.language.data or "")
    if tried(form, lambda session, account: act(session, by=account)):
        flash(_("The language is added. Each text can now be written in it."), "done")
        return redirect(url_for(".languages", slug=slug), 303)
    return _languages(form)


@blueprint.post("/c/<slug>/setup/languages/remove")
@access(FACILITATOR)
def remove_language(slug: str) -> ResponseReturnValue:
    """Take away a language that nothing is written in."""
    form = LanguageForm()
    act = partial(
        speaking.remove_language, consultation=consultation_here(), language=form.language.data or ""
    )
    if tried(form, lambda session, account: act(session, by=account)):
        flash(_("The language is removed."), "done")
        return redirect(url_for(".languages", slug=slug), 303)
    return _languages(form)


@blueprint.route("/c/<slug>/setup/tags", methods=["GET", "POST"])
@access(FACILITATOR)
def tags(slug: str) -> ResponseReturnValue:
    """Write the vocabulary to begin with."""
    form = TagForm()
    act = partial(vocabulary.add_tag, consultation=consultation_here(), name=form.name.data or "")
    if tried(form, lambda session, account: act(session, by=account)):
        flash(_("The tag is in the vocabulary."), "done")
        return redirect(url_for(".tags", slug=slug, _anchor="name"), 303)
    session, here = db.session(), consultation_here()
    return setup_page(
        "tags",
        "tags",
        form,
        tags=vocabulary_of(session, here.id, language=here.source_language, source=here.source_language),
    )


@blueprint.route("/c/<slug>/setup/dates", methods=["GET", "POST"])
@access(FACILITATOR)
def dates(slug: str) -> ResponseReturnValue:
    """Say when phases begin by themselves."""
    place = current_place()
    sent = {} if request.method == "POST" else {"formdata": None}
    form = ScheduleForm(data=place.timetable.starts, **sent)
    act = partial(
        timetable.schedule_phases,
        consultation=place.consultation,
        starts=form.starts(place.timetable) if form.is_submitted() else {},
        seen=form.seen.data,
    )
    if done(form, act):
        flash(_("The dates are saved."), "done")
        return redirect(url_for(".dates", slug=slug), 303)
    place = current_place()
    if not form.is_submitted() or form.is_late:
        form.seen.data = timetable.fingerprint(place.timetable)
    return setup_page(
        "dates", "dates", form,
        coming=timetable.schedulable(place.timetable), phases=ORDER[1:], names=PHASES, meanings=MEANINGS,
        zone=get_timezone().zone,
    )  # fmt: skip


@blueprint.route("/c/<slug>/setup/settings", methods=["GET", "POST"])
@access(FACILITATOR)
def settings(slug: str) -> ResponseReturnValue:
    """Give a draft another address; say how things are decided; take the consultation along."""
    form = SlugForm(slug=slug)
    act = partial(creating.rename_slug, consultation=consultation_here(), slug=form.slug.data or "")
    if tried(form, lambda session, account: act(session, by=account)):
        flash(_("Saved."), "done")
        return redirect(url_for(".settings", slug=consultation_here().slug), 303)
    return _settings(form, "slug")


@blueprint.post("/c/<slug>/setup/guests")
@access(FACILITATOR)
def guests(slug: str) -> ResponseReturnValue:
    """Say what people without an account may do."""
    form = SetupForm()
    act = partial(set_guests, consultation=consultation_here(), guests=request.form.get("guests", ""))
    if tried(form, lambda session, account: act(session, by=account)):
        flash(_("Saved. That stands in the log."), "done")
        return redirect(url_for(".settings", slug=slug, _anchor="guests"), 303)
    return _settings(form, "guests")


@blueprint.post("/c/<slug>/setup/copy")
@access(FACILITATOR)
@limiter.limit(NEW_AN_HOUR, key_func=account_key, methods=["POST"])
def copy(slug: str) -> ResponseReturnValue:
    """Begin a new draft with the same texts."""
    form = SlugForm()

    def act(session: Any, account_id: int) -> Any:
        return creating.copy_consultation(
            session, consultation=consultation_here(), slug=form.slug.data or "", account_id=account_id
        )

    made = tried(form, act)
    if made:
        flash(_("The copy is a draft. Only you can see it."), "done")
        return redirect(url_for(".overview", slug=made.slug), 303)
    return _settings(form, "copy")


@blueprint.get("/c/<slug>/setup/pack.yaml")
@access(FACILITATOR)
def pack(slug: str) -> ResponseReturnValue:
    """Hand out the consultation as its pack."""
    answer = Response(pack_file(db.session(), consultation_here()), content_type="application/yaml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}.yaml"'
    return answer


@blueprint.get("/c/<slug>/setup/preview")
@access(FACILITATOR)
def preview(slug: str) -> ResponseReturnValue:
    """Show the consultation's page as a participant will see it while ideas are gathered."""
    place = current_place()
    starts = {**place.timetable.starts, Phase.GATHERING: place.timetable.moment}
    seen_by_all = replace(
        place,
        roles=frozenset(),
        participant=None,
        timetable=replace(place.timetable, starts=starts) if place.phase is Phase.DRAFT else place.timetable,
    )
    language = request.args.get("language", "")
    g.place = seen_by_all
    with force_locale(language if language in LANGUAGES else current_language()):
        return consultation_page(seen_by_all, is_preview=True)


def _overview(form: SetupForm) -> ResponseReturnValue:
    place = current_place()
    return setup_page(
        "overview", "overview", form,
        checklist=checklist_of(db.session(), place.consultation),
        seen=timetable.fingerprint(place.timetable),
        preview_languages=LANGUAGES,
    )  # fmt: skip


def _languages(form: LanguageForm) -> ResponseReturnValue:
    consultation = consultation_here()
    form.language.choices = language_choices(speaking.languages_of(consultation))
    return setup_page(
        "languages", "languages", form, gaps={
            gap.language: gap for gap in checklist_of(db.session(), consultation).gaps
        },
    )  # fmt: skip


def _settings(form: SetupForm, attempt: str) -> ResponseReturnValue:
    fresh: Callable[..., SlugForm] = partial(SlugForm, formdata=None)
    slug = consultation_here().slug
    return setup_page(
        "settings", "settings", form,
        renaming=form if attempt == "slug" else fresh(slug=slug),
        copying=form if attempt == "copy" else fresh(slug=""),
        may_create=may_create(db.session(), current_user.account_id),
    )  # fmt: skip
