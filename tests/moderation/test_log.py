from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.errors import NotFound
from deliberation.consultations.models import Phase
from deliberation.consultations.people import RoleName
from deliberation.moderation.acts import OPERATOR, record
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.moderation.queries import hiding_of, log_figures, log_page, rules_of
from deliberation.moderation.service import hide_idea, lock_thread, restore_idea
from tests import factories
from tests.moderation.conftest import Park
from tests.statements import statements
from tests.strict_client import StrictClient

LOG = "/c/the-park/log"
ENGLISH = {"Accept-Language": "en"}


def page_text(client: StrictClient, address: str = LOG, status: int = 200) -> str:
    answer = client.get(address, headers=ENGLISH)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def hide(park: Park, reason: str = "It is an advert.") -> None:
    hide_idea(park.session, idea=park.idea, rule=park.rule.key, reason=reason, by=park.by)


def fill(park: Park, acts: int) -> None:
    moment = now()
    park.session.add_all(
        ModerationAct(
            consultation_id=park.consultation.id,
            kind=ActKind.HIDE_IDEA,
            role=RoleName.FACILITATOR,
            account_id=park.by,
            idea_id=park.idea.id,
            thread_id=park.idea.thread_id,
            rule_id=park.rule.id,
            reason=f"Reason {number}.",
            details={},
            happened_at=moment - timedelta(hours=number),
        )
        for number in range(acts)
    )
    park.session.commit()


def test_everybody_reads_what_was_done_under_which_rule_and_why(park: Park, client: StrictClient) -> None:
    hide(park)
    lock_thread(park.session, thread=park.consultation.threads[1], reason="A pause.", by=OPERATOR)
    park.session.commit()
    text = page_text(client)
    assert "Idea 1, <a" in text
    assert "Rule 2:" in text
    assert "Keep to the question" in text
    assert "It is an advert." in text
    assert "A facilitator" in text
    assert "The operator of this site" in text
    assert park.facilitator.name not in text


def test_what_a_hidden_idea_said_is_not_repeated(park: Park, client: StrictClient) -> None:
    hide(park)
    park.session.commit()
    text = page_text(client)
    assert "cousin" not in text
    assert "/ideas/1" not in text


def test_a_restored_idea_is_linked_again(park: Park, client: StrictClient) -> None:
    hide(park)
    restore_idea(park.session, idea=park.idea, reason="A mistake.", by=park.by)
    park.session.commit()
    assert "Idea 1</a>" in page_text(client)


def test_an_empty_log_says_so(park: Park, client: StrictClient) -> None:
    assert "Nothing yet" in page_text(client)


def test_reasons_are_escaped(park: Park, client: StrictClient) -> None:
    hide(park, "<script>alert(1)</script> %(idea)s 100 %")
    park.session.commit()
    text = page_text(client)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; %(idea)s 100 %" in text


def test_names_of_tags_are_escaped_and_may_hold_percent_signs(park: Park, client: StrictClient) -> None:
    record(
        park.session, ActKind.MERGE_TAG, consultation_id=park.consultation.id, by=park.by,
        details={"name": "<b>100 %(x)s", "into": "50 %"},
    )  # fmt: skip
    park.session.commit()
    assert "“&lt;b&gt;100 %(x)s” <b>was merged</b> into “50 %”" in page_text(client)


@pytest.mark.parametrize("kind", ActKind)
@pytest.mark.parametrize("details", [{}, {"role": "facilitator", "from": "a", "to": "b", "language": "xx"}])
def test_every_kind_of_act_has_a_sentence(
    park: Park, client: StrictClient, kind: ActKind, details: dict[str, str]
) -> None:
    record(
        park.session, kind, consultation_id=park.consultation.id, by=OPERATOR, details=details,
        idea_id=park.idea.id, thread_id=park.idea.thread_id,
    )  # fmt: skip
    park.session.commit()
    assert "<b>" in page_text(client)


def test_the_newest_act_comes_first(park: Park, client: StrictClient) -> None:
    fill(park, 3)
    text = page_text(client)
    assert text.index("Reason 0.") < text.index("Reason 1.") < text.index("Reason 2.")


def test_a_thousand_rows_come_in_pages_each_once(park: Park, client: StrictClient) -> None:
    fill(park, 1_000)
    seen = []
    for number in range(1, 21):
        page = log_page(park.session, park.consultation.id, rules=(), number=number, total=1_000)
        seen += [row.reason for row in page.items]
    assert seen == [f"Reason {number}." for number in range(1_000)]
    text = page_text(client, f"{LOG}?page=20")
    assert "Reason 999." in text
    assert "Reason 949." not in text
    with statements() as heard:
        page_text(client, f"{LOG}?page=7")
    assert len(heard) <= 12


@pytest.mark.parametrize("number", ["0", "-1", "3", "x", "", "٣", "99999999999999999999", "1.0"])
def test_a_page_that_is_not_there_is_not_found(park: Park, client: StrictClient, number: str) -> None:
    fill(park, 60)
    page_text(client, f"{LOG}?page={number}", status=404)


def test_the_log_of_a_draft_is_for_those_who_work_on_it(session: Session, client: StrictClient) -> None:
    factories.make_consultation(session, "the-lake", phase=Phase.DRAFT)
    session.commit()
    assert client.get("/c/the-lake/log").status_code == 404


def test_figures_count_acts_of_each_kind_and_under_each_rule(park: Park) -> None:
    hide(park)
    restore_idea(park.session, idea=park.idea, reason="A mistake.", by=park.by)
    hide(park)
    figures = log_figures(park.session, park.consultation.id)
    assert figures.kinds == {ActKind.HIDE_IDEA: 2, ActKind.RESTORE_IDEA: 1}
    assert figures.rules == {park.rule.id: 2}
    assert figures.total == 3


def test_an_author_can_be_told_the_rule_and_the_reason(park: Park) -> None:
    assert hiding_of(park.session, park.idea.id) is None
    hide(park, "First.")
    restore_idea(park.session, idea=park.idea, reason="A mistake.", by=park.by)
    assert hiding_of(park.session, park.idea.id) is None
    hide(park, "Second.")
    hiding = hiding_of(park.session, park.idea.id, language="en")
    assert hiding is not None
    assert hiding.rule is not None
    assert (hiding.reason, hiding.hidden_at) == ("Second.", park.idea.hidden_at)
    assert (hiding.rule.number, hiding.rule.title, hiding.rule.language) == (2, "Keep to the question", "en")
    original = hiding_of(park.session, park.idea.id, language="de")
    assert original is not None
    assert original.rule is not None
    assert original.rule.language == "sv"


def test_an_idea_hidden_without_a_row_says_only_since_when(park: Park) -> None:
    park.idea.hidden_at = now()
    park.session.flush()
    hiding = hiding_of(park.session, park.idea.id)
    assert hiding is not None
    assert (hiding.reason, hiding.rule) == ("", None)


def test_rules_are_numbered_in_their_order_and_language(park: Park) -> None:
    rules = rules_of(park.session, park.consultation, language="en")
    assert [(rule.number, rule.title, rule.language) for rule in rules] == [
        (1, "No personal attacks", "en"),
        (2, "Keep to the question", "en"),
    ]
    assert {rule.language for rule in rules_of(park.session, park.consultation, language="de")} == {"sv"}


def test_a_page_of_the_log_that_is_not_there_is_not_found_in_the_query_either(park: Park) -> None:
    with pytest.raises(NotFound):
        log_page(park.session, park.consultation.id, rules=(), number=2, total=0)
