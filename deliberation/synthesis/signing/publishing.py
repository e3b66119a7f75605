"""Publishing a version that is signed, and erasing somebody's words from what was published."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotFound, marked
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import RoleName
from deliberation.ideas.models import Idea
from deliberation.ideas.queries import revisions_of
from deliberation.jobs.service import enqueue
from deliberation.moderation.acts import Actor, record, require_facilitator, stated_reason
from deliberation.moderation.models import ActKind
from deliberation.synthesis.prepared.service import forget_files
from deliberation.synthesis.signing.keeping import erase_texts, report_of, sealed
from deliberation.synthesis.signing.models import MinorityReportRow, SignatureRow, SynthesisVersion
from deliberation.synthesis.signing.queries import tally_of
from deliberation.synthesis.signing.service import lock_open, require_member
from deliberation.synthesis.writers.report import MinorityReport, Report, Signature, SignOff, Standing
from deliberation.synthesis.writers.words import Words

MAKE_PACKAGE = "synthesis.package"


class NotSigned(Conflict):
    """The rule is not met."""

    default = marked("This version is not signed yet, so it cannot be published.")


def publish(
    session: Session,
    *,
    version: SynthesisVersion,
    by: int,
    words: Words,
    rule: str,
    changes: Iterable[str],
    address: str,
    package_address: str,
    cite_as: str,
) -> SynthesisVersion:
    """Let everybody read the version, for good, with the signatures as they are now.

    `rule` and `changes` are sentences in the report's language, the addresses whole. One row in the public
    log; the evidence package is made as a job. Of two members who publish at once, one is told that it is
    done. Raises NotAMember, NotOpen, NotSigned.
    """
    require_member(session, version.consultation_id, by)
    lock_open(session, version)
    session.refresh(version, ["signatures", "minority_reports"])
    if not tally_of(session, version).is_signed:
        raise NotSigned
    moment = now()
    report = report_of(version, words)
    published = replace(
        report,
        standing=Standing.PUBLISHED,
        dated=moment,
        sign_off=signed_off(version, rule=rule),
        changes=tuple(changes),
        address=address,
        cite_as=cite_as,
        evidence=replace(report.evidence, package_address=package_address),
    )
    kept = sealed(published)
    version.content, version.digest, version.salts = kept.content, kept.digest, dict(kept.salts)
    version.closed_at = version.published_at = moment
    record(
        session, ActKind.PUBLISH_SYNTHESIS, consultation_id=version.consultation_id, by=by, at=moment,
        role=RoleName.WORKING_GROUP, details={"version": version.number, "digest": kept.digest},
    )  # fmt: skip
    enqueue(
        session,
        kind=MAKE_PACKAGE,
        arguments={"version_id": version.id},
        cause="a synthesis was published",
        topic=f"version {version.id}",
    )
    session.flush()
    return version


def signed_off(version: SynthesisVersion, *, rule: str) -> SignOff:
    """Return who stands behind the version as it is now: answers first, then who has not answered."""
    rows = sorted(version.signatures, key=lambda row: (row.answer is None, row.name, row.id))
    return SignOff(
        rule=rule,
        signatures=tuple(_signature(row) for row in rows),
        minority_reports=tuple(_minority_report(row) for row in version.minority_reports),
    )


def with_sign_off(report: Report, version: SynthesisVersion, *, rule: str) -> Report:
    """Return the report of a version that waits for answers, with those there are."""
    return replace(report, sign_off=signed_off(version, rule=rule))


def erase_statement(
    session: Session, *, consultation: Consultation, idea_number: int, by: Actor, reason: str, tombstone: str
) -> int:
    """Erase what an idea says, in every wording, from every version; return how many texts went.

    Numbers and digests stay, and each version says that words were erased. The idea itself is not touched:
    hide or withdraw it as well. One row in the public log. Raises NotAFacilitator, Refused at `reason`,
    NotFound.
    """
    require_facilitator(session, consultation.id, by)
    reason = stated_reason(reason)
    idea = session.scalars(
        select(Idea).where(Idea.consultation_id == consultation.id, Idea.number == idea_number)
    ).one_or_none()
    if idea is None:
        raise NotFound
    said = {wording.statement for wording in revisions_of(session, idea)} | {idea.statement}
    versions = session.scalars(
        select(SynthesisVersion)
        .where(SynthesisVersion.consultation_id == consultation.id)
        .options(
            undefer(SynthesisVersion.content),
            undefer(SynthesisVersion.salts),
            undefer(SynthesisVersion.erased),
        )
    ).all()
    count = sum(
        erase_texts(
            session, version, is_meant=lambda text: any(words in text for words in said), tombstone=tombstone
        )
        for version in versions
    )
    record(
        session, ActKind.ERASE_TEXT, consultation_id=consultation.id, by=by, reason=reason, idea_id=idea.id,
        details={"idea": idea_number, "texts": count},
    )  # fmt: skip
    forget_files(session, consultation.id)
    for version in versions:
        if version.is_published:
            enqueue(
                session, kind=MAKE_PACKAGE, arguments={"version_id": version.id},
                cause="words were erased", topic=f"version {version.id}",
            )  # fmt: skip
    return count


def _signature(row: SignatureRow) -> Signature:
    return Signature(
        name=row.name, answer=row.answer, text=row.text, reply=row.reply, answered_on=_day(row.answered_at)
    )


def _minority_report(row: MinorityReportRow) -> MinorityReport:
    return MinorityReport(title=row.title, text=row.text, names=tuple(name.name for name in row.names))


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
