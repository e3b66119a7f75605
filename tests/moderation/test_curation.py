import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.errors import Conflict, Refused
from deliberation.ideas.models import Idea
from deliberation.moderation import curation
from deliberation.moderation.acts import NotAFacilitator
from deliberation.moderation.curation import TagMoved
from deliberation.moderation.models import ActKind
from deliberation.moderation.undoing import undo
from deliberation.tags.models import Tag, TagName, TagStatus
from deliberation.tags.queries import carries
from tests import factories
from tests.moderation.conftest import Park


@pytest.fixture
def tag(park: Park, session: Session) -> Tag:
    found = factories.make_tag(
        session, park.consultation, "bikes", names={"sv": "cyklar"}, status=TagStatus.SUGGESTED,
        suggested_by=park.author,
    )  # fmt: skip
    factories.apply_tag(session, park.idea, found)
    return found


def only_act(park: Park) -> tuple[ActKind, int | None, dict[str, object]]:
    (act,) = park.acts()
    return act.kind, act.tag_id, act.details


def test_accepting_a_suggestion_is_one_row(park: Park, tag: Tag) -> None:
    curation.accept_tag(park.session, tag=tag, by=park.by)
    assert tag.status is TagStatus.ACCEPTED
    assert only_act(park) == (ActKind.ACCEPT_TAG, tag.id, {"name": "cyklar"})


def test_declining_needs_a_reason_and_does_not_repeat_the_name(park: Park, tag: Tag) -> None:
    with pytest.raises(Refused) as refused:
        curation.decline_tag(park.session, tag=tag, by=park.by, reason=" ")
    assert refused.value.field == "reason"
    curation.decline_tag(park.session, tag=tag, by=park.by, reason="Too broad.")
    assert tag.status is TagStatus.DECLINED
    assert only_act(park) == (ActKind.DECLINE_TAG, tag.id, {})


def test_a_declined_tag_can_be_accepted_after_all(park: Park, tag: Tag) -> None:
    curation.decline_tag(park.session, tag=tag, by=park.by, reason="Too broad.")
    with pytest.raises(TagMoved):
        curation.accept_tag(park.session, tag=tag, by=park.by)
    curation.accept_tag(park.session, tag=tag, by=park.by, seen=TagStatus.DECLINED)
    assert (tag.status, park.count()) == (TagStatus.ACCEPTED, 2)


def test_what_is_decided_is_decided(park: Park, tag: Tag) -> None:
    curation.accept_tag(park.session, tag=tag, by=park.by)
    with pytest.raises(TagMoved):
        curation.accept_tag(park.session, tag=tag, by=park.by)
    with pytest.raises(TagMoved):
        curation.decline_tag(park.session, tag=tag, by=park.by, reason="Too broad.")
    assert park.count() == 1


def test_renaming_tells_both_names_and_the_language(park: Park, tag: Tag) -> None:
    curation.rename_tag(park.session, tag=tag, language="sv", name="cykling", by=park.by)
    names = {"name": "cyklar", "from": "cyklar", "to": "cykling", "language": "sv"}
    assert only_act(park) == (ActKind.RENAME_TAG, tag.id, names)


def test_a_tag_gets_a_name_in_another_language(park: Park, tag: Tag) -> None:
    curation.rename_tag(park.session, tag=tag, language="en", name="cycling", by=park.by)
    names = {"name": "cyklar", "from": None, "to": "cycling", "language": "en"}
    assert only_act(park) == (ActKind.RENAME_TAG, tag.id, names)


def test_a_name_that_will_not_do_is_refused_and_not_logged(park: Park, tag: Tag) -> None:
    factories.make_tag(park.session, park.consultation, "schools")
    for language, name in (("sv", "schools"), ("sv", "  "), ("sv", "x" * 41), ("de", "Fahrrad")):
        with pytest.raises(Refused) as refused:
            curation.rename_tag(park.session, tag=tag, language=language, name=name, by=park.by)
        assert refused.value.field == "name"
    with pytest.raises(Conflict, match="name already"):
        curation.rename_tag(park.session, tag=tag, language="sv", name="cyklar", by=park.by)
    assert park.count() == 0


def test_merging_is_one_row(park: Park, tag: Tag) -> None:
    into = factories.make_tag(park.session, park.consultation, "traffic", names={"sv": "trafik"})
    curation.merge_tag(park.session, tag=tag, into="traffic", by=park.by, reason="The same.")
    assert tag.status is TagStatus.MERGED
    assert park.session.scalars(select(Idea.id).where(carries(park.consultation.id, into.key))).all() == [
        park.idea.id
    ]
    details = {"name": "cyklar", "into": "trafik", "was": "suggested"}
    assert only_act(park) == (ActKind.MERGE_TAG, tag.id, details)


