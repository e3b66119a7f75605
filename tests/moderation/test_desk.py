from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.consultations.models import Phase, PhaseStep
from deliberation.consultations.people import RoleName
from deliberation.consultations.phases import Timetable
from deliberation.moderation.desk import NextStep, next_step
from deliberation.moderation.models import ActKind
from deliberation.moderation.service import hide_idea, lock_thread
from deliberation.tags.models import TagStatus
from tests import factories
from tests.moderation.conftest import Park
from tests.statements import statements, writes
from tests.strict_client import StrictClient

HOME = "/c/the-park"
DESK = f"{HOME}/desk"
HIDE = f"{HOME}/ideas/1/hide"
RESTORE = f"{HOME}/ideas/1/restore"
PAGES = [DESK, HIDE, RESTORE]
ACTS = [
    HIDE,
    RESTORE,
    f"{HOME}/threads/1/lock",
    f"{HOME}/threads/1/unlock",
    f"{HOME}/phase",
    f"{HOME}/schedule",
    f"{HOME}/tags/bikes/accept",
    f"{HOME}/tags/bikes/decline",
    f"{HOME}/tags/bikes/rename",
    f"{HOME}/tags/bikes/merge",
    f"{HOME}/tags/bikes/part",
]


@pytest.fixture
def desk(park: Park, client: StrictClient) -> StrictClient:
    """The facilitator's browser."""
    factories.sign_in(client, park.session, park.facilitator)
    park.session.commit()
    return client


@pytest.fixture
def suggestion(park: Park) -> None:
    tag = factories.make_tag(
        park.session, park.consultation, "bikes", names={"sv": "cyklar"}, status=TagStatus.SUGGESTED,
        suggested_by=park.author,
    )  # fmt: skip
    factories.apply_tag(park.session, park.idea, tag)
    factories.make_tag(park.session, park.consultation, "schools", names={"sv": "skolor", "en": "schools"})
    park.session.commit()


