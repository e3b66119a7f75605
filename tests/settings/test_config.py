import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import Config, SettingError

ROOT = Path(__file__).resolve().parents[2]
KEY = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("secret", ["", "short", "change-me", "secret"])
def test_it_does_not_start_without_a_real_secret(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", secret)
    with pytest.raises(SettingError, match="SECRET_KEY"):
        Config.from_environment()


def test_the_server_itself_refuses_and_names_the_setting() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("BASE_URL", "example.org"), ("BASE_URL", "ftp://example.org"), ("MAIL_URL", "http://example.org")],
)
def test_a_setting_that_cannot_be_right_is_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", KEY)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError, match=name):
        Config.from_environment()


def test_secrets_are_not_shown() -> None:
    shown = repr(Config(secret_key=KEY, database_url="postgresql://u:pass@h/d", mail_url="smtp://u:pass@h"))
    assert KEY not in shown
    assert "pass@" not in shown


def test_a_plain_postgres_address_gets_its_driver() -> None:
    for scheme in ("postgres", "postgresql"):
        config = Config(secret_key=KEY, database_url=f"{scheme}://u@h/d")
        assert config.sqlalchemy_url == "postgresql+psycopg://u@h/d"


def test_cookies_are_for_tls_when_the_address_is() -> None:
    assert Config(secret_key=KEY, base_url="https://example.org").is_secure
    assert not Config(secret_key=KEY).is_secure
