"""How few people a number may be about before it is no longer shown."""

from typing import Final

FEWEST: Final = 10
"""A cell with fewer is not shown, and a group with fewer has no name."""
