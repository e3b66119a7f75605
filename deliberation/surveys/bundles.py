"""Where anonymous answers lie: several people's together, so that nothing tells whose they are or when they
came.

A bundle is one row. New answers go into a bundle chosen by chance, at a place chosen by chance, and the whole
row is written anew; a bundle that is full is dealt into two by chance, with new keys. So neither the order in
a bundle, nor keys, nor row numbers, nor which transaction last wrote a row says more about anybody's answers
than that they are among those of a bundle: of everybody's, until there are more than `MOST`, and of at least
half as many after that. Docs/decisions says what this does not protect against.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.surveys.models import Survey, SurveyBundle

MOST: Final = 128
"""Answers in one bundle."""
_chance: Final = secrets.SystemRandom()


def put_away(session: Session, *, survey_id: int, version: int, answers: dict[str, Any]) -> None:
    """Keep the answers without their giver.

    The caller deletes what was kept with the participant in the same transaction.
    """
    _one_at_a_time(session, survey_id)
    keys = session.scalars(select(SurveyBundle.key).where(SurveyBundle.survey_id == survey_id)).all()
    given = [version, _by_key(answers)]
    if not keys:
        _bind(session, survey_id, [given])
        return
    bundle = session.get_one(SurveyBundle, _chance.choice(keys))
    content = [*bundle.content, given]
    _chance.shuffle(content)
    if len(content) <= MOST:
        bundle.content = content
    else:
        session.delete(bundle)
        session.flush()
        half = len(content) // 2
        _bind(session, survey_id, content[:half])
        _bind(session, survey_id, content[half:])
    session.flush()


def _bind(session: Session, survey_id: int, content: list[Any]) -> None:
    session.add(SurveyBundle(key=secrets.token_hex(16), survey_id=survey_id, content=content))
    session.flush()


def _by_key(answers: dict[str, Any]) -> dict[str, Any]:
    """Return the answers by key: the order in which somebody went through the pages is nobody's to know."""
    return dict(sorted(answers.items()))


def _one_at_a_time(session: Session, survey_id: int) -> None:
    """Let nobody else put answers of this survey away until this transaction ends.

    Two who were first at once would otherwise each lie alone in a bundle.
    """
    session.execute(select(Survey.id).where(Survey.id == survey_id).with_for_update(key_share=True))
