import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import NotFound, Refused
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.phases import VotingClosed
from deliberation.ideas.models import Idea
from deliberation.tags.merged import NotMerged
from deliberation.tags.models import IdeaTag, Tag, TagStatus
from deliberation.tags.queries import carries, labels_of, tags_in_thread, vocabulary
from deliberation.tags.service import (
    MOST_TAGS,
    NoTagsNow,
    TagDeclined,
    accept_tag,
    apply_tag,
    decline_tag,
    merge_tags,
    part_tag,
    remove_tag,
    rename_tag,
    suggest_tag,
)
from tests import factories
from tests.factories import make_account, make_consultation, make_idea, make_participant, make_tag


@pytest.fixture
def park(session: Session) -> Consultation:
    return make_consultation(session)


@pytest.fixture
def idea(session: Session, park: Consultation) -> Idea:
    return make_idea(session, park.threads[0])


def put(session: Session, park: Consultation, idea: Idea, key: str, account_id: int | None = None) -> Tag:
    account_id = account_id or make_account(session).id
    return apply_tag(session, consultation=park, idea=idea, account_id=account_id, key=key)


def suggest(
    session: Session, park: Consultation, idea: Idea, name: str, account_id: int | None = None
) -> Tag:
    account_id = account_id or make_account(session).id
    return suggest_tag(session, consultation=park, idea=idea, account_id=account_id, name=name, language="en")


def shown(session: Session, idea: Idea, reader_id: int | None = None) -> list[tuple[str, int, bool]]:
    labels = labels_of(session, [idea.id], reader_id=reader_id, language="en", source="sv")
    return [(label.key, label.count, label.is_mine) for label in labels.get(idea.id, ())]


def applications(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(IdeaTag)) or 0


def test_a_tag_counts_once_per_person(session: Session, park: Consultation, idea: Idea) -> None:
    make_tag(session, park, "maps")
    account = make_account(session).id
    put(session, park, idea, "maps", account)
    put(session, park, idea, "maps", account)
    put(session, park, idea, "maps")
    assert applications(session) == 2
    labels = labels_of(session, [idea.id], reader_id=None, language="en", source="sv")
    assert [(label.key, label.count, label.is_mine) for label in labels[idea.id]] == [("maps", 2, False)]


def test_taking_off_ones_own_leaves_the_others(session: Session, park: Consultation, idea: Idea) -> None:
    tag = make_tag(session, park, "maps")
    me, other = make_participant(session, park), make_participant(session, park)
    for person in (me, other):
        factories.apply_tag(session, idea, tag, person)
    for by in (me, me, None):
        remove_tag(session, consultation=park, idea=idea, by=by, key="maps")
    assert applications(session) == 1


@pytest.mark.parametrize("key", ["", "none", "waiting", "refused", "\x00"])
def test_only_the_vocabulary_can_be_chosen(
    key: str, session: Session, park: Consultation, idea: Idea
) -> None:
    make_tag(session, park, "waiting", status=TagStatus.SUGGESTED)
    make_tag(session, park, "refused", status=TagStatus.DECLINED)
    with pytest.raises(Refused) as refusal:
        put(session, park, idea, key)
    assert refusal.value.field == "tag"


def test_closed_locked_and_hidden_places_take_no_tags(
    session: Session, park: Consultation, idea: Idea
) -> None:
    make_tag(session, park, "maps")
    idea.hidden_at = now()
    with pytest.raises(NotFound):
        put(session, park, idea, "maps")
    idea.hidden_at = None
    park.threads[0].locked_at = now()
    session.flush()
    with pytest.raises(NoTagsNow):
        put(session, park, idea, "maps")
    park.threads[0].locked_at = None
    park.steps[0].phase = Phase.SYNTHESIS
    session.flush()
    with pytest.raises(VotingClosed):
        suggest(session, park, idea, "maps")
    park.steps[0].phase = Phase.VOTING
    session.flush()
    assert put(session, park, idea, "maps").key == "maps"


def test_ten_tags_are_enough(session: Session, park: Consultation, idea: Idea) -> None:
    account = make_account(session).id
    for position in range(MOST_TAGS + 1):
        make_tag(session, park, f"tag-{position}")
    for position in range(MOST_TAGS):
        put(session, park, idea, f"tag-{position}", account)
    with pytest.raises(Refused):
        put(session, park, idea, f"tag-{MOST_TAGS}", account)
    with pytest.raises(Refused):
        suggest(session, park, idea, "One more", account)
    assert put(session, park, idea, "tag-0", account).key == "tag-0"


