"""What is composed from the votes: the figures, the lists, what is left out, and at what price."""

import csv
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from flask import Flask
from sqlalchemy import distinct, func, insert, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import NotFound
from deliberation.consultations.models import Consultation, Phase, Thread
from deliberation.exchange.polis.service import import_polis
from deliberation.ideas.models import Idea
from deliberation.synthesis.live import live_report
from deliberation.synthesis.plain import plain_text
from deliberation.synthesis.writers import WRITERS, Format
from deliberation.synthesis.writers.report import Report
from deliberation.tags.models import TagStatus
from deliberation.votes.models import Choice, Vote
from tests.factories import (
    apply_tag,
    make_consultation,
    make_idea,
    make_participant,
    make_tag,
    make_vote,
)
from tests.statements import statements

HOME = "https://example.org"
MOMENT = now().replace(microsecond=0)
POLIS = Path(__file__).resolve().parents[3] / "shared" / "data" / "polis"


def composed(
    session: Session, consultation: Consultation, *, thread: int | None = None, language: str = "en"
) -> Report:
    return live_report(
        session,
        consultation=consultation,
        thread_number=thread,
        language=language,
        base_url=HOME,
        moment=MOMENT,
    )


def vote(session: Session, idea: Idea, *, agrees: int = 0, disagrees: int = 0, passes: int = 0) -> None:
    for choice, count in ((Choice.AGREE, agrees), (Choice.DISAGREE, disagrees), (Choice.PASS, passes)):
        for _ in range(count):
            make_vote(session, idea, choice=choice)


def written(document: Report) -> dict[Format, str]:
    """The formats whose bytes can be read as they are."""
    return {
        kind: writer.write(document).decode() for kind, writer in WRITERS.items() if not writer.takes_long
    }


def test_the_figures_are_those_of_a_recount(session: Session) -> None:
    consultation = make_consultation(session)
    first, second = consultation.threads
    people = [make_participant(session, consultation) for _ in range(4)]
    ideas = [make_idea(session, thread, people[0]) for thread in (first, first, second)]
    for person in people[:3]:
        make_vote(session, ideas[0], person, Choice.AGREE)
    make_vote(session, ideas[1], people[0], Choice.PASS)
    make_vote(session, ideas[2], people[3], Choice.DISAGREE)
    hidden = make_idea(session, first, people[1], hidden_at=now(), withdrawn_at=now())
    make_idea(session, second, people[1], withdrawn_at=now())
    make_vote(session, hidden, make_participant(session, consultation))
    make_idea(session, second, people[1], merged_into=ideas[2])
    make_idea(session, second, people[1], merged_into=ideas[2], hidden_at=now())

    document = composed(session, consultation)
    whole = document.turnout.figures
    assert (whole.participants, whole.votes, whole.ideas) == (4, 5, 3)
    assert (whole.hidden_ideas, whole.withdrawn_ideas, whole.merged_ideas) == (2, 1, 1)
    one, two = (thread.participation for thread in document.threads)
    assert (one.participants, one.votes, one.ideas, one.hidden_ideas, one.withdrawn_ideas) == (3, 4, 2, 1, 0)
    assert (two.participants, two.votes, two.ideas) == (1, 1, 1)
    assert (two.hidden_ideas, two.withdrawn_ideas, two.merged_ideas) == (1, 1, 1)
    for thread in document.threads:
        for cited in thread.ideas:
            idea = next(idea for idea in ideas if idea.number == cited.number)
            recount = Counter(session.scalars(select(Vote.choice).where(Vote.idea_id == idea.id)))
            assert (cited.agrees, cited.passes, cited.disagrees) == (recount[1], recount[0], recount[-1])


