"""A running site with the demonstration in it: the real server, on a port of its own."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from urllib.error import URLError

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
SLUG = "alliances-and-partnerships"
CHROMIUM_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """Where the site answers, where its mails land, and how to run a command on it."""

    address: str
    folder: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> str:
        """Run `flask` with these arguments on the site's database and return what it printed."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name("flask")), "--app", "wsgi", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    def invitation(self, email: str, role: str = "facilitator") -> str:
        """Return a one-time link to a role."""
        printed = self.command("people", "invite", email, f"--{role.replace('_', '-')}", SLUG)
        found = re.search(r"http\S+/invitation/\S+", printed)
        assert found, printed
        return found[0]

    def mailed_link(self, email: str) -> str:
        """Return the link in the newest mail to this address; waits a moment for it."""
        for _ in range(50):
            mails = sorted(
                (self.folder / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True
            )
            for mail in mails:
                message = message_from_bytes(mail.read_bytes(), policy=default)
                found = re.search(r"http://\S+", message.get_content())
                if message["To"] == email and found:
                    return found[0]
            time.sleep(0.1)
        raise AssertionError(f"no mail came to {email}")


def find_chromium() -> str | None:
    """Return a Chromium on this machine."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))),
        None,
    )


@contextmanager
def running_site(folder: Path, *, demo: bool = True) -> Iterator[Site]:
    """Start the server on an empty folder and stop it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SECRET_KEY": "journeys-only-and-nothing-else-here",
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "BASE_URL": address,
        "PORT": str(port),
        "MAIL_URL": f"file://{folder}/mail",
        "LC_ALL": "C.UTF-8",
    }
    log = (folder / "server.log").open("w")
    site = Site(address, folder, environment)
    if demo:
        site.command("db", "upgrade")
        site.command("demo", "load")
    server = subprocess.Popen(
        [sys.executable, "-m", "deliberation.serve"], cwd=ROOT, env=environment, stdout=log, stderr=log
    )
    try:
        _wait_for(address, server, folder / "server.log")
        yield site
    finally:
        server.terminate()
        server.wait(10)
        log.close()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
