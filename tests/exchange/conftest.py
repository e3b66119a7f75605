"""A small Polis export, written anew for each test, and the way to spoil it."""

from __future__ import annotations

from pathlib import Path

import pytest

SMALL_SET = {
    "summary.csv": (
        'topic,"Shared work, shared care"\nurl,https://polis.example/1\nvoters,3\nvoters-in-conv,3\n'
        "commenters,2\ncomments,4\ngroups,0\n"
        'conversation-description,"First line.\n\nSecond, with ""quotes""."\n'
    ),
    "comments.csv": (
        "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n"
        '1500000000000,then,2,1,1,0,-1,"Moderated\nout"\n'
        "1500000001500,then,0,0,3,1,1,One page for all partners\n"
        '1500000002000,then,1,9,0,0,0,"Say ""thank you"", and mean it\n"\n'
        "1500000003000,then,5,1,0,0,-1,Nobody saw this\n"
    ),
    # Participant 1 disagreed with comment 0 before agreeing.
    "votes.csv": (
        "timestamp,datetime,comment-id,voter-id,vote\n"
        "1500000010000,then,0,0,1\n"
        "1500000020000,then,0,1,-1\n"
        "1500000030000,then,0,1,1\n"
        "1500000015000,then,0,4,1\n"
        "1500000040000,then,1,0,0\n"
        "1500000050000,then,2,4,1\n"
    ),
    "participants-votes.csv": (
        "participant,xid,group-id,n-comments,n-votes,n-agree,n-disagree,0,1,2\n"
        "0,mail@example.org,0,1,2,1,0,1,0,\n"
        "1,,,2,1,1,0,1,,\n"
        "4,,1,0,2,2,0,1,,1\n"
    ),
}


class SmallSet:
    """The export on disk. `replace` changes one passage of one file and insists that it was there."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for name, text in SMALL_SET.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.directory / name).write_text(text, encoding="utf-8", newline="")

    def replace(self, name: str, old: str, new: str) -> None:
        path = self.directory / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8", newline="")


@pytest.fixture
def small_set(tmp_path: Path) -> SmallSet:
    return SmallSet(tmp_path)


OPEN_DATA = Path(__file__).parents[3] / "shared" / "data" / "polis"


@pytest.fixture(params=["bg2050-volunteers", "scoop-hivemind.ubi", "vtaiwan.uberx"])
def open_set(request: pytest.FixtureRequest) -> Path:
    """The directory of a real conversation; the test is skipped where the data is not at hand."""
    directory = OPEN_DATA / str(request.param)
    if not directory.is_dir():
        pytest.skip("the Polis open data is not in ../shared/data/polis")
    return directory
