"""The HTML that Markdown became, as plain text: for documents whose formats have markup of their own."""

import re
from html.parser import HTMLParser

_PARAGRAPHS = frozenset({"p", "h3", "h4", "pre", "blockquote", "ul", "ol", "hr"})
_DASH = "– "
_SPACE = re.compile(r"[ \t\r\n]+")
_LINE_END = re.compile(r" *\n *")
_BLANK_LINES = re.compile(r"\n{3,}")
_LONELY_DASH = re.compile(r"^–\n+", re.MULTILINE)


def plain_text(html: str) -> str:
    """Return the text of the HTML: paragraphs parted by a blank line, a dash before each item of a list,
    and the address of a link in brackets after its words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = _LINE_END.sub("\n", "".join(reader.parts))
    return _BLANK_LINES.sub("\n\n", _LONELY_DASH.sub(_DASH, lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag == "li":
            self.parts.append(f"\n{_DASH}")
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.parts)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag == "a" and self._links:
            address, start = self._links.pop()
            if address and address != "".join(self.parts[start:]).strip():
                self.parts.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        # Lines in the source are not lines on the page: only the markup parts them.
        self.parts.append(_SPACE.sub(" ", data))
