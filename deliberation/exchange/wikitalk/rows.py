"""Posts of a talk page become rows of an import: what is an idea, what a comment. Pure."""

import re
from collections.abc import Sequence
from typing import Final

from deliberation.exchange.drafts.rows import Row, RowKind, split_statement
from deliberation.exchange.wikitalk.plain import as_markdown
from deliberation.exchange.wikitalk.records import Post

_ADDRESS: Final = re.compile(r"<(https?://[^<>\s]+)>")
"""An address as Markdown marks it; a statement is plain text."""


def rows_of(posts: Sequence[Post], *, thread: int, language: str) -> list[Row]:
    """Return a row for each post, all in one thread and language, for a facilitator to correct.

    The opening of a section is an idea, and so is a top-level bullet; the rest are comments. An opening
    that nobody signed, with bullets under it, introduces them: it is left out and the bullets are ideas.
    """
    introductions = _introductions(posts)
    return [_row(post, introductions, thread, language) for post in posts]


def _introductions(posts: Sequence[Post]) -> set[int]:
    """Return the numbers of the posts that are left out because the bullets under them are what was said.

    What else stands between such bullets, without indentation or signature, goes along.
    """
    unsigned = {post.number for post in posts if post.opens and not post.is_signed and not post.is_bullet}
    found = unsigned & {post.answers for post in posts if post.is_bullet and post.answers is not None}
    for post in posts:
        is_between = post.depth == 0 and not post.is_signed and not post.is_bullet
        if is_between and post.answers in found:
            found.add(post.number)
    return found


def _row(post: Post, introductions: set[int], thread: int, language: str) -> Row:
    kind, answers = RowKind.COMMENT, post.answers
    if post.number in introductions:
        kind = RowKind.OUT
    elif answers is None or (post.is_bullet and answers in introductions):
        kind, answers = RowKind.IDEA, None
    statement, text = split_statement(post.text) if kind is not RowKind.COMMENT else ("", post.text)
    return Row(
        number=post.number, kind=kind, line=post.line, thread=thread, language=language,
        statement=_ADDRESS.sub(r"\1", statement),
        text=as_markdown(text), author=post.author, written_at=post.written_at, answers=answers,
        section=post.section,
    )  # fmt: skip
