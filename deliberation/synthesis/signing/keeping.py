"""How a report is kept as a version: as JSON, under a digest that outlives the erasure of single texts."""

import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from deliberation.analysis.commitment import Commitment, commit, digest_of, erase
from deliberation.synthesis.signing.models import SynthesisVersion
from deliberation.synthesis.writers.json import read_report, write_json
from deliberation.synthesis.writers.report import Report
from deliberation.synthesis.writers.words import Words

_SECRET_BYTES = 32
_MOST_READ = 8
_read: OrderedDict[tuple[int, str, int], Report] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A report as it is kept."""

    content: bytes
    digest: str
    salts: Mapping[str, str]


def sealed(report: Report) -> Sealed:
    """Return the report as JSON, with the digest of it and what that was made with."""
    content = write_json(report)
    made = commit(json.loads(content), secret=secrets.token_bytes(_SECRET_BYTES))
    return Sealed(content, made.digest, made.salts)


def report_of(version: SynthesisVersion, words: Words) -> Report:
    """Return the version's report, said in these words; read once for as long as it stays as it is."""
    key = (version.id, version.digest, len(version.erased))
    with _lock:
        if key in _read:
            _read.move_to_end(key)
            return _read[key]
    report = read_report(version.content, words)
    with _lock:
        _read[key] = report
        while len(_read) > _MOST_READ:
            _read.popitem(last=False)
    return report


def is_intact(version: SynthesisVersion) -> bool:
    """Whether what is kept still has the digest that it was given."""
    try:
        found = digest_of(json.loads(version.content), salts=version.salts, erased=version.erased)
    except ValueError:
        return False
    return found == version.digest


def erase_texts(
    session: Session, version: SynthesisVersion, *, is_meant: Callable[[str], bool], tombstone: str
) -> int:
    """Put `tombstone` in place of every text of the version that is meant; return how many were erased.

    The digest and all numbers stay. Files that were made before go with the texts: they are made anew.
    """
    before = Commitment(version.digest, version.salts, version.erased)
    document, after = erase(json.loads(version.content), before, is_meant=is_meant, tombstone=tombstone)
    count = len(after.erased) - len(before.erased)
    if count:
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
        version.content = (text + "\n").encode()
        version.salts, version.erased = dict(after.salts), dict(after.erased)
        session.flush()
    return count
