"""Pages of the tags room."""

from flask import Blueprint

from deliberation.web.access import PUBLIC, access

blueprint = Blueprint("tags", __name__)


# PLACEHOLDER routes so that links can be built; the room's owner replaces this file wholly.


@blueprint.route("/c/<slug>/ideas/<int:number>/tags", methods=["POST"])
@access(PUBLIC)
def apply(**_kw: object) -> str:
    """Placeholder."""
    return ""


@blueprint.route("/c/<slug>/ideas/<int:number>/tags/remove", methods=["POST"])
@access(PUBLIC)
def remove(**_kw: object) -> str:
    """Placeholder."""
    return ""
