"""How the findings came about and what they do not say, in the language of the moment."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _

from deliberation.analysis.fewest import FEWEST
from deliberation.insights.headlines import headline, standfirst
from deliberation.synthesis.ground import Ground
from deliberation.synthesis.writers.document import Grouping, OpinionGroup
from deliberation.synthesis.writers.numbers import format_time


def method_of(ground: Ground, *, takes_votes: bool, imported: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the paragraphs, each plain text."""
    yield _(
        "Every share is of all who voted on the idea, those who passed included. The range in "
        "brackets is a Wilson interval at 95%: the shares that these votes are compatible with, if those "
        "who voted were drawn at random from all who could have. Nobody drew them, so doubt at least "
        "that much. The fewer who voted, the wider the range."
    )
    yield from _rules(ground)
    yield _(
        "Hidden and withdrawn ideas are left out, and so are the votes on them; they are only counted. "
        "Which ideas were hidden, under which rule and why, stands in the public log: %(address)s "
        "An idea that was merged into another is counted there: its votes went with it, one per person.",
        address=f"{ground.home}/log",
    )
    if ground.findings is not None:
        yield " ".join((f"{headline(ground.findings)}.", *standfirst(ground.findings)))
    if takes_votes and ground.snapshot is None:
        yield _("Voting was still open when this was counted. The numbers will change.")
    yield from _origins(imported)


def grouping_of(ground: Ground) -> Grouping | None:
    """Return what the landscape decided; None where none has been counted."""
    found = ground.findings
    if found is None:
        return None
    return Grouping(
        outcome=found.outcome,
        groups=tuple(OpinionGroup(letter=group.letter, people=group.people) for group in found.groups),
        small_groups=found.small_groups,
        counted_at=ground.grouped_at,
        inputs_digest=ground.inputs_digest,
        digest=ground.digest,
        note=" ".join((f"{headline(found)}.", *standfirst(found))),
    )


def _rules(ground: Ground) -> Iterator[str]:
    if ground.has_groups:
        yield _(
            "An idea holds in every group if, in each, the whole range of the share who agree lies above one "
            "half. It divides the groups if more than half agree in one and fewer in another, and the range "
            "of the difference (Newcombe, 95%%) lies above zero. It is a minority view if one group, smaller "
            "than the others together, agrees and more than half of each other group do not; such views are "
            "listed however small the group is, down to %(fewest)s people.",
            fewest=FEWEST,
        )
        yield _(
            "The votes of a group on an idea are not shown where fewer than %(fewest)s people voted, nor "
            "where they would give such votes away; nothing is claimed of groups on an idea with hidden "
            "votes.",
            fewest=FEWEST,
        )
    else:
        yield _("There are no stable groups, so nothing is claimed of groups.")
    yield _(
        "A majority is named where the whole range of the share lies above one half. People are divided "
        "where the range of the smaller side, agree or disagree, lies above a quarter, and unsure where the "
        "range of those who passed does. Of an idea with fewer than %(fewest)s votes nothing is said. Ideas "
        "of one question that were found alike and share a tag are joined into one finding.",
        fewest=FEWEST,
    )
    if ground.snapshot is not None:
        yield _(
            "The votes were frozen as snapshot %(number)s: %(time)s. Checksum of the votes: %(digest)s.",
            number=ground.snapshot,
            time=format_time(ground.counted_at, ground.language),
            digest=ground.inputs_digest,
        )


def _origins(imported: Sequence[dict[str, Any]]) -> Iterator[str]:
    if any("from" in details for details in imported):
        yield _(
            "Some ideas and comments were imported from talk pages or spreadsheets. Their texts say which."
        )
    for details in (details for details in imported if "from" not in details):
        origin = ", ".join(str(details[key]) for key in ("format", "source") if details.get(key))
        yield _("Ideas and votes were imported from another system (%(origin)s).", origin=origin or "?")
