from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.consultations.background import EntryKind
from deliberation.consultations.models import Consultation, Phase, PhaseStep
from deliberation.consultations.queries import threads_of
from tests import factories
from tests.statements import statements
from tests.strict_client import StrictClient

MOST_STATEMENTS = 12
ENGLISH = {"Accept-Language": "en"}
SWEDISH = {"Accept-Language": "sv"}


def page(client: StrictClient, address: str, headers: dict[str, str] = ENGLISH, status: int = 200) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


@pytest.fixture
def park(session: Session) -> Consultation:
    return factories.make_consultation(session, "park", threads=3)


def test_an_empty_site_says_what_the_operator_does_next(client: StrictClient) -> None:
    words = page(client, "/")
    assert "There is no consultation here yet" in words
    assert "flask --app wsgi consultation load" in words


def test_home_leads_to_the_only_consultation(client: StrictClient, park: Consultation) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (302, "/c/park")


def test_home_lists_several_consultations_and_no_drafts(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    factories.make_consultation(session, "meadow", title="The meadow")
    factories.make_consultation(session, "secret", title="The secret", phase=Phase.DRAFT)
    words = page(client, "/")
    assert "/c/park" in words
    assert "/c/meadow" in words
    assert "secret" not in words
    role = factories.make_role(session, session.query(Consultation).filter_by(slug="secret").one())
    factories.sign_in(client, session, role.account)
    assert "/c/secret" in page(client, "/")


def test_a_draft_is_only_for_people_with_a_role(client: StrictClient, session: Session) -> None:
    draft = factories.make_consultation(session, "draft", phase=Phase.DRAFT)
    page(client, "/c/draft", status=404)
    page(client, "/c/draft/background", status=404)
    factories.sign_in(client, session, factories.make_role(session, draft).account)
    assert "This is a draft" in page(client, "/c/draft")


def test_the_page_shows_the_questions_with_their_figures(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    thread = threads_of(session, park)[0]
    idea = factories.make_idea(session, thread)
    factories.make_idea(session, thread)
    factories.make_vote(session, idea)
    words = page(client, "/c/park")
    assert "Question 1 (en)?" in words
    assert "<b>2</b> ideas" in words
    assert "<b>1</b> vote<" in words
    assert "<b>1</b> person" in words
    assert "3 questions" in words


def test_reading_sets_no_cookie(client: StrictClient, park: Consultation) -> None:
    for address in ("/", "/c/park", "/c/park/background"):
        assert "Set-Cookie" not in client.get(address).headers


def test_a_reader_gets_their_own_language_marked_as_a_translation(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    english, swedish = page(client, "/c/park"), page(client, "/c/park", SWEDISH)
    assert "Introduction (en)" in english
    assert "Translated from Swedish" in english
    assert "Introduction (sv)" in swedish
    assert "Translated" not in swedish


def test_a_text_in_another_language_than_the_page_is_marked(client: StrictClient, session: Session) -> None:
    factories.make_consultation(session, "suomi", languages=("fi",))
    words = page(client, "/c/suomi")
    assert "<h1>The park (fi)</h1>" in words
    assert 'lang="fi"' in words
    assert "In Finnish" in words


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (Phase.GATHERING, "Write the first idea"),
        (Phase.VOTING, "There is nothing to vote on"),
        (Phase.SYNTHESIS, "See what has come in"),
        (Phase.PUBLISHED, "Read the synthesis"),
    ],
)
def test_each_phase_has_its_next_step(
    client: StrictClient, session: Session, phase: Phase, words: str
) -> None:
    factories.make_consultation(session, "park", phase=phase)
    assert words in page(client, "/c/park")


def test_a_participant_is_told_how_many_ideas_are_left(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    account = factories.make_account(session)
    me = factories.make_participant(session, park, account)
    first, second, _third = threads_of(session, park)
    for thread, ideas, voted in ((first, 4, 1), (second, 5, 4)):
        for position in range(ideas):
            idea = factories.make_idea(session, thread)
            if position < voted:
                factories.make_vote(session, idea, me)
    assert "Begin with the first question" in page(client, "/c/park")
    factories.sign_in(client, session, account)
    words = page(client, "/c/park")
    assert "Vote on 1 more in question 2" in words
    assert "You have voted on 4 of 5" in words
    assert "Vote on 3 more" in words


def test_dates_are_shown_where_they_are_known(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    session.add(
        PhaseStep(consultation_id=park.id, phase=Phase.VOTING, starts_at=now() + timedelta(days=9, hours=1))
    )
    session.flush()
    session.expire(park)
    words = page(client, "/c/park")
    assert "9 days are left" in words
    assert ">until " in words
    assert "started by hand" in words


def test_glossary_words_are_explained_where_they_occur(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    factories.make_entry(
        session,
        park,
        EntryKind.GLOSSARY,
        key="lead",
        title="Lead",
        body='What comes **first** "here".',
        forms=("introduction", "lead"),
    )
    factories.make_entry(
        session, park, title="Note", body="A lead in `lead` and [lead](https://example.org)."
    )
    words = page(client, "/c/park")
    link = '<a class="term" href="/c/park/background#term-lead" title="What comes first &#34;here&#34;.">'
    assert f"<p>{link}Introduction</a> (en)</p>" in words
    assert f"{link}Lead</a> 1 (en)" in words
    background = page(client, "/c/park/background")
    assert 'id="term-lead"' in background
    assert f"A {link}lead</a> in <code>lead</code>" in background
    assert background.count('class="term"') == 1


def test_the_background_page_has_everything_in_its_place(
    client: StrictClient, session: Session, park: Consultation
) -> None:
    for kind in EntryKind:
        factories.make_entry(session, park, kind, key=f"the-{kind.value.replace('_', '-')}", title=kind.value)
    words = page(client, "/c/park/background")
    order = ["the-task-force", "term-the-glossary", "the-area", "the-proposal-category", "the-note", "rule-1"]
    places = [words.index(f'id="{anchor}"') for anchor in order]
    assert places == sorted(places)


@pytest.mark.parametrize("is_signed_in", [False, True])
@pytest.mark.parametrize("address", ["/", "/c/park", "/c/park/background"])
def test_pages_ask_the_database_a_bounded_number_of_times(
    client: StrictClient, session: Session, park: Consultation, address: str, is_signed_in: bool
) -> None:
    for kind in EntryKind:
        for _ in range(3):
            factories.make_entry(session, park, kind)
    for thread in threads_of(session, park):
        factories.make_vote(session, factories.make_idea(session, thread))
    if address == "/":
        factories.make_consultation(session, "other")
    if is_signed_in:
        account = factories.make_account(session)
        factories.make_participant(session, park, account)
        factories.sign_in(client, session, account)
    session.flush()
    with statements() as heard:
        page(client, address)
    assert len(heard) <= MOST_STATEMENTS, heard