def test_a_suggestion_waits_and_only_who_made_it_sees_it(
    session: Session, park: Consultation, idea: Idea
) -> None:
    tag = suggest(session, park, idea, "  #Öppna Data ")
    assert (tag.status, tag.key) == (TagStatus.SUGGESTED, "oppna-data")
    assert tag.names[0].name == "Öppna Data"
    reader = tag.suggested_by_id
    assert labels_of(session, [idea.id], reader_id=None, language="en", source="sv") == {}
    mine = labels_of(session, [idea.id], reader_id=reader, language="en", source="sv")[idea.id]
    assert mine[0].is_suggestion
    accept_tag(session, tag=tag)
    assert labels_of(session, [idea.id], reader_id=None, language="en", source="sv")[idea.id]


@pytest.mark.parametrize(
    "name", ["OPEN SOURCE", "open-source", "ｏｐｅｎ source", "оpen source", "öppen källkod"]
)
def test_look_alike_names_lead_to_the_tag_that_is_there(
    name: str, session: Session, park: Consultation, idea: Idea
) -> None:
    tag = make_tag(session, park, "foss", names={"sv": "Öppen källkod", "en": "Open source"})
    assert suggest(session, park, idea, name) is tag
    assert session.scalar(select(func.count(Tag.id))) == 1


@pytest.mark.parametrize("name", ["", " # ", "\u200b", "x" * 41, "ß" * 21])
def test_a_name_must_be_a_name(name: str, session: Session, park: Consultation, idea: Idea) -> None:
    with pytest.raises(Refused) as refusal:
        suggest(session, park, idea, name)
    assert refusal.value.field == "suggestion"


def test_names_in_any_writing_get_keys_of_their_own(session: Session, park: Consultation, idea: Idea) -> None:
    assert [suggest(session, park, idea, name).key for name in ("地図", "музей", "Tag", "a/b", "a b!")] == [
        "tag", "tag-2", "tag-3", "a-b", "a-b-2",
    ]  # fmt: skip


def test_a_declined_name_is_not_suggested_again(session: Session, park: Consultation, idea: Idea) -> None:
    decline_tag(session, tag=suggest(session, park, idea, "Spam"))
    with pytest.raises(TagDeclined):
        suggest(session, park, idea, "spam")


def test_a_merged_tag_counts_once_per_person(session: Session, park: Consultation, idea: Idea) -> None:
    old, new = make_tag(session, park, "charts"), make_tag(session, park, "maps")
    oldest = make_tag(session, park, "plans")
    both, only_old = make_participant(session, park), make_participant(session, park)
    merge_tags(session, tag=oldest, into=old)
    factories.apply_tag(session, idea, old, both)
    factories.apply_tag(session, idea, new, both)
    factories.apply_tag(session, idea, old, only_old)
    merge_tags(session, tag=old, into=new)
    assert shown(session, idea, reader_id=both.id) == [("maps", 2, True)]
    assert [(tag.key, tag.count) for tag in vocabulary(session, park.id, language="sv", source="sv")] == [
        ("maps", 1)
    ]
    assert (old.status, old.merged_into_id, oldest.merged_into_id) == (TagStatus.MERGED, new.id, old.id)
    # Whoever uses an old name or an old link arrives at the tag that lives.
    assert suggest(session, park, idea, "plans") is new
    assert put(session, park, idea, "charts") is new
    for key in ("plans", "charts", "maps"):
        assert session.scalars(select(Idea.id).where(carries(park.id, key))).all() == [idea.id]


def test_parting_brings_back_what_was(session: Session, park: Consultation, idea: Idea) -> None:
    oldest, old, new = (make_tag(session, park, key) for key in ("plans", "charts", "maps"))
    both, only_old = make_participant(session, park), make_participant(session, park)
    for tag, person in ((old, both), (new, both), (old, only_old), (oldest, only_old)):
        factories.apply_tag(session, idea, tag, person)
    before = shown(session, idea)
    merge_tags(session, tag=oldest, into=old)
    between = shown(session, idea)
    merge_tags(session, tag=old, into=new)
    part_tag(session, tag=old)
    assert shown(session, idea) == between
    part_tag(session, tag=oldest)
    assert shown(session, idea) == before
    with pytest.raises(NotMerged):
        part_tag(session, tag=oldest)


