"""Commands: thin, they call services."""

from click import Group
from flask import Flask

from deliberation.cli.consultation import consultation
from deliberation.cli.demo import demo
from deliberation.cli.exchange import exchange
from deliberation.cli.people import people
from deliberation.cli.synthesis import synthesis

GROUPS: tuple[Group, ...] = (consultation, demo, exchange, people, synthesis)


def register_commands(app: Flask) -> None:
    """Add every command group to `flask`."""
    for group in GROUPS:
        app.cli.add_command(group)
