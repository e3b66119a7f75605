"""The rows of an import before it happens. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from deliberation.base.text import shortened
from deliberation.ideas.models import STATEMENT_LENGTH

_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+(?=\S)")
_SHORTEST: Final = 20


class RowKind(StrEnum):
    """What becomes of a row."""

    IDEA = "idea"
    COMMENT = "comment"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Row:
    """One text to import.

    `text` is Markdown: what an idea says beside its statement, or all that a comment says. `answers` is the
    number of the row it hangs under; `line` is where it stands in what was read.
    """

    number: int
    kind: RowKind
    line: int
    thread: int
    language: str
    statement: str = ""
    text: str = ""
    author: str = ""
    written_at: datetime | None = None
    answers: int | None = None
    section: str = ""
    tags: tuple[str, ...] = ()

    def turned(self, kind: RowKind) -> Row:
        """Return the row as this kind: a statement joins the text, or is taken out of it. Nothing is lost."""
        if kind is RowKind.COMMENT and self.statement:
            return replace(self, kind=kind, statement="", text=f"{self.statement}\n\n{self.text}".strip())
        if kind is RowKind.IDEA and not self.statement:
            statement, rest = split_statement(self.text)
            return replace(self, kind=kind, statement=statement, text=rest)
        return replace(self, kind=kind)

    def as_json(self) -> dict[str, Any]:
        """Return the row as JSON can hold it."""
        written = self.written_at.isoformat() if self.written_at else None
        return {**asdict(self), "written_at": written, "tags": list(self.tags)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Row:
        """Return the row that `as_json` was called on."""
        written = kept["written_at"]
        return cls(
            **{
                **kept,
                "kind": RowKind(kept["kind"]),
                "written_at": datetime.fromisoformat(written) if written else None,
                "tags": tuple(kept["tags"]),
            }
        )


def split_statement(text: str) -> tuple[str, str]:
    """Return a statement of at most 280 characters and the rest.

    A short text is a statement as a whole, of a longer one the first sentence is. Where that is too long,
    too, the statement is its beginning and the rest is the whole text.
    """
    first, _, later = text.partition("\n")
    if len(text) <= STATEMENT_LENGTH and not later.strip():
        return text.strip(), ""
    end = next(
        (found.end() for found in _SENTENCE_END.finditer(first) if found.start() >= _SHORTEST), len(first)
    )
    sentence = first[:end].strip()
    if len(sentence) <= STATEMENT_LENGTH:
        return sentence, f"{first[end:]}\n{later}".strip()
    return shortened(sentence, STATEMENT_LENGTH), text.strip()
