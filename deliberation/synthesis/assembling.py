"""A report out of its ground and what was written: the one place where a synthesis is put together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from deliberation.insights.headlines import headline, standfirst
from deliberation.synthesis.claims import claim_of
from deliberation.synthesis.figure import map_figure
from deliberation.synthesis.ground import Ground, GroundThread
from deliberation.synthesis.method import grouping_of, method_of
from deliberation.synthesis.rules import Composed, compose_thread
from deliberation.synthesis.turnout import turnout_of
from deliberation.synthesis.words import words_in
from deliberation.synthesis.writers.numbers import format_count
from deliberation.synthesis.writers.report import (
    Evidence,
    Finding,
    FindingKind,
    Recommendation,
    Report,
    Standing,
    ThreadReport,
)

COMMAND = "python -m deliberation.analysis verify"


@dataclass(frozen=True, kw_only=True)
class Written:
    """What people, or the rules, wrote: `findings` by the number of their thread, in order."""

    heading: str
    summary: str
    findings: Mapping[int, Sequence[Finding]]
    recommendations: Sequence[Recommendation] = ()
    standing: Standing = Standing.COMPOSED


def assemble(
    ground: Ground,
    written: Written,
    *,
    dated: datetime,
    takes_votes: bool = False,
    imported: Sequence[dict[str, Any]] = (),
) -> Report:
    """Return the report. The language of the moment must be that of the ground."""
    return Report(
        heading=written.heading,
        consultation=ground.title,
        slug=ground.slug,
        language=ground.language,
        content_language=ground.content_language,
        standing=written.standing,
        version=None,
        dated=dated,
        authors="",
        summary=written.summary,
        turnout=turnout_of(ground),
        grouping=grouping_of(ground),
        map=map_figure(ground.findings),
        threads=tuple(_thread(thread, written.findings.get(thread.number, ())) for thread in ground.threads),
        recommendations=tuple(written.recommendations),
        sign_off=None,
        changes=(),
        method=tuple(method_of(ground, takes_votes=takes_votes, imported=imported)),
        cite_as="",
        evidence=Evidence(
            snapshot=ground.snapshot,
            counted_at=ground.counted_at,
            inputs_digest=ground.inputs_digest,
            digest=ground.digest,
            package_address="",
            command=COMMAND,
        ),
        address=f"{ground.home}/synthesis",
        words=words_in(ground.language),
    )


def _thread(thread: GroundThread, findings: Sequence[Finding]) -> ThreadReport:
    return ThreadReport(
        number=thread.number,
        question=thread.question,
        address=thread.address,
        participation=thread.participation,
        findings=tuple(findings),
        ideas=thread.ideas,
    )


def by_rule(ground: Ground) -> Written:
    """Return what the rules make of the ground, in the language of the moment."""
    composed = [found for thread in ground.threads for found in compose_thread(ground, thread)]
    findings: dict[int, list[Finding]] = {}
    for number, found in enumerate(composed, start=1):
        findings.setdefault(found.thread, []).append(_finding(number, found))
    return Written(heading=heading_of(), summary=summary_of(ground, composed), findings=findings)


def heading_of() -> str:
    """Return the heading of a synthesis that nobody has given one."""
    return _("What the votes say")


def summary_of(ground: Ground, composed: Sequence[Composed]) -> str:
    """Return the summary of what was composed, as Markdown; calm where nobody has voted."""
    return " ".join(_sentences(ground, composed))


def _sentences(ground: Ground, composed: Sequence[Composed]) -> Iterator[str]:
    figures = ground.participation
    if not figures.votes:
        yield _("Nobody has voted yet, so there is nothing to say of what people think.")
        return
    yield _(
        "%(people)s cast %(votes)s on %(ideas)s.",
        people=_counted("person", figures.participants, ground.language),
        votes=_counted("vote", figures.votes, ground.language),
        ideas=_counted("idea", figures.ideas, ground.language),
    )
    if ground.findings is not None:
        yield f"{headline(ground.findings)}."
        if not ground.has_groups:
            yield from list(standfirst(ground.findings))[1:2]
    counts = {kind: sum(found.kind is kind for found in composed) for kind in FindingKind}
    if counts[FindingKind.CONSENSUS]:
        yield ngettext(
            "%(count)s finding holds in every group.",
            "%(count)s findings hold in every group.",
            counts[FindingKind.CONSENSUS],
            count=format_count(counts[FindingKind.CONSENSUS], ground.language),
        )
    if apart := counts[FindingKind.DIVISION] + counts[FindingKind.MINORITY]:
        yield ngettext(
            "On %(count)s point people stand apart.",
            "On %(count)s points people stand apart.",
            apart,
            count=format_count(apart, ground.language),
        )


def _counted(what: str, count: int, language: str) -> str:
    written = format_count(count, language)
    match what:
        case "person":
            return ngettext("%(count)s person", "%(count)s people", count, count=written)
        case "vote":
            return ngettext("%(count)s vote", "%(count)s votes", count, count=written)
    return ngettext("%(count)s idea", "%(count)s ideas", count, count=written)


def _finding(number: int, found: Composed) -> Finding:
    return Finding(
        number=number,
        kind=found.kind,
        claim=claim_of(found),
        text="",
        ideas=found.ideas,
        themes=(found.theme,) if found.theme else (),
        letters=found.letters,
    )
