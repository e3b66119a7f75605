"""Bringing texts in through pages: preview, corrections, all or nothing, and what stands in the log."""

import io
import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from deliberation.comments.models import Comment
from deliberation.consultations.models import Consultation, Phase
from deliberation.consultations.people import Participant
from deliberation.exchange.drafts.models import ImportDraft
from deliberation.exchange.drafts.views import ROWS
from deliberation.ideas.models import Idea
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.tags.models import IdeaTag
from tests import factories
from tests.exchange.discussions import ENGLISH, SWEDISH
from tests.strict_client import StrictClient

PASTE = "/c/the-park/import/talk-page"
UPLOAD = "/c/the-park/import/spreadsheet"


@pytest.fixture
def park(session: Session, client: StrictClient) -> Consultation:
    """A consultation with two questions, and the client signed in as its facilitator."""
    consultation = factories.make_consultation(session)
    account = factories.make_account(session, language="en")
    factories.make_role(session, consultation, account)
    factories.sign_in(client, session, account)
    session.commit()
    return consultation


def send(client: StrictClient, address: str, /, **data: object) -> TestResponse:
    return client.post(address, data={"csrf_token": client.token("/account"), **data})


def paste(client: StrictClient, wikitext: str = SWEDISH, origin: str = "Diskussion:Parken") -> TestResponse:
    return send(client, PASTE, wikitext=wikitext, origin=origin, thread="1", language="sv")


def upload(client: StrictClient, content: bytes, name: str = "ideas.csv") -> TestResponse:
    return send(client, UPLOAD, file=(io.BytesIO(content), name), origin="", thread="2", language="en")


