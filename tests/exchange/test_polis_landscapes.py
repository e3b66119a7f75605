"""What a set says of groups: as the landscape has it, on the votes that are in the set."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from deliberation.analysis.__main__ import main as analysis
from deliberation.analysis.landscape import Landscape, Outcome
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.votes import VoteMatrix
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.exchange.polis.export import export_polis
from deliberation.ideas.models import Idea
from deliberation.votes.models import Choice, Vote, VoteEvent
from tests.exchange.test_polis_reader import rows
from tests.exchange.test_release import fill
from tests.factories import make_consultation, make_vote
from tests.insights.landscapes import store_landscape

ROOT = Path(__file__).parents[2]


@pytest.fixture
def consultation(session: Session) -> Consultation:
    """Two camps of forty and thirty people, who agree on the first two ideas only; two threads."""
    rng = np.random.default_rng(11)
    camp = np.repeat([1, -1], [40, 30])[:, None] * np.ones((1, 14), np.int64)
    camp[:, :2] = 1
    cells = np.where(rng.random(camp.shape) < 0.1, 0, camp).astype(np.int8)
    consultation = make_consultation(session)
    fill(session, consultation, cells)
    session.execute(
        insert(VoteEvent).from_select(
            ["participant_id", "idea_id", "choice", "happened_at"],
            select(Vote.participant_id, Vote.idea_id, Vote.choice, Vote.cast_at),
        )
    )
    return consultation


def counted(session: Session, consultation: Consultation, thread: int | None = None) -> Landscape:
    """The landscape as it is counted from the database."""
    wanted = (
        select(Vote.participant_id, Idea.number, Vote.choice)
        .join(Idea, Idea.id == Vote.idea_id)
        .where(Idea.consultation_id == consultation.id)
    )
    ideas = select(Idea.number).where(Idea.consultation_id == consultation.id)
    if thread is not None:
        here = Idea.thread_id == consultation.threads[thread - 1].id
        wanted, ideas = wanted.where(here), ideas.where(here)
    people, numbers, choices = np.array(session.execute(wanted).all()).T
    all_ideas = list(session.scalars(ideas))
    return analyse(VoteMatrix.of(people=people, ideas=numbers, choices=choices, all_ideas=all_ideas))


@pytest.fixture
def landscape(session: Session, consultation: Consultation) -> Landscape:
    found = counted(session, consultation)
    assert found.decision.outcome is Outcome.GROUPS
    store_landscape(session, consultation, found)
    thread = consultation.threads[0]
    store_landscape(session, consultation, counted(session, consultation, 1), thread=thread)
    return found


@pytest.fixture
def written(session: Session, consultation: Consultation, landscape: Landscape, tmp_path: Path) -> Path:
    return export(session, consultation, tmp_path / "set")


def export(session: Session, consultation: Consultation, directory: Path) -> Path:
    export_polis(session, consultation=consultation, directory=directory, base_url="https://d.example")
    return directory


def test_everybody_stands_in_the_group_of_the_landscape(
    session: Session, consultation: Consultation, landscape: Landscape, written: Path
) -> None:
    numbers = dict(session.execute(select(Participant.id, Participant.number)).all())
    groups = {
        numbers[int(person)]: group
        for person, group in zip(landscape.people, landscape.group_of.tolist(), strict=True)
    }
    for row in rows(written / "participant-votes.csv"):
        group = groups.get(int(row["participant"]), -1)
        assert row["group-id"] == ("" if group < 0 else str(group))
    assert "groups,2\n" in (written / "summary.csv").read_text()
    assert f"voters-in-conv,{landscape.is_placed.sum()}\n" in (written / "summary.csv").read_text()


def test_comment_groups_add_up_to_their_total(landscape: Landscape, written: Path) -> None:
    found = rows(written / "comment-groups.csv")
    kinds = ("votes", "agrees", "disagrees", "passes")
    assert list(found[0]) == [
        "comment-id", "comment", *(f"total-{kind}" for kind in kinds),
        *(f"group-{letter}-{kind}" for letter in "ab" for kind in kinds),
    ]  # fmt: skip
    for row, counts in zip(found, np.moveaxis(landscape.group_counts, 1, 0).tolist(), strict=True):
        for letter, figures in zip("ab", counts, strict=True):
            told = [int(row[f"group-{letter}-{kind}"]) for kind in kinds]
            assert told == [sum(figures), *figures]
        for kind in kinds:
            assert int(row[f"total-{kind}"]) == sum(int(row[f"group-{letter}-{kind}"]) for letter in "ab")


def test_comments_carry_group_informed_consensus(landscape: Landscape, written: Path) -> None:
    told = [float(row["group-informed-consensus"]) for row in rows(written / "comments.csv")]
    assert told == landscape.consensus.tolist()


def test_the_landscapes_are_computed_again_from_the_set_alone(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert analysis(["verify", str(written)]) == 0
    all_threads, first = capsys.readouterr().out.splitlines()
    assert all_threads.startswith("All threads: the same. 70 people, 980 votes, groups, ")
    assert first.startswith("Thread 1: the same. 70 people, 490 votes, ")


def test_they_are_without_anything_else_of_ours(written: Path, tmp_path: Path) -> None:
    alone = tmp_path / "elsewhere" / "deliberation"
    alone.mkdir(parents=True)
    shutil.copy(ROOT / "deliberation" / "__init__.py", alone)
    shutil.copytree(ROOT / "deliberation" / "analysis", alone / "analysis")
    said = subprocess.run(
        [sys.executable, "-m", "deliberation.analysis", "verify", str(written)],
        cwd=alone.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.count("the same.") == 2


def test_a_landscape_of_older_votes_is_counted_again(
    session: Session, consultation: Consultation, landscape: Landscape, tmp_path: Path
) -> None:
    idea = session.scalars(select(Idea).where(Idea.consultation_id == consultation.id)).first()
    assert idea is not None
    make_vote(session, idea, choice=Choice.DISAGREE)
    directory = export(session, consultation, tmp_path / "set")
    told = json.loads((directory / "landscape.json").read_text())["landscapes"]
    assert told[0]["inputs_digest"] != landscape.inputs_digest
    assert analysis(["verify", str(directory)]) == 0


def test_groups_that_are_not_stable_are_not_told(
    session: Session, consultation: Consultation, tmp_path: Path
) -> None:
    session.execute(Vote.__table__.update().values(choice=1, cast_at=now()))
    store_landscape(session, consultation, counted(session, consultation))
    directory = export(session, consultation, tmp_path / "set")
    assert {row["group-id"] for row in rows(directory / "participant-votes.csv")} == {""}
    assert {row["group-informed-consensus"] for row in rows(directory / "comments.csv")} == {""}
    assert "groups,0\n" in (directory / "summary.csv").read_text()


def test_without_a_landscape_there_is_none_to_verify(
    session: Session, consultation: Consultation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = export(session, consultation, tmp_path / "set")
    assert analysis(["verify", str(directory)]) == 1
    assert capsys.readouterr().err.startswith("landscape.json:0: the file is missing\n")
