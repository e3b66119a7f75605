"""Ideas that say nearly the same: what is found, and that it is always what is there at this moment."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.consultations.models import Thread
from deliberation.ideas.letters import Index, plain
from deliberation.ideas.similar import Similarities, find_similar
from deliberation.votes.models import Choice
from deliberation.votes.parts import MY_VOTES
from tests.factories import make_consultation, make_idea, make_participant, make_vote
from tests.statements import statements

MAPS = "Build shared map tools together with OpenStreetMap."
NEARLY = "We should build shared map tools with OpenStreetMap"
OTHERS = (
    "Every county library needs a person who answers for Wikipedia.",
    "Sign an agreement with Mozilla on reading without a connection.",
    "Museums that release pictures get help with their metadata.",
)


FEW = st.lists(st.text("abcde ", max_size=20), max_size=6)


@pytest.fixture
def thread(session: Session) -> Thread:
    consultation = make_consultation(session)
    for statement in OTHERS:
        make_idea(session, consultation.threads[0], statement=statement)
    return consultation.threads[0]


class TestLikeness:
    def test_capitals_signs_and_the_order_of_words_make_little_difference(self) -> None:
        index = Index.of([1], ["Free wifi in every library"])
        same, turned = index.likeness("FREE WIFI, in every library!")[0], index.likeness(
            "in every library: free wifi"
        )[0]  # fmt: skip
        assert same == pytest.approx(1, abs=1e-6)
        assert turned > 0.7

    def test_inflected_words_are_alike_and_unrelated_ones_are_not(self) -> None:
        index = Index.of([1, 2], ["Biblioteken behöver fler kartor", "Teckna avtal med Mozilla"])
        close, far = index.likeness("Ett bibliotek behöver en karta")
        assert close > 0.35
        assert far < 0.1

    @pytest.mark.parametrize(
        ("standing", "written"),
        [
            ("應該要求司機投保乘客責任險", "每位司機都應該投保乘客責任險"),
            ("يجب أن تكون المكتبة مفتوحة مساءً", "المكتبة يجب أن تكون مفتوحة في المساء"),
            ("पुस्तकालय शाम को खुला रहे", "पुस्तकालय शाम को भी खुला रहना चाहिए"),
        ],
    )
    def test_it_reads_other_writing_too(self, standing: str, written: str) -> None:
        assert Index.of([1, 2], [standing, "Something else"]).likeness(written).argmax() == 0
        assert Index.of([1, 2], [standing, "Something else"]).likeness(written)[0] > 0.35

    @settings(deadline=None)
    @given(st.lists(st.text(max_size=40), min_size=1, max_size=8), st.text(max_size=40))
    def test_it_is_a_share_whatever_is_written(self, standing: list[str], written: str) -> None:
        likeness = Index.of(range(len(standing)), standing).likeness(written)
        assert np.isfinite(likeness).all()
        assert ((likeness >= 0) & (likeness <= 1 + 1e-5)).all()

    @settings(deadline=None)
    @given(FEW, FEW)
    def test_an_index_that_was_changed_has_what_it_should(self, first: list[str], later: list[str]) -> None:
        index = Index.of(range(len(first)), first)
        stays, added = list(range(1, len(first), 2)), range(100, 100 + len(later))
        changed = index.changed(gone=range(0, len(first), 2), keys=added, statements=later)
        assert changed.keys.tolist() == [*stays, *added]
        alone = index.changed(gone=range(len(first)), keys=added, statements=later)
        expected = [*index.likeness("abcde cab")[stays], *alone.likeness("abcde cab")]
        assert changed.likeness("abcde cab") == pytest.approx(expected)

    def test_a_statement_is_read_plainly(self) -> None:
        assert plain("  Ｆree_WIFI — now!  ") == "free wifi now"


class TestThread:
    def test_what_says_nearly_the_same_is_found_nearest_first(self, session: Session, thread: Thread) -> None:
        near = make_idea(session, thread, statement=MAPS)
        less = make_idea(session, thread, statement="Shared map tools with OpenStreetMap and with museums.")
        assert Similarities().find(session, thread.id, NEARLY) == [near.id, less.id]
        assert Similarities().find(session, thread.id, "Pay teachers for reviewed articles.") == []

    def test_a_statement_that_has_only_begun_is_like_nothing(self, session: Session, thread: Thread) -> None:
        make_idea(session, thread, statement="Every map")
        assert Similarities().find(session, thread.id, "Every map") == []

    def test_only_visible_ideas_of_the_same_thread_are_found(self, session: Session, thread: Thread) -> None:
        other = make_consultation(session, "elsewhere").threads[0]
        make_idea(session, other, statement=MAPS)
        make_idea(session, thread, statement=MAPS, hidden_at=now())
        make_idea(session, thread, statement=MAPS, withdrawn_at=now())
        assert Similarities().find(session, thread.id, NEARLY) == []

    def test_what_changes_is_known_at_once(self, session: Session, thread: Thread) -> None:
        # Another process would do this to the same rows: what is asked each time is the database.
        known = Similarities()
        assert known.find(session, thread.id, NEARLY) == []
        idea = make_idea(session, thread, statement=MAPS)
        assert known.find(session, thread.id, NEARLY) == [idea.id]
        idea.hidden_at = now()
        session.flush()
        assert known.find(session, thread.id, NEARLY) == []
        idea.hidden_at = None
        session.flush()
        assert known.find(session, thread.id, NEARLY) == [idea.id]
        idea.statement, idea.edited_at = "Pay teachers for reviewed articles.", now()
        session.flush()
        assert known.find(session, thread.id, NEARLY) == []
        assert known.find(session, thread.id, "Teachers are paid for reviewed articles") == [idea.id]

    def test_hiding_one_and_restoring_another_is_a_change(self, session: Session, thread: Thread) -> None:
        first = make_idea(session, thread, statement=MAPS, hidden_at=now())
        second = make_idea(session, thread, statement=MAPS)
        known = Similarities()
        assert known.find(session, thread.id, NEARLY) == [second.id]
        first.hidden_at, second.hidden_at = None, now()
        session.flush()
        assert known.find(session, thread.id, NEARLY) == [first.id]

    def test_a_thread_that_grows_is_weighed_anew(self, session: Session, thread: Thread) -> None:
        known = Similarities()
        known.find(session, thread.id, NEARLY)
        for number in range(20):
            make_idea(
                session, thread, statement=f"Number {number} says something of its own, {'x' * number}."
            )
        idea = make_idea(session, thread, statement=MAPS)
        assert known.find(session, thread.id, NEARLY) == [idea.id]

    def test_nothing_has_changed_asks_the_database_once(self, session: Session, thread: Thread) -> None:
        known = Similarities()
        known.find(session, thread.id, NEARLY)
        with statements() as heard:
            known.find(session, thread.id, NEARLY)
        assert len(heard) == 1

    def test_cards_carry_the_readers_vote_and_own_words_are_not_similar(
        self, session: Session, thread: Thread
    ) -> None:
        idea = make_idea(session, thread, statement=MAPS)
        reader = make_participant(session, thread.consultation)
        make_vote(session, idea, reader, Choice.PASS)
        found = find_similar(session, thread.id, NEARLY, reader_id=reader.id, my_votes=MY_VOTES)
        assert [(card.number, card.my_choice, card.votes) for card in found] == [
            (idea.number, Choice.PASS, 1)
        ]
        same = {"reader_id": idea.author_id, "my_votes": MY_VOTES}
        assert find_similar(session, thread.id, MAPS, **same) == []
        assert len(find_similar(session, thread.id, NEARLY, **same)) == 1
