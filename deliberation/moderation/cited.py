"""House rules as they read when they were cited: a rule that is changed afterwards changes no decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.base.markup import markdown_to_html
from deliberation.consultations.background import BackgroundEntry, EntryKind
from deliberation.consultations.changes import TextChange

if TYPE_CHECKING:
    from deliberation.moderation.queries import Rule

Changes = Mapping[tuple[int, str], Sequence[TextChange]]
"""What was changed of each rule in each language."""


def changes_of_rules(session: Session, consultation_id: int, since: datetime) -> Changes:
    """Return every change of a rule after that moment (one statement)."""
    found: dict[tuple[int, str], list[TextChange]] = {}
    rows = session.scalars(
        select(TextChange)
        .join(BackgroundEntry, BackgroundEntry.id == TextChange.entry_id)
        .where(
            TextChange.consultation_id == consultation_id,
            TextChange.changed_at > since,
            BackgroundEntry.kind == EntryKind.RULE,
        )
        .order_by(TextChange.changed_at.desc(), TextChange.id.desc())
    )
    for change in rows:
        found.setdefault((change.entry_id or 0, change.language), []).append(change)
    return found


def as_cited(rule: "Rule", changes: Changes, at: datetime) -> "Rule":
    """Return the rule as it read at that moment; it says of itself when it reads differently now."""
    undone: Iterable[TextChange] = changes.get((rule.id, rule.language), ())
    before: dict[str, str] = {}
    for (
        change
    ) in undone:  # the newest first, so that the oldest that came after the citation has the last word
        if change.changed_at > at:
            before |= {name: said for name, said in change.before.items() if said}
    if not before:
        return rule
    return replace(
        rule,
        title=before.get("title", rule.title),
        body_html=markdown_to_html(before["body"]) if "body" in before else rule.body_html,
        has_changed=True,
    )
