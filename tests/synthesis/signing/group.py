"""A working group with a draft to sign, for the tests of this room."""

from dataclasses import replace

from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.people import Role, RoleName
from deliberation.synthesis.files import fingerprint
from deliberation.synthesis.prepared.models import STEPS, PreparedFile
from deliberation.synthesis.signing import service
from deliberation.synthesis.signing.keeping import report_of, sealed
from deliberation.synthesis.signing.models import EvidencePackage, Quorum, SynthesisVersion
from deliberation.synthesis.words import words_in
from deliberation.synthesis.writers import Format
from deliberation.synthesis.writers.report import Report, Standing
from tests import factories
from tests.synthesis.report_samples import report as sample


class Group:
    """A consultation with a working group of so many."""

    def __init__(self, session: Session, members: int = 3) -> None:
        self.session = session
        self.consultation: Consultation = factories.make_consultation(session, phase=Phase.SYNTHESIS)
        self.members: list[Account] = [self.join(f"Member {number}") for number in range(1, members + 1)]

    def join(self, name: str) -> Account:
        """Let somebody else into the group."""
        account = factories.make_account(self.session, name=name)
        self.session.add(
            Role(
                consultation_id=self.consultation.id,
                account_id=account.id,
                name=RoleName.WORKING_GROUP,
                granted_at=now(),
            )
        )
        self.session.flush()
        return account

    def propose(self, report: Report | None = None, note: str = "") -> SynthesisVersion:
        """Propose a report, the sample's if none is given."""
        return service.propose(
            self.session,
            consultation=self.consultation,
            report=report or draft(),
            snapshot_id=None,
            by=self.members[0].id,
            note=note,
        )


def draft(**changes: object) -> Report:
    """The sample as a draft, but for what is changed."""
    return replace(sample(), standing=Standing.DRAFT, version=None, sign_off=None, changes=(), **changes)  # type: ignore[arg-type]


def make_published(session: Session, consultation: Consultation, number: int = 1) -> SynthesisVersion:
    """A published version that says what the sample says, with an evidence package."""
    kept = sealed(replace(sample(), slug=consultation.slug, version=number))
    moment = now()
    version = SynthesisVersion(
        consultation_id=consultation.id,
        number=number,
        language="en",
        proposed_at=moment,
        note="",
        quorum=Quorum.TWO_THIRDS,
        replies_to_objections=True,
        closed_at=moment,
        published_at=moment,
        parts={},
        digest=kept.digest,
        salts=dict(kept.salts),
        erased={},
        content=kept.content,
    )
    session.add(version)
    session.flush()
    session.add(
        EvidencePackage(
            version_id=version.id, made_at=moment, holds_rows=False, digest="ab" * 32, content=b"PK"
        )
    )
    session.flush()
    return version


def make_ready(session: Session, version: SynthesisVersion, token: str = "x") -> PreparedFile:
    """A file of the version that can be fetched."""
    moment = now()
    file = PreparedFile(
        consultation_id=version.consultation_id,
        version_number=version.number,
        language=version.language,
        format=Format.XLSX.value,
        fingerprint=fingerprint(report_of(version, words_in(version.language)), Format.XLSX),
        token=token,
        name="synthesis.xlsx",
        wanted_at=moment,
        step=STEPS,
        finished_at=moment,
        size=1,
        source=version.content,
        content=b"x",
    )
    session.add(file)
    session.flush()
    return file
