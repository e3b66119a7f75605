"""The remarks of a dossier become comments."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from deliberation.base.markup import markdown_to_html
from deliberation.comments.models import Comment, CommentRevision
from deliberation.consultations.models import Consultation
from deliberation.exchange.dossier import Dossier, RemarkRecord
from deliberation.exchange.storing_votes import Numbered


def add_remarks(
    session: Session, consultation: Consultation, dossier: Dossier, *, people: Numbered, ideas: Numbered
) -> Mapping[int, int]:
    """Add the comments and their wordings, and return their keys by number."""
    keys: dict[int, int] = {}
    for remark in dossier.remarks:
        comment = _comment(remark, consultation, people, ideas)
        comment.parent_id = None if remark.answers is None else keys[remark.answers]
        session.add(comment)
        session.flush()
        keys[remark.number] = comment.id
    return keys


def _comment(remark: RemarkRecord, consultation: Consultation, people: Numbered, ideas: Numbered) -> Comment:
    body = remark.wordings[-1].body
    comment = Comment(
        consultation_id=consultation.id,
        idea_id=ideas[remark.idea],
        origin_id=None if remark.origin is None else ideas[remark.origin],
        author_id=people[remark.author],
        number=remark.number,
        language=remark.language,
        body=body,
        body_html=markdown_to_html(body),
        created_at=remark.created_at,
        edited_at=remark.edited_at,
        withdrawn_at=remark.withdrawn_at,
        hidden_at=remark.hidden_at,
    )
    comment.revisions = [
        CommentRevision(number=number, **wording._asdict())
        for number, wording in enumerate(remark.wordings, start=1)
    ]
    return comment
