"""What the pages of the draft call things, in the reader's language."""

from flask_babel import gettext as _

from deliberation.synthesis.history import Done
from deliberation.synthesis.models import Deed
from deliberation.synthesis.writers.report import FindingKind


def kind_names() -> dict[str, str]:
    """Return what each kind of finding is called where it stands beside a claim."""
    return {
        FindingKind.CONSENSUS: _("Holds in every group"),
        FindingKind.MAJORITY: _("Most people"),
        FindingKind.DIVISION: _("Here you stand apart"),
        FindingKind.MINORITY: _("Minority view"),
        FindingKind.UNSURE: _("Unsure"),
        FindingKind.NOT_YET_HEARD: _("Not yet heard"),
        FindingKind.REMARK: _("From the working group"),
    }


def standings() -> dict[str, str]:
    """Return how the votes on a cited idea are said, by what is said of them."""
    return {"gone": _("This idea can no longer be read. Its numbers stay.")}


def deed_words(done: Done) -> str:
    """Return what was done, as a sentence without who did it."""
    about = _part(done)
    return {
        Deed.COMPOSE: _("Composed the draft from a snapshot"),
        Deed.WRITE: _("Wrote in %(part)s", part=about),
        Deed.MOVE: _("Moved %(part)s", part=about),
        Deed.REMOVE: _("Took out %(part)s", part=about),
        Deed.BRING_BACK: _("Brought back %(part)s", part=about),
        Deed.SPLIT: _("Split %(part)s in two", part=about),
        Deed.JOIN: _("Joined another finding into %(part)s", part=about),
        Deed.CITE: _("Changed what %(part)s cites", part=about),
        Deed.ANCHOR: _("Took the numbers of %(part)s anew", part=about)
        if done.finding
        else _("Took all numbers anew"),
        Deed.RESTORE: _("Brought back an earlier wording of %(part)s", part=about),
    }[done.deed]


def _part(done: Done) -> str:
    if done.finding is not None:
        return _("finding %(number)s", number=done.finding)
    if done.recommendation is not None:
        return _("recommendation %(number)s", number=done.recommendation)
    return _("the opening")
