"""How long it takes to load a Polis export into an empty SQLite database.

Usage: python -m benchmarks.import_polis DIRECTORY…
"""

import sys
import tempfile
import time
from pathlib import Path

from config import Config
from deliberation.app import create_app
from deliberation.exchange.polis.queries import count_holdings
from deliberation.exchange.polis.service import import_polis
from deliberation.web.extensions import db
from deliberation.web.migrations import migrate_to_newest


def measure(export: Path) -> None:
    """Print the seconds from the files to the commit."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/import.sqlite3"
        app = create_app(Config(secret_key="for-a-benchmark-and-nothing-else", database_url=url))
        migrate_to_newest(app)
        with app.app_context():
            started = time.perf_counter()
            consultation = import_polis(db.session(), directory=export, slug="measured", title=export.name)
            db.session.commit()
            seconds = time.perf_counter() - started
            events = count_holdings(db.session(), consultation).vote_events
            print(f"{export.name}: {events} vote events in {seconds:.2f} s, {events / seconds:.0f}/s")
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        measure(Path(name))
