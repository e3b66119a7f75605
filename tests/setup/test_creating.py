"""A consultation from nothing, from another one, and as a file that can be loaded again."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from config import ROOT
from deliberation.consultations.background import EntryKind
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.pack import read_pack, read_yaml
from deliberation.consultations.pack_schema import parse_pack
from deliberation.consultations.people import RoleName
from deliberation.consultations.phases import Timetable
from deliberation.consultations.queries import roles_of
from deliberation.exchange.packs import load_pack
from deliberation.moderation.acts import NotAFacilitator
from deliberation.setup.checklist import NotReady, Point, checklist_of, open_gathering
from deliberation.setup.creating import (
    NotAnOrganiser,
    copy_consultation,
    create_consultation,
    rename_slug,
    suggested_slug,
)
from deliberation.setup.entries import add_entry
from deliberation.setup.fields import FieldsRefused
from deliberation.setup.languages import languages_of
from deliberation.setup.packing import document_of, pack_file
from deliberation.setup.texts import Draft, save_words
from deliberation.setup.threads import Way, add_thread, move_thread
from deliberation.setup.vocabulary import add_tag
from tests import factories
from tests.setup.conftest import Desk

CONTENT = ROOT / "deliberation" / "content"


def begin(session: Session, account_id: int, **said: object) -> Consultation:
    wanted = {"title": "Ängen & ån", "slug": "", "language": "sv", "further": ["en"], **said}
    return create_consultation(session, account_id=account_id, **wanted)  # type: ignore[arg-type]


def test_whoever_begins_a_consultation_facilitates_a_draft(session: Session) -> None:
    account = factories.make_organiser(session)
    meadow = begin(session, account.id)
    assert (meadow.slug, languages_of(meadow)) == ("angen-an", ("sv", "en"))
    assert roles_of(session, consultation_id=meadow.id, account_id=account.id) == {RoleName.FACILITATOR}
    assert meadow.steps == []


def test_only_organisers_begin_one(session: Session, live: Desk) -> None:
    with pytest.raises(NotAnOrganiser):
        begin(session, live.by)
    with pytest.raises(NotAnOrganiser):
        copy_consultation(session, consultation=live.consultation, slug="again", account_id=live.by)
    elsewhere = factories.make_organiser(session)
    with pytest.raises(NotAFacilitator):
        copy_consultation(session, consultation=live.consultation, slug="again", account_id=elsewhere.id)


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"title": " "}, ["title", "slug"]),
        ({"title": "联盟"}, ["slug"]),
        ({"slug": "park"}, ["slug"]),
        ({"slug": "a b"}, ["slug"]),
        ({"slug": "x" * 61}, ["slug"]),
        ({"slug": "new"}, ["slug"]),
        ({"language": "<b>"}, ["language"]),
        ({"further": ["en", "//"]}, ["further"]),
        ({"title": "x" * 201, "slug": "-", "language": ""}, ["title", "slug", "language"]),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    said: dict[str, object], fields: list[str], session: Session, live: Desk
) -> None:
    account = factories.make_organiser(session)
    with pytest.raises(FieldsRefused) as refusal:
        begin(session, account.id, **said)
    assert [fault.field for fault in refusal.value.faults] == fields


def test_a_slug_is_made_of_the_title() -> None:
    assert suggested_slug("  Vad händer med parken?  ") == "vad-hander-med-parken"
    assert len(suggested_slug("x" * 100)) == 60


def test_the_address_of_a_draft_can_change_and_of_an_open_consultation_not(
    session: Session, draft: Desk
) -> None:
    factories.make_consultation(session, "quay")
    with pytest.raises(Exception, match="Another consultation"):
        rename_slug(session, consultation=draft.consultation, slug="quay", by=draft.by)
    rename_slug(session, consultation=draft.consultation, slug="The-Meadow", by=draft.by)
    assert draft.consultation.slug == "the-meadow"


def test_an_open_consultation_keeps_its_address(session: Session, live: Desk) -> None:
    with pytest.raises(Exception, match="it stays"):
        rename_slug(session, consultation=live.consultation, slug="other", by=live.by)


def test_gathering_begins_when_nothing_needed_is_missing(session: Session) -> None:
    account = factories.make_organiser(session)
    meadow = begin(session, account.id)
    checklist = checklist_of(session, meadow)
    assert [check.point for check in checklist.missing] == [
        Point.INTRODUCTION, Point.QUESTIONS, Point.RULES,
    ]  # fmt: skip
    with pytest.raises(NotReady):
        open_gathering(session, consultation=meadow, seen="draft", by=account.id)
    draft = Draft("sv", {"title": "Ängen", "introduction": "Kom."})
    save_words(session, consultation=meadow, draft=draft, by=account.id)
    add_thread(session, consultation=meadow, typed={"question": "Vad?"}, by=account.id)
    rule = {"title": "Håll dig till saken", "body": "…"}
    add_entry(session, consultation=meadow, kind=EntryKind.RULE, typed=rule, by=account.id)
    session.expire_all()
    checklist = checklist_of(session, meadow)
    assert checklist.is_ready
    assert checklist.next is not None
    assert not checklist.next.is_needed
    (gap,) = checklist.gaps
    assert (gap.language, gap.missing, gap.texts) == ("en", 3, 3)
    act = open_gathering(session, consultation=meadow, seen="draft", by=account.id)
    assert Timetable.of(meadow.steps, act.happened_at).current is Phase.GATHERING


@pytest.mark.parametrize("name", ["alliances-and-partnerships"])
def test_a_pack_comes_out_as_it_went_in(name: str, session: Session) -> None:
    pack = read_pack(CONTENT / f"{name}.yaml")
    loaded = load_pack(session, replace(pack, opens=Phase.DRAFT))
    written = parse_pack(read_yaml(pack_file(session, loaded)))
    assert written == replace(pack, opens=Phase.DRAFT)


def test_what_was_written_in_the_browser_can_be_loaded(session: Session) -> None:
    account = factories.make_organiser(session)
    meadow = begin(session, account.id, further=["en", "zh-Hant"])
    hostile = "no: [x] *y* &z\n- 'q' \"r\" # %\n\n  indented\n…😀\u200d"
    save_words(
        session, consultation=meadow, draft=Draft("sv", {"title": "- Ängen: #1", "introduction": hostile}),
        by=account.id,
    )  # fmt: skip
    for question in ("Vad?", "Hur?", "Ja, no, null eller 1.5?"):
        add_thread(session, consultation=meadow, typed={"question": question}, by=account.id)
    move_thread(session, consultation=meadow, number=3, way=Way.UP, by=account.id)
    word = {"title": "Å", "body": hostile, "forms": "ån\nno"}
    add_entry(session, consultation=meadow, kind=EntryKind.GLOSSARY, typed=word, by=account.id)
    add_tag(session, consultation=meadow, name="null", by=account.id)
    session.expire_all()
    before = document_of(session, meadow)
    pack = parse_pack(read_yaml(pack_file(session, meadow)))
    again = load_pack(session, replace(pack, slug="again"))
    session.expire_all()
    assert {**document_of(session, again), "slug": meadow.slug} == before


def test_a_copy_is_a_draft_with_the_same_texts_and_nothing_that_people_made(
    session: Session, live: Desk
) -> None:
    factories.make_organiser(session, session.get(factories.Account, live.by))
    factories.make_rule(session, live.consultation)
    factories.make_idea(session, live.consultation.threads[0])
    copy = copy_consultation(session, consultation=live.consultation, slug="park-two", account_id=live.by)
    assert Timetable.of(copy.steps, copy.created_at).current is Phase.DRAFT
    old, new = document_of(session, live.consultation), document_of(session, copy)
    assert {**new, "slug": "park"} == {key: said for key, said in old.items() if key != "phases"}
