"""A consultation from nothing, or from another one. Only people who may create consultations do this."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import NotAllowed, Refused, marked
from deliberation.consultations.models import SLUG_LENGTH, Consultation, ConsultationText, Phase
from deliberation.consultations.pack_schema import is_key, is_language, parse_pack
from deliberation.consultations.people import RoleName
from deliberation.consultations.queries import find_consultation, may_create
from deliberation.consultations.service import grant_role, lock_consultation
from deliberation.exchange.packs import load_pack
from deliberation.moderation.acts import Actor, require_facilitator
from deliberation.moderation.setup_changes import has_begun
from deliberation.setup.fields import OWN, FieldsRefused, cleaned
from deliberation.setup.languages import MOST_LANGUAGES
from deliberation.setup.packing import document_of
from deliberation.setup.texts import values_of

_NOT_IN_SLUGS: Final = re.compile(r"[^a-z0-9]+")
_KEPT_FREE: Final = frozenset({"new"})


class NotAnOrganiser(NotAllowed):
    """The account may not create consultations."""

    default = marked("You may not write new consultations here. Whoever runs the site can let you.")


def create_consultation(
    session: Session, *, title: str, slug: str, language: str, further: Sequence[str], account_id: int
) -> Consultation:
    """Begin a draft that only its people see; whoever begins it facilitates it.

    Without a slug one is made of the title. Raises NotAnOrganiser, and FieldsRefused at `title`, `slug`,
    `language` or `further`.
    """
    if not may_create(session, account_id):
        raise NotAnOrganiser
    said: dict[str, str] = {}
    faults: list[Refused] = []
    try:
        said = cleaned(OWN, {"title": title}, is_source=True)
    except FieldsRefused as refusal:
        faults += refusal.faults
    try:
        slug = free_slug(session, slug or suggested_slug(title))
    except Refused as refusal:
        faults.append(refusal)
    if not is_language(language):
        faults.append(Refused(marked("Choose the language that it is written in first."), field="language"))
    if len(further) >= MOST_LANGUAGES or not all(is_language(code) for code in further):
        faults.append(Refused(marked("Choose languages from the list."), field="further"))
    if faults:
        raise FieldsRefused(faults)
    consultation = Consultation(
        slug=slug, source_language=language, created_at=now(),
        further_languages=[code for code in dict.fromkeys(further) if code != language],
    )  # fmt: skip
    values = values_of(said)
    consultation.texts = [ConsultationText(language=language, **values)]
    _insert(session, consultation)
    grant_role(session, consultation_id=consultation.id, account_id=account_id, role=RoleName.FACILITATOR)
    return consultation


def copy_consultation(
    session: Session, *, consultation: Consultation, slug: str, account_id: int
) -> Consultation:
    """Begin a new draft with the same texts, questions, background and tags, without what people made.

    Raises NotAFacilitator, NotAnOrganiser, Refused at `slug`.
    """
    require_facilitator(session, consultation.id, account_id)
    if not may_create(session, account_id):
        raise NotAnOrganiser
    slug = free_slug(session, slug)
    pack = parse_pack(document_of(session, consultation))
    copy = load_pack(session, replace(pack, slug=slug, starts={}, opens=Phase.DRAFT))
    copy.further_languages = list(consultation.further_languages)
    copy.two_to_hide = consultation.two_to_hide
    grant_role(session, consultation_id=copy.id, account_id=account_id, role=RoleName.FACILITATOR)
    return copy


def rename_slug(session: Session, *, consultation: Consultation, slug: str, by: Actor) -> None:
    """Give a draft another address. Raises NotAFacilitator, Refused at `slug`, also once it has begun."""
    require_facilitator(session, consultation.id, by)
    lock_consultation(session, consultation.id)
    if has_begun(consultation):
        raise Refused(marked("People have links to this address, so it stays."), field="slug")
    if slug == consultation.slug:
        return
    consultation.slug = free_slug(session, slug)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as clash:
        session.expire(consultation)
        raise _taken() from clash


def free_slug(session: Session, slug: str) -> str:
    """Return the slug. Raises Refused at `slug` where it is badly written or taken."""
    slug = slug.strip().lower()
    if not is_key(slug) or slug in _KEPT_FREE or len(slug) > SLUG_LENGTH:
        sentence = marked("Use small letters a–z, digits and single hyphens, at most %(most)s in all.")
        raise Refused(sentence, field="slug", most=SLUG_LENGTH)
    if find_consultation(session, slug) is not None:
        raise _taken()
    return slug


def suggested_slug(title: str) -> str:
    """Return an address made of the title's letters; empty where it has none that an address can hold."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    return _NOT_IN_SLUGS.sub("-", plain).strip("-")[:SLUG_LENGTH].strip("-")


def _insert(session: Session, consultation: Consultation) -> None:
    try:
        with session.begin_nested():
            session.add(consultation)
    except IntegrityError as clash:
        raise FieldsRefused([_taken()]) from clash


def _taken() -> Refused:
    return Refused(marked("Another consultation has this address. Choose another one."), field="slug")
