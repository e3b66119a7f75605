"""Appeals, two to hide, blocks: who may, once, and what it does."""

from datetime import timedelta

import pytest

from deliberation.base.clock import now
from deliberation.base.errors import NotAllowed, Refused
from deliberation.comments.service import post_comment
from deliberation.consultations.people import RoleName
from deliberation.consultations.service import PostingBlocked
from deliberation.ideas.service import post_idea
from deliberation.moderation.acts import AlreadyDone, NotAFacilitator
from deliberation.moderation.appeals import (
    AlreadyAppealed,
    NoLongerInForce,
    NotYoursToDecide,
    appeal,
    decide_appeal,
    judges_of,
)
from deliberation.moderation.blocking import block, block_of, lift_block
from deliberation.moderation.cases import Outcome
from deliberation.moderation.figures import case_figures
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.policies import may_decide_appeal
from deliberation.moderation.queue import Waiting, queue_of
from deliberation.moderation.safeguards import set_two_to_hide
from deliberation.moderation.service import hide_idea, restore_idea
from deliberation.moderation.undoing import undo
from deliberation.tags.service import suggest_tag
from deliberation.votes.models import Choice
from deliberation.votes.service import cast_vote
from tests import factories
from tests.moderation.conftest import Park

FACILITATOR, GROUP = RoleName.FACILITATOR, RoleName.WORKING_GROUP


@pytest.mark.parametrize(
    ("account", "roles", "involved", "facilitators", "may"),
    [
        (1, {FACILITATOR}, {1}, {1, 2}, False),
        (2, {FACILITATOR}, {1}, {1, 2}, True),
        (3, {GROUP}, {1}, {1, 2}, False),
        (3, {GROUP}, {1}, {1}, True),
        (3, {GROUP}, {1, 3}, {1}, False),
        (4, set(), {1}, {1}, False),
        (2, {FACILITATOR, GROUP}, {1, 2}, {1, 2}, False),
    ],
)
def test_who_decides(
    account: int, roles: set[RoleName], involved: set[int], facilitators: set[int], may: bool
) -> None:
    assert may_decide_appeal(account, roles, involved=involved, facilitators=facilitators) is may


def hidden(park: Park, by: int | None = None) -> ModerationAct:
    return hide_idea(park.session, idea=park.idea, rule=park.rule.key, reason="An advert.", by=by or park.by)


def other(park: Park, name: RoleName = FACILITATOR) -> int:
    return factories.make_role(park.session, park.consultation, name=name).account_id


def test_the_author_appeals_once_and_another_facilitator_overturns(park: Park) -> None:
    act, second = hidden(park), other(park)
    case = appeal(park.session, act=act, by=park.author, text="The park is mine.")
    with pytest.raises(AlreadyAppealed):
        appeal(park.session, act=act, by=park.author, text="Again.")
    with pytest.raises(NotYoursToDecide):
        decide_appeal(park.session, appeal=case, outcome=Outcome.OVERTURNED, reason="x", by=park.by)
    with pytest.raises(NotYoursToDecide):
        decide_appeal(
            park.session, appeal=case, outcome=Outcome.UPHELD, reason="x", by=park.author_account.id
        )
    answer = decide_appeal(
        park.session, appeal=case, outcome=Outcome.OVERTURNED, reason="It is no advert.", by=second
    )
    assert (answer.kind, answer.role, answer.reason) == (ActKind.OVERTURN, FACILITATOR, "It is no advert.")
    assert park.idea.hidden_at is None
    assert (case.outcome, case.outcome_act_id) == (Outcome.OVERTURNED, answer.id)
    with pytest.raises(AlreadyDone):
        decide_appeal(park.session, appeal=case, outcome=Outcome.UPHELD, reason="x", by=second)
    assert park.count() == 2


