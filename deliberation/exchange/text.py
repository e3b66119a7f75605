"""Text in a CSV file: quoted as Polis quotes it, and harmless in a spreadsheet."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\0]")
_SHIELDED = re.compile(r"'+[=+\-@\t\r\0]")


def cell(text: str) -> str:
    """Return the text as a cell: shielded, and always in quotation marks."""
    return '"' + shielded(text).replace('"', '""') + '"'


def shielded(text: str) -> str:
    """Return the text with an apostrophe in front where a spreadsheet would take it for a formula.

    A text that looks shielded already gets one more, so that `unshielded` gives every text back.
    """
    return "'" + text if _FORMULA.match(text) else text


def unshielded(text: str) -> str:
    """Return the text that `shielded` was given."""
    return text[1:] if _SHIELDED.match(text) else text
