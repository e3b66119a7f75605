"""All that a consultation holds, by numbers instead of keys: what an import stores, wherever it was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from deliberation.consultations.models import Phase
from deliberation.consultations.pack_values import ConsultationWords, EntryPack, TagWords, ThreadWords
from deliberation.consultations.people import RoleName
from deliberation.moderation.models import ActKind, ProposalOutcome
from deliberation.tags.models import TagStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRecord:
    """A thread, with its words by language."""

    number: int
    locked_at: datetime | None
    words: Mapping[str, ThreadWords]


class Wording(NamedTuple):
    """One wording of an idea; they are numbered from 1."""

    language: str
    statement: str
    elaboration: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaRecord:
    """An idea. What it says now is its last wording."""

    number: int
    thread: int
    author: int
    language: str
    wordings: tuple[Wording, ...]
    created_at: datetime
    edited_at: datetime | None = None
    withdrawn_at: datetime | None = None
    hidden_at: datetime | None = None
    waits_since: datetime | None = None
    accepted_at: datetime | None = None
    merged_at: datetime | None = None
    merged_into: int | None = None
    is_seed: bool
    is_meta: bool


class PersonRecord(NamedTuple):
    """A participant: when they joined, whether without an account, and who they turned out to be."""

    joined_at: datetime
    is_guest: bool = False
    merged_into: int | None = None


class VoteRecord(NamedTuple):
    """Something that happened to a vote; without a choice, it was taken back or moved away.

    Where merging or parting did it, `merged_with` is the other idea.
    """

    idea: int
    voter: int
    choice: int | None
    happened_at: datetime
    merged_with: int | None = None


class MergedVote(NamedTuple):
    """A vote on an idea that was ever merged or merged into; one that does not count is set aside."""

    idea: int
    voter: int
    choice: int
    previous: int | None
    cast_at: datetime
    origin: int | None
    counts: bool


class ExposureRecord(NamedTuple):
    """That a participant has been shown an idea, and when first."""

    participant: int
    idea: int
    first_shown_at: datetime


class RemarkWording(NamedTuple):
    """One wording of a remark; they are numbered from 1."""

    language: str
    body: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkRecord:
    """A comment under an idea. What it says now is its last wording."""

    number: int
    idea: int
    origin: int | None
    answers: int | None
    author: int
    language: str
    wordings: tuple[RemarkWording, ...]
    created_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None
    hidden_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRecord:
    """A tag, with its names by language."""

    key: str
    group: str | None
    status: TagStatus
    merged_into: str | None
    suggested_by: int | None
    created_at: datetime
    names: Mapping[str, TagWords]


class TagUse(NamedTuple):
    """A participant's application of a tag to an idea."""

    idea: int
    tag: str
    participant: int
    applied_at: datetime
    origin: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRecord:
    """That a participant proposed to merge two ideas, and what came of it."""

    ideas: tuple[int, int]
    proposed_by: int
    note: str
    created_at: datetime
    outcome: ProposalOutcome | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRecord:
    """A row of the public log; what it is about by number or key."""

    kind: ActKind
    happened_at: datetime
    role: RoleName | None = None
    idea: int | None = None
    thread: int | None = None
    tag: str | None = None
    rule: str | None = None
    remark: int | None = None
    reason: str = ""
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """The consultation. Ideas are in the order of their numbers, votes and log in that of time."""

    language: str
    created_at: datetime
    words: Mapping[str, ConsultationWords]
    starts: Mapping[Phase, datetime]
    threads: tuple[ThreadRecord, ...]
    background: tuple[EntryPack, ...]
    tags: tuple[TagRecord, ...]
    people: Mapping[int, PersonRecord]
    """The participants, by number."""
    ideas: tuple[IdeaRecord, ...]
    votes: tuple[VoteRecord, ...]
    tag_uses: tuple[TagUse, ...]
    log: tuple[ActRecord, ...]
    merged_votes: tuple[MergedVote, ...] = ()
    """All votes on the ideas that they are on: those do not follow from the journal."""
    exposures: tuple[ExposureRecord, ...] = ()
    proposals: tuple[ProposalRecord, ...] = ()
    remarks: tuple[RemarkRecord, ...] = ()
    """In the order of their numbers."""
