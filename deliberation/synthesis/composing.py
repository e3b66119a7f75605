"""Composing the draft from a snapshot, and again from a newer one, without touching what people wrote."""

from collections.abc import Sequence

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, marked
from deliberation.consultations.models import Consultation
from deliberation.insights.models import Snapshot
from deliberation.synthesis.assembling import heading_of, summary_of
from deliberation.synthesis.citing import Citation, Ledger
from deliberation.synthesis.claims import claim_of
from deliberation.synthesis.drafting import (
    Opening,
    find_draft,
    note,
    open_to_write,
    require_member,
    set_opening,
)
from deliberation.synthesis.findings import Wording, insert_finding, revise
from deliberation.synthesis.ground import Ground, frozen_ground
from deliberation.synthesis.models import (
    Deed,
    DraftChange,
    DraftFinding,
    FindingRevision,
    OpeningRevision,
    SynthesisDraft,
)
from deliberation.synthesis.rules import Composed, compose_thread


class AlreadyBegun(Conflict):
    """Somebody else has begun the draft meanwhile."""

    default = marked("Somebody has begun the draft already. Here it is.")


def begin_draft(
    session: Session, *, consultation: Consultation, snapshot: Snapshot, language: str, by: int
) -> SynthesisDraft:
    """Compose the consultation's draft from the snapshot, in `language`, one of the product's own.

    A snapshot without votes gives a draft that says so. Raises NotInWorkingGroup, and AlreadyBegun where
    there is one. Needs an application context, for the words.
    """
    require_member(session, consultation.id, by)
    # Whoever begins the same draft waits here.
    session.execute(select(Consultation.id).where(Consultation.id == consultation.id).with_for_update())
    if find_draft(session, consultation.id) is not None:
        raise AlreadyBegun
    ground = frozen_ground(
        session, consultation=consultation, snapshot=snapshot, language=language, base_url=""
    )
    draft = SynthesisDraft(
        consultation_id=consultation.id,
        snapshot_id=snapshot.id,
        language=language,
        heading="",
        summary="",
        revision=0,
        last_change=0,
        last_finding=0,
        last_recommendation=0,
        last_comment=0,
        created_at=now(),
    )
    session.add(draft)
    session.flush()
    change = note(session, draft, Deed.COMPOSE, by=by)
    with force_locale(language):
        composed = _composed(ground)
        set_opening(session, draft, _opening(ground, composed), change=change)
        _add(session, draft, ground, composed, change=change)
    return draft


def compose_again(
    session: Session, *, consultation: Consultation, snapshot: Snapshot, by: int
) -> tuple[int, int]:
    """Compose the draft anew from the snapshot; return how many findings are new, and how many outdated.

    A finding that people have written in stays as it is; one that nobody has gets the new words and numbers.
    What is found now and was not is added at the end of its thread, what is found no more is marked. What
    was taken out stays out. The heading and the summary follow only while they are as they were composed.
    """
    draft = open_to_write(session, consultation.id, by)
    ground = frozen_ground(
        session, consultation=consultation, snapshot=snapshot, language=draft.language, base_url=""
    )
    change = note(session, draft, Deed.COMPOSE, by=by)
    draft.snapshot_id = snapshot.id
    session.flush()
    session.refresh(draft, ["snapshot"])
    with force_locale(draft.language):
        composed = _composed(ground)
        if _is_as_composed(session, draft):
            opening = _opening(ground, composed)
            if opening.summary != draft.summary:
                set_opening(session, draft, opening, change=change)
        return _follow(session, draft, ground, composed, change=change)


def _follow(
    session: Session, draft: SynthesisDraft, ground: Ground, composed: Sequence[Composed], *, change: int
) -> tuple[int, int]:
    known = _known(session, draft)
    ledger, outdated = Ledger(session, draft.snapshot), 0
    by_rule = {found.key: found for found in composed}
    for key, (finding, current) in known.items():
        found = by_rule.get(key)
        if found is None:
            outdated += finding.outdated_in is None and finding.removed_in is None
            finding.outdated_in = finding.outdated_in or change
            continue
        finding.outdated_in = None
        if current.is_composed:
            _rewrite(session, finding, current, found, ledger, change=change)
    new = [found for found in composed if found.key not in known]
    _add(session, draft, ground, new, change=change)
    session.flush()
    return len(new), outdated


def _rewrite(
    session: Session,
    finding: DraftFinding,
    current: FindingRevision,
    found: Composed,
    ledger: Ledger,
    *,
    change: int,
) -> None:
    wording, citations = _wording(found), _citations(found, ledger)
    if wording == Wording.in_row(current) and [one.stored for one in citations] == current.citations:
        return
    revise(
        session, finding, current, change=change, wording=wording, citations=citations,
        is_composed=True, snapshot_id=ledger.snapshot.id,
        themes=[found.theme] if found.theme else [], letters=list(found.letters),
    )  # fmt: skip


def _add(
    session: Session, draft: SynthesisDraft, ground: Ground, composed: Sequence[Composed], *, change: int
) -> None:
    threads = {thread.number: thread.id for thread in ground.threads}
    ledger = Ledger(session, draft.snapshot)
    for found in composed:
        insert_finding(
            session,
            draft,
            thread_id=threads[found.thread],
            change=change,
            wording=_wording(found),
            citations=_citations(found, ledger),
            themes=[found.theme] if found.theme else [],
            letters=found.letters,
            rule=found.key,
        )


def _known(session: Session, draft: SynthesisDraft) -> dict[str, tuple[DraftFinding, FindingRevision]]:
    rows = session.execute(
        select(DraftFinding, FindingRevision)
        .join(
            FindingRevision,
            (FindingRevision.consultation_id == DraftFinding.consultation_id)
            & (FindingRevision.finding == DraftFinding.number)
            & (FindingRevision.number == DraftFinding.revision),
        )
        .where(DraftFinding.consultation_id == draft.consultation_id, DraftFinding.rule != "")
    )
    return {finding.rule: (finding, revision) for finding, revision in rows}


def _is_as_composed(session: Session, draft: SynthesisDraft) -> bool:
    """Whether no person has changed heading or summary: composing alone made each of their revisions."""
    deeds = session.scalars(
        select(DraftChange.deed)
        .join(
            OpeningRevision,
            (OpeningRevision.consultation_id == DraftChange.consultation_id)
            & (OpeningRevision.change == DraftChange.number),
        )
        .where(OpeningRevision.consultation_id == draft.consultation_id)
    )
    return set(deeds) <= {Deed.COMPOSE}


def _composed(ground: Ground) -> list[Composed]:
    return [found for thread in ground.threads for found in compose_thread(ground, thread)]


def _opening(ground: Ground, composed: Sequence[Composed]) -> Opening:
    return Opening(heading=heading_of(), summary=summary_of(ground, composed))


def _wording(found: Composed) -> Wording:
    return Wording.of(kind=found.kind, claim=claim_of(found), text="")


def _citations(found: Composed, ledger: Ledger) -> list[Citation]:
    return [ledger.cite(idea.number) for idea in found.ideas]
