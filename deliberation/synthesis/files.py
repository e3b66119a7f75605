"""A synthesis as a file to hand out: which format is meant, what the file is called, when it has changed."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from deliberation.base.errors import NotFound
from deliberation.synthesis.writers import WRITERS, Format
from deliberation.synthesis.writers.document import Document

_NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


def get_format(name: str) -> Format:
    """Return the format with this name or file extension. Raises NotFound."""
    for kind, writer in WRITERS.items():
        if name in (kind.value, writer.extension):
            return kind
    raise NotFound


def write(document: Document, kind: Format) -> bytes:
    """Return the document in this format."""
    return WRITERS[kind].write(document)


def file_name(document: Document, kind: Format, *, thread_number: int | None) -> str:
    """Return a name that says what is in the file: whose synthesis, which question, which language."""
    parts = [document.slug, "synthesis"]
    if thread_number is not None:
        parts.append(f"thread-{thread_number}")
    return f"{'-'.join([*parts, document.language])}.{WRITERS[kind].extension}"


def fingerprint(document: Document, kind: Format) -> str:
    """Return what stays the same as long as the file says the same but for the moment it was counted."""
    timeless = write(replace(document, generated_at=_NO_MOMENT), kind)
    return sha256(timeless).hexdigest()[:32]
