"""Texts: saved one language at a time, never over words that were not seen, with what they said before."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.consultations.background import EntryKind
from deliberation.consultations.changes import TextChange
from deliberation.consultations.pack_schema import parse_pack
from deliberation.consultations.queries import get_thread
from deliberation.exchange.packs import load_pack
from deliberation.moderation.acts import NotAFacilitator
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.queries import hiding_of, log_page, rules_of
from deliberation.moderation.service import hide_idea
from deliberation.setup.fields import OWN, FieldsRefused
from deliberation.setup.packing import document_of
from deliberation.setup.texts import (
    Draft,
    TextMoved,
    fingerprint,
    save_entry,
    save_question,
    save_words,
    text_in,
    words_of,
)
from tests import factories
from tests.setup.conftest import Desk

OLD = {
    "title": "The park (sv)",
    "kicker": "Kicker (sv)",
    "introduction": "Introduction (sv)",
    "organiser": "Organiser (sv)",
}


def log(session: Session) -> list[ModerationAct]:
    return list(session.scalars(select(ModerationAct).order_by(ModerationAct.id)))


def test_a_change_keeps_what_the_text_said_and_stands_in_the_log(session: Session, live: Desk) -> None:
    change = save_words(
        session,
        consultation=live.consultation,
        draft=Draft("sv", {**OLD, "title": "Parken", "introduction": "Kom *in*."}),
        by=live.by,
    )
    assert change is not None
    assert change.before == {"title": "The park (sv)", "introduction": "Introduction (sv)"}
    assert change.after == {"title": "Parken", "introduction": "Kom *in*."}
    text = text_in(live.consultation.texts, "sv")
    assert text is not None
    assert "<em>in</em>" in text.introduction_html
    (act,) = log(session)
    assert (act.kind, act.details["change"]) == (ActKind.CHANGE_SETUP, change.id)


def test_a_draft_that_nobody_has_seen_leaves_no_rows_in_the_log(session: Session, draft: Desk) -> None:
    changed = Draft("sv", {**OLD, "title": "Parken"})
    assert save_words(session, consultation=draft.consultation, draft=changed, by=draft.by)
    assert log(session) == []


def test_saving_the_same_words_changes_nothing(session: Session, live: Desk) -> None:
    assert save_words(session, consultation=live.consultation, draft=Draft("sv", OLD), by=live.by) is None
    assert log(session) == []


def test_words_that_were_not_seen_are_not_overwritten(session: Session, live: Desk) -> None:
    seen = fingerprint(words_of(text_in(live.consultation.texts, "sv"), OWN))
    first = Draft("sv", {**OLD, "title": "Den första"}, seen=seen)
    second = Draft("sv", {**OLD, "title": "Den andra"}, seen=seen)
    save_words(session, consultation=live.consultation, draft=first, by=live.by)
    with pytest.raises(TextMoved) as refusal:
        save_words(session, consultation=live.consultation, draft=second, by=live.by)
    assert refusal.value.current["title"] == "Den första"
    again = Draft("sv", second.typed, seen=fingerprint(refusal.value.current))
    assert save_words(session, consultation=live.consultation, draft=again, by=live.by)


def test_two_languages_do_not_stand_in_each_others_way(session: Session, live: Desk) -> None:
    thread = get_thread(session, live.consultation, 1)
    for language in ("sv", "en"):
        words = {"question": f"Question 1 ({language})?", "lead": f"Lead 1 ({language})"}
        seen = fingerprint(words, is_translation=language == "en")
        draft = Draft(language, {**words, "lead": ""}, language == "en", seen)
        assert save_question(session, consultation=live.consultation, thread=thread, draft=draft, by=live.by)
    assert {text.lead for text in thread.texts} == {""}


def test_a_new_language_begins_from_nothing(session: Session, live: Desk) -> None:
    live.consultation.further_languages = ["en", "fi"]
    thread = get_thread(session, live.consultation, 1)
    draft = Draft("fi", {"question": "Mitä?"}, is_translation=True, seen="new")
    save_question(session, consultation=live.consultation, thread=thread, draft=draft, by=live.by)
    with pytest.raises(TextMoved):
        save_question(session, consultation=live.consultation, thread=thread, draft=draft, by=live.by)


def test_a_translation_left_empty_goes_away_and_can_come_back(session: Session, live: Desk) -> None:
    empty = Draft("en", dict.fromkeys(OLD, ""), is_translation=True)
    assert save_words(session, consultation=live.consultation, draft=empty, by=live.by)
    assert text_in(live.consultation.texts, "en") is None
    live.consultation.further_languages = ["en"]
    again = Draft("en", {"title": "The park"}, is_translation=True, seen="new")
    assert save_words(session, consultation=live.consultation, draft=again, by=live.by)


def test_everything_that_is_wrong_is_said_at_once(session: Session, live: Desk) -> None:
    wrong = Draft("sv", {"title": " \u200b", "introduction": "x" * 10_001, "kicker": "y" * 300})
    with pytest.raises(FieldsRefused) as refusal:
        save_words(session, consultation=live.consultation, draft=wrong, by=live.by)
    assert [fault.field for fault in refusal.value.faults] == ["title", "kicker", "introduction"]


def test_a_language_that_the_consultation_does_not_have_takes_no_text(session: Session, live: Desk) -> None:
    with pytest.raises(Exception, match="no such language"):
        save_words(session, consultation=live.consultation, draft=Draft("de", {"title": "Park"}), by=live.by)


def test_only_facilitators_save(session: Session, live: Desk) -> None:
    stranger = factories.make_account(session).id
    with pytest.raises(NotAFacilitator):
        save_words(session, consultation=live.consultation, draft=Draft("sv", OLD), by=stranger)


def test_hostile_markdown_is_harmless(session: Session, live: Desk) -> None:
    hostile = "[x](javascript:alert(1)) <script>alert(1)</script> ![y](https://evil.example/z)"
    draft = Draft("sv", {**OLD, "introduction": hostile})
    save_words(session, consultation=live.consultation, draft=draft, by=live.by)
    text = text_in(live.consultation.texts, "sv")
    assert text is not None
    assert "<script" not in text.introduction_html
    assert 'href="javascript' not in text.introduction_html
    assert "<img" not in text.introduction_html


def test_a_word_is_in_the_glossary_once(session: Session, live: Desk) -> None:
    factories.make_entry(session, live.consultation, EntryKind.GLOSSARY, title="Alliance")
    other = factories.make_entry(session, live.consultation, EntryKind.GLOSSARY, title="Partner")
    draft = Draft("sv", {"title": "alliancе", "body": "The same, with a Cyrillic e."})
    with pytest.raises(Exception, match="in the glossary already"):
        save_entry(session, consultation=live.consultation, entry=other, draft=draft, by=live.by)


def test_a_decision_keeps_the_words_that_its_rule_had(session: Session, live: Desk) -> None:
    rule = factories.make_rule(session, live.consultation, "No advertising")
    idea = factories.make_idea(session, get_thread(session, live.consultation, 1))
    hide_idea(session, idea=idea, rule=rule.key, reason="It sells.", by=live.by)
    before = now()
    changed = Draft("sv", {"title": "No spam", "body": "New words."})
    save_entry(session, consultation=live.consultation, entry=rule, draft=changed, by=live.by)
    rules = rules_of(session, live.consultation, language="sv")
    assert rules[0].title == "No spam"
    page = log_page(session, live.consultation.id, rules=rules, number=1, total=2)
    (hiding,) = [row for row in page.items if row.kind is ActKind.HIDE_IDEA]
    assert hiding.happened_at <= before
    assert hiding.rule is not None
    assert (hiding.rule.title, hiding.rule.has_changed) == ("No advertising", True)
    told = hiding_of(session, idea.id, language="sv")
    assert told is not None
    assert told.rule is not None
    assert (told.rule.title, told.rule.body_html) == ("No advertising", "<p>Why and how.</p>")
    later = factories.make_idea(session, get_thread(session, live.consultation, 1))
    hide_idea(session, idea=later, rule=rule.key, reason="So does this.", by=live.by)
    told = hiding_of(session, later.id, language="sv")
    assert told is not None
    assert told.rule is not None
    assert (told.rule.title, told.rule.has_changed) == ("No spam", False)


def test_words_that_a_pack_replaces_are_kept_too(session: Session, live: Desk) -> None:
    rule = factories.make_rule(session, live.consultation, "No advertising")
    idea = factories.make_idea(session, get_thread(session, live.consultation, 1))
    hide_idea(session, idea=idea, rule=rule.key, reason="It sells.", by=live.by)
    document = document_of(session, live.consultation)
    document["background"][0]["title"]["sv"] = "No spam"
    load_pack(session, parse_pack(document))
    told = hiding_of(session, idea.id, language="sv")
    assert told is not None
    assert told.rule is not None
    assert (told.rule.title, told.rule.has_changed) == ("No advertising", True)
    (change,) = session.scalars(select(TextChange))
    assert (change.before, change.after) == ({"title": "No advertising"}, {"title": "No spam"})


def test_changes_are_about_one_text(session: Session, live: Desk) -> None:
    entry = factories.make_entry(session, live.consultation)
    draft = Draft("sv", {"title": "New", "body": "What it says."})
    save_entry(session, consultation=live.consultation, entry=entry, draft=draft, by=live.by)
    (change,) = session.scalars(select(TextChange))
    assert (change.entry_id, change.thread_id, change.account_id) == (entry.id, None, live.by)
