"""What every format made for reading does to a text before its own escaping."""

import re
from urllib.parse import quote

_PICTURES = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)} | {0x7F: 0x2421}
_NONCHARACTERS = [
    *range(0xFDD0, 0xFDF0),
    *(plane + end for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)),
]
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_SHOWN = _PICTURES | dict.fromkeys([*range(0x80, 0xA0), *_NONCHARACTERS], 0xFFFD) | _SURROGATES

# What Python and JavaScript, and so the readers written in them, strip from the ends of a text.
_WHITE_SPACE = "\ufeff" + "".join(filter(str.isspace, map(chr, range(0x10000))))

_NEWLINE = re.compile(r"\r\n?")
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_LANGUAGE_TAG = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")


def showable(text: str) -> str:
    """The text with only such characters as a page can hold.

    Lines end with LF. Control characters are shown by their pictures (NUL as ␀); what has no picture
    (the second set of control characters, half surrogate pairs, noncharacters) by U+FFFD.
    """
    return _NEWLINE.sub("\n", text).translate(_SHOWN)


def encodable(text: str) -> str:
    """The text as it is, but for half surrogate pairs, which no encoding has: U+FFFD stands for them."""
    return text.translate(_SURROGATES) if _HALF_PAIR.search(text) else text


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a longer text, as parted by blank lines; showable, none empty."""
    return [part for part in _BLANK_LINES.split(showable(text).strip()) if part]


def split_ends(text: str) -> tuple[str, str, str]:
    """The white space before, the text without it, and the white space after.

    Whatever reads a format may drop white space at the ends, so writers that must keep it write it apart.
    """
    core = text.strip(_WHITE_SPACE)
    start = text.index(core) if core else len(text)
    return text[:start], core, text[start + len(core) :]


def character_references(text: str) -> str:
    """Every character of the text as a numeric character reference."""
    return "".join(f"&#{ord(character)};" for character in text)


def safe_address(address: str) -> str:
    """The web address with only such characters as are no markup in any format.

    Empty if it is no http or https address.
    """
    if not address.startswith(("https://", "http://")):
        return ""
    return quote(showable(address), safe=":/?#@!$&*+,;=%").replace("~", "%7E")


def language_tag(language: str) -> str:
    """The language tag if it has the form of one, else "und" (undetermined)."""
    return language if _LANGUAGE_TAG.fullmatch(language) else "und"
