"""What the landscape page says in sentences, in the reader's language."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from deliberation.analysis.fewest import FEWEST
from deliberation.analysis.intervals import Interval, newcombe_interval, wilson_interval
from deliberation.analysis.landscape import Comparison, Outcome, Reason
from deliberation.insights.drawing import HEIGHT, WIDTH, Outline
from deliberation.insights.findings import Findings, IdeaResult, Votes
from deliberation.web.locale import current_language
from deliberation.web.rendering import number, share_range

_THIRD: Final = 0.36


def group_name(letter: str) -> str:
    """Return what a group is called."""
    return _("Group %(letter)s", letter=letter)


def where_words(findings: Findings, outline: Outline) -> str:
    """Return where a group lies on the map, for those who do not see it."""
    x = sum(mark.x for mark in outline.marks) / len(outline.marks) / WIDTH
    y = sum(mark.y for mark in outline.marks) / len(outline.marks) / HEIGHT
    across = _("left") if x < _THIRD else _("right") if x > 1 - _THIRD else _("in the middle")
    along = _("at the top") if y < _THIRD else _("at the bottom") if y > 1 - _THIRD else _("half way down")
    return _(
        "%(group)s lies %(along)s, %(across)s.",
        group=group_name(findings.letters[outline.group]),
        along=along,
        across=across,
    )


def group_votes(result: IdeaResult, letters: Sequence[str]) -> list[tuple[str, Votes | None]]:
    """Return what each named group voted on the idea; None where it may not be shown."""
    return list(zip(letters, result.groups, strict=True))


def hidden_letters(result: IdeaResult, letters: Sequence[str]) -> list[str]:
    """Return the groups whose votes on the idea may not be shown."""
    return [letter for letter, votes in group_votes(result, letters) if votes is None]


def hidden_words(result: IdeaResult, letters: Sequence[str]) -> str:
    """Return the sentence that stands where groups' votes may not be shown."""
    hidden = [group_name(letter) for letter in hidden_letters(result, letters)]
    return ngettext(
        "Not shown for %(groups)s: together with a small group it would give away how fewer than %(fewest)s "
        "people voted.",
        "Not shown for %(groups)s: in at least one of them fewer than %(fewest)s people have voted on the "
        "idea, and the others would give it away.",
        len(hidden),
        groups=_listed(hidden),
        fewest=FEWEST,
    )


def holds_words(result: IdeaResult) -> str:
    """Return whether the idea holds in every group."""
    if result.holds_everywhere is None:
        return _(
            "Whether it holds in every group is not known, because not every group's votes can be shown."
        )
    if result.holds_everywhere:
        return _("It holds in every group: in each of them more than half agree, and not by chance.")
    if result.is_unequal:
        return _("It does not hold in every group: in one more than half agree, in another fewer.")
    return _("It does not hold in every group for certain.")


def apart_words(result: IdeaResult, letters: Sequence[str]) -> str | None:
    """Return how far apart the two groups are that differ most, in percentage points."""
    shown = [
        (votes.agrees / votes.voters, letter, votes)
        for letter, votes in group_votes(result, letters)
        if votes
    ]
    if len(shown) < 2:
        return None
    (_high, first, most), (_low, second, least) = max(shown), min(shown)
    return _(
        "Between groups %(first)s and %(second)s the share who agree differs by %(points)s percentage "
        "points.",
        first=first,
        second=second,
        points=_points(_difference(most, least)),
    )


def lead_words(mine: Votes, others: Votes, *, agrees: bool) -> str:
    """Return how a group's share who agree (or disagree) compares with everybody else's."""
    if agrees:
        return _(
            "%(mine)s in the group agree, %(others)s of the others: a difference of %(points)s points.",
            mine=_share(mine.agrees, mine.voters, mine.agree_interval),
            others=_share(others.agrees, others.voters, others.agree_interval),
            points=_points(_difference(mine, others)),
        )
    return _(
        "%(mine)s in the group disagree, %(others)s of the others: a difference of %(points)s points.",
        mine=_share(mine.disagrees, mine.voters, mine.disagree_interval),
        others=_share(others.disagrees, others.voters, others.disagree_interval),
        points=_points(
            newcombe_interval(mine.disagrees, mine.voters, others.disagrees, others.voters)
            if mine.voters and others.voters
            else Interval(-1.0, 1.0)
        ),
    )


def share_words(votes: Votes) -> str:
    """Return how many agree, with the interval of their share."""
    return ngettext(
        "%(count)s of %(total)s agrees (%(interval)s)",
        "%(count)s of %(total)s agree (%(interval)s)",
        votes.agrees,
        **_figures(votes.agrees, votes),
    )


def disagree_words(votes: Votes) -> str:
    """Return how many disagree, with the interval of their share."""
    return ngettext(
        "%(count)s of %(total)s disagrees (%(interval)s)",
        "%(count)s of %(total)s disagree (%(interval)s)",
        votes.disagrees,
        **_figures(votes.disagrees, votes),
    )


