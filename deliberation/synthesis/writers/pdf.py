"""The synthesis as PDF: tagged, accessible by the rules of PDF/UA-1, set by Typst with fonts that come along.

What people wrote reaches the typesetter as data and never as its markup; it reads no file, asks nobody on the
network and knows none of the machine's fonts, so the same report is the same bytes everywhere. A character
that none of the fonts has is given by its number in brackets, and the last page says so.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import manimgx_fonts
import manimgx_fonts_cjk
import typst
from markdown_it.tree import SyntaxTreeNode

from deliberation.synthesis.writers.bars import bar_of
from deliberation.synthesis.writers.document import CitedIdea
from deliberation.synthesis.writers.outline import outline_of, standing_of
from deliberation.synthesis.writers.parts import Prose
from deliberation.synthesis.writers.prose import link_of, tree_of
from deliberation.synthesis.writers.report import Finding, MapFigure, MinorityReport, Recommendation, Report
from deliberation.synthesis.writers.text import safe_address, showable

STANDARD: Final = "ua-1"
_TEMPLATE: Final = files(__package__).joinpath("pdf.typ").read_bytes()
_MARKDOWN: Final = {
    (Prose, "markdown"),
    (Finding, "text"),
    (MinorityReport, "text"),
    (Recommendation, "why"),
    (Recommendation, "who"),
    (Recommendation, "actions"),
}
_WORDS: Final = (
    "themes", "evidence_changed", "tags", "why", "because", "who", "actions", "by_when", "reply", "contents",
)  # fmt: skip
_LANGUAGES: Final = frozenset({"language", "content_language"})
_MOST_ROUNDS: Final = 6
_FAR_EASTERN: Final = re.compile(
    "[\u1100-\u11ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
_CANNOT_SHOW: Final = re.compile(
    r'the text (?:`"(?P<shown>.*?)"` could not be displayed'
    r'|contains the disallowed codepoint `"(?P<not_allowed>.*?)"`)',
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|(.))", re.DOTALL)
_LONG_WORD: Final = re.compile(r"\S{28,}")
_BREAK: Final = "\u200b"
"""Allows a line to end within a word; no reader says it."""
_PIECE: Final = 12


class CannotTypeset(RuntimeError):
    """The typesetter refused the report. The message is its own."""


def write_pdf(report: Report) -> bytes:
    """The report as a PDF. Raises CannotTypeset."""
    unshown: set[str] = set()
    for _ in range(_MOST_ROUNDS):
        try:
            return _typeset(report, frozenset(unshown))
        except typst.TypstError as error:
            missing = set(_cannot_show(error.diagnostic))
            if not missing - unshown:
                raise CannotTypeset(error.diagnostic) from None
            unshown |= missing
    raise CannotTypeset("the fonts lack too much")


def _typeset(report: Report, unshown: frozenset[str]) -> bytes:
    content = _Content(unshown)
    data = content.report(report)
    made = typst.compile(
        _TEMPLATE,
        font_paths=_fonts(with_far_eastern=bool(_FAR_EASTERN.search(data))),
        ignore_system_fonts=True,
        sys_inputs={"report": data, "map": report.map.svg if report.map else ""},
        format="pdf",
        pdf_standards=[STANDARD],
        timestamp=int(report.dated.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=2)
def _fonts(*, with_far_eastern: bool) -> typst.Fonts:
    """The fonts that come with the typesetter and ours. The largest is read only where it is needed."""
    packages = [manimgx_fonts, manimgx_fonts_cjk] if with_far_eastern else [manimgx_fonts]
    folders = [str(Path(str(package.__file__)).parent) for package in packages]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _cannot_show(diagnostic: str) -> str:
    """The characters that a message of the typesetter says cannot be shown."""
    return "".join(
        _unescape(found["shown"] or found["not_allowed"]) for found in _CANNOT_SHOW.finditer(diagnostic)
    )


def _unescape(text: str) -> str:
    """The text that the typesetter quotes in a message."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)


class _Content:
    """The report as data for the template. `unshown` are the characters that no font has."""

    def __init__(self, unshown: frozenset[str]) -> None:
        self._numbers = {ord(character): f"[U+{ord(character):04X}]" for character in unshown}

    def report(self, report: Report) -> str:
        words = report.words
        example = min(self._numbers.values(), default="")
        data = {
            "language": _language(report.language),
            "title": self._text(report.heading).strip() or words.synthesis,
            "author": self._text(report.authors),
            "standing": self._text(standing_of(report)),
            "parts": [self._value(part) for part in outline_of(report)],
            "words": {name: getattr(words, name) for name in _WORDS},
            "page_of": words.page_of("\x02", "\x03"),
            "unshown": words.unshown(example) if example else "",
        }
        return json.dumps(data, ensure_ascii=False)

    def _value(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return [self._value(item) for item in value]
        if isinstance(value, str):
            return self._text(value)
        if is_dataclass(value):
            return self._members(value)
        # Days are said in the words beside them.
        return None if isinstance(value, date) else value

    def _members(self, value: Any) -> Mapping[str, Any]:
        members: dict[str, Any] = {"is": type(value).__name__.lower()}
        for field in fields(value):
            member = getattr(value, field.name)
            if (type(value), field.name) in _MARKDOWN:
                members[field.name] = self._nodes(tree_of(member))
            elif field.name in _LANGUAGES:
                members[field.name] = _language(member)
            elif field.name == "address":
                members[field.name] = safe_address(member)
            elif not isinstance(value, MapFigure) or field.name != "svg":
                members[field.name] = self._value(member)
        if isinstance(value, CitedIdea):
            bar = bar_of(value)
            members["bar"] = bar and [bar.agrees_end, bar.disagrees_end, bar.low, bar.high]
        return members

    def _nodes(self, node: SyntaxTreeNode) -> list[Mapping[str, Any]]:
        return [
            {
                "is": child.type,
                "text": self._text(child.content) if not child.is_nested else "",
                "address": link_of(child) if child.type == "link" else "",
                "start": child.attrs.get("start", 1) if child.type == "ordered_list" else 1,
                "inside": self._nodes(child),
            }
            for child in node.children
        ]

    def _text(self, text: str) -> str:
        return _LONG_WORD.sub(lambda found: _breakable(found[0]), showable(text)).translate(self._numbers)


def _breakable(word: str) -> str:
    """The word with places where a line may end; none within what makes one sign together."""
    pieces, since = [word[0]], 1
    for before, character in pairwise(word):
        is_joined = (
            any(unicodedata.category(one)[0] in "MC" for one in (before, character))
            or "\U0001f1e6" <= character <= "\U0001f3ff"
        )
        if not is_joined and (since >= _PIECE or before in "/?&=-"):
            pieces.append(_BREAK)
            since = 0
        pieces.append(character)
        since += 1
    return "".join(pieces)


def _language(language: str) -> str:
    """The language tag, if its first part has the form that the typesetter takes."""
    return language.lower() if re.fullmatch("[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", language) else "und"
