"""Who may open a view. A view that does not say so cannot be registered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, TypeVar, cast

from flask import Flask
from flask_login import current_user
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

from deliberation.base.errors import SignInRequired

LARGEST_NUMBER: Final = 2**31 - 1
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
    return getattr(app.view_functions[endpoint], "access", None)


class DatabaseInteger(IntegerConverter):
    """A number in an address; one that no database column can hold is no address."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        """Take the options of Werkzeug's own converter, with another upper bound."""
        super().__init__(url_map, **{"max": LARGEST_NUMBER, **options})


class PrintableText(UnicodeConverter):
    """A name in an address; one that cannot be written is no address."""

    def to_python(self, value: str) -> str:
        """Return the name. Raises ValidationError, which makes the address unknown."""
        if not value.isprintable():
            raise ValidationError
        return super().to_python(value)


class GuardedFlask(Flask):
    """A Flask application that registers no view without a declared access."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Make the application as Flask does."""
        super().__init__(*args, **options)
        self.url_map.converters["int"] = DatabaseInteger
        self.url_map.converters["default"] = self.url_map.converters["string"] = PrintableText

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Any = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """Register the rule. Raises TypeError for a view that does not declare who may open it."""
        if view_func is not None and not hasattr(view_func, "access"):
            raise TypeError(f"{endpoint or view_func.__name__} does not declare who may open it")
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return `func`: none of ours is asynchronous, and asking each of them at each request takes time."""
        return func
