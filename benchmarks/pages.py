"""What a page costs: statements for the database, and bytes over the wire with all it needs."""

import http.client
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import Flask
from sqlalchemy import Connection, Engine, event

from benchmarks.data import SLUG, Ground

PAGES: Final = {"thread page, 25 of 1,000": f"/c/{SLUG}/threads/1", "consultation page": f"/c/{SLUG}"}
_MORE: Final = {"one idea at a time": f"/c/{SLUG}/vote", "idea page": f"/c/{SLUG}/ideas/1"}
_NEEDED: Final = re.compile(r'<(?:link|script)[^>]*?(?:href|src)="(/assets/[^"]+)"')


def report(app: Flask, port: int, ground: Ground) -> None:
    """Print the statements and the compressed bytes of each page, signed out and in."""
    person = ground.people[0]
    print("  page                              statements out/in    kB html out/in    kB in all out/in")
    for name, address in (PAGES | _MORE).items():
        statements = [count_statements(app, address, cookie) for cookie in ("", person.cookie)]
        sizes = [sizes_of(port, address, cookie) for cookie in ("", person.cookie)]
        html, whole = ([size[i] / 1000 for size in sizes] for i in (0, 1))
        print(
            f"  {name:32} {statements[0]:8} / {statements[1]:<8} {html[0]:7.1f} / {html[1]:<7.1f}"
            f" {whole[0]:7.1f} / {whole[1]:<7.1f}",
            flush=True,
        )


def count_statements(app: Flask, address: str, cookie: str) -> int:
    """Return how many statements the page says to the database."""
    browser = app.test_client(use_cookies=False)
    browser.get(address, headers={"Cookie": cookie})
    with _heard() as statements:
        answer = browser.get(address, headers={"Cookie": cookie})
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status}")
    return len(statements)


@contextmanager
def _heard() -> Iterator[list[str]]:
    statements: list[str] = []

    def listen(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


def sizes_of(port: int, address: str, cookie: str) -> tuple[int, int]:
    """Return the bytes of the page, and of the page with its styles, scripts and marks, all compressed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    page = len(_fetch(connection, address, cookie, "br"))
    needed = set(_NEEDED.findall(_fetch(connection, address, cookie, "identity").decode()))
    whole = page + sum(len(_fetch(connection, asset, "", "br")) for asset in needed)
    connection.close()
    return page, whole


def _fetch(connection: http.client.HTTPConnection, address: str, cookie: str, coding: str) -> bytes:
    headers = {"Accept-Encoding": coding, "Accept-Language": "en"} | ({"Cookie": cookie} if cookie else {})
    connection.request("GET", address, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"{address} answers {answer.status}")
    return body
