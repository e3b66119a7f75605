"""A synthesis as a file to hand out: which format is meant, what the file is called, when it has changed."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from deliberation.base.errors import Conflict, NotFound, marked
from deliberation.synthesis.writers import WRITERS, Format, missing_packages
from deliberation.synthesis.writers.json import write_json
from deliberation.synthesis.writers.report import Report, Standing

_NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


class FormatUnavailable(Conflict):
    """What this format is made with is not installed here."""


def get_format(name: str) -> Format:
    """Return the format with this name or file extension. Raises NotFound."""
    for kind, writer in WRITERS.items():
        if name in (kind.value, writer.extension):
            return kind
    raise NotFound


def require_format(kind: Format) -> None:
    """Raise FormatUnavailable, with what to install, where the format cannot be written here."""
    if missing := missing_packages(kind):
        raise FormatUnavailable(
            marked(
                "No %(format)s file can be written here: these packages are not installed: %(packages)s. "
                "Who runs this site can install them with “pip install %(packages)s”. All other formats work."
            ),
            format=kind.value.upper(),
            packages=" ".join(missing),
        )


def write(report: Report, kind: Format) -> bytes:
    """Return the report in this format. Raises FormatUnavailable."""
    require_format(kind)
    return WRITERS[kind].write(report)


def file_name(report: Report, kind: Format, *, thread_number: int | None = None) -> str:
    """Return a name that says what is in it: whose synthesis, which version or question, which language."""
    parts = [report.slug, "synthesis"]
    if report.version is not None:
        parts.append(f"version-{report.version}")
    if thread_number is not None:
        parts.append(f"thread-{thread_number}")
    return f"{'-'.join([*parts, report.language])}.{WRITERS[kind].extension}"


def fingerprint(report: Report, kind: Format) -> str:
    """Return what stays the same as long as the file says the same but for the moment it was counted."""
    timeless = report
    if report.standing is Standing.COMPOSED:
        evidence = replace(report.evidence, counted_at=_NO_MOMENT)
        timeless = replace(report, dated=_NO_MOMENT, evidence=evidence)
    return sha256(kind.value.encode() + b"\0" + write_json(timeless)).hexdigest()
