"""How the landscape page opens: what was decided, and what that means."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from deliberation.analysis.fewest import FEWEST
from deliberation.analysis.landscape import Outcome, Reason
from deliberation.insights.findings import Findings
from deliberation.web.rendering import number


def headline(findings: Findings | None) -> str:
    """Return the page's title: what was decided."""
    if findings is None:
        return _("The map is not drawn yet")
    if findings.outcome is Outcome.GROUPS:
        return _groups_headline(findings)
    if findings.outcome is Outcome.NOTHING:
        return _nothing_headline(findings)
    if findings.outcome is Outcome.NO_STABLE_GROUPS:
        return _("No stable groups")
    if _all_passed(findings):
        return _("Everybody passes on everything")
    return _("Nearly everybody votes alike") if _is(findings, Reason.ALL_ALIKE) else _("One crowd")


def standfirst(findings: Findings | None) -> Iterator[str]:
    """Return what the decision means, sentence by sentence."""
    if findings is None:
        yield ngettext(
            "It is drawn a few minutes after the first person has voted.",
            "It is drawn a few minutes after %(num)s people have voted.",
            FEWEST,
        )
        return
    if findings.outcome is Outcome.NOTHING:
        yield from _why_nothing(findings)
        return
    yield ngettext(
        "%(placed)s of %(people)s person has voted on enough ideas to be placed.",
        "%(placed)s of %(people)s people have voted on enough ideas to be placed.",
        findings.people,
        placed=number(findings.placed),
        people=number(findings.people),
    )
    if findings.outcome is Outcome.GROUPS:
        yield from _what_groups(findings)
    elif findings.outcome is Outcome.NO_STABLE_GROUPS:
        yield _(
            "Their votes do not fall into groups that stay when we count again. So we show everybody as one."
        )
        yield _("That can change when more people vote.")
    elif _all_passed(findings):
        yield _("So there is nothing yet that people share or disagree about.")
    elif _is(findings, Reason.ALL_ALIKE):
        yield _("There are no groups to tell apart, so we show everybody as one.")
    else:
        yield _(
            "They differ, but no more than chance alone would make them. So there are no groups, and we show "
            "everybody as one."
        )


def _groups_headline(findings: Findings) -> str:
    named, small = len(findings.groups), findings.small_groups
    if named == 0:
        return _("Groups too small to describe")
    if named == 1:
        return _("One large group, and a few who vote differently")
    ways = {
        2: _("Two ways to vote"),
        3: _("Three ways to vote"),
        4: _("Four ways to vote"),
    }.get(named + small, _("Five ways to vote"))
    shared = len(findings.holds)
    if not shared:
        return str(ways)
    if shared > len(findings.divides):
        return _("%(ways)s, and much in common", ways=ways)
    return _("%(ways)s, and something in common", ways=ways)


def _nothing_headline(findings: Findings) -> str:
    if findings.people == 0 or _is(findings, Reason.NOBODY_VOTED):
        return _("Nobody has voted yet")
    if _is(findings, Reason.TOO_FEW_IDEAS):
        return _("Too few ideas for a map")
    return _("Too few people for a map")


def _what_groups(findings: Findings) -> Iterator[str]:
    named, small = len(findings.groups), findings.small_groups
    if named:
        yield ngettext(
            "They form %(num)s group that stays when we count again.",
            "They form %(num)s groups that stay when we count again.",
            named + small,
        )
    if small:
        yield ngettext(
            "A small group has fewer than %(fewest)s people and is not described.",
            "%(num)s small groups have fewer than %(fewest)s people each and are not described.",
            small,
            fewest=FEWEST,
        )
        return
    holds, divides = len(findings.holds), len(findings.divides)
    yield (
        ngettext(
            "%(count)s idea holds in every group.",
            "%(count)s ideas hold in every group.",
            holds,
            count=number(holds),
        )
        if holds
        else _("No idea holds in every group for certain.")
    )
    if divides:
        yield ngettext(
            "%(count)s idea divides them.", "%(count)s ideas divide them.", divides, count=number(divides)
        )


def _why_nothing(findings: Findings) -> Iterator[str]:
    if findings.people == 0 or _is(findings, Reason.NOBODY_VOTED):
        yield _("The map is drawn from votes alone: people who vote alike lie near each other.")
        return
    if _is(findings, Reason.TOO_FEW_IDEAS):
        yield _("It takes votes on a few more ideas to see who votes alike.")
    else:
        yield ngettext(
            "%(count)s person has voted. It takes at least %(fewest)s to see who votes alike.",
            "%(count)s people have voted. It takes at least %(fewest)s to see who votes alike.",
            findings.people,
            count=number(findings.people),
            fewest=findings.landscape.parameters.fewest_people,
        )
    yield _("The votes are counted all the same, and stand in the table.")


def _is(findings: Findings, reason: Reason) -> bool:
    return reason in findings.landscape.decision.reasons


def _all_passed(findings: Findings) -> bool:
    counts = findings.landscape.counts
    return bool(findings.votes) and not counts[:, :2].any()