def fields(page: str) -> dict[str, str]:
    """Return what the preview's form would send with nothing corrected."""
    found = dict(re.findall(r'<input[^>]*name="(version|page|author-\d+)"[^>]*value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)">(.*?)</select>', page, re.S):
        found[name] = re.findall(r'value="([^"]*)" selected', options)[0]
    return found


def finish(client: StrictClient, address: str, **changes: str) -> TestResponse:
    return send(client, address, **{**fields(client.get(address).text), "do": "import", **changes})


def count(session: Session, table: type[object]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_talk_page_is_previewed_and_imported_whole(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    answer = paste(client)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "Siv Ek" in page
    assert (count(session, Idea), count(session, Comment), count(session, Participant)) == (0, 0, 0)
    assert finish(client, answer.location).location == "/c/the-park/log"
    idea = session.scalars(select(Idea)).one()
    comments = session.scalars(select(Comment).order_by(Comment.number)).all()
    assert idea.statement.startswith("Vi borde låta alla översätta")
    assert idea.elaboration == "(Importerat från Diskussion:Parken. Skrivet av Siv Ek, 5 mars 2010.)"
    assert [comment.parent_id for comment in comments] == [None, comments[0].id, comments[0].id, None]
    assert {comment.idea_id for comment in comments} == {idea.id}
    assert count(session, Participant) == 5
    assert session.scalars(select(Participant.account_id)).all() == [None] * 5
    assert count(session, ImportDraft) == 0
    act = session.scalars(select(ModerationAct)).one()
    assert (act.kind, act.reason) == (ActKind.IMPORT_DATA, "Diskussion:Parken")
    assert "1 idea and 4 comments" in client.get("/c/the-park/log").text
    assert client.get(f"/c/the-park/threads/1?q={'översätta'}").text.count("<article") == 1
    assert client.get("/c/the-park/synthesis").status_code == 200


def test_one_name_is_one_person_and_unsigned_text_says_so(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    wikitext = "* One thing --[[User:Åsa]]\n* Another thing --[[User:ÅSA]]\n* A third\n* A fourth\n"
    finish(client, paste(client, wikitext).location)
    ideas = session.scalars(select(Idea).order_by(Idea.number)).all()
    assert len(ideas) == 4
    assert ideas[0].author_id == ideas[1].author_id != ideas[2].author_id == ideas[3].author_id
    assert "Det framgår inte vem som skrivit" in ideas[2].elaboration


def test_corrections_change_what_a_text_becomes(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    address = paste(client).location
    answer = finish(
        client, address, **{"kind-2": "idea", "kind-3": "out", "kind-5": "idea", "author-1": "Siv E",
                            "statement-1": "Översätt sidan.", "thread-1": "2", "language-1": "en"},
    )  # fmt: skip
    assert answer.status_code == 303
    first, second, third = session.scalars(select(Idea).order_by(Idea.number)).all()
    assert (first.statement, first.language, first.thread.number) == ("Översätt sidan.", "en", 2)
    assert "Written by Siv E, " in first.elaboration
    assert second.statement == "Bra, men vem granskar?"
    assert third.statement == "Jag håller med Siv."
    comment = session.scalars(select(Comment)).one()
    assert comment.idea_id == second.id, "an answer goes along with what it answers"


def test_one_row_that_will_not_do_keeps_all_others_out_and_corrections_are_kept(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    address = paste(client).location
    answer = finish(client, address, **{"statement-1": "x" * 281, "author-2": "Bodil"})
    assert answer.status_code == 422
    assert "281 characters" in answer.text
    assert "x" * 281 in answer.text
    assert "Bodil" in answer.text
    assert (count(session, Idea), count(session, Comment), count(session, Participant)) == (0, 0, 0)
    assert count(session, ModerationAct) == 0
    assert finish(client, address, **{"statement-1": "x" * 280}).status_code == 303


def test_what_answers_a_text_that_is_left_out_has_to_be_seen_to(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    address = paste(client).location
    answer = finish(client, address, **{"kind-1": "out"})
    assert answer.status_code == 422
    assert "What it answers is left out." in answer.text


def test_a_page_imported_twice_says_what_is_there_and_adds_what_is_new(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    finish(client, paste(client).location)
    address = paste(client).location
    page = client.get(address).text
    assert page.count("The same words are here already:") == 5
    assert finish(client, address).status_code == 422
    assert count(session, Idea) == 1
    grown = SWEDISH.replace("== Re:", "::Vi är två. [[Användare:Ida]] 9 mars 2010 kl. 10.00 (CET)\n== Re:")
    assert finish(client, paste(client, grown).location).status_code == 303
    newest = session.scalars(select(Comment).order_by(Comment.number.desc())).first()
    assert newest
    assert newest.body.startswith("Vi är två.")
    assert newest.parent_id == session.scalars(select(Comment.id).where(Comment.number == 1)).one()
    assert (count(session, Idea), count(session, Comment)) == (1, 5)


def test_nothing_is_put_under_an_idea_that_is_hidden_or_merged(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    finish(client, paste(client, "* Plant a tree\n").location)
    idea = session.scalars(select(Idea)).one()
    grown = "* Plant a tree\n*: Which one?\n"
    assert finish(client, paste(client, grown).location).status_code == 303
    idea.hidden_at = idea.created_at
    session.commit()
    answer = finish(client, paste(client, grown + "*: And where?\n").location)
    assert answer.status_code == 422
    assert "What it answers is left out." in answer.text
    assert count(session, Comment) == 1


def test_two_windows_cannot_undo_each_others_corrections_nor_import_twice(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    address = paste(client).location
    before = fields(client.get(address).text)
    assert send(client, address, **before, do="save").status_code == 303
    assert send(client, address, **before, do="import").status_code == 409
    assert count(session, Idea) == 0
    assert finish(client, address).status_code == 303
    assert send(client, address, **before, do="import").status_code == 404
    assert count(session, Idea) == 1


def test_discarding_leaves_nothing(client: StrictClient, session: Session, park: Consultation) -> None:
    address = paste(client).location
    assert "Diskussion:Parken" in client.get("/c/the-park/import").text
    assert finish(client, address, do="discard").location == "/c/the-park/import"
    assert (count(session, ImportDraft), count(session, Idea)) == (0, 0)
    assert client.get(address).status_code == 404


def test_hundreds_of_rows_are_corrected_a_page_at_a_time(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    address = paste(client, "\n".join(f"* Plant tree {n}" for n in range(1, 501))).location
    first = client.get(address).text
    assert first.count('class="import-row"') == ROWS
    assert "Page 1 of 20" in first
    answer = send(client, address, **fields(first) | {"author-1": "Åsa"}, to="2")
    assert answer.location.endswith("?page=2")
    assert "Plant tree 26" in client.get(answer.location).text
    assert finish(client, address).status_code == 303
    assert count(session, Idea) == 500
    assert "Åsa" in session.scalars(select(Idea.elaboration).where(Idea.number == 1)).one()


def test_ten_megabytes_are_refused_in_words(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    answer = paste(client, "a" * 10_000_000)
    assert answer.status_code == 413
    assert "Paste some of its sections at a time." in answer.text
    answer = client.post(UPLOAD, data=b"a" * 10_000_000, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "Divide it into smaller ones." in answer.text
    assert count(session, ImportDraft) == 0


@pytest.mark.parametrize(("wikitext", "origin", "said"), [
    ("", "A page", "There is nothing to read here"),
    ("{{x}}\n== a ==", "A page", "There is nothing to read here"),
    ("* a\n" * 501, "A page", "more than 500 posts"),
    ("* a", "", "Say where the texts come from"),
])  # fmt: skip
def test_what_cannot_be_prepared_is_said_at_its_field_and_kept(
    client: StrictClient, session: Session, park: Consultation, wikitext: str, origin: str, said: str
) -> None:
    answer = paste(client, wikitext, origin)
    assert answer.status_code == 422
    assert said in answer.text
    assert wikitext.strip() in answer.text
    assert count(session, ImportDraft) == 0


def test_hostile_words_are_shown_and_stored_as_words(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    wikitext = (
        "* <nowiki><script>alert(1)</script></nowiki> [javascript:x y] \u202e --[[User:<b>|x]] 1 May 2011\n"
    )
    address = paste(client, wikitext, "<script>x</script>").location
    assert "<script>" not in client.get(address).text.replace("<script type", "")
    finish(client, address)
    idea = session.scalars(select(Idea)).one()
    assert "\u202e" not in idea.statement
    assert "<script>" not in idea.elaboration_html


@pytest.mark.parametrize("phase", [Phase.VOTING, Phase.SYNTHESIS, Phase.PUBLISHED])
def test_nothing_is_imported_once_ideas_are_no_longer_taken(
    client: StrictClient, session: Session, park: Consultation, phase: Phase
) -> None:
    address = paste(client).location
    park.steps[0].phase = phase
    session.commit()
    assert finish(client, address).status_code == 409
    assert paste(client).status_code == 409
    assert "while ideas are gathered" in client.get("/c/the-park/import").text
    assert count(session, Idea) == 0


def test_a_draft_consultation_and_an_open_question_take_an_import_and_a_locked_one_does_not(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    park.steps[0].phase = Phase.DRAFT
    park.threads[0].locked_at = park.created_at
    session.commit()
    address = paste(client).location
    answer = finish(client, address)
    assert answer.status_code == 422
    assert "That question is locked." in answer.text
    assert finish(client, address, **{"thread-1": "2"}).status_code == 303


def test_only_facilitators_of_the_same_consultation_see_a_draft(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    address = paste(client).location
    other = factories.make_consultation(session, "other")
    account = factories.make_account(session, language="en")
    factories.make_role(session, other, account)
    factories.sign_in(client, session, account)
    session.commit()
    assert client.get(address).status_code == 403
    assert client.get(address.replace("the-park", "other")).status_code == 404


def test_a_spreadsheet_becomes_ideas_with_tags(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    factories.make_tag(session, park, "schools")
    session.commit()
    address = upload(client, b"Idea;Author;Tags\nAsk the museums.;Bo;Schools\nPrint a map.;Bo;\n").location
    assert "2 lines were read from ideas.csv." in client.get(address).text
    chosen = {"statement": "0", "elaboration": "-1", "language": "-1", "author": "1", "tags": "2"}
    answer = send(client, address, **chosen)
    assert answer.status_code == 303
    assert finish(client, answer.location).status_code == 303
    ideas = session.scalars(select(Idea).order_by(Idea.number)).all()
    assert [(idea.statement, idea.thread.number) for idea in ideas] == [
        ("Ask the museums.", 2),
        ("Print a map.", 2),
    ]
    assert ideas[0].elaboration == "(Imported from ideas.csv. Written by Bo.)"
    assert ideas[0].author_id == ideas[1].author_id
    assert session.scalars(select(IdeaTag.idea_id)).all() == [ideas[0].id]
    assert "from a spreadsheet" in client.get("/c/the-park/log").text


def test_a_spreadsheet_with_faults_is_reported_line_by_line_and_nothing_is_kept_of_it(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    address = upload(client, b"Idea,Language\n,en\nGood,xx!\nFine,en\n").location
    chosen = {"statement": "0", "elaboration": "-1", "language": "1", "author": "-1", "tags": "-1"}
    answer = send(client, address, **chosen)
    assert answer.status_code == 422
    assert "2 faults; nothing is imported" in answer.text
    assert "Line 2" in answer.text
    assert "Line 3" in answer.text
    answer = send(client, address, **{**chosen, "statement": "-1"})
    assert (answer.status_code, "Choose the column that holds" in answer.text) == (422, True)
    assert client.get(address.removesuffix("/columns")).status_code == 303
    assert count(session, Idea) == 0


def test_a_tag_that_is_not_in_the_vocabulary_is_a_problem_of_its_row(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    address = upload(client, b"Idea,Tags\nGood,unknown\n").location
    chosen = {"statement": "0", "elaboration": "-1", "language": "-1", "author": "-1", "tags": "1"}
    answer = finish(client, send(client, address, **chosen).location)
    assert answer.status_code == 422
    assert "There is no tag “unknown”" in answer.text


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "The file is empty."), (b"PK\x03\x04x", "Excel workbook")]
)
def test_a_file_that_cannot_be_read_is_said(
    client: StrictClient, park: Consultation, content: bytes, said: str
) -> None:
    answer = upload(client, content)
    assert answer.status_code == 422
    assert said in answer.text


def test_no_file_is_said(client: StrictClient, park: Consultation) -> None:
    answer = send(client, UPLOAD, origin="", thread="1", language="en")
    assert (answer.status_code, "Choose a file." in answer.text) == (422, True)


def test_the_desk_leads_to_the_imports(client: StrictClient, park: Consultation) -> None:
    assert 'href="/c/the-park/import"' in client.get("/c/the-park/desk").text
    assert "Nothing is being prepared." in client.get("/c/the-park/import").text


def test_an_english_page_with_an_introduction_is_imported(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    assert finish(client, paste(client, ENGLISH).location).status_code == 303
    assert (count(session, Idea), count(session, Comment)) == (3, 1)
