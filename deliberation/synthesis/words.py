"""The words of a synthesis in one of the product's languages, whatever language the request is in."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from flask_babel import force_locale
from flask_babel import get_translations as translations_of_the_moment

from deliberation.consultations.models import Phase
from deliberation.insights.findings import Findings
from deliberation.insights.headlines import headline, standfirst
from deliberation.insights.suppression import FEWEST
from deliberation.synthesis.report_words import report_words
from deliberation.synthesis.writers.document import SECTION_LENGTH, Grouping
from deliberation.synthesis.writers.numbers import format_count, format_time
from deliberation.synthesis.writers.words import Words


@lru_cache(maxsize=8)
def words_in(language: str) -> Words:
    """Return every word a synthesis needs, in `language`. Needs an application context."""
    translations = _translations(language)
    _ = translations.gettext
    return Words(
        synthesis=_("Synthesis"),
        phase=_("Phase"),
        generated=_("Counted"),
        source=_("Source"),
        participation=_("Who took part"),
        participants=_("People who voted"),
        votes=_("Votes"),
        ideas=_("Ideas"),
        hidden_ideas=_("Hidden ideas"),
        withdrawn_ideas=_("Withdrawn ideas"),
        merged_ideas=_("Merged ideas"),
        holds=_("Holds in every group"),
        holds_note=_("In each group of people who vote alike, more than half agree, and not by chance."),
        divides=_("Divides the groups"),
        divides_note=_("In one group more than half agree, in another fewer, and not by chance."),
        most_agreed=_("Most agreed"),
        most_agreed_note=_("More than half of those who voted agree."),
        most_divided=_("Most divided"),
        most_divided_note=_("Many agree and many disagree."),
        most_unsure=_("Most unsure"),
        most_unsure_note=_("Many passed."),
        none_listed=_("No idea to show here yet."),
        idea=_("Idea"),
        statement=_("What it says"),
        result=_("Votes on it"),
        tags=_("Tags"),
        method=_("How this was counted"),
        group_name=lambda letter: _("Group %(letter)s") % {"letter": letter},
        not_shown=_("not shown"),
        thread_number=lambda number: _("Question %(number)s") % {"number": number},
        idea_number=lambda number: _("Idea %(number)s") % {"number": number},
        participant_number=lambda number: _("Participant %(number)s") % {"number": number},
        **_shares(translations, language),
        **report_words(translations, language),
    )


def phase_name(phase: Phase, language: str) -> str:
    """Return what the phase is called in `language`."""
    _ = _translations(language).gettext
    names = {
        Phase.DRAFT: _("Draft"),
        Phase.GATHERING: _("Gathering"),
        Phase.VOTING: _("Voting"),
        Phase.SYNTHESIS: _("Synthesis"),
        Phase.PUBLISHED: _("Published"),
    }
    return str(names[phase])


def note_on(findings: Findings, language: str) -> str:
    """Return what a landscape decided, as one paragraph in `language`."""
    with force_locale(language):
        return " ".join((f"{headline(findings)}.", *standfirst(findings)))


def method_in(
    language: str,
    *,
    log_address: str,
    takes_votes: bool,
    imported: Sequence[dict[str, Any]],
    grouping: Grouping | None = None,
) -> tuple[str, ...]:
    """Return how the numbers came about and what they do not say, as paragraphs of plain text."""
    _ = _translations(language).gettext
    notes = [
        _(
            "Every share is of all who voted on the idea, those who passed included. The range in "
            "brackets is a Wilson interval at 95%: the shares that these votes are compatible with, if those "
            "who voted were drawn at random from all who could have. Nobody drew them, so doubt at least "
            "that much. The fewer who voted, the wider the range."
        ),
        _(
            "Ideas are ranked by the lower end of such a range, so that three of three does not outrank "
            "ninety of a hundred. Most agreed: the range of those who agree, where they are more than half. "
            "Most divided: the range of the smaller side, agree or disagree. Most unsure: the range of those "
            "who passed. Each list holds at most %(length)s ideas, and an idea can stand in several."
        )
        % {"length": SECTION_LENGTH},
        _(
            "Hidden and withdrawn ideas are left out, and so are the votes on them; they are only counted. "
            "Which ideas were hidden, under which rule and why, stands in the public log: %(address)s "
            "An idea that was merged into another is counted there: its votes went with it, one per person."
        )
        % {"address": log_address},
    ]
    if grouping:
        notes += [grouping.note, *_on_groups(_, grouping, language)]
    if takes_votes:
        notes.append(_("Voting was still open when this was counted. The numbers will change."))
    if any("from" in details for details in imported):
        notes.append(
            _("Some ideas and comments were imported from talk pages or spreadsheets. Their texts say which.")
        )
    for details in (details for details in imported if "from" not in details):
        origin = ", ".join(str(details[key]) for key in ("format", "source") if details.get(key))
        notes.append(
            _("Ideas and votes were imported from another system (%(origin)s).") % {"origin": origin or "?"}
        )
    return tuple(notes)


def _on_groups(_: Callable[[str], str], grouping: Grouping, language: str) -> list[str]:
    counted = _("The groups were counted %(time)s; checksum of the votes: %(digest)s.") % {
        "time": format_time(grouping.counted_at, language),
        "digest": grouping.inputs_digest,
    }
    if not grouping.groups:
        return [counted]
    return [
        _(
            "An idea holds in every group if, in each, the whole range of the share who agree lies above one "
            "half; such ideas are ranked by the geometric mean of the groups' shares. An idea divides the "
            "groups if more than half agree in one and fewer in another, and the range of the difference "
            "(Newcombe, 95%) lies above zero; such ideas are ranked by the lower end of that range."
        ),
        _(
            "The votes of a group on an idea are not shown where fewer than %(fewest)s people voted, nor "
            "where they would give such votes away; an idea with hidden votes stands in neither list."
        )
        % {"fewest": FEWEST},
        counted,
    ]


def _shares(translations: Any, language: str) -> dict[str, Any]:
    ngettext = translations.ngettext

    def numbers(count: int, total: int, interval: str) -> dict[str, str]:
        return {
            "count": format_count(count, language),
            "total": format_count(total, language),
            "interval": interval,
        }

    return {
        "agree_share": lambda *, count, total, interval: (
            ngettext(
                "%(count)s of %(total)s agrees (%(interval)s)",
                "%(count)s of %(total)s agree (%(interval)s)",
                count,
            )
            % numbers(count, total, interval)
        ),
        "disagree_share": lambda *, count, total, interval: (
            ngettext(
                "%(count)s of %(total)s disagrees (%(interval)s)",
                "%(count)s of %(total)s disagree (%(interval)s)",
                count,
            )
            % numbers(count, total, interval)
        ),
        "pass_share": lambda *, count, total, interval: (
            ngettext(
                "%(count)s of %(total)s passes (%(interval)s)",
                "%(count)s of %(total)s pass (%(interval)s)",
                count,
            )
            % numbers(count, total, interval)
        ),
    }


def _translations(language: str) -> Any:
    with force_locale(language):
        return translations_of_the_moment()
