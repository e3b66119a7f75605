"""The extensions, made once and bound to the application in `bind_extensions`."""

from ipaddress import IPv6Address, ip_address

from flask import Flask, request
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_login import LoginManager, current_user
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from deliberation.base.database import prepare_engine
from deliberation.base.model import Base
from deliberation.web.locale import choose_locale

NETWORK_BITS = 64


def address_key() -> str:
    """Return what a visitor's address counts as: itself, or the network of an IPv6 address."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return f"{int(address) >> (128 - NETWORK_BITS):x}/64"
    return str(address)


def account_key() -> str:
    """Return the account that is signed in, or the address of a visitor."""
    return str(current_user.account_id) if current_user.is_authenticated else address_key()


class ViewLimiter(Limiter):
    """Limits that views declare, and no others: a view without one is not slowed down by looking for it."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


db = SQLAlchemy(model_class=Base)
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
limiter = ViewLimiter(key_func=address_key)
compress = Compress()


def bind_extensions(app: Flask) -> None:
    """Bind every extension to `app`."""
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    login.init_app(app)
    login.session_protection = None  # phones change networks; the sign-in row is what can be revoked
    csrf.init_app(app)
    babel.init_app(app, locale_selector=choose_locale)
    limiter.init_app(app)
    compress.init_app(app)
