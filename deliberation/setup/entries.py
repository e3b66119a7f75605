"""The background: notes, glossary, areas, categories of proposals and rules, each kind a list of its own."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, NotFound, Refused, marked
from deliberation.consultations.background import BackgroundEntry, BackgroundText, EntryKind
from deliberation.consultations.links import ProposalLink
from deliberation.consultations.models import Consultation
from deliberation.consultations.pack_schema import KEY_LENGTH
from deliberation.consultations.service import lock_consultation
from deliberation.moderation.acts import Actor, require_facilitator
from deliberation.moderation.cases import Flag
from deliberation.moderation.models import ModerationAct
from deliberation.moderation.setup_changes import Did, note_change
from deliberation.setup.fields import cleaned
from deliberation.setup.texts import fields_of, require_new_term, title_of, values_of
from deliberation.setup.threads import QUIETLY, Way, swap

MOST_ENTRIES: Final = 300
_NOT_IN_KEYS: Final = re.compile(r"[^a-z0-9]+")
_TAKEN: Final = frozenset({"new", "glossary", "areas", "proposals", "notes", "rules"})
"""Words that are places on pages or in addresses already."""


class EntryInUse(Conflict):
    """Something refers to the entry."""

    default = marked("Decisions in the log cite this rule, so it stays. You can change its words.")


def add_entry(
    session: Session, *, consultation: Consultation, kind: EntryKind, typed: Mapping[str, str], by: Actor
) -> BackgroundEntry:
    """Write one more piece of background, after the others of its kind, in the source language.

    Raises NotAFacilitator, FieldsRefused, Refused at `title` for a word that is in the glossary already.
    """
    require_facilitator(session, consultation.id, by)
    said = cleaned(fields_of(kind), typed, is_source=True)
    lock_consultation(session, consultation.id)
    if kind is EntryKind.GLOSSARY:
        require_new_term(session, consultation, said["title"], consultation.source_language)
    here = BackgroundEntry.consultation_id == consultation.id
    count, position = session.execute(
        select(func.count(), func.max(BackgroundEntry.position)).where(here)
    ).one()
    if count >= MOST_ENTRIES:
        raise Refused(marked("There is as much background here as one consultation can hold."))
    keys = set(session.scalars(select(BackgroundEntry.key).where(here)))
    entry = BackgroundEntry(
        consultation_id=consultation.id, kind=kind, key=new_key(said["title"], kind, keys),
        position=(position or 0) + 1,
    )  # fmt: skip
    values = {"forms": [], **values_of(said)}
    entry.texts = [BackgroundText(language=consultation.source_language, **values)]
    session.add(entry)
    session.flush()
    note_change(
        session, consultation, Did.ADD_ENTRY, by=by, kind=kind.value, title=title_of(entry, consultation)
    )
    return entry


def move_entry(
    session: Session, *, consultation: Consultation, key: str, way: Way, by: Actor
) -> BackgroundEntry:
    """Let the entry change places with its neighbour of the same kind. Raises NotAFacilitator, NotFound."""
    require_facilitator(session, consultation.id, by)
    lock_consultation(session, consultation.id)
    entry = get_entry(session, consultation, key)
    if swap(entries_now(session, consultation, entry.kind), entry, way):
        session.flush()
        note_change(
            session, consultation, Did.MOVE_ENTRY, by=by, kind=entry.kind.value,
            title=title_of(entry, consultation),
        )  # fmt: skip
    return entry


def remove_entry(session: Session, *, consultation: Consultation, key: str, by: Actor) -> None:
    """Take the entry away. Raises NotAFacilitator, NotFound, EntryInUse for what something refers to."""
    require_facilitator(session, consultation.id, by)
    lock_consultation(session, consultation.id)
    entry = get_entry(session, consultation, key, for_update=True)
    if session.scalar(select(exists().where(ProposalLink.entry_id == entry.id))):
        raise EntryInUse(marked("There are links in this category, so it stays. You can change its words."))
    cites = exists().where(ModerationAct.rule_id == entry.id) | exists().where(Flag.rule_id == entry.id)
    if session.scalar(select(cites)):
        raise EntryInUse
    details, entry_id = {"kind": entry.kind.value, "title": title_of(entry, consultation)}, entry.id
    session.expunge(entry)  # its texts go with it, in the database
    session.execute(
        delete(BackgroundEntry).where(BackgroundEntry.id == entry_id).execution_options(**QUIETLY)
    )
    note_change(session, consultation, Did.REMOVE_ENTRY, by=by, **details)


def get_entry(
    session: Session, consultation: Consultation, key: str, *, for_update: bool = False
) -> BackgroundEntry:
    """Return the entry with this key as it is now. Raises NotFound."""
    wanted = select(BackgroundEntry).where(
        BackgroundEntry.consultation_id == consultation.id, BackgroundEntry.key == key
    )
    if for_update:
        wanted = wanted.with_for_update()
    entry = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if entry is None:
        raise NotFound
    return entry


def entries_now(session: Session, consultation: Consultation, kind: EntryKind) -> Sequence[BackgroundEntry]:
    """Return the entries of this kind in order, as they are now."""
    return session.scalars(
        select(BackgroundEntry)
        .where(BackgroundEntry.consultation_id == consultation.id, BackgroundEntry.kind == kind)
        .order_by(BackgroundEntry.position, BackgroundEntry.id)
        .execution_options(populate_existing=True)
    ).all()


def new_key(title: str, kind: EntryKind, taken: set[str]) -> str:
    """Return a key that says what the title says, as far as letters and digits can, and is free."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    stem = _NOT_IN_KEYS.sub("-", plain.encode("ascii", "ignore").decode()).strip("-")
    stem = stem[: KEY_LENGTH - 5].strip("-") or kind.value.replace("_", "-")
    taken = taken | _TAKEN
    serial, key = 1, stem
    while key in taken:
        serial += 1
        key = f"{stem}-{serial}"
    return key
