"""What a card says beside the idea: why this one, and the mark of what was shown."""

from collections.abc import Sequence
from typing import Final

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from itsdangerous import BadSignature, URLSafeSerializer

from deliberation.base.errors import Refused, marked
from deliberation.votes.routing import MINIMUM_EXPOSURE, Drawn, Reason
from deliberation.web.rendering import number

_PURPOSE: Final = "ideas shown to vote on"
MOST_SHOWN: Final = 50


def mark_of(slug: str, who: str, numbers: Sequence[int]) -> str:
    """Return a mark that these ideas were shown to this account or guest, which nobody else can make."""
    return str(_marks().dumps([slug, who, list(numbers)]))


def numbers_in(mark: str, slug: str, who: str) -> list[int]:
    """Return the numbers of the ideas that the mark says were shown. Raises Refused for another's mark."""
    try:
        where, shown_to, numbers = _marks().loads(mark)
    except (BadSignature, ValueError):
        where, shown_to, numbers = None, None, []
    if not who or (where, shown_to) != (slug, who):
        raise Refused(marked("This page is not from your sign-in here. Open the page again."))
    return list(numbers)[:MOST_SHOWN]


def why(drawn: Drawn) -> list[str]:
    """Return sentences that say why it is this idea's turn."""
    said = [_sentence(reason, drawn) for reason in drawn.reasons]
    if Reason.PUT_OFF in drawn.reasons or Reason.ASKED_FOR in drawn.reasons:
        return said
    return [*said, _chance(drawn)]


def _marks() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=_PURPOSE)


def _sentence(reason: Reason, drawn: Drawn) -> str:
    minimum = number(MINIMUM_EXPOSURE)
    reached = {"count": number(drawn.reached), "minimum": minimum}
    match reason:
        case Reason.FIRST_LOOK if not drawn.reached:
            return _("Nobody has seen it yet, and a new idea waits for no other.")
        case Reason.FIRST_LOOK:
            return ngettext(
                "Only %(count)s person has seen it, and a new idea waits for no other.",
                "Only %(count)s people have seen it, and a new idea waits for no other.",
                drawn.reached, **reached,
            )  # fmt: skip
        case Reason.MINIMUM:
            return ngettext(
                "%(count)s person has seen it, and every idea is first shown to at least %(minimum)s.",
                "%(count)s people have seen it, and every idea is first shown to at least %(minimum)s.",
                drawn.reached, **reached,
            )  # fmt: skip
        case Reason.ALL_SEEN_ENOUGH:
            return _(
                "Every idea that is left for you has been seen by at least %(minimum)s people.", **reached
            )
    return _ABOUT_THE_IDEA[reason]()


_ABOUT_THE_IDEA: Final = {
    Reason.OWN_LANGUAGE: lambda: _("It is in your language; those come first."),
    Reason.OTHER_LANGUAGE: lambda: _("You have seen what there is in your language. Now come the others."),
    Reason.FEW_VOTES: lambda: _("It has few votes, which raises its chance."),
    Reason.TELLS_GROUPS_APART: lambda: _(
        "People who vote alike think differently about it than others do, which raises its chance."
    ),
    Reason.MANY_PASS: lambda: _("Many pass on it, which lowers its chance; its turn came all the same."),
    Reason.DIVIDED: lambda: _("Opinions on it are divided, so it helps to know yours."),
    Reason.PUT_OFF: lambda: _("You put it off, and have now seen everything else."),
    Reason.ASKED_FOR: lambda: _("You took back your vote on it, so here it is again."),
}


def _chance(drawn: Drawn) -> str:
    if drawn.rivals == 1:
        return _("No other idea has its turn before it. What you have voted makes no difference.")
    return ngettext(
        "It was drawn by lot from %(count)s idea whose turn it is: its chance was 1 in %(odds)s."
        " What you have voted makes no difference.",
        "It was drawn by lot from %(count)s ideas whose turn it is: its chance was 1 in %(odds)s."
        " What you have voted makes no difference.",
        drawn.rivals, count=number(drawn.rivals), odds=number(max(1, round(1 / drawn.chance))),
    )  # fmt: skip
