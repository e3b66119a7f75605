"""The working group's Markdown, read once for every format: CommonMark without raw HTML and pictures.

What looks like either is text, as on the pages. So is a text that is nested deeper than anybody reads.
"""

from collections.abc import Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from deliberation.synthesis.writers.text import safe_address, showable

_DEEPEST: Final = 16
_FURTHER: Final = 40
"""How deep is looked: the parser drops what lies deeper, so a text that reaches this far is not parsed."""
_parser = (
    MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": _FURTHER})
    .enable("strikethrough")
    .disable("image")
)
_plain = MarkdownIt("zero")


def tokens_of(markdown: str) -> Sequence[Token]:
    """The text as the parser's tokens."""
    shown = showable(markdown)
    tokens = _parser.parse(shown)
    return tokens if _depth(tokens) <= _DEEPEST else _plain.parse(shown)


def tree_of(markdown: str) -> SyntaxTreeNode:
    """The text as a tree of the parser's kinds of nodes, under a root."""
    return SyntaxTreeNode(tokens_of(markdown))


def link_of(node: SyntaxTreeNode) -> str:
    """Where a link leads: an address of the web or of mail, or nothing, where the link is not to be made."""
    address = str(node.attrs.get("href", ""))
    if address.startswith("mailto:"):
        return safe_address("https://" + address.removeprefix("mailto:")).replace("https://", "mailto:", 1)
    return safe_address(address)


def _depth(tokens: Sequence[Token]) -> int:
    inner = (child.level for token in tokens for child in token.children or ())
    return max((*(token.level for token in tokens), *inner), default=0)
