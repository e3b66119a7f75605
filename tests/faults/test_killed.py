"""Killed while it publishes or exports, at any moment: all of it is there afterwards, or nothing."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from deliberation.app import create_app
from deliberation.base.database import one_moment
from deliberation.consultations.models import Consultation
from deliberation.jobs.models import Job
from deliberation.moderation.models import ActKind, ModerationAct
from deliberation.synthesis.signing import service
from deliberation.synthesis.signing.keeping import is_intact, report_of
from deliberation.synthesis.signing.models import SynthesisVersion
from deliberation.synthesis.signing.publishing import MAKE_PACKAGE
from deliberation.synthesis.writers.report import Answer, Standing
from deliberation.web.extensions import db
from tests import factories
from tests.conftest import DATABASES, make_config, make_database, migrate
from tests.faults.killing import BEGUN, DIRECTORY, DONE, FILE, PUBLISH, WRITING, Killer, Order
from tests.synthesis.signing.group import Group, draft
from tests.synthesis.writer_samples import ENGLISH

TRIALS = 20
EARLIER = {"": b"What was written before."}
Found = dict[str, bytes]


@dataclass
class Place:
    """An installation with a working group, and what kills processes on it."""

    app: Flask
    kill: Killer
    slug: str
    consultation_id: int
    members: list[int]

    def signed_version(self) -> int:
        """Propose the next version and let everybody approve; returns its number."""
        with self.app.app_context():
            session = db.session()
            consultation = session.get_one(Consultation, self.consultation_id)
            count = session.scalar(select(func.count()).select_from(SynthesisVersion))
            version = service.propose(
                session, consultation=consultation, report=draft(heading=f"After {count}"), snapshot_id=None,
                by=self.members[0],
            )  # fmt: skip
            for member in self.members:
                service.answer(session, version=version, by=member, answer=Answer.APPROVES)
            session.commit()
            return version.number

    def publish_one(self) -> None:
        """Publish a version, and nobody is killed."""
        order = Order(what=PUBLISH, slug=self.slug, target=str(self.signed_version()))
        assert DONE in self.kill(order)

    def is_published(self, number: int) -> bool | None:
        """Whether all of it is there, or nothing; None for anything between."""
        with self.app.app_context():
            session = db.session()
            wanted = select(SynthesisVersion).where(SynthesisVersion.number == number)
            # A server may not have noticed yet that the client is gone.
            session.scalars(wanted.with_for_update()).one()
            session.rollback()
            with one_moment(session):
                version = session.scalars(wanted).one()
                facts = {
                    version.published_at is not None,
                    version.closed_at is not None,
                    report_of(version, ENGLISH).standing is Standing.PUBLISHED,
                    _is_logged(session, version),
                    _is_enqueued(session, version),
                }
                intact = is_intact(version)
            feed = self.app.test_client().get(f"/c/{self.slug}/synthesis/versions.atom").text
            facts.add(f"/versions/{number}<" in feed)
        return facts.pop() if intact and len(facts) == 1 else None


def _is_logged(session: Session, version: SynthesisVersion) -> bool:
    kept = session.scalars(
        select(ModerationAct.details).where(ModerationAct.kind == ActKind.PUBLISH_SYNTHESIS)
    ).all()
    return {"version": version.number, "digest": version.digest} in kept


def _is_enqueued(session: Session, version: SynthesisVersion) -> bool:
    asked = session.scalars(select(Job.arguments).where(Job.kind == MAKE_PACKAGE)).all()
    return {"version_id": version.id} in asked


@pytest.fixture(scope="module", params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("killed")
    url = make_database(request.param, folder, "killed")
    app = create_app(make_config(url, folder))
    migrate(app)
    with app.app_context():
        session = db.session()
        group = Group(session, members=2)
        for serial in range(20):
            idea = factories.make_idea(session, group.consultation.threads[0], statement=f"Idea {serial}.")
            factories.make_vote(session, idea)
        slug, consultation_id = group.consultation.slug, group.consultation.id
        members = [member.id for member in group.members]
        session.commit()
    with Killer(url, folder, members[0]) as kill:
        yield Place(app, kill, slug, consultation_id, members)
    with app.app_context():
        db.engine.dispose()


def moments(whole: dict[str, float], trials: int, seed: int) -> Iterator[tuple[str, float]]:
    """Moments to kill at: by turns anywhere, and from the first write on; until a little after the end."""
    chance = random.Random(seed)
    for trial in range(trials):
        since = (BEGUN, WRITING)[trial % 2]
        yield since, (trial + chance.random()) / trials * 1.15 * (whole[DONE] - whole[since])


def stage(reached: dict[str, float]) -> str:
    """When it was killed."""
    return "after" if DONE in reached else "during" if WRITING in reached else "before"


def publish_and_kill(place: Place, trials: int, *, is_careless: bool) -> Counter[tuple[str, bool | None]]:
    order = Order(what=PUBLISH, slug=place.slug, target="", is_careless=is_careless)
    whole = place.kill(replace(order, target=str(place.signed_version())))
    found: Counter[tuple[str, bool | None]] = Counter()
    for since, delay in moments(whole, trials, seed=5):
        number = place.signed_version()
        again = replace(order, target=str(number))
        reached = place.kill(replace(again, since=since, delay=delay))
        state = place.is_published(number)
        found[stage(reached), state] += 1
        if state is False:
            assert DONE in place.kill(replace(again, is_careless=False))
            assert place.is_published(number)
    return found


def export_and_kill(
    place: Place, what: str, folder: Path, trials: int, *, is_careless: bool
) -> Counter[tuple[str, bool | None]]:
    """Export to where nothing is and, every other pair of times for a file, over an earlier one."""
    order = Order(what=what, slug=place.slug, target=str(folder / "whole"), is_careless=is_careless)
    whole = place.kill(order)
    wanted = content_of(folder / "whole")
    found: Counter[tuple[str, bool | None]] = Counter()
    for trial, (since, delay) in enumerate(moments(whole, trials, seed=6)):
        target = folder / f"trial-{trial}"
        before: Found = EARLIER if what == FILE and trial % 4 > 1 else {}
        if before:
            target.write_bytes(before[""])
        again = replace(order, target=str(target))
        reached = place.kill(replace(again, since=since, delay=delay))
        left = content_of(target)
        state = True if left == wanted else False if left == before else None
        found[stage(reached), state] += 1
        if state is False:
            assert DONE in place.kill(replace(again, is_careless=False))
            assert content_of(target) == wanted
    return found


def content_of(path: Path) -> Found:
    """What is at the path: a file, a directory of files, or nothing."""
    if path.is_file():
        return {"": path.read_bytes()}
    return {str(one.relative_to(path)): one.read_bytes() for one in path.rglob("*") if one.is_file()}


def is_all_or_nothing(found: Counter[tuple[str, bool | None]]) -> bool:
    """Whether nothing was half there, what was told as done was there, and kills fell within the writing."""
    assert sum(found["during", state] for state in (True, False, None)) >= found.total() // 10, found
    return all(state is not None and (when, state) != ("after", False) for when, state in found)


def test_a_version_is_published_whole_or_not_at_all(place: Place) -> None:
    found = publish_and_kill(place, TRIALS, is_careless=False)
    assert is_all_or_nothing(found), found


@pytest.mark.parametrize("what", [FILE, DIRECTORY])
def test_an_export_is_there_whole_or_not_at_all(place: Place, tmp_path: Path, what: str) -> None:
    place.publish_one()
    found = export_and_kill(place, what, tmp_path, TRIALS, is_careless=False)
    assert is_all_or_nothing(found), found


def test_one_that_commits_in_the_middle_is_caught(place: Place) -> None:
    """The control."""
    found = publish_and_kill(place, TRIALS, is_careless=True)
    assert not is_all_or_nothing(found), found


@pytest.mark.parametrize("what", [FILE, DIRECTORY])
def test_one_that_writes_in_place_is_caught(place: Place, tmp_path: Path, what: str) -> None:
    """The control."""
    place.publish_one()
    found = export_and_kill(place, what, tmp_path, TRIALS, is_careless=True)
    assert not is_all_or_nothing(found), found
