"""Reading written files as programs do that know nothing of the writers."""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from markdown_it.tree import SyntaxTreeNode
from pypdf import PdfReader

from deliberation.synthesis.writers import WRITERS, Format
from deliberation.synthesis.writers.prose import tree_of
from deliberation.synthesis.writers.report import Report

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
BREAKS = "\u200b\u00ad"
"""Where the PDF lets a line end within a word."""
CODE_POINT = re.compile(r"\[U\+([0-9A-F]{4,6})\]")


def written(report: Report, form: Format) -> bytes:
    """The report in the format."""
    return WRITERS[form].write(report)


def docx_text(content: bytes) -> str:
    """All text of a DOCX, a line break where the document has one."""
    root = ET.fromstring(_part(content, "word/document.xml"))
    return "".join(_docx_pieces(root))


def odt_text(content: bytes) -> str:
    """All text of an ODT, with its spaces, tabulators and line breaks."""
    root = ET.fromstring(_part(content, "content.xml"))
    return "".join(_odt_pieces(root))


def pdf_text(content: bytes) -> str:
    """All text of a PDF in its reading order."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def prose_text(markdown: str) -> str:
    """What a reader sees of a text in Markdown."""
    return "".join(_prose_pieces(tree_of(markdown)))


def unescaped_cell(text: str) -> str:
    """A cell's text with the signs that its format writes by their numbers."""
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


def squeezed(text: str) -> str:
    """The text without white space and without what only says where lines may end."""
    return re.sub(rf"[\s{BREAKS}]+", "", text)


def _part(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def _docx_pieces(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        if element.tag == f"{WORD}t":
            yield element.text or ""
        elif element.tag in (f"{WORD}br", f"{WORD}p"):
            yield "\n"
        elif element.tag == f"{WORD}tab":
            yield "\t"


def _prose_pieces(node: SyntaxTreeNode) -> Iterator[str]:
    if node.type in ("softbreak", "hardbreak"):
        yield "\n"
    elif node.children or node.is_root or node.is_nested:
        for child in node.children:
            yield from _prose_pieces(child)
    else:
        yield node.content


def _odt_pieces(element: ET.Element) -> Iterator[str]:
    if element.tag == f"{ODF_TEXT}s":
        yield " " * int(element.attrib.get(f"{ODF_TEXT}c", "1"))
    elif element.tag in (f"{ODF_TEXT}line-break", f"{ODF_TEXT}p", f"{ODF_TEXT}h"):
        yield "\n"
    elif element.tag == f"{ODF_TEXT}tab":
        yield "\t"
    yield element.text or ""
    for child in element:
        yield from _odt_pieces(child)
        yield child.tail or ""
