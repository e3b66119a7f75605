"""Evidence that holds: what has changed under a claim since it was written, and taking its numbers anew."""

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.analysis.intervals import Interval, wilson_interval
from deliberation.insights.findings import Votes
from deliberation.insights.models import Snapshot
from deliberation.synthesis.citing import Citation, Ledger, Mismatch, mismatched, read_citations
from deliberation.synthesis.drafting import note, open_to_write
from deliberation.synthesis.findings import get_finding, revise
from deliberation.synthesis.frozen import newest_snapshot
from deliberation.synthesis.models import Deed, DraftFinding, FindingRevision, SynthesisDraft
from deliberation.synthesis.writers.numbers import format_count, format_interval
from deliberation.web.locale import current_language


def current_findings(
    session: Session, consultation_id: int
) -> Sequence[tuple[DraftFinding, FindingRevision]]:
    """Return the findings that stand in the draft, each with what it says now, in order (one statement)."""
    rows = session.execute(
        select(DraftFinding, FindingRevision)
        .join(
            FindingRevision,
            (FindingRevision.consultation_id == DraftFinding.consultation_id)
            & (FindingRevision.finding == DraftFinding.number)
            & (FindingRevision.number == DraftFinding.revision),
        )
        .where(DraftFinding.consultation_id == consultation_id, DraftFinding.removed_in.is_(None))
        .order_by(DraftFinding.thread_id, DraftFinding.place, DraftFinding.number)
    )
    return [(finding, revision) for finding, revision in rows]


def mismatches(session: Session, *, draft: SynthesisDraft) -> tuple[Mismatch, ...]:
    """Return every cited count that is not the one of the draft's snapshot, in the order of the findings.

    Nothing may be proposed or published while there is one (`EvidenceMismatch.of` says it to people). Reads
    five statements at most.
    """
    ledger = Ledger(session, draft.snapshot)
    return tuple(
        mismatch
        for finding, current in current_findings(session, draft.consultation_id)
        for mismatch in mismatched(finding.number, read_citations(current.citations), ledger)
    )


def newer_ledger(session: Session, draft: SynthesisDraft) -> Ledger:
    """Return the ledger of the newest snapshot, which may be the draft's own."""
    return Ledger(session, newest_snapshot(session, draft.consultation_id) or draft.snapshot)


def changes_of(citations: Sequence[Citation], ledger: Ledger) -> tuple[str, ...]:
    """Return what has changed since these were cited, in sentences of the moment's language.

    `ledger` is the newest snapshot's. Numbers that moved by less than the interval they had are no change.
    """
    return tuple(sentence for citation in citations for sentence in _changes(citation, ledger))


def anchor(
    session: Session, *, consultation_id: int, by: int, number: int | None = None
) -> tuple[DraftFinding, ...]:
    """Take the numbers of the finding, or of all, from the newest snapshot; return those that got others.

    The draft rests on that snapshot from then on. Ideas merged since are cited as the one that carries their
    votes, hidden and withdrawn ones no more. The words stay. Raises NotFound, NotInWorkingGroup.
    """
    draft = open_to_write(session, consultation_id, by)
    ledger = newer_ledger(session, draft)
    if number is None:
        chosen = current_findings(session, consultation_id)
    else:
        chosen = [get_finding(session, consultation_id, number)]
    moved = [(row, current) for row, current in chosen if _cited_again(current, ledger) != current.citations]
    if moved or draft.snapshot_id != ledger.snapshot.id:
        change = note(session, draft, Deed.ANCHOR, by=by, finding=number)
        draft.snapshot_id = ledger.snapshot.id
        for row, current in moved:
            revise(
                session, row, current, change=change, is_composed=current.is_composed,
                citations=ledger.cite_again(read_citations(current.citations)),
                snapshot_id=ledger.snapshot.id,
            )  # fmt: skip
        session.flush()
        session.refresh(draft, ["snapshot"])
    return tuple(row for row, _current in moved)


def latest(session: Session, consultation_id: int, draft: SynthesisDraft) -> Snapshot:
    """Return the newest snapshot there is (one statement)."""
    return newest_snapshot(session, consultation_id) or draft.snapshot


def _cited_again(current: FindingRevision, ledger: Ledger) -> list[Mapping[str, object]]:
    return [one.stored for one in ledger.cite_again(read_citations(current.citations))]


def _changes(citation: Citation, ledger: Ledger) -> Iterator[str]:
    idea = ledger.ideas.get(citation.idea)
    if idea is None:
        return
    if idea.is_hidden:
        yield _("Idea %(number)s is hidden now.", number=citation.idea)
    elif idea.is_withdrawn:
        yield _("Idea %(number)s is withdrawn now.", number=citation.idea)
    elif idea.merged_into:
        yield _(
            "Idea %(number)s is merged into idea %(other)s now.",
            number=citation.idea,
            other=idea.merged_into,
        )
    if idea.newest != citation.revision:
        yield _("Idea %(number)s has another wording now.", number=citation.idea)
    yield from _moved(citation, ledger)


def _moved(citation: Citation, ledger: Ledger) -> Iterator[str]:
    votes = ledger.frozen.counts.get(citation.idea)
    if votes is None or not votes.voters:
        return
    if _has_moved(citation.votes, votes):
        yield _(
            "Of idea %(number)s the votes have moved: %(before)s agreed, and in snapshot %(snapshot)s "
            "%(after)s do.",
            number=citation.idea,
            before=_share(citation.votes),
            snapshot=ledger.snapshot.number,
            after=_share(votes),
        )
    for letter, now_votes in ledger.frozen.in_groups(citation.idea).items():
        before = citation.groups.get(letter)
        if before and now_votes and _has_moved(before, now_votes):
            yield _(
                "In group %(letter)s the votes on idea %(number)s have moved: %(before)s agreed, and in "
                "snapshot %(snapshot)s %(after)s do.",
                letter=letter,
                number=citation.idea,
                before=_share(before),
                snapshot=ledger.snapshot.number,
                after=_share(now_votes),
            )


def _has_moved(before: Votes, after: Votes) -> bool:
    """Whether a share of those who agree or disagree lies outside the interval it had."""
    return any(
        not _holds(wilson_interval(old, before.voters), new / after.voters)
        for old, new in ((before.agrees, after.agrees), (before.disagrees, after.disagrees))
    )


def _holds(interval: Interval, share: float) -> bool:
    return interval.low <= share <= interval.high


def _share(votes: Votes) -> str:
    language = current_language()
    return _(
        "%(count)s of %(total)s (%(interval)s)",
        count=format_count(votes.agrees, language),
        total=format_count(votes.voters, language),
        interval=format_interval(votes.agree_interval, language),
    )
