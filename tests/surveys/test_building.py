"""Writing a survey in the browser."""

import json
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.accounts.models import Account
from deliberation.consultations.models import Consultation
from deliberation.surveys.models import Privacy, Survey
from deliberation.surveys.queries import definition_in, newest_version
from deliberation.surveys.questions.base import Kind
from deliberation.surveys.reading import read_survey, write_survey
from tests import factories
from tests.statements import statements
from tests.strict_client import StrictClient
from tests.surveys.documents import ANSWERS, EVERY_KIND, answer, open_one

SURVEYS = "/c/the-park/surveys"
BUILD = f"{SURVEYS}/you/build"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def park(session: Session) -> Consultation:
    return factories.make_consultation(session)


@pytest.fixture
def survey(session: Session, park: Consultation) -> Survey:
    return open_one(session, park)


@pytest.fixture
def ada(session: Session, client: StrictClient, park: Consultation) -> Account:
    account = factories.make_account(session)
    factories.make_role(session, park, account)
    factories.sign_in(client, session, account)
    session.commit()
    return account


def see(client: StrictClient, address: str, status: int = 200) -> str:
    answered = client.get(address, headers=ENGLISH)
    assert answered.status_code == status, answered.location
    return answered.get_data(as_text=True)


def form_on(page: str) -> dict[str, Any]:
    """Return what the page's last form would send if nothing were changed in it."""
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        at = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if at.get("name") and (at.get("type") not in {"checkbox", "radio", "file"} or " checked" in tag):
            fields[at["name"]] = unescape(at.get("value", "y"))
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option[^>]*value="([^"]*)"[^>]*selected', inside) or re.search(
            r'<option selected value="([^"]*)"', inside
        )
        fields[name] = chosen[1] if chosen else ""
    for name, inside in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.DOTALL):
        fields[name] = unescape(inside.strip())
    return fields


def save(client: StrictClient, address: str, status: int = 303, **changes: Any) -> str:
    """Open the page, change some fields, send it."""
    data = form_on(see(client, address)) | changes
    answered = client.post(address, data=data, headers=ENGLISH)
    assert answered.status_code == status, answered.get_data(as_text=True)
    return answered.location if status == 303 else answered.get_data(as_text=True)


def draft_of(session: Session, key: str = "you") -> dict[str, Any]:
    session.expire_all()
    found: dict[str, Any] = json.loads(session.scalars(select(Survey.draft).where(Survey.key == key)).one())
    return found


def test_a_survey_is_written_published_and_opened(
    session: Session, client: StrictClient, ada: Account
) -> None:
    place = save(client, f"{SURVEYS}/new", title="Ditt år")
    assert place == f"{SURVEYS}/ditt-ar/build"
    assert "There is no question yet." in see(client, place)
    save(
        client, f"{place}/pages/page-1/single", text_sv="Hur kom du?", text_en="How did you come?",
        **{"options-0-text_sv": "Till fots", "options-1-text_sv": "Med båt", "options-1-place": "1"},
    )  # fmt: skip
    save(client, f"{place}/pages/new", title_sv="Mer")
    save(
        client, f"{place}/pages/mer/number", text_sv="Hur långt?", most="100", unit_sv="km",
        **{"show_if-0-asked": "hur-kom-du|is|till-fots"},
    )  # fmt: skip
    page = see(client, place)
    assert "Shown only if “How did you come?” is Till fots" in page
    assert "texts are not in English yet" in page
    client.submit(place, {"revision": form_on(page)["revision"]}, to=f"{place}/publish")
    client.submit(place, {"do": "open"}, to=f"{place}/open")
    session.expire_all()
    survey = session.scalars(select(Survey)).one()
    first, second = definition_in(session, survey).questions
    assert [option.key for option in first.options] == ["med-bat", "till-fots"]  # type: ignore[attr-defined]
    assert second.show_if[0].values == ("till-fots",)
    assert "Hur kom du?" in see(client, f"{SURVEYS}/ditt-ar") or "How did you come?" in see(
        client, f"{SURVEYS}/ditt-ar"
    )


def test_every_kind_can_be_added_and_comes_back_into_its_form(
    session: Session, client: StrictClient, survey: Survey, ada: Account
) -> None:
    for kind in Kind:
        options = {"options-0-text_sv": "Ett", "options-1-text_sv": "Två"}
        with_options = kind in {Kind.SINGLE, Kind.MULTIPLE, Kind.RANKING, Kind.MATRIX}
        save(
            client, f"{BUILD}/pages/first/{kind.value}", text_sv=f"Fråga {kind.value}",
            **(options if with_options else {}),
        )  # fmt: skip
    questions = draft_of(session)["sections"][0]["questions"]
    assert [question["kind"] for question in questions[-len(Kind) :]] == [kind.value for kind in Kind]


