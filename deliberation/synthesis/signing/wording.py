"""What pages, mails and the published text say of signing, in the language of the moment."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from deliberation.base.text import shortened
from deliberation.synthesis.signing.comparing import Difference, PartName
from deliberation.synthesis.signing.models import Quorum
from deliberation.synthesis.signing.policies import Tally
from deliberation.synthesis.writers.report import Answer, Report

CLAIM_LENGTH: Final = 120
ANSWERS: Final = {
    Answer.APPROVES: _l("approves"),
    Answer.RESERVES: _l("approves with reservations"),
    Answer.OBJECTS: _l("objects"),
}


def rule_words(quorum: Quorum, replies_to_objections: bool) -> str:
    """Return the rule by which a version counts as signed, as one sentence."""
    if replies_to_objections:
        return {
            Quorum.HALF: _("At least half of the group answer, and every objection gets a reply."),
            Quorum.TWO_THIRDS: _(
                "At least two thirds of the group answer, and every objection gets a reply."
            ),
            Quorum.THREE_QUARTERS: _(
                "At least three quarters of the group answer, and every objection gets a reply."
            ),
            Quorum.ALL: _("All of the group answer, and every objection gets a reply."),
        }[quorum]
    return {
        Quorum.HALF: _("At least half of the group answer."),
        Quorum.TWO_THIRDS: _("At least two thirds of the group answer."),
        Quorum.THREE_QUARTERS: _("At least three quarters of the group answer."),
        Quorum.ALL: _("All of the group answer."),
    }[quorum]


def tally_words(found: Tally) -> Iterator[str]:
    """Yield how far a version is signed, and what is still missing, in sentences."""
    if not found.asked:
        yield _("Nobody is in the working group, so nobody can sign. Facilitators can invite members.")
        return
    yield ngettext(
        "%(answered)s of %(num)s member has answered.",
        "%(answered)s of %(num)s members have answered.",
        found.asked,
        answered=found.answered,
    )
    if found.is_signed:
        yield _("The rule is met: any member can publish it.")
        return
    missing = found.needed - found.answered
    if missing > 0:
        yield ngettext("%(num)s more answer is needed.", "%(num)s more answers are needed.", missing)
    if found.replies_to_objections and found.open_objections:
        yield ngettext(
            "%(num)s objection waits for a reply.",
            "%(num)s objections wait for a reply.",
            found.open_objections,
        )


def part_words(part: PartName) -> str:
    """Return what a part of a version is called."""
    if part.kind == "finding":
        return _("Finding %(number)s", number=part.number)
    if part.kind == "recommendation":
        return _("Recommendation %(number)s", number=part.number)
    return {
        "heading": _("Title and summary"),
        "evidence": _("The votes it rests on, and who took part"),
        "order": _("The order of the findings"),
    }.get(part.kind, part.kind)


def change_words(found: Difference) -> str:
    """Return one difference between two versions as a plain sentence."""
    claim = shortened(found.claim, CLAIM_LENGTH)
    if not claim:
        return _("%(part)s: changed.", part=part_words(found.part))
    if found.is_new:
        return _("%(part)s is new: “%(claim)s”", part=part_words(found.part), claim=claim)
    if found.is_gone:
        return _("%(part)s is gone: “%(claim)s”", part=part_words(found.part), claim=claim)
    if found.has_new_numbers and not found.passages:
        return _("%(part)s rests on other numbers: “%(claim)s”", part=part_words(found.part), claim=claim)
    return _("%(part)s says it in other words: “%(claim)s”", part=part_words(found.part), claim=claim)


def citation(report: Report, *, version: int, moment: datetime, address: str) -> str:
    """Return how to cite a published version, as one sentence."""
    return _(
        "Working group of “%(consultation)s”: %(heading)s. Version %(version)s, %(day)s. %(address)s",
        consultation=report.consultation,
        heading=report.heading.rstrip("."),
        version=version,
        day=format_date(moment, "long"),
        address=address,
    )