def test_hidden_and_withdrawn_ideas_appear_in_no_format(session: Session) -> None:
    consultation = make_consultation(session, threads=1)
    thread = consultation.threads[0]
    read = make_idea(session, thread, statement="Everybody reads this")
    for idea in (
        make_idea(session, thread, statement="Nobodyreadshidden", hidden_at=now()),
        make_idea(session, thread, statement="Nobodyreadswithdrawn", withdrawn_at=now()),
        make_idea(session, thread, statement="Nobodyreadsmerged", merged_into=read),
    ):
        apply_tag(session, idea, make_tag(session, consultation, f"secret-{idea.number}"))
        vote(session, idea, agrees=9)
    for text in written(composed(session, consultation)).values():
        assert "Nobodyreads" not in text
        assert "secret-" not in text


def test_one_thread_is_a_synthesis_of_its_own(session: Session) -> None:
    consultation = make_consultation(session)
    make_vote(session, make_idea(session, consultation.threads[0], statement="In the first"))
    make_vote(session, make_idea(session, consultation.threads[1], statement="In the second"))
    document = composed(session, consultation, thread=2)
    assert [thread.number for thread in document.threads] == [2]
    assert document.turnout.figures == document.threads[0].participation
    assert document.turnout.figures.votes == 1
    assert document.address == "https://example.org/c/the-park/synthesis?thread=2"
    with pytest.raises(NotFound):
        composed(session, consultation, thread=3)


def test_accepted_tags_are_named_in_the_language_asked_for(session: Session) -> None:
    consultation = make_consultation(session, threads=1)
    idea = make_idea(session, consultation.threads[0])
    apply_tag(
        session, idea, make_tag(session, consultation, "schools", names={"sv": "skolor", "en": "schools"})
    )
    apply_tag(session, idea, make_tag(session, consultation, "rumour", status=TagStatus.SUGGESTED))
    assert composed(session, consultation).threads[0].ideas[0].tags == ("schools",)
    assert composed(session, consultation, language="sv").threads[0].ideas[0].tags == ("skolor",)


def test_the_words_keep_their_language_whatever_the_request_speaks(app: Flask, session: Session) -> None:
    consultation = make_consultation(session, threads=1)
    with app.test_request_context(headers={"Accept-Language": "sv"}):
        document = composed(session, consultation, language="en")
        assert document.words.synthesis == "Synthesis"
        assert document.words.agree_share(count=1, total=2, interval="9–91%") == "1 of 2 agrees (9–91%)"
        assert document.words.agree_share(count=1200, total=2000, interval="x") == "1,200 of 2,000 agree (x)"
    assert document.content_language == "en"
    assert document.consultation == "The park (en)"


def test_no_one_is_named_as_author(session: Session) -> None:
    consultation = make_consultation(session, threads=1)
    make_idea(session, consultation.threads[0])
    assert composed(session, consultation).threads[0].ideas[0].author is None


def test_an_empty_consultation_has_a_synthesis_in_every_format(session: Session) -> None:
    for threads in (0, 2):
        consultation = make_consultation(session, f"empty-{threads}", threads=threads)
        document = composed(session, consultation)
        assert document.turnout.figures.votes == document.turnout.figures.participants == 0
        formats = written(document)
        assert all(formats.values())
        assert json.loads(formats[Format.JSON])["turnout"]["figures"]["ideas"] == 0
        assert len(list(csv.reader(io.StringIO(formats[Format.CSV])))) == 1


def test_the_same_votes_give_the_same_bytes(session: Session) -> None:
    consultation = make_consultation(session)
    vote(session, make_idea(session, consultation.threads[0]), agrees=2, passes=1)
    first, second = composed(session, consultation), composed(session, consultation)
    assert written(first) == written(second)
    assert written(replace(first, dated=MOMENT + timedelta(days=1))) != written(second)


@pytest.mark.parametrize(
    ("phase", "is_open"), [(Phase.GATHERING, True), (Phase.VOTING, True), (Phase.SYNTHESIS, False)]
)
def test_the_method_says_whether_the_numbers_still_move(
    session: Session, phase: Phase, is_open: bool
) -> None:
    consultation = make_consultation(session, phase=phase)
    document = composed(session, consultation)
    assert ("still open" in " ".join(document.method)) is is_open
    assert any("https://example.org/c/the-park/log" in note for note in document.method)


