"""What all pages of set-up have in common: the list of sections, the language asked for, saving a text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flask import flash, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, NotFound, Refused
from deliberation.consultations.background import EntryKind
from deliberation.consultations.changes import TextChange
from deliberation.consultations.models import Consultation
from deliberation.consultations.queries import may_create
from deliberation.consultations.scope import current_place
from deliberation.consultations.wording import language_name
from deliberation.setup.creating import NotAnOrganiser
from deliberation.setup.forms import SetupForm, TextForm
from deliberation.setup.languages import languages_of
from deliberation.setup.texts import TextMoved, fingerprint, text_in, words_of
from deliberation.web.access import SIGNED_IN, Access
from deliberation.web.extensions import db


@dataclass(frozen=True, slots=True)
class Section:
    """One part of set-up, and where it is."""

    key: str
    name: Any
    endpoint: str
    values: Mapping[str, str] = field(default_factory=dict)

    def address(self, slug: str) -> str:
        """Return the section's page for this consultation."""
        values: dict[str, Any] = {**self.values, "slug": slug}
        return url_for(self.endpoint, **values)


def _of_entries(kind: EntryKind, name: Any) -> Section:
    return Section(kind.value, name, "setup_entries.index", {"part": kind.value})


ENTRY_NAMES: Final = {
    EntryKind.TASK_FORCE: _l("Who asks"),
    EntryKind.NOTE: _l("Notes"),
    EntryKind.GLOSSARY: _l("Glossary"),
    EntryKind.AREA: _l("Areas"),
    EntryKind.PROPOSAL_CATEGORY: _l("Related proposals"),
    EntryKind.RULE: _l("Rules"),
}
SECTIONS: Final = (
    Section("overview", _l("Ready to open?"), "setup.overview"),
    Section("words", _l("Title and introduction"), "setup.words"),
    Section("threads", _l("Questions"), "setup_threads.index"),
    *(_of_entries(kind, name) for kind, name in ENTRY_NAMES.items()),
    Section("tags", _l("Tags"), "setup.tags"),
    Section("languages", _l("Languages"), "setup.languages"),
    Section("people", _l("People"), "setup_people.index"),
    Section("dates", _l("Dates"), "setup.dates"),
    Section("settings", _l("Settings"), "setup.settings"),
)
"""The parts of set-up, in the order of the list. Another room that is set up here adds its own row."""


def _organising() -> None:
    SIGNED_IN.check()
    if not may_create(db.session(), current_user.account_id):
        raise NotAnOrganiser


ORGANISER = Access("organiser", _organising)
"""Whoever may write new consultations on this site."""


def setup_page(template: str, section: str, form: SetupForm | None = None, **more: Any) -> tuple[str, int]:
    """Return the page of the section, with the list of all sections beside it."""
    consultation = current_place().consultation
    keys = [one.key for one in SECTIONS]
    after = keys.index(section) + 1
    page = render_template(
        f"setup/{template}.html",
        sections=SECTIONS,
        section=section,
        section_name=SECTIONS[after - 1].name,
        next_section=SECTIONS[after] if after < len(SECTIONS) else None,
        setup_languages=languages_of(consultation),
        language_name=language_name,
        form=form,
        **more,
    )
    return page, form.status if form else 200


def asked_language() -> str:
    """Return the language that is edited. Raises NotFound for one that the consultation does not have."""
    consultation = current_place().consultation
    asked = request.form.get("language") if request.method == "POST" else request.args.get("language")
    language = asked or consultation.source_language
    if language not in languages_of(consultation):
        raise NotFound
    return language


def text_form(kind: type[TextForm], fields: Sequence[Any], texts: Sequence[Any], language: str) -> TextForm:
    """Return the form for the text in this language, as it stands now or as it was sent."""
    text = text_in(texts, language)
    words = words_of(text, fields)
    is_source = language == current_place().consultation.source_language
    is_translation = bool(text.is_translation) if text else not is_source
    # A form that is only shown must not be read: an empty box would count as one that was unticked.
    sent = {} if request.method == "POST" else {"formdata": None}
    form = kind(data={**words, "is_translation": is_translation}, **sent)
    form.fields = tuple(fields)
    if not form.is_submitted():
        form.language.data = language
        form.seen.data = fingerprint(words, is_translation=bool(text and text.is_translation))
    return form


def saved(form: TextForm, save: Callable[..., TextChange | None]) -> bool:
    """Save what was typed and say so; False where it was not sent, only looked at, or refused."""
    if form.wants_look or not form.validate_on_submit():
        return False
    try:
        change = save(db.session(), draft=form.draft, by=current_user.account_id)
    except TextMoved as moved:
        db.session.rollback()
        g.pop("place", None)
        form.met_another(moved)
        return False
    except Refused as refusal:
        db.session.rollback()
        g.pop("place", None)
        form.refuse(refusal)
        return False
    db.session.commit()
    flash(_("Saved.") if change else _("It said that already. Nothing has changed."), "done")
    return True


def tried(form: SetupForm, act: Callable[[Session, int], Any]) -> Any | None:
    """Return what the act returns, done and committed; None where the form was refused or came too late."""
    if not form.validate_on_submit():
        return None
    try:
        result = act(db.session(), current_user.account_id)
    except Refused as refusal:
        db.session.rollback()
        g.pop("place", None)
        form.refuse(refusal)
        return None
    except Conflict as conflict:
        db.session.rollback()
        g.pop("place", None)
        form.came_too_late(conflict)
        return None
    db.session.commit()
    return result if result is not None else True


def consultation_here() -> Consultation:
    """Return the consultation that is set up."""
    return current_place().consultation
