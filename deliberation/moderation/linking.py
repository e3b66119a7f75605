"""Links to related proposals: participants add and withdraw them, facilitators hide and restore them."""

from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotAllowed, Refused, marked
from deliberation.base.text import clean_line
from deliberation.consultations.background import BackgroundEntry, EntryKind
from deliberation.consultations.links import ADDRESS_LENGTH, ProposalLink
from deliberation.consultations.models import TITLE_LENGTH, Consultation, Phase
from deliberation.consultations.people import Participant
from deliberation.consultations.phases import TAKES_VOTES, Timetable
from deliberation.consultations.service import join, lock_consultation, require_may_post
from deliberation.moderation.acts import (
    Actor,
    AlreadyDone,
    has_changed,
    record,
    require_facilitator,
    rule_named,
    stated_reason,
)
from deliberation.moderation.models import ActKind, ModerationAct

MOST_LINKS: Final = 200
"""In one consultation, hidden ones apart: what a page can show."""
TAKES_LINKS: Final = TAKES_VOTES | {Phase.DRAFT}


class LinksClosed(Conflict):
    """The phase takes no links."""

    default = marked("Links can be added while ideas are gathered and voted on.")


def add_link(
    session: Session, *, consultation: Consultation, category: str, title: str, address: str, account_id: int
) -> ProposalLink:
    """Put a link under the category of related proposals whose key this is.

    Who does so for the first time becomes a participant. Raises LinksClosed, PostingBlocked, Refused at
    `category`, `title` or `address`: only whole addresses on the web are taken, each once in a category.
    """
    if Timetable.of(consultation.steps, now()).current not in TAKES_LINKS:
        raise LinksClosed
    entry = _category(session, consultation, category)
    title, address = _clean_title(title), _clean_address(address)
    participant = join(session, consultation=consultation, account_id=account_id)
    require_may_post(session, participant)
    lock_consultation(session, consultation.id)
    shown = (
        ProposalLink.consultation_id == consultation.id,
        ProposalLink.withdrawn_at.is_(None),
    )
    if (session.scalar(select(func.count()).where(*shown)) or 0) >= MOST_LINKS:
        raise Conflict(marked("There are as many links here as a page can show."))
    same = select(ProposalLink.id).where(
        *shown, ProposalLink.entry_id == entry.id, ProposalLink.address == address
    )
    if session.scalar(same) is not None:
        raise Refused(marked("That address is in this category already."), field="address")
    link = ProposalLink(
        consultation_id=consultation.id, entry_id=entry.id, author=participant, title=title,
        address=address, created_at=now(),
    )  # fmt: skip
    session.add(link)
    session.flush()
    return link


def withdraw_link(session: Session, *, link: ProposalLink, by: Participant | None) -> None:
    """Take one's own link away; twice changes nothing. Raises NotAllowed for somebody else's."""
    if by is None or link.author_id != by.id:
        raise NotAllowed
    gone = update(ProposalLink).where(ProposalLink.id == link.id, ProposalLink.withdrawn_at.is_(None))
    has_changed(session, gone.values(withdrawn_at=now()))
    session.refresh(link, ["withdrawn_at"])


def hide_link(session: Session, *, link: ProposalLink, rule: str, reason: str, by: Actor) -> ModerationAct:
    """Hide the link from everybody but its author and the facilitators, under a house rule.

    Raises NotAFacilitator, Refused at `rule` or `reason`, AlreadyDone.
    """
    require_facilitator(session, link.consultation_id, by)
    rule_id = rule_named(session, link.consultation_id, rule)
    reason, moment = stated_reason(reason), now()
    hidden = update(ProposalLink).where(ProposalLink.id == link.id, ProposalLink.hidden_at.is_(None))
    if not has_changed(session, hidden.values(hidden_at=moment)):
        raise AlreadyDone(marked("The link is already hidden. Nothing has changed."))
    session.refresh(link, ["hidden_at"])
    return record(
        session, ActKind.HIDE_LINK, consultation_id=link.consultation_id, by=by, reason=reason, at=moment,
        rule_id=rule_id, details={"link": link.id},
    )  # fmt: skip


def restore_link(session: Session, *, link: ProposalLink, reason: str, by: Actor) -> ModerationAct:
    """Let everybody see the link again. Raises NotAFacilitator, Refused at `reason`, AlreadyDone."""
    require_facilitator(session, link.consultation_id, by)
    reason = stated_reason(reason)
    shown = update(ProposalLink).where(ProposalLink.id == link.id, ProposalLink.hidden_at.is_not(None))
    if not has_changed(session, shown.values(hidden_at=None)):
        raise AlreadyDone(marked("The link is not hidden. Nothing has changed."))
    session.refresh(link, ["hidden_at"])
    return record(
        session, ActKind.RESTORE_LINK, consultation_id=link.consultation_id, by=by, reason=reason,
        details={"link": link.id},
    )  # fmt: skip


def _category(session: Session, consultation: Consultation, key: str) -> BackgroundEntry:
    entry = session.scalars(
        select(BackgroundEntry).where(
            BackgroundEntry.consultation_id == consultation.id,
            BackgroundEntry.kind == EntryKind.PROPOSAL_CATEGORY,
            BackgroundEntry.key == clean_line(key),
        )
    ).one_or_none()
    if entry is None:
        raise Refused(marked("Choose one of the categories."), field="category")
    return entry


def _clean_title(title: str) -> str:
    title = clean_line(title)
    if not title:
        raise Refused(marked("Write what the proposal is called."), field="title")
    if len(title) > TITLE_LENGTH:
        sentence = marked("That is %(extra)s characters too long.")
        raise Refused(sentence, field="title", extra=len(title) - TITLE_LENGTH)
    return title


def _clean_address(address: str) -> str:
    """Return the address. Only the web's own schemes are taken: no script, no mail, no file."""
    address = clean_line(address)
    wrong = Refused(marked("Write a whole address that begins with http:// or https://."), field="address")
    try:
        parts = urlsplit(address)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and "." in str(parts.hostname)
        is_whole = is_whole and parts.username is None and parts.password is None and " " not in address
    except ValueError:
        raise wrong from None
    if not is_whole or "\\" in address:
        raise wrong
    if len(address) > ADDRESS_LENGTH:
        sentence = marked("That is %(extra)s characters too long.")
        raise Refused(sentence, field="address", extra=len(address) - ADDRESS_LENGTH)
    return address
