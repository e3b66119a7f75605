"""What signing leaves for later: the evidence package of a version that was published."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from deliberation.base.clock import now
from deliberation.base.sessions import Sessions
from deliberation.insights.models import ALL_THREADS, Snapshot, SnapshotLandscape
from deliberation.jobs.kinds import Round, Work
from deliberation.synthesis.signing.models import EvidencePackage, SynthesisVersion
from deliberation.synthesis.signing.publishing import MAKE_PACKAGE


def rounds() -> Sequence[Round]:
    """Return what is to be looked after: nothing."""
    return []


def _make_package(sessions: Sessions, arguments: Mapping[str, Any]) -> None:
    # The arithmetic is loaded once there is work for it.
    from deliberation.analysis.storing import load
    from deliberation.synthesis.signing.package import Source, make_package

    with sessions.reading() as session:
        version = _version(session, arguments["version_id"])
        if version is None or version.snapshot_id is None:
            return
        snapshot = session.get_one(Snapshot, version.snapshot_id, options=[undefer(Snapshot.content)])
        landscapes = session.scalars(
            select(SnapshotLandscape)
            .where(SnapshotLandscape.snapshot_id == snapshot.id)
            .order_by(SnapshotLandscape.thread_number)
            .options(undefer(SnapshotLandscape.content))
        ).all()
        source = Source(
            synthesis=version.content,
            digest=version.digest,
            salts=version.salts,
            erased=version.erased,
            votes=snapshot.content,
            inputs_digest=snapshot.inputs_digest,
            landscapes=tuple(
                (
                    None if row.thread_number == ALL_THREADS else row.thread_number,
                    load(row.content),
                    tuple(row.letters),
                )
                for row in landscapes
            ),
        )
    package = make_package(source)
    with sessions.writing() as session:
        row = session.get(EvidencePackage, arguments["version_id"])
        if row is None:
            row = EvidencePackage(version_id=arguments["version_id"])
            session.add(row)
        row.made_at, row.holds_rows, row.content = now(), package.holds_rows, package.content
        row.digest = sha256(package.content).hexdigest()


def _version(session: Session, version_id: int) -> SynthesisVersion | None:
    return session.get(
        SynthesisVersion,
        version_id,
        options=[
            undefer(SynthesisVersion.content),
            undefer(SynthesisVersion.salts),
            undefer(SynthesisVersion.erased),
        ],
    )


KINDS: Final[Mapping[str, Work]] = {MAKE_PACKAGE: _make_package}
