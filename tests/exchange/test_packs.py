import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config import ROOT
from deliberation.base.clock import now
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.pack import read_pack, read_yaml
from deliberation.consultations.pack_schema import parse_pack
from deliberation.consultations.pack_values import ConsultationPack, PackRefused
from deliberation.consultations.queries import background_of, threads_of
from deliberation.exchange.packs import load_pack
from deliberation.ideas.models import Idea
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.tags.models import Tag, TagName, TagStatus
from tests import factories
from tests.statements import statements, writes

PACK = """
format: consultation-pack/1
slug: park
languages: [sv, en]
title: {sv: Parken, en: The park}
introduction: {sv: "**Hej** <script>", en: Hello}
translated: [en]
opens: gathering
threads:
  - number: 1
    question: {sv: Vad nu, en: What now}
  - number: 2
    question: {sv: Och sen}
background:
  - {key: meadow, kind: note, title: {sv: Äng}, body: {sv: Gräs.}}
  - {key: calm, kind: rule, title: {sv: Lugn}, body: {sv: Var lugn.}}
tags:
  - {key: schools, group: actor, name: {sv: skolor, en: schools}, translated: [en]}
"""


def pack_of(text: str = PACK) -> ConsultationPack:
    return parse_pack(read_yaml(text.encode()))


def test_a_pack_becomes_a_consultation(session: Session) -> None:
    consultation = load_pack(session, pack_of())
    assert [step.phase for step in consultation.steps] == [Phase.GATHERING]
    texts = {text.language: text for text in consultation.texts}
    assert texts["sv"].introduction_html == "<p><strong>Hej</strong> &lt;script&gt;</p>"
    assert (texts["sv"].is_translation, texts["en"].is_translation) == (False, True)
    assert [thread.number for thread in threads_of(session, consultation)] == [1, 2]
    assert [entry.key for entry in background_of(session, consultation)] == ["meadow", "calm"]
    assert session.scalars(select(Tag.key)).all() == ["schools"]


def test_the_seeded_pack_loads_whole(session: Session) -> None:
    pack = read_pack(ROOT / "deliberation" / "content" / "alliances-and-partnerships.yaml")
    consultation = load_pack(session, pack)
    assert len(threads_of(session, consultation)) == 7
    assert len(background_of(session, consultation)) == len(pack.background)


def test_loading_the_same_pack_again_changes_nothing(session: Session) -> None:
    load_pack(session, pack_of())
    session.expire_all()
    with statements() as heard:
        load_pack(session, pack_of())
        session.flush()
    assert [line for line in writes(heard) if not line.startswith("DELETE")] == []
    assert session.scalar(select(func.count()).select_from(Consultation)) == 1


def test_a_changed_pack_updates_texts_and_keeps_ideas(session: Session) -> None:
    consultation = load_pack(session, pack_of())
    thread = threads_of(session, consultation)[0]
    idea = factories.make_idea(session, thread)
    changed = PACK.replace("Vad nu, en: What now", "Vad sker nu").replace("{sv: Och sen}", "{sv: Och sen då}")
    load_pack(session, pack_of(changed + "  - {key: cows, group: actor, name: {sv: kor}}\n"))
    first, second = threads_of(session, consultation)
    assert [(text.language, text.question) for text in first.texts] == [("sv", "Vad sker nu")]
    assert second.texts[0].question == "Och sen då"
    assert session.get_one(Idea, idea.id).thread_id == first.id
    assert set(session.scalars(select(Tag.key))) == {"schools", "cows"}


def test_phases_are_set_only_the_first_time(session: Session) -> None:
    consultation = load_pack(session, pack_of())
    started = consultation.steps[0].starts_at
    load_pack(session, pack_of(PACK.replace("opens: gathering", "opens: published")))
    assert [(step.phase, step.starts_at) for step in consultation.steps] == [(Phase.GATHERING, started)]


def test_an_empty_thread_and_an_uncited_entry_can_be_left_out(session: Session) -> None:
    consultation = load_pack(session, pack_of())
    smaller = PACK.replace("  - number: 2\n    question: {sv: Och sen}\n", "")
    smaller = smaller.replace("  - {key: meadow, kind: note, title: {sv: Äng}, body: {sv: Gräs.}}\n", "")
    load_pack(session, pack_of(smaller))
    assert [thread.number for thread in threads_of(session, consultation)] == [1]
    assert [(entry.key, entry.position) for entry in background_of(session, consultation)] == [("calm", 1)]


def test_a_thread_with_ideas_cannot_be_left_out(session: Session) -> None:
    consultation = load_pack(session, pack_of())
    factories.make_idea(session, threads_of(session, consultation)[1])
    smaller = pack_of(PACK.replace("  - number: 2\n    question: {sv: Och sen}\n", ""))
    with pytest.raises(PackRefused, match="threads: thread 2 is left out, but it holds 1 ideas"):
        load_pack(session, smaller)
    assert len(threads_of(session, consultation)) == 2


def test_a_rule_that_the_log_cites_cannot_be_left_out(session: Session) -> None:
    consultation = load_pack(session, pack_of())
    rule = background_of(session, consultation)[1]
    session.add(
        ModerationAct(
            consultation_id=consultation.id,
            kind=ActKind.HIDE_IDEA,
            rule_id=rule.id,
            reason="Not calm.",
            details={},
            happened_at=now(),
        )
    )
    session.flush()
    smaller = PACK.replace("  - {key: calm, kind: rule, title: {sv: Lugn}, body: {sv: Var lugn.}}\n", "")
    with pytest.raises(PackRefused, match="background: calm is left out, but the moderation log cites it"):
        load_pack(session, pack_of(smaller))


def test_a_tag_that_a_facilitator_renamed_keeps_its_name(session: Session) -> None:
    load_pack(session, pack_of())
    name = session.scalars(select(TagName).where(TagName.language == "sv")).one()
    name.name, name.folded = "lärosäten", "lärosäten"
    session.flush()
    load_pack(session, pack_of())
    assert name.name == "lärosäten"


def test_a_tag_named_like_a_suggestion_is_refused(session: Session) -> None:
    consultation = load_pack(session, pack_of())
    factories.make_tag(session, consultation, "x", names={"sv": "Kor"}, status=TagStatus.SUGGESTED)
    with pytest.raises(PackRefused, match=r"tags\[1\].name.sv: is already the name of the tag x"):
        load_pack(session, pack_of(PACK + "  - {key: cows, group: actor, name: {sv: kor}}\n"))
