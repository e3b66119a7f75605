"""`flask synthesis export`: to a file, to standard output, and what it says when it cannot."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from deliberation.cli.synthesis import synthesis
from deliberation.synthesis.writers import WRITERS, Format
from tests.factories import make_consultation, make_idea, make_vote


def run(app: Flask, *options: str) -> Result:
    return app.test_cli_runner().invoke(synthesis, ["export", *options])


@pytest.fixture
def park(session: Session) -> None:
    """A consultation with a vote, in Swedish first."""
    consultation = make_consultation(session)
    make_vote(session, make_idea(session, consultation.threads[0], statement="Plant träd"))
    session.commit()


@pytest.mark.parametrize("kind", list(Format))
@pytest.mark.usefixtures("park")
def test_every_format_goes_to_a_file_and_to_standard_output(app: Flask, tmp_path: Path, kind: Format) -> None:
    target = tmp_path / "synthesis"
    assert run(app, "the-park", "--format", kind.value, "-o", str(target)).exit_code == 0
    content = target.read_bytes()
    printed = run(app, "the-park", "--format", kind.value)
    assert printed.exit_code == 0
    assert len(printed.stdout_bytes) > 100
    if not WRITERS[kind].takes_long:
        assert "Plant träd".encode() in content
        assert "Plant träd".encode() in printed.stdout_bytes
    assert [path.name for path in tmp_path.iterdir()] == ["synthesis"]


@pytest.mark.usefixtures("park")
def test_thread_and_language_can_be_chosen(app: Flask) -> None:
    own = json.loads(run(app, "the-park", "--format", "json").stdout_bytes)
    assert own["language"] == "sv"
    chosen = json.loads(
        run(app, "the-park", "--format", "json", "--thread", "2", "--language", "en").stdout_bytes
    )
    assert chosen["language"] == "en"
    assert [thread["number"] for thread in chosen["threads"]] == [2]
    assert chosen["address"] == "http://deliberation.test/c/the-park/synthesis?thread=2"


@pytest.mark.usefixtures("park")
def test_what_is_not_there_is_named(app: Flask, tmp_path: Path) -> None:
    for options, status, message in (
        (("elsewhere", "--format", "json"), 1, "There is no consultation elsewhere."),
        (("the-park", "--format", "json", "--thread", "9"), 1, "has no question 9"),
        (("the-park", "--format", "exe"), 2, "exe"),
        (("the-park", "--format", "json", "-o", str(tmp_path / "no" / "x")), 1, "cannot be written"),
    ):
        result = run(app, *options)
        assert (result.exit_code, message in result.stderr) == (status, True)
        assert result.stdout == ""


@pytest.mark.usefixtures("park")
def test_an_earlier_file_is_replaced_whole(app: Flask, tmp_path: Path) -> None:
    target = tmp_path / "synthesis.md"
    target.write_text("earlier words " * 50_000)
    assert run(app, "the-park", "--format", "markdown", "-o", str(target)).exit_code == 0
    assert "earlier" not in target.read_text()
