"""Many people comment, answer and change at once, on real connections that commit."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.base.database import is_sqlite
from deliberation.base.errors import Conflict
from deliberation.comments.models import Comment, CommentRevision
from deliberation.comments.service import edit_comment, post_comment, withdraw_comment
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.web.extensions import db
from tests.at_once import at_once, done_by
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.factories import make_account, make_comment, make_consultation, make_idea

AT_ONCE = 8
ROUNDS = 10
Act = Callable[[Session, int], object]


class Square:
    """A database with an idea, a comment under it, and people to talk at once."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with Session(engine) as session:
            consultation = make_consultation(session)
            idea = make_idea(session, consultation.threads[0])
            self.consultation_id, self.idea_id = consultation.id, idea.id
            self.accounts = [make_account(session).id for _ in range(AT_ONCE)]
            session.commit()

    def comment(self) -> int:
        """Write a comment that nobody has answered; return its key."""
        with Session(self.engine) as session:
            comment = make_comment(session, session.get_one(Idea, self.idea_id))
            session.commit()
            return comment.id

    def at_once(self, *acts: Act) -> list[bool]:
        """Do them in transactions of their own at the same moment; say which were not refused."""
        each = acts if len(acts) > 1 else acts * AT_ONCE
        told = at_once(self.engine, *map(done_by, each, range(len(each))))
        assert all(isinstance(error, Conflict | None) for error in told), told
        return [error is None for error in told]

    def post(self, body: str, *, account: int | None = None, answers: int | None = None) -> Act:
        """Return the act of writing it: everybody their own, or all as one account."""

        def act(session: Session, position: int) -> object:
            return post_comment(
                session, consultation=session.get_one(Consultation, self.consultation_id),
                idea=session.get_one(Idea, self.idea_id), body=body, language="en",
                account_id=self.accounts[position] if account is None else account,
                answers=session.get_one(Comment, answers) if answers else None,
            )  # fmt: skip

        return act

    def edit(self, comment_id: int) -> Act:
        """Return the act of changing it from its first wording."""

        def act(session: Session, position: int) -> object:
            comment = session.get_one(Comment, comment_id)
            return edit_comment(
                session, consultation=session.get_one(Consultation, self.consultation_id), comment=comment,
                by=session.get_one(Participant, comment.author_id), revision=1, body=f"Wording {position}",
                language="en",
            )  # fmt: skip

        return act

    def withdraw(self, comment_id: int) -> Act:
        """Return the act of withdrawing it."""

        def act(session: Session, position: int) -> object:
            comment = session.get_one(Comment, comment_id)
            return withdraw_comment(session, comment=comment, by=comment.author)

        return act

    def ask(self, statement: object) -> object:
        """Return the one value that the statement finds."""
        with Session(self.engine) as session:
            return session.scalar(statement)  # type: ignore[call-overload]


@pytest.fixture(params=DATABASES)
def square(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Square]:
    app = create_app(make_config(make_database(request.param, tmp_path, "talking"), tmp_path))
    migrate(app)
    with app.app_context():
        yield Square(db.engine)
        db.engine.dispose()


def test_comments_posted_at_once_get_numbers_of_their_own(square: Square) -> None:
    for round_number in range(ROUNDS):
        assert all(square.at_once(square.post(f"Words {round_number}")))
    with Session(square.engine) as session:
        numbers = sorted(session.scalars(select(Comment.number)))
    assert numbers == list(range(1, AT_ONCE * ROUNDS + 1))


def test_the_same_form_sent_many_times_at_once_makes_one(square: Square) -> None:
    for round_number in range(ROUNDS):
        send = square.post(f"Words {round_number}", account=square.accounts[0])
        assert all(square.at_once(send))
    assert square.ask(select(func.count(Comment.id))) == ROUNDS


def test_of_edits_made_at_once_on_one_wording_one_is_saved(square: Square) -> None:
    for _ in range(ROUNDS):
        comment = square.comment()
        assert square.at_once(square.edit(comment)).count(True) == 1
        revisions = select(func.count()).where(CommentRevision.comment_id == comment)
        assert square.ask(revisions) == 2


def test_what_is_answered_is_not_changed_under_the_answer(square: Square) -> None:
    """Whichever comes first: no wording is younger than the first answer to it."""
    for round_number in range(3 * ROUNDS):
        comment = square.comment()
        _edited, answered = square.at_once(
            square.edit(comment), square.post(f"No {round_number}", answers=comment)
        )
        assert answered
        with Session(square.engine) as session:
            newest = session.scalar(
                select(func.max(CommentRevision.created_at)).where(CommentRevision.comment_id == comment)
            )
            answer = session.scalars(select(Comment).where(Comment.parent_id == comment)).one()
            assert newest is not None
            assert newest < answer.created_at


def test_control_an_edit_that_does_not_wait_changes_what_was_answered(square: Square) -> None:
    if is_sqlite(square.engine):
        pytest.skip("writers on SQLite are alone from their first statement: there is no such race")
    comment, looked = square.comment(), Barrier(2)

    def edit_late(session: Session, position: int) -> None:
        found = session.get_one(Comment, comment)
        answers = session.scalar(select(func.count()).where(Comment.parent_id == comment))
        looked.wait()
        looked.wait()
        assert answers == 0
        found.edited_at = now()

    def answer_between(session: Session, position: int) -> None:
        looked.wait()
        square.post("No", answers=comment)(session, position)
        session.commit()
        looked.wait()

    assert square.at_once(edit_late, answer_between) == [True, True]
    with Session(square.engine) as session:
        answer = session.scalars(select(Comment).where(Comment.parent_id == comment)).one()
        edited_at = session.get_one(Comment, comment).edited_at
        assert edited_at is not None
        assert edited_at > answer.created_at


def test_nobody_answers_what_was_withdrawn_before(square: Square) -> None:
    for round_number in range(3 * ROUNDS):
        comment = square.comment()
        square.at_once(square.withdraw(comment), square.post(f"No {round_number}", answers=comment))
        with Session(square.engine) as session:
            gone = session.get_one(Comment, comment).withdrawn_at
            answer = session.scalars(select(Comment).where(Comment.parent_id == comment)).one_or_none()
            assert gone is not None
            assert answer is None or answer.created_at < gone
