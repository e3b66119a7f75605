"""A consultation with an idea, and somebody to talk about it."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy.orm import Session

from deliberation.comments.models import Comment
from deliberation.comments.service import Posting, edit_comment, post_comment
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from tests import factories


@dataclass
class Talk:
    """What the tests of this room stand on."""

    session: Session
    consultation: Consultation
    idea: Idea

    def post(self, body: str = "Which trees?", **more: object) -> Posting:
        """Comment on the idea, as a new person unless `account_id` says who."""
        given: dict[str, Any] = {"idea": self.idea, "language": "en", "body": body, **more}
        given.setdefault("account_id", factories.make_account(self.session).id)
        return post_comment(self.session, consultation=self.consultation, **given)

    def edit(self, comment: Comment, body: str, revision: int = 1) -> Comment:
        """Change the comment as its author."""
        return edit_comment(
            self.session, consultation=self.consultation, comment=comment,
            by=self.session.get_one(Participant, comment.author_id), revision=revision, body=body,
            language="en",
        )  # fmt: skip


@pytest.fixture
def talk(session: Session) -> Talk:
    consultation = factories.make_consultation(session)
    idea = factories.make_idea(session, consultation.threads[0])
    session.commit()
    return Talk(session, consultation, idea)
