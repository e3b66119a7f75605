"""A synthesis as bytes in one of several formats. Knows no table and no page; the same document always
gives the same bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from deliberation.synthesis.writers.before.csv import write_csv
from deliberation.synthesis.writers.before.html import write_html
from deliberation.synthesis.writers.before.json import write_json
from deliberation.synthesis.writers.before.markdown import write_markdown
from deliberation.synthesis.writers.before.wikitext import write_wikitext
from deliberation.synthesis.writers.document import Document


class Format(StrEnum):
    """The formats a synthesis can be had in; the values are what commands and addresses say."""

    MARKDOWN = "markdown"
    HTML = "html"
    WIKITEXT = "wikitext"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True)
class Writer:
    """How one format is written, sent and named. `extension` has no dot."""

    media_type: str
    extension: str
    write: Callable[[Document], bytes]


WRITERS: Mapping[Format, Writer] = MappingProxyType(
    {
        Format.MARKDOWN: Writer("text/markdown; charset=utf-8", "md", write_markdown),
        Format.HTML: Writer("text/html; charset=utf-8", "html", write_html),
        Format.WIKITEXT: Writer("text/x-wiki; charset=utf-8", "wiki", write_wikitext),
        Format.CSV: Writer("text/csv; charset=utf-8; header=present", "csv", write_csv),
        Format.JSON: Writer("application/json", "json", write_json),
    }
)
