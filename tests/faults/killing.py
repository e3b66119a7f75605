"""A process that lets others do things and kills them at a chosen moment: `python -m tests.faults.killing`.

It has everything loaded and no connection open, so that each of them is there at once, as a fork. It takes
orders as JSON, a line each, and answers each with what the process had told until then.
"""

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, Self

from click import Group
from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from config import ROOT
from deliberation.accounts.models import Account
from deliberation.app import create_app
from deliberation.cli import synthesis as synthesis_commands
from deliberation.cli.exchange import exchange
from deliberation.exchange.polis import export as polis_export
from deliberation.moderation.acts import record
from deliberation.synthesis.signing import publishing
from deliberation.web.extensions import db, limiter
from tests import factories
from tests.conftest import make_config

BEGUN, WRITING, DONE = "begun", "writing", "done"
PUBLISH, FILE, DIRECTORY = "publish", "file", "directory"
_WRITES: Final = ("INSERT", "UPDATE", "DELETE")
_PAUSE: Final = 0.02


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to do. `target` is a version's number, or where the files go; `since` is when `delay` begins."""

    what: str
    slug: str
    target: str
    is_careless: bool = False
    since: str = ""
    delay: float = 0.0


class Killer:
    """The process, seen from the test."""

    def __init__(self, url: str, folder: Path, account_id: int) -> None:
        command = [sys.executable, "-m", "tests.faults.killing", url, str(folder), str(account_id)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def __call__(self, order: Order) -> dict[str, float]:
        """Have it done, and return when what was reached, in seconds since it began."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        reached: dict[str, float] = json.loads(self._process.stdout.readline())
        return reached


def main(url: str, folder: str, account_id: str) -> None:
    """Take orders until there are no more."""
    app = create_app(make_config(url, Path(folder)))
    app.testing, limiter.enabled, app.config["WTF_CSRF_ENABLED"] = True, False, False
    client = app.test_client()
    with app.app_context():
        session = db.session()
        factories.sign_in(client, session, session.get_one(Account, int(account_id)))  # type: ignore[arg-type]
        session.commit()
        client.get("/")
        _let_go(app)

    def publish(order: Order) -> None:
        answer = client.post(f"/c/{order.slug}/synthesis/versions/{order.target}/publish")
        assert answer.status_code == 303, answer.text

    def write_file(order: Order) -> None:
        _command(
            app, synthesis_commands.synthesis, "export", order.slug, "--format", "html", "-o", order.target
        )

    def write_directory(order: Order) -> None:
        _command(app, exchange, "export-polis", order.slug, order.target)

    acts = {PUBLISH: publish, FILE: write_file, DIRECTORY: write_directory}
    for line in sys.stdin:
        order = Order(**json.loads(line))
        print(json.dumps(_killed(order, acts[order.what])), flush=True)


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _command(app: Flask, group: Group, *words: str) -> None:
    result = app.test_cli_runner().invoke(group, words)
    assert result.exit_code == 0, result.output


def _killed(order: Order, act: Callable[[Order], None]) -> Mapping[str, float]:
    """Let a fork do it, kill that `delay` seconds after it reached `since`, and return how far it came."""
    hear, tell = os.pipe()
    child = os.fork()
    if not child:
        os.close(hear)
        _do(order, act, lambda mark: os.write(tell, f"{mark} {time.monotonic()}\n".encode()))
    os.close(tell)
    marks: dict[str, str] = {}
    with os.fdopen(hear) as lines:
        for line in lines:
            mark, moment = line.split()
            marks[mark] = moment
            if mark == order.since:
                time.sleep(order.delay)
                os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return {mark: float(moment) - float(marks[BEGUN]) for mark, moment in marks.items()}


def _do(order: Order, act: Callable[[Order], None], mark: Callable[[str], object]) -> NoReturn:
    status = 1
    try:
        _mark_first_write(order, mark)
        if order.is_careless:
            _be_careless()
        mark(BEGUN)
        act(order)
        mark(DONE)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _mark_first_write(order: Order, mark: Callable[[str], object]) -> None:
    marked: list[bool] = []

    def once() -> None:
        if not marked:
            marked.append(True)
            mark(WRITING)

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith(_WRITES):
            once()

    def on_call(name: str, values: tuple[Any, ...]) -> None:
        if name in ("open", "os.mkdir") and str(values[0]).startswith(str(Path(order.target).parent)):
            once()

    if order.what == PUBLISH:
        event.listen(Engine, "before_cursor_execute", on_statement)
    else:
        sys.addaudithook(on_call)


def _be_careless() -> None:
    """Commit in the middle, and write straight to where things are to be."""

    def commit_first(session: Session, *values: Any, **more: Any) -> Any:
        session.commit()
        time.sleep(_PAUSE)
        return record(session, *values, **more)

    def write_in_place(target: Path, content: bytes) -> None:
        with target.open("wb", buffering=0) as file:
            file.write(content[:1_000])
            time.sleep(_PAUSE)
            file.write(content[1_000:])

    @contextmanager
    def in_place(target: Path, *, is_private: bool) -> Iterator[Path]:
        target.mkdir(exist_ok=True)
        yield target

    for module, name, careless in (
        (publishing, "record", commit_first),
        (synthesis_commands, "_replace_file", write_in_place),
        (polis_export, "whole_directory", in_place),
    ):
        setattr(module, name, careless)


if __name__ == "__main__":
    main(*sys.argv[1:])
