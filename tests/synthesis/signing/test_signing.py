"""Who is asked, what they answer, and when that is enough."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, NotAllowed, Refused
from deliberation.consultations.people import RoleName
from deliberation.consultations.service import remove_role
from deliberation.synthesis.signing import service
from deliberation.synthesis.signing.models import Quorum
from deliberation.synthesis.signing.policies import parts_of
from deliberation.synthesis.signing.queries import tally_of
from deliberation.synthesis.writers.report import Answer
from tests.synthesis.signing.group import Group, draft


def test_everybody_in_the_group_is_asked(session: Session) -> None:
    group = Group(session, members=4)
    version = group.propose()
    assert [row.name for row in version.signatures] == ["Member 1", "Member 2", "Member 3", "Member 4"]
    found = tally_of(session, version)
    assert (found.asked, found.answered, found.needed, found.is_signed) == (4, 0, 3, False)


def test_two_thirds_without_an_open_objection_are_enough(session: Session) -> None:
    group = Group(session)
    version = group.propose()
    one, two, three = group.members
    service.answer(session, version=version, by=one.id, answer=Answer.APPROVES)
    assert not tally_of(session, version).is_signed
    service.answer(
        session, version=version, by=two.id, answer=Answer.OBJECTS, text="The libraries are missing."
    )
    assert tally_of(session, version).has_quorum
    assert not tally_of(session, version).is_signed
    row = next(row for row in version.signatures if row.account_id == two.id)
    service.reply(session, version=version, signature_id=row.id, by=three.id, text="We say so in finding 8.")
    assert tally_of(session, version).is_signed


def test_an_objection_in_other_words_waits_again(session: Session) -> None:
    group = Group(session)
    version = group.propose()
    two = group.members[1]
    row = service.answer(session, version=version, by=two.id, answer=Answer.OBJECTS, text="No libraries.")
    service.reply(session, version=version, signature_id=row.id, by=group.members[0].id, text="Soon.")
    row = service.answer(session, version=version, by=two.id, answer=Answer.OBJECTS, text="Still none.")
    assert (row.reply, row.replied_at) == ("", None)


def test_nobody_answers_their_own_objection(session: Session) -> None:
    group = Group(session)
    version = group.propose()
    row = service.answer(session, version=version, by=group.members[1].id, answer=Answer.OBJECTS, text="No.")
    with pytest.raises(NotAllowed):
        service.reply(session, version=version, signature_id=row.id, by=group.members[1].id, text="Fine.")


@pytest.mark.parametrize("answer", [Answer.RESERVES, Answer.OBJECTS])
def test_reservations_and_objections_say_something(session: Session, answer: Answer) -> None:
    group = Group(session)
    version = group.propose()
    with pytest.raises(Refused) as refused:
        service.answer(session, version=version, by=group.members[0].id, answer=answer, text=" \n ")
    assert refused.value.field == "text"


def test_somebody_from_elsewhere_cannot_sign(session: Session) -> None:
    group, other = Group(session), Group.__new__(Group)
    version = group.propose()
    from tests import factories

    stranger = factories.make_account(session)
    del other
    with pytest.raises(NotAllowed):
        service.answer(session, version=version, by=stranger.id, answer=Answer.APPROVES)


def test_who_leaves_without_an_answer_is_no_longer_waited_for(session: Session) -> None:
    group = Group(session)
    version = group.propose()
    for member in group.members[:2]:
        service.answer(session, version=version, by=member.id, answer=Answer.APPROVES)
    remove_role(
        session, consultation_id=group.consultation.id, account_id=group.members[2].id,
        role=RoleName.WORKING_GROUP,
    )  # fmt: skip
    found = tally_of(session, version)
    assert (found.asked, found.answered) == (2, 2)


def test_an_objection_stays_when_its_author_leaves(session: Session) -> None:
    group = Group(session)
    version = group.propose()
    for member in group.members[:2]:
        service.answer(session, version=version, by=member.id, answer=Answer.APPROVES)
    objector = group.members[2]
    service.answer(session, version=version, by=objector.id, answer=Answer.OBJECTS, text="No libraries.")
    remove_role(
        session, consultation_id=group.consultation.id, account_id=objector.id, role=RoleName.WORKING_GROUP
    )
    assert not tally_of(session, version).is_signed


def test_who_joins_later_can_sign_too(session: Session) -> None:
    group = Group(session, members=1)
    version = group.propose()
    late = group.join("Late")
    service.answer(session, version=version, by=late.id, answer=Answer.APPROVES)
    session.refresh(version)
    assert [row.name for row in version.signatures] == ["Member 1", "Late"]


def test_a_group_of_nobody_never_signs(session: Session) -> None:
    group = Group(session, members=1)
    version = group.propose()
    remove_role(
        session, consultation_id=group.consultation.id, account_id=group.members[0].id,
        role=RoleName.WORKING_GROUP,
    )  # fmt: skip
    assert not tally_of(session, version).is_signed


def test_a_change_asks_again_and_only_for_what_changed(session: Session) -> None:
    group = Group(session)
    first = group.propose()
    member = group.members[0]
    service.answer(session, version=first, by=member.id, answer=Answer.RESERVES, text="Say it shorter.")
    before = draft()
    threads = (
        replace(
            before.threads[0],
            findings=(
                replace(before.threads[0].findings[0], claim="Shorter."),
                *before.threads[0].findings[1:],
            ),
        ),
    )
    second = group.propose(replace(before, threads=threads))
    assert not first.is_open
    mine = next(row for row in second.signatures if row.account_id == member.id)
    number = before.threads[0].findings[0].number
    assert mine.answer is None
    assert mine.earlier == {
        "version": 1, "answer": "reserves", "text": "Say it shorter.", "changed": [f"finding-{number}"],
    }  # fmt: skip


def test_the_same_text_is_not_proposed_twice(session: Session) -> None:
    group = Group(session)
    group.propose()
    with pytest.raises(Conflict, match="Nothing has changed since version 1"):
        group.propose()


def test_a_replaced_version_takes_no_answers(session: Session) -> None:
    group = Group(session)
    first = group.propose()
    group.propose(draft(heading="Another title"))
    with pytest.raises(service.NotOpen):
        service.answer(session, version=first, by=group.members[0].id, answer=Answer.APPROVES)


def test_a_new_rule_holds_for_versions_proposed_from_then_on(session: Session) -> None:
    group = Group(session)
    first = group.propose()
    from deliberation.moderation.acts import OPERATOR

    service.set_rule(
        session, consultation=group.consultation, quorum=Quorum.ALL, replies_to_objections=False, by=OPERATOR
    )
    second = group.propose(draft(heading="Another title"))
    assert (first.quorum, second.quorum) == (Quorum.TWO_THIRDS, Quorum.ALL)


def test_a_minority_report_lives_as_long_as_a_name_stands_under_it(session: Session) -> None:
    group = Group(session)
    version = group.propose()
    one, two, _three = group.members
    row = service.add_minority_report(session, version=version, by=one.id, title="Otherwise", text="We *do*.")
    service.join_minority_report(session, version=version, report_id=row.id, by=two.id)
    service.join_minority_report(session, version=version, report_id=row.id, by=two.id)
    assert [name.name for name in row.names] == ["Member 1", "Member 2"]
    service.leave_minority_report(session, version=version, report_id=row.id, by=one.id)
    assert [name.name for name in row.names] == ["Member 2"]
    service.leave_minority_report(session, version=version, report_id=row.id, by=two.id)
    session.refresh(version, ["minority_reports"])
    assert version.minority_reports == []


def test_the_date_and_the_address_change_no_part() -> None:
    before = draft()
    after = replace(before, address="https://elsewhere.example", cite_as="Otherwise")
    assert parts_of(before) == parts_of(after)
    assert parts_of(before) != parts_of(replace(before, heading="Another title"))
