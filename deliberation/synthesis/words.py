"""The words of a synthesis in one of the product's languages, whatever language the request is in."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from babel.support import NullTranslations, Translations

from deliberation.synthesis.report_words import report_words
from deliberation.synthesis.writers.numbers import format_count
from deliberation.synthesis.writers.words import Words

_CATALOGS: Final = str(Path(__file__).resolve().parents[1] / "translations")


@lru_cache(maxsize=8)
def words_in(language: str) -> Words:
    """Return every word a synthesis needs, in `language`."""
    translations = _translations(language)
    _ = translations.gettext
    return Words(
        synthesis=_("Synthesis"),
        generated=_("Counted"),
        source=_("Source"),
        participation=_("Who took part"),
        participants=_("People who voted"),
        votes=_("Votes"),
        ideas=_("Ideas"),
        hidden_ideas=_("Hidden ideas"),
        withdrawn_ideas=_("Withdrawn ideas"),
        merged_ideas=_("Merged ideas"),
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


def _translations(language: str) -> NullTranslations:
    # Straight from the catalogs: who works for later has no request, and knows no Flask.
    return Translations.load(_CATALOGS, [language])
