"""What the vote block of an idea shows. Worked out once for a page, because a page has many of them."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from flask import current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from deliberation.accounts.session import guest_token
from deliberation.analysis.intervals import wilson_interval
from deliberation.base.errors import Refused, marked
from deliberation.consultations.scope import can_vote
from deliberation.votes.models import Choice
from deliberation.web.locale import current_language
from deliberation.web.moulds import Mould, hole
from deliberation.web.rendering import number, share_range, visible_viewer

_IN_A_RESULT: Final = (
    "words", "interval", "agrees", "disagrees", "passes",
    "agree_width", "disagree_width", "pass_width", "pass_start", "low", "high",
)  # fmt: skip
"""The counts of an idea in words, and as per cent of the width of its bar."""
_NAMES: Final = {"agree": Choice.AGREE, "disagree": Choice.DISAGREE, "pass": Choice.PASS, "none": None}


@dataclass(frozen=True, slots=True)
class Words:
    """What vote blocks say in one language. Those with a count in them wait for it."""

    group: str
    buttons: tuple[tuple[str, Choice, str, str], ...]
    """For each choice, in the order of the house: its name in forms, itself, its word, its key."""
    says: dict[int, str]
    saved: dict[int, str]
    taken_back: str
    undo: str
    take_back: str
    nobody: str
    agree: str
    disagree: str
    passed: str


@dataclass(frozen=True, slots=True)
class VoteForms:
    """Where the vote forms of a page lead, and their words."""

    address: str
    """What comes before an idea's number and `/vote` in the address of its form."""
    sign_in: str
    back: str
    """The page to come back to."""
    token: str | None
    """The token against forged forms; none for a visitor, because reading sets no cookie."""
    words: Words
    can_vote: bool = True
    """Whether the reader could vote in an open phase; if not, the buttons lead to signing in."""


def choice_named(name: str | None) -> Choice | None:
    """Return the choice that forms call `name`, None for `none`. Raises Refused for anything else."""
    if name not in _NAMES:
        raise Refused(marked("Choose agree, disagree or pass."), field="choice")
    return _NAMES[name]


def choice_name(choice: Choice | None) -> str:
    """Return what forms call the choice."""
    return "none" if choice is None else choice.name.lower()


def vote_forms(back: str | None = None) -> VoteForms:
    """Return the vote forms of this page; `back` is the page itself unless it is given."""
    forms: VoteForms | None = g.get("vote_forms")
    if forms is None:
        slug = str((request.view_args or {})["slug"])
        forms = g.vote_forms = VoteForms(
            address=url_for("votes.cast", slug=slug, number=0).removesuffix("0/vote"),
            sign_in="" if visible_viewer() else url_for("accounts.sign_in"),
            back=back or request.full_path.rstrip("?"),
            token=token_for_forms(),
            words=words_in(current_language()),
            can_vote=can_vote(),
        )
    return forms


def token_for_forms() -> str | None:
    """Return a token against forged forms; none for a visitor, because reading sets no cookie."""
    if visible_viewer():
        # After a vote, the token that came with it was found good and is good for the next.
        return request.form.get("csrf_token") or str(generate_csrf())
    return str(generate_csrf()) if guest_token() else None


def vote_buttons(mine: int | None, *, view: str) -> Markup:
    """Return the three buttons, with the one pressed that the vote says."""
    return _buttons(current_language(), mine, view)


def vote_result(agrees: int, disagrees: int, passes: int) -> Markup:
    """Return the counts as the reader's language says them: words, bar and key."""
    return _result_block(current_language(), agrees, disagrees, passes)


@cache
def words_in(_language: str) -> Words:
    """Return what vote blocks say in the language, which is the reader's."""
    return Words(
        group=_("Your vote"),
        buttons=(
            ("agree", Choice.AGREE, _("Agree"), "A"),
            ("disagree", Choice.DISAGREE, _("Disagree"), "D"),
            ("pass", Choice.PASS, _("Pass"), "P"),
        ),
        says={
            Choice.AGREE: _("You agree."),
            Choice.DISAGREE: _("You disagree."),
            Choice.PASS: _("You pass."),
        },
        saved={
            Choice.AGREE: _("Saved: you agree."),
            Choice.DISAGREE: _("Saved: you disagree."),
            Choice.PASS: _("Saved: you pass."),
        },
        taken_back=_("Your vote on this idea is taken back."),
        undo=_("Undo"),
        take_back=_("Take back"),
        nobody=_("Nobody has voted on this idea."),
        agree=_("%(count)s agree"),
        disagree=_("%(count)s disagree"),
        passed=_("%(count)s pass"),
    )


# A page has many of these and most are like one made before: they are made once.
@lru_cache(maxsize=128)
def _buttons(language: str, mine: int | None, view: str) -> Markup:
    template = current_app.jinja_env.get_template("votes/_buttons.html")
    return Markup(template.render(words=words_in(language), mine=mine, view=view))  # noqa: S704


@lru_cache(maxsize=8192)
def _result_block(language: str, agrees: int, disagrees: int, passes: int) -> Markup:
    votes = agrees + disagrees + passes
    scale = 100 / (votes or 1)
    interval = wilson_interval(agrees, votes)
    words = words_in(language)
    counts = {"agrees": _number(language, agrees), "votes": _number(language, votes)}
    values = {
        "words": _share_words(language, agrees) % counts,
        "interval": share_range(interval.low, interval.high) if votes else "",
        "agrees": words.agree % {"count": counts["agrees"]},
        "disagrees": words.disagree % {"count": _number(language, disagrees)},
        "passes": words.passed % {"count": _number(language, passes)},
        "agree_width": round(agrees * scale, 1),
        "disagree_width": round(disagrees * scale, 1),
        "pass_width": round(passes * scale, 1),
        "pass_start": round((agrees + disagrees) * scale, 1),
        "low": round(interval.low * 100, 1),
        "high": round(interval.high * 100, 1),
    }
    return _counts(language).fill(values)


@cache
def _counts(_language: str) -> Mould:
    return Mould("votes/_counts.html", result={name: hole(name) for name in _IN_A_RESULT})


@lru_cache(maxsize=4096)
def _share_words(_language: str, agrees: int) -> str:
    return ngettext(
        "%(agrees)s of %(votes)s agrees",
        "%(agrees)s of %(votes)s agree",
        agrees,
        agrees="%(agrees)s",
        votes="%(votes)s",
    )


@lru_cache(maxsize=4096)
def _number(_language: str, value: int) -> str:
    return number(value)
