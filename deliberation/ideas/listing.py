"""How a thread's list is asked for in its address: in which order, which page, which of the ideas."""

from typing import Any, Final

from flask import request
from flask_babel import gettext as _

from deliberation.base.errors import NotFound
from deliberation.base.text import clean_line
from deliberation.ideas.queries import Order

MOST_PAGES: Final = 10_000
LONGEST_QUERY: Final = 200


def asked_of_thread() -> dict[str, Any]:
    """Return what the address asks for; what it asks for in vain is left out."""
    sort = request.args.get("sort", "")
    number = request.args.get("page", 1, type=int)
    if number > MOST_PAGES:
        raise NotFound
    asked: dict[str, Any] = {
        "sort": Order(sort) if sort in set(Order) else Order.FOR_YOU,
        "page": max(1, number),
    }
    for name in ("q", "tag", "lang"):
        asked[name] = clean_line(request.args.get(name, ""))[:LONGEST_QUERY]
    return asked


def order_names() -> list[tuple[Order, str]]:
    """Return the orders there are, each with its name in the reader's language."""
    return [
        (Order.FOR_YOU, _("For you")),
        (Order.NEWEST, _("Newest")),
        (Order.AGREED, _("Most agreed")),
        (Order.DIVIDED, _("Most divided")),
        (Order.LEAST_SEEN, _("Least seen")),
    ]
