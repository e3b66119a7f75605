"""`flask exchange import-polis`: what it prints, and what it leaves."""

from __future__ import annotations

from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.cli.exchange import exchange
from deliberation.consultations.models import Consultation
from tests.exchange.conftest import SmallSet


def run(app: Flask, small_set: SmallSet, *options: str) -> Result:
    arguments = ["import-polis", str(small_set.directory), *options]
    return app.test_cli_runner().invoke(exchange, arguments)


def test_an_import_says_what_it_brought(app: Flask, session: Session, small_set: SmallSet) -> None:
    result = run(app, small_set, "--slug", "small", "--title", "A small set", "--language", "sv")
    assert result.stdout == "/c/small: 4 ideas (2 hidden), 4 participants, 5 votes, 6 vote events\n"
    assert result.exit_code == 0
    consultation = session.scalars(select(Consultation).where(Consultation.slug == "small")).one()
    assert consultation.source_language == "sv"


def test_a_refused_import_lists_the_faults_and_leaves_nothing(
    app: Flask, session: Session, small_set: SmallSet
) -> None:
    small_set.replace("votes.csv", ",0,1,-1\n", ",0,1,7\n")
    small_set.replace("comments.csv", "Nobody saw this", "")
    result = run(app, small_set, "--slug", "small", "--title", "A small set")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "comments.csv:7: column comment-body has no text",
        'votes.csv:3: "7" in column vote is not a vote: 1, 0 or -1',
        "Nothing was imported.",
    ]
    assert session.scalars(select(Consultation).where(Consultation.slug == "small")).first() is None


def test_a_slug_is_imported_once(app: Flask, small_set: SmallSet) -> None:
    run(app, small_set, "--slug", "small", "--title", "A small set")
    again = run(app, small_set, "--slug", "small", "--title", "A small set")
    assert again.exit_code == 1
    assert again.stderr.startswith("There is already a consultation with the slug small.\n")
