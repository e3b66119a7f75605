"""A composed finding in one plain sentence, in the language of the moment."""

from collections.abc import Sequence
from typing import Final

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from deliberation.base.errors import marked
from deliberation.base.text import shortened
from deliberation.synthesis.rules import Composed, Side
from deliberation.synthesis.writers.numbers import format_count
from deliberation.synthesis.writers.report import FindingKind
from deliberation.web.locale import current_language

QUOTED: Final = 220
"""So much of an idea's statement stands in a claim; the evidence has it whole."""
_OF_ONE: Final = {
    (FindingKind.CONSENSUS, Side.FOR): marked("Every group agrees: “%(idea)s”"),
    (FindingKind.CONSENSUS, Side.AGAINST): marked("Every group says no: “%(idea)s”"),
    (FindingKind.MAJORITY, Side.FOR): marked("Most people agree: “%(idea)s”"),
    (FindingKind.MAJORITY, Side.AGAINST): marked("Most people say no: “%(idea)s”"),
    (FindingKind.DIVISION, Side.BOTH): marked("Some agree and some do not: “%(idea)s”"),
    (FindingKind.MINORITY, Side.FOR): marked("Group %(letter)s agrees and the others do not: “%(idea)s”"),
    (FindingKind.UNSURE, Side.BOTH): marked("Many are unsure: “%(idea)s”"),
}
_OF_SEVERAL: Final = {
    (FindingKind.CONSENSUS, Side.FOR): marked(
        "On %(theme)s every group agrees with %(count)s ideas, first of all “%(idea)s”"
    ),
    (FindingKind.CONSENSUS, Side.AGAINST): marked(
        "On %(theme)s every group says no to %(count)s ideas, first of all “%(idea)s”"
    ),
    (FindingKind.MAJORITY, Side.FOR): marked(
        "On %(theme)s most people agree with %(count)s ideas, first of all “%(idea)s”"
    ),
    (FindingKind.MAJORITY, Side.AGAINST): marked(
        "On %(theme)s most people say no to %(count)s ideas, first of all “%(idea)s”"
    ),
    (FindingKind.DIVISION, Side.BOTH): marked(
        "On %(theme)s people stand apart on %(count)s ideas, first of all “%(idea)s”"
    ),
    (FindingKind.MINORITY, Side.FOR): marked(
        "On %(theme)s group %(letter)s agrees with %(count)s ideas that the others refuse, first of all "
        "“%(idea)s”"
    ),
    (FindingKind.UNSURE, Side.BOTH): marked(
        "On %(theme)s many are unsure about %(count)s ideas, first of all “%(idea)s”"
    ),
}
_BETWEEN_GROUPS: Final = marked("In %(these)s most agree, in %(those)s they do not: “%(idea)s”")
_BETWEEN_GROUPS_ON_SEVERAL: Final = marked(
    "On %(theme)s most agree in %(these)s and do not in %(those)s: %(count)s ideas, first of all “%(idea)s”"
)


def claim_of(found: Composed) -> str:
    """Return what the finding claims."""
    if found.kind is FindingKind.NOT_YET_HEARD:
        return _unheard(found)
    is_one = len(found.ideas) == 1
    sentence = (_OF_ONE if is_one else _OF_SEVERAL)[found.kind, found.side]
    words = {
        "count": format_count(found.count, current_language()),
        "theme": found.theme,
        "idea": shortened(found.ideas[0].statement, QUOTED),
        "letter": "".join(found.letters[:1]),
    }
    if found.kind is FindingKind.DIVISION and found.letters and found.others:
        sentence = _BETWEEN_GROUPS if is_one else _BETWEEN_GROUPS_ON_SEVERAL
        words |= {"these": groups_named(found.letters), "those": groups_named(found.others)}
    return _(sentence, **words)


def groups_named(letters: Sequence[str]) -> str:
    """Return the groups as they are named within a sentence."""
    return ngettext("group %(letters)s", "groups %(letters)s", len(letters), letters=listed(letters))


def listed(names: Sequence[str]) -> str:
    """Return the names as a list within a sentence, as in `A, B and C`."""
    return str(format_list(list(names), locale=get_locale() or "en"))


def _unheard(found: Composed) -> str:
    if not found.count:
        return _("Nobody has answered this question.")
    return ngettext(
        "%(count)s idea has too few votes to say anything about it.",
        "%(count)s ideas have too few votes to say anything about them.",
        found.count,
        count=format_count(found.count, current_language()),
    )
