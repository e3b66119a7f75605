"""What the invented people say to each other about some ideas."""

from datetime import datetime, timedelta
from itertools import count
from random import Random

from sqlalchemy.orm import Session

from deliberation.base.markup import markdown_to_html
from deliberation.comments.models import Comment, CommentRevision
from deliberation.consultations.people import Participant
from deliberation.demo.scene import Scene
from deliberation.demo.script import Remark
from deliberation.ideas.models import Idea


def add_comments(session: Session, scene: Scene, rng: Random) -> None:
    """Write the comments of the script under their ideas, each a while after the one before."""
    written: list[Comment] = []
    for line, idea in zip(scene.lines, scene.ideas, strict=True):
        crowd = [person for person in scene.participants if person.joined_at < idea.created_at]
        for remark in line.comments:
            after = written[-1].created_at if written and written[-1].idea is idea else idea.created_at
            written += _spoken(rng, crowd, idea, remark, after=after)
    written.sort(key=lambda comment: comment.created_at)
    for number, comment in zip(count(1), written, strict=False):
        comment.number = number
    session.add_all(written)
    session.flush()


def _spoken(
    rng: Random,
    crowd: list[Participant],
    idea: Idea,
    remark: Remark,
    *,
    after: datetime,
    parent: Comment | None = None,
) -> list[Comment]:
    """Make the comment and all its answers."""
    comment = Comment(
        consultation_id=idea.consultation_id,
        idea=idea,
        parent=parent,
        author=idea.author if remark.by_author else rng.choice(crowd),
        language=remark.language,
        body=remark.body,
        body_html=markdown_to_html(remark.body),
        created_at=after + timedelta(minutes=rng.randint(20, 300)),
    )
    if remark.is_withdrawn:
        comment.withdrawn_at = comment.created_at + timedelta(hours=7)
    comment.revisions = [
        CommentRevision(number=1, language=remark.language, body=remark.body, created_at=comment.created_at)
    ]
    made = [comment]
    for answer in remark.answers:
        made += _spoken(rng, crowd, idea, answer, after=made[-1].created_at, parent=comment)
    return made
