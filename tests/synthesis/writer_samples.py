"""A small consultation as a document, and texts that try to be more than text."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from deliberation.synthesis.writers.document import (
    CitedIdea,
    Document,
    Participation,
    ThreadDocument,
    summarise_thread,
)
from deliberation.synthesis.writers.words import Words

ENGLISH = Words(
    synthesis="Synthesis",
    phase="Phase",
    generated="Counted",
    source="Source",
    participation="Who took part",
    participants="People who voted",
    votes="Votes",
    ideas="Ideas",
    hidden_ideas="Hidden ideas",
    withdrawn_ideas="Withdrawn ideas",
    merged_ideas="Merged ideas",
    holds="Holds in every group",
    holds_note="More than half in each.",
    divides="Divides the groups",
    divides_note="More than half in one, fewer in another.",
    most_agreed="Most agreed",
    most_agreed_note="The surest that most people agree.",
    most_divided="Most divided",
    most_divided_note="The surest that people stand on both sides.",
    most_unsure="Most unsure",
    most_unsure_note="The surest that many pass.",
    none_listed="No idea to show here yet.",
    idea="Idea",
    statement="Statement",
    result="Votes on it",
    tags="Tags",
    method="How this was counted",
    group_name=lambda letter: f"Group {letter}",
    not_shown="not shown",
    thread_number=lambda number: f"Question {number}",
    idea_number=lambda number: f"Idea {number}",
    participant_number=lambda number: f"Participant {number}",
    agree_share=lambda *, count, total, interval: f"{count} of {total} agree ({interval})",
    disagree_share=lambda *, count, total, interval: f"{count} of {total} disagree ({interval})",
    pass_share=lambda *, count, total, interval: f"{count} of {total} pass ({interval})",
    standing=lambda *, standing, version, day: f"Synthesis, version {version}. {standing} {day}",
    summary="In short",
    contents="Contents",
    thread_figures=lambda *, people, votes, ideas: f"{votes} votes on {ideas} ideas, by {people} people.",
    no_findings="Nothing stands out here yet.",
    kind_name=lambda kind: f"Kind: {kind}",
    finding_number=lambda number: f"Finding {number}",
    support="What it rests on",
    themes="Themes",
    about="Groups it is about",
    evidence_changed="Evidence changed",
    no_votes="Nobody has voted on it yet.",
    agrees="Agree",
    disagrees="Disagree",
    passes="Pass",
    group="Group",
    groups="Groups",
    group_says=lambda group, share: f"{group}: {share}",
    map="Who votes alike",
    missing="Who is missing",
    by_question="By question",
    question="Question",
    people="People",
    recommendations="Recommendations",
    recommendation_number=lambda number: f"Recommendation {number}",
    why="Why",
    because="Findings behind it",
    who="Who is needed",
    actions="What they need to do",
    by_when="By when",
    sign_off="Who stands behind this",
    answered=lambda *, answer, day: f"{answer or 'has not answered'} {day}".strip(),
    reply="The working group answers",
    minority_reports="Minority reports",
    by_names=lambda names: f"By {names}",
    changes="What has changed since the version before",
    cite="How to cite",
    verify="How to check",
    verify_note="Anybody can count again.",
    snapshot="Snapshot",
    inputs_digest="Checksum of the votes",
    digest="Checksum of the result",
    package="Evidence package",
    command="Command",
    page_of=lambda page, pages: f"Page {page} of {pages}",
    unshown=lambda example: f"Some characters are given by their numbers, as in {example}.",
    finding="Finding",
    claim="Claim",
    kind="Kind",
    text="Text",
    address="Address",
)

SWEDISH = replace(
    ENGLISH,
    synthesis="Syntes",
    thread_number=lambda number: f"Fråga {number}",
    agree_share=lambda *, count, total, interval: f"{count} av {total} håller med ({interval})",
)

FIGURES = Participation(
    participants=3841, votes=120_000, ideas=4, hidden_ideas=2, withdrawn_ideas=1, merged_ideas=3
)


def idea(number: int = 1, statement: str = "Keep the promises we made.", **changes: object) -> CitedIdea:
    """An idea 34 of 41 agree with, but for what is changed."""
    usual = CitedIdea(
        number=number,
        statement=statement,
        language="en",
        author=7,
        agrees=34,
        disagrees=4,
        passes=3,
        tags=("Libraries", "Universities"),
        address=f"https://example.org/c/alliances/ideas/{number}",
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


IDEAS = (
    idea(1),
    idea(2, "Free data plans for readers.", agrees=43, disagrees=30, passes=8, author=None, tags=()),
    idea(3, "Vi behöver en gemensam principtext.", agrees=10, disagrees=5, passes=25, language="sv"),
    idea(4, "An idea nobody has seen yet.", agrees=0, disagrees=0, passes=0),
)


def thread(ideas: tuple[CitedIdea, ...] = IDEAS, question: str = "Which partnerships?") -> ThreadDocument:
    """A thread of the ideas."""
    return summarise_thread(
        number=4,
        question=question,
        address="https://example.org/c/alliances/threads/4",
        participation=FIGURES,
        all_ideas=ideas,
    )


def document(*threads: ThreadDocument, **changes: object) -> Document:
    """A whole document, but for what is changed."""
    usual = Document(
        title="Alliances and partnerships",
        slug="alliances",
        language="en",
        content_language="en",
        introduction="Seven questions.\n\nThink with us.",
        participation=FIGURES,
        threads=threads or (thread(),),
        phase="voting",
        phase_name="Voting",
        generated_at=datetime(2026, 11, 22, 7, 3, tzinfo=UTC),
        method=("Shares are of all who voted.", "Intervals are Wilson's, at 95 %."),
        address="https://example.org/c/alliances/synthesis",
        words=ENGLISH,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def hostile_document(text: str) -> Document:
    """A document in which everything a person could have written is the text."""
    return document(
        thread((idea(1, text, tags=(text, "Libraries"), language="sv"),), question=text),
        title=text,
        introduction=text,
        method=(text,),
    )


NAUGHTY = (
    "",
    " ",
    "\n",
    "# heading",
    "= heading =",
    "a\n===\nb\n---\nc",
    "* item\n+ item\n- item\n1. item\n2) item",
    "*emphasis* _emphasis_ **strong** ~~gone~~ `code`",
    "'''bold''' ''italic''",
    "```\nfence\n```",
    "    indented\n\tcode",
    "two spaces  \nhard break",
    "backslash\\\nbreak\\",
    "> quotation",
    "[link](https://evil.example) ![image](https://evil.example/x.png)",
    "[ref]: https://evil.example 'title'",
    "<https://evil.example> https://evil.example www.evil.example me@evil.example mailto:me@evil.example",
    "[[File:Secret.jpg|thumb]] [[x]] [https://evil.example x] //evil.example",
    "{{x}} {{{1|}}} {{#if:x|y}} {{subst:x}} {| class=x\n|-\n| cell\n|}",
    "|-\n| cell || cell\n! head !! head",
    "|}",
    "~~~~ __NOTOC__ ＿＿NOTOC＿＿ -{zh-hans:x}- RFC 1234 PMID 1 ISBN 0-306-40615-2",
    "#REDIRECT [[x]]",
    "; term : definition\n: indented\n* list\n# list\n----",
    " leading space",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</title></style></blockquote></main><script>alert(1)</script>",
    "<nowiki>x</nowiki><ref>x</ref><!-- x --><pre>x</pre><br><translate>x</translate>",
    '" onmouseover="alert(1)',
    "&amp; &lt;script&gt; &#60; &#x3c; &nbsp &notit; &#0;",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\0=1",
    "'=1",
    "''=1",
    "'quoted'",
    '=HYPERLINK("https://evil.example";"x"),"x"\n"y"',
    "semi;colon, comma \"quote\" and 'apostrophe'",
    "line\r\nbreak\rof\nall\n\n\nkinds\n",
    "bell\a nul\0 escape\x1b[31m delete\x7f next\x85 csi\x9b",
    "\u202eright to left\u202c \u2066isolate\u2069 \u200fmark",
    "\u2069\u2069\u202e unclosed",
    "שלום עולם مرحبا بالعالم",
    "田中さんにあげて下さい。和製漢語、社會科學院語學研究所",
    "👩‍👩‍👧‍👦 🇸🇪 👍🏽 e\u0301 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A",
    "\ufeffbom \ufffe \uffff \ufdd0 \U0001fffe \u2028 \u2029 \u00a0",
    "\u3000wide space\u3000\u00a0",
    "lone \ud83d surrogate \udc4d",
    "%s %(x)s {0} {x} ${x} $x^2$ :smile: {% raw %}",
    "a" * 10_000,
    "<" * 2_000,
    "*a " * 1_000,
    "[" * 1_000 + "]" * 1_000,
)

_SIGNS = "*_`~#+-=|<>[](){}!&;:'\"\\/@$%^.,0123456789 \t\n\r\0\ufeff\u202eaå語"
_GROUPS = (
    "\r\n",
    "    ",
    "{{",
    "}}",
    "[[",
    "]]",
    "<script>",
    "-->",
    "</",
    "http://x.y",
    "www.x.y",
    "1.",
    "|-",
)
PIECES = (*_SIGNS, *_GROUPS, "&lt", "&#1;")
_PIECES = st.sampled_from(PIECES)

# Both any text there is, and texts made of little but what formats give a meaning.
ANY_TEXT = st.one_of(st.text(max_size=400), st.lists(_PIECES, max_size=40).map("".join))
