"""How long the facilitator's desk takes with many things waiting and many votes cast; its outlook, too.

Usage: python -m benchmarks.desk [sqlite] [postgresql] [--items N] [--votes N]
"""

import argparse
import statistics
import sys
import time
from datetime import timedelta
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from benchmarks.run import database
from config import Config
from deliberation.app import create_app
from deliberation.base.clock import now
from deliberation.base.model import UtcDateTime
from deliberation.base.sessions import Sessions
from deliberation.comments.models import Comment
from deliberation.consultations.models import Consultation
from deliberation.consultations.people import Participant
from deliberation.ideas.models import Idea
from deliberation.moderation.cases import Flag
from deliberation.moderation.outlook import count_outlook
from deliberation.tags.models import IdeaTag
from deliberation.web.extensions import db
from deliberation.web.migrations import migrate_to_newest
from tests import factories
from tests.statements import statements

ITEMS: Final = 10_000
VOTES: Final = 1_000_000
VOTED_IDEAS: Final = 500
"""On so many of the ideas everybody has voted."""
TAGS: Final = 200
ROUNDS: Final = 15
PAGES: Final = ("", "?show=flagged_comment", "?show=flagged_idea&queue=100")


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--items", type=int, default=ITEMS, help="how many ideas and comments are flagged")
    parser.add_argument("--votes", type=int, default=VOTES, help="how many votes were cast before")
    arguments = parser.parse_args()
    for kind in arguments.databases:
        with database(kind) as url:
            measure(kind, url, arguments.items, arguments.votes)
    return 0


def measure(kind: str, url: str, items: int, votes: int) -> None:
    """Print the time of each page of the desk, on the clock and of this processor, and of its outlook."""
    config = Config(
        secret_key="benchmark-only-and-nothing-else", database_url=url, base_url="http://desk.test"
    )
    app = create_app(config)
    with app.app_context():
        migrate_to_newest(app)
        client = _fill(app, db.session(), items)
        _vote(db.session(), votes)
        _look_out(kind, votes)
        for page in PAGES:
            address = f"/c/the-park/desk{page}"
            with statements() as heard:
                client.get(address)
            clock, work = [], []
            for _ in range(ROUNDS):
                at, used = time.perf_counter(), time.process_time()
                client.get(address)
                clock.append(1_000 * (time.perf_counter() - at))
                work.append(1_000 * (time.process_time() - used))
            print(
                f"{kind:<11}{items} items  desk{page:<32}"
                f"{statistics.median(clock):7.1f} ms on the clock {statistics.median(work):7.1f} ms of work"
                f"  {len(heard)} statements"
            )
        db.session.remove()
        db.engine.dispose()


def _fill(app: Flask, session: Session, items: int) -> FlaskClient:
    """Flag six ideas for every four comments, every third idea by three; return a facilitator's browser."""
    consultation = factories.make_consultation(session)
    rule, facilitator = factories.make_rule(session, consultation), factories.make_account(session)
    factories.make_role(session, consultation, facilitator)
    people = [factories.make_participant(session, consultation).id for _ in range(3)]
    common = {
        "consultation_id": consultation.id,
        "author_id": people[0],
        "language": "en",
        "created_at": now(),
    }
    ideas = items * 6 // 10
    _add(
        session, Idea,
        [
            {
                **common, "thread_id": consultation.threads[0].id, "number": number, "elaboration": "",
                "elaboration_html": "", "statement": f"Plant tree number {number} by the river.",
            }
            for number in range(1, ideas + 1)
        ],
    )  # fmt: skip
    idea_ids = session.scalars(select(Idea.id).order_by(Idea.id)).all()
    _add(
        session, Comment,
        [
            {**common, "idea_id": idea_ids[number % ideas], "number": number, "body": "Why?", "body_html": ""}
            for number in range(1, items - ideas + 1)
        ],
    )  # fmt: skip
    comment_ids = session.scalars(select(Comment.id)).all()
    flag = {"consultation_id": consultation.id, "rule_id": rule.id, "note": "Look.", "created_at": now()}
    _add(
        session, Flag,
        [{**flag, "idea_id": key, "participant_id": person} for key in idea_ids
         for person in people[: 3 if key % 3 == 0 else 1]],
    )  # fmt: skip
    _add(session, Flag, [{**flag, "comment_id": key, "participant_id": people[0]} for key in comment_ids])
    client = app.test_client()
    factories.sign_in(client, session, facilitator)  # type: ignore[arg-type]
    session.commit()
    return client


def _vote(session: Session, votes: int) -> None:
    """Let enough people vote on each of some ideas, as in a consultation with as many tags as it may have."""
    consultation = session.scalars(select(Consultation)).one()
    ideas = session.scalars(select(Idea).order_by(Idea.id).limit(VOTED_IDEAS)).all()
    people = votes // len(ideas)
    person = {"consultation_id": consultation.id, "joined_at": now() - timedelta(days=3)}
    _add(session, Participant, [{**person, "number": 1_000 + serial} for serial in range(people)])
    tags = [factories.make_tag(session, consultation, f"tag-{serial}") for serial in range(TAGS)]
    _add(
        session, IdeaTag,
        [{"idea_id": idea.id, "tag_id": tag.id, "participant_id": idea.author_id, "applied_at": now()}
         for idea in ideas for tag in tags[idea.id % 7 :: 40]],
    )  # fmt: skip
    everybody = {"first": ideas[0].id, "last": ideas[-1].id, "moment": now() - timedelta(days=2)}
    crossed = (
        " FROM participants p CROSS JOIN ideas i WHERE p.number >= 1000 AND i.id BETWEEN :first AND :last"
    )
    for into in ("votes (participant_id, idea_id, choice, cast_at)",
                 "vote_events (participant_id, idea_id, choice, happened_at)"):  # fmt: skip
        written = f"INSERT INTO {into} SELECT p.id, i.id, 1, :moment{crossed}"
        session.execute(text(written).bindparams(bindparam("moment", type_=UtcDateTime())), everybody)
    session.execute(update(Idea).where(Idea.id <= ideas[-1].id).values(agrees=people, exposures=people))
    session.commit()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE"))
        session.commit()


def _look_out(kind: str, votes: int) -> None:
    """Count the outlook for the first time, and again."""
    sessions, consultation_id = Sessions(db.engine), db.session.scalars(select(Consultation.id)).one()
    db.session.remove()
    for which in ("first", "again"):
        at = time.perf_counter()
        count_outlook(sessions, consultation_id=consultation_id)
        print(f"{kind:<11}{votes} votes  outlook counted ({which}) in {time.perf_counter() - at:.2f} s")


def _add(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 2_000):
        session.execute(insert(table), rows[start : start + 2_000])


if __name__ == "__main__":
    sys.exit(main())
