"""The words of a report: what a finding is called, what a member answered, how far a synthesis has come."""

from collections.abc import Callable
from typing import Any

from deliberation.synthesis.writers.numbers import format_count
from deliberation.synthesis.writers.report import Answer, FindingKind, Standing


def report_words(translations: Any, language: str) -> dict[str, Any]:
    """Return those members of `Words` that a report needs beyond what every synthesis does."""
    _ = translations.gettext
    return {
        "summary": _("In short"),
        "contents": _("Contents"),
        "no_findings": _("Nothing stands out here yet."),
        "support": _("What it rests on"),
        "themes": _("Themes"),
        "about": _("Groups it is about"),
        "evidence_changed": _("Evidence changed"),
        "no_votes": _("Nobody has voted on it yet."),
        "agrees": _("Agree"),
        "disagrees": _("Disagree"),
        "passes": _("Pass"),
        "group": _("Group"),
        "groups": _("Groups"),
        "map": _("Who votes alike"),
        "missing": _("Who is missing"),
        "by_question": _("By question"),
        "question": _("Question"),
        "people": _("People"),
        "finding": _("Finding"),
        "claim": _("Claim"),
        "kind": _("Kind"),
        "text": _("Text"),
        "address": _("Address"),
        **_closing_words(_),
        **_phrases(translations, language),
    }


def _closing_words(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "recommendations": _("Recommendations"),
        "why": _("Why"),
        "because": _("Findings behind it"),
        "who": _("Who is needed"),
        "actions": _("What they need to do"),
        "by_when": _("By when"),
        "sign_off": _("Who stands behind this"),
        "reply": _("The working group answers"),
        "minority_reports": _("Minority reports"),
        "changes": _("What has changed since the version before"),
        "cite": _("How to cite"),
        "verify": _("How to check"),
        "verify_note": _(
            "The numbers come from the votes as they stood when they were counted. With the evidence package "
            "anybody can count them again: the checksums must be the same."
        ),
        "snapshot": _("Snapshot"),
        "inputs_digest": _("Checksum of the votes"),
        "digest": _("Checksum of the result"),
        "package": _("Evidence package"),
        "command": _("Command"),
    }


def _phrases(translations: Any, language: str) -> dict[str, Any]:
    _ = translations.gettext
    return {
        "standing": lambda *, standing, version, day: _standing(_, Standing(standing), version, day),
        "kind_name": lambda kind: _kind_names(_)[FindingKind(kind)],
        "answered": lambda *, answer, day: _answer(_, answer, day),
        "finding_number": lambda number: _("Finding %(number)s") % {"number": number},
        "recommendation_number": lambda number: _("Recommendation %(number)s") % {"number": number},
        "group_says": lambda group, share: _("%(group)s: %(share)s") % {"group": group, "share": share},
        "by_names": lambda names: _("By %(names)s") % {"names": names},
        "page_of": lambda page, pages: _("Page %(page)s of %(pages)s") % {"page": page, "pages": pages},
        "unshown": lambda example: (
            _(
                "The fonts of this file lack some characters. Their numbers stand in brackets instead, as "
                "in %(example)s."
            )
            % {"example": example}
        ),
        "thread_figures": lambda *, people, votes, ideas: _figures(
            translations, language, people, votes, ideas
        ),
    }


def _standing(_: Callable[[str], str], standing: Standing, version: int | None, day: str) -> str:
    said = {
        Standing.COMPOSED: _("Synthesis, composed from the votes %(day)s"),
        Standing.DRAFT: _("Synthesis, draft of %(day)s"),
        Standing.PROPOSED: _("Synthesis, version %(version)s. Proposed %(day)s"),
        Standing.PUBLISHED: _("Synthesis, version %(version)s. Published %(day)s"),
    }
    return said[standing] % {"version": version, "day": day}


def _kind_names(_: Callable[[str], str]) -> dict[FindingKind, str]:
    return {
        FindingKind.CONSENSUS: _("Holds in every group"),
        FindingKind.MAJORITY: _("Majority"),
        FindingKind.DIVISION: _("Opinions differ"),
        FindingKind.MINORITY: _("Minority view"),
        FindingKind.UNSURE: _("Unsure"),
        FindingKind.NOT_YET_HEARD: _("Not yet heard"),
        FindingKind.REMARK: _("Remark"),
    }


def _answer(_: Callable[[str], str], answer: str, day: str) -> str:
    if not answer:
        return _("has not answered")
    said = {
        Answer.APPROVES: _("approves, %(day)s"),
        Answer.RESERVES: _("approves with reservations, %(day)s"),
        Answer.OBJECTS: _("objects, %(day)s"),
    }
    return said[Answer(answer)] % {"day": day}


def _figures(translations: Any, language: str, people: int, votes: int, ideas: int) -> str:
    ngettext = translations.ngettext

    def numbered(phrase: str, count: int) -> str:
        return phrase % {"count": format_count(count, language)}

    return str(
        translations.gettext("%(votes)s on %(ideas)s, by %(people)s.")
        % {
            "votes": numbered(ngettext("%(count)s vote", "%(count)s votes", votes), votes),
            "ideas": numbered(ngettext("%(count)s idea", "%(count)s ideas", ideas), ideas),
            "people": numbered(ngettext("%(count)s person", "%(count)s people", people), people),
        }
    )
