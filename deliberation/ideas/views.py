"""Pages of the ideas room."""

from flask import Blueprint

blueprint = Blueprint("ideas", __name__)