def test_saving_without_a_change_changes_nothing(
    session: Session, client: StrictClient, survey: Survey, ada: Account
) -> None:
    before = definition_in(session, survey)
    for section in EVERY_KIND["sections"]:
        save(client, f"{BUILD}/pages/{section['key']}")
        for question in section["questions"]:
            save(client, f"{BUILD}/questions/{question['key']}")
    save(client, f"{BUILD}/words")
    after = read_survey(write_survey(draft_of(session)).encode())
    client.submit(BUILD, {"revision": form_on(see(client, BUILD)).get("revision", "")}, to=f"{BUILD}/publish")
    session.expire_all()
    assert definition_in(session, survey) == before
    assert after["key"] == "you"


def test_parts_are_moved_copied_and_removed(
    session: Session, client: StrictClient, survey: Survey, ada: Account
) -> None:
    def do(what: str, key: str, act: str) -> None:
        revision = form_on(see(client, BUILD))["revision"]
        data = {"what": what, "key": key, "do": act, "revision": revision}
        assert client.submit(BUILD, data, to=f"{BUILD}/arrange").status_code == 303

    def keys() -> list[list[str]]:
        return [[one["key"] for one in section["questions"]] for section in draft_of(session)["sections"]]

    do("question", "languages", "up")
    assert keys()[0][:2] == ["languages", "role"]
    do("question", "ease", "up")
    assert keys()[0][-1] == "ease"
    do("question", "role", "copy")
    assert "role-2" in keys()[0]
    do("question", "role-2", "remove")
    do("page", "third", "up")
    assert keys()[1] == ["work", "story"]
    do("page", "second", "copy")
    assert len(keys()) == 4
    do("page", "third", "remove")
    assert len(keys()) == 3


def test_what_a_condition_rests_on_is_watched(
    session: Session, client: StrictClient, survey: Survey, ada: Account
) -> None:
    page = see(client, BUILD)
    data = {"what": "page", "key": "first", "do": "down", "revision": form_on(page)["revision"]}
    client.submit(BUILD, data, to=f"{BUILD}/arrange")
    client.submit(BUILD, {**data, "revision": str(int(data["revision"]) + 1)}, to=f"{BUILD}/arrange")
    page = see(client, BUILD)
    assert "Before it can be published" in page
    assert "asks about “role”, which comes later" in page
    assert client.get(f"{BUILD}/preview/1").status_code == 303
    refused = client.submit(
        BUILD, {"revision": str(int(data["revision"]) + 2)}, to=f"{BUILD}/publish", headers=ENGLISH
    )
    assert refused.status_code == 422


def test_a_survey_that_is_answered_takes_corrections_and_nothing_else(
    session: Session, client: StrictClient, park: Consultation, survey: Survey, ada: Account
) -> None:
    answer(session, survey, factories.make_participant(session, park), ANSWERS)
    session.commit()
    save(client, f"{BUILD}/questions/role", text_sv="Vem är du?", **{"options-3-text_sv": "Gäst"})
    revision = form_on(see(client, BUILD))["revision"]
    client.submit(BUILD, {"revision": revision}, to=f"{BUILD}/publish")
    session.expire_all()
    version = newest_version(session, survey)
    assert version is not None
    assert version.number == 2
    save(client, f"{BUILD}/questions/years", most="50")
    data = {"what": "question", "key": "partnered", "do": "remove", "revision": str(int(revision) + 1)}
    client.submit(BUILD, data, to=f"{BUILD}/arrange")
    page = see(client, BUILD)
    assert "The question partnered is gone. People have answered it." in page
    assert "The question years asks for something else than before: most." in page
    assert "Publish the draft" not in page
    refused = client.submit(
        BUILD, {"revision": str(int(revision) + 2)}, to=f"{BUILD}/publish", headers=ENGLISH
    )
    assert refused.status_code == 422


