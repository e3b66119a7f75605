"""Who wrote a piece of wikitext, and when: the signature at its end. Pure."""

import re
from datetime import datetime
from typing import Final, NamedTuple

from deliberation.base.text import clean_name
from deliberation.exchange.wikitalk.moments import FoundDate, dates_in
from deliberation.exchange.wikitalk.namespaces import UNSIGNED, user_of

NAME_LENGTH: Final = 100
_TAIL: Final = 600
"""Characters at the end of a text in which a signature is looked for."""
_LINK: Final = re.compile(r"\[\[([^\[\]|\n]{1,250})(?:\|[^\[\]\n]{0,250})?\]\]")
_TEMPLATE: Final = re.compile(r"\{\{([^{}\n]{1,300})\}\}\s*$")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,200}>|\{\{[^{}\n]{0,100}\}\}|'{2,5}|&[a-z]{2,6};")
_WORD: Final = re.compile(r"\w")
_LEAD: Final = re.compile(r"(?:\s|[-–—~/•·(,|]|<[A-Za-z][^<>]{0,200}>|'{2,5}|&[mn]dash;|&nbsp;)+$")
_DASHED: Final = re.compile(r"(?:^|\s)(?:--|[–—])\s*([^\n–—]{1,60}?)\s*(?:\([^()\n]{1,40}\))?[\s,]*$")
_BETWEEN_LINKS: Final = 40


class Signature(NamedTuple):
    """`start` is where it begins in the text; what stands before is what was written."""

    start: int
    author: str
    written_at: datetime | None


def find_signature(text: str) -> Signature | None:
    """Return the signature at the end of the text, or none where there is none.

    A date at the end signs, with or without a link to a user before it; so do a link to a user after a
    dash, and a template such as {{unsigned}}.
    """
    cut = max(0, len(text.rstrip()) - _TAIL)
    tail = text[cut:]
    found = _by_template(tail) or _by_date(tail) or _by_link(tail)
    return found and found._replace(start=cut + found.start)


def _by_template(tail: str) -> Signature | None:
    match = _TEMPLATE.search(tail)
    if match is None:
        return None
    name, *values = (part.strip() for part in match[1].split("|"))
    if name.casefold().removeprefix("subst:") not in UNSIGNED:
        return None
    plain = [value.split("=", 1)[-1].strip() for value in values]
    moments = [date.moment for value in plain for date in dates_in(value)]
    names = [value for value in plain if value and not any(dates_in(value))]
    return Signature(match.start(), _name(names[0] if names else ""), moments[-1] if moments else None)


def _by_date(tail: str) -> Signature | None:
    dates = [date for date in dates_in(tail) if _is_empty(tail[date.end :])]
    if not dates:
        return None
    last: FoundDate = dates[-1]
    before = tail[: last.start]
    run = _links_at_end(before)
    if run is not None:
        start, author = run
        return Signature(_without_lead(before, start), author, last.moment)
    dashed = _DASHED.search(before.split("\n")[-1])
    if dashed is not None:
        offset = before.rfind("\n") + 1
        return Signature(offset + dashed.start(), _name(_TAG.sub("", dashed[1])), last.moment)
    return Signature(_without_lead(before, last.start), "", last.moment)


def _by_link(tail: str) -> Signature | None:
    run = _links_at_end(tail)
    if run is None:
        return None
    start, author = run
    lead = _without_lead(tail, start)
    # A name that a sentence merely ends with is no signature: a dash, or a line of its own, makes it one.
    is_set_apart = any(sign in tail[lead:start] for sign in ("--", "–", "—", "\n", "dash;"))
    return Signature(lead, author, None) if is_set_apart else None


def _links_at_end(text: str) -> tuple[int, str] | None:
    """Return where the last run of links to one user begins, when little but it stands at the end."""
    found: tuple[int, str] | None = None
    edge = len(text)
    for link in reversed(list(_LINK.finditer(text))):
        between = text[link.end() : edge]
        if len(_TAG.sub("", between)) > _BETWEEN_LINKS or "\n" in between.strip():
            break
        name = _name(user_of(link[1]))
        if not name or (found is not None and name.casefold() != found[1].casefold()):
            break
        if found is None and len(_WORD.findall(_TAG.sub("", between))) > 25:
            break
        found, edge = (link.start(), name), link.start()
    return found


def _without_lead(text: str, start: int) -> int:
    lead = _LEAD.search(text[max(0, start - 60) : start])
    return start - len(lead[0]) if lead else start


def _is_empty(rest: str) -> bool:
    return not _WORD.search(_TAG.sub("", rest))


def _name(written: str) -> str:
    return clean_name(written)[:NAME_LENGTH].strip()
