"""What differs between two versions, part by part. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from deliberation.ideas.wording import Passage, changes
from deliberation.synthesis.signing.policies import changed_parts, parts_of
from deliberation.synthesis.writers.report import Finding, Recommendation, Report


@dataclass(frozen=True, slots=True)
class PartName:
    """Which part of a version: heading, evidence, order, or a finding or recommendation by number."""

    kind: str
    number: int | None = None

    @classmethod
    def read(cls, name: str) -> "PartName":
        """Read a name as `policies.parts_of` gives it."""
        kind, _, number = name.partition("-")
        return cls(kind, int(number) if number else None)

    @property
    def written(self) -> str:
        """The name as it is read, which is also the part's anchor on the page."""
        return self.kind if self.number is None else f"{self.kind}-{self.number}"


@dataclass(frozen=True, slots=True)
class Difference:
    """A part that is new, gone or different. `passages` is what changed in its words, if words did."""

    part: PartName
    claim: str
    """The first words of a finding or recommendation, as it is now or was last; empty for other parts."""
    is_new: bool
    is_gone: bool
    passages: Sequence[Passage]
    has_new_numbers: bool
    """Whether other ideas or other counts stand behind it."""


def differences(before: Report, after: Report) -> Iterator[Difference]:
    """Yield what differs between two versions, in the order of `after`, then what is gone."""
    earlier, later = _texts(before), _texts(after)
    for name in changed_parts(parts_of(before), parts_of(after)):
        old, new = earlier.get(name), later.get(name)
        passages = changes(old or "", new or "") if old != new else ()
        yield Difference(
            part=PartName.read(name),
            claim=_claim(name, after) or _claim(name, before),
            is_new=old is None,
            is_gone=new is None,
            passages=passages,
            has_new_numbers=old is not None
            and new is not None
            and _ideas(name, before) != _ideas(name, after),
        )


def _texts(report: Report) -> Mapping[str, str]:
    """Return the words of each part; of those that have none of their own, an empty text."""
    texts = {"heading": _joined(report.heading, report.authors, report.summary), "evidence": "", "order": ""}
    for finding in report.findings:
        texts[f"finding-{finding.number}"] = _joined(finding.claim, finding.text)
    for one in report.recommendations:
        by_when = one.by_when.isoformat() if one.by_when else ""
        texts[f"recommendation-{one.number}"] = _joined(one.what, one.why, one.who, one.actions, by_when)
    return texts


def _claim(name: str, report: Report) -> str:
    part = _find(name, report)
    if isinstance(part, Finding):
        return part.claim
    return part.what if part else ""


def _ideas(name: str, report: Report) -> object:
    part = _find(name, report)
    return part.ideas if isinstance(part, Finding) else part.because if part else None


def _find(name: str, report: Report) -> Finding | Recommendation | None:
    kind, _, number = name.partition("-")
    among: Sequence[Finding | Recommendation] = (
        tuple(report.findings)
        if kind == "finding"
        else report.recommendations
        if kind == "recommendation"
        else ()
    )
    return next((part for part in among if part.number == int(number)), None)


def _joined(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)