def pass_words(votes: Votes) -> str:
    """Return how many pass, with the interval of their share."""
    return ngettext(
        "%(count)s of %(total)s passes (%(interval)s)",
        "%(count)s of %(total)s pass (%(interval)s)",
        votes.passes,
        **_figures(votes.passes, votes),
    )


def stability_words(findings: Findings) -> Iterator[str]:
    """Return how far the groups stay when they are found again, and from where on they are shown."""
    decision, parameters = findings.landscape.decision, findings.landscape.parameters
    if Reason.NO_MORE_THAN_CHANCE in decision.reasons:
        yield _(
            "To see what chance alone makes, the votes on each idea are dealt out anew among those who voted "
            "on it, %(times)s times. The groups that are found then are as clear as the real ones.",
            times=parameters.shuffles,
        )
    if decision.stability is None:
        return
    yield _(
        "To see whether groups stay, we draw people at random, count again, and compare; %(times)s times. On "
        "a scale from 0, as by chance, to 100, the same groups, they came to %(stability)s.",
        times=parameters.resamples,
        stability=round(100 * max(0.0, decision.stability)),
    )
    yield _("Below %(threshold)s we show no groups.", threshold=round(100 * parameters.stable_from))


def straight_words(findings: Findings) -> Iterator[str]:
    """Return what would be different without those who voted one way on everything."""
    other = findings.landscape.without_straight_liners
    if other is None:
        yield _("Nobody has voted one way on everything.")
        return
    yield (
        ngettext(
            "%(count)s person has voted one way on everything.",
            "%(count)s people have voted one way on everything.",
            other.left_out,
            count=number(other.left_out),
        )
        if other.left_out >= FEWEST
        else _("Fewer than %(fewest)s people have voted one way on everything.", fewest=FEWEST)
    )
    yield _without(findings, other)
    if findings.holds and other.most_agreed:
        same = sum(idea in other.most_agreed for idea in findings.holds[:5])
        yield ngettext(
            "Of the first %(count)s idea that holds in every group, %(same)s still leads the list.",
            "Of the first %(count)s ideas that hold in every group, %(same)s still lead the list.",
            min(5, len(findings.holds)),
            count=number(min(5, len(findings.holds))),
            same=number(same),
        )


def cell_words(votes: Votes) -> Markup:
    """Return the counts of a cell of the table, and the interval of the share who agree."""
    return _cell(current_language(), votes)


@lru_cache(maxsize=8192)
def _cell(language: str, votes: Votes) -> Markup:
    interval = votes.agree_interval
    share = _range(language, round(100 * interval.low), round(100 * interval.high))
    counts = " / ".join(_count(value) for value in (votes.agrees, votes.disagrees, votes.passes))
    if not votes.voters:
        return Markup("0 / 0 / 0")
    return Markup("{}<br><bdi>{}</bdi>").format(counts, share)


@lru_cache(maxsize=5_151)
def _range(_language: str, low: int, high: int) -> str:
    return share_range(low / 100, high / 100)


def _without(findings: Findings, other: Comparison) -> str:
    if other.outcome is not findings.outcome:
        return {
            Outcome.GROUPS: _("Without them there would be groups."),
            Outcome.NO_STABLE_GROUPS: _("Without them there would be no stable groups."),
            Outcome.ONE_CROWD: _("Without them there would be one crowd."),
            Outcome.NOTHING: _("Without them there would be too few people for a map."),
        }[other.outcome]
    if other.outcome is not Outcome.GROUPS:
        return _("Without them the result is the same.")
    if other.groups != len(findings.groups) + findings.small_groups:
        return ngettext(
            "Without them there would be %(num)s group.", "Without them there would be %(num)s groups.",
            other.groups,
        )  # fmt: skip
    return _(
        "Without them there are as many groups. Who is in which agrees to %(agreement)s on a scale from 0, "
        "as by chance, to 100, the same.",
        agreement=round(100 * max(0.0, other.agreement or 0.0)),
    )


def _difference(one: Votes, other: Votes) -> Interval:
    return newcombe_interval(one.agrees, one.voters, other.agrees, other.voters)


def _points(interval: Interval) -> str:
    low, high = round(100 * interval.low), round(100 * interval.high)
    return f"{low}–{high}" if low >= 0 else _("%(low)s to %(high)s", low=f"−{-low}", high=_signed(high))


def _signed(value: int) -> str:
    return f"−{-value}" if value < 0 else str(value)


def _share(count: int, total: int, interval: Interval) -> str:
    share = _("%(count)s of %(total)s", count=number(count), total=number(total))
    return f"{share} ({share_range(interval.low, interval.high)})"


def _figures(count: int, votes: Votes) -> dict[str, str]:
    interval = wilson_interval(count, votes.voters)
    return {
        "count": number(count),
        "total": number(votes.voters),
        "interval": share_range(interval.low, interval.high),
    }


def _listed(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1])


def _count(value: int) -> str:
    # Up to here every language we speak writes a number alike, and asking the locale takes time.
    return str(value) if value < 1000 else number(value)
