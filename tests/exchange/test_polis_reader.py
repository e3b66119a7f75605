"""Reading Polis exports: what is understood, and what is refused with file, line and reason."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deliberation.exchange.errors import MOST_FAULTS, ImportRefused
from deliberation.exchange.polis.files import LONGEST_FIELD
from deliberation.exchange.polis.reader import VOTE_CONVENTION, read_export
from deliberation.exchange.polis.records import PolisModeration
from deliberation.votes.models import Choice
from tests.exchange.conftest import SmallSet


def faults_of(small_set: SmallSet) -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        read_export(small_set.directory)
    return [str(fault) for fault in refused.value.faults]


def test_a_set_is_read_whole(small_set: SmallSet) -> None:
    export = read_export(small_set.directory)
    assert export.summary.topic == "Shared work, shared care"
    assert export.summary.description == 'First line.\n\nSecond, with "quotes".'
    assert [statement.number for statement in export.statements] == [0, 1, 2, 5]
    assert [participant.number for participant in export.participants] == [0, 1, 4]
    assert export.participants[2].votes == {0: 1, 2: 1}


def test_statements_keep_quotes_and_inner_line_breaks_and_lose_outer_ones(small_set: SmallSet) -> None:
    small_set.replace("comments.csv", "Nobody saw this", '"\r\n  Nobody\r\nsaw\x07 this  \r\n"')
    texts = {statement.number: statement.text for statement in read_export(small_set.directory).statements}
    assert texts == {
        0: "One page for all partners",
        1: 'Say "thank you", and mean it',
        2: "Moderated\nout",
        5: "Nobody\nsaw this",
    }


def test_events_come_in_order_of_time_with_changes_included(small_set: SmallSet) -> None:
    events = read_export(small_set.directory).events
    assert [(event.statement, event.voter, event.choice) for event in events] == [
        (0, 0, 1),
        (0, 4, 1),
        (0, 1, -1),
        (0, 1, 1),
        (1, 0, 0),
        (2, 4, 1),
    ]
    assert events[0].cast_at == datetime(2017, 7, 14, 2, 40, 10, tzinfo=UTC)


def test_events_of_one_moment_keep_the_order_of_the_file(small_set: SmallSet) -> None:
    small_set.replace("votes.csv", "1500000020000", "1500000030000")
    votes = [event.choice for event in read_export(small_set.directory).events if event.voter == 1]
    assert votes == [-1, 1]


def test_times_in_seconds_and_in_milliseconds_are_told_apart(small_set: SmallSet) -> None:
    small_set.replace("comments.csv", "1500000000000", "1500000000")
    written = {s.number: s.written_at for s in read_export(small_set.directory).statements}
    assert written[2] == datetime(2017, 7, 14, 2, 40, tzinfo=UTC)
    assert written[0] == datetime(2017, 7, 14, 2, 40, 1, 500_000, tzinfo=UTC)


def test_people_are_voters_and_authors(small_set: SmallSet) -> None:
    assert read_export(small_set.directory).people() == [0, 1, 4, 9]


def test_the_columns_of_newer_exports_are_understood(small_set: SmallSet) -> None:
    small_set.write(
        "comments.csv",
        "timestamp,comment-id,author-id,agrees,disagrees,moderated,is-meta,is-seed,group-informed-consensus,comment-body\n"
        "1500000000,0,0,3,1,1,false,true,0.5,Seed\n"
        "1500000000,1,0,0,0,0,true,false,0.5,Meta\n"
        "1500000000,2,1,1,0,-1,false,false,0.5,Plain\n",
    )
    statements = read_export(small_set.directory).statements
    assert [(s.is_meta, s.is_seed) for s in statements] == [(False, True), (True, False), (False, False)]
    assert [s.moderation for s in statements] == [
        PolisModeration.IN,
        PolisModeration.UNDECIDED,
        PolisModeration.OUT,
    ]


def test_live_exports_are_understood(small_set: SmallSet) -> None:
    participants = small_set.directory / "participants-votes.csv"
    participants.rename(small_set.directory / "participant-votes.csv")
    small_set.replace("comments.csv", "moderated,comment-body", "moderated,importance,comment-body")
    for state, text in (("-1", '"Mod'), ("1", "One"), ("0", '"Say'), ("-1", "Nobody")):
        small_set.replace("comments.csv", f",{state},{text}", f",{state},0,{text}")
    (small_set.directory / "votes.csv").write_text(
        "\n".join(
            line + (",important" if line.startswith("timestamp") else ",0")
            for line in (small_set.directory / "votes.csv").read_text().splitlines()
        )
    )
    with (small_set.directory / "summary.csv").open("a") as summary:
        summary.write("vote-convention,agree=+1;disagree=-1;pass=0;format=polis-export/1\n")
    assert len(read_export(small_set.directory).events) == 6


def test_a_byte_order_mark_and_empty_lines_are_no_fault(small_set: SmallSet) -> None:
    text = (small_set.directory / "votes.csv").read_text()
    small_set.write("votes.csv", "\ufeff" + text.replace("\n", "\r\n") + "\r\n\r\n")
    assert len(read_export(small_set.directory).events) == 6


def test_tallies_of_current_votes_are_accepted_too(small_set: SmallSet) -> None:
    small_set.replace("comments.csv", ",0,0,3,1,1,", ",0,0,3,0,1,")
    assert read_export(small_set.directory).statements[0].disagrees == 0


def test_every_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_export(tmp_path)
    assert [str(fault) for fault in refused.value.faults] == [
        f"{name}:0: the file is missing"
        for name in ("summary.csv", "comments.csv", "votes.csv", "participants-votes.csv")
    ]


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="nowhere:0: there is no such directory"):
        read_export(tmp_path / "nowhere")


def test_a_directory_in_place_of_a_file_is_refused(small_set: SmallSet) -> None:
    (small_set.directory / "votes.csv").unlink()
    (small_set.directory / "votes.csv").mkdir()
    assert faults_of(small_set) == ["votes.csv:0: the file cannot be read: Is a directory"]


BAD_ROWS = [
    ("comments.csv", "moderated,comment", "comment", "comments.csv:1: the column moderated is missing"),
    ("comments.csv", "agrees,disagrees", "likes,disagrees", "comments.csv:1: the column agrees is missing"),
    ("comments.csv", "agrees,disagrees", "likes,disagrees", 'comments.csv:1: the column "likes" is unknown'),
    ("votes.csv", "datetime", "vote", 'votes.csv:1: the column "vote" is there twice'),
    ("votes.csv", ",0,0,1\n", ",x,0,1\n", 'votes.csv:2: "x" in column comment-id is not a whole number'),
    ("votes.csv", ",0,0,1\n", ",0,1_0,1\n", 'votes.csv:2: "1_0" in column voter-id is not a whole number'),
    ("votes.csv", ",0,0,1\n", ",0,٣,1\n", 'votes.csv:2: "٣" in column voter-id is not a whole number'),
    ("votes.csv", ",0,0,1\n", ",0,-4,1\n", 'votes.csv:2: "-4" in column voter-id is not a whole number'),
    (
        "votes.csv",
        ",0,0,1\n",
        ",0,9999999999,1\n",
        'votes.csv:2: "9999999999" in column voter-id is too large',
    ),
    ("votes.csv", ",0,1,-1\n", ",0,1,2\n", 'votes.csv:3: "2" in column vote is not a vote: 1, 0 or -1'),
    ("votes.csv", ",0,1,-1\n", ",0,1,\n", 'votes.csv:3: "" in column vote is not a vote: 1, 0 or -1'),
    ("votes.csv", ",0,1,-1\n", ",0,1\n", "votes.csv:3: the row has 4 fields, not 5"),
    ("votes.csv", ",2,4,1\n", ",7,4,1\n", "votes.csv:7: a vote on comment 7, which is not in comments.csv"),
    ("votes.csv", ",2,4,1\n", ",2,8,1\n", "votes.csv:7: voter 8 has no row in participants-votes.csv"),
    ("votes.csv", "1500000010000", "soon", 'votes.csv:2: "soon" in column timestamp is not a whole number'),
    (
        "votes.csv",
        "1500000010000",
        "150000001000000000",
        'votes.csv:2: "150000001000000000" in column timestamp is not a time in seconds or milliseconds',
    ),
    (
        "comments.csv",
        ",0,0,3,1,1,",
        ",2,0,3,1,1,",
        "comments.csv:4: comment 2 is there twice, first on line 2",
    ),
    (
        "comments.csv",
        ",0,0,3,1,1,",
        ",0,0,3,1,5,",
        'comments.csv:4: "5" in column moderated is not a moderation state: 1, 0 or -1',
    ),
    ("comments.csv", "One page for all partners", '" \n"', "comments.csv:4: column comment-body has no text"),
    (
        "comments.csv",
        "Nobody saw this",
        '"Nobody',
        "comments.csv:7: the quotation marks around a field are broken",
    ),
    (
        "comments.csv",
        "Nobody saw this",
        "x" * (LONGEST_FIELD + 1),
        "comments.csv:7: a field is longer than 20000 characters",
    ),
    (
        "comments.csv",
        "Nobody saw this",
        "x" * 140_000,
        "comments.csv:7: a field is longer than 20000 characters",
    ),
    (
        "comments.csv",
        ",0,0,3,1,1,",
        ",0,0,4,1,1,",
        "comments.csv:4: comment 0 says 4 agrees and 1 disagrees, votes.csv has 3 and 1",
    ),
    ("summary.csv", "topic,", "theme,", 'summary.csv:1: the row "theme" is unknown'),
    ("summary.csv", "topic,", "theme,", "summary.csv:0: the row topic is missing"),
    (
        "summary.csv",
        "voters,3",
        "voters,three",
        'summary.csv:3: "three" in column voters is not a whole number',
    ),
    ("summary.csv", "groups,0", "groups,0,1", "summary.csv:7: the row has 3 fields, not 2"),
    ("summary.csv", "groups,0", "voters,3", 'summary.csv:7: the row "voters" is there twice'),
    (
        "summary.csv",
        "groups,0",
        "vote-convention,agree=-1",
        f'summary.csv:7: the vote convention "agree=-1" is not {VOTE_CONVENTION}',
    ),
    (
        "participants-votes.csv",
        "n-disagree,0,1,2",
        "n-disagree,0,1,8",
        "participants-votes.csv:1: comment 8 is not in comments.csv",
    ),
    (
        "participants-votes.csv",
        "n-disagree,0,1,2",
        "n-disagree,0,1,2.5",
        'participants-votes.csv:1: the column "2.5" is unknown',
    ),
    (
        "participants-votes.csv",
        "4,,1,0,2",
        "1,,1,0,2",
        "participants-votes.csv:4: participant 1 is there twice, first on line 3",
    ),
    (
        "participants-votes.csv",
        "1,,,2,1,1,0,1",
        "1,,,2,2,1,0,1",
        "participants-votes.csv:3: n-votes says 2, the votes in the row make 1",
    ),
    (
        "participants-votes.csv",
        "1,,,2,1,1,0,1",
        "1,,,2,1,0,1,-1",
        "participants-votes.csv:3: the vote on comment 0 is -1 here and 1 in votes.csv",
    ),
    (
        "participants-votes.csv",
        "4,,1,0,2,2,0,1,,1",
        "4,,1,0,1,1,0,1,,",
        "participants-votes.csv:4: the vote on comment 2 is not there here and 1 in votes.csv",
    ),
    (
        "participants-votes.csv",
        "4,,1,0,2,2,0,1,,1",
        "4,,1,0,2,2,0,1,,yes",
        'participants-votes.csv:4: "yes" in column 2 is not a vote: 1, 0 or -1',
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "fault"), BAD_ROWS)
def test_a_bad_row_is_named_by_file_line_and_reason(
    small_set: SmallSet, file: str, old: str, new: str, fault: str
) -> None:
    small_set.replace(file, old, new)
    assert fault in faults_of(small_set)


def test_faults_of_all_rows_and_files_are_reported_together(small_set: SmallSet) -> None:
    small_set.replace("summary.csv", "groups,0", "groups,few")
    small_set.replace("votes.csv", ",0,0,1\n", ",0,0,5\n")
    small_set.replace("votes.csv", ",2,4,1\n", ",2,4,7\n")
    assert [fault.split(" ")[0] for fault in faults_of(small_set)] == [
        "summary.csv:7:",
        "votes.csv:2:",
        "votes.csv:7:",
    ]


def test_a_file_full_of_faults_is_given_up(small_set: SmallSet) -> None:
    small_set.write("votes.csv", "timestamp,comment-id,voter-id,vote\n" + "1,2,3,4\n" * 10_000)
    faults = faults_of(small_set)
    assert len(faults) == MOST_FAULTS + 1
    assert faults[-1] == "votes.csv:101: reading stopped here: too many faults to list"


def test_text_that_is_not_utf_8_is_refused_by_line(small_set: SmallSet) -> None:
    path = small_set.directory / "comments.csv"
    path.write_bytes(path.read_bytes().replace(b"Nobody", "Näbody".encode("latin-1")))
    assert faults_of(small_set) == ["comments.csv:7: the text is not valid UTF-8"]


def test_a_nul_character_is_refused_by_line(small_set: SmallSet) -> None:
    small_set.replace("comments.csv", "for all", "for\0all")
    assert faults_of(small_set) == ["comments.csv:4: a NUL character, which no text contains"]


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_an_empty_file_is_refused(small_set: SmallSet, content: str) -> None:
    small_set.write("votes.csv", content)
    assert faults_of(small_set) == ["votes.csv:1: the file has no row of column names"]


def test_what_is_shown_of_a_bad_cell_fits_a_line_and_a_terminal(small_set: SmallSet) -> None:
    small_set.replace("votes.csv", ",0,0,1\n", ',0,0,"\n\x1b[31m' + "x" * 100 + '"\n')
    (fault,) = faults_of(small_set)
    assert fault == 'votes.csv:2: "��[31m' + "x" * 34 + '…" in column vote is not a vote: 1, 0 or -1'


def test_the_identities_of_other_systems_are_read_past(small_set: SmallSet) -> None:
    assert "mail@example.org" not in repr(read_export(small_set.directory))


def test_a_real_set_is_read_whole(open_set: Path) -> None:
    export = read_export(open_set)
    comments = rows(open_set / "comments.csv")
    participants = rows(open_set / "participants-votes.csv")
    assert len(export.statements) == len(comments)
    assert len(export.events) == len(rows(open_set / "votes.csv"))
    assert len(export.participants) == len(participants)
    texts = {statement.number: statement.text for statement in export.statements}
    assert texts == {int(row["comment-id"]): row["comment-body"].strip() for row in comments}
    assert [event.cast_at for event in export.events] == sorted(event.cast_at for event in export.events)


def test_a_real_set_counts_repeated_votes_in_comments_and_not_in_the_participants_rows(
    open_set: Path,
) -> None:
    export = read_export(open_set)
    cast = Counter((event.statement, event.choice) for event in export.events)
    assert all(
        (cast[statement.number, Choice.AGREE], cast[statement.number, Choice.DISAGREE])
        == (statement.agrees, statement.disagrees)
        for statement in export.statements
    )
    assert sum(len(participant.votes) for participant in export.participants) < len(export.events)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
