"""Commands: thin, they call services."""

from importlib import import_module
from typing import Final

from click import Command, Context, get_current_context
from flask import Flask
from flask.cli import AppGroup

GROUPS: Final = ("consultation", "demo", "exchange", "insights", "jobs", "people", "survey", "synthesis")
"""Modules here, each with a group of commands of the same name."""


class Commands(AppGroup):
    """The command groups, each loaded when it is asked for: a server never asks."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Return the names of the groups."""
        return sorted({*super().list_commands(ctx), *GROUPS})

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Return the group with this name, or None."""
        if cmd_name not in GROUPS:
            return super().get_command(ctx, cmd_name)
        group: Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return group


def register_commands(app: Flask) -> None:
    """Add every command group to `flask`, and let `flask db` find the migrations."""
    app.cli = Commands(app.name)
    if get_current_context(silent=True) is not None:
        from deliberation.web.migrations import bind_migrations  # with Alembic: slow to load

        bind_migrations(app)
