"""The consultation a request is in, and who the visitor is there. Everything is loaded through it."""

from dataclasses import dataclass
from datetime import datetime

from flask import g, request
from flask_login import current_user

from deliberation.accounts.session import guest_token
from deliberation.base.clock import now
from deliberation.base.errors import NotAllowed, NotFound, SignInRequired
from deliberation.consultations.models import Consultation, ConsultationText, Phase
from deliberation.consultations.people import Participant, RoleName
from deliberation.consultations.phases import Timetable
from deliberation.consultations.queries import (
    chosen_text,
    get_consultation,
    guest_standing,
    standing_of,
)
from deliberation.web.access import PUBLIC, SIGNED_IN, Access
from deliberation.web.extensions import db
from deliberation.web.locale import current_language

MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A consultation as this visitor sees it."""

    consultation: Consultation
    texts: ConsultationText
    timetable: Timetable
    participant: Participant | None
    roles: frozenset[RoleName]
    guest_id: int | None = None
    """The guest that this browser is, where nobody is signed in on it."""

    @property
    def slug(self) -> str:
        """The consultation's name in addresses."""
        return self.consultation.slug

    @property
    def phase(self) -> Phase:
        """The phase the consultation is in now."""
        return self.timetable.current

    @property
    def is_member(self) -> bool:
        """Whether the visitor is in the working group here."""
        return RoleName.WORKING_GROUP in self.roles

    @property
    def is_facilitator(self) -> bool:
        """Whether the visitor facilitates here."""
        return RoleName.FACILITATOR in self.roles


def current_place() -> Place:
    """Return the consultation named in the address. Raises NotFound for one the visitor may not see."""
    if "place" not in g:
        g.place = _load_place(str((request.view_args or {})["slug"]), now())
    place: Place = g.place
    return place


def _load_place(slug: str, moment: datetime) -> Place:
    session = db.session()
    consultation = get_consultation(session, slug)
    participant, roles, guest_id = None, frozenset[RoleName](), None
    if current_user.is_authenticated:
        participant, roles = standing_of(
            session, consultation_id=consultation.id, account_id=current_user.account_id
        )
    elif token := guest_token():
        guest_id, participant = guest_standing(session, consultation_id=consultation.id, token=token)
    place = Place(
        consultation,
        chosen_text(consultation.texts, language=current_language(), source=consultation.source_language),
        Timetable.of(consultation.steps, moment),
        participant,
        roles,
        guest_id,
    )
    if place.phase is Phase.DRAFT and not roles:
        raise NotFound
    return place


def asked_thread() -> int | None:
    """Return the number of the thread that `?thread=` asks for, if any. Raises NotFound for what is none."""
    asked = request.args.get("thread", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) <= MOST_DIGITS):
        raise NotFound
    return int(asked)


def _visible() -> None:
    PUBLIC.check()
    current_place()


def _participating() -> None:
    current_place()
    SIGNED_IN.check()


def can_vote() -> bool:
    """Say whether the reader could vote in an open phase: signed in, or as a guest where guests may."""
    return bool(current_user.is_authenticated or current_place().consultation.takes_guests_votes)


def can_write_ideas() -> bool:
    """Say whether the reader could write ideas in an open phase: signed in, or where guests may."""
    return bool(current_user.is_authenticated or current_place().consultation.takes_guests_ideas)


def _voting() -> None:
    if not can_vote():
        raise SignInRequired


def _writing_ideas() -> None:
    if not can_write_ideas():
        raise SignInRequired


def _being_somebody() -> None:
    if current_place().participant is None:
        SIGNED_IN.check()


def _being_a_guest() -> None:
    if current_place().guest_id is None:
        raise NotFound


def _facilitating() -> None:
    place = current_place()
    if not current_user.is_authenticated:
        raise SignInRequired
    if not place.is_facilitator:
        raise NotAllowed


def _trusted() -> None:
    place = current_place()
    SIGNED_IN.check()
    if not place.roles:
        raise NotAllowed


def _in_working_group() -> None:
    place = current_place()
    if not current_user.is_authenticated:
        raise SignInRequired
    if RoleName.WORKING_GROUP not in place.roles:
        raise NotAllowed


VISITOR = Access("visitor", _visible)
"""Everybody who may see the consultation."""
PARTICIPANT = Access("participant", _participating)
"""Whoever is signed in; taking part makes them a participant."""
VOTER = Access("voter", _voting)
"""Whoever is signed in, and guests where they may vote."""
WRITER = Access("writer", _writing_ideas)
"""Whoever is signed in, and guests where they may write ideas."""
GUEST = Access("guest", _being_a_guest)
"""A browser in which somebody takes part without an account."""
SOMEBODY = Access("somebody", _being_somebody)
"""Whoever is signed in, and guests who have taken part."""
FACILITATOR = Access("facilitator", _facilitating)
WORKING_GROUP = Access("working group", _in_working_group)
TRUSTED = Access("trusted", _trusted)
"""Facilitators and the working group."""
