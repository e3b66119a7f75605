"""Commands: thin, they call services."""

from click import Group
from flask import Flask

GROUPS: tuple[Group, ...] = ()


def register_commands(app: Flask) -> None:
    """Add every command group to `flask`."""
    for group in GROUPS:
        app.cli.add_command(group)
