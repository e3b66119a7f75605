"""Pages that belong to no room: whether the server is well, language and appearance, help."""

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice

from deliberation.web.access import PUBLIC, access
from deliberation.web.extensions import db, limiter
from deliberation.web.forms import Form
from deliberation.web.locale import LANGUAGE_COOKIE, LANGUAGES, current_language
from deliberation.web.rendering import THEME_COOKIE, visible_viewer
from deliberation.web.security import local_path

blueprint = Blueprint("web", __name__)
CHOICE_SECONDS = 365 * 86_400


class PreferencesForm(Form):
    """The language and the colours of the pages."""

    language = RadioField(
        _l("Language"), choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()]
    )
    theme = RadioField(
        _l("Colours"),
        choices=[
            SelectChoice("", _l("As on my device")),
            SelectChoice("light", _l("Light")),
            SelectChoice("dark", _l("Dark")),
        ],
        default="",
    )
    next = HiddenField()


@blueprint.get("/healthz")
@access(PUBLIC)
@limiter.exempt
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return Response("ok\n", content_type="text/plain")


@blueprint.get("/readyz")
@access(PUBLIC)
@limiter.exempt
def readyz() -> ResponseReturnValue:
    """Say whether the database answers and has the schema this version wants."""
    try:
        found = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return Response("database away\n", 503, {"Retry-After": "30"}, content_type="text/plain")
    wanted = current_app.extensions["schema_version"]
    if found != wanted:
        return Response(f"schema is {found}, this version wants {wanted}\n", 503, content_type="text/plain")
    return Response("ready\n", content_type="text/plain")


@blueprint.route("/preferences", methods=["GET", "POST"])
@access(PUBLIC)
def preferences() -> ResponseReturnValue:
    """Choose language and colours; remembered in this browser, or with the account of who is signed in."""
    if visible_viewer():
        return redirect(url_for("accounts.profile"), 303)
    form = PreferencesForm(
        language=current_language(),
        theme=request.cookies.get(THEME_COOKIE, ""),
        next=request.args.get("next"),
    )
    if not form.validate_on_submit():
        return render_template("web/preferences.html", form=form), form.status
    answer = redirect(local_path(form.next.data, otherwise=url_for("consultations.index")), 303)
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    for name, value in ((LANGUAGE_COOKIE, form.language.data), (THEME_COOKIE, form.theme.data)):
        answer.set_cookie(
            name, value or "", max_age=CHOICE_SECONDS, httponly=True, samesite="Lax", secure=secure
        )
    return answer


@blueprint.get("/help")
@access(PUBLIC)
def help() -> ResponseReturnValue:
    """Explain how it works and who sees what."""
    return render_template("web/help.html", title=_("How it works"))
