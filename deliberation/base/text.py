"""Plain text as people write it: cleaned, compared and shortened."""

import re
import unicodedata
from typing import Final

_LINE_BREAKS: Final = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES: Final = re.compile(r"[^\S\n]+")
_JOINERS: Final = "\u200c\u200d"
_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")

# Look-alikes that pass for Latin letters; enough to stop one name being worn by two people.
_LOOK_ALIKES: Final = {
    ord(other): latin
    for other, latin in zip("аеорсухіјѕԁһԛԝαενοικρτυχ", "aeopcyxijsdhqwaevoikptux", strict=True)
}


def clean_line(text: str) -> str:
    """Return `text` as one line: NFC, no control or invisible direction characters, single spaces."""
    return " ".join(clean_text(text).split())


def clean_text(text: str) -> str:
    """Return `text` in NFC with plain line breaks and without control and direction characters."""
    text = unicodedata.normalize("NFC", _LINE_BREAKS.sub("\n", text))
    kept = (c for c in text if c in "\n\t" or _is_visible(c))
    lines = (_SPACES.sub(" ", line).rstrip() for line in "".join(kept).split("\n"))
    return "\n".join(lines).strip("\n ")


def clean_name(text: str) -> str:
    """Return a name or label in NFKC, as one line, with no invisible characters at all."""
    text = unicodedata.normalize("NFKC", clean_line(text))
    return " ".join("".join(c for c in text if c not in _JOINERS).split())


def folded(name: str) -> str:
    """Return the key under which look-alike spellings of a name are the same name."""
    text = clean_name(name).casefold().translate(_LOOK_ALIKES)
    return unicodedata.normalize("NFC", " ".join(text.replace("-", " ").split()))


def shortened(text: str, length: int) -> str:
    """Return at most `length` characters of one line, cut at a word where there is one, with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > length // 2 else cut).rstrip(" ,.;:–-") + "…"


def _is_visible(character: str) -> bool:
    if character in _BIDI:
        return False
    category = unicodedata.category(character)
    # Format characters (Cf) go, but for the joiners that Persian, Indic scripts and emoji are written with.
    return category not in {"Cc", "Cs", "Co", "Cn"} and (category != "Cf" or character in _JOINERS)
