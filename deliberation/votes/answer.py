"""What a script is answered after a vote: the vote block as pages show it, with what was saved."""

from functools import lru_cache
from typing import Final

from flask import request
from markupsafe import Markup

from deliberation.base.text import shortened
from deliberation.votes.block import VoteForms, token_for_forms, vote_result, words_in
from deliberation.votes.models import Choice
from deliberation.votes.service import Ballot
from deliberation.web.locale import current_language
from deliberation.web.moulds import Mould, hole

LONGEST_STATEMENT: Final = 80


def vote_answer(ballot: Ballot, *, view: str, back: str) -> Markup:
    """Return the vote block of the request that cast the ballot; `back` is the page to come back to."""
    values = {
        "address": f"{request.script_root}{request.path}".rsplit("/", 2)[0],
        "number": ballot.number,
        "statement": shortened(ballot.statement, LONGEST_STATEMENT),
        "token": token_for_forms(),
        "back": back,
        "result": vote_result(ballot.agrees, ballot.disagrees, ballot.passes),
    }
    return _mould(current_language(), view, ballot.my_choice, ballot.previous).fill(values)


@lru_cache(maxsize=256)
def _mould(language: str, view: str, mine: Choice | None, previous: Choice | None) -> Mould:
    words = words_in(language)
    forms = VoteForms(hole("address") + "/", sign_in="", back=hole("back"), token=hole("token"), words=words)
    card = {"number": hole("number"), "statement": hole("statement"), "my_choice": mine, "agrees": 1}
    return Mould(
        "votes/_votes.html",
        card=card,
        ballot={"previous": previous},
        view=view,
        viewer=True,
        takes_votes=True,
        vote_forms=lambda: forms,
        vote_result=lambda *_counts: hole("result"),
    )
