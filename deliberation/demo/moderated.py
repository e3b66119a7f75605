"""What the facilitators of the demonstration decided."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.consultations.background import BackgroundEntry, EntryKind
from deliberation.consultations.people import RoleName
from deliberation.demo.scene import Scene
from deliberation.ideas.models import Idea
from deliberation.moderation.models import ActKind, ModerationAct

TOO_HASTY = "Skarpt skrivet, men om avtalet och inte om någon person."


def add_log(session: Session, scene: Scene) -> None:
    """Write a row for each idea that is hidden, and for one that was hidden and shown again."""
    rules = dict(
        session.execute(
            select(BackgroundEntry.key, BackgroundEntry.id).where(
                BackgroundEntry.consultation_id == scene.consultation.id,
                BackgroundEntry.kind == EntryKind.RULE,
            )
        ).all()
    )
    acts: list[ModerationAct] = []
    for line, idea in zip(scene.lines, scene.ideas, strict=True):
        if line.hidden_under and idea.hidden_at:
            acts.append(
                _act(
                    ActKind.HIDE_IDEA,
                    idea,
                    rule_id=rules[line.hidden_under],
                    reason=line.hidden_because,
                    happened_at=idea.hidden_at,
                )
            )
    contested = min(
        (idea for idea in scene.ideas if idea.is_visible and idea.language == "sv" and not idea.edited_at),
        key=lambda idea: abs(idea.agrees - idea.disagrees),
    )
    hidden_at = contested.created_at + timedelta(hours=2)
    rule = rules["rule-personal-attack"]
    acts += [
        _act(
            ActKind.HIDE_IDEA,
            contested,
            rule_id=rule,
            reason="Låter som ett angrepp på en person.",
            happened_at=hidden_at,
        ),
        _act(ActKind.RESTORE_IDEA, contested, reason=TOO_HASTY, happened_at=hidden_at + timedelta(hours=1)),
    ]
    acts.sort(key=lambda act: act.happened_at)
    session.add_all(acts)


def _act(kind: ActKind, idea: Idea, **values: Any) -> ModerationAct:
    return ModerationAct(
        consultation_id=idea.consultation_id,
        kind=kind,
        role=RoleName.FACILITATOR,
        idea_id=idea.id,
        thread_id=idea.thread_id,
        details={},
        **values,
    )
