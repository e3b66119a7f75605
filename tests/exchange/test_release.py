"""A release: results for all, rows of nobody in particular, and a report of what is missing."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from deliberation.analysis.__main__ import main as analysis
from deliberation.analysis.fewest import FEWEST
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.exchange.directory import ExportRefused
from deliberation.exchange.polis.service import import_polis
from deliberation.exchange.release.gate import LIMIT, singled_out
from deliberation.exchange.release.service import release_polis
from deliberation.ideas.models import Idea
from deliberation.votes.models import Vote
from tests.exchange.test_polis_reader import rows
from tests.factories import make_consultation, make_idea, make_participant
from tests.insights.landscapes import make_landscape, store_landscape

PEOPLE, IDEAS = 300, 8
URL = "https://deliberation.example"


def fill(session: Session, consultation: Consultation, cells: np.ndarray) -> list[Idea]:
    """Votes as `cells` has them, (people, ideas); people are numbered from 11, ideas from 1."""
    author = make_participant(session, consultation)
    ideas = [
        make_idea(session, consultation.threads[place % 2], author, f"Idea {place + 1}.")
        for place in range(cells.shape[1])
    ]
    session.execute(
        insert(Participant),
        [
            {"consultation_id": consultation.id, "number": 11 + place, "joined_at": now()}
            for place in range(len(cells))
        ],
    )
    people = session.scalars(
        select(Participant.id).where(Participant.consultation_id == consultation.id, Participant.number > 10)
        .order_by(Participant.number)
    ).all()  # fmt: skip
    session.execute(
        insert(Vote),
        [
            {
                "participant_id": people[row],
                "idea_id": ideas[column].id,
                "choice": int(choice),
                "cast_at": now(),
            }
            for (row, column), choice in np.ndenumerate(cells)
        ],
    )
    for idea, column in zip(ideas, cells.T, strict=True):
        idea.agrees, idea.disagrees, idea.passes = ((column == choice).sum().item() for choice in (1, -1, 0))
    session.flush()
    return ideas


@pytest.fixture
def cells() -> np.ndarray:
    """Three kinds of people, and some who are like nobody."""
    rng = np.random.default_rng(7)
    kinds = rng.integers(-1, 2, (3, IDEAS)).astype(np.int8)
    usual = kinds[rng.integers(0, 3, PEOPLE)]
    return np.concatenate([usual, rng.integers(-1, 2, (20, IDEAS)).astype(np.int8)])


@pytest.fixture
def consultation(session: Session, cells: np.ndarray) -> Consultation:
    consultation = make_consultation(session)
    fill(session, consultation, cells)
    return consultation


def release(session: Session, consultation: Consultation, directory: Path, seed: int | None = 1) -> Path:
    release_polis(session, consultation=consultation, directory=directory, base_url=URL, seed=seed)
    return directory


def matrix(directory: Path) -> np.ndarray:
    found = rows(directory / "participant-votes.csv")
    ideas = [column for column in found[0] if column.isdigit()]
    return np.array([[int(row[idea] or 2) for idea in ideas] for row in found], np.int8)


def test_released_rows_pass_the_gate(session: Session, consultation: Consultation, tmp_path: Path) -> None:
    kept = matrix(release(session, consultation, tmp_path / "set"))
    assert len(kept) > PEOPLE / 2
    assert singled_out(kept, seed=3).share <= LIMIT


def test_the_same_rows_without_the_gate_would_not_pass(cells: np.ndarray) -> None:
    assert singled_out(cells, seed=3).share > LIMIT


def test_rows_are_in_no_order_under_numbers_of_their_own(
    session: Session, consultation: Consultation, cells: np.ndarray, tmp_path: Path
) -> None:
    directory = release(session, consultation, tmp_path / "set")
    found = rows(directory / "participant-votes.csv")
    assert [int(row["participant"]) for row in found] == list(range(len(found)))
    assert {(row["group-id"], row["n-comments"]) for row in found} == {("", "")}
    kept = matrix(directory)
    other = matrix(release(session, consultation, tmp_path / "other", seed=2))
    shared = min(len(kept), len(other))
    assert kept.shape[1] == IDEAS
    assert not np.array_equal(kept[:shared], other[:shared])
    assert not np.array_equal(kept[:200], cells[:200])


def test_votes_have_no_times_and_authors_are_no_voters(
    session: Session, consultation: Consultation, tmp_path: Path
) -> None:
    directory = release(session, consultation, tmp_path / "set")
    assert {(row["timestamp"], row["datetime"]) for row in rows(directory / "votes.csv")} == {("0", "")}
    comments = rows(directory / "comments.csv")
    assert {(row["timestamp"], row["datetime"]) for row in comments} == {("0", "")}
    voters = {row["participant"] for row in rows(directory / "participant-votes.csv")}
    assert not voters & {row["author-id"] for row in comments}


def test_nothing_of_our_own_is_beside_them(
    session: Session, consultation: Consultation, tmp_path: Path
) -> None:
    directory = release(session, consultation, tmp_path / "set")
    assert sorted(path.name for path in directory.iterdir()) == [
        "RELEASE.txt", "comment-groups.csv", "comments.csv", "landscape.json", "participant-votes.csv",
        "release.json", "results.csv", "summary.csv", "votes.csv",
    ]  # fmt: skip
    text = "".join(path.read_text() for path in directory.iterdir())
    moment = now()
    assert moment.strftime("%Y-%m") not in text
    assert str(int(moment.timestamp()))[:6] not in text


def test_the_report_says_what_is_missing(
    session: Session, consultation: Consultation, tmp_path: Path
) -> None:
    directory = release(session, consultation, tmp_path / "set")
    report = json.loads((directory / "release.json").read_text())
    kept = matrix(directory)
    assert report["rows"]["people"] == len(kept)
    assert report["rows"]["people_left_out"] == PEOPLE + 20 - len(kept) >= 10
    assert report["rows"]["votes"] + report["rows"]["votes_left_out"] == (PEOPLE + 20) * IDEAS
    assert [thread["ideas"] for thread in report["threads"]] == [[1, 3, 5, 7], [2, 4, 6, 8]]
    words = (directory / "RELEASE.txt").read_text()
    assert f"{len(kept)} rows" in words
    assert "people with unusual votes are missing" in words


def test_results_are_those_of_everybody(
    session: Session, consultation: Consultation, cells: np.ndarray, tmp_path: Path
) -> None:
    results = rows(release(session, consultation, tmp_path / "set") / "results.csv")
    for row, column in zip(results, cells.T, strict=True):
        counted = [(column == choice).sum() for choice in (1, -1, 0)]
        assert [int(row[name]) for name in ("agrees", "disagrees", "passes")] == counted


def test_hidden_and_withdrawn_ideas_are_not_in_it(
    session: Session, consultation: Consultation, tmp_path: Path
) -> None:
    hidden, withdrawn = session.scalars(
        select(Idea).where(Idea.consultation_id == consultation.id, Idea.number.in_([2, 3]))
    )
    hidden.hidden_at, withdrawn.withdrawn_at = now(), now()
    hidden.statement = "Anna Ek took the money."
    session.flush()
    directory = release(session, consultation, tmp_path / "set")
    assert not any("Anna Ek" in path.read_text() for path in directory.iterdir())
    for name in ("comments.csv", "results.csv", "comment-groups.csv"):
        assert [row["comment-id"] for row in rows(directory / name)] == ["1", "4", "5", "6", "7", "8"]


def test_a_release_can_be_imported(session: Session, consultation: Consultation, tmp_path: Path) -> None:
    directory = release(session, consultation, tmp_path / "set")
    imported = import_polis(session, directory=directory, slug="released", title="Released")
    votes = session.scalars(
        select(Vote.choice).join(Idea, Idea.id == Vote.idea_id).where(Idea.consultation_id == imported.id)
    ).all()
    assert len(votes) == (matrix(directory) != 2).sum()


def test_what_was_released_is_verified(
    session: Session, consultation: Consultation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = release(session, consultation, tmp_path / "set")
    assert analysis(["verify", str(directory)]) == 0
    assert "All threads, of the votes that were released: the same." in capsys.readouterr().out


def test_where_nothing_useful_is_left_there_are_results_alone(session: Session, tmp_path: Path) -> None:
    consultation = make_consultation(session)
    fill(session, consultation, np.random.default_rng(1).integers(-1, 2, (40, 20)).astype(np.int8))
    directory = release(session, consultation, tmp_path / "set")
    names = {path.name for path in directory.iterdir()}
    assert not names & {"votes.csv", "participant-votes.csv", "landscape.json"}
    assert "results alone, and no rows" in (directory / "RELEASE.txt").read_text()
    results, comments = (rows(directory / name) for name in ("results.csv", "comments.csv"))
    assert [row["agrees"] for row in results] == [row["agrees"] for row in comments]


def test_nobody_voted_is_a_release_too(session: Session, tmp_path: Path) -> None:
    directory = release(session, make_consultation(session), tmp_path / "set")
    assert json.loads((directory / "release.json").read_text())["rows"] is None


def test_small_cells_of_groups_are_empty_and_do_not_follow(session: Session, tmp_path: Path) -> None:
    consultation = make_consultation(session)
    votes = np.full((60, 6), 9)
    group_of = np.repeat([0, 1, 2], [25, 20, 15])
    votes[:25], votes[25:45], votes[45:] = 1, -1, 0
    votes[48:, 2] = 9
    ideas = fill(session, consultation, np.where(votes == 9, 0, votes).astype(np.int8))
    landscape = make_landscape(votes, group_of)
    assert landscape.ideas.tolist() == [idea.number for idea in ideas]
    store_landscape(session, consultation, landscape)
    directory = release(session, consultation, tmp_path / "set")
    third = rows(directory / "comment-groups.csv")[2]
    shown = [third[f"group-{letter}-votes"] for letter in "abc"]
    assert shown.count("") >= 2
    assert all(int(cell) >= FEWEST for cell in shown if cell)
    assert rows(directory / "comment-groups.csv")[0]["group-c-votes"] == "15"


def test_a_release_is_written_over_nothing(
    session: Session, consultation: Consultation, tmp_path: Path
) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mine").write_text("mine")
    with pytest.raises(ExportRefused, match="is not empty"):
        release(session, consultation, tmp_path / "set")
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_every_file_is_csv(session: Session, consultation: Consultation, tmp_path: Path) -> None:
    for path in release(session, consultation, tmp_path / "set").glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            assert len({len(row) for row in csv.reader(file, strict=True)}) == 1, path.name
