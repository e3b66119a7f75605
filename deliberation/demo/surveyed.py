"""What the invented people answer in the survey: it goes with how they vote."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from deliberation.consultations.pack import read_yaml
from deliberation.demo.crowd import Person
from deliberation.demo.scene import Scene
from deliberation.demo.script import CONTENT
from deliberation.surveys.models import Survey, SurveySheet
from deliberation.surveys.queries import definition_in
from deliberation.surveys.route import route_of

WORDS: Final = CONTENT / "demo" / "survey.yaml"
ANSWERING: Final = 0.66
DECLINES: Final = 0.03
Weights = dict[str, Sequence[float]]
"""How likely each option is, for each of the three groups."""

ROLES: Final[Weights] = {
    "editor": (0.42, 0.55, 0.3),
    "affiliate": (0.16, 0.14, 0.16),
    "staff": (0.05, 0.03, 0.22),
    "glam": (0.2, 0.06, 0.06),
    "education": (0.08, 0.09, 0.12),
    "reader": (0.09, 0.13, 0.14),
}
LANGUAGES: Final[Weights] = {
    "swedish": (0.82, 0.74, 0.55),
    "english": (0.5, 0.46, 0.78),
    "finnish": (0.09, 0.11, 0.05),
    "norwegian-danish": (0.1, 0.12, 0.06),
    "sami": (0.02, 0.07, 0.01),
    "arabic": (0.03, 0.06, 0.05),
    "spanish": (0.06, 0.05, 0.09),
    "german": (0.08, 0.06, 0.13),
}
PARTS: Final[Weights] = {
    "started": (0.25, 0.2, 0.4),
    "coordinated": (0.35, 0.2, 0.45),
    "contributed": (0.65, 0.75, 0.45),
    "taught": (0.4, 0.35, 0.3),
    "funded": (0.12, 0.06, 0.35),
}
TYPES: Final[Weights] = {
    "libraries": (3.4, 1.6, 1.0),
    "museums": (3.8, 1.4, 1.0),
    "universities": (1.4, 1.6, 1.8),
    "schools": (1.2, 2.2, 1.4),
    "free-knowledge": (1.0, 3.0, 1.6),
    "technology": (0.3, 0.3, 2.8),
    "public-bodies": (0.8, 0.6, 1.8),
}
OTHER_ROLES: Final = ("Utvecklar verktyg", "I take photographs", "Pensionerad bibliotekarie", "Translator")
MEANS: Final = {"ease": (3.3, 2.4, 2.9), "support": (2.9, 2.0, 3.3), "companies": (3.1, 2.2, 5.6)}
SPREAD: Final = 1.1


def add_answers(session: Session, scene: Scene, survey: Survey, rng: Random) -> None:
    """Let two in three answer the survey."""
    definition = definition_in(session, survey)
    words = read_yaml(WORDS.read_bytes())
    texts = {key: {group: _texts(words[key], group) for group in range(3)} for key in ("story", "missing")}
    rows = []
    for person, participant in zip(scene.people, scene.participants, strict=True):
        # The one with an account is there to answer it themselves.
        if participant.account_id is not None or rng.random() > ANSWERING:
            continue
        answers = route_of(definition, _answers(person, rng, texts)).kept
        rows.append(
            {
                "survey_id": survey.id,
                "participant_id": participant.id,
                "answers": dict(answers),
                "version": 1,
                "is_handed_in": True,
            }
        )
    session.execute(insert(SurveySheet), rows)


def _answers(person: Person, rng: Random, texts: dict[str, dict[int, list[str]]]) -> dict[str, Any]:
    group = person.group
    said: dict[str, Any] = {
        "role": _one(ROLES, group, rng),
        "languages": _some(LANGUAGES, group, rng),
        "years": str(min(24, max(0, round(rng.gammavariate(2.2, (3.4, 3.9, 2.8)[group]))))),
        "partnered": rng.random() < (0.62, 0.38, 0.6)[group],
        "part": _some(PARTS, group, rng),
        "types": _ranked(TYPES, group, rng),
        "follow-up": rng.random() < (0.55, 0.4, 0.62)[group],
    }
    for key, means in MEANS.items():
        most = 7 if key == "companies" else 5
        said[key] = min(most, max(1, round(rng.gauss(means[group], SPREAD))))
    for key in ("role", "languages", "years", *MEANS):
        if rng.random() < DECLINES:
            said[key] = None
    if rng.random() < DECLINES:
        said["role"] = {"other": rng.choice(OTHER_ROLES)}
    for key in [key for key in ("partnered", "types", "follow-up", *MEANS) if rng.random() < 2 * DECLINES]:
        del said[key]
    for key, by_group in texts.items():
        if by_group[group] and rng.random() < 0.3 and (key != "story" or said.get("partnered")):
            said[key] = by_group[group].pop()
    return said


def _one(weights: Weights, group: int, rng: Random) -> str:
    return rng.choices(list(weights), [each[group] for each in weights.values()])[0]


def _some(weights: Weights, group: int, rng: Random) -> list[str]:
    return [key for key, each in weights.items() if rng.random() < each[group]] or [max(weights)]


def _ranked(weights: Weights, group: int, rng: Random) -> list[str]:
    left, order = dict(weights), []
    for _ in range(rng.choice((3, 3, 5, 5, 5))):
        order.append(_one(left, group, rng))
        del left[order[-1]]
    return order


def _texts(said: Sequence[dict[str, Any]], group: int) -> list[str]:
    return [one["says"] for one in said if one["group"] == group]
