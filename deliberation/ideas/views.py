"""Pages of the ideas room."""

from flask import Blueprint

from deliberation.web.access import PUBLIC, access

blueprint = Blueprint("ideas", __name__)


# PLACEHOLDER routes so that links can be built; the room's owner replaces this file wholly.


@blueprint.route("/c/<slug>/threads/<int:number>", methods=["GET", "POST"])
@access(PUBLIC)
def thread(**_kw: object) -> str:
    """Placeholder."""
    return ""


@blueprint.route("/c/<slug>/ideas/<int:number>", methods=["GET"])
@access(PUBLIC)
def show(**_kw: object) -> str:
    """Placeholder."""
    return ""


@blueprint.route("/c/<slug>/ideas/<int:number>/edit", methods=["GET", "POST"])
@access(PUBLIC)
def edit(**_kw: object) -> str:
    """Placeholder."""
    return ""


@blueprint.route("/c/<slug>/ideas/<int:number>/history", methods=["GET"])
@access(PUBLIC)
def history(**_kw: object) -> str:
    """Placeholder."""
    return ""


@blueprint.route("/c/<slug>/ideas/<int:number>/withdraw", methods=["POST"])
@access(PUBLIC)
def withdraw(**_kw: object) -> str:
    """Placeholder."""
    return ""
