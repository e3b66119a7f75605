"""Pages of the tags room."""

from flask import Blueprint

blueprint = Blueprint("tags", __name__)
