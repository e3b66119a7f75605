"""Who may open a view. A view that does not say so cannot be registered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask
from flask_login import current_user

from deliberation.base.errors import SignInRequired

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """A rule with a name. `check` raises a domain error for a visitor whom it keeps out."""

    name: str
    check: Callable[[], None]


def _everybody() -> None:
    """Let everybody in."""


def _signed_in() -> None:
    if not current_user.is_authenticated:
        raise SignInRequired


PUBLIC = Access("public", _everybody)
SIGNED_IN = Access("signed in", _signed_in)

THIRD_PARTY = {"bootstrap.static": PUBLIC}
"""Endpoints that extensions bring along."""


def access(rule: Access) -> Callable[[View], View]:
    """Declare who may open the view; the rule is checked before the view runs."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            rule.check()
            return view(*args, **kwargs)

        guarded.access = rule  # type: ignore[attr-defined]
        return cast(View, guarded)

    return declare


def access_of(app: Flask, endpoint: str) -> Access | None:
    """Return the rule that the view at `endpoint` declares."""
    return THIRD_PARTY.get(endpoint) or getattr(app.view_functions[endpoint], "access", None)


class GuardedFlask(Flask):
    """A Flask application that registers no view without a declared access."""

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Register the rule. Raises TypeError for a view that does not declare who may open it."""
        if view_func is not None and endpoint not in THIRD_PARTY and not hasattr(view_func, "access"):
            raise TypeError(f"{endpoint or view_func.__name__} does not declare who may open it")
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)
