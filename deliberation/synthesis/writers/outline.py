"""What every format made for reading says, in the order it is read.

A report becomes a row of parts; a writer only says how each kind of part looks in its format.
"""

from collections.abc import Iterator

from deliberation.synthesis.writers.document import CitedIdea, OpinionGroup, Participation
from deliberation.synthesis.writers.numbers import (
    format_count,
    format_day,
    format_interval,
    format_list,
    format_time,
    language_name,
)
from deliberation.synthesis.writers.parts import (
    Claim,
    Dissent,
    Fact,
    Facts,
    Heading,
    Masthead,
    Paragraph,
    Part,
    Picture,
    Points,
    Prose,
    Request,
    Rows,
    Signed,
    Support,
)
from deliberation.synthesis.writers.report import (
    Finding,
    Recommendation,
    Report,
    Table,
    ThreadReport,
)
from deliberation.synthesis.writers.words import Words


def outline_of(report: Report) -> Iterator[Part]:
    """The parts of the report: first what everybody reads, then the findings, then how to check them."""
    words = report.words
    yield Masthead(
        kicker=standing_of(report),
        heading=report.heading,
        consultation=report.consultation,
        content_language=report.content_language,
        authors=report.authors,
    )
    if report.summary.strip():
        yield _heading(report, "summary", words.summary)
        yield Prose(markdown=report.summary, is_lead=True)
    for thread in report.threads:
        yield from _thread(thread, report)
    if report.map or report.grouping:
        yield from _map(report)
    yield from _turnout(report)
    if report.recommendations:
        yield _heading(report, "recommendations", words.recommendations)
        names = {finding.number: words.finding_number(finding.number) for finding in report.findings}
        for recommendation in report.recommendations:
            yield _request(recommendation, names, report)
    yield _heading(report, "method", words.method)
    for line in report.method:
        yield Paragraph(text=line)
    yield from _sign_off(report)
    if report.changes:
        yield _heading(report, "changes", words.changes)
        yield Points(lines=report.changes)
    yield from _checking(report)


def standing_of(report: Report) -> str:
    """What this is, how far it has come and when: "Synthesis, version 3. Published 15 February 2027"."""
    day = format_day(report.dated.date(), report.language)
    return report.words.standing(standing=report.standing.value, version=report.version, day=day)


def support_of(idea: CitedIdea, report: Report) -> Support:
    """The idea with everything that is said of it."""
    return Support(
        idea=idea,
        anchor=f"idea-{idea.number}",
        name=report.words.idea_number(idea.number),
        origin=tuple(_origin(idea, report)),
        shares=_shares(idea, report),
        groups=tuple(_groups(idea, report)),
    )


def claim_of(finding: Finding, report: Report) -> Claim:
    """The finding with everything that is said of it."""
    words = report.words
    letters = [words.group_name(letter) for letter in finding.letters]
    return Claim(
        finding=finding,
        anchor=f"finding-{finding.number}",
        kind=words.kind_name(finding.kind.value),
        number=words.finding_number(finding.number),
        about=format_list(letters, report.language),
        themes=format_list(finding.themes, report.language),
        support=tuple(support_of(idea, report) for idea in finding.ideas),
    )


def figures_of(figures: Participation, report: Report) -> Iterator[tuple[str, int]]:
    """The figures of participation, each with its label."""
    words = report.words
    yield words.participants, figures.participants
    yield words.votes, figures.votes
    yield words.ideas, figures.ideas
    yield words.hidden_ideas, figures.hidden_ideas
    yield words.withdrawn_ideas, figures.withdrawn_ideas
    yield words.merged_ideas, figures.merged_ideas


def evidence_of(report: Report) -> Iterator[Fact]:
    """What the numbers come from, as facts; those that are empty are left out."""
    words, evidence = report.words, report.evidence
    if evidence.snapshot is not None:
        yield Fact(label=words.snapshot, value=format_count(evidence.snapshot, report.language))
    yield Fact(label=words.generated, value=format_time(evidence.counted_at, report.language))
    for fact in (
        Fact(label=words.inputs_digest, value=evidence.inputs_digest, is_code=True),
        Fact(label=words.digest, value=evidence.digest, is_code=True),
        Fact(label=words.package, value=evidence.package_address, is_address=True),
        Fact(label=words.command, value=evidence.command, is_code=True),
        Fact(label=words.source, value=report.address, is_address=True),
    ):
        if fact.value:
            yield fact


def group_name(group: OpinionGroup, words: Words, language: str) -> tuple[str, str]:
    """The group's name, and how many people are in it or that this is not shown."""
    people = words.not_shown if group.people is None else format_count(group.people, language)
    return words.group_name(group.letter), people


def _heading(report: Report, anchor: str, text: str, level: int = 2) -> Heading:
    return Heading(level=level, anchor=anchor, text=text, language=report.language)


