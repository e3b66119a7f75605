"""What a talk page says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody wrote at one place of the page.

    `depth` counts the signs of indentation; `answers` is the number of the post it hangs under. `text` is
    plain text, paragraphs set apart by an empty line. `line` is the one on which it begins, from 1.
    """

    number: int
    section: str
    depth: int
    is_bullet: bool
    opens: bool
    """Whether it is the first of its section."""
    answers: int | None
    text: str
    author: str
    written_at: datetime | None
    line: int

    @property
    def is_signed(self) -> bool:
        """Whether the page says who wrote it, or when."""
        return bool(self.author) or self.written_at is not None


@dataclass(frozen=True, slots=True)
class ReadingFault:
    """Something that could not be read as it stands. `sentence` is marked, with `values` to fill in."""

    line: int
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TalkPage:
    """The posts in order of the page, and what could not be read."""

    posts: tuple[Post, ...]
    faults: tuple[ReadingFault, ...]
