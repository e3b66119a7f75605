"""Two people write in one finding at once, on real connections that commit: what was saved is never lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Barrier

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from deliberation.base.clock import now
from deliberation.base.database import engine_options, prepare_engine, writing
from deliberation.consultations.models import Phase
from deliberation.consultations.people import RoleName
from deliberation.insights.models import Snapshot, SnapshotCause
from deliberation.synthesis import findings
from deliberation.synthesis.drafting import NewerWording
from deliberation.synthesis.findings import add_finding, get_finding, write_finding
from deliberation.synthesis.models import FindingRevision, SynthesisDraft
from deliberation.tables import metadata
from tests.conftest import DATABASES, make_database
from tests.factories import make_account, make_consultation, make_role

INTERLEAVINGS = 500
AT_ONCE = 40


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = make_database(request.param, tmp_path, "drafting").replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, **engine_options(url, connections=4))
    prepare_engine(engine)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


Seen = tuple[int, str]


class Arena:
    """A draft without votes, and two members who each read a finding, write a word of theirs in and save."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with Session(engine) as session:
            consultation = make_consultation(session, "races", threads=1)
            self.consultation_id = consultation.id
            accounts = [make_account(session) for _ in range(2)]
            for account in accounts:
                make_role(session, consultation, account, RoleName.WORKING_GROUP)
            self.members = [account.id for account in accounts]
            snapshot = Snapshot(
                consultation_id=consultation.id, number=1, cause=SnapshotCause.ON_DEMAND, reason="",
                phase=Phase.GATHERING, taken_at=now(), inputs_digest="", threads={}, off_map=[], ideas=0,
                people=0, votes=0, content=b"",
            )  # fmt: skip
            session.add(snapshot)
            session.flush()
            session.add(
                SynthesisDraft(
                    consultation_id=consultation.id, snapshot_id=snapshot.id, language="en", heading="Races",
                    summary="", revision=0, last_change=0, last_finding=0, last_recommendation=0,
                    last_comment=0, created_at=now(),
                )
            )  # fmt: skip
            session.commit()

    def fresh(self) -> int:
        """Return the number of a finding that nobody has written in."""
        with self.saving() as session:
            finding = add_finding(
                session, consultation_id=self.consultation_id, by=self.members[0], thread=1, kind="remark",
                claim="begin", text="",
            )  # fmt: skip
            session.commit()
            return finding.number

    def read(self, number: int) -> Seen:
        with Session(self.engine) as session:
            _finding, current = get_finding(session, self.consultation_id, number)
            return current.number, current.claim

    def save(self, number: int, member: int, seen: Seen, word: str) -> bool:
        """Add the word to what was seen; say whether it was saved."""
        with self.saving() as session:
            try:
                write_finding(
                    session, consultation_id=self.consultation_id, number=number, by=self.members[member],
                    revision=seen[0], kind="remark", claim=f"{seen[1]} {word}", text="",
                )  # fmt: skip
            except NewerWording:
                return False
            session.commit()
            return True

    def saving(self) -> Session:
        writing.set(True)
        return Session(self.engine)

    def interleave(self, chance: Random) -> tuple[set[str], str, int]:
        """Let both read and save twice, in any order; return the words that were saved, and the text."""
        number, seen, saved = self.fresh(), {}, set[str]()
        steps = [0, 0, 0, 0, 1, 1, 1, 1]
        chance.shuffle(steps)
        done = [0, 0]
        for member in steps:
            if done[member] % 2 == 0:
                seen[member] = self.read(number)
            elif self.save(number, member, seen[member], word := f"w{member}{done[member]}"):
                saved.add(word)
            done[member] += 1
        return saved, self.read(number)[1], number


def lost_in(arena: Arena, times: int) -> tuple[int, int]:
    """Return how many saved words are missing in the end, and how many saves were refused."""
    chance, lost, refused = Random(5), 0, 0
    for _ in range(times):
        saved, text, _number = arena.interleave(chance)
        lost += sum(word not in text.split() for word in saved)
        refused += 4 - len(saved)
    return lost, refused


def test_nothing_that_was_saved_is_lost(engine: Engine) -> None:
    lost, refused = lost_in(Arena(engine), INTERLEAVINGS)
    assert lost == 0
    assert refused > INTERLEAVINGS / 4, "hardly anybody was late: this proves nothing"


def test_without_the_check_words_are_lost(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: whoever saves is taken to have seen the newest wording."""

    def blind(row: FindingRevision) -> object:
        return "the same whatever was seen"

    monkeypatch.setattr(findings.Wording, "in_row", staticmethod(blind))
    lost, refused = lost_in(Arena(engine), 40)
    assert lost > 0
    assert refused == 0


def test_of_two_who_save_in_the_same_moment_one_is_told(engine: Engine) -> None:
    arena, outcomes = Arena(engine), []
    for _ in range(AT_ONCE):
        number = arena.fresh()
        seen, start = arena.read(number), Barrier(2)

        def save(
            member: int, number: int = number, seen: tuple[int, str] = seen, start: Barrier = start
        ) -> bool:
            start.wait()
            return arena.save(number, member, seen, f"w{member}")

        with ThreadPoolExecutor(2) as pool:
            saved = list(pool.map(save, (0, 1)))
        text = arena.read(number)[1].split()
        outcomes.append(saved.count(True))
        assert [f"w{member}" in text for member in (0, 1)] == saved
    assert outcomes == [1] * AT_ONCE
