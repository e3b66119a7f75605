"""The answer to a vote by script: filled into a block made beforehand, and the same as the template makes."""

from itertools import product

import pytest
from flask import Flask, render_template

from deliberation.votes.answer import vote_answer
from deliberation.votes.block import VoteForms, words_in
from deliberation.votes.models import Choice
from deliberation.votes.service import Ballot

STATEMENT = 'Ask <b>"museums"</b> & libraries for {number}, %s and ${back}: ' + "a long list " * 9
CHOICES = [*Choice, None]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("view", ["list", "idea", "card"])
def test_the_answer_is_what_the_template_makes(
    view: str, language: str, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deliberation.votes.block.visible_viewer", lambda: "somebody who is signed in")
    back = "/c/the-park/threads/1?tag=a&tag=b"
    request = {"data": {"csrf_token": 'a "token"'}, "headers": {"Accept-Language": language}}
    for at, (mine, previous) in enumerate(product(CHOICES, CHOICES)):
        ballot = Ballot(4, 7 + at, STATEMENT, mine, previous, agrees=1_200 + at, disagrees=0, passes=3)
        with app.test_request_context("/c/the-park/ideas/7/vote", method="POST", **request):
            forms = VoteForms("/c/the-park/ideas/", "", back, 'a "token"', words_in(language))
            made = render_template(
                "votes/_votes.html", card=ballot, ballot=ballot, view=view, viewer=True, takes_votes=True,
                vote_forms=lambda known=forms: known,
            )  # fmt: skip
            assert vote_answer(ballot, view=view, back=back) == made
