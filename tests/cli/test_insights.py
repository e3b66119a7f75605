"""`flask insights …` and `flask jobs …`, as the operator types them."""

import json
from collections.abc import Sequence

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.insights.models import LandscapeRow, Snapshot
from deliberation.jobs.service import claim, enqueue, give_up
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.votes.models import Choice
from tests.insights.voting import World, join, make_world, set_vote, vote_at_random


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=arguments)


@pytest.fixture
def world(session: Session) -> World:
    world = make_world(session, people=20)
    vote_at_random(session, world)
    session.commit()
    return world


def test_analyse_counts_shows_and_says_what_the_votes_say(app: Flask, session: Session, world: World) -> None:
    result = run(app, "insights", "analyse", "the-park")
    assert result.exit_code == 0
    assert "20 people, 8 ideas, 160 votes." in result.output
    assert "Holds in every group:" in result.output
    assert result.stderr == ""
    [whole] = session.scalars(select(LandscapeRow).where(LandscapeRow.thread_id.is_(None)))
    assert whole.digest in result.output


def test_analyse_prints_every_figure_as_json(app: Flask, world: World) -> None:
    figures = json.loads(run(app, "insights", "analyse", "the-park", "--thread", "2", "--json").stdout)
    assert (figures["consultation"], figures["thread"], figures["is_shown"]) == ("the-park", 2, True)
    assert len(figures["ideas"]) == 4
    assert figures["outcome"] in {"one_crowd", "groups", "no_stable_groups"}
    assert figures["people"] == 20
    for idea in figures["ideas"]:
        assert sum(idea["counts"].values()) == 20
        per_group = [sum(group.values()) for group in idea["groups"].values()]
        assert sum(per_group) + figures["not_placed"] == 20
    assert sum(group["people"] for group in figures["groups"]) + figures["not_placed"] == 20


def test_analyse_shows_nothing_that_few_people_have_changed(
    app: Flask, session: Session, world: World
) -> None:
    run(app, "insights", "analyse", "the-park")
    set_vote(session, join(session, world), world.all_ideas[0], Choice.AGREE)
    session.commit()
    result = run(app, "insights", "analyse", "the-park")
    assert "161 votes" in result.stdout
    assert "not shown on the site" in result.stderr
    session.expire_all()
    assert session.scalars(select(LandscapeRow.votes).where(LandscapeRow.thread_id.is_(None))).all() == [160]


def test_analyse_has_something_to_say_where_nobody_voted(app: Flask, session: Session) -> None:
    make_world(session)
    session.commit()
    result = run(app, "insights", "analyse", "the-park")
    assert result.exit_code == 0
    assert "Nobody has voted." in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["insights", "analyse", "nowhere"], "There is no consultation nowhere."),
        (
            ["insights", "analyse", "the-park", "--thread", "9"],
            "the-park has no question 9.",
        ),
        (["insights", "snapshot", "nowhere"], "There is no consultation nowhere."),
        (["insights", "snapshot", "the-park", "--reason", "x" * 1_001], "too long"),
        (["jobs", "retry", "1"], "There is no job 1."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    app: Flask, world: World, arguments: Sequence[str], said: str
) -> None:
    result = run(app, *arguments)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_snapshot_freezes_and_is_in_the_log(app: Flask, session: Session, world: World) -> None:
    result = run(app, "insights", "snapshot", "the-park", "--reason", "For the board")
    assert result.stdout == "/c/the-park: snapshot 1\n"
    [snapshot] = session.scalars(select(Snapshot))
    [act] = session.scalars(select(ModerationAct))
    assert (act.kind, act.role, act.reason) == (ActKind.TAKE_SNAPSHOT, None, "For the board")
    assert snapshot.votes == 160
    again = run(app, "insights", "snapshot", "the-park")
    assert again.exit_code == 1
    assert "since snapshot 1" in again.stderr


def test_jobs_are_listed_and_asked_for_again(app: Flask, session: Session) -> None:
    assert "Nothing waits" in run(app, "jobs", "list").stdout
    enqueue(session, kind="tests.work", arguments={}, cause="somebody asked")
    claimed = claim(session)
    assert claimed is not None
    session.commit()
    assert "being done, attempt 1" in run(app, "jobs", "list").stdout
    give_up(session, claimed, failure="ValueError at nowhere.py:1")
    session.commit()
    listed = run(app, "jobs", "list").stdout
    assert "given up" in listed
    assert "somebody asked; failed: ValueError at nowhere.py:1" in listed
    assert run(app, "jobs", "retry", str(claimed.id)).exit_code == 0
    assert "waits until" in run(app, "jobs", "list").stdout
    assert run(app, "jobs", "retry", str(claimed.id)).exit_code == 1
