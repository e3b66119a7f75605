"""What the invented people write: the file that the demonstration is read from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deliberation.consultations.pack import read_yaml
from deliberation.demo.crowd import USUAL_PASS

CONTENT: Final = Path(__file__).parents[1] / "content"
PACK: Final = CONTENT / "alliances-and-partnerships.yaml"
SURVEY: Final = CONTENT / "surveys" / PACK.name
IDEAS: Final = CONTENT / "demo" / "ideas.yaml"


@dataclass(frozen=True, slots=True)
class Remark:
    """One comment of the script, with what was answered to it."""

    language: str
    body: str
    by_author: bool
    """Whether whoever wrote the idea says it."""
    is_withdrawn: bool
    answers: tuple["Remark", ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One idea of the script. `edited` is its first wording, where it was changed."""

    thread: int
    language: str
    statement: str
    elaboration: str
    tags: tuple[str, ...]
    leaning: tuple[float, ...]
    passes: float
    edited: str | None
    hidden_under: str | None
    hidden_because: str
    is_withdrawn: bool
    comments: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that is written: ideas in the order of the file, and suggested tags (language, name)."""

    lines: tuple[Line, ...]
    suggestions: tuple[tuple[str, str], ...]


def read_script(path: Path = IDEAS) -> Script:
    """Return the script in the file."""
    said = read_yaml(path.read_bytes())
    return Script(
        tuple(_line(idea) for idea in said["ideas"]),
        tuple((tag["language"], tag["name"]) for tag in said["suggested_tags"]),
    )


def _line(idea: dict[str, Any]) -> Line:
    hidden = idea.get("hidden") or {}
    return Line(
        thread=idea["thread"],
        language=idea["language"],
        statement=" ".join(idea["statement"].split()),
        elaboration=idea.get("elaboration", "").strip(),
        tags=tuple(idea["tags"]),
        leaning=tuple(idea["leaning"]),
        passes=idea.get("pass", USUAL_PASS),
        edited=" ".join(idea["edited"].split()) if "edited" in idea else None,
        hidden_under=hidden.get("rule"),
        hidden_because=next(iter(hidden.get("reason", {}).values()), ""),
        is_withdrawn=idea.get("withdrawn", False),
        comments=tuple(_remark(comment, idea["language"]) for comment in idea.get("comments", ())),
    )


def _remark(comment: dict[str, Any], language: str) -> Remark:
    """Return the comment; where it names no language it is in the one of what it is about."""
    language = comment.get("language", language)
    return Remark(
        language=language,
        body=comment["says"].strip(),
        by_author=comment.get("by") == "author",
        is_withdrawn=comment.get("withdrawn", False),
        answers=tuple(_remark(answer, language) for answer in comment.get("answers", ())),
    )
