"""Pages of set-up about the background: notes, glossary, areas, categories of proposals, rules."""

from functools import partial
from typing import Final

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from deliberation.base.errors import NotFound
from deliberation.consultations.background import EntryKind
from deliberation.consultations.queries import background_of
from deliberation.consultations.scope import FACILITATOR
from deliberation.setup.entries import add_entry, get_entry, move_entry, remove_entry
from deliberation.setup.forms import FORMS, SetupForm
from deliberation.setup.pages import asked_language, consultation_here, saved, setup_page, text_form, tried
from deliberation.setup.texts import fields_of, save_entry
from deliberation.setup.thread_views import way_asked
from deliberation.web.access import access
from deliberation.web.extensions import db

blueprint = Blueprint("setup_entries", __name__)

HERE: Final = "/c/<slug>/setup/background/<part>"


@blueprint.get(HERE)
@access(FACILITATOR)
def index(slug: str, part: str) -> ResponseReturnValue:
    """List what there is of one kind."""
    return _list(_kind(part), SetupForm())


@blueprint.route(f"{HERE}/new", methods=["GET", "POST"])
@access(FACILITATOR)
def new(slug: str, part: str) -> ResponseReturnValue:
    """Write one more, in the source language."""
    wanted, consultation = _kind(part), consultation_here()
    form = text_form(FORMS[wanted], fields_of(wanted), [], consultation.source_language)
    if not form.wants_look:
        act = partial(add_entry, consultation=consultation, kind=wanted, typed=form.typed)
        entry = tried(form, lambda session, account: act(session, by=account))
        if entry:
            flash(_("Added."), "done")
            return redirect(url_for(".index", slug=slug, part=part, _anchor=f"entry-{entry.key}"), 303)
    return setup_page(
        "entry", wanted.value, form, kind=wanted.value, entry=None, texts=[], fields=fields_of(wanted),
        language=consultation_here().source_language,
    )  # fmt: skip


@blueprint.route(f"{HERE}/<key>", methods=["GET", "POST"])
@access(FACILITATOR)
def edit(slug: str, part: str, key: str) -> ResponseReturnValue:
    """Write one piece of background, in one language at a time."""
    consultation, language = consultation_here(), asked_language()
    entry = get_entry(db.session(), consultation, key)
    if entry.kind != part:
        raise NotFound
    form = text_form(FORMS[entry.kind], fields_of(entry.kind), entry.texts, language)
    if saved(form, partial(save_entry, consultation=consultation, entry=entry)):
        return redirect(url_for(".edit", slug=slug, part=part, key=key, language=language), 303)
    entry = get_entry(db.session(), consultation_here(), key)
    return setup_page(
        "entry", part, form, kind=part, entry=entry, texts=entry.texts, fields=fields_of(entry.kind),
        language=language,
    )  # fmt: skip


@blueprint.post(f"{HERE}/<key>/move")
@access(FACILITATOR)
def move(slug: str, part: str, key: str) -> ResponseReturnValue:
    """Let an entry change places with its neighbour."""
    form = SetupForm()
    act = partial(move_entry, consultation=consultation_here(), key=key, way=way_asked())
    if tried(form, lambda session, account: act(session, by=account)):
        return redirect(url_for(".index", slug=slug, part=part, _anchor=f"entry-{key}"), 303)
    return _list(_kind(part), form)


@blueprint.post(f"{HERE}/<key>/remove")
@access(FACILITATOR)
def remove(slug: str, part: str, key: str) -> ResponseReturnValue:
    """Take an entry away that nothing refers to."""
    form = SetupForm()
    act = partial(remove_entry, consultation=consultation_here(), key=key)
    if tried(form, lambda session, account: act(session, by=account)):
        flash(_("Removed."), "done")
        return redirect(url_for(".index", slug=slug, part=part), 303)
    return _list(_kind(part), form)


def _kind(part: str) -> EntryKind:
    if part not in set(EntryKind):
        raise NotFound
    return EntryKind(part)


def _list(kind: EntryKind, form: SetupForm) -> ResponseReturnValue:
    entries = background_of(db.session(), consultation_here(), kind)
    return setup_page("entries", kind.value, form, kind=kind.value, entries=entries)
