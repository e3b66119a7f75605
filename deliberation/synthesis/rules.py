"""By which rule an idea becomes a finding. Pure: the same ground gives the same findings.

Each idea is in one finding at most. Ideas of one thread that are found alike and share a tag are joined. What
rests on the votes of groups is said only of ideas on which every group's votes may be shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from deliberation.analysis.fewest import FEWEST
from deliberation.analysis.intervals import agreement, division, uncertainty
from deliberation.synthesis.ground import Ground, GroundThread
from deliberation.synthesis.writers.document import CitedIdea, GroupVotes
from deliberation.synthesis.writers.report import FindingKind

HALF: Final = 0.5
QUARTER: Final = 0.25
MOST_JOINED: Final = 4
"""So many ideas of one theme make one finding."""
MOST_OF_A_KIND: Final = 5
"""So many findings of a kind a thread has; minority views are never left out."""
MOST_UNHEARD: Final = 12
"""So many ideas with too few votes are named in a thread; all are counted."""


class Side(StrEnum):
    """Which way a finding goes."""

    FOR = "for"
    AGAINST = "against"
    BOTH = "both"


@dataclass(frozen=True, kw_only=True)
class Composed:
    """A finding as a rule makes it, before it is said in words.

    `letters` are the groups on the agreeing side of a division or a minority view, `others` those on the
    other side. `count` is how many ideas it speaks of, which can be more than it names.
    """

    thread: int
    """The thread's number."""
    kind: FindingKind
    side: Side
    ideas: tuple[CitedIdea, ...]
    count: int
    theme: str = ""
    letters: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What it is known by when the draft is composed again."""
        if self.kind is FindingKind.NOT_YET_HEARD:
            return f"{self.kind}:{self.thread}"
        return f"{self.kind}:{self.side}:{self.thread}:{self.ideas[0].number}"


@dataclass(frozen=True, kw_only=True)
class _Found:
    idea: CitedIdea
    kind: FindingKind
    side: Side
    rank: float
    letters: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


ORDER: Final = (
    FindingKind.CONSENSUS,
    FindingKind.MAJORITY,
    FindingKind.DIVISION,
    FindingKind.MINORITY,
    FindingKind.UNSURE,
)
"""How the findings of a thread are read; what is not yet heard comes last."""


def compose_thread(ground: Ground, thread: GroundThread) -> tuple[Composed, ...]:
    """Return the findings of the thread in the order they are read."""
    judge = _Judge(ground)
    heard = [idea for idea in thread.ideas if idea.voters >= FEWEST]
    unheard = [idea for idea in thread.ideas if idea.voters < FEWEST]
    found: dict[FindingKind, list[_Found]] = defaultdict(list)
    for idea in heard:
        if judged := judge.judge(idea):
            found[judged.kind].append(judged)
    composed: list[Composed] = []
    for kind in ORDER:
        ranked = sorted(found[kind], key=lambda one: (-one.rank, -one.idea.voters, one.idea.number))
        joined = list(_joined(thread.number, ranked))
        composed += joined if kind is FindingKind.MINORITY else joined[:MOST_OF_A_KIND]
    if unheard or not thread.ideas:
        composed.append(_not_yet_heard(thread, unheard))
    return tuple(composed)


def _not_yet_heard(thread: GroundThread, unheard: Sequence[CitedIdea]) -> Composed:
    return Composed(
        thread=thread.number,
        kind=FindingKind.NOT_YET_HEARD,
        side=Side.BOTH,
        ideas=tuple(sorted(unheard, key=lambda idea: (idea.voters, idea.number))[:MOST_UNHEARD]),
        count=len(unheard),
    )


class _Judge:
    """Says what an idea with enough votes is a finding of, if of anything."""

    def __init__(self, ground: Ground) -> None:
        findings = ground.findings
        self._letters = [group.letter for group in findings.groups] if findings else []
        self._people = [group.people or 0 for group in findings.groups] if findings else []
        self._has_small = bool(findings and findings.small_groups)
        self._divides = frozenset(findings.divides) if findings else frozenset()
        self._telling = {
            (one.idea, group.letter)
            for group in (findings.groups if findings else ())
            for one in group.representative
            if one.agrees
        }

    def judge(self, idea: CitedIdea) -> _Found | None:
        counts = {"agrees": idea.agrees, "disagrees": idea.disagrees, "passes": idea.passes}
        if in_groups := self._by_groups(idea):
            return in_groups
        if idea.agree_interval.low > HALF:
            return _Found(idea=idea, kind=FindingKind.MAJORITY, side=Side.FOR, rank=agreement(**counts))
        if idea.disagree_interval.low > HALF:
            return _Found(
                idea=idea,
                kind=FindingKind.MAJORITY,
                side=Side.AGAINST,
                rank=agreement(agrees=idea.disagrees, disagrees=idea.agrees, passes=idea.passes),
            )
        if (divided := division(**counts)) > QUARTER:
            return _Found(idea=idea, kind=FindingKind.DIVISION, side=Side.BOTH, rank=divided)
        if (unsure := uncertainty(**counts)) > QUARTER:
            return _Found(idea=idea, kind=FindingKind.UNSURE, side=Side.BOTH, rank=unsure)
        return None

    def _by_groups(self, idea: CitedIdea) -> _Found | None:
        """Judge by the groups' votes, where every group's may be shown."""
        shown = [votes for votes in idea.groups if votes is not None]
        if not shown or len(shown) < len(idea.groups) or self._has_small:
            return None
        if all(votes.agree_interval.low > HALF for votes in shown):
            lowest = min(votes.agree_interval.low for votes in shown)
            return _Found(idea=idea, kind=FindingKind.CONSENSUS, side=Side.FOR, rank=lowest)
        if all(_disagree_low(votes) > HALF for votes in shown):
            lowest = min(_disagree_low(votes) for votes in shown)
            return _Found(idea=idea, kind=FindingKind.CONSENSUS, side=Side.AGAINST, rank=lowest)
        return self._minority(idea, shown) or self._division(idea, shown)

    def _minority(self, idea: CitedIdea, shown: Sequence[GroupVotes]) -> _Found | None:
        """A view of one group, smaller than the others together, which each of them refuses."""
        agreeing = [at for at, votes in enumerate(shown) if votes.agrees > HALF * votes.voters]
        if len(agreeing) != 1:
            return None
        at = agreeing[0]
        others = [votes for other, votes in enumerate(shown) if other != at]
        is_small = self._people[at] < sum(self._people) - self._people[at]
        is_told = (idea.number, self._letters[at]) in self._telling or shown[at].agree_interval.low > HALF
        if not (is_small and is_told and all(votes.disagrees > HALF * votes.voters for votes in others)):
            return None
        return _Found(
            idea=idea,
            kind=FindingKind.MINORITY,
            side=Side.FOR,
            rank=shown[at].agree_interval.low,
            letters=(self._letters[at],),
            others=tuple(letter for letter in self._letters if letter != self._letters[at]),
        )

    def _division(self, idea: CitedIdea, shown: Sequence[GroupVotes]) -> _Found | None:
        if idea.number not in self._divides:
            return None
        shares = [votes.agrees / votes.voters for votes in shown]
        return _Found(
            idea=idea,
            kind=FindingKind.DIVISION,
            side=Side.BOTH,
            rank=max(shares) - min(shares),
            letters=tuple(x for x, share in zip(self._letters, shares, strict=True) if share > HALF),
            others=tuple(x for x, share in zip(self._letters, shares, strict=True) if share < HALF),
        )


def _disagree_low(votes: GroupVotes) -> float:
    # The same interval, of the other side.
    return GroupVotes(agrees=votes.disagrees, disagrees=votes.agrees, passes=votes.passes).agree_interval.low


def _joined(thread: int, ranked: Sequence[_Found]) -> Iterable[Composed]:
    """Yield the findings, each with the ideas after it that are found alike and share its theme."""
    left = list(ranked)
    while left:
        first = left.pop(0)
        theme, alike = _theme(first, left)
        for one in alike:
            left.remove(one)
        ideas = (first.idea, *(one.idea for one in alike))
        yield Composed(
            thread=thread,
            kind=first.kind,
            side=first.side,
            ideas=ideas,
            count=len(ideas),
            theme=theme or (first.idea.tags[0] if first.idea.tags else ""),
            letters=first.letters,
            others=first.others,
        )


def _theme(first: _Found, others: Sequence[_Found]) -> tuple[str, list[_Found]]:
    """Return the tag of the first that most others found alike carry too, and the first of those."""
    alike = [
        one
        for one in others
        if (one.side, one.letters, one.others) == (first.side, first.letters, first.others)
    ]
    carriers = {tag: [one for one in alike if tag in one.idea.tags] for tag in first.idea.tags}
    theme = max(carriers, key=lambda tag: len(carriers[tag]), default="")
    return (theme, carriers[theme][: MOST_JOINED - 1]) if theme and carriers[theme] else ("", [])
