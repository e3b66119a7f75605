import timeit
from typing import Any

import pytest
from argon2 import PasswordHasher

from deliberation.accounts.passwords import check_new_password, hash_password, password_matches
from deliberation.base.errors import Refused
from deliberation.web.extensions import db
from tests.accounts.conftest import OTHER_PASSWORD, PASSWORD, Mailbox, sign_in, sign_up
from tests.strict_client import StrictClient


def _check(password: str) -> None:
    check_new_password(
        password, name="Ada Ekström", email="ada.ekstrom@example.org", site_name="Deliberation"
    )


@pytest.mark.parametrize(
    "password",
    [
        "violet otter ladder rain",
        "häst batteri klammer rätt",
        "x7Kq!vP2mZ#9rTw",
        "violet otter ladder rain " * 8,
        "密码很长而且没有人能够猜到它",
    ],
)
def test_a_long_password_that_is_hard_to_guess_will_do(password: str) -> None:
    if len(password) < 15:
        password += "紫色水獭"
    _check(password)


@pytest.mark.parametrize(
    ("password", "beginning"),
    [
        ("Tr0ub4dor&3x7k", "Use at least"),
        ("a" * 201, "Use at most"),
        ("aaaaaaaaaaaaaaaaaaaa", "Someone could guess"),
        ("passwordpassword", "Someone could guess"),
        ("qwertyuiopasdfgh", "Someone could guess"),
        ("123456789012345", "Someone could guess"),
        ("ada.ekstrom@example.org", "Someone could guess"),
        ("deliberationdeliberation", "Someone could guess"),
        ("Ada Ekström 1984", "Someone could guess"),
        ("abc" * 60, "Someone could guess"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(password: str, beginning: str) -> None:
    with pytest.raises(Refused, match=beginning) as refusal:
        _check(password)
    assert refusal.value.field == "password"


def test_a_password_matches_only_itself() -> None:
    stored = hash_password("violet otter ladder rain", effort=1)
    assert stored.startswith("$argon2id$")
    assert password_matches(stored, "violet otter ladder rain", effort=1)
    assert not password_matches(stored, "violet otter ladder snow", effort=1)


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password("violet otter", effort=1) != hash_password("violet otter", effort=1)


def test_a_letter_may_be_typed_as_one_character_or_as_two() -> None:
    assert password_matches(hash_password("h\u00e4st batteri", effort=1), "ha\u0308st batteri", effort=1)


def test_nobody_has_no_password() -> None:
    assert not password_matches(None, "nobody's password", effort=1)
    assert not password_matches("!", "!", effort=1)


def test_the_published_profile_is_the_one_that_is_used() -> None:
    assert "m=65536,t=3,p=4" in hash_password("violet otter", effort=3)


def test_nobody_takes_as_long_as_somebody() -> None:
    stored = hash_password("violet otter ladder rain", effort=3)

    def fastest(kept: str | None) -> float:
        return min(timeit.repeat(lambda: password_matches(kept, "a guess", effort=3), number=1, repeat=4))

    assert 0.4 < fastest(None) / fastest(stored) < 2.5


def test_no_transaction_waits_for_a_password(
    client: StrictClient, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_while_working = []

    def watch(name: str) -> None:
        real = getattr(PasswordHasher, name)

        def watched(*args: Any, **kwargs: Any) -> Any:
            open_while_working.append(db.session().in_transaction())
            return real(*args, **kwargs)

        monkeypatch.setattr(PasswordHasher, name, watched)

    watch("hash")
    watch("verify")
    sign_up(client)
    client.submit(mailbox.link("ada@example.org", "/confirm/"), {"password": PASSWORD})
    client.submit("/account/password", {"current": PASSWORD, "password": OTHER_PASSWORD})
    client.submit("/reset", {"email": "ada@example.org"})
    client.submit(mailbox.link("ada@example.org", "/reset/"), {"password": PASSWORD})
    client.submit("/account", {}, to="/sign-out")
    assert sign_in(client).status_code == 303
    # One more where this process makes the hash that nobody's password is compared with.
    assert len(open_while_working) in {6, 7}
    assert not any(open_while_working)
