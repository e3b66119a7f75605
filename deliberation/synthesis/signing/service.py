"""Proposing a version, answering it, and what members say beside it. Publishing is in `publishing`."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotAllowed, NotFound, Refused, marked
from deliberation.base.text import clean_text
from deliberation.consultations.models import Consultation
from deliberation.consultations.queries import roles_of
from deliberation.consultations.service import lock_consultation
from deliberation.moderation.acts import Actor, record, require_facilitator
from deliberation.moderation.models import ActKind
from deliberation.synthesis.signing.keeping import sealed
from deliberation.synthesis.signing.models import (
    ANSWER_LENGTH,
    MINORITY_LENGTH,
    NOTE_LENGTH,
    TITLE_LENGTH,
    MinorityName,
    MinorityReportRow,
    Quorum,
    SignatureRow,
    SignOffRule,
    SynthesisVersion,
)
from deliberation.synthesis.signing.policies import changed_parts, may_sign, parts_of
from deliberation.synthesis.signing.queries import members_of, rule_of
from deliberation.synthesis.writers.report import Answer, Report, Standing


class NotAMember(NotAllowed):
    """The account is not in the working group."""

    default = marked("Only members of the working group may do that.")


class NotOpen(Conflict):
    """The version no longer waits for answers."""

    default = marked("This version is no longer open for answers: it was published, replaced or taken back.")


class ProposedMeanwhile(Conflict):
    """Somebody else proposed at the same time."""

    default = marked("Another member has proposed a version just now. Look at it first; your draft is kept.")


class NothingChanged(Conflict):
    """The draft says what the version before says."""

    default = marked("Nothing has changed since version %(number)s. There is nothing new to sign.")


def require_member(session: Session, consultation_id: int, by: int) -> None:
    """Raise NotAMember unless the account is in the working group."""
    if not may_sign(roles_of(session, consultation_id=consultation_id, account_id=by)):
        raise NotAMember


def set_rule(
    session: Session, *, consultation: Consultation, quorum: Quorum, replies_to_objections: bool, by: Actor
) -> SignOffRule:
    """Set the rule for versions that are proposed from now on. One row in the public log.

    Raises NotAFacilitator, and Conflict where that is the rule already.
    """
    require_facilitator(session, consultation.id, by)
    lock_consultation(session, consultation.id)
    if rule_of(session, consultation.id) == (quorum, replies_to_objections):
        raise Conflict(marked("That is the rule already. Nothing has changed."))
    rule = session.get(SignOffRule, consultation.id)
    if rule is None:
        rule = SignOffRule(consultation_id=consultation.id)
        session.add(rule)
    rule.quorum, rule.replies_to_objections = quorum, replies_to_objections
    details = {"setting": "sign_off", "quorum": quorum, "replies_to_objections": replies_to_objections}
    record(session, ActKind.CHANGE_SETTING, consultation_id=consultation.id, by=by, details=details)
    return rule


def propose(
    session: Session,
    *,
    consultation: Consultation,
    report: Report,
    snapshot_id: int | None,
    by: int,
    note: str = "",
) -> SynthesisVersion:
    """Ask the working group to sign the report as it is, and return the version.

    It replaces one that waits for answers. Everybody in the group now is asked; whoever answered the one it
    replaces finds that answer, and which parts have changed since. Raises NotAMember; NothingChanged;
    ProposedMeanwhile; Refused at `note` for one that is too long.
    """
    require_member(session, consultation.id, by)
    note = _within(clean_text(note), NOTE_LENGTH, "note")
    lock_consultation(session, consultation.id)
    latest = _latest(session, consultation.id)
    parts = parts_of(report)
    if latest is not None and latest.parts == parts:
        raise NothingChanged(number=latest.number)
    moment = now()
    number = latest.number + 1 if latest else 1
    _close_open(session, consultation.id)
    quorum, replies = rule_of(session, consultation.id)
    kept = sealed(replace(report, standing=Standing.PROPOSED, version=number, dated=moment))
    version = SynthesisVersion(
        consultation_id=consultation.id, number=number, snapshot_id=snapshot_id, language=report.language,
        proposed_at=moment,
        proposed_by_id=by, note=note, quorum=quorum, replies_to_objections=replies, parts=parts, erased={},
        digest=kept.digest, salts=kept.salts, content=kept.content,
    )  # fmt: skip
    session.add(version)
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError:
        raise ProposedMeanwhile from None
    earlier = _earlier_answers(latest, changed_parts(latest.parts, parts)) if latest else {}
    version.signatures = [
        SignatureRow(
            account_id=member.id, name=member.name, asked_at=moment, text="", reply="",
            earlier=earlier.get(member.id),
        )
        for member in members_of(session, consultation.id)
    ]  # fmt: skip
    session.flush()
    return version


def answer(
    session: Session, *, version: SynthesisVersion, by: int, answer: Answer, text: str = ""
) -> SignatureRow:
    """Take down the member's answer, in place of an earlier one to this version.

    An objection in other words than before waits for a reply again. Raises NotAMember; NotOpen; Refused at
    `text` where reservations or an objection say nothing, or too much.
    """
    require_member(session, version.consultation_id, by)
    text = _within(clean_text(text), ANSWER_LENGTH, "text")
    if answer is Answer.APPROVES:
        text = ""
    elif not text:
        raise Refused(
            marked("Say in a sentence or two what you would want otherwise. It is read with the synthesis."),
            field="text",
        )
    lock_open(session, version)
    row = _signature(session, version, by)
    if (row.answer, row.text) != (answer, text):
        row.reply, row.replied_at = "", None
    row.answer, row.text, row.answered_at = answer, text, now()
    session.flush()
    return row


def reply(
    session: Session, *, version: SynthesisVersion, signature_id: int, by: int, text: str
) -> SignatureRow:
    """Answer an objection for the group. Whoever objected cannot answer themselves.

    Raises NotAMember, NotOpen, NotFound, NotAllowed, Conflict where there is a reply already, Refused at
    `text`.
    """
    require_member(session, version.consultation_id, by)
    text = _within(clean_text(text), ANSWER_LENGTH, "text")
    if not text:
        raise Refused(marked("Write what the group answers."), field="text")
    lock_open(session, version)
    row = session.get(SignatureRow, signature_id, populate_existing=True)
    if row is None or row.version_id != version.id or row.answer is not Answer.OBJECTS:
        raise NotFound
    if row.account_id == by:
        raise NotAllowed(marked("Somebody else in the group answers your objection."))
    if row.reply and row.reply != text:
        raise Conflict(
            marked("Another member has answered this objection already: “%(reply)s”"), reply=row.reply
        )
    row.reply, row.replied_at = text, row.replied_at or now()
    session.flush()
    return row


def add_minority_report(
    session: Session, *, version: SynthesisVersion, by: int, title: str, text: str
) -> MinorityReportRow:
    """Add what a member wants to be read with the version. Others can put their name to it.

    Raises NotAMember, NotOpen, Refused at `title` and, for the text, at `body`.
    """
    require_member(session, version.consultation_id, by)
    title = _within(clean_text(title), TITLE_LENGTH, "title")
    text = _within(clean_text(text), MINORITY_LENGTH, "body")
    for field, value in (("title", title), ("body", text)):
        if not value:
            raise Refused(marked("This is needed: it is read with the synthesis."), field=field)
    lock_open(session, version)
    row = MinorityReportRow(version_id=version.id, title=title, text=text, written_at=now())
    row.names = [_named(session, by)]
    session.add(row)
    session.flush()
    return row


def join_minority_report(session: Session, *, version: SynthesisVersion, report_id: int, by: int) -> None:
    """Put the member's name to a minority report; twice is once. Raises NotAMember, NotOpen, NotFound."""
    require_member(session, version.consultation_id, by)
    lock_open(session, version)
    row = _minority_report(session, version, report_id)
    if by not in {name.account_id for name in row.names}:
        row.names.append(_named(session, by))
        session.flush()


