"""The working draft: composed from a snapshot, written in, anchored anew, and composed again."""

from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import NotFound, Refused
from deliberation.consultations.people import RoleName
from deliberation.ideas.models import Idea, IdeaRevision
from deliberation.insights.queries import get_snapshot
from deliberation.insights.service import freeze_phase
from deliberation.synthesis.citing import NotInSnapshot, read_citations
from deliberation.synthesis.composing import AlreadyBegun, begin_draft, compose_again
from deliberation.synthesis.drafting import NewerWording, NotInWorkingGroup, write_opening
from deliberation.synthesis.evidence import anchor, current_findings, mismatches
from deliberation.synthesis.findings import (
    FindingRemoved,
    add_finding,
    bring_back_finding,
    get_finding,
    join_findings,
    move_finding,
    remove_finding,
    restore_wording,
    split_finding,
    write_finding,
)
from deliberation.synthesis.history import compare_drafts, steps_of_finding
from deliberation.synthesis.margin import comment, settle, talks_about
from deliberation.synthesis.models import FindingRevision
from deliberation.synthesis.recommending import Advice, get_recommendation, recommend, write_recommendation
from deliberation.synthesis.reports import draft_report
from deliberation.synthesis.writers.report import FindingKind, Standing
from deliberation.votes.models import Choice
from tests.factories import make_account, make_consultation, make_idea, make_role
from tests.insights.voting import QUICK, sessions_of, set_vote
from tests.synthesis.drafts import URL, Group, begun, freeze_now, working_group


@pytest.fixture
def group(session: Session) -> Group:
    return working_group(session)


def written(session: Session, group: Group, number: int) -> FindingRevision:
    return get_finding(session, group.consultation.id, number)[1]


def cited(session: Session, group: Group, number: int) -> list[int]:
    return [one.idea for one in read_citations(written(session, group, number).citations)]


def of_kind(session: Session, group: Group, kind: FindingKind) -> int:
    """The number of the first finding of this kind."""
    return next(
        finding.number
        for finding, current in current_findings(session, group.consultation.id)
        if current.kind is kind
    )


def write(session: Session, group: Group, number: int, claim: str, **more: object) -> None:
    current = written(session, group, number)
    write_finding(
        session, consultation_id=group.consultation.id, number=number,
        **{"by": group.first.id, "revision": current.number, "kind": current.kind, "text": current.text,
           "claim": claim, **more},
    )  # fmt: skip


def change_their_minds(session: Session, group: Group, number: int) -> None:
    """Let everybody disagree with the idea from now on."""
    idea = group.idea(session, number)
    for person in group.world.people:
        set_vote(session, person, idea.id, Choice.DISAGREE)


def test_a_draft_is_composed_from_a_snapshot_in_the_groups_language(session: Session, group: Group) -> None:
    draft = begun(session, group, language="sv")
    report = draft_report(session, draft=draft, base_url=URL)
    assert (report.standing, report.language, report.version) == (Standing.DRAFT, "sv", None)
    kinds = {finding.kind for finding in report.findings}
    assert {FindingKind.CONSENSUS, FindingKind.MINORITY} <= kinds
    assert report.map is not None
    assert "Grupp A" in report.map.svg
    assert mismatches(session, draft=draft) == ()
    for finding in report.findings:
        for idea in finding.ideas:
            assert idea in report.threads[0].ideas + report.threads[1].ideas
    assert report == draft_report(session, draft=draft, base_url=URL)


def test_without_stable_groups_it_composes_without_groups_and_says_so(session: Session, group: Group) -> None:
    for person in group.world.people:
        for idea in group.world.all_ideas:
            set_vote(session, person, idea, Choice.AGREE)
    snapshot = freeze_now(session, group)
    draft = begin_draft(
        session, consultation=group.consultation, snapshot=snapshot, language="en", by=group.first.id
    )
    report = draft_report(session, draft=draft, base_url=URL)
    assert {finding.kind for finding in report.findings} == {FindingKind.MAJORITY}
    assert any("no stable groups" in paragraph for paragraph in report.method)