@pytest.mark.skipif(not POLIS.is_dir(), reason="the Polis sets are not here")
def test_an_imported_conversation_is_told_whole(session: Session) -> None:
    consultation = import_polis(
        session, directory=POLIS / "scoop-hivemind.ubi", slug="ubi", title="UBI", language="en"
    )
    document = composed(session, consultation)
    assert any("polis-export/1" in note for note in document.method)
    longest = max(document.threads[0].ideas, key=lambda idea: len(idea.statement))
    formats = written(document)
    in_json = {i["number"]: i for i in json.loads(formats[Format.JSON])["threads"][0]["ideas"]}
    assert in_json[longest.number]["statement"] == longest.statement
    rows = list(csv.DictReader(io.StringIO(formats[Format.CSV], newline="")))
    visible = select(Idea).where(Idea.consultation_id == consultation.id, Idea.hidden_at.is_(None))
    ideas = session.scalars(visible).all()
    assert {
        int(row["idea"]): (int(row["agrees"]), int(row["disagrees"]), int(row["passes"])) for row in rows
    } == {idea.number: (idea.agrees, idea.disagrees, idea.passes) for idea in ideas}
    people = session.scalar(
        select(func.count(distinct(Vote.participant_id))).where(Vote.idea_id.in_([idea.id for idea in ideas]))
    )
    assert document.turnout.figures.participants == people


def test_a_statement_longer_than_people_may_write_is_kept_whole(session: Session) -> None:
    consultation = make_consultation(session, threads=1)
    statement = "word " * 200 + "end."
    vote(session, make_idea(session, consultation.threads[0], statement=statement), agrees=2)
    for text in written(composed(session, consultation)).values():
        assert statement in text.replace("\\", "")


def test_many_ideas_take_no_more_statements_and_little_time(session: Session) -> None:
    small = make_consultation(session, "small")
    make_vote(session, make_idea(session, small.threads[0]))
    large = make_consultation(session, "large", threads=7)
    author = make_participant(session, large)
    _fill(session, large.threads, author.id, count=2_000)
    session.expire_all()
    prices = []
    for consultation in (small, large):
        session.refresh(consultation, ["texts", "steps"])
        with statements() as heard:
            document = composed(session, consultation)
        prices.append(len(heard))
    assert prices[0] == prices[1] <= 10
    assert document.turnout.figures.ideas == 2_000
    assert min(_seconds(session, large) for _ in range(3)) < 0.5


def _seconds(session: Session, consultation: Consultation) -> float:
    began = perf_counter()
    composed(session, consultation)
    return perf_counter() - began


def _fill(session: Session, threads: list[Thread], author_id: int, *, count: int) -> None:
    session.execute(
        insert(Idea),
        [
            {
                "consultation_id": threads[0].consultation_id,
                "thread_id": threads[number % len(threads)].id,
                "author_id": author_id,
                "number": number,
                "language": "sv",
                "statement": f"Idea {number}",
                "elaboration": "",
                "elaboration_html": "",
                "agrees": number % 97,
                "disagrees": number % 31,
                "passes": number % 13,
                "created_at": MOMENT,
            }
            for number in range(1, count + 1)
        ],
    )
    session.flush()


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>One\nline &amp; more.</p>\n<p>Two</p>", "One line & more.\n\nTwo"),
        ("<ul>\n<li>a</li>\n<li><p>b</p></li>\n</ul>\n<p>c</p>", "– a\n– b\n\nc"),
        ('<p>See <a href="https://x.org/">the <em>page</em></a>.</p>', "See the page (https://x.org/)."),
        ('<p><a href="https://x.org/">https://x.org/</a></p>', "https://x.org/"),
        ("<p>a<br>\nb</p>", "a\nb"),
    ],
)
def test_markup_becomes_plain_text(html: str, text: str) -> None:
    assert plain_text(html) == text
