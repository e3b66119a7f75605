"""Questions, background, languages, tags: added, put in order, removed only while nothing hangs on them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.consultations.background import BackgroundEntry, EntryKind
from deliberation.consultations.models import Consultation
from deliberation.consultations.queries import background_of, threads_of
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.service import hide_idea, lock_thread
from deliberation.setup.entries import EntryInUse, add_entry, get_entry, move_entry, remove_entry
from deliberation.setup.fields import FieldsRefused
from deliberation.setup.languages import add_language, languages_of, remove_language
from deliberation.setup.threads import ThreadInUse, Way, add_thread, move_thread, remove_thread
from deliberation.setup.vocabulary import add_tag
from deliberation.tags.models import TagStatus
from tests import factories
from tests.setup.conftest import Desk


def questions(session: Session, consultation: Consultation) -> list[tuple[int, str]]:
    session.expire_all()
    return [
        (thread.number, next(text.question for text in thread.texts if text.language == "sv"))
        for thread in threads_of(session, consultation)
    ]


def test_a_question_is_added_after_the_others(session: Session, live: Desk) -> None:
    add_thread(session, consultation=live.consultation, typed={"question": "Och sedan?"}, by=live.by)
    assert questions(session, live.consultation)[-1] == (4, "Och sedan?")


def test_in_a_draft_the_numbers_follow_the_order(session: Session, draft: Desk) -> None:
    move_thread(session, consultation=draft.consultation, number=1, way=Way.DOWN, by=draft.by)
    assert questions(session, draft.consultation) == [
        (1, "Question 2 (sv)?"), (2, "Question 1 (sv)?"), (3, "Question 3 (sv)?"),
    ]  # fmt: skip
    remove_thread(session, consultation=draft.consultation, number=1, by=draft.by)
    assert questions(session, draft.consultation) == [(1, "Question 1 (sv)?"), (2, "Question 3 (sv)?")]


def test_in_a_live_consultation_links_to_questions_stay_good(session: Session, live: Desk) -> None:
    move_thread(session, consultation=live.consultation, number=3, way=Way.UP, by=live.by)
    assert questions(session, live.consultation) == [
        (1, "Question 1 (sv)?"), (3, "Question 3 (sv)?"), (2, "Question 2 (sv)?"),
    ]  # fmt: skip
    (act,) = session.scalars(select(ModerationAct))
    assert act.details == {"did": "move_thread", "thread": 3}


def test_at_the_end_of_the_list_nothing_moves(session: Session, live: Desk) -> None:
    move_thread(session, consultation=live.consultation, number=1, way=Way.UP, by=live.by)
    assert [number for number, _ in questions(session, live.consultation)] == [1, 2, 3]
    assert session.scalars(select(ModerationAct)).all() == []


def test_a_question_with_ideas_can_only_be_locked(session: Session, live: Desk) -> None:
    thread = threads_of(session, live.consultation)[0]
    idea = factories.make_idea(session, thread)
    idea.withdrawn_at = idea.created_at
    with pytest.raises(ThreadInUse):
        remove_thread(session, consultation=live.consultation, number=1, by=live.by)
    lock_thread(session, thread=thread, reason="Done.", by=live.by)


def test_a_question_that_stands_in_the_log_stays(session: Session, live: Desk) -> None:
    lock_thread(session, thread=threads_of(session, live.consultation)[1], reason="Wait.", by=live.by)
    with pytest.raises(ThreadInUse):
        remove_thread(session, consultation=live.consultation, number=2, by=live.by)


def test_background_is_kept_in_order_by_kind(session: Session, draft: Desk) -> None:
    words = [("Bro", EntryKind.GLOSSARY), ("Var snäll", EntryKind.RULE), ("Ö", EntryKind.GLOSSARY)]
    for title, kind in words:
        typed = {"title": title, "body": "…", "forms": "bron\n broar \nbron"}
        add_entry(session, consultation=draft.consultation, kind=kind, typed=typed, by=draft.by)
    terms = background_of(session, draft.consultation, EntryKind.GLOSSARY)
    assert [(term.key, term.texts[0].forms) for term in terms] == [
        ("bro", ["bron", "broar"]), ("o", ["bron", "broar"]),
    ]  # fmt: skip
    move_entry(session, consultation=draft.consultation, key="o", way=Way.UP, by=draft.by)
    session.expire_all()
    assert [one.key for one in background_of(session, draft.consultation, EntryKind.GLOSSARY)] == ["o", "bro"]


def test_keys_are_made_of_any_writing_and_never_twice(session: Session, draft: Desk) -> None:
    keys = [
        add_entry(
            session, consultation=draft.consultation, kind=EntryKind.NOTE,
            typed={"title": title, "body": "…"}, by=draft.by,
        ).key
        for title in ("联盟", "联盟", "Éclair & co.", "New", "x" * 200)
    ]  # fmt: skip
    assert keys[:4] == ["note", "note-2", "eclair-co", "new-2"]
    assert len(set(keys)) == 5
    assert max(map(len, keys)) <= 60


def test_a_rule_that_was_cited_stays(session: Session, live: Desk) -> None:
    rule = factories.make_rule(session, live.consultation)
    idea = factories.make_idea(session, threads_of(session, live.consultation)[0])
    hide_idea(session, idea=idea, rule=rule.key, reason="…", by=live.by)
    with pytest.raises(EntryInUse):
        remove_entry(session, consultation=live.consultation, key=rule.key, by=live.by)
    note = factories.make_entry(session, live.consultation)
    key = note.key
    remove_entry(session, consultation=live.consultation, key=key, by=live.by)
    assert session.scalars(select(BackgroundEntry).where(BackgroundEntry.key == key)).all() == []


def test_a_category_with_links_stays(session: Session, live: Desk) -> None:
    category = factories.make_entry(session, live.consultation, EntryKind.PROPOSAL_CATEGORY)
    factories.make_link(session, category)
    with pytest.raises(EntryInUse, match="links"):
        remove_entry(session, consultation=live.consultation, key=category.key, by=live.by)
    assert get_entry(session, live.consultation, category.key)


def test_a_word_cannot_be_added_to_the_glossary_twice(session: Session, draft: Desk) -> None:
    factories.make_entry(session, draft.consultation, EntryKind.GLOSSARY, title="Alliance")
    with pytest.raises(Exception, match="in the glossary already"):
        add_entry(
            session, consultation=draft.consultation, kind=EntryKind.GLOSSARY,
            typed={"title": "ALLIANCE", "body": "…"}, by=draft.by,
        )  # fmt: skip


def test_a_question_without_words_is_refused(session: Session, draft: Desk) -> None:
    with pytest.raises(FieldsRefused):
        add_thread(session, consultation=draft.consultation, typed={"question": "  "}, by=draft.by)


def test_languages_come_and_go_while_nothing_is_written_in_them(session: Session, live: Desk) -> None:
    add_language(session, consultation=live.consultation, language="fi", by=live.by)
    assert languages_of(live.consultation) == ("sv", "fi", "en")
    with pytest.raises(Exception, match="already"):
        add_language(session, consultation=live.consultation, language="fi", by=live.by)
    with pytest.raises(Exception, match="from the list"):
        add_language(session, consultation=live.consultation, language="<x>", by=live.by)
    remove_language(session, consultation=live.consultation, language="fi", by=live.by)
    for kept in ("sv", "en"):
        with pytest.raises(Exception, match="stays"):
            remove_language(session, consultation=live.consultation, language=kept, by=live.by)
    assert languages_of(live.consultation) == ("sv", "en")


def test_a_tag_to_begin_with_and_one_that_was_suggested(session: Session, live: Desk) -> None:
    suggested = factories.make_tag(session, live.consultation, "lakes", status=TagStatus.SUGGESTED)
    assert add_tag(session, consultation=live.consultation, name="Trees", by=live.by).key == "trees"
    assert add_tag(session, consultation=live.consultation, name="LAKES", by=live.by) is suggested
    with pytest.raises(Exception, match="already"):
        add_tag(session, consultation=live.consultation, name="trees", by=live.by)
    acts = session.scalars(select(ModerationAct)).all()
    assert [act.kind for act in acts] == [ActKind.ACCEPT_TAG, ActKind.ACCEPT_TAG]
