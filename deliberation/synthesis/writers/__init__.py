"""A synthesis as bytes in one of several formats. Knows no table and no page; the same report always gives
the same bytes.

What a format is made with is loaded when the first file of it is written, and may be missing: then the other
formats work, and `missing_packages` says what this one lacks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import Final

from deliberation.synthesis.writers.report import Report


class Format(StrEnum):
    """The formats a synthesis can be had in; the values are what commands and addresses say."""

    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    WIKITEXT = "wikitext"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class Writer:
    """How one format is written, sent and named.

    `extension` has no dot. `takes_long` says that a visitor should not have to wait for it on a page.
    `packages` are what it is made with beyond what everything needs, each a module and the name it is
    installed by.
    """

    media_type: str
    extension: str
    function: str
    """The module in here and the function in it that writes the format."""
    takes_long: bool = False
    packages: tuple[tuple[str, str], ...] = ()

    def write(self, report: Report) -> bytes:
        """The report in this format. Raises ImportError where a package is missing."""
        module, function = self.function.split(".")
        write: Callable[[Report], bytes] = getattr(import_module(f"{__name__}.{module}"), function)
        return write(report)


_FONTS: Final = ("manimgx_fonts", "manimgx-fonts")
_OFFICE: Final = (("pypandoc", "pypandoc-binary"), ("resvg_py", "resvg-py"), _FONTS)
_PDF: Final = (("typst", "typst"), _FONTS, ("manimgx_fonts_cjk", "manimgx-fonts-cjk"))
_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument"

WRITERS: Final[Mapping[Format, Writer]] = MappingProxyType(
    {
        Format.MARKDOWN: Writer(
            media_type="text/markdown; charset=utf-8", extension="md", function="markdown.write_markdown"
        ),
        Format.HTML: Writer(
            media_type="text/html; charset=utf-8", extension="html", function="html.write_html"
        ),
        Format.PDF: Writer(
            media_type="application/pdf",
            extension="pdf",
            function="pdf.write_pdf",
            takes_long=True,
            packages=_PDF,
        ),
        Format.DOCX: Writer(
            media_type=f"{_OPEN_XML}.wordprocessingml.document",
            extension="docx",
            function="office.write_docx",
            takes_long=True,
            packages=_OFFICE,
        ),
        Format.ODT: Writer(
            media_type="application/vnd.oasis.opendocument.text",
            extension="odt",
            function="office.write_odt",
            takes_long=True,
            packages=_OFFICE,
        ),
        Format.WIKITEXT: Writer(
            media_type="text/x-wiki; charset=utf-8", extension="wiki", function="wikitext.write_wikitext"
        ),
        Format.XLSX: Writer(
            media_type=f"{_OPEN_XML}.spreadsheetml.sheet",
            extension="xlsx",
            function="xlsx.write_xlsx",
            takes_long=True,
            packages=(("xlsxwriter", "xlsxwriter"),),
        ),
        Format.CSV: Writer(
            media_type="text/csv; charset=utf-8; header=present", extension="csv", function="csv.write_csv"
        ),
        Format.JSON: Writer(media_type="application/json", extension="json", function="json.write_json"),
    }
)


def missing_packages(kind: Format) -> tuple[str, ...]:
    """The names by which to install what this format lacks here; empty where it can be written."""
    return tuple(name for module, name in WRITERS[kind].packages if find_spec(module) is None)
