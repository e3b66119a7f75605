"""Pages of the votes room."""

from flask import Blueprint

blueprint = Blueprint("votes", __name__)
