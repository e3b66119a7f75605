"""A Polis export in the database: everything, exactly, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, Refused
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.people import Participant
from deliberation.consultations.phases import Timetable
from deliberation.exchange.errors import ImportRefused
from deliberation.exchange.polis.service import import_polis
from deliberation.ideas.models import Idea
from deliberation.ideas.search import matching
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.tables import metadata
from deliberation.votes.models import Choice, Vote, VoteEvent
from tests.exchange.conftest import SmallSet
from tests.exchange.test_polis_reader import rows


@pytest.fixture
def imported(session: Session, small_set: SmallSet) -> Consultation:
    return import_polis(
        session, directory=small_set.directory, slug="small", title="A small set", language="en"
    )


def ideas_of(session: Session, consultation: Consultation) -> dict[int, Idea]:
    ideas = session.scalars(select(Idea).where(Idea.consultation_id == consultation.id))
    return {idea.number: idea for idea in ideas}


def rows_in_all_tables(session: Session) -> Counter[str]:
    tables = metadata.sorted_tables
    return Counter(
        {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    )


def test_an_imported_consultation_is_read_only_with_the_conversations_own_words(
    imported: Consultation,
) -> None:
    (words,) = imported.texts
    assert (words.title, words.language, words.is_translation) == ("A small set", "en", False)
    assert words.introduction == 'First line.\n\nSecond, with "quotes".'
    assert words.introduction_html.startswith("<p>First line.</p>")
    (thread,) = imported.threads
    assert (thread.number, thread.texts[0].question) == (1, "Shared work, shared care")
    timetable = Timetable.of(imported.steps, datetime.now(UTC))
    assert timetable.current is Phase.SYNTHESIS
    assert not timetable.takes_votes


def test_ideas_keep_their_numbers_words_authors_and_times(session: Session, imported: Consultation) -> None:
    ideas = ideas_of(session, imported)
    assert {number: idea.statement for number, idea in ideas.items()} == {
        0: "One page for all partners",
        1: 'Say "thank you", and mean it',
        2: "Moderated\nout",
        5: "Nobody saw this",
    }
    assert {number: idea.author.number for number, idea in ideas.items()} == {0: 0, 1: 9, 2: 1, 5: 1}
    assert ideas[2].created_at == datetime(2017, 7, 14, 2, 40, tzinfo=UTC)
    assert {idea.language for idea in ideas.values()} == {"en"}
    assert [(r.number, r.statement) for r in ideas[1].revisions] == [(1, ideas[1].statement)]


def test_counts_are_those_of_current_votes(session: Session, imported: Consultation) -> None:
    counts = {n: (i.agrees, i.disagrees, i.passes) for n, i in ideas_of(session, imported).items()}
    assert counts == {0: (3, 0, 0), 1: (0, 0, 1), 2: (1, 0, 0), 5: (0, 0, 0)}


def test_every_vote_event_is_in_the_journal_in_order_of_time(
    session: Session, imported: Consultation
) -> None:
    journal = session.execute(
        select(Idea.number, Participant.number, VoteEvent.choice)
        .join(Idea, Idea.id == VoteEvent.idea_id)
        .join(Participant, Participant.id == VoteEvent.participant_id)
        .where(Idea.consultation_id == imported.id)
        .order_by(VoteEvent.id)
    ).all()
    assert [tuple(row) for row in journal] == [
        (0, 0, 1),
        (0, 4, 1),
        (0, 1, -1),
        (0, 1, 1),
        (1, 0, 0),
        (2, 4, 1),
    ]


def test_a_changed_vote_remembers_what_it_was(session: Session, imported: Consultation) -> None:
    changed = session.scalars(
        select(Vote)
        .join(Idea, Idea.id == Vote.idea_id)
        .join(Participant, Participant.id == Vote.participant_id)
        .where(Idea.consultation_id == imported.id, Idea.number == 0, Participant.number == 1)
    ).one()
    assert (changed.choice, changed.previous) == (Choice.AGREE, Choice.DISAGREE)
    assert changed.cast_at == datetime(2017, 7, 14, 2, 40, 30, tzinfo=UTC)


def test_participants_are_numbered_as_in_the_set_and_are_nobodys_account(
    session: Session, imported: Consultation
) -> None:
    people = session.scalars(
        select(Participant)
        .where(Participant.consultation_id == imported.id)
        .order_by(Participant.number)
    ).all()  # fmt: skip
    assert [person.number for person in people] == [0, 1, 4, 9]
    assert {person.account_id for person in people} == {None}
    assert people[1].joined_at == datetime(2017, 7, 14, 2, 40, tzinfo=UTC)


def test_what_was_moderated_out_is_hidden_with_a_row_in_the_log(
    session: Session, imported: Consultation
) -> None:
    ideas = ideas_of(session, imported)
    assert {number for number, idea in ideas.items() if idea.hidden_at} == {2, 5}
    assert {number for number, idea in ideas.items() if idea.accepted_at} == {0}
    acts = session.scalars(select(ModerationAct).where(ModerationAct.consultation_id == imported.id)).all()
    assert [act.kind for act in acts] == [ActKind.IMPORT_DATA, ActKind.HIDE_IDEA, ActKind.HIDE_IDEA]
    assert {act.idea.number for act in acts if act.idea} == {2, 5}
    assert acts[0].reason == "https://polis.example/1"
    assert acts[0].details == {
        "format": "polis-export/1",
        "source": "https://polis.example/1",
        "ideas": 4,
        "participants": 4,
        "vote_events": 6,
    }


def test_seeds_and_statements_about_the_conversation_are_marked(
    session: Session, small_set: SmallSet
) -> None:
    small_set.write(
        "comments.csv",
        "timestamp,comment-id,author-id,agrees,disagrees,moderated,is-meta,is-seed,comment-body\n"
        "1500000000,0,0,3,1,1,false,true,Seed\n"
        "1500000000,1,0,0,0,0,true,false,Meta\n"
        "1500000000,2,1,1,0,-1,false,false,Plain\n",
    )
    ideas = ideas_of(
        session, import_polis(session, directory=small_set.directory, slug="small", title="Small")
    )
    marks = {number: (idea.is_seed, idea.is_meta) for number, idea in ideas.items()}
    assert marks == {0: (True, False), 1: (False, True), 2: (False, False)}


def test_without_a_language_the_language_is_unknown(session: Session, small_set: SmallSet) -> None:
    consultation = import_polis(session, directory=small_set.directory, slug="small", title="Small")
    assert consultation.source_language == "und"


def test_a_long_statement_is_kept_whole(session: Session, small_set: SmallSet) -> None:
    statement = "Långt " * 3_000 + "slut"
    small_set.replace("comments.csv", "Nobody saw this", statement)
    consultation = import_polis(session, directory=small_set.directory, slug="small", title="Small")
    assert ideas_of(session, consultation)[5].statement == statement


def test_imported_ideas_can_be_searched(session: Session, imported: Consultation) -> None:
    found = select(Idea).where(Idea.consultation_id == imported.id, matching(session, "partners page"))
    ideas = session.scalars(found)
    assert [idea.number for idea in ideas] == [0]


def test_identities_of_other_systems_are_not_stored(session: Session, imported: Consultation) -> None:
    session.flush()
    for table in metadata.sorted_tables:
        for row in session.execute(select(table)):
            assert "mail@example.org" not in repr(row)


def test_a_bad_row_leaves_nothing_behind(session: Session, small_set: SmallSet) -> None:
    before = rows_in_all_tables(session)
    small_set.replace("votes.csv", ",2,4,1\n", ",2,4,7\n")
    with pytest.raises(ImportRefused):
        import_polis(session, directory=small_set.directory, slug="small", title="Small")
    assert rows_in_all_tables(session) == before


def test_a_taken_slug_is_refused_and_the_consultation_behind_it_stays(
    session: Session, imported: Consultation, small_set: SmallSet
) -> None:
    before = rows_in_all_tables(session)
    with pytest.raises(Conflict, match="already a consultation with the slug small"):
        import_polis(session, directory=small_set.directory, slug="small", title="Once more")
    assert rows_in_all_tables(session) == before


@pytest.mark.parametrize(
    ("slug", "title", "language"),
    [
        ("Small Set", "Small", "en"),
        ("", "Small", "en"),
        ("a/b", "Small", "en"),
        ("s" * 61, "Small", "en"),
        ("small", " ", "en"),
        ("small", "t" * 201, "en"),
        ("small", "Small", "svenska språket"),
        ("small", "Small", "en" + "-abc" * 10),
    ],
)
def test_an_unusable_slug_title_or_language_is_refused(
    session: Session, small_set: SmallSet, slug: str, title: str, language: str
) -> None:
    before = rows_in_all_tables(session)
    with pytest.raises(Refused):
        import_polis(session, directory=small_set.directory, slug=slug, title=title, language=language)
    assert rows_in_all_tables(session) == before


def test_a_real_set_is_loaded_whole(session: Session, open_set: Path) -> None:
    consultation = import_polis(session, directory=open_set, slug="open-set", title="An open set")
    comments = {int(row["comment-id"]): row for row in rows(open_set / "comments.csv")}
    ideas = ideas_of(session, consultation)
    assert {number: (idea.statement, idea.hidden_at is not None) for number, idea in ideas.items()} == {
        number: (row["comment-body"].strip(), row["moderated"] == "-1") for number, row in comments.items()
    }
    assert counts_of(ideas) == counts_in_the_file(open_set, comments)
    assert counts_of(ideas) == recount(session, consultation, Vote, comments)
    journal = recount(session, consultation, VoteEvent, comments)
    assert {number: counts[:2] for number, counts in journal.items()} == {
        number: (int(row["agrees"]), int(row["disagrees"])) for number, row in comments.items()
    }
    assert sum(map(sum, journal.values())) == len(rows(open_set / "votes.csv"))


Counts = dict[int, tuple[int, int, int]]


def counts_of(ideas: dict[int, Idea]) -> Counts:
    return {number: (idea.agrees, idea.disagrees, idea.passes) for number, idea in ideas.items()}


def counts_in_the_file(directory: Path, numbers: Iterable[int]) -> Counts:
    cells = Counter(
        (int(column), cell)
        for row in rows(directory / "participants-votes.csv")
        for column, cell in row.items()
        if column.isdigit() and cell
    )
    return {number: (cells[number, "1"], cells[number, "-1"], cells[number, "0"]) for number in numbers}


def recount(
    session: Session, consultation: Consultation, table: type[Vote | VoteEvent], numbers: Iterable[int]
) -> Counts:
    found = session.execute(
        select(Idea.number, table.choice, func.count())
        .join(Idea, Idea.id == table.idea_id)
        .where(Idea.consultation_id == consultation.id)
        .group_by(Idea.number, table.choice)
    )
    counted = Counter({(number, choice): count for number, choice, count in found})
    return {number: (counted[number, 1], counted[number, -1], counted[number, 0]) for number in numbers}
