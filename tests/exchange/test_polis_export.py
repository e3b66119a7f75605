"""A consultation as a Polis export: the columns, the order, the quotation marks; whole or not at all."""

import csv
import http.server
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.consultations.models import Consultation
from deliberation.demo.load import load_demo
from deliberation.exchange.directory import ExportRefused
from deliberation.exchange.polis import export
from deliberation.exchange.polis.export import export_polis
from deliberation.exchange.polis.service import import_polis
from deliberation.ideas.models import Idea
from deliberation.votes.models import Choice, VoteEvent
from tests.exchange.conftest import SmallSet
from tests.exchange.test_polis_reader import rows
from tests.factories import make_consultation, make_idea, make_participant, make_vote

URL = "https://deliberation.example"
MOMENT = datetime(2026, 11, 24, 9, 30, 1, 999_999, tzinfo=UTC)
SMALL_DISK = 20_000


def export_to(session: Session, consultation: Consultation, directory: Path) -> Path:
    export_polis(session, consultation=consultation, directory=directory, base_url=URL)
    return directory


@pytest.fixture
def written(session: Session, tmp_path: Path) -> Path:
    """Two threads, two ideas, three people; one of them wrote and voted."""
    consultation = make_consultation(session, languages=("en", "sv"))
    first, second = consultation.threads
    author, other, third = (make_participant(session, consultation) for _ in range(3))
    trees = make_idea(session, first, author, 'Say "thank you", and mean it.', created_at=MOMENT)
    benches = make_idea(session, second, author, "=SUM(A1:A9)", created_at=MOMENT, hidden_at=MOMENT)
    trees.accepted_at, benches.is_meta, trees.is_seed = MOMENT, True, True
    for place, (idea, person, choice) in enumerate(
        (
            (benches, other, Choice.PASS),
            (trees, third, Choice.DISAGREE),
            (trees, author, Choice.AGREE),
            (trees, other, Choice.AGREE),
        )
    ):
        vote = make_vote(session, idea, person, choice)
        vote.cast_at = MOMENT + timedelta(hours=place)
    for event in session.scalars(select(VoteEvent)):
        event.happened_at = MOMENT
    session.flush()
    return export_to(session, consultation, tmp_path / "set")


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def test_the_summary_is_keys_and_values_in_their_order(written: Path) -> None:
    assert text_of(written / "summary.csv") == (
        'topic,"The park (en)"\n'
        "url,https://deliberation.example/c/the-park\n"
        "voters,3\nvoters-in-conv,3\ncommenters,1\ncomments,2\ngroups,0\n"
        'conversation-description,"Introduction (en)"\n'
        "vote-convention,agree=+1;disagree=-1;pass=0;format=polis-export/1\n"
    )


def test_comments_are_in_seconds_with_the_text_last_and_quoted(written: Path) -> None:
    assert text_of(written / "comments.csv") == (
        "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,is-meta,is-seed,"
        "group-informed-consensus,comment-body\n"
        "1795512601,Tue Nov 24 2026 09:30:01 GMT+0000 (Coordinated Universal Time),1,1,2,1,1,false,true,,"
        '"Say ""thank you"", and mean it."\n'
        "1795512601,Tue Nov 24 2026 09:30:01 GMT+0000 (Coordinated Universal Time),2,1,0,0,-1,true,false,,"
        '"\'=SUM(A1:A9)"\n'
    )


def test_votes_are_by_comment_then_voter(written: Path) -> None:
    when = "1795512601,Tue Nov 24 2026 09:30:01 GMT+0000 (Coordinated Universal Time)"
    assert text_of(written / "votes.csv") == (
        "timestamp,datetime,comment-id,voter-id,vote\n"
        f"{when},1,1,1\n{when},1,2,1\n{when},1,3,-1\n{when},2,2,0\n"
    )


def test_participants_have_a_column_for_each_comment(written: Path) -> None:
    assert text_of(written / "participant-votes.csv") == (
        "participant,group-id,n-comments,n-votes,n-agree,n-disagree,1,2\n"
        "1,,2,1,1,0,1,\n2,,0,2,1,0,1,0\n3,,0,1,0,1,-1,\n"
    )


def test_without_groups_comment_groups_has_the_totals(written: Path) -> None:
    assert text_of(written / "comment-groups.csv") == (
        "comment-id,comment,total-votes,total-agrees,total-disagrees,total-passes\n"
        '1,"Say ""thank you"", and mean it.",3,2,1,0\n'
        '2,"\'=SUM(A1:A9)",1,0,0,1\n'
    )


