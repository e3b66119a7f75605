"""Markdown as people write it, to HTML that is safe to show. The only way text becomes markup."""

from typing import Final

import nh3
from markdown_it import MarkdownIt

_TAGS: Final = {
    "a", "blockquote", "br", "code", "em", "h3", "h4", "hr", "li", "ol", "p", "pre", "s", "strong", "ul",
}  # fmt: skip
_ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES: Final = {"http", "https", "mailto"}
_HEADINGS: Final = {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}

_parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("strikethrough").disable("image")


def markdown_to_html(text: str) -> str:
    """Return `text` as HTML of a narrow allow-list: no images, no HTML; web and mail links only.

    Headings are brought below the page's own. Links to other sites give no referrer and no rank.
    """
    tokens = _parser.parse(text)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
    rendered = _parser.renderer.render(tokens, _parser.options, {})
    return nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        attribute_filter=_drop_ambiguous_links,
        link_rel="nofollow noopener noreferrer",
        strip_comments=True,
    ).strip()


def _drop_ambiguous_links(_tag: str, attribute: str, value: str) -> str | None:
    # "//host" and "/\host" take the reader elsewhere while they look like a local path.
    if attribute == "href" and value.replace("\\", "/").lstrip().startswith("//"):
        return None
    return value
