import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Thread
from deliberation.ideas.models import Idea
from deliberation.ideas.search import forget, index_idea, index_many, matching
from tests.factories import make_consultation, make_idea


@pytest.fixture
def thread(session: Session) -> Thread:
    return make_consultation(session).threads[0]


def add(
    session: Session, thread: Thread, statement: str, language: str = "en", elaboration: str = ""
) -> Idea:
    idea = make_idea(session, thread, statement=statement, language=language, elaboration=elaboration)
    index_idea(session, idea.id, statement, elaboration, language)
    return idea


def found(session: Session, query: str) -> set[str]:
    return set(session.scalars(select(Idea.statement).where(matching(session, query))))


def test_an_inflected_word_and_its_dictionary_form_find_each_other(session: Session, thread: Thread) -> None:
    add(session, thread, "Dela våra kalendrar", "sv")
    add(session, thread, "En gemensam kalender", "sv")
    add(session, thread, "Ask the libraries", "en-GB")
    both = {"Dela våra kalendrar", "En gemensam kalender"}
    assert found(session, "kalender") == both
    assert found(session, "KALENDRAR") == both
    assert found(session, "library") == {"Ask the libraries"}


def test_every_word_must_be_there_and_the_last_may_be_a_beginning(session: Session, thread: Thread) -> None:
    add(session, thread, "Museums open their archives")
    add(session, thread, "Museums pay for archives", elaboration="Slowly")
    assert found(session, "museums open") == {"Museums open their archives"}
    assert len(found(session, "museum arch")) == 2
    assert found(session, "arch museum") == set()
    assert found(session, "slow") == {"Museums pay for archives"}


def test_the_letters_of_swedish_are_letters_of_their_own(session: Session, thread: Thread) -> None:
    add(session, thread, "Räkna hål", "sv")
    assert found(session, "hal x") == set()
    assert found(session, "hål") == {"Räkna hål"}
    assert found(session, "rakna") == set()


def test_writing_without_spaces_is_found(session: Session, thread: Thread) -> None:
    add(session, thread, "与博物馆合作", "zh")
    add(session, thread, "नदी का किनारा", "hi")
    for query in ("博物馆", "博物", "作", "与"):
        assert found(session, query) == {"与博物馆合作"}, query
    assert found(session, "博馆") == set()
    assert found(session, "किनारा") == {"नदी का किनारा"}


@pytest.mark.parametrize(
    "query",
    ['"', "'", '"maps" OR', "maps*", "NEAR(maps", "(", ")", "a & | ! : b", "terms:maps", "-maps", "\\", "%",
     "'':*", "^maps", "maps AND NOT", "😀", "a" * 5000, "a " * 3000, "\u0301", "ﷺ", "ß", "1e5 3.14 a-b",
     "漢" * 300],
)  # fmt: skip
def test_nothing_in_a_query_is_an_operator(session: Session, thread: Thread, query: str) -> None:
    add(session, thread, "We need maps")
    assert found(session, query) <= {"We need maps"}
    assert found(session, "maps") == {"We need maps"}


def test_a_hostile_query_still_finds_its_words(session: Session, thread: Thread) -> None:
    add(session, thread, "We need maps")
    for query in ('"maps"', "maps*", "need (maps)", "-maps", "maps:"):
        assert found(session, query) == {"We need maps"}, query


def test_a_query_without_words_finds_nothing(session: Session, thread: Thread) -> None:
    add(session, thread, "We need maps")
    assert found(session, "?!") == set()


def test_a_new_wording_replaces_the_old_and_a_forgotten_idea_is_not_found(
    session: Session, thread: Thread
) -> None:
    idea = add(session, thread, "We need maps")
    index_many(session, [(idea.id, "We need books", "", "en")])
    assert found(session, "maps") == set()
    assert found(session, "books") == {"We need maps"}
    forget(session, idea.id)
    assert found(session, "books") == set()
    index_many(session, [])
