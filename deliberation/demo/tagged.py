"""Tags that the invented people put on ideas, and the ones they suggest."""

from datetime import timedelta
from random import Random
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from deliberation.base.text import folded
from deliberation.consultations.models import Consultation
from deliberation.demo.scene import Scene
from deliberation.ideas.models import Idea
from deliberation.tags.models import IdeaTag, Tag, TagName, TagStatus

MOST_FOLLOWERS: Final = 7


def add_tags(session: Session, scene: Scene, rng: Random) -> None:
    """Tag each idea as its line says, by its author and a few others, and add the suggestions."""
    tags = dict(
        session.execute(select(Tag.key, Tag.id).where(Tag.consultation_id == scene.consultation.id)).all()
    )
    rows = []
    for line, idea in zip(scene.lines, scene.ideas, strict=True):
        present = [person for person in scene.participants if person.joined_at < idea.created_at]
        for key in line.tags:
            followers = rng.sample(present, min(len(present), rng.randint(0, MOST_FOLLOWERS)))
            for person_id in dict.fromkeys([idea.author_id, *(person.id for person in followers)]):
                later = timedelta(minutes=rng.randint(1, 600))
                rows.append(
                    {
                        "idea_id": idea.id,
                        "tag_id": tags[key],
                        "participant_id": person_id,
                        "applied_at": idea.created_at + later,
                    }
                )
    visible = [idea for idea in scene.ideas if idea.is_visible]
    for position, (language, name) in enumerate(scene.script.suggestions, start=1):
        idea = rng.choice([idea for idea in visible if idea.language == language])
        tag = _suggest(
            session, scene.consultation, idea, language=language, name=name, key=f"suggestion-{position}"
        )
        rows.append(
            {
                "idea_id": idea.id,
                "tag_id": tag.id,
                "participant_id": idea.author_id,
                "applied_at": tag.created_at,
            }
        )
    session.execute(insert(IdeaTag), rows)


def _suggest(
    session: Session, consultation: Consultation, idea: Idea, *, language: str, name: str, key: str
) -> Tag:
    tag = Tag(
        consultation_id=consultation.id,
        key=key,
        status=TagStatus.SUGGESTED,
        suggested_by_id=idea.author_id,
        created_at=idea.created_at + timedelta(minutes=3),
    )
    tag.names = [
        TagName(
            language=language,
            consultation_id=consultation.id,
            name=name,
            folded=folded(name),
            is_translation=False,
        )
    ]
    session.add(tag)
    session.flush()
    return tag