def test_an_upheld_decision_stands_and_cannot_be_appealed_again(park: Park) -> None:
    act = hidden(park)
    case = appeal(park.session, act=act, by=park.author, text="No.")
    decide_appeal(park.session, appeal=case, outcome=Outcome.UPHELD, reason="Yes.", by=other(park))
    assert park.idea.hidden_at is not None
    with pytest.raises(AlreadyAppealed):
        appeal(park.session, act=act, by=park.author, text="Once more.")


def test_only_the_person_concerned_appeals_what_is_in_force(park: Park) -> None:
    act = hidden(park)
    for by in (None, factories.make_participant(park.session, park.consultation)):
        with pytest.raises(NotAllowed):
            appeal(park.session, act=act, by=by, text="No.")
    for text in (" ", "x" * 1_001):
        with pytest.raises(Refused):
            appeal(park.session, act=act, by=park.author, text=text)
    restored = restore_idea(park.session, idea=park.idea, reason="A mistake.", by=park.by)
    for over in (act, restored):
        with pytest.raises(NoLongerInForce):
            appeal(park.session, act=over, by=park.author, text="No.")


def test_a_decision_taken_back_lets_the_appeal_succeed(park: Park) -> None:
    act = hidden(park)
    case = appeal(park.session, act=act, by=park.author, text="No.")
    answer = undo(park.session, act=act, reason="You are right.", by=park.by)
    park.session.refresh(case)
    assert (case.outcome, case.outcome_act_id) == (Outcome.OVERTURNED, answer.id)
    assert queue_of(park.session, park.consultation.id).total == 0


def test_where_nobody_else_facilitates_the_working_group_decides(park: Park) -> None:
    act, member = hidden(park), other(park, GROUP)
    case = appeal(park.session, act=act, by=park.author, text="No.")
    assert not judges_of(park.session, act).has_other_facilitator
    answer = decide_appeal(
        park.session, appeal=case, outcome=Outcome.OVERTURNED, reason="No advert.", by=member
    )
    assert answer.role is GROUP
    assert park.idea.hidden_at is None


def test_as_long_as_another_facilitates_the_working_group_does_not(park: Park) -> None:
    act, member = hidden(park), other(park, GROUP)
    other(park)
    case = appeal(park.session, act=act, by=park.author, text="No.")
    with pytest.raises(NotYoursToDecide):
        decide_appeal(park.session, appeal=case, outcome=Outcome.UPHELD, reason="x", by=member)


def test_two_to_hide_means_two(park: Park) -> None:
    second = other(park)
    set_two_to_hide(park.session, consultation=park.consultation, on=True, by=park.by)
    with pytest.raises(AlreadyDone):
        set_two_to_hide(park.session, consultation=park.consultation, on=True, by=park.by)
    assert hidden(park).kind is ActKind.PROPOSE_HIDING
    assert park.idea.hidden_at is None
    with pytest.raises(AlreadyDone):
        hidden(park)
    [case] = queue_of(park.session, park.consultation.id).page.items
    assert (case.kind, case.number, case.proposed_by) == (Waiting.PROPOSAL, park.idea.number, park.by)
    act = hidden(park, second)
    assert act.kind is ActKind.HIDE_IDEA
    assert park.idea.hidden_at is not None
    assert queue_of(park.session, park.consultation.id).total == 0
    assert judges_of(park.session, act).involved >= {park.by, second}
    kinds = [act.kind for act in park.acts()]
    assert kinds == [ActKind.CHANGE_SETTING, ActKind.PROPOSE_HIDING, ActKind.HIDE_IDEA]


def test_a_proposal_is_taken_back_and_made_anew(park: Park) -> None:
    other(park)
    set_two_to_hide(park.session, consultation=park.consultation, on=True, by=park.by)
    undo(park.session, act=hidden(park), reason="No.", by=park.by)
    assert queue_of(park.session, park.consultation.id).total == 0
    assert hidden(park).kind is ActKind.PROPOSE_HIDING


