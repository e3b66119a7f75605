"""The page on which a facilitator names, merges and parts a tag."""

import pytest

from deliberation.tags.models import Tag, TagStatus
from tests import factories
from tests.moderation.conftest import Park
from tests.statements import statements, writes
from tests.strict_client import StrictClient

HOME = "/c/the-park"
BIKES, SCHOOLS = f"{HOME}/tags/bikes", f"{HOME}/tags/schools"


@pytest.fixture
def desk(park: Park, client: StrictClient) -> StrictClient:
    """The facilitator's browser; a tag of the vocabulary, one that is suggested."""
    session = park.session
    factories.sign_in(client, session, park.facilitator)
    bikes = factories.make_tag(
        session, park.consultation, "bikes", names={"sv": "cyklar"}, status=TagStatus.SUGGESTED,
        suggested_by=park.author,
    )  # fmt: skip
    factories.apply_tag(session, park.idea, bikes)
    factories.make_tag(session, park.consultation, "schools", names={"sv": "skolor", "en": "schools"})
    session.commit()
    return client


def tag(park: Park, key: str) -> Tag:
    park.session.expire_all()
    return park.session.query(Tag).filter_by(key=key).one()


def test_a_tag_is_named_in_each_language_and_what_is_missing_is_marked(
    park: Park, desk: StrictClient
) -> None:
    page = f"{BIKES}/edit"
    assert "No name yet" in desk.get(page).text
    sent = {"language": "en", "seen": "", "name": "bikes"}
    assert desk.submit(page, sent, to=f"{BIKES}/rename").headers["Location"] == f"{page}#names"
    assert "No name yet" not in desk.get(page).text
    assert {name.language: name.name for name in tag(park, "bikes").names} == {"sv": "cyklar", "en": "bikes"}


def test_a_name_that_is_taken_is_refused_at_its_field_and_kept(park: Park, desk: StrictClient) -> None:
    sent = {"language": "en", "seen": "schools", "name": "cyklar"}
    answer = desk.submit(f"{SCHOOLS}/edit", sent, to=f"{SCHOOLS}/rename")
    assert answer.status_code == 422
    assert 'aria-describedby="rename-en-name-error"' in answer.text
    assert 'value="cyklar"' in answer.text


def test_of_two_facilitators_who_rename_at_once_the_second_is_told_and_loses_nothing(
    park: Park, desk: StrictClient
) -> None:
    page, to = f"{SCHOOLS}/edit", f"{SCHOOLS}/rename"
    assert (
        desk.submit(page, {"language": "en", "seen": "schools", "name": "learning"}, to=to).status_code == 303
    )
    answer = desk.submit(page, {"language": "en", "seen": "schools", "name": "teaching"}, to=to)
    assert answer.status_code == 409
    assert "“learning”" in answer.text
    assert 'value="teaching"' in answer.text
    # What was typed can now be sent over the name that is there.
    assert 'name="seen" value="learning"' in answer.text
    assert park.count() == 1


def test_tags_are_merged_and_parted_again(park: Park, desk: StrictClient) -> None:
    page, merge = f"{BIKES}/edit", f"{BIKES}/merge"
    answer = desk.submit(page, {"into": "bikes", "reason": "Same."}, to=merge)
    assert answer.status_code == 422
    assert "Same.</textarea>" in answer.text
    assert desk.submit(page, {"into": "schools"}, to=merge).headers["Location"] == f"{HOME}/desk#waiting"
    assert desk.submit(page, {"into": "schools"}, to=merge).status_code == 409
    assert "was merged" in desk.get(f"{SCHOOLS}/edit").text
    assert "It is on one idea." in desk.get(f"{SCHOOLS}/edit").text
    part = f"{BIKES}/part"
    refused = desk.submit(f"{SCHOOLS}/edit", {"seen": "schools", "reason": ""}, to=part)
    assert refused.status_code == 422
    assert 'id="part-bikes" open' in refused.text
    sent = {"seen": "schools", "reason": "Two things."}
    assert desk.submit(f"{SCHOOLS}/edit", sent, to=part).headers["Location"] == f"{page}#names"
    assert desk.submit(f"{SCHOOLS}/edit", sent, to=part).status_code == 409
    assert tag(park, "bikes").status is TagStatus.SUGGESTED
    assert "stands on its own again" in desk.get(f"{HOME}/log").text


def test_a_renaming_and_a_merge_are_undone_from_their_decisions(park: Park, desk: StrictClient) -> None:
    sent = {"language": "en", "seen": "schools", "name": "learning"}
    desk.submit(f"{SCHOOLS}/edit", sent, to=f"{SCHOOLS}/rename")
    desk.submit(f"{BIKES}/edit", {"into": "schools"}, to=f"{BIKES}/merge")
    for act in park.acts():
        at = f"{HOME}/log/{act.id}"
        assert desk.submit(at, {"reason": "A mistake."}, to=f"{at}/undo").status_code == 303
    assert tag(park, "bikes").status is TagStatus.SUGGESTED
    assert {name.name for name in tag(park, "schools").names} == {"skolor", "schools"}


def test_a_tag_page_takes_a_bounded_number_of_statements(park: Park, desk: StrictClient) -> None:
    for number in range(30):
        other = factories.make_tag(park.session, park.consultation, f"tag-{number}", status=TagStatus.MERGED)
        other.merged_into_id = other.lives_as_id = tag(park, "schools").id
        factories.apply_tag(park.session, park.idea, other)
    park.session.commit()
    with statements() as heard:
        text = desk.get(f"{SCHOOLS}/edit").text
    assert len(heard) <= 7
    assert not writes(heard)
    assert text.count("<summary>Part “tag-") == 30
    assert "It is on one idea." in text
