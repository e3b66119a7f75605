"""`flask survey …`."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from deliberation.surveys.queries import definitions_of, get_survey
from deliberation.surveys.reading import write_survey
from tests import factories
from tests.surveys.documents import ANSWERS, EVERY_KIND, answer


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "survey.yaml"
    path.write_text(write_survey(EVERY_KIND))
    return path


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["survey", *arguments])
    return done.exit_code, done.output


def test_a_survey_is_loaded_exported_and_corrected(app: Flask, session: Session, file: Path) -> None:
    consultation = factories.make_consultation(session)
    session.commit()
    assert run(app, "load", "the-park", str(file)) == (0, "/c/the-park/surveys/you: 10 questions\n")
    code, text = run(app, "export", "the-park", "you")
    assert code == 0
    assert text == file.read_text()
    survey = get_survey(session, consultation_id=consultation.id, key="you")
    answer(session, survey, factories.make_participant(session, consultation), ANSWERS)
    session.commit()
    file.write_text(text.replace("What ease?", "How easy is it?"))
    assert run(app, "load", "the-park", str(file))[0] == 0
    session.expire_all()
    assert len(definitions_of(session, survey)) == 2
    file.write_text(text.replace("points: 5", "points: 7"))
    code, said = run(app, "load", "the-park", str(file))
    assert code == 1
    assert "The question ease asks for something else than before: points." in said
    assert "Nothing was loaded." in said


def test_a_file_with_mistakes_loads_nothing(app: Flask, session: Session, file: Path) -> None:
    factories.make_consultation(session)
    session.commit()
    file.write_text(file.read_text().replace("kind: ranking", "kind: guess"))
    code, said = run(app, "load", "the-park", str(file))
    assert code == 1
    assert "survey.yaml: line " in said
    assert run(app, "export", "the-park", "you")[0] == 1
    assert run(app, "load", "nowhere", str(file))[0] == 1
