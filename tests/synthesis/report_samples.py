"""A synthesis as a report in which everything that can be there is there."""

from dataclasses import replace
from datetime import UTC, date, datetime

from deliberation.synthesis.writers.document import (
    CitedIdea,
    Grouping,
    GroupVotes,
    OpinionGroup,
    Participation,
)
from deliberation.synthesis.writers.report import (
    Answer,
    Evidence,
    Finding,
    FindingKind,
    MapFigure,
    MinorityReport,
    Recommendation,
    Report,
    Signature,
    SignOff,
    Standing,
    Table,
    ThreadReport,
    Turnout,
)
from tests.synthesis.writer_samples import ENGLISH

HOME = "https://example.org/c/alliances"
COUNTED = datetime(2027, 1, 11, 23, 59, tzinfo=UTC)
FIGURES = Participation(
    participants=3841, votes=120_000, ideas=6, hidden_ideas=2, withdrawn_ideas=1, merged_ideas=3
)

MAP = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 300" width="600" height="300">
<rect width="600" height="300" fill="#fbf8f2"/>
<circle cx="150" cy="120" r="60" fill="#1f5a8f" fill-opacity=".25" stroke="#1f5a8f"/>
<circle cx="430" cy="180" r="80" fill="#b3541e" fill-opacity=".25" stroke="#b3541e"/>
<text x="150" y="126" text-anchor="middle" font-size="20">A</text>
<text x="430" y="186" text-anchor="middle" font-size="20">B</text>
</svg>"""


def idea(number: int = 1, statement: str = "Keep the promises we made.", **changes: object) -> CitedIdea:
    """An idea 34 of 41 agree with, 20 of 21 in group A and unsaid in group B, but for what is changed."""
    usual = CitedIdea(
        number=number,
        statement=statement,
        language="en",
        author=None,
        agrees=34,
        disagrees=4,
        passes=3,
        tags=("Libraries", "Universities"),
        address=f"{HOME}/ideas/{number}",
        groups=(GroupVotes(agrees=20, disagrees=1, passes=0), None),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


IDEAS = (
    idea(1, "Never sign under a partnership that gives one donor a say over what we write."),
    idea(2, "Free data plans for readers.", agrees=43, disagrees=30, passes=8, tags=(), groups=()),
    idea(3, "Vi behöver en gemensam principtext.", agrees=10, disagrees=5, passes=25, language="sv"),
    idea(4, "An idea nobody has seen yet.", agrees=0, disagrees=0, passes=0, groups=(None, None)),
)


def finding(number: int, kind: FindingKind, claim: str, *ideas: CitedIdea, **changes: object) -> Finding:
    """A finding with a text in Markdown, but for what is changed."""
    usual = Finding(
        number=number,
        kind=kind,
        claim=claim,
        text="This was said by *many*, see [the log](https://example.org/c/alliances/log).\n\n- one\n- two",
        ideas=ideas,
        themes=("Libraries",),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


FINDINGS = (
    finding(3, FindingKind.CONSENSUS, "No partnership may give one donor a say over content.", *IDEAS[:2]),
    finding(1, FindingKind.MAJORITY, "Most want fewer partners and longer promises.", IDEAS[0], text=""),
    finding(
        4,
        FindingKind.DIVISION,
        "Free data plans part you: A wants them, B does not.",
        IDEAS[1],
        letters=("A", "B"),
    ),
    finding(5, FindingKind.MINORITY, "Group B wants a say over agreements.", IDEAS[2], letters=("B",)),
    finding(6, FindingKind.UNSURE, "Nobody is sure about a common text.", IDEAS[2], themes=()),
    finding(7, FindingKind.NOT_YET_HEARD, "One idea has no votes yet.", IDEAS[3], text="", themes=()),
    finding(
        8, FindingKind.REMARK, "We add that libraries were not heard.", text="They *should* be.", themes=()
    ),
)


def numbered_from(start: int) -> tuple[Finding, ...]:
    """The findings with numbers of their own, for a second thread."""
    return tuple(replace(one, number=start + place) for place, one in enumerate(FINDINGS))


def thread(number: int = 4, **changes: object) -> ThreadReport:
    """A thread with a finding of every kind, but for what is changed."""
    usual = ThreadReport(
        number=number,
        question="Which kinds of partnerships are critical?",
        address=f"{HOME}/threads/{number}",
        participation=FIGURES,
        findings=FINDINGS,
        ideas=IDEAS,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


SIGN_OFF = SignOff(
    rule="Two thirds of the working group have to answer, and no objection may stand unanswered.",
    signatures=(
        Signature(
            name="Amina Yusuf", answer=Answer.APPROVES, text="", reply="", answered_on=date(2027, 2, 10)
        ),
        Signature(
            name="Oskar Rehn",
            answer=Answer.RESERVES,
            text="Recommendation 1 should not hinder a chapter at work already.",
            reply="",
            answered_on=date(2027, 2, 11),
        ),
        Signature(
            name="Liam Ek",
            answer=Answer.OBJECTS,
            text="The libraries were not heard.",
            reply="We say so in finding 8.",
            answered_on=date(2027, 2, 12),
        ),
        Signature(name="Ida Holm", answer=None, text="", reply="", answered_on=None),
    ),
    minority_reports=(
        MinorityReport(
            title="What the chapters see",
            text="We read the votes *otherwise*.",
            names=("Ida Holm", "Liam Ek"),
        ),
    ),
)


def report(*threads: ThreadReport, **changes: object) -> Report:
    """A published report with everything in it, but for what is changed."""
    usual = Report(
        heading="Few alliances, long promises",
        consultation="Alliances and partnerships",
        slug="alliances",
        language="en",
        content_language="en",
        standing=Standing.PUBLISHED,
        version=3,
        dated=datetime(2027, 2, 15, 7, 3, tzinfo=UTC),
        authors="By the working group on alliances and partnerships: Amina Yusuf, Oskar Rehn and Liam Ek.",
        summary="Most want *fewer partners* and longer promises.\n\nAll groups refuse donors with a say.",
        turnout=Turnout(
            figures=FIGURES,
            evenness=("One in ten cast half of the votes.",),
            missing=("Nobody under 20 answered.", "Few work at libraries."),
            tables=(
                Table(
                    title="Where do you live?",
                    headings=("Answer", "People"),
                    rows=(("In a town", "94"), ("In the country", "33")),
                    note="Asked of all, answered by 127.",
                ),
            ),
        ),
        grouping=Grouping(
            outcome="groups",
            groups=(OpinionGroup(letter="A", people=61), OpinionGroup(letter="B", people=None)),
            small_groups=1,
            counted_at=COUNTED,
            inputs_digest="ab" * 32,
            digest="cd" * 32,
            note="Two groups vote alike. They hold in nine of ten recounts.",
        ),
        map=MapFigure(
            svg=MAP, alternative="Two groups, A on the left and B on the right.", caption="Who votes alike"
        ),
        threads=threads or (thread(),),
        recommendations=(
            Recommendation(
                number=1,
                what="Make clear what we have before we look for new partners.",
                why="88 of 101 agree, in **all** groups.",
                because=(3, 1) if not threads else (),
                who="The foundation and the chapters.",
                actions="1. Name a contact person.\n2. Write down what was promised.",
                by_when=date(2027, 6, 1),
            ),
        ),
        sign_off=SIGN_OFF,
        changes=("Finding 8 is new.",),
        method=("Shares are of all who voted.", "Intervals are Wilson's, at 95 %."),
        cite_as="Working group (2027). Few alliances, long promises, version 3. https://example.org/c/alliances/synthesis/3",
        evidence=Evidence(
            snapshot=5,
            counted_at=COUNTED,
            inputs_digest="ab" * 32,
            digest="cd" * 32,
            package_address=f"{HOME}/synthesis/3/evidence.zip",
            command="python -m deliberation.analysis verify alliances",
        ),
        address=f"{HOME}/synthesis/3",
        words=ENGLISH,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def hostile_report(text: str) -> Report:
    """A report in which everything a person could have written is the text."""
    one = idea(1, text, tags=(text, "Libraries"), language="sv")
    usual = report(
        thread(
            question=text,
            findings=(
                finding(1, FindingKind.DIVISION, text, one, text=text, themes=(text,), letters=("A",)),
            ),
            ideas=(one,),
        )
    )
    assert usual.sign_off is not None
    assert usual.map is not None
    return replace(
        usual,
        heading=text,
        consultation=text,
        authors=text,
        summary=text,
        turnout=replace(
            usual.turnout,
            evenness=(text,),
            missing=(text,),
            tables=(Table(title=text, headings=(text, "People"), rows=((text, "1"),), note=text),),
        ),
        map=replace(usual.map, alternative=text, caption=text),
        recommendations=(
            replace(usual.recommendations[0], what=text, why=text, who=text, actions=text, because=(1,)),
        ),
        sign_off=SignOff(
            rule=text,
            signatures=(
                Signature(
                    name=text, answer=Answer.OBJECTS, text=text, reply=text, answered_on=date(2027, 2, 12)
                ),
            ),
            minority_reports=(MinorityReport(title=text, text=text, names=(text,)),),
        ),
        changes=(text,),
        method=(text,),
        cite_as=text,
        evidence=replace(usual.evidence, command=text),
    )
