"""Citing ideas: a finding's numbers are copied from its snapshot, never typed, and compared with it again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, Refused, marked
from deliberation.insights.findings import Votes
from deliberation.insights.models import Snapshot
from deliberation.synthesis.frozen import Frozen, frozen
from deliberation.synthesis.queries import IdeaThen, ideas_then

MOST_CITED = 40
"""So many ideas a finding can rest on and still be read."""


class NotCitable(Refused):
    """The idea is not one that can be cited here."""

    default = marked("Idea %(idea)s is not among the ideas of this consultation that can be cited.")


class NotInSnapshot(Refused):
    """The idea is newer than the snapshot that the draft rests on."""

    default = marked("Idea %(idea)s is newer than snapshot %(snapshot)s, so it has no numbers there yet.")


class CitedOften(Refused):
    """The finding cites as much as it can."""

    default = marked("A finding cites at most %(limit)s ideas. Split it in two.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """An idea as a finding cites it: which wording of it, and the votes on it in the snapshot.

    `groups` is what each named group voted, by its letter; None where it may not be shown.
    """

    idea: int
    revision: int
    votes: Votes
    groups: Mapping[str, Votes | None]

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Self:
        """Return the citation that was stored as `value`."""
        return cls(
            idea=value["idea"],
            revision=value["revision"],
            votes=Votes(*value["votes"]),
            groups={letter: Votes(*votes) if votes else None for letter, votes in value["groups"].items()},
        )

    @property
    def stored(self) -> dict[str, Any]:
        """The citation as it is stored."""
        return {
            "idea": self.idea,
            "revision": self.revision,
            "votes": _stored(self.votes),
            "groups": {letter: _stored(votes) if votes else None for letter, votes in self.groups.items()},
        }


def read_citations(values: Iterable[Mapping[str, Any]]) -> tuple[Citation, ...]:
    """Return the citations of a finding in their order."""
    return tuple(Citation.read(value) for value in values)


class Ledger:
    """What can be cited of a snapshot, and with which numbers. Reads four statements at most."""

    def __init__(self, session: Session, snapshot: Snapshot) -> None:
        """Read what there is."""
        self.snapshot = snapshot
        self.frozen: Frozen = frozen(session, snapshot)
        self.ideas: dict[int, IdeaThen] = {
            idea.number: idea for idea in ideas_then(session, snapshot.consultation_id, snapshot.taken_at)
        }

    def cite(self, number: int) -> Citation:
        """Return the idea as the snapshot has it. Raises NotCitable and NotInSnapshot."""
        idea = self.ideas.get(number)
        if idea is None or number not in self.frozen.counts:
            raise NotInSnapshot(idea=number, snapshot=self.snapshot.number)
        if not idea.is_readable:
            raise NotCitable(idea=number)
        return self.entry(idea)

    def entry(self, idea: IdeaThen) -> Citation:
        """Return the idea's numbers, whether it can be read or not."""
        return Citation(
            idea=idea.number,
            revision=idea.revision,
            votes=self.frozen.counts[idea.number],
            groups=self.frozen.in_groups(idea.number),
        )

    def cite_again(self, citations: Sequence[Citation]) -> tuple[Citation, ...]:
        """Return the same ideas with this snapshot's numbers.

        An idea that was merged since is cited as the one that carries its votes; one that is hidden or
        withdrawn is cited no more.
        """
        numbers = dict.fromkeys(self._leads_to(citation.idea) for citation in citations)
        return tuple(
            self.cite(number)
            for number in numbers
            if (idea := self.ideas.get(number)) is not None
            and idea.is_readable
            and number in self.frozen.counts
        )

    def _leads_to(self, number: int) -> int:
        seen = {number}
        while (idea := self.ideas.get(number)) and idea.merged_into and idea.merged_into not in seen:
            number = idea.merged_into
            seen.add(number)
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """A finding that cites an idea with other numbers than the snapshot of the draft has."""

    finding: int
    idea: int
    snapshot: int
    """The number of the snapshot."""


class EvidenceMismatch(Conflict):
    """A cited count is not the snapshot's."""

    default = marked(
        "Finding %(finding)s cites idea %(idea)s with other numbers than snapshot %(snapshot)s has. Take its "
        "numbers anew from the snapshot."
    )

    @classmethod
    def of(cls, mismatch: Mismatch) -> "EvidenceMismatch":
        """Return the refusal that names the finding."""
        return cls(finding=mismatch.finding, idea=mismatch.idea, snapshot=mismatch.snapshot)


def mismatched(finding: int, citations: Iterable[Citation], ledger: Ledger) -> Iterable[Mismatch]:
    """Yield each of the citations whose votes, or groups' votes, are not those of the ledger."""
    for citation in citations:
        idea = ledger.ideas.get(citation.idea)
        entry = ledger.entry(idea) if idea and citation.idea in ledger.frozen.counts else None
        if entry is None or (entry.votes, entry.groups) != (citation.votes, citation.groups):
            yield Mismatch(finding=finding, idea=citation.idea, snapshot=ledger.snapshot.number)


def _stored(votes: Votes) -> list[int]:
    return [votes.agrees, votes.disagrees, votes.passes]
