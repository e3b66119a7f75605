"""What changed between two wordings, word by word. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

# Writing without spaces changes by the character; everything else by the word, the space and the sign.
_PIECES: Final = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|\s+|[^\W\u3040-\u30ff\u3400-\u9fff]+|.", re.S
)


class Fate(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Passage:
    """Some words, spaces included, that had the same fate."""

    fate: Fate
    words: str


def changes(before: str, after: str) -> Sequence[Passage]:
    """Return the passages of both texts in reading order, what was removed before what was added.

    Those kept and removed make up `before`, those kept and added `after`, to the character.
    """
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    passages: list[Passage] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            passages.append(Passage(Fate.KEPT, "".join(old[i:j])))
            continue
        if j > i:
            passages.append(Passage(Fate.REMOVED, "".join(old[i:j])))
        if m > k:
            passages.append(Passage(Fate.ADDED, "".join(new[k:m])))
    return _joined(passages)


def _joined(passages: Sequence[Passage]) -> Sequence[Passage]:
    """Return the passages with no lone space kept between two changes: it only breaks them up."""
    joined: list[Passage] = []
    for position, passage in enumerate(passages):
        is_lone = passage.fate is Fate.KEPT and not passage.words.strip()
        if is_lone and 0 < position < len(passages) - 1:
            joined += [Passage(Fate.REMOVED, passage.words), Passage(Fate.ADDED, passage.words)]
        else:
            joined.append(passage)
    merged: list[Passage] = []
    run: dict[Fate, str] = {}
    for passage in [*joined, Passage(Fate.KEPT, "")]:
        if passage.fate is not Fate.KEPT:
            run[passage.fate] = run.get(passage.fate, "") + passage.words
            continue
        merged += [Passage(fate, run[fate]) for fate in (Fate.REMOVED, Fate.ADDED) if fate in run]
        run = {}
        if passage.words:
            merged.append(passage)
    return merged
