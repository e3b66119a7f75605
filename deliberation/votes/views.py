"""Pages of the votes room."""

from flask import Blueprint

from deliberation.votes.block import vote_result, vote_words

blueprint = Blueprint("votes", __name__)
blueprint.app_template_global()(vote_words)
blueprint.app_template_global()(vote_result)
