"""The demonstration's synthesis: a draft composed from a snapshot, and what two members have made of it."""

from typing import Final

from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Role, RoleName
from deliberation.insights.models import Snapshot
from deliberation.synthesis.citing import read_citations
from deliberation.synthesis.composing import begin_draft
from deliberation.synthesis.drafting import write_opening
from deliberation.synthesis.evidence import current_findings
from deliberation.synthesis.findings import move_finding, write_finding
from deliberation.synthesis.margin import comment, settle
from deliberation.synthesis.models import SynthesisDraft
from deliberation.synthesis.recommending import Advice, recommend
from deliberation.synthesis.writers.report import FindingKind

MEMBERS: Final = (("Amina Yusuf", "amina@example.org"), ("Oskar Rehn", "oskar@example.org"))
HEADING: Final = "Få allianser, långa löften"
SUMMARY: Final = (
    "De flesta vill ha färre partner och längre löften, och de som redan finns före nya namn. "
    "Alla grupper säger nej till givare med inflytande över innehållet. "
    "Om företagen går meningarna isär, och det skriver vi ut."
)
CLAIM: Final = "Inget partnerskap får ge en enskild givare inflytande över innehållet."
TEXT: Final = (
    "Så enade är grupperna på få andra punkter. Förbehållet gäller *alla* givare, också stiftelser som har "
    "stött oss länge."
)


def add_draft(session: Session, *, consultation: Consultation, snapshot: Snapshot) -> SynthesisDraft:
    """Let two members, whose accounts no password opens, have begun the draft and written in it."""
    first, second = (_member(session, consultation, name, email) for name, email in MEMBERS)
    here = {"consultation_id": consultation.id, "by": first}
    draft = begin_draft(session, consultation=consultation, snapshot=snapshot, language="sv", by=first)
    write_opening(session, **here, revision=draft.revision, heading=HEADING, summary=SUMMARY)
    shared = [
        (finding, current)
        for finding, current in current_findings(session, consultation.id)
        if current.kind is FindingKind.CONSENSUS
    ]
    if shared:
        finding, current = next(
            (pair for pair in shared if "givare" in pair[1].claim),
            shared[0],
        )
        write_finding(
            session, **here, number=finding.number, revision=current.number, kind=current.kind, claim=CLAIM,
            text=TEXT,
        )  # fmt: skip
        move_finding(session, **here, number=finding.number, up=True)
        _talk(session, consultation, finding.number, first, second)
        _advise(session, consultation, second, finding.number, len(read_citations(current.citations)))
    return draft


def _member(session: Session, consultation: Consultation, name: str, email: str) -> int:
    account = Account(
        name=name,
        email=email,
        password_hash="!",  # noqa: S106 - opens to no password
        confirmed_at=now(),
        created_at=now(),
    )
    session.add(account)
    session.flush()
    session.add(
        Role(
            consultation_id=consultation.id,
            account_id=account.id,
            name=RoleName.WORKING_GROUP,
            granted_at=now(),
        )
    )
    session.flush()
    return account.id


def _talk(session: Session, consultation: Consultation, finding: int, first: int, second: int) -> None:
    here = {"consultation_id": consultation.id, "finding": finding}
    asked = comment(session, **here, by=second, body="Räcker en idé för att säga så bestämt?")
    comment(
        session, **here, by=first, answers=asked.number,
        body="Den håller säkert i alla tre grupper. Jag har skrivit ut att det gäller alla givare.",
    )  # fmt: skip
    done = comment(session, **here, by=first, body="Flytta den först, tycker jag.")
    settle(session, **here, number=done.number, by=second, is_settled=True)


def _advise(session: Session, consultation: Consultation, by: int, finding: int, cited: int) -> None:
    recommend(
        session,
        consultation_id=consultation.id,
        by=by,
        advice=Advice.of(
            what="Gör klart det som redan finns, innan vi söker nya partner.",
            why="Det är vad grupperna enas om." if cited else "",
            because=[finding],
            who="Wikimedia Foundation och de lokala avdelningarna.",
            actions="- Utse en kontaktperson för OpenStreetMap\n- Utse en för biblioteken",
            by_when="2027-06-01",
        ),
    )
