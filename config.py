"""The settings, and the only reader of the environment. Documented in docs/operations.md."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from environs import Env

ROOT = Path(__file__).resolve().parent
SECRET_LENGTH = 16
KNOWN_SECRETS = frozenset({"change-me", "changeme", "dev", "development", "secret", "secret-key", "insecure"})


class SettingError(Exception):
    """A setting is missing or unusable; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that differs from one installation to the next."""

    secret_key: str = field(repr=False)
    database_url: str = field(default=f"sqlite:///{ROOT / 'instance' / 'deliberation.sqlite3'}", repr=False)
    base_url: str = "http://127.0.0.1:8000"
    port: int = 8000
    mail_url: str = field(default="smtp://localhost:25", repr=False)
    mail_from: str = "Deliberation <no-reply@localhost>"
    redis_url: str | None = field(default=None, repr=False)
    site_name: str = "Deliberation"
    trusted_proxies: int = 0
    database_connections: int = 4
    password_effort: int = 3

    @classmethod
    def from_environment(cls) -> Self:
        """Read the settings. Raises SettingError, naming the setting, where one will not do."""
        env = Env()
        fixed = cls(secret_key="")
        port = env.int("PORT", fixed.port)
        config = cls(
            secret_key=env.str("SECRET_KEY", ""),
            database_url=env.str("DATABASE_URL", fixed.database_url),
            base_url=env.str("BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            port=port,
            mail_url=env.str("MAIL_URL", fixed.mail_url),
            mail_from=env.str("MAIL_FROM", fixed.mail_from),
            redis_url=env.str("REDIS_URL", "") or None,
            site_name=env.str("SITE_NAME", fixed.site_name),
            trusted_proxies=env.int("TRUSTED_PROXIES", fixed.trusted_proxies),
            database_connections=env.int("DATABASE_CONNECTIONS", fixed.database_connections),
        )
        config.check()
        return config

    def check(self) -> None:
        """Raise SettingError where a setting cannot be right."""
        if len(self.secret_key) < SECRET_LENGTH or self.secret_key.lower() in KNOWN_SECRETS:
            raise SettingError(
                f"SECRET_KEY must be set to at least {SECRET_LENGTH} characters that nobody can guess. "
                'Make one with: python3 -c "import secrets; print(secrets.token_hex(32))"'
            )
        if urlsplit(self.base_url).scheme not in {"http", "https"} or not urlsplit(self.base_url).netloc:
            raise SettingError(
                "BASE_URL must be the address people use, such as https://deliberation.example.org"
            )
        if urlsplit(self.mail_url).scheme not in {"smtp", "smtps", "file", "console"}:
            raise SettingError("MAIL_URL must begin with smtp://, smtps://, file:// or console:")

    @property
    def sqlalchemy_url(self) -> str:
        """The database address with the driver named, as SQLAlchemy wants it."""
        url = self.database_url
        for plain in ("postgresql://", "postgres://"):
            if url.startswith(plain):
                return "postgresql+psycopg://" + url.removeprefix(plain)
        return url

    @property
    def is_secure(self) -> bool:
        """Whether people reach the site over TLS."""
        return urlsplit(self.base_url).scheme == "https"