def _thread(thread: ThreadReport, report: Report) -> Iterator[Part]:
    yield Heading(
        level=2,
        anchor=thread.anchor,
        text=thread.question,
        language=report.content_language,
        number=report.words.thread_number(thread.number),
    )
    figures = thread.participation
    yield Paragraph(
        text=report.words.thread_figures(
            people=figures.participants, votes=figures.votes, ideas=figures.ideas
        ),
        is_note=True,
    )
    if not thread.findings:
        yield Paragraph(text=report.words.no_findings)
    for finding in thread.findings:
        yield claim_of(finding, report)


def _map(report: Report) -> Iterator[Part]:
    words = report.words
    yield _heading(report, "map", words.map)
    if report.map:
        yield Picture(figure=report.map)
    if not report.grouping:
        return
    yield Paragraph(text=report.grouping.note)
    if report.grouping.groups:
        rows = tuple(group_name(group, words, report.language) for group in report.grouping.groups)
        yield Rows(
            table=Table(title=words.groups, headings=(words.group, words.people), rows=rows), numbers_from=1
        )


def _turnout(report: Report) -> Iterator[Part]:
    words, turnout = report.words, report.turnout
    yield _heading(report, "participation", words.participation)
    yield Facts(
        facts=tuple(
            Fact(label=label, value=format_count(count, report.language))
            for label, count in figures_of(turnout.figures, report)
        ),
        are_figures=True,
    )
    for line in turnout.evenness:
        yield Paragraph(text=line)
    if turnout.missing:
        yield _heading(report, "missing", words.missing, level=3)
        yield Points(lines=turnout.missing)
    if len(report.threads) > 1:
        yield _by_question(report)
    for table in turnout.tables:
        yield Rows(table=table, numbers_from=1)


def _by_question(report: Report) -> Rows:
    words = report.words
    rows = []
    for thread in report.threads:
        figures = thread.participation
        counts = (figures.ideas, figures.votes, figures.participants)
        named = f"{words.thread_number(thread.number)}. {thread.question}"
        rows.append((named, *(format_count(count, report.language) for count in counts)))
    return Rows(
        table=Table(
            title=words.by_question,
            headings=(words.question, words.ideas, words.votes, words.people),
            rows=tuple(rows),
        ),
        numbers_from=1,
        languages=(report.content_language,) * len(rows),
    )


def _request(recommendation: Recommendation, names: dict[int, str], report: Report) -> Request:
    return Request(
        recommendation=recommendation,
        anchor=f"recommendation-{recommendation.number}",
        number=report.words.recommendation_number(recommendation.number),
        because=tuple((names[number], f"finding-{number}") for number in recommendation.because),
        by_when=format_day(recommendation.by_when, report.language) if recommendation.by_when else "",
    )


def _sign_off(report: Report) -> Iterator[Part]:
    words, sign_off = report.words, report.sign_off
    if not sign_off:
        return
    yield _heading(report, "sign-off", words.sign_off)
    yield Paragraph(text=sign_off.rule)
    for signature in sign_off.signatures:
        day = format_day(signature.answered_on, report.language) if signature.answered_on else ""
        answer = signature.answer.value if signature.answer else ""
        yield Signed(signature=signature, said=words.answered(answer=answer, day=day))
    if sign_off.minority_reports:
        yield _heading(report, "minority-reports", words.minority_reports, level=3)
    for place, dissent in enumerate(sign_off.minority_reports, start=1):
        names = words.by_names(format_list(dissent.names, report.language)) if dissent.names else ""
        yield Dissent(report=dissent, anchor=f"minority-report-{place}", names=names)


def _checking(report: Report) -> Iterator[Part]:
    words = report.words
    if report.cite_as:
        yield _heading(report, "cite", words.cite)
        yield Paragraph(text=report.cite_as)
    yield _heading(report, "verify", words.verify)
    yield Paragraph(text=words.verify_note)
    yield Facts(facts=tuple(evidence_of(report)))


def _shares(idea: CitedIdea, report: Report) -> tuple[str, ...]:
    words, language = report.words, report.language

    if not idea.voters:
        return (words.no_votes,)
    return tuple(
        phrase(count=count, total=idea.voters, interval=format_interval(interval, language))
        for phrase, count, interval in (
            (words.agree_share, idea.agrees, idea.agree_interval),
            (words.disagree_share, idea.disagrees, idea.disagree_interval),
            (words.pass_share, idea.passes, idea.pass_interval),
        )
    )


def _groups(idea: CitedIdea, report: Report) -> Iterator[str]:
    """The result of the idea in each group, or that it is not shown; nothing where it has none."""
    words, language = report.words, report.language
    if not (report.grouping and idea.groups):
        return
    for group, votes in zip(report.grouping.groups, idea.groups, strict=True):
        share = words.not_shown
        if votes:
            interval = format_interval(votes.agree_interval, language)
            share = words.agree_share(count=votes.agrees, total=votes.voters, interval=interval)
        yield words.group_says(words.group_name(group.letter), share)


def _origin(idea: CitedIdea, report: Report) -> Iterator[str]:
    if idea.author is not None:
        yield report.words.participant_number(idea.author)
    if idea.language != report.language:
        yield language_name(idea.language, in_language=report.language)