def test_a_snapshot_without_votes_gives_a_calm_draft_that_says_so(session: Session, group: Group) -> None:
    number = freeze_phase(
        sessions_of(session),
        consultation_id=group.consultation.id,
        phase=group.consultation.steps[0].phase,
        parameters=QUICK,
    )
    session.expire_all()
    snapshot = get_snapshot(session, group.consultation.id, number or 0)
    draft = begin_draft(
        session, consultation=group.consultation, snapshot=snapshot, language="en", by=group.first.id
    )
    assert draft.summary == "Nobody has voted yet, so there is nothing to say of what people think."
    report = draft_report(session, draft=draft, base_url=URL)
    assert {finding.kind for finding in report.findings} == {FindingKind.NOT_YET_HEARD}
    assert report.map is None


def test_a_draft_is_begun_once_and_by_the_working_group_alone(session: Session, group: Group) -> None:
    draft = begun(session, group)
    here = {"consultation": group.consultation, "snapshot": draft.snapshot, "language": "en"}
    with pytest.raises(AlreadyBegun):
        begin_draft(session, **here, by=group.second.id)
    facilitator = make_account(session)
    make_role(session, group.consultation, facilitator, RoleName.FACILITATOR)
    for act in (
        lambda: begin_draft(session, **here, by=facilitator.id),
        lambda: write(session, group, 1, "Mine.", by=facilitator.id),
        lambda: anchor(session, consultation_id=group.consultation.id, by=facilitator.id),
    ):
        with pytest.raises(NotInWorkingGroup):
            act()


def test_a_stale_save_changes_nothing_unless_the_words_are_as_they_were(
    session: Session, group: Group
) -> None:
    begun(session, group)
    write(session, group, 1, "The first says this.")
    with pytest.raises(NewerWording):
        write(session, group, 1, "The second says that.", by=group.second.id, revision=1)
    idea = next(number for number in range(1, 17) if number not in cited(session, group, 1))
    before = written(session, group, 1).number
    write(session, group, 1, "The first says this.", cite=idea)
    write(session, group, 1, "The second says that.", by=group.second.id, revision=before)
    assert written(session, group, 1).claim == "The second says that."
    assert idea in cited(session, group, 1)


def test_numbers_come_from_the_snapshot_and_from_this_consultation(session: Session, group: Group) -> None:
    draft = begun(session, group)
    newer = make_idea(session, group.consultation.threads[0]).number
    elsewhere = make_consultation(session, "elsewhere")
    far = [make_idea(session, elsewhere.threads[0]).number for _ in range(newer + 2)][-1]
    for number in (newer, far):
        with pytest.raises(NotInSnapshot):
            write(session, group, 1, "As it was.", cite=number)
    write(session, group, 1, "As it was.", cite=2)
    votes = next(one.votes for one in read_citations(written(session, group, 1).citations) if one.idea == 2)
    idea = group.idea(session, 2)
    assert (votes.agrees, votes.disagrees, votes.passes) == (idea.agrees, idea.disagrees, idea.passes)
    assert mismatches(session, draft=draft) == ()


def test_a_count_that_is_not_the_snapshots_is_named(session: Session, group: Group) -> None:
    draft = begun(session, group)
    row = written(session, group, 1)
    row.citations = [{**row.citations[0], "votes": [999, 0, 0]}]
    session.flush()
    (mismatch,) = mismatches(session, draft=draft)
    assert (mismatch.finding, mismatch.idea) == (1, row.citations[0]["idea"])


