"""Who may do what to a version, when it counts as signed, and which of its parts have changed. Pure."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from math import ceil
from typing import Any, Final

from deliberation.consultations.people import RoleName
from deliberation.synthesis.signing.models import Quorum, SignatureRow
from deliberation.synthesis.writers.report import Answer, Report

SHARES: Final = {
    Quorum.HALF: (1, 2),
    Quorum.TWO_THIRDS: (2, 3),
    Quorum.THREE_QUARTERS: (3, 4),
    Quorum.ALL: (1, 1),
}
"""The share of those who were asked who have to answer, as a fraction."""
USUAL: Final = (Quorum.TWO_THIRDS, True)


def may_sign(roles: Collection[RoleName]) -> bool:
    """Whether somebody with these roles proposes, signs and publishes."""
    return RoleName.WORKING_GROUP in roles


def may_read(roles: Collection[RoleName], *, is_published: bool) -> bool:
    """Whether somebody with these roles may read a version."""
    return is_published or bool(roles)


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a version is signed.

    `asked` leaves out who left the group without an answer; `needed` is how many of them have to answer.
    """

    asked: int
    answered: int
    needed: int
    open_objections: int
    """Objections without a reply."""
    replies_to_objections: bool

    @property
    def has_quorum(self) -> bool:
        """Whether enough have answered. Nobody is never enough."""
        return self.answered >= self.needed > 0

    @property
    def is_signed(self) -> bool:
        """Whether the version may be published."""
        return self.has_quorum and not (self.replies_to_objections and self.open_objections)


def tally(
    signatures: Iterable[SignatureRow],
    *,
    members: Collection[int],
    quorum: Quorum,
    replies_to_objections: bool,
) -> Tally:
    """Return how far a version is signed. `members` are the keys of who is in the working group now."""
    counted = [row for row in signatures if row.answer is not None or row.account_id in members]
    answered = sum(row.answer is not None for row in counted)
    up, down = SHARES[quorum]
    return Tally(
        asked=len(counted),
        answered=answered,
        needed=ceil(len(counted) * up / down),
        open_objections=sum(row.answer is Answer.OBJECTS and not row.reply for row in counted),
        replies_to_objections=replies_to_objections,
    )


def parts_of(report: Report) -> dict[str, str]:
    """Return the digest of each part that can be signed apart, by its name.

    The names are heading, evidence, order, finding-N and recommendation-N. What is only about the moment it
    is read, such as the date and the address, is in none.
    """
    evidence = report.evidence
    parts: dict[str, Any] = {
        "heading": (report.heading, report.authors, report.summary),
        "evidence": (
            report.grouping and asdict(report.grouping),
            asdict(report.turnout),
            report.method,
            (evidence.snapshot, evidence.inputs_digest, evidence.digest),
        ),
        "order": [[finding.number for finding in thread.findings] for thread in report.threads],
    }
    for finding in report.findings:
        parts[f"finding-{finding.number}"] = asdict(finding)
    for recommendation in report.recommendations:
        parts[f"recommendation-{recommendation.number}"] = asdict(recommendation)
    return {name: _digest(part) for name, part in parts.items()}


def changed_parts(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return the names of the parts that are new or different, in order, then of those that are gone."""
    changed = [name for name, digest in after.items() if before.get(name) != digest]
    return changed + [name for name in before if name not in after]


def _digest(part: Any) -> str:
    text = json.dumps(part, sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
