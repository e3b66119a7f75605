"""What a consultation pack says. Described in docs/consultation-packs.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from deliberation.base.errors import Refused
from deliberation.consultations.background import EntryKind
from deliberation.consultations.models import Guests, Phase


class Fault(NamedTuple):
    """One thing that is wrong with a pack: where (such as `threads[3].question.sv`), and what."""

    path: str
    reason: str


class PackRefused(Refused):
    """The pack cannot be loaded as it is. `faults` says everything that was found wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """See the class."""
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{path}: {reason}" if path else reason for path, reason in faults))


@dataclass(frozen=True, slots=True)
class ConsultationWords:
    """A consultation's own words in one language."""

    title: str
    kicker: str
    introduction: str
    organiser: str
    is_translation: bool


@dataclass(frozen=True, slots=True)
class ThreadWords:
    """A question in one language."""

    question: str
    lead: str
    is_translation: bool


@dataclass(frozen=True, slots=True)
class EntryWords:
    """A piece of background in one language."""

    title: str
    body: str
    forms: tuple[str, ...]
    is_translation: bool


@dataclass(frozen=True, slots=True)
class TagWords:
    """A tag's name in one language."""

    name: str
    is_translation: bool


@dataclass(frozen=True, slots=True)
class ThreadPack:
    """A thread, with its words by language."""

    number: int
    words: Mapping[str, ThreadWords]


@dataclass(frozen=True, slots=True)
class EntryPack:
    """A piece of background, with its words by language."""

    key: str
    kind: EntryKind
    words: Mapping[str, EntryWords]


@dataclass(frozen=True, slots=True)
class TagPack:
    """A tag of the starting vocabulary, with its names by language."""

    key: str
    group: str | None
    words: Mapping[str, TagWords]


@dataclass(frozen=True, slots=True)
class ConsultationPack:
    """Everything a pack says. The first of `languages` is the source language."""

    slug: str
    languages: tuple[str, ...]
    words: Mapping[str, ConsultationWords]
    starts: Mapping[Phase, datetime]
    opens: Phase
    threads: tuple[ThreadPack, ...]
    background: tuple[EntryPack, ...]
    tags: tuple[TagPack, ...]
    guests: Guests = Guests.NONE
