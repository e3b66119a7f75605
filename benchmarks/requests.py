"""The requests that browsers would send, as bytes made beforehand."""

from random import Random
from typing import Final
from urllib.parse import urlencode

from benchmarks.data import IDEAS, SLUG, Ground, Person
from deliberation.web.errors import FRAGMENT

AT_A_TIME: Final = 6_000
_BROWSER: Final = "Host: 127.0.0.1\r\nAccept-Language: en\r\nAccept-Encoding: gzip, deflate, br\r\n"
_CHOICES: Final = ("agree", "disagree", "pass")


def votes(ground: Ground, *, seed: int, by_script: bool) -> list[bytes]:
    """Votes of many people on many ideas: some first votes, some changes.

    As our script sends them, answered with the vote block, or as a plain form, answered with a redirect.
    """
    chance = Random(seed)
    return [
        _vote(chance.choice(_half(ground, 0)), chance.randint(1, IDEAS), chance.choice(_CHOICES), by_script)
        for _ in range(AT_A_TIME)
    ]


def bare_votes(ground: Ground, *, seed: int) -> list[bytes]:
    """Such votes for the bare route, of other people: it counts nothing, so their counts go wrong."""
    chance = Random(seed)
    requests = []
    for _ in range(AT_A_TIME):
        person, number = chance.choice(_half(ground, 1)), chance.randint(1, IDEAS)
        body = urlencode(
            {
                "participant_id": person.participant_id,
                "idea_id": ground.idea_ids[number - 1],
                "choice": chance.randint(-1, 1),
            }
        )
        requests.append(_post("/bare/upsert", body))
    return requests


def visitors(address: str) -> list[bytes]:
    """A page as somebody who is not signed in asks for it."""
    return [_get(address)]


def readers(address: str, ground: Ground) -> list[bytes]:
    """A page as everybody who is signed in asks for it."""
    return [_get(address, f"Cookie: {person.cookie}\r\n") for person in ground.people]


def _half(ground: Ground, which: int) -> list[Person]:
    return ground.people[which::2]


def _vote(person: Person, number: int, choice: str, by_script: bool) -> bytes:
    form = {"csrf_token": person.token, "view": "list", "next": f"/c/{SLUG}/threads/1", "choice": choice}
    more = f"Cookie: {person.cookie}\r\nAccept: {FRAGMENT if by_script else 'text/html'}\r\n"
    return _post(f"/c/{SLUG}/ideas/{number}/vote", urlencode(form), more)


def _get(address: str, more: str = "") -> bytes:
    return f"GET {address} HTTP/1.1\r\n{_BROWSER}{more}\r\n".encode()


def _post(address: str, body: str, more: str = "") -> bytes:
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return f"POST {address} HTTP/1.1\r\n{_BROWSER}{more}{form}\r\n{body}".encode()