def local(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def test_an_idea_is_hidden_from_its_page_and_the_desk_lists_it(park: Park, desk: StrictClient) -> None:
    answer = desk.submit(HIDE, {"rule": park.rule.key, "reason": "An advert."})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{DESK}#hidden")
    park.session.expire_all()
    assert park.idea.hidden_at is not None
    text = desk.get(DESK).text
    assert "Sell the park to my cousin." in text
    assert "An advert." in text
    assert "Idea 1 is hidden. The author is told why." in text


def test_a_hidden_idea_is_restored(park: Park, desk: StrictClient) -> None:
    hide_idea(park.session, idea=park.idea, rule=park.rule.key, reason="An advert.", by=park.by)
    park.session.commit()
    assert "An advert." in desk.get(RESTORE).text
    assert desk.submit(RESTORE, {"reason": "A mistake."}).status_code == 303
    park.session.expire_all()
    assert park.idea.hidden_at is None


def test_a_refusal_keeps_what_was_typed_and_says_what_is_wrong(park: Park, desk: StrictClient) -> None:
    answer = desk.submit(HIDE, {"rule": park.rule.key, "reason": " "})
    assert answer.status_code == 422
    assert "Write a reason." in answer.text
    assert f'value="{park.rule.key}" checked' in answer.text
    answer = desk.submit(HIDE, {"reason": "An advert."})
    assert answer.status_code == 422
    assert "Choose the rule that it breaks." in answer.text
    assert "An advert.</textarea>" in answer.text
    assert park.count() == 0


def test_without_rules_nothing_can_be_hidden_and_the_page_says_why(
    session: Session, client: StrictClient
) -> None:
    consultation = factories.make_consultation(session, "the-lake")
    factories.make_idea(session, consultation.threads[0])
    account = factories.make_account(session, language="en")
    factories.make_role(session, consultation, account)
    factories.sign_in(client, session, account)
    session.commit()
    assert "There are no rules yet" in client.get("/c/the-lake/ideas/1/hide").text


def test_whoever_comes_second_is_told_and_loses_nothing(park: Park, desk: StrictClient) -> None:
    token = desk.token(HIDE)
    hide_idea(park.session, idea=park.idea, rule=park.rule.key, reason="An advert.", by=park.by)
    lock_thread(park.session, thread=park.consultation.threads[0], reason="A pause.", by=park.by)
    park.session.commit()
    sent = {"csrf_token": token, "rule": park.rule.key, "reason": "Mine."}
    answer = desk.post(HIDE, data=sent)
    assert answer.status_code == 409
    assert "already hidden" in answer.text
    answer = desk.post(f"{HOME}/threads/1/lock", data=sent)
    assert answer.status_code == 409
    assert "already locked" in answer.text
    assert park.count() == 2


def test_a_question_is_locked_and_unlocked_from_the_desk(park: Park, desk: StrictClient) -> None:
    lock = f"{HOME}/threads/2/lock"
    answer = desk.submit(DESK, {"reason": ""}, to=lock)
    assert answer.status_code == 422
    assert 'id="thread-2" open' in answer.text
    assert 'aria-describedby="thread-2-reason-error"' in answer.text
    assert desk.submit(DESK, {"reason": "A pause."}, to=lock).headers["Location"] == f"{DESK}#threads"
    assert "“A pause.”" in desk.get(DESK).text
    assert desk.submit(DESK, {"reason": "Go on."}, to=f"{HOME}/threads/2/unlock").status_code == 303
    assert [act.kind for act in park.acts()] == [ActKind.LOCK_THREAD, ActKind.UNLOCK_THREAD]


def test_a_phase_is_begun_by_hand_from_the_desk(park: Park, desk: StrictClient) -> None:
    answer = desk.submit(DESK, {"phase": "voting", "reason": "We are many."}, to=f"{HOME}/phase")
    assert answer.headers["Location"] == f"{DESK}#phases"
    assert "Now: Voting." in desk.get(DESK).text


@pytest.mark.parametrize("phase", ["", "tea", "draft "])
def test_a_phase_that_is_none_is_refused(park: Park, desk: StrictClient, phase: str) -> None:
    assert desk.submit(DESK, {"phase": phase}, to=f"{HOME}/phase").status_code == 422
    assert park.count() == 0


def test_phases_that_moved_in_the_meantime_are_shown_anew(park: Park, desk: StrictClient) -> None:
    sent = {"phase": "synthesis", "reason": "We are done.", "seen": "gathering long ago"}
    answer = desk.submit(DESK, sent, to=f"{HOME}/phase")
    assert answer.status_code == 409
    assert "Look again and decide anew." in answer.text
    assert "We are done.</textarea>" in answer.text
    assert 'value="gathering long ago"' not in answer.text


def test_dates_are_set_from_the_desk(park: Park, desk: StrictClient) -> None:
    voting = now() + timedelta(days=5)
    sent = {"voting": local(voting), "synthesis": "", "published": "", "reason": ""}
    assert desk.submit(DESK, sent, to=f"{HOME}/schedule").status_code == 303
    park.session.expire_all()
    starts = {step.phase: step.starts_at for step in park.consultation.steps}
    assert starts[Phase.VOTING] == voting.replace(second=0, microsecond=0)
    assert f'value="{local(voting)}"' in desk.get(DESK).text


def test_a_date_that_nobody_touched_keeps_its_seconds(park: Park, desk: StrictClient) -> None:
    voting = (now() + timedelta(days=5)).replace(second=30)
    park.consultation.steps.append(PhaseStep(phase=Phase.VOTING, starts_at=voting))
    park.session.commit()
    sent = {"voting": local(voting), "synthesis": local(voting + timedelta(days=1)), "published": ""}
    assert desk.submit(DESK, sent, to=f"{HOME}/schedule").status_code == 303
    assert list(park.acts()[0].details["starts"]) == ["synthesis"]


@pytest.mark.parametrize(
    "written", ["soon", "2026-13-01T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "2030-01-01T00:00+14:00"]
)
def test_what_is_no_date_is_refused_at_its_field_and_kept(
    park: Park, desk: StrictClient, written: str
) -> None:
    answer = desk.submit(DESK, {"voting": written}, to=f"{HOME}/schedule")
    assert answer.status_code == 422
    assert f'value="{written}"' in answer.text
    assert 'id="schedule-voting-error"' in answer.text
    assert park.count() == 0


def test_dates_out_of_order_are_refused_at_the_field(park: Park, desk: StrictClient) -> None:
    sent = {"voting": local(now() + timedelta(days=5)), "synthesis": local(now() + timedelta(days=4))}
    answer = desk.submit(DESK, sent, to=f"{HOME}/schedule")
    assert answer.status_code == 422
    assert 'id="schedule-synthesis-error"' in answer.text
    assert "after the phase before it" in answer.text


@pytest.mark.usefixtures("suggestion")
def test_a_suggestion_waits_on_the_desk_and_is_accepted(park: Park, desk: StrictClient) -> None:
    text = desk.get(DESK).text
    assert "One thing is waiting for you" in text
    assert "cyklar" in text
    assert desk.submit(DESK, {}, to=f"{HOME}/tags/bikes/accept").status_code == 303
    assert "Nothing is waiting for you" in desk.get(DESK).text


@pytest.mark.usefixtures("suggestion")
def test_a_declined_suggestion_can_be_taken_in_after_all(park: Park, desk: StrictClient) -> None:
    decline = f"{HOME}/tags/bikes/decline"
    refused = desk.submit(DESK, {"reason": ""}, to=decline)
    assert refused.status_code == 422
    assert 'id="decline-bikes" open' in refused.text
    assert desk.submit(DESK, {"reason": "Too broad."}, to=decline).status_code == 303
    assert "One declined tag" in desk.get(DESK).text
    assert "cyklar" not in desk.get(f"{HOME}/log").text
    assert desk.submit(DESK, {"seen": "declined"}, to=f"{HOME}/tags/bikes/accept").status_code == 303


def test_the_desk_of_a_large_consultation_takes_twelve_statements(park: Park, desk: StrictClient) -> None:
    for number in range(30):
        idea = factories.make_idea(park.session, park.consultation.threads[number % 2], park.author)
        hide_idea(park.session, idea=idea, rule=park.rule.key, reason="Why.", by=park.by)
        tag = factories.make_tag(park.session, park.consultation, f"tag-{number}")
        factories.apply_tag(park.session, idea, tag)
    park.session.commit()
    with statements() as heard:
        text = desk.get(DESK).text
    assert len(heard) <= 12
    assert not writes(heard)
    assert "Page 1 of 3" in text
    assert desk.get(f"{DESK}?page=3").status_code == 200
    assert desk.get(f"{DESK}?page=4").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_visitors_are_asked_to_sign_in(park: Park, client: StrictClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("role", [None, RoleName.WORKING_GROUP])
@pytest.mark.usefixtures("suggestion")
def test_participants_and_the_working_group_may_not(
    park: Park, client: StrictClient, role: RoleName | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if role:
        factories.make_role(park.session, park.consultation, park.author_account, role)
    factories.sign_in(client, park.session, park.author_account)
    park.session.commit()
    monkeypatch.setitem(client.application.config, "WTF_CSRF_ENABLED", False)
    for page in PAGES:
        assert client.get(page).status_code == 403
    for act in ACTS:
        sent = {"reason": "Mine.", "rule": park.rule.key, "phase": "voting", "into": "schools"}
        assert client.post(act, data=sent).status_code == 403
    assert park.count() == 0


@pytest.mark.parametrize("address", PAGES)
def test_a_draft_is_not_there_for_strangers(park: Park, client: StrictClient, address: str) -> None:
    park.consultation.steps[0].phase = Phase.DRAFT
    factories.sign_in(client, park.session, park.author_account)
    park.session.commit()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        f"{HOME}/ideas/99/hide",
        f"{HOME}/ideas/0/restore",
        f"{HOME}/ideas/99999999999999999999/hide",
        "/c/no-such-place/desk",
    ],
)
def test_what_is_not_there_is_not_found(desk: StrictClient, address: str) -> None:
    assert desk.get(address).status_code == 404


def test_acts_on_what_is_not_there_are_not_found(park: Park, desk: StrictClient) -> None:
    other = factories.make_consultation(park.session, "the-lake")
    factories.make_tag(park.session, other, "boats")
    park.session.commit()
    for act in ("threads/9/lock", "threads/99999999999999999999/unlock", "tags/boats/accept", "tags/x/merge"):
        assert desk.submit(DESK, {"reason": "Why not."}, to=f"{HOME}/{act}").status_code == 404


def test_an_act_without_the_token_of_a_form_is_refused(park: Park, desk: StrictClient) -> None:
    assert desk.post(HIDE, data={"rule": park.rule.key, "reason": "An advert."}).status_code == 400
    assert park.count() == 0


def test_the_desk_says_nothing_of_how_anyone_voted(park: Park, desk: StrictClient) -> None:
    factories.make_vote(park.session, park.idea, park.author)
    hide_idea(park.session, idea=park.idea, rule=park.rule.key, reason="An advert.", by=park.by)
    park.session.commit()
    with statements() as heard:
        for page in (*PAGES, f"{HOME}/log"):
            desk.get(page)
    assert not [statement for statement in heard if "votes" in statement or "vote_events" in statement]


START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "suggested", "seldom", "step"),
    [
        ({}, 1, 5, NextStep.ANSWER),
        ({}, 0, 0, NextStep.OPEN),
        ({Phase.GATHERING: START + timedelta(days=1)}, 0, 0, NextStep.NOTHING),
        ({Phase.GATHERING: START}, 0, 5, NextStep.SET_A_DATE),
        (
            {Phase.GATHERING: START, Phase.VOTING: START + timedelta(days=1)},
            0,
            5,
            NextStep.READ_SELDOM_VOTED,
        ),
        ({Phase.GATHERING: START, Phase.VOTING: START + timedelta(days=1)}, 0, 0, NextStep.NOTHING),
        ({Phase.SYNTHESIS: START}, 0, 5, NextStep.NOTHING),
    ],
)
def test_there_is_one_next_step(
    starts: dict[Phase, datetime], suggested: int, seldom: int, step: NextStep
) -> None:
    assert next_step(Timetable(starts, START), waiting=suggested, seldom_voted=seldom) is step
