"""Writing findings: their wording, what they cite, where they stand, splitting and joining them.

Every function here takes the lock of the draft first (`drafting.open_to_write`) and raises what that raises;
NotFound for no such finding too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, NotFound, Refused, marked
from deliberation.base.text import clean_line, clean_text
from deliberation.consultations.models import Thread
from deliberation.insights.models import Snapshot
from deliberation.synthesis.citing import (
    MOST_CITED,
    Citation,
    CitedOften,
    EvidenceMismatch,
    Ledger,
    mismatched,
    read_citations,
)
from deliberation.synthesis.drafting import NewerWording, next_place, note, open_to_write, require_length
from deliberation.synthesis.models import (
    CLAIM_LENGTH,
    TEXT_LENGTH,
    Deed,
    DraftFinding,
    FindingRevision,
    SynthesisDraft,
)
from deliberation.synthesis.writers.report import FindingKind


class FindingRemoved(Conflict):
    """The finding was taken out meanwhile."""

    default = marked("This finding was taken out of the draft. Bring it back first; your text is kept below.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a finding says, cleaned and within its limits."""

    kind: FindingKind
    claim: str
    text: str

    @classmethod
    def of(cls, *, kind: str, claim: str, text: str) -> "Wording":
        """Clean what was written. Raises Refused at the field that will not do."""
        if kind not in set(FindingKind):
            raise Refused(marked("Choose what kind of finding it is."), field="kind")
        wording = cls(kind=FindingKind(kind), claim=clean_line(claim), text=clean_text(text))
        if not wording.claim:
            raise Refused(marked("Say what you found in one sentence."), field="claim")
        require_length(wording.claim, CLAIM_LENGTH, "claim")
        require_length(wording.text, TEXT_LENGTH, "text")
        return wording

    @classmethod
    def in_row(cls, row: FindingRevision) -> "Wording":
        """Return what the revision says."""
        return cls(kind=row.kind, claim=row.claim, text=row.text)


