"""What a merge does to ideas, votes, tags and comments, and what it refuses."""

import pytest
from sqlalchemy import select, update

from deliberation.base.clock import now
from deliberation.base.errors import Conflict, Refused
from deliberation.comments.models import Comment
from deliberation.comments.service import post_comment
from deliberation.consultations.models import Phase, PhaseStep
from deliberation.ideas.merged import find_root, merged_in
from deliberation.ideas.models import Idea
from deliberation.ideas.service import CarriesOthers, IdeaMerged, require_editable, withdraw_idea
from deliberation.moderation.acts import NotAFacilitator
from deliberation.moderation.merging import CannotMerge, CountsSettled, merge_idea, part_idea
from deliberation.moderation.models import ActKind
from deliberation.moderation.service import hide_idea
from deliberation.tags.models import IdeaTag
from deliberation.tags.service import merge_tags
from deliberation.votes.models import Choice, Vote, VoteEvent
from tests import factories
from tests.moderation.conftest import Park


@pytest.fixture
def ideas(park: Park) -> list[Idea]:
    """Three ideas in answer to the same question."""
    thread = park.consultation.threads[0]
    return [factories.make_idea(park.session, thread, statement=f"Idea {n}.") for n in range(3)]


def merge(park: Park, idea: Idea, into: Idea, reason: str = "The same.") -> None:
    merge_idea(park.session, idea=idea, into=into, reason=reason, by=park.by)


def part(park: Park, idea: Idea, reason: str = "Not the same.") -> None:
    part_idea(park.session, idea=idea, reason=reason, by=park.by)


def test_each_merge_and_parting_is_one_row_in_the_log(park: Park, ideas: list[Idea]) -> None:
    merge(park, ideas[0], ideas[1])
    part(park, ideas[0])
    assert [(act.kind, act.idea_id, act.details) for act in park.acts()] == [
        (ActKind.MERGE_IDEA, ideas[0].id, {"other": ideas[1].number}),
        (ActKind.PART_IDEA, ideas[0].id, {"other": ideas[1].number}),
    ]


def test_a_move_is_told_from_what_people_did(park: Park, ideas: list[Idea]) -> None:
    voter = factories.make_vote(park.session, ideas[0]).participant_id
    merge(park, ideas[0], ideas[1])
    vote = park.session.get_one(Vote, (voter, ideas[1].id))
    assert (vote.choice, vote.origin_id) == (Choice.AGREE, ideas[0].id)
    moved = park.session.execute(
        select(VoteEvent.idea_id, VoteEvent.choice, VoteEvent.merged_with_id)
        .where(VoteEvent.merged_with_id.is_not(None))
        .order_by(VoteEvent.id)
    ).all()
    assert moved == [(ideas[0].id, None, ideas[1].id), (ideas[1].id, 1, ideas[0].id)]


def test_of_two_votes_at_the_same_moment_the_one_on_the_idea_itself_counts(
    park: Park, ideas: list[Idea]
) -> None:
    person = factories.make_participant(park.session, park.consultation)
    for idea, choice in zip(ideas, (Choice.AGREE, Choice.DISAGREE, Choice.PASS), strict=True):
        factories.make_vote(park.session, idea, person, choice)
    park.session.execute(update(Vote).values(cast_at=now()))
    merge(park, ideas[1], ideas[2])
    assert (ideas[2].passes, ideas[2].votes) == (1, 1)
    part(park, ideas[1])
    merge(park, ideas[0], ideas[2])
    merge(park, ideas[1], ideas[2])
    assert (ideas[2].passes, ideas[2].votes) == (1, 1)


def test_a_chain_leads_to_its_end_and_shows_all_that_is_in_it(park: Park, ideas: list[Idea]) -> None:
    first, second, third = ideas
    merge(park, first, second)
    merge(park, second, third)
    assert find_root(park.session, first.id) == third.id
    assert [(one.number, one.into) for one in merged_in(park.session, third.id)] == [
        (first.number, second.number),
        (second.number, third.number),
    ]
    hide_idea(park.session, idea=first, rule=park.rule.key, reason="An insult.", by=park.by)
    assert [one.number for one in merged_in(park.session, third.id)] == [second.number]


