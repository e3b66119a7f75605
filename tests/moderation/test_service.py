import random

import pytest

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, NotFound, Refused
from deliberation.consultations.background import EntryKind
from deliberation.consultations.people import RoleName
from deliberation.moderation.acts import OPERATOR, NotAFacilitator
from deliberation.moderation.models import REASON_LENGTH, ActKind
from deliberation.moderation.service import (
    AlreadyDone,
    hide_idea,
    lock_thread,
    restore_idea,
    unlock_thread,
)
from deliberation.votes.models import Choice
from deliberation.votes.service import cast_vote
from tests import factories
from tests.moderation.conftest import Park


def hide(park: Park, **changes: object) -> None:
    values = {"idea": park.idea, "rule": park.rule.key, "reason": "It is an advert.", "by": park.by}
    hide_idea(park.session, **(values | changes))  # type: ignore[arg-type]


def test_hiding_an_idea_writes_one_row_with_rule_reason_role_and_time(park: Park) -> None:
    hide(park)
    (act,) = park.acts()
    assert park.idea.hidden_at == act.happened_at
    assert (act.kind, act.role, act.account_id) == (ActKind.HIDE_IDEA, RoleName.FACILITATOR, park.by)
    assert (act.idea_id, act.rule_id, act.reason) == (park.idea.id, park.rule.id, "It is an advert.")


def test_restoring_an_idea_writes_one_row(park: Park) -> None:
    hide(park)
    restore_idea(park.session, idea=park.idea, reason="A mistake.", by=park.by)
    assert park.idea.hidden_at is None
    assert [act.kind for act in park.acts()] == [ActKind.HIDE_IDEA, ActKind.RESTORE_IDEA]


def test_locking_and_unlocking_a_thread_write_one_row_each(park: Park) -> None:
    thread = park.consultation.threads[1]
    lock_thread(park.session, thread=thread, reason="Two questions were mixed up.", by=park.by)
    assert thread.locked_at is not None
    unlock_thread(park.session, thread=thread, reason="Sorted out.", by=park.by)
    assert thread.locked_at is None
    assert [(act.kind, act.thread_id) for act in park.acts()] == [
        (ActKind.LOCK_THREAD, thread.id),
        (ActKind.UNLOCK_THREAD, thread.id),
    ]


def test_what_is_already_so_is_a_conflict_and_writes_nothing(park: Park) -> None:
    thread = park.consultation.threads[0]
    with pytest.raises(AlreadyDone, match="not hidden"):
        restore_idea(park.session, idea=park.idea, reason="Why not.", by=park.by)
    with pytest.raises(AlreadyDone, match="not locked"):
        unlock_thread(park.session, thread=thread, reason="Why not.", by=park.by)
    hide(park)
    lock_thread(park.session, thread=thread, reason="A pause.", by=park.by)
    with pytest.raises(AlreadyDone, match="already hidden"):
        hide(park)
    with pytest.raises(AlreadyDone, match="already locked"):
        lock_thread(park.session, thread=thread, reason="A pause.", by=park.by)
    assert park.count() == 2


def test_a_withdrawn_idea_cannot_be_hidden(park: Park) -> None:
    park.idea.withdrawn_at = now()
    with pytest.raises(AlreadyDone, match="withdrawn"):
        hide(park)
    assert park.count() == 0


