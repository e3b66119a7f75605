"""Pages of the consultations room."""

from flask import Blueprint

blueprint = Blueprint("consultations", __name__)