def get_finding(session: Session, consultation_id: int, number: int) -> tuple[DraftFinding, FindingRevision]:
    """Return the finding, removed or not, and its newest revision (one statement). Raises NotFound."""
    row = session.execute(
        select(DraftFinding, FindingRevision)
        .join(
            FindingRevision,
            (FindingRevision.consultation_id == DraftFinding.consultation_id)
            & (FindingRevision.finding == DraftFinding.number)
            & (FindingRevision.number == DraftFinding.revision),
        )
        .where(DraftFinding.consultation_id == consultation_id, DraftFinding.number == number)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def write_finding(
    session: Session,
    *,
    consultation_id: int,
    number: int,
    by: int,
    revision: int,
    kind: str,
    claim: str,
    text: str,
    cite: int | None = None,
    uncite: int | None = None,
) -> DraftFinding:
    """Give the finding another wording, and cite one more idea or one less if asked.

    `revision` is the one that was before the writer. What others have cited meanwhile stays; another wording
    of theirs does not, so that raises NewerWording. Raises FindingRemoved, Refused at a field, NotCitable,
    NotInSnapshot, CitedOften, and EvidenceMismatch where a cited count is not the snapshot's.
    """
    draft = open_to_write(session, consultation_id, by)
    finding, current = get_finding(session, consultation_id, number)
    if finding.removed_in is not None:
        raise FindingRemoved
    wording = Wording.of(kind=kind, claim=claim, text=text)
    is_other = wording != Wording.in_row(current)
    if is_other and revision != current.number:
        before = session.get(FindingRevision, (consultation_id, number, revision))
        if before is None or Wording.in_row(before) != Wording.in_row(current):
            raise NewerWording
    citations, snapshot_id = read_citations(current.citations), current.snapshot_id
    if citations or cite is not None:
        ledger = _ledger(session, draft, current)
        citations, snapshot_id = _cited(current, ledger, cite=cite, uncite=uncite), ledger.snapshot.id
    if not is_other and citations == read_citations(current.citations):
        return finding
    change = note(session, draft, Deed.WRITE if is_other else Deed.CITE, by=by, finding=number)
    revise(
        session, finding, current, change=change, wording=wording, citations=citations,
        snapshot_id=snapshot_id,
    )  # fmt: skip
    return finding


def add_finding(
    session: Session, *, consultation_id: int, by: int, thread: int, kind: str, claim: str, text: str
) -> DraftFinding:
    """Add a finding at the end of the thread with this number. Raises Refused at a field."""
    draft = open_to_write(session, consultation_id, by)
    thread_id = session.scalar(
        select(Thread.id).where(Thread.consultation_id == consultation_id, Thread.number == thread)
    )
    if thread_id is None:
        raise Refused(marked("Choose the question it answers."), field="thread")
    wording = Wording.of(kind=kind, claim=claim, text=text)
    change = note(session, draft, Deed.WRITE, by=by, finding=draft.last_finding + 1)
    return insert_finding(session, draft, thread_id=thread_id, change=change, wording=wording)


def insert_finding(
    session: Session,
    draft: SynthesisDraft,
    *,
    thread_id: int,
    change: int,
    wording: Wording,
    citations: Sequence[Citation] = (),
    themes: Sequence[str] = (),
    letters: Sequence[str] = (),
    rule: str = "",
    place: int | None = None,
) -> DraftFinding:
    """Write a new finding with its first revision; at the end of its thread unless a place is given."""
    draft.last_finding += 1
    in_thread = (DraftFinding.consultation_id == draft.consultation_id, DraftFinding.thread_id == thread_id)
    finding = DraftFinding(
        consultation_id=draft.consultation_id,
        number=draft.last_finding,
        thread_id=thread_id,
        place=place if place is not None else next_place(session, DraftFinding.place, *in_thread),
        revision=1,
        rule=rule,
    )
    session.add(finding)
    session.flush()
    session.add(
        FindingRevision(
            consultation_id=draft.consultation_id,
            finding=finding.number,
            number=1,
            change=change,
            is_composed=bool(rule),
            snapshot_id=draft.snapshot_id,
            kind=wording.kind,
            claim=wording.claim,
            text=wording.text,
            citations=[citation.stored for citation in citations],
            themes=list(themes),
            letters=list(letters),
        )
    )
    session.flush()
    return finding


def revise(
    session: Session,
    finding: DraftFinding,
    current: FindingRevision,
    *,
    change: int,
    wording: Wording | None = None,
    citations: Sequence[Citation] | None = None,
    **more: Any,
) -> FindingRevision:
    """Write the finding's next revision: the current one, but for what is given."""
    wording = wording or Wording.in_row(current)
    values: dict[str, Any] = {
        "is_composed": False,
        "snapshot_id": current.snapshot_id,
        "citations": current.citations if citations is None else [one.stored for one in citations],
        "themes": current.themes,
        "letters": current.letters,
        **more,
    }
    finding.revision = current.number + 1
    row = FindingRevision(
        consultation_id=finding.consultation_id,
        finding=finding.number,
        number=finding.revision,
        change=change,
        kind=wording.kind,
        claim=wording.claim,
        text=wording.text,
        **values,
    )
    session.add(row)
    session.flush()
    return row


def remove_finding(session: Session, *, consultation_id: int, number: int, by: int) -> DraftFinding:
    """Take the finding out; it can be brought back. Twice is as good as once."""
    draft = open_to_write(session, consultation_id, by)
    finding, _current = get_finding(session, consultation_id, number)
    if finding.removed_in is None:
        finding.removed_in = note(session, draft, Deed.REMOVE, by=by, finding=number)
        session.flush()
    return finding


def bring_back_finding(session: Session, *, consultation_id: int, number: int, by: int) -> DraftFinding:
    """Put a finding that was taken out where it was."""
    draft = open_to_write(session, consultation_id, by)
    finding, _current = get_finding(session, consultation_id, number)
    if finding.removed_in is not None:
        note(session, draft, Deed.BRING_BACK, by=by, finding=number)
        finding.removed_in = None
        session.flush()
    return finding


def restore_wording(
    session: Session, *, consultation_id: int, number: int, by: int, revision: int
) -> DraftFinding:
    """Let the finding say again what an earlier revision said; what it cites stays as it is now.

    Numbers of an older snapshot would not be those of the draft. Raises NotFound for no such revision.
    """
    draft = open_to_write(session, consultation_id, by)
    finding, current = get_finding(session, consultation_id, number)
    earlier = session.get(FindingRevision, (consultation_id, number, revision))
    if earlier is None:
        raise NotFound
    if Wording.in_row(earlier) != Wording.in_row(current):
        change = note(session, draft, Deed.RESTORE, by=by, finding=number)
        revise(session, finding, current, change=change, wording=Wording.in_row(earlier))
    return finding


def move_finding(session: Session, *, consultation_id: int, number: int, by: int, up: bool) -> DraftFinding:
    """Let the finding change places with its neighbour in the thread; the first and the last stay."""
    draft = open_to_write(session, consultation_id, by)
    finding, _current = get_finding(session, consultation_id, number)
    row = _in_thread(session, finding)
    at = row.index(finding) if finding in row else -1
    to = at - 1 if up else at + 1
    if at < 0 or not 0 <= to < len(row):
        return finding
    row[at], row[to] = row[to], row[at]
    _number_places(row)
    note(session, draft, Deed.MOVE, by=by, finding=number)
    return finding


def split_finding(
    session: Session, *, consultation_id: int, number: int, by: int, ideas: Collection[int], claim: str
) -> DraftFinding:
    """Make a finding of its own of some of the ideas that the finding cites, right after it; return that.

    Raises Refused at `ideas` unless they are some of those it cites and not all, and at `claim`.
    """
    draft = open_to_write(session, consultation_id, by)
    finding, current = get_finding(session, consultation_id, number)
    if finding.removed_in is not None:
        raise FindingRemoved
    cited = read_citations(current.citations)
    goes = [one for one in cited if one.idea in ideas]
    if not goes or len(goes) == len(cited):
        raise Refused(marked("Choose some of the ideas, not all of them."), field="ideas")
    wording = replace(Wording.in_row(current), text="")
    wording = Wording.of(kind=wording.kind, claim=claim, text="")
    change = note(session, draft, Deed.SPLIT, by=by, finding=number)
    revise(session, finding, current, change=change, citations=[one for one in cited if one not in goes])
    new = insert_finding(
        session, draft, thread_id=finding.thread_id, change=change, wording=wording, citations=goes,
        themes=current.themes, letters=current.letters, place=finding.place,
    )  # fmt: skip
    row = [one for one in _in_thread(session, finding) if one is not new]
    row.insert(row.index(finding) + 1, new)
    _number_places(row)
    return new


def join_findings(session: Session, *, consultation_id: int, number: int, by: int, into: int) -> DraftFinding:
    """Join the finding into another of the same thread, which then cites its ideas and holds its words too.

    The one that is joined is taken out and can be brought back. Raises Refused at `into` for a finding that
    it cannot be joined into, CitedOften and EvidenceMismatch.
    """
    draft = open_to_write(session, consultation_id, by)
    finding, current = get_finding(session, consultation_id, number)
    try:
        other, others = get_finding(session, consultation_id, into)
    except NotFound:
        raise Refused(_NOT_INTO, field="into") from None
    is_gone = finding.removed_in is not None or other.removed_in is not None
    if is_gone or other is finding or other.thread_id != finding.thread_id:
        raise Refused(_NOT_INTO, field="into")
    if current.snapshot_id != others.snapshot_id and current.citations and others.citations:
        raise Refused(_NOT_ANCHORED_ALIKE, field="into")
    has = {one.idea for one in read_citations(others.citations)}
    citations = (
        *read_citations(others.citations),
        *(one for one in read_citations(current.citations) if one.idea not in has),
    )
    if len(citations) > MOST_CITED:
        raise CitedOften(limit=MOST_CITED)
    text = "\n\n".join(part for part in (others.text, current.claim, current.text) if part)
    require_length(text, TEXT_LENGTH, "into")
    change = note(session, draft, Deed.JOIN, by=by, finding=into)
    finding.removed_in = change
    revise(
        session, other, others, change=change, citations=citations,
        wording=replace(Wording.in_row(others), text=text),
        themes=list(dict.fromkeys([*others.themes, *current.themes])),
        snapshot_id=max(others.snapshot_id, current.snapshot_id),
    )  # fmt: skip
    return other


_NOT_INTO = marked("Choose another finding of the same question.")
_NOT_ANCHORED_ALIKE = marked("Take the numbers of both findings from the newest snapshot first.")


def _ledger(session: Session, draft: SynthesisDraft, current: FindingRevision) -> Ledger:
    """Return what it cites from: the draft's snapshot, or an older one whose numbers it still has."""
    newest = Ledger(session, draft.snapshot)
    is_behind = current.snapshot_id != draft.snapshot_id
    if is_behind and any(mismatched(current.finding, read_citations(current.citations), newest)):
        return Ledger(session, session.get_one(Snapshot, current.snapshot_id))
    return newest


def _cited(
    current: FindingRevision, ledger: Ledger, *, cite: int | None, uncite: int | None
) -> tuple[Citation, ...]:
    """Return what the finding is to cite. Raises EvidenceMismatch for the first count that is not true."""
    citations = tuple(one for one in read_citations(current.citations) if one.idea != uncite)
    for mismatch in mismatched(current.finding, citations, ledger):
        raise EvidenceMismatch.of(mismatch)
    if cite is None or any(one.idea == cite for one in citations):
        return citations
    if len(citations) >= MOST_CITED:
        raise CitedOften(limit=MOST_CITED)
    return (*citations, ledger.cite(cite))


def _in_thread(session: Session, finding: DraftFinding) -> list[DraftFinding]:
    return list(
        session.scalars(
            select(DraftFinding)
            .where(
                DraftFinding.consultation_id == finding.consultation_id,
                DraftFinding.thread_id == finding.thread_id,
                DraftFinding.removed_in.is_(None),
            )
            .order_by(DraftFinding.place, DraftFinding.number)
        )
    )


def _number_places(row: Sequence[DraftFinding]) -> None:
    for place, finding in enumerate(row, start=1):
        finding.place = place
