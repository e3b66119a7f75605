"""The draft as a report: what is shown to the group, proposed, signed and published."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Consultation
from deliberation.synthesis.assembling import Written, assemble
from deliberation.synthesis.citing import Citation, Ledger, read_citations
from deliberation.synthesis.evidence import changes_of, current_findings, newer_ledger
from deliberation.synthesis.ground import Ground, frozen_ground
from deliberation.synthesis.models import DraftRecommendation, RecommendationRevision, SynthesisDraft
from deliberation.synthesis.queries import imports
from deliberation.synthesis.turnout import survey_tables
from deliberation.synthesis.writers.document import CitedIdea, GroupVotes
from deliberation.synthesis.writers.report import Finding, Recommendation, Report, Standing


def draft_report(session: Session, *, draft: SynthesisDraft, base_url: str) -> Report:
    """Return the draft as it stands, in its own language, in seventeen statements at most and three for each
    survey that says who took part.

    All numbers are those of the draft's snapshot and those that its findings cite; `evidence.mismatches` says
    whether the two agree, which proposing and publishing ask for. `Finding.changes` says what has happened to
    the cited ideas since, up to the newest snapshot; who freezes the report as a version empties them
    (`without_changes`). Of an idea that is not to be read any more the numbers stay, and a sentence stands in
    the place of its words. Needs an application context.
    """
    consultation = session.get_one(Consultation, draft.consultation_id)
    ground = frozen_ground(
        session,
        consultation=consultation,
        snapshot=draft.snapshot,
        language=draft.language,
        base_url=base_url,
    )
    with force_locale(draft.language):
        findings = _findings(session, draft, ground)
        known = {finding.number for row in findings.values() for finding in row}
        written = Written(
            heading=draft.heading,
            summary=draft.summary,
            findings=findings,
            recommendations=_recommendations(session, draft, known),
            standing=Standing.DRAFT,
        )
        report = assemble(
            ground,
            written,
            dated=draft.snapshot.taken_at,
            imported=imports(session, consultation.id),
        )
    tables = survey_tables(session, consultation_id=consultation.id, language=draft.language)
    return replace(report, turnout=replace(report.turnout, tables=tables))


def without_changes(report: Report) -> Report:
    """Return the report as it is frozen: what has changed since is the draft's alone to say."""
    return replace(
        report,
        threads=tuple(
            replace(thread, findings=tuple(replace(finding, changes=()) for finding in thread.findings))
            for thread in report.threads
        ),
    )


def current_recommendations(
    session: Session, consultation_id: int
) -> Sequence[tuple[DraftRecommendation, RecommendationRevision]]:
    """Return the recommendations that stand in the draft, in order (one statement)."""
    rows = session.execute(
        select(DraftRecommendation, RecommendationRevision)
        .join(
            RecommendationRevision,
            (RecommendationRevision.consultation_id == DraftRecommendation.consultation_id)
            & (RecommendationRevision.recommendation == DraftRecommendation.number)
            & (RecommendationRevision.number == DraftRecommendation.revision),
        )
        .where(
            DraftRecommendation.consultation_id == consultation_id,
            DraftRecommendation.removed_in.is_(None),
        )
        .order_by(DraftRecommendation.place, DraftRecommendation.number)
    )
    return [(recommendation, revision) for recommendation, revision in rows]


def _findings(session: Session, draft: SynthesisDraft, ground: Ground) -> Mapping[int, Sequence[Finding]]:
    numbers = {thread.id: thread.number for thread in ground.threads}
    ledger, ideas = newer_ledger(session, draft), ground.ideas
    found: dict[int, list[Finding]] = {}
    for row, current in current_findings(session, draft.consultation_id):
        citations = read_citations(current.citations)
        found.setdefault(numbers[row.thread_id], []).append(
            Finding(
                number=row.number,
                kind=current.kind,
                claim=current.claim,
                text=current.text,
                ideas=tuple(_cited(citation, ideas, ledger, ground) for citation in citations),
                themes=tuple(current.themes),
                letters=tuple(current.letters),
                changes=changes_of(citations, ledger),
            )
        )
    return found


def _cited(citation: Citation, ideas: Mapping[int, CitedIdea], ledger: Ledger, ground: Ground) -> CitedIdea:
    """Return the idea with the counts as they are cited, its words where they can be read."""
    idea, then = ideas.get(citation.idea), ledger.ideas.get(citation.idea)
    is_hidden = then is None or then.is_hidden
    gone = _("This idea is hidden now.") if is_hidden else _("This idea can no longer be read.")
    return CitedIdea(
        number=citation.idea,
        statement=idea.statement if idea else gone,
        language=idea.language if idea else ground.language,
        author=None,
        agrees=citation.votes.agrees,
        disagrees=citation.votes.disagrees,
        passes=citation.votes.passes,
        tags=idea.tags if idea else (),
        address=f"{ground.home}/ideas/{citation.idea}",
        groups=_in_groups(citation, ground),
    )


def _in_groups(citation: Citation, ground: Ground) -> tuple[GroupVotes | None, ...]:
    """Return the groups' votes in the order of the report's groups; none where it names none."""
    letters = [group.letter for group in ground.findings.groups] if ground.findings else []
    if not citation.groups:
        return ()
    votes = [citation.groups.get(letter) for letter in letters]
    return tuple(
        GroupVotes(agrees=one.agrees, disagrees=one.disagrees, passes=one.passes) if one else None
        for one in votes
    )


def _recommendations(session: Session, draft: SynthesisDraft, known: set[int]) -> tuple[Recommendation, ...]:
    return tuple(
        Recommendation(
            number=row.number,
            what=current.what,
            why=current.why,
            because=tuple(number for number in current.because if number in known),
            who=current.who,
            actions=current.actions,
            by_when=current.by_when,
        )
        for row, current in current_recommendations(session, draft.consultation_id)
    )
