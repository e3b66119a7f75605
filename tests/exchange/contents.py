"""What a consultation holds, by numbers instead of keys, read from the tables by plain SQL of its own."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

Rows = list[tuple[Any, ...]]

_CONTENTS = {
    "texts": "SELECT t.language, t.title, t.kicker, t.introduction, t.introduction_html, t.organiser,"
    " t.is_translation FROM consultation_texts t WHERE t.consultation_id = :here",
    "consultation": "SELECT source_language, created_at FROM consultations WHERE id = :here",
    "threads": "SELECT number, locked_at FROM threads WHERE consultation_id = :here",
    "questions": "SELECT h.number, t.language, t.question, t.lead, t.is_translation FROM thread_texts t"
    " JOIN threads h ON h.id = t.thread_id WHERE h.consultation_id = :here",
    "background": "SELECT e.key, e.kind, e.position, t.language, t.title, t.body, t.body_html,"
    " CAST(t.forms AS TEXT), t.is_translation"
    " FROM background_entries e JOIN background_texts t ON t.entry_id = e.id WHERE e.consultation_id = :here",
    "participants": "SELECT p.number, p.joined_at, p.is_guest, w.number AS merged_into FROM participants p"
    " LEFT JOIN participants w ON w.id = p.merged_into_id WHERE p.consultation_id = :here",
    "ideas": "SELECT i.number, h.number AS thread, p.number AS author, i.language, i.statement,"
    " i.elaboration, i.elaboration_html, i.agrees, i.disagrees, i.passes, i.created_at, i.edited_at,"
    " i.withdrawn_at, i.hidden_at, i.waits_since, i.accepted_at, i.is_seed, i.is_meta, i.exposures,"
    " i.merged_at, w.number AS merged_into"
    " FROM ideas i JOIN threads h ON h.id = i.thread_id JOIN participants p ON p.id = i.author_id"
    " LEFT JOIN ideas w ON w.id = i.merged_into_id"
    " WHERE i.consultation_id = :here",
    "wordings": "SELECT i.number AS idea, r.number, r.language, r.statement, r.elaboration, r.created_at"
    " FROM idea_revisions r JOIN ideas i ON i.id = r.idea_id WHERE i.consultation_id = :here",
    "votes": "SELECT i.number AS idea, p.number, v.choice, v.previous, v.cast_at, o.number AS origin"
    " FROM votes v LEFT JOIN ideas o ON o.id = v.origin_id"
    " JOIN ideas i ON i.id = v.idea_id JOIN participants p ON p.id = v.participant_id"
    " WHERE i.consultation_id = :here",
    "tags": 'SELECT t.key, t."group", t.status, into_tag.key AS into_key, living.key AS living_key, p.number,'
    " t.created_at, n.language, n.name, n.folded, n.is_translation FROM tags t"
    " JOIN tag_names n ON n.tag_id = t.id"
    " LEFT JOIN tags into_tag ON into_tag.id = t.merged_into_id"
    " LEFT JOIN tags living ON living.id = t.lives_as_id"
    " LEFT JOIN participants p ON p.id = t.suggested_by_id WHERE t.consultation_id = :here",
    "tag uses": "SELECT i.number AS idea, t.key, p.number, u.applied_at, o.number AS origin"
    " FROM idea_tags u LEFT JOIN ideas o ON o.id = u.origin_id"
    " JOIN ideas i ON i.id = u.idea_id JOIN tags t ON t.id = u.tag_id"
    " JOIN participants p ON p.id = u.participant_id WHERE i.consultation_id = :here",
    "votes set aside": "SELECT i.number AS idea, p.number, v.choice, v.previous, v.cast_at"
    " FROM set_aside_votes v JOIN ideas i ON i.id = v.idea_id JOIN participants p ON p.id = v.participant_id"
    " WHERE i.consultation_id = :here",
    "merge proposals": "SELECT i.number AS idea, o.number AS other, p.number, m.note, m.created_at,"
    " m.outcome, m.settled_at FROM merge_proposals m JOIN ideas i ON i.id = m.idea_id"
    " JOIN ideas o ON o.id = m.other_id JOIN participants p ON p.id = m.proposed_by_id"
    " WHERE m.consultation_id = :here",
    "exposures": "SELECT i.number AS idea, p.number, e.first_shown_at FROM exposures e"
    " JOIN ideas i ON i.id = e.idea_id JOIN participants p ON p.id = e.participant_id"
    " WHERE i.consultation_id = :here",
    "comments": "SELECT c.number, i.number AS idea, o.number AS origin, a.number AS answers,"
    " p.number AS author, c.language, c.body, c.body_html, c.created_at, c.edited_at, c.withdrawn_at,"
    " c.hidden_at FROM comments c JOIN ideas i ON i.id = c.idea_id JOIN participants p ON p.id = c.author_id"
    " LEFT JOIN ideas o ON o.id = c.origin_id LEFT JOIN comments a ON a.id = c.parent_id"
    " WHERE c.consultation_id = :here",
    "comments' wordings": "SELECT c.number, r.number AS wording, r.language, r.body, r.created_at"
    " FROM comment_revisions r JOIN comments c ON c.id = r.comment_id WHERE c.consultation_id = :here",
}
_JOURNAL = (
    "SELECT i.number AS idea, p.number, e.choice, e.happened_at, o.number AS merged_with"
    " FROM vote_events e LEFT JOIN ideas o ON o.id = e.merged_with_id"
    " JOIN ideas i ON i.id = e.idea_id JOIN participants p ON p.id = e.participant_id"
    " WHERE i.consultation_id = :here ORDER BY i.number, p.number, e.id"
)
_LOG = (
    "SELECT a.kind, a.role, i.number AS idea, h.number AS thread, t.key AS tag, b.key AS rule,"
    " c.number AS remark, a.reason,"
    " CAST(a.details AS TEXT), a.happened_at FROM moderation_acts a LEFT JOIN ideas i ON i.id = a.idea_id"
    " LEFT JOIN threads h ON h.id = a.thread_id LEFT JOIN tags t ON t.id = a.tag_id"
    " LEFT JOIN comments c ON c.id = a.comment_id"
    " LEFT JOIN background_entries b ON b.id = a.rule_id WHERE a.consultation_id = :here ORDER BY a.id"
)


def contents_of(session: Session, consultation_id: int) -> dict[str, Rows]:
    """Everything, by table; the journal in its order for each vote, the log in its order, the rest sorted."""
    session.flush()
    here = {"here": consultation_id}
    found = {
        name: sorted((tuple(row) for row in session.execute(text(query), here)), key=repr)
        for name, query in _CONTENTS.items()
    }
    found["journal"] = [tuple(row) for row in session.execute(text(_JOURNAL), here)]
    found["log"] = [tuple(row) for row in session.execute(text(_LOG), here)]
    return found
