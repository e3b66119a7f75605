"""The application: a short list of named steps. The only module that knows every room."""

from typing import Final

from flask import Flask, g
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Config
from deliberation.accounts import views as accounts
from deliberation.accounts.viewer import Viewer, find_viewer, note_seen
from deliberation.base.database import engine_options, is_sqlite, newest_migration, writing
from deliberation.cli import register_commands
from deliberation.comments import views as comments
from deliberation.consultations import views as consultations
from deliberation.exchange.drafts import views as imports
from deliberation.exchange.spreadsheet import views as spreadsheet
from deliberation.exchange.wikitalk import views as wikitalk
from deliberation.guests import views as guests
from deliberation.ideas import views as ideas
from deliberation.insights import views as insights
from deliberation.moderation import case_views as cases
from deliberation.moderation import merge_views as merging
from deliberation.moderation import tag_views as curation
from deliberation.moderation import views as moderation
from deliberation.results import views as results
from deliberation.results.exports import views as exports
from deliberation.setup import change_views as changes
from deliberation.setup import entry_views as setup_entries
from deliberation.setup import link_views as links
from deliberation.setup import people_views as setup_people
from deliberation.setup import thread_views as setup_threads
from deliberation.setup import views as setup
from deliberation.surveys import pages as surveys
from deliberation.synthesis import draft_pages as drafting
from deliberation.synthesis import views as synthesis
from deliberation.synthesis.prepared import views as prepared
from deliberation.synthesis.signing import acting as signing
from deliberation.tags import views as tags
from deliberation.votes import views as votes
from deliberation.web import views as web
from deliberation.web.access import GuardedFlask
from deliberation.web.assets import register_assets
from deliberation.web.errors import handle_errors
from deliberation.web.extensions import bind_extensions, db, login
from deliberation.web.mail import Mailer
from deliberation.web.rendering import prepare_templates
from deliberation.web.security import secure
from deliberation.web.visitors import remember_visitor_pages

ROOMS: Final = (
    web,
    accounts,
    consultations,
    ideas,
    votes,
    tags,
    comments,
    surveys,
    results,
    exports,
    moderation,
    merging,
    curation,
    cases,
    guests,
    insights,
    synthesis,
    drafting,
    signing,
    prepared,
    imports,
    wikitalk,
    spreadsheet,
    setup,
    setup_threads,
    setup_entries,
    setup_people,
    changes,
    links,
)
FOR_EVERYBODY: Final = frozenset(
    {
        "consultations.show", "consultations.background", "ideas.thread", "insights.show", "synthesis.show",
        "moderation.log", "results.show", "results.table", "tags.index", "tags.show",
        "signing.show", "signing.versions",
    }
)  # fmt: skip
"""Pages that every visitor without a session reads alike."""
MOST_BYTES: Final = 1_000_000
MOST_FIELDS: Final = 1_000
SIGNED_IN_DAYS: Final = 180
SMALL_ENOUGH: Final = 4_000
"""Bytes of an answer that reaches nobody sooner compressed, such as the vote block after a vote."""


def create_app(config: Config) -> Flask:
    """Return the application for these settings."""
    app = GuardedFlask("deliberation", root_path=str(ROOT), template_folder="templates", static_folder=None)
    apply_settings(app, config)
    remember_visitor_pages(app, FOR_EVERYBODY)
    bind_extensions(app)
    login.user_loader(load_viewer)
    secure(app, strict_transport=config.is_secure)
    handle_errors(app)
    prepare_templates(app, site_name=config.site_name)
    register_assets(app)
    for room in ROOMS:
        app.register_blueprint(room.blueprint)
    register_commands(app)
    return app


def apply_settings(app: Flask, config: Config) -> None:
    """Hand the settings to Flask and its extensions, and prepare what rests on them."""
    app.config.from_mapping(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(
            config.sqlalchemy_url, connections=config.database_connections
        ),
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_BYTES,
        MAX_FORM_PARTS=MOST_FIELDS,
        SESSION_COOKIE_NAME="deliberation",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.is_secure,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SIGNED_IN_DAYS * 86_400,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "deliberation" / "translations"),
        RATELIMIT_STORAGE_URI=config.redis_url or "memory://",
        RATELIMIT_HEADERS_ENABLED=True,
        COMPRESS_STREAMS=False,
        COMPRESS_MIN_SIZE=SMALL_ENOUGH,
        BASE_URL=config.base_url,
    )
    app.extensions["config"] = config
    app.extensions["mailer"] = Mailer(config.mail_url, config.mail_from)
    app.extensions["schema_version"] = newest_migration(ROOT)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def load_viewer(token: str) -> Viewer | None:
    """Return who is signed in with this secret; nobody, on the page that says the database is away."""
    if g.get("database_away"):
        return None
    session = db.session()
    engine = session.get_bind()
    if writing.get() and isinstance(engine, Engine) and is_sqlite(engine) and not session.in_transaction():
        # SQLite has one writer at a time: who somebody is can be read before it is this request's turn.
        with engine.connect() as connection:
            viewer = find_viewer(connection, token)
    else:
        viewer = find_viewer(session.connection(), token)
    if viewer and writing.get():
        note_seen(session, viewer)
    return viewer