def test_what_happens_to_cited_ideas_is_said_until_the_finding_is_anchored_anew(
    session: Session, group: Group
) -> None:
    draft = begun(session, group)
    number = of_kind(session, group, FindingKind.CONSENSUS)
    (idea, *_others) = cited(session, group, number)

    def said() -> tuple[str, ...]:
        report = draft_report(session, draft=draft, base_url=URL)
        return next(finding.changes for finding in report.findings if finding.number == number)

    assert said() == ()
    session.execute(update(Idea).where(Idea.id == group.idea(session, idea).id).values(hidden_at=now()))
    session.expire_all()
    assert said() == (f"Idea {idea} is hidden now.",)
    session.execute(update(Idea).where(Idea.id == group.idea(session, idea).id).values(hidden_at=None))
    key = group.idea(session, idea).id
    session.add(
        IdeaRevision(
            idea_id=key, number=2, language="en", statement="Other.", elaboration="", created_at=now()
        )
    )
    session.flush()
    session.expire_all()
    assert said() == (f"Idea {idea} has another wording now.",)
    change_their_minds(session, group, idea)
    newer = freeze_now(session, group)
    assert len(said()) >= 2
    assert f"in snapshot {newer.number} 0 of 60" in said()[1]
    anchor(session, consultation_id=group.consultation.id, by=group.first.id, number=number)
    assert said() == ()
    assert draft.snapshot_id == newer.id
    (citation,) = [
        one for one in read_citations(written(session, group, number).citations) if one.idea == idea
    ]
    assert (citation.votes.disagrees, citation.revision) == (60, 2)
    assert {one.finding for one in mismatches(session, draft=draft)} != {number}
    anchor(session, consultation_id=group.consultation.id, by=group.first.id)
    assert mismatches(session, draft=draft) == ()


def test_an_idea_that_was_merged_is_cited_as_the_one_that_carries_its_votes(
    session: Session, group: Group
) -> None:
    begun(session, group)
    number = of_kind(session, group, FindingKind.CONSENSUS)
    (idea, *_others) = cited(session, group, number)
    into = group.idea(session, idea + 1)
    session.execute(
        update(Idea)
        .where(Idea.id == group.idea(session, idea).id)
        .values(merged_into_id=into.id, merged_at=now())
    )
    session.expire_all()
    anchor(session, consultation_id=group.consultation.id, by=group.first.id, number=number)
    assert into.number in cited(session, group, number)
    assert idea not in cited(session, group, number)


def test_composing_again_leaves_what_people_wrote_adds_what_is_new_and_marks_what_is_gone(
    session: Session, group: Group
) -> None:
    draft = begun(session, group)
    number = of_kind(session, group, FindingKind.CONSENSUS)
    (idea, *_others) = cited(session, group, number)
    write(session, group, number, "We say it in our own words.")
    untouched = of_kind(session, group, FindingKind.MINORITY)
    change_their_minds(session, group, idea)
    snapshot = freeze_now(session, group)
    new, outdated = compose_again(
        session, consultation=group.consultation, snapshot=snapshot, by=group.first.id
    )
    assert new >= 1
    assert outdated >= 1
    finding, current = get_finding(session, group.consultation.id, number)
    assert current.claim == "We say it in our own words."
    assert finding.outdated_in == draft.last_change
    assert written(session, group, untouched).is_composed
    again = compose_again(session, consultation=group.consultation, snapshot=snapshot, by=group.first.id)
    assert again == (0, 0)


def test_findings_are_moved_split_joined_taken_out_and_brought_back(session: Session, group: Group) -> None:
    draft = begun(session, group)
    here = {"consultation_id": group.consultation.id, "by": group.first.id}

    def order() -> list[int]:
        report = draft_report(session, draft=draft, base_url=URL)
        return [finding.number for finding in report.threads[0].findings]

    first, second, *rest = order()
    move_finding(session, **here, number=second, up=True)
    assert order() == [second, first, *rest]
    move_finding(session, **here, number=second, up=True)
    assert order() == [second, first, *rest]
    idea = next(number for number in range(1, 9) if number not in cited(session, group, first))
    write(session, group, first, "Two in one.", cite=idea)
    new = split_finding(session, **here, number=first, ideas=[idea], claim="The other half.")
    assert order() == [second, first, new.number, *rest]
    assert (cited(session, group, new.number), idea in cited(session, group, first)) == ([idea], False)
    join_findings(session, **here, number=new.number, into=first)
    assert order() == [second, first, *rest]
    assert idea in cited(session, group, first)
    assert "The other half." in written(session, group, first).text
    remove_finding(session, **here, number=first)
    assert order() == [second, *rest]
    with pytest.raises(FindingRemoved):
        write(session, group, first, "Too late.")
    bring_back_finding(session, **here, number=first)
    assert order() == [second, first, *rest]
    with pytest.raises(Refused):
        join_findings(session, **here, number=first, into=first)
    with pytest.raises(Refused):
        split_finding(session, **here, number=first, ideas=cited(session, group, first), claim="All of it.")


