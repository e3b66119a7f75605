"""Results as people read them."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Consultation
from deliberation.consultations.people import RoleName
from deliberation.results.models import OpenAnswer
from deliberation.results.queries import Breakdown
from deliberation.results.raked import weighted_shares, weighting_of
from deliberation.results.tables import CrossTable
from deliberation.surveys.models import Privacy, Showing, Survey
from tests import factories
from tests.results.world import answered_survey, close, count
from tests.statements import statements
from tests.strict_client import StrictClient

RESULTS = "/c/the-park/surveys/you/results"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def park(session: Session) -> Consultation:
    return factories.make_consultation(session)


@pytest.fixture
def survey(session: Session, park: Consultation) -> Survey:
    survey = answered_survey(session, park, people=90)
    close(session, survey)
    count(session, survey)
    session.commit()
    return survey


@pytest.fixture
def facilitator(session: Session, park: Consultation, client: StrictClient, survey: Survey) -> StrictClient:
    account = factories.make_account(session)
    factories.make_role(session, park, account, RoleName.FACILITATOR)
    factories.sign_in(client, session, account)
    session.commit()
    return client


def test_everybody_reads_the_results_with_their_ranges(client: StrictClient, survey: Survey) -> None:
    with statements() as said:
        page = client.get(RESULTS, headers=ENGLISH)
    assert page.status_code == 200
    assert "90 people have answered." in page.text
    assert "What role?" in page.text
    assert " of 90 (" in page.text
    assert "Median" in page.text
    assert "We met at the library" not in page.text
    assert len(said) <= 12
    assert len(page.data) < 100_000
    assert 'style="' not in page.text


def test_results_say_when_they_will_be_there(
    session: Session, park: Consultation, client: StrictClient
) -> None:
    answered_survey(session, park, people=12, key="later", showing=Showing.CLOSED)
    session.commit()
    page = client.get("/c/the-park/surveys/later/results", headers=ENGLISH)
    assert "counted when the survey has closed" in page.text


def test_results_can_be_narrowed_to_one_answer_without_showing_small_numbers(
    client: StrictClient, survey: Survey
) -> None:
    page = client.get(f"{RESULTS}?only=role:volunteer", headers=ENGLISH)
    assert "who answered “Volunteer”" in page.text
    assert client.get(f"{RESULTS}?only=role:nobody").status_code == 404
    assert client.get(f"{RESULTS}?only=ease:1").status_code == 404
    reader = client.get(f"{RESULTS}?only=role:reader", headers=ENGLISH)
    assert "ot shown" in reader.text


def test_a_table_shows_two_questions_side_by_side(client: StrictClient, survey: Survey) -> None:
    with statements() as said:
        page = client.get(f"{RESULTS}/tables?by=role&of=ease", headers=ENGLISH)
    assert page.status_code == 200
    assert "What ease?" in page.text
    assert "p = " in page.text or "Too little" in page.text
    assert len(said) <= 12
    assert client.get(f"{RESULTS}/tables?by=nothing").status_code == 404
    assert client.get(f"{RESULTS}/tables?by=role&of=nothing").status_code == 404


def test_the_working_group_searches_labels_and_quotes_what_people_wrote(
    session: Session, facilitator: StrictClient, survey: Survey
) -> None:
    page = facilitator.get(f"{RESULTS}/answers/story?q=LIBRARY", headers=ENGLISH)
    assert "We met at the library." in page.text
    assert "It began with a letter." not in page.text
    code = session.scalars(select(OpenAnswer.code).where(OpenAnswer.text.startswith("We met"))).one()
    one = f"{RESULTS}/answers/story/{code}"
    facilitator.submit(one, {"name": "Libraries"}, headers=ENGLISH)
    assert "Libraries" in facilitator.get(f"{RESULTS}/answers/story?label=libraries", headers=ENGLISH).text
    facilitator.submit(one, {"name": "Libraries"}, to=f"{one}/unlabel", headers=ENGLISH)
    assert "Libraries" not in facilitator.get(one, headers=ENGLISH).text
    assert facilitator.get(f"{RESULTS}/answers/role").status_code == 404


def test_only_the_working_group_reads_single_answers(client: StrictClient, survey: Survey) -> None:
    for address in ("answers/story", "data", "data.zip", "settings", "settings/role"):
        assert client.get(f"{RESULTS}/{address}").status_code in {302, 303, 401, 403}


def test_known_shares_show_weighted_results_beside_the_counted_ones(
    facilitator: StrictClient, survey: Survey
) -> None:
    wrong = facilitator.submit(
        f"{RESULTS}/settings/role", {"share-volunteer": "50", "share-chapter": "20"}, headers=ENGLISH
    )
    assert wrong.status_code == 422
    assert "The shares sum to 70 %" in wrong.text
    assert 'value="50"' in wrong.text
    facilitator.submit(
        f"{RESULTS}/settings/role", {"share-volunteer": "30", "share-chapter": "70"}, headers=ENGLISH
    )
    page = facilitator.get(RESULTS, headers=ENGLISH)
    assert "results weighted by them would give small numbers away" in page.text
    assert " of 90 (" in page.text


def test_weighted_shares_are_worked_out_from_what_is_shown_alone() -> None:
    # 80 and 20 people, known to be half and half: (80·0.625·0.75 + 20·2.5·0.5) / 100 = 0.625.
    table = CrossTable(
        rows=("one", "other"),
        columns=("yes", "no"),
        cells=((60, 20, 0), (10, 10, 0), (0, 0, 0)),
        row_sums=(80, 20, 0),
        column_sums=(70, 30, 0),
        people=100,
        tested=None,
    )
    breakdown = Breakdown(name="role", rows=("one", "other"), tables={"partnered": table}, grouped_at=None)
    weighting = weighting_of(breakdown, {"one": 0.5, "other": 0.5})
    assert weighting.effective == pytest.approx(64)
    yes, no = weighted_shares(table, weighting)
    assert yes is not None
    assert no is not None
    assert (yes.share, no.share) == pytest.approx((0.625, 0.375))
    hidden = replace(table, cells=((60, None, 0), (10, 10, 0), (0, 0, 0)))
    assert weighted_shares(hidden, weighting)[1] is None


def test_breakdowns_are_chosen_before_the_tables_are_counted(
    session: Session, park: Consultation, facilitator: StrictClient, survey: Survey
) -> None:
    late = facilitator.submit(f"{RESULTS}/settings", {"by": "role"}, headers=ENGLISH)
    assert late.status_code == 422
    assert "stays as it is" in late.text
    other = answered_survey(session, park, people=40, key="other")
    session.commit()
    here = "/c/the-park/surveys/other/results"
    facilitator.submit(f"{here}/settings", {"by": "partnered"}, headers=ENGLISH)
    close(session, other)
    count(session, other)
    session.commit()
    assert facilitator.get(f"{here}/tables?by=partnered").status_code == 200
    assert facilitator.get(f"{here}/tables?by=role").status_code == 404


@pytest.mark.parametrize("format", ["html", "md", "csv", "json"])
def test_what_the_page_shows_can_be_taken_along(client: StrictClient, survey: Survey, format: str) -> None:
    answer = client.get(f"{RESULTS}/report.{format}", headers=ENGLISH)
    assert answer.status_code == 200
    assert "role" in answer.text.casefold()
    assert "library" not in answer.text


def test_the_answers_one_by_one_carry_labels_and_no_formulas(
    facilitator: StrictClient, survey: Survey
) -> None:
    answer = facilitator.get(f"{RESULTS}/data.zip", headers=ENGLISH)
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    lines = archive.read("answers.csv").decode().split("\r\n")
    assert len([line for line in lines if line]) == 91
    assert lines[0].startswith("role,role__label,role__other,languages__swedish")
    assert "'=HYPERLINK" in archive.read("answers.csv").decode()
    assert "Prefers not to say" in archive.read("codebook.csv").decode()
    book = load_workbook(io.BytesIO(facilitator.get(f"{RESULTS}/data.xlsx", headers=ENGLISH).data))
    cells = [cell for row in book["answers"].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert book["answers"].max_row == 91
    said = json.loads(facilitator.get(f"{RESULTS}/data.json", headers=ENGLISH).data)
    assert len(said["answers"]) == 90
    assert "participant" not in json.dumps(said)


def test_a_data_set_for_spss_has_labels(facilitator: StrictClient, survey: Survey, tmp_path) -> None:  # type: ignore[no-untyped-def]
    pyreadstat = pytest.importorskip("pyreadstat")
    path = tmp_path / "answers.sav"
    path.write_bytes(facilitator.get(f"{RESULTS}/data.sav", headers=ENGLISH).data)
    data, meta = pyreadstat.read_sav(str(path), output_format="dict")
    assert len(data["role"]) == 90
    assert meta.variable_value_labels["role"][1.0] == "Volunteer"
    assert meta.column_names_to_labels["ease"] == "What ease?"


def test_answers_are_not_taken_along_while_the_survey_is_open(
    session: Session, park: Consultation, facilitator: StrictClient
) -> None:
    answered_survey(session, park, people=12, key="still", privacy=Privacy.ANONYMOUS)
    session.commit()
    assert facilitator.get("/c/the-park/surveys/still/results/data.zip").status_code == 409
