"""From the draft to a version, and from a signed version to a published one, with what both have to say."""

from dataclasses import dataclass

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from deliberation.base.clock import now
from deliberation.consultations.models import Consultation
from deliberation.synthesis.citing import EvidenceMismatch
from deliberation.synthesis.drafting import get_draft
from deliberation.synthesis.evidence import mismatches
from deliberation.synthesis.frozen import frozen
from deliberation.synthesis.reports import draft_report, without_changes
from deliberation.synthesis.signing.comparing import differences
from deliberation.synthesis.signing.keeping import report_of
from deliberation.synthesis.signing.models import SynthesisVersion
from deliberation.synthesis.signing.publishing import publish
from deliberation.synthesis.signing.wording import change_words, citation, rule_words
from deliberation.synthesis.words import words_in
from deliberation.synthesis.writers.report import Report


@dataclass(frozen=True, slots=True)
class DraftToSign:
    """The draft as it would be proposed."""

    report: Report
    snapshot_id: int


def draft_to_sign(session: Session, *, consultation: Consultation, base_url: str) -> DraftToSign:
    """Return the draft as it is to be frozen.

    Raises NotFound where no draft has been begun, and EvidenceMismatch, naming the finding, where a cited
    count is not the snapshot's.
    """
    draft = get_draft(session, consultation.id)
    wrong = mismatches(session, draft=draft)
    if wrong:
        raise EvidenceMismatch.of(wrong[0])
    report = without_changes(draft_report(session, draft=draft, base_url=base_url))
    return DraftToSign(report, draft.snapshot_id)


def publish_version(
    session: Session, *, version: SynthesisVersion, by: int, address: str, package_address: str
) -> SynthesisVersion:
    """Publish the version with what it says of itself in its own language: rule, changes, how to cite.

    The addresses are whole. Raises EvidenceMismatch, naming the finding, where a count in it is not the
    snapshot's, and what `publishing.publish` raises.
    """
    words, moment = words_in(version.language), now()
    report = report_of(version, words)
    _require_true(session, version, report)
    with force_locale(version.language):
        return publish(
            session,
            version=version,
            by=by,
            words=words,
            rule=rule_words(version.quorum, version.replies_to_objections),
            changes=_changes(session, version, report),
            address=address,
            package_address=package_address if version.snapshot_id is not None else "",
            cite_as=citation(report, version=version.number, moment=moment, address=address),
        )


def _require_true(session: Session, version: SynthesisVersion, report: Report) -> None:
    if version.snapshot is None:
        return
    counts = frozen(session, version.snapshot).counts
    for finding in report.findings:
        for idea in finding.ideas:
            votes = counts.get(idea.number)
            if votes is None or (votes.agrees, votes.disagrees, votes.passes) != (
                idea.agrees, idea.disagrees, idea.passes,
            ):  # fmt: skip
                raise EvidenceMismatch(
                    finding=finding.number, idea=idea.number, snapshot=version.snapshot.number
                )


def _changes(session: Session, version: SynthesisVersion, report: Report) -> list[str]:
    """Return what has changed since the version that was published last, in the language of the moment."""
    before = session.scalars(
        select(SynthesisVersion)
        .where(
            SynthesisVersion.consultation_id == version.consultation_id,
            SynthesisVersion.published_at.is_not(None),
            SynthesisVersion.number < version.number,
        )
        .order_by(SynthesisVersion.number.desc())
        .limit(1)
        .options(undefer(SynthesisVersion.content), undefer(SynthesisVersion.erased))
    ).one_or_none()
    if before is None:
        return []
    earlier = report_of(before, words_in(before.language))
    return [change_words(found) for found in differences(earlier, report)]