def test_the_middle_of_a_chain_takes_along_what_was_merged_into_it(
    session: Session, park: Consultation
) -> None:
    oldest, old, new = (make_tag(session, park, key) for key in ("plans", "charts", "maps"))
    merge_tags(session, tag=oldest, into=old)
    merge_tags(session, tag=old, into=new)
    assert oldest.lives_as_id == new.id
    part_tag(session, tag=oldest)
    assert (oldest.lives_as_id, old.lives_as_id) == (None, new.id)
    merge_tags(session, tag=oldest, into=new)
    part_tag(session, tag=old)
    assert (oldest.lives_as_id, old.lives_as_id) == (new.id, None)


def test_what_was_put_on_while_merged_stays_with_the_tag_that_showed_it(
    session: Session, park: Consultation, idea: Idea
) -> None:
    old, new = make_tag(session, park, "charts"), make_tag(session, park, "maps")
    merge_tags(session, tag=old, into=new)
    put(session, park, idea, "charts")
    part_tag(session, tag=old)
    assert shown(session, idea) == [("maps", 1, False)]


def test_taking_a_tag_off_takes_off_what_was_merged_into_it(
    session: Session, park: Consultation, idea: Idea
) -> None:
    old, new = make_tag(session, park, "charts"), make_tag(session, park, "maps")
    me, other = make_participant(session, park), make_participant(session, park)
    for tag, person in ((old, me), (new, me), (old, other)):
        factories.apply_tag(session, idea, tag, person)
    merge_tags(session, tag=old, into=new)
    remove_tag(session, consultation=park, idea=idea, by=me, key="charts")
    assert shown(session, idea, reader_id=me.id) == [("maps", 1, False)]


def test_a_tag_that_is_there_under_another_name_is_not_put_on_twice(
    session: Session, park: Consultation, idea: Idea
) -> None:
    old, new = make_tag(session, park, "charts"), make_tag(session, park, "maps")
    account = make_account(session).id
    put(session, park, idea, "charts", account)
    merge_tags(session, tag=old, into=new)
    put(session, park, idea, "maps", account)
    assert applications(session) == 1


def test_merged_tags_take_one_place_of_ten(session: Session, park: Consultation, idea: Idea) -> None:
    account = make_account(session).id
    tags = [make_tag(session, park, f"tag-{position}") for position in range(MOST_TAGS + 1)]
    for position in range(MOST_TAGS):
        put(session, park, idea, f"tag-{position}", account)
    merge_tags(session, tag=tags[0], into=tags[1])
    assert put(session, park, idea, f"tag-{MOST_TAGS}", account) is tags[MOST_TAGS]


def test_no_merge_in_circles(session: Session, park: Consultation) -> None:
    one, two = make_tag(session, park, "one"), make_tag(session, park, "two")
    other = make_tag(session, make_consultation(session, "other"), "three")
    for into in (one, other):
        with pytest.raises(Refused):
            merge_tags(session, tag=one, into=into)
    merge_tags(session, tag=one, into=two)
    with pytest.raises(Refused):
        merge_tags(session, tag=two, into=one)


def test_renaming_keeps_the_key_and_takes_nobodys_name(session: Session, park: Consultation) -> None:
    tag = make_tag(session, park, "maps", names={"sv": "Kartor"})
    make_tag(session, park, "museums", names={"en": "Museums"})
    rename_tag(session, tag=tag, language="en", name=" Charts ")
    rename_tag(session, tag=tag, language="sv", name="kartor")
    session.expire(tag)
    assert {name.language: name.name for name in tag.names} == {"sv": "kartor", "en": "Charts"}
    assert tag.key == "maps"
    for wrong in ("MUSEUMS", "", "x" * 41):
        with pytest.raises(Refused) as refusal:
            rename_tag(session, tag=tag, language="en", name=wrong)
        assert refusal.value.field == "name"


def test_names_come_in_the_readers_language_or_the_next_best(
    session: Session, park: Consultation, idea: Idea
) -> None:
    for key, names in {"a": {"sv": "å", "en": "b"}, "c": {"sv": "ä"}, "d": {"de": "ö"}}.items():
        factories.apply_tag(session, idea, make_tag(session, park, key, names=names))
    hidden = make_idea(session, park.threads[0], hidden_at=now())
    factories.apply_tag(session, hidden, session.scalars(select(Tag).where(Tag.key == "a")).one())
    found = tags_in_thread(session, park.threads[0].id, language="en", source="sv")
    assert {(label.name, label.language, label.count) for label in found} == {
        ("b", "en", 1), ("ä", "sv", 1), ("ö", "de", 1),
    }  # fmt: skip
    assert len(vocabulary(session, park.id, language="sv", source="sv")) == 3
