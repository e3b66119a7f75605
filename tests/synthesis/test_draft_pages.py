"""The pages on which a working group writes: who may, what is kept, what they cost."""

import pytest
from flask_babel import force_locale
from sqlalchemy.orm import Session

from deliberation.consultations.people import RoleName
from deliberation.synthesis.composing import begin_draft
from deliberation.synthesis.findings import add_finding, get_finding
from deliberation.synthesis.models import SynthesisDraft
from tests.factories import make_account, make_role, sign_in
from tests.statements import statements
from tests.strict_client import StrictClient
from tests.synthesis.drafts import Group, begun, freeze_now, vote_in_camps, working_group

HERE = "/c/the-park/synthesis/draft"


@pytest.fixture
def group(session: Session) -> Group:
    return working_group(session)


@pytest.fixture
def draft(session: Session, group: Group, client: StrictClient) -> SynthesisDraft:
    """A draft, and a member of the working group at the browser."""
    draft = begun(session, group)
    session.commit()
    sign_in(client, session, group.first)
    session.commit()
    return draft


def claim_of(session: Session, group: Group, number: int) -> str:
    session.expire_all()
    return get_finding(session, group.consultation.id, number)[1].claim


def test_a_draft_is_composed_in_one_click(client: StrictClient, session: Session, group: Group) -> None:
    vote_in_camps(session, group.world)
    sign_in(client, session, group.first)
    session.commit()
    assert "There is no snapshot yet" in client.get(HERE).text
    freeze_now(session, group)
    session.commit()
    assert "Snapshot 1" in client.get(HERE).text
    answer = client.submit(HERE, {"snapshot": "1", "language": "sv"}, follow_redirects=True)
    assert "The draft is composed." in answer.text
    assert "Alla grupper håller med" in answer.text


def test_facilitators_read_along_and_others_see_nothing(
    client: StrictClient, session: Session, group: Group, draft: SynthesisDraft
) -> None:
    facilitator, stranger = make_account(session), make_account(session)
    make_role(session, group.consultation, facilitator, RoleName.FACILITATOR)
    session.commit()
    sign_in(client, session, facilitator)
    session.commit()
    page = client.get(HERE)
    assert page.status_code == 200
    assert "<form" not in page.text.split("<main")[1].split("</main>")[0]
    sent = {"claim": "Mine.", "csrf_token": client.token("/account")}
    assert client.post(f"{HERE}/findings/1", data=sent).status_code == 403
    sign_in(client, session, stranger)
    session.commit()
    assert client.get(HERE).status_code == 403


def test_a_stale_save_is_refused_and_both_texts_are_shown(
    client: StrictClient, session: Session, group: Group, draft: SynthesisDraft
) -> None:
    form = {"kind": "remark", "text": "", "revision": "1"}
    client.submit(f"{HERE}/findings/1", {**form, "claim": "The first says this."})
    answer = client.submit(f"{HERE}/findings/1", {**form, "claim": "The second says that."})
    assert answer.status_code == 409
    assert "<del>first</del>" in answer.text
    assert "<ins>second</ins>" in answer.text
    assert 'name="revision" type="hidden" value="2"' in answer.text
    assert claim_of(session, group, 1) == "The first says this."
    client.submit(f"{HERE}/findings/1", {**form, "claim": "The second says that.", "revision": "2"})
    assert claim_of(session, group, 1) == "The second says that."


def test_looking_for_an_idea_and_citing_it_keep_what_was_typed(
    client: StrictClient, session: Session, group: Group, draft: SynthesisDraft
) -> None:
    form = {"kind": "remark", "text": "More.", "revision": "1", "claim": "Typed and not saved.", "q": "2"}
    found = client.submit(f"{HERE}/findings/3", {**form, "do": "search"})
    assert "Typed and not saved." in found.text
    assert 'value="cite-2"' in found.text
    assert claim_of(session, group, 3) != "Typed and not saved."
    answer = client.submit(f"{HERE}/findings/3", {**form, "do": "cite-2"}, follow_redirects=True)
    assert "Idea 2 is cited, with its numbers from the snapshot." in answer.text
    assert claim_of(session, group, 3) == "Typed and not saved."
    preview = client.submit(f"{HERE}/findings/3", {**form, "text": "So *it* is.", "do": "preview"})
    assert "<em>it</em>" in preview.text


def test_pages_say_a_bounded_number_of_statements_and_stay_small(
    client: StrictClient, session: Session, group: Group, draft: SynthesisDraft
) -> None:
    for number in range(110):
        add_finding(
            session, consultation_id=group.consultation.id, by=group.first.id, thread=1 + number % 2,
            kind="remark", claim=f"{number}. {'Long words of a claim. ' * 12}", text="Text. " * 20,
        )  # fmt: skip
    session.commit()
    client.get(HERE)
    for address in (HERE, f"{HERE}/findings/1?q=idea", f"{HERE}/findings/1/history", f"{HERE}/changes",
                    f"{HERE}/opening", f"{HERE}/recommendations"):  # fmt: skip
        with statements() as heard:
            page = client.get(address)
        assert page.status_code == 200
        assert len(heard) <= 16, (address, len(heard))
        assert len(page.data) < 100_000, (address, len(page.data))


def test_the_reader_and_the_group_may_speak_different_languages(
    client: StrictClient, session: Session, group: Group
) -> None:
    vote_in_camps(session, group.world)
    snapshot = freeze_now(session, group)
    with force_locale("en"):
        begin_draft(
            session, consultation=group.consultation, snapshot=snapshot, language="sv", by=group.first.id
        )
    session.commit()
    sign_in(client, session, group.second)
    session.commit()
    page = client.get(HERE, headers={"Accept-Language": "en"}).text
    assert 'lang="sv" dir="auto">Alla grupper håller med' in page
    assert "Holds in every group" in page


def test_a_recommendation_is_opened_with_all_that_it_says(
    client: StrictClient, draft: SynthesisDraft
) -> None:
    at = f"{HERE}/recommendations"
    said = {"what": "Begin.", "because": "2", "who": "All.", "actions": "Dig.", "by_when": "2027-06-01"}
    client.submit(at, {**said, "do": "save"})
    page = client.get(f"{at}/1").text
    assert 'id="because-2" value="2" checked' in page
    assert 'value="2027-06-01"' in page
    refused = client.submit(at, {**said, "by_when": "soon", "do": "save"})
    assert refused.status_code == 422
    assert 'value="soon"' in refused.text
