"""The migrations, found by the application's own settings. Nothing that serves pages loads this."""

from flask import Flask
from flask_migrate import Migrate, upgrade

from deliberation.web.extensions import db


def bind_migrations(app: Flask) -> None:
    """Let `flask db` find the migrations and the database."""
    Migrate(render_as_batch=True).init_app(app, db, directory=f"{app.root_path}/migrations")


def migrate_to_newest(app: Flask) -> None:
    """Bring the application's database to the newest schema."""
    bind_migrations(app)
    with app.app_context():
        upgrade()
