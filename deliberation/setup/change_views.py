"""What changed in the texts: one change for every reader, all of them for the facilitators."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.errors import NotFound
from deliberation.base.paging import Page, offset_of
from deliberation.consultations.background import EntryKind
from deliberation.consultations.changes import TextChange
from deliberation.consultations.models import Consultation
from deliberation.consultations.queries import background_of, threads_of
from deliberation.consultations.scope import FACILITATOR, VISITOR, current_place
from deliberation.consultations.wording import language_name, said
from deliberation.ideas.wording import changes
from deliberation.moderation.views import page_number
from deliberation.setup.pages import ENTRY_NAMES, setup_page
from deliberation.web.access import access
from deliberation.web.extensions import db

blueprint = Blueprint("changes", __name__)

CHANGES_ON_PAGE: Final = 30
FIELD_NAMES: Final[dict[str, Any]] = {
    "title": _l("Title"),
    "kicker": _l("Line above the title"),
    "introduction": _l("Introduction"),
    "organiser": _l("Who asks, and the licence of what people write"),
    "question": _l("Question"),
    "lead": _l("A sentence that helps to answer it"),
    "body": _l("Text"),
    "forms": _l("How the word is written in texts"),
}


@dataclass(frozen=True, slots=True)
class Changed:
    """One change as a page shows it: of what, in which language, when, and each field word by word."""

    id: int
    of: str
    language: str
    language_name: str
    at: Any
    steps: tuple[tuple[Any, Any], ...]


@blueprint.get("/c/<slug>/changes/<int:number>")
@access(VISITOR)
def show(slug: str, number: int) -> ResponseReturnValue:
    """Show what a text said before and what it says since."""
    consultation = current_place().consultation
    change = db.session.scalar(
        select(TextChange).where(TextChange.consultation_id == consultation.id, TextChange.id == number)
    )
    if change is None:
        raise NotFound
    return render_template("setup/change.html", change=_told(change, Names(db.session(), consultation)))


@blueprint.get("/c/<slug>/setup/changes")
@access(FACILITATOR)
def index(slug: str) -> ResponseReturnValue:
    """List every change of a text, those of the draft too."""
    session, consultation = db.session(), current_place().consultation
    here = TextChange.consultation_id == consultation.id
    total = session.scalar(select(func.count()).where(here)) or 0
    page: Page[Changed] = Page((), page_number(), CHANGES_ON_PAGE, total)
    if page.number > page.pages:
        raise NotFound
    found = session.scalars(
        select(TextChange)
        .where(here)
        .order_by(TextChange.id.desc())
        .limit(CHANGES_ON_PAGE)
        .offset(offset_of(page.number, CHANGES_ON_PAGE))
    ).all()
    names = Names(session, consultation)
    page = Page(tuple(_told(change, names) for change in found), page.number, CHANGES_ON_PAGE, total)
    return setup_page("changes", "settings", page=page)


class Names:
    """What the things with texts are called, for this reader (two statements)."""

    def __init__(self, session: Session, consultation: Consultation) -> None:
        """Read them."""
        source = consultation.source_language
        self._threads = {thread.id: thread.number for thread in threads_of(session, consultation)}
        self._entries = {
            entry.id: (entry.kind, said(entry.texts, source=source).words.title)
            for entry in background_of(session, consultation)
        }

    def of(self, change: TextChange) -> str:
        """Return what the change is about, in words."""
        if change.thread_id is not None:
            return _("Question %(number)s", number=self._threads.get(change.thread_id, ""))
        if change.entry_id is not None:
            kind, title = self._entries.get(change.entry_id, (EntryKind.NOTE, ""))
            return _("%(kind)s: %(title)s", kind=ENTRY_NAMES[kind], title=title)
        return _("Title and introduction")


def _told(change: TextChange, names: Names) -> Changed:
    return Changed(
        id=change.id,
        of=names.of(change),
        language=change.language,
        language_name=language_name(change.language),
        at=change.changed_at,
        steps=tuple(
            (FIELD_NAMES.get(name, name), changes(before, change.after.get(name, "")))
            for name, before in change.before.items()
        ),
    )