@pytest.mark.parametrize("reason", ["", " \n\t ", "\u200e\u202e"])
def test_an_act_needs_a_reason(park: Park, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        hide(park, reason=reason)
    assert refused.value.field == "reason"
    assert (park.idea.hidden_at, park.count()) == (None, 0)


def test_a_reason_has_at_most_a_thousand_characters(park: Park) -> None:
    with pytest.raises(Refused, match="3 characters too long") as refused:
        hide(park, reason="x" * (REASON_LENGTH + 3))
    assert refused.value.field == "reason"
    hide(park, reason="x" * REASON_LENGTH)
    assert len(park.acts()[0].reason) == REASON_LENGTH


def test_only_a_rule_of_the_same_consultation_will_do(park: Park) -> None:
    other = factories.make_consultation(park.session, "the-lake")
    foreign = factories.make_rule(park.session, other)
    note = factories.make_entry(park.session, park.consultation, EntryKind.NOTE)
    for key in (foreign.key, note.key, "", "no-such-rule"):
        with pytest.raises(Refused) as refused:
            hide(park, rule=key)
        assert refused.value.field == "rule"
    assert (park.idea.hidden_at, park.count()) == (None, 0)


def test_the_service_asks_who_acts_whatever_the_caller(park: Park) -> None:
    other = factories.make_consultation(park.session, "the-lake")
    facilitator_elsewhere = factories.make_role(park.session, other).account_id
    member = factories.make_role(park.session, park.consultation, name=RoleName.WORKING_GROUP).account_id
    thread = park.consultation.threads[0]
    for account_id in (facilitator_elsewhere, member, park.author_account.id, 999_999):
        with pytest.raises(NotAFacilitator):
            hide(park, by=account_id)
        with pytest.raises(NotAFacilitator):
            restore_idea(park.session, idea=park.idea, reason="Mine.", by=account_id)
        with pytest.raises(NotAFacilitator):
            lock_thread(park.session, thread=thread, reason="Mine.", by=account_id)
        with pytest.raises(NotAFacilitator):
            unlock_thread(park.session, thread=thread, reason="Mine.", by=account_id)
    assert park.count() == 0


def test_the_operator_acts_without_an_account(park: Park) -> None:
    hide(park, by=OPERATOR)
    (act,) = park.acts()
    assert (act.role, act.account_id) == (None, None)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_sequence_the_log_tells_what_is_hidden_and_locked(park: Park, seed: int) -> None:
    chance = random.Random(seed)
    session, threads = park.session, park.consultation.threads
    ideas = [park.idea, *(factories.make_idea(session, threads[n % 2], park.author) for n in range(4))]
    succeeded = 0
    for _ in range(200):
        idea, thread = chance.choice(ideas), chance.choice(threads)
        reason = chance.choice(["", "Because.", "Because.", "Because."])
        act = chance.choice(
            [
                lambda: hide(park, idea=idea, reason=reason),  # noqa: B023 - called at once
                lambda: restore_idea(session, idea=idea, reason=reason, by=park.by),  # noqa: B023
                lambda: lock_thread(session, thread=thread, reason=reason, by=park.by),  # noqa: B023
                lambda: unlock_thread(session, thread=thread, reason=reason, by=park.by),  # noqa: B023
            ]
        )
        try:
            act()
        except (AlreadyDone, Refused):
            continue
        succeeded += 1
    session.expire_all()
    acts = park.acts()
    assert len(acts) == succeeded > 50
    last = {(act.kind in HIDING, act.idea_id or act.thread_id): act.kind for act in acts}
    for idea in ideas:
        assert (idea.hidden_at is not None) == (last.get((True, idea.id)) is ActKind.HIDE_IDEA)
    for thread in threads:
        assert (thread.locked_at is not None) == (last.get((False, thread.id)) is ActKind.LOCK_THREAD)


HIDING = {ActKind.HIDE_IDEA, ActKind.RESTORE_IDEA}


def test_what_is_hidden_or_locked_takes_no_votes(park: Park) -> None:
    other = factories.make_idea(park.session, park.consultation.threads[1])
    hide(park)
    lock_thread(park.session, thread=park.consultation.threads[1], reason="A pause.", by=park.by)
    voter = factories.make_account(park.session)
    factories.make_participant(park.session, park.consultation, voter)
    for number in (park.idea.number, other.number):
        with pytest.raises((Conflict, NotFound)):
            cast_vote(
                park.session, slug="the-park", idea_number=number, account_id=voter.id, choice=Choice.AGREE
            )
    park.session.expire_all()
    assert (park.idea.votes, other.votes) == (0, 0)