def test_what_can_never_be_merged_is_refused_at_its_field(park: Park, ideas: list[Idea]) -> None:
    elsewhere = factories.make_idea(park.session, park.consultation.threads[1])
    other = factories.make_consultation(park.session, "the-lake")
    foreign = factories.make_idea(park.session, other.threads[0])
    for into in (ideas[0], elsewhere, foreign):
        with pytest.raises(Refused) as refused:
            merge(park, ideas[0], into)
        assert refused.value.field == "into"
    with pytest.raises(Refused) as refused:
        merge(park, ideas[0], ideas[1], reason=" ")
    assert (refused.value.field, park.count()) == ("reason", 0)


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_hidden_withdrawn_or_merged_is_not_merged(park: Park, ideas: list[Idea], which: int) -> None:
    for name in ("hidden_at", "withdrawn_at"):
        setattr(ideas[which], name, now())
        with pytest.raises(CannotMerge, match=str(ideas[which].number)):
            merge(park, ideas[0], ideas[1])
        setattr(ideas[which], name, None)
    merge(park, ideas[which], ideas[2])
    with pytest.raises(CannotMerge, match=f"already merged into idea {ideas[2].number}"):
        merge(park, ideas[0], ideas[1])
    with pytest.raises(CannotMerge):
        merge(park, ideas[2], ideas[which])
    with pytest.raises(CannotMerge):
        part(park, ideas[2])


def test_counts_that_stand_are_not_moved(park: Park, ideas: list[Idea]) -> None:
    merge(park, ideas[0], ideas[1])
    park.session.add(PhaseStep(consultation_id=park.consultation.id, phase=Phase.SYNTHESIS, starts_at=now()))
    park.session.flush()
    park.session.expire(park.consultation)
    for act in (lambda: merge(park, ideas[2], ideas[1]), lambda: part(park, ideas[0])):
        with pytest.raises(CountsSettled):
            act()


def test_only_facilitators_merge_and_part(park: Park, ideas: list[Idea]) -> None:
    by = park.author_account.id
    with pytest.raises(NotAFacilitator):
        merge_idea(park.session, idea=ideas[0], into=ideas[1], reason="Mine.", by=by)
    with pytest.raises(NotAFacilitator):
        part_idea(park.session, idea=ideas[0], reason="Mine.", by=by)


def test_neither_the_merged_idea_nor_the_one_that_speaks_for_it_is_changed_or_withdrawn(
    park: Park, ideas: list[Idea]
) -> None:
    merge(park, ideas[0], ideas[1])
    for idea, error in ((ideas[0], IdeaMerged), (ideas[1], CarriesOthers)):
        with pytest.raises(error):
            withdraw_idea(park.session, idea=idea, by=idea.author)
        with pytest.raises(error):
            require_editable(park.session, consultation=park.consultation, idea=idea)


def test_a_discussion_goes_along_and_comes_back_with_its_answers(park: Park, ideas: list[Idea]) -> None:
    first, second, third = ideas

    def say(idea: Idea, body: str, answers: Comment | None = None) -> Comment:
        return post_comment(
            park.session, consultation=park.consultation, idea=idea, account_id=park.author_account.id,
            body=body, language="en", answers=answers,
        ).comment  # fmt: skip

    old, here = say(first, "Under the first."), say(second, "Under the second.")
    merge(park, first, second)
    with pytest.raises(Conflict):
        say(first, "Too late.")
    park.session.refresh(old)
    answer = say(second, "In answer.", old)
    merge(park, second, third)
    part(park, first)
    for comment in (old, here, answer):
        park.session.refresh(comment)
    assert [(c.idea_id, c.origin_id) for c in (old, answer, here)] == [
        (first.id, None),
        (first.id, None),
        (third.id, second.id),
    ]
    part(park, second)
    park.session.refresh(here)
    assert (here.idea_id, here.origin_id) == (second.id, None)


def test_tags_that_are_merged_meanwhile_return_to_the_idea_they_were_put_on(
    park: Park, ideas: list[Idea]
) -> None:
    one = factories.make_tag(park.session, park.consultation, "parks")
    other = factories.make_tag(park.session, park.consultation, "gardens")
    person = factories.make_participant(park.session, park.consultation)
    factories.apply_tag(park.session, ideas[0], other, person)
    factories.apply_tag(park.session, ideas[1], one, person)
    merge(park, ideas[0], ideas[1])
    merge_tags(park.session, tag=one, into=other)
    part(park, ideas[0])
    rows = park.session.execute(select(IdeaTag.idea_id, IdeaTag.tag_id, IdeaTag.origin_id)).all()
    # What was put on keeps the tag it was put on with; that the tag lives on as another is said of the tag.
    assert sorted(rows) == [(ideas[0].id, other.id, None), (ideas[1].id, one.id, None)]