def test_the_set_warns_and_opens_to_its_owner_alone(written: Path) -> None:
    assert "facilitators' own analysis" in text_of(written / "FACILITATORS-ONLY.txt")
    assert stat.S_IMODE(written.stat().st_mode) == 0o700


def test_an_open_set_goes_out_as_it_came_in(session: Session, open_set: Path, tmp_path: Path) -> None:
    consultation = import_polis(session, directory=open_set, slug="open-set", title="An open set")
    directory = export_to(session, consultation, tmp_path / "set")
    whole = [cells(row) for row in rows(directory / "participant-votes.csv")]
    theirs = [cells(row) for row in rows(open_set / "participants-votes.csv")]
    assert sorted(whole, key=repr) == sorted(
        [row | dict.fromkeys(whole[0].keys() - row.keys(), "") for row in theirs], key=repr
    )
    assert [event(row) for row in rows(directory / "votes.csv")] == [
        event(row) for row in rows(open_set / "votes.csv")
    ]


def cells(row: dict[str, str]) -> dict[str, str]:
    return {column: cell for column, cell in row.items() if column not in ("xid", "group-id")}


def event(row: dict[str, str]) -> tuple[str, ...]:
    return (row["timestamp"][:10], row["comment-id"], row["voter-id"], row["vote"])


def test_red_dwarf_finds_the_same_counts(session: Session, tmp_path: Path) -> None:
    loader = pytest.importorskip("reddwarf.data_loader")
    consultation = load_demo(session)
    directory = export_to(session, consultation, tmp_path / "set")
    with served(directory) as address:
        found = loader.Loader(directory_url=address, is_cache_enabled=False)
    counted: dict[tuple[int, int], int] = {}
    for vote in found.votes_data:
        pair = (vote["statement_id"], int(vote["vote"]))
        counted[pair] = counted.get(pair, 0) + 1
    told = {one["statement_id"]: (one["agree_count"], one["disagree_count"]) for one in found.comments_data}
    ideas = session.scalars(select(Idea).where(Idea.consultation_id == consultation.id)).all()
    assert len(told) == len(ideas) > 100
    for idea in ideas:
        counts = [counted.get((idea.number, choice), 0) for choice in (1, -1, 0)]
        assert counts == [idea.agrees, idea.disagrees, idea.passes]
        assert told[idea.number] == (idea.agrees, idea.disagrees)


@contextmanager
def served(directory: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(directory))
    ) as server:
        threading.Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


def test_a_consultation_without_anything_is_a_set_too(session: Session, tmp_path: Path) -> None:
    directory = export_to(session, make_consultation(session), tmp_path / "set")
    assert text_of(directory / "votes.csv") == "timestamp,datetime,comment-id,voter-id,vote\n"
    assert import_polis(session, directory=directory, slug="empty", title="Empty").slug == "empty"


def test_an_empty_directory_is_taken(session: Session, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    assert (export_to(session, make_consultation(session), tmp_path / "set") / "votes.csv").exists()


@pytest.mark.parametrize("name", ["file", "full", "gone/set", "link"])
def test_what_is_in_the_way_stays(session: Session, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.csv").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ExportRefused, match=str(tmp_path)):
        export_to(session, make_consultation(session), tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "full" / "mine.csv").read_text() == "mine"


@contextmanager
def a_small_disk() -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_DISK, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_leaves_nothing_half_done(session: Session, small_set: SmallSet, tmp_path: Path) -> None:
    consultation = load_demo(session)
    session.flush()
    before = sorted(tmp_path.rglob("*"))
    with a_small_disk(), pytest.raises(ExportRefused, match="cannot be written"):
        export_to(session, consultation, tmp_path / "set")
    assert sorted(tmp_path.rglob("*")) == before
    # The same is written where there is room.
    export_to(session, consultation, tmp_path / "set")
    assert (tmp_path / "set" / "votes.csv").stat().st_size > SMALL_DISK


def test_whoever_is_interrupted_leaves_nothing(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(export, "write_companion", interrupt)
    with pytest.raises(KeyboardInterrupt):
        export_to(session, make_consultation(session), tmp_path / "set")
    assert list(tmp_path.iterdir()) == []


def test_files_can_be_read_by_any_csv_reader(written: Path) -> None:
    for path in written.rglob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            widths = {len(row) for row in csv.reader(file, strict=True)}
        assert len(widths) == 1, path.name