def test_two_facilitators_do_not_overwrite_each_other(
    session: Session, client: StrictClient, survey: Survey, ada: Account
) -> None:
    stale = form_on(see(client, f"{BUILD}/questions/role")) | {"text_sv": "Min lydelse, som tog tid"}
    save(client, f"{BUILD}/questions/ease", text_sv="En annan fråga")
    late = client.post(f"{BUILD}/questions/role", data=stale, headers=ENGLISH)
    assert late.status_code == 409
    assert "Min lydelse, som tog tid" in late.get_data(as_text=True)
    assert "Somebody else has changed the survey meanwhile." in late.get_data(as_text=True)


def test_what_is_wrong_with_a_question_is_said_at_its_field(
    client: StrictClient, survey: Survey, ada: Account
) -> None:
    page = save(client, f"{BUILD}/questions/years", 422, text_sv="", most="10^400", help_en="x" * 1_001)
    assert "Write this in the first language at least." in page
    assert "At most 1000 characters fit." in page
    page = save(client, f"{BUILD}/questions/years", 422, most="10^400")
    assert 'id="most-error"' in page
    assert 'value="10^400"' in page
    assert 'id="points-error"' in save(client, f"{BUILD}/questions/ease", 422, points="12")


def test_a_preview_leads_through_the_pages_and_keeps_nothing(
    session: Session, client: StrictClient, survey: Survey, ada: Account
) -> None:
    page = see(client, f"{BUILD}/preview/1")
    assert "This is a preview." in page
    data = form_on(page) | {"q-role": "chapter", "q-partnered": "yes", "do": "next"}
    with statements() as heard:
        page = client.post(f"{BUILD}/preview/1", data=data, headers=ENGLISH).get_data(as_text=True)
    assert "page 2 of 3" in page
    assert not [one for one in heard if one.startswith(("INSERT", "UPDATE"))]
    data = form_on(page) | {"do": "next"}
    page = client.post(f"{BUILD}/preview/2", data=data, headers=ENGLISH).get_data(as_text=True)
    assert "What story?" in page
    assert client.post(f"{BUILD}/preview/3", data=form_on(page) | {"do": "next"}).location == BUILD
    wrong = client.post(
        f"{BUILD}/preview/1", data=form_on(see(client, f"{BUILD}/preview/1")), headers=ENGLISH
    )
    assert wrong.status_code == 422


def test_the_definition_leaves_as_yaml_and_comes_back(
    session: Session, client: StrictClient, survey: Survey, ada: Account
) -> None:
    text = client.get(f"{SURVEYS}/you/definition.yaml").get_data(as_text=True)
    assert "privacy: linked" in text
    assert save(client, f"{SURVEYS}/load", definition=text.replace("key: you", "key: again", 1)) == (
        f"{SURVEYS}/again/build"
    )
    assert save(client, f"{SURVEYS}/load", definition=text) == BUILD
    page = save(client, f"{SURVEYS}/load", 422, definition=text.replace("kind: ranking", "kind: guessing"))
    assert "Nothing was loaded" in page
    assert re.search(r"line \d+, sections\[1\]\.questions\[2\]\.kind</b>: must be one of", page)
    assert "kind: guessing" in page


def test_settings_are_changed_and_privacy_only_before_anybody_begins(
    session: Session, client: StrictClient, park: Consultation, survey: Survey, ada: Account
) -> None:
    save(client, f"{BUILD}/words", title_en="Another title", privacy="anonymous", placement="before")
    session.expire_all()
    assert (survey.privacy, survey.placement) == (Privacy.ANONYMOUS, "before")
    answer(session, survey, factories.make_participant(session, park), ANSWERS)
    session.commit()
    page = save(client, f"{BUILD}/words", 409, privacy="linked", title_en="Third title")
    assert "Third title" in page
    session.expire_all()
    assert survey.privacy is Privacy.ANONYMOUS


def test_opening_takes_a_day_that_is_still_to_come(
    client: StrictClient, survey: Survey, ada: Account
) -> None:
    refused = client.submit(BUILD, {"do": "open", "closes": "tomorrow"}, to=f"{BUILD}/open", headers=ENGLISH)
    assert refused.status_code == 422
    assert 'value="tomorrow"' in refused.get_data(as_text=True)
    assert client.submit(BUILD, {"do": "open", "closes": "2090-01-01"}, to=f"{BUILD}/open").status_code == 303
    page = " ".join(re.sub(r"<[^>]+>", "", see(client, BUILD)).split())
    assert "Open until January 1, 2090" in page
    client.submit(BUILD, {"do": "close"}, to=f"{BUILD}/open")
    assert "Open it again" in see(client, BUILD)