def leave_minority_report(session: Session, *, version: SynthesisVersion, report_id: int, by: int) -> None:
    """Take the member's name back; without any name the report goes. Raises NotAMember, NotOpen, NotFound."""
    require_member(session, version.consultation_id, by)
    lock_open(session, version)
    row = _minority_report(session, version, report_id)
    for name in [name for name in row.names if name.account_id == by]:
        row.names.remove(name)
        session.delete(name)
    session.flush()
    if not row.names:
        session.delete(row)
        session.flush()


def take_back(session: Session, *, version: SynthesisVersion, by: int) -> None:
    """Stop asking for answers to the version. Raises NotAMember, NotOpen."""
    require_member(session, version.consultation_id, by)
    lock_open(session, version)
    version.closed_at = now()
    session.flush()


def lock_open(session: Session, version: SynthesisVersion) -> None:
    """Let nobody else at the version until this transaction ends. Raises NotOpen where it is closed."""
    closed_at = session.scalars(
        select(SynthesisVersion.closed_at)
        .where(SynthesisVersion.id == version.id)
        .with_for_update(key_share=True)
    ).one()
    if closed_at is not None:
        raise NotOpen


def _latest(session: Session, consultation_id: int) -> SynthesisVersion | None:
    return session.scalars(
        select(SynthesisVersion)
        .where(SynthesisVersion.consultation_id == consultation_id)
        .order_by(SynthesisVersion.number.desc())
        .limit(1)
        .options(selectinload(SynthesisVersion.signatures))
    ).one_or_none()


