"""The bar of an idea's votes, as numbers: what is drawn is the same in every format that draws."""

from dataclasses import dataclass

from deliberation.synthesis.writers.document import CitedIdea

_DIGITS = 3


@dataclass(frozen=True)
class Bar:
    """Shares of the bar's length, from 0 to 1: where those who agree end, where those who disagree end,
    and from where to where the interval of those who agree lies."""

    agrees_end: float
    disagrees_end: float
    low: float
    high: float


def bar_of(idea: CitedIdea) -> Bar | None:
    """The bar, or None where nobody has voted."""
    if not idea.voters:
        return None
    interval = idea.agree_interval
    return Bar(
        agrees_end=round(idea.agrees / idea.voters, _DIGITS),
        disagrees_end=round((idea.agrees + idea.disagrees) / idea.voters, _DIGITS),
        low=round(interval.low, _DIGITS),
        high=round(interval.high, _DIGITS),
    )