def blocked(park: Park, **more: object) -> ModerationAct:
    given = {
        "participant": park.author, "until": now() + timedelta(days=7), "rule": park.rule.key,
        "reason": "Adverts again.", "by": park.by, **more,
    }  # fmt: skip
    return block(park.session, **given)  # type: ignore[arg-type]


def test_who_is_blocked_posts_nothing_and_votes_on(park: Park) -> None:
    act = blocked(park)
    assert act.details["participant"] == park.author.number
    assert act.details.keys() == {"participant", "until"}
    keys = {"consultation": park.consultation, "account_id": park.author_account.id, "language": "en"}
    theirs = factories.make_idea(park.session, park.consultation.threads[0])
    with pytest.raises(PostingBlocked):
        post_idea(park.session, thread=park.consultation.threads[0], statement="x", elaboration="", **keys)  # type: ignore[arg-type]
    with pytest.raises(PostingBlocked):
        post_comment(park.session, idea=theirs, body="x", **keys)  # type: ignore[arg-type]
    with pytest.raises(PostingBlocked):
        suggest_tag(park.session, idea=theirs, name="x", **keys)  # type: ignore[arg-type]
    cast_vote(
        park.session, slug=park.consultation.slug, idea_number=theirs.number,
        account_id=park.author_account.id, choice=Choice.AGREE,
    )  # fmt: skip
    lift_block(park.session, participant=park.author, reason="Enough.", by=park.by)
    assert post_comment(park.session, idea=theirs, body="x", **keys).is_new  # type: ignore[arg-type]
    with pytest.raises(AlreadyDone):
        lift_block(park.session, participant=park.author, reason="Enough.", by=park.by)
    assert [act.kind for act in park.acts()] == [ActKind.BLOCK, ActKind.LIFT_BLOCK]


def test_a_block_has_an_end_a_rule_a_reason_and_a_facilitator(park: Park) -> None:
    for wrong in (
        {"until": None}, {"until": now()}, {"until": now() + timedelta(days=400)}, {"rule": "x"},
        {"reason": ""},
    ):  # fmt: skip
        with pytest.raises(Refused):
            blocked(park, **wrong)
    with pytest.raises(NotAFacilitator):
        blocked(park, by=park.author_account.id)
    blocked(park)
    with pytest.raises(AlreadyDone):
        blocked(park)
    found = block_of(park.session, park.author)
    assert found is not None
    found.begins_at, found.ends_at = now() - timedelta(days=9), now() - timedelta(days=1)
    park.session.flush()
    assert block_of(park.session, park.author) is None
    assert blocked(park).kind is ActKind.BLOCK


def test_a_block_is_appealed_and_overturned_too(park: Park) -> None:
    act = blocked(park)
    case = appeal(park.session, act=act, by=park.author, text="It was my brother.")
    decide_appeal(park.session, appeal=case, outcome=Outcome.OVERTURNED, reason="It was.", by=other(park))
    assert block_of(park.session, park.author) is None
    with pytest.raises(NoLongerInForce):
        appeal(park.session, act=act, by=park.author, text="x")


def test_figures_tell_how_people_are_answered(park: Park) -> None:
    open_one = factories.make_flag(park.session, park.rule, factories.make_comment(park.session, park.idea))
    settled = factories.make_flag(park.session, park.rule, park.idea)
    settled.created_at = now() - timedelta(hours=5)
    act = hidden(park)
    case = appeal(park.session, act=act, by=park.author, text="No.")
    decide_appeal(park.session, appeal=case, outcome=Outcome.OVERTURNED, reason="Yes.", by=other(park))
    found = case_figures(park.session, park.consultation.id)
    figures = found.rules[park.rule.id]
    assert (figures.flags, figures.appeals, figures.decided_appeals, figures.overturned) == (2, 1, 1, 1)
    assert figures.oldest_open == open_one.created_at
    assert figures.median_wait is not None
    assert timedelta(hours=2) < figures.median_wait < timedelta(hours=3)
    assert found.all == figures