def _close_open(session: Session, consultation_id: int) -> None:
    session.execute(
        update(SynthesisVersion)
        .where(SynthesisVersion.consultation_id == consultation_id, SynthesisVersion.closed_at.is_(None))
        .values(closed_at=now())
    )


def _earlier_answers(latest: SynthesisVersion, changed: list[str]) -> dict[int, dict[str, Any]]:
    """Return what each member answered to the version before, if that was never published."""
    if latest.is_published:
        return {}
    return {
        row.account_id: {
            "version": latest.number,
            "answer": row.answer,
            "text": row.text,
            "changed": changed,
        }
        for row in latest.signatures
        if row.answer is not None and row.account_id is not None
    }


def _signature(session: Session, version: SynthesisVersion, account_id: int) -> SignatureRow:
    """Return the member's row; whoever joined the group after the version was proposed gets one."""
    wanted = select(SignatureRow).where(
        SignatureRow.version_id == version.id, SignatureRow.account_id == account_id
    )
    row = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        name = session.get_one(Account, account_id).name
        row = SignatureRow(
            version_id=version.id, account_id=account_id, name=name, asked_at=now(), text="", reply=""
        )
        session.add(row)
    return row


def _minority_report(session: Session, version: SynthesisVersion, report_id: int) -> MinorityReportRow:
    row = session.get(MinorityReportRow, report_id, options=[selectinload(MinorityReportRow.names)])
    if row is None or row.version_id != version.id:
        raise NotFound
    return row


def _named(session: Session, account_id: int) -> MinorityName:
    return MinorityName(account_id=account_id, name=session.get_one(Account, account_id).name)


def _within(text: str, length: int, field: str) -> str:
    if len(text) > length:
        raise Refused(marked("This is %(extra)s characters too long."), field=field, extra=len(text) - length)
    return text


def unanswered(
    session: Session, *, version: SynthesisVersion, asked_before: datetime | None = None
) -> list[Account]:
    """Return who in the group has not answered, and note that they are reminded now.

    With `asked_before`, only those who were asked, or reminded last, before that. Raises NotOpen.
    """
    lock_open(session, version)
    members = {account.id: account for account in members_of(session, version.consultation_id)}
    due = [
        row
        for row in version.signatures
        if row.answer is None
        and row.account_id in members
        and (asked_before is None or (row.reminded_at or row.asked_at) < asked_before)
    ]
    for row in due:
        row.reminded_at = now()
    session.flush()
    return [members[row.account_id] for row in due if row.account_id is not None]
