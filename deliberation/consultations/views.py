"""Pages of the consultations room."""

from flask import Blueprint

from deliberation.web.access import PUBLIC, access

blueprint = Blueprint("consultations", __name__)


# PLACEHOLDER routes so that links can be built; the room's owner replaces this file wholly.


@blueprint.route("/", methods=['GET'])
@access(PUBLIC)
def index(**_kw: object) -> str:
    """Placeholder."""
    return ""


@blueprint.route("/c/<slug>", methods=['GET'])
@access(PUBLIC)
def show(**_kw: object) -> str:
    """Placeholder."""
    return ""


@blueprint.route("/c/<slug>/background", methods=['GET'])
@access(PUBLIC)
def background(**_kw: object) -> str:
    """Placeholder."""
    return ""


@blueprint.route("/invitation/<token>", methods=['GET', 'POST'])
@access(PUBLIC)
def invitation(**_kw: object) -> str:
    """Placeholder."""
    return ""
