"""The pages of set-up, as somebody at a browser meets them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.consultations.background import EntryKind
from deliberation.consultations.links import ProposalLink
from deliberation.consultations.models import Consultation, Phase, PhaseStep
from deliberation.consultations.people import Invitation, Role, RoleName
from deliberation.moderation.models import ActKind, ModerationAct
from tests import factories
from tests.setup.conftest import Desk, make_desk
from tests.statements import statements
from tests.strict_client import StrictClient

HERE = "/c/park/setup"
MOST_STATEMENTS = 14
MOST_BYTES = 60_000


@pytest.fixture
def facilitator(client: StrictClient, session: Session, live: Desk) -> StrictClient:
    """The browser of whoever facilitates the open consultation."""
    factories.sign_in(client, session, session.get_one(factories.Account, live.by))
    factories.make_rule(session, live.consultation)
    factories.make_entry(session, live.consultation, EntryKind.PROPOSAL_CATEGORY, key="elsewhere")
    session.commit()
    return client


def page(client: StrictClient, address: str, status: int = 200) -> str:
    answer = client.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "address",
    ["", "/words", "/questions", "/background/rule", "/languages", "/tags", "/people", "/dates", "/settings"],
)
def test_every_page_is_short_and_takes_few_statements(address: str, facilitator: StrictClient) -> None:
    with statements() as heard:
        words = page(facilitator, HERE + address)
    assert len(heard) <= MOST_STATEMENTS, heard
    assert len(words.encode()) < MOST_BYTES


def test_a_page_that_is_only_shown_keeps_every_tick_and_date(
    facilitator: StrictClient, session: Session, live: Desk
) -> None:
    voting = PhaseStep(phase=Phase.VOTING, starts_at=datetime(2040, 5, 1, 9, tzinfo=UTC))
    live.consultation.steps.append(voting)
    session.commit()
    assert "checked" in page(facilitator, f"{HERE}/words?language=en")
    assert 'value="2040-05-01T09:00"' in page(facilitator, f"{HERE}/dates")


def test_a_save_that_comes_too_late_shows_both_texts(facilitator: StrictClient) -> None:
    old = {"title": "The park (sv)", "introduction": "Mine, all of it.", "language": "sv", "seen": "stale"}
    answer = facilitator.submit(f"{HERE}/words", old)
    words = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Mine, all of it." in words
    assert "Introduction (sv)" in words


def test_ten_megabytes_are_refused_before_they_are_read(facilitator: StrictClient) -> None:
    token = facilitator.token(f"{HERE}/words")
    answer = facilitator.post(
        f"{HERE}/words", data={"csrf_token": token, "language": "sv", "introduction": "x" * 10_000_000}
    )
    assert answer.status_code == 413


def test_the_dates_have_to_be_in_order(facilitator: StrictClient) -> None:
    seen = "x"
    dates = {"voting": "2040-05-01T09:00", "synthesis": "2040-04-01T09:00", "seen": seen}
    late = facilitator.submit(f"{HERE}/dates", dates)
    assert late.status_code == 409
    shown = late.get_data(as_text=True).split('name="seen" value="')[1].split('"')[0]
    answer = facilitator.submit(f"{HERE}/dates", {**dates, "seen": shown})
    assert answer.status_code == 422
    assert 'value="2040-04-01T09:00"' in answer.get_data(as_text=True)


def test_what_nobody_should_choose_is_not_there(facilitator: StrictClient) -> None:
    for address in ("/words?language=xx", "/background/nonsense", "/background/rule/nothing", "/questions/9"):
        page(facilitator, HERE + address, 404)


def test_an_invitation_is_mailed_and_its_link_is_shown_once(
    facilitator: StrictClient, session: Session, live: Desk
) -> None:
    invited = {"email": "New@Example.org", "role": "working_group"}
    answer = facilitator.submit(f"{HERE}/people", invited)
    words = answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "/invitation/" in words
    invitation = session.scalars(select(Invitation)).one()
    assert (invitation.email, invitation.role) == ("new@example.org", RoleName.WORKING_GROUP)
    assert "/invitation/" not in page(facilitator, f"{HERE}/people")
    withdrawn = facilitator.submit(
        f"{HERE}/people", {"invitation": invitation.id}, to=f"{HERE}/people/withdraw"
    )
    assert withdrawn.status_code == 303
    assert session.scalars(select(Invitation)).all() == []


def test_a_role_is_taken_back_but_never_the_last_facilitators(
    facilitator: StrictClient, session: Session, live: Desk
) -> None:
    other = factories.make_role(session, live.consultation).account_id
    session.commit()
    took = {"account": other, "role": "facilitator"}
    assert facilitator.submit(f"{HERE}/people", took, to=f"{HERE}/people/remove").status_code == 303
    mine = {"account": live.by, "role": "facilitator"}
    assert facilitator.submit(f"{HERE}/people", mine, to=f"{HERE}/people/remove").status_code == 409
    assert list(session.scalars(select(Role.account_id))) == [live.by]
    (act,) = session.scalars(select(ModerationAct))
    assert (act.kind, act.details) == (ActKind.REMOVE_ROLE, {"role": "facilitator"})


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "https://", "ftp://example.org/x", "//example.org", "https://a:b@example.org",
     "http:\\\\example.org", "mailto:a@example.org", "https://example", "data:text/html,x", "http://[x"],
)  # fmt: skip
def test_only_whole_addresses_on_the_web_become_links(
    address: str, facilitator: StrictClient, session: Session
) -> None:
    link = {"category": "elsewhere", "title": "A charter", "address": address}
    assert facilitator.submit("/c/park/links", link).status_code == 422
    assert session.scalars(select(ProposalLink)).all() == []


def test_a_link_is_in_a_category_once_and_its_category_is_known(facilitator: StrictClient) -> None:
    link = {"category": "elsewhere", "title": "A charter", "address": "https://example.org/a"}
    assert facilitator.submit("/c/park/links", link).status_code == 303
    assert facilitator.submit("/c/park/links", link).status_code == 422
    assert facilitator.submit("/c/park/links", {**link, "category": "nowhere"}).status_code == 422


def test_a_hidden_link_is_its_authors_and_the_facilitators_to_see(
    facilitator: StrictClient, session: Session, live: Desk, client: StrictClient
) -> None:
    category = factories.make_entry(session, live.consultation, EntryKind.PROPOSAL_CATEGORY)
    link = factories.make_link(session, category)
    rule = factories.make_rule(session, live.consultation).key
    session.commit()
    hide = f"/c/park/links/{link.id}/hide"
    assert facilitator.submit(hide, {"rule": rule, "reason": ""}).status_code == 422
    assert facilitator.submit(hide, {"rule": rule, "reason": "It sells."}).status_code == 303
    assert "A charter for trees" in page(facilitator, "/c/park/background")
    stranger = client.application.test_client()
    assert "A charter for trees" not in page(stranger, "/c/park/background")  # type: ignore[arg-type]
    log = page(stranger, "/c/park/log")  # type: ignore[arg-type]
    assert "It sells." in log
    assert "A charter for trees" not in log


def test_a_preview_shows_a_draft_as_people_will_see_it(client: StrictClient, session: Session) -> None:
    desk = make_desk(session, Phase.DRAFT)
    factories.sign_in(client, session, session.get_one(factories.Account, desk.by))
    session.commit()
    words = page(client, f"{HERE}/preview")
    assert "We are gathering ideas." in words
    assert "/desk" not in words
    assert "Question 1 (sv)?" in page(client, f"{HERE}/preview?language=sv")


def test_the_settings_say_what_people_without_an_account_may_do(
    facilitator: StrictClient, session: Session, live: Desk
) -> None:
    settings, address = f"{HERE}/settings", f"{HERE}/guests"
    assert 'value="none" checked' in page(facilitator, settings)
    answer = facilitator.submit(settings, {"guests": "votes"}, to=address)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{settings}#guests")
    assert 'value="votes" checked' in page(facilitator, settings)
    assert "<b>vote without an account</b>" in page(facilitator, "/c/park/log")
    refused = facilitator.submit(settings, {"guests": "everything"}, to=address)
    assert (refused.status_code, "Choose what people without an account may do." in refused.text) == (
        422,
        True,
    )
    assert facilitator.submit(settings, {"guests": "votes"}, to=address).status_code == 409
    acts = session.scalars(select(ModerationAct).where(ModerationAct.kind == ActKind.CHANGE_SETTING)).all()
    assert [(act.account_id, act.details) for act in acts] == [
        (live.by, {"setting": "guests", "guests": "votes"})
    ]


def test_a_draft_says_before_it_opens_what_guests_may_do(client: StrictClient, session: Session) -> None:
    desk = make_desk(session, Phase.DRAFT)
    factories.sign_in(client, session, session.get_one(factories.Account, desk.by))
    session.commit()
    sent = client.submit(f"{HERE}/settings", {"guests": "ideas"}, to=f"{HERE}/guests")
    assert sent.status_code == 303
    session.refresh(desk.consultation)
    assert desk.consultation.takes_guests_ideas


def test_the_file_is_handed_out(facilitator: StrictClient) -> None:
    answer = facilitator.get(f"{HERE}/pack.yaml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="park.yaml"'
    assert answer.get_data(as_text=True).startswith("format: consultation-pack/1\n")


def test_the_first_page_of_an_organiser_leads_to_a_new_consultation(
    client: StrictClient, session: Session
) -> None:
    account = factories.make_organiser(session)
    factories.sign_in(client, session, account)
    session.commit()
    assert 'href="/new"' in page(client, "/account")
    made = client.submit("/new", {"title": "Ängen", "language": "sv"})
    assert (made.status_code, made.location) == (303, "/c/angen/setup")
    assert session.scalars(select(Consultation.slug)).all() == ["angen"]
    again = client.submit("/new", {"title": "Ängen", "language": "sv"})
    assert again.status_code == 422
    assert "Another consultation has this address" in again.get_data(as_text=True)