def test_parting_brings_the_tag_back_as_what_it_was(park: Park, tag: Tag) -> None:
    for key in ("traffic", "roads"):
        factories.make_tag(park.session, park.consultation, key, names={"sv": key})
    curation.merge_tag(park.session, tag=tag, into="traffic", by=park.by)
    with pytest.raises(Refused) as refused:
        curation.part_tag(park.session, tag=tag, by=park.by, reason=" ")
    assert refused.value.field == "reason"
    with pytest.raises(TagMoved):
        curation.part_tag(park.session, tag=tag, by=park.by, reason="Two things.", seen="roads")
    curation.part_tag(park.session, tag=tag, by=park.by, reason="Two things.", seen="traffic")
    assert (tag.status, tag.merged_into_id, tag.lives_as_id) == (TagStatus.SUGGESTED, None, None)
    assert [(act.kind, act.reason) for act in park.acts()] == [
        (ActKind.MERGE_TAG, ""), (ActKind.PART_TAG, "Two things."),
    ]  # fmt: skip
    with pytest.raises(TagMoved):
        curation.part_tag(park.session, tag=tag, by=park.by, reason="Again.")


def test_who_renames_what_another_has_just_renamed_is_told(park: Park, tag: Tag) -> None:
    curation.rename_tag(park.session, tag=tag, language="sv", name="cykling", by=park.by, seen="cyklar")
    with pytest.raises(TagMoved, match="changed it to"):
        curation.rename_tag(park.session, tag=tag, language="sv", name="hojar", by=park.by, seen="cyklar")
    curation.rename_tag(park.session, tag=tag, language="en", name="bikes", by=park.by, seen="")
    assert park.count() == 2


def test_undoing_a_renaming_brings_back_the_old_name(park: Park, tag: Tag) -> None:
    session, by = park.session, park.by
    session.get_one(TagName, (tag.id, "sv")).is_translation = True
    act = curation.rename_tag(session, tag=tag, language="sv", name="cykling", by=by)
    added = curation.rename_tag(session, tag=tag, language="en", name="cycling", by=by)
    undo(session, act=act, reason="It was right.", by=by)
    undo(session, act=added, reason="Not English.", by=by)
    session.expire_all()
    assert [(name.language, name.name, name.is_translation) for name in tag.names] == [("sv", "cyklar", True)]
    assert [act.details["to"] for act in park.acts()] == ["cykling", "cycling", "cyklar", None]
    for late in (act, added):
        with pytest.raises(Conflict):
            undo(session, act=late, reason="Once more.", by=by)


def test_undoing_a_renaming_takes_nobodys_name(park: Park, tag: Tag) -> None:
    act = curation.rename_tag(park.session, tag=tag, language="sv", name="cykling", by=park.by)
    factories.make_tag(park.session, park.consultation, "two-wheels", names={"sv": "cyklar"})
    with pytest.raises(TagMoved, match="old name"):
        undo(park.session, act=act, reason="It was right.", by=park.by)
    assert park.count() == 1


def test_only_the_last_merge_of_a_tag_can_be_undone(park: Park, tag: Tag) -> None:
    session, by = park.session, park.by
    for key in ("traffic", "roads"):
        factories.make_tag(session, park.consultation, key, names={"sv": key})
    first = curation.merge_tag(session, tag=tag, into="traffic", by=by)
    undo(session, act=first, reason="Two things.", by=by)
    second = curation.merge_tag(session, tag=tag, into="roads", by=by)
    with pytest.raises(Conflict):
        undo(session, act=first, reason="Two things.", by=by)
    undo(session, act=second, reason="Two things.", by=by)
    assert tag.status is TagStatus.SUGGESTED


def test_a_tag_is_merged_only_into_another_of_the_vocabulary(park: Park, tag: Tag) -> None:
    other = factories.make_consultation(park.session, "the-lake")
    factories.make_tag(park.session, other, "boats")
    factories.make_tag(park.session, park.consultation, "trams", status=TagStatus.SUGGESTED)
    for into in ("boats", "trams", "bikes", "", "no-such-tag"):
        with pytest.raises(Refused) as refused:
            curation.merge_tag(park.session, tag=tag, into=into, by=park.by)
        assert refused.value.field == "into"
    assert park.count() == 0


def test_only_facilitators_curate(park: Park, tag: Tag) -> None:
    stranger = park.author_account.id
    with pytest.raises(NotAFacilitator):
        curation.accept_tag(park.session, tag=tag, by=stranger)
    with pytest.raises(NotAFacilitator):
        curation.decline_tag(park.session, tag=tag, by=stranger, reason="Mine.")
    with pytest.raises(NotAFacilitator):
        curation.rename_tag(park.session, tag=tag, language="sv", name="cykling", by=stranger)
    with pytest.raises(NotAFacilitator):
        curation.merge_tag(park.session, tag=tag, into="bikes", by=stranger)
    with pytest.raises(NotAFacilitator):
        curation.part_tag(park.session, tag=tag, by=stranger, reason="Mine.")
    assert park.count() == 0