def test_every_wording_is_kept_and_any_two_versions_can_be_compared(session: Session, group: Group) -> None:
    draft = begun(session, group)
    here = {"consultation_id": group.consultation.id, "by": group.first.id}
    composed, start = written(session, group, 1).claim, draft.last_change
    write(session, group, 1, "First words.")
    write(session, group, 1, "Second words.")
    restore_wording(session, **here, number=1, revision=1)
    assert written(session, group, 1).claim == composed
    steps = steps_of_finding(session, group.consultation.id, 1)
    assert [step.number for step in steps] == [4, 3, 2, 1]
    assert {step.done.who for step in steps} == {group.first.name}
    write_opening(session, **here, revision=1, heading="All of it", summary="Short.")
    added = add_finding(session, **here, thread=1, kind="remark", claim="We add this.", text="")
    differences = compare_drafts(session, draft, before=start, after=draft.last_change)
    assert [(one.finding, one.recommendation) for one in differences] == [(None, None), (added.number, None)]
    (one,) = compare_drafts(session, draft, before=start + 1, after=start + 2)
    assert [(p.fate.value, p.words) for p in one.passages if p.fate.value != "kept"] == [
        ("removed", "First"),
        ("added", "Second"),
    ]
    with pytest.raises(NotFound):
        restore_wording(session, **here, number=1, revision=99)


def test_recommendations_rest_on_findings_and_are_never_overwritten(session: Session, group: Group) -> None:
    draft = begun(session, group)
    here = {"consultation_id": group.consultation.id, "by": group.first.id}
    written_advice = Advice.of(
        what="Begin.", why="*Now*.", because=[2, 1, 1], who="All.", actions="- Dig", by_when="2027-06-01"
    )
    row = recommend(session, **here, advice=written_advice)
    (shown,) = draft_report(session, draft=draft, base_url=URL).recommendations
    assert (shown.because, shown.by_when.isoformat() if shown.by_when else "") == ((1, 2), "2027-06-01")
    other = replace(written_advice, what="Begin today.")
    write_recommendation(session, **here, number=row.number, revision=1, advice=other)
    with pytest.raises(NewerWording):
        write_recommendation(
            session, **here, number=row.number, revision=1, advice=replace(written_advice, what="Wait.")
        )
    assert get_recommendation(session, group.consultation.id, row.number)[1].what == "Begin today."
    with pytest.raises(Refused):
        recommend(session, **here, advice=replace(written_advice, because=(99,)))
    remove_finding(session, **here, number=2)
    (shown,) = draft_report(session, draft=draft, base_url=URL).recommendations
    assert shown.because == (1,)


def test_comments_in_the_margin_are_answered_and_settled(session: Session, group: Group) -> None:
    begun(session, group)
    here = {"consultation_id": group.consultation.id, "finding": 1}
    first = comment(session, **here, by=group.first.id, body="Is it so?")
    answer = comment(session, **here, by=group.second.id, body="It is.", answers=first.number)
    settle(session, **here, number=answer.number, by=group.second.id, is_settled=True)
    (talk,) = talks_about(session, group.consultation.id, 1)
    assert (talk.is_settled, talk.first.settled_by) == (True, group.second.name)
    comment(session, **here, by=group.first.id, body="Still.", answers=answer.number)
    (talk,) = talks_about(session, group.consultation.id, 1)
    assert (talk.is_settled, [one.body for one in talk.answers]) == (False, ["It is.", "Still."])
    with pytest.raises(NotFound):
        comment(session, **{**here, "finding": 2}, by=group.first.id, body="Lost.", answers=first.number)
