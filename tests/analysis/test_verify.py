"""`python -m deliberation.analysis verify`: what is equal, what differs, and what is damaged."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deliberation.analysis.__main__ import main
from deliberation.analysis.landscape import STANDARD
from deliberation.analysis.pipeline import analyse
from deliberation.analysis.verify import FORMAT
from deliberation.analysis.votes import VoteMatrix


class Set:
    """A directory with votes and the landscape that they give."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        rng = np.random.default_rng(1)
        cells = rng.integers(-1, 3, (30, 8))
        ideas = np.arange(8) * 2 + 1
        people, places = np.nonzero(cells != 2)
        matrix = VoteMatrix.of(
            people=people,
            ideas=ideas[places],
            choices=cells[people, places],
            all_ideas=ideas,
            off_map=[3],
        )
        found = analyse(matrix)
        self.entry: dict[str, Any] = {
            "thread": None,
            "ideas": ideas.tolist(),
            "off_map": [3],
            "parameters": asdict(STANDARD),
            "inputs_digest": matrix.digest,
            "digest": found.digest,
            "outcome": found.decision.outcome.value,
        }
        columns = ",".join(map(str, ideas))
        lines = [f"participant,group-id,n-comments,n-votes,n-agree,n-disagree,{columns}"]
        lines += [
            f"{person},,0,0,0,0," + ",".join("" if cell == 2 else str(cell) for cell in row)
            for person, row in enumerate(cells.tolist())
        ]
        self.write_votes("\n".join(lines) + "\n")
        self.write()

    def write_votes(self, text: str) -> None:
        self.votes = text
        (self.directory / "participant-votes.csv").write_text(text)

    def write(self, **changed: Any) -> None:
        document = {"format": FORMAT, "votes": "all", "landscapes": [self.entry | changed]}
        (self.directory / "landscape.json").write_text(json.dumps(document))


@pytest.fixture
def exported(tmp_path: Path) -> Set:
    return Set(tmp_path)


def said(exported: Set, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["verify", str(exported.directory)])
    out, err = capsys.readouterr()
    return code, out, err


def test_equal_votes_give_the_same(exported: Set, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(exported, capsys)
    assert (code, err) == (0, "")
    assert out.startswith("All threads: the same. 30 people, ")
    assert exported.entry["digest"] in out


def test_the_order_of_rows_does_not_matter(exported: Set, capsys: pytest.CaptureFixture[str]) -> None:
    header, *lines = exported.votes.splitlines()
    exported.write_votes("\n".join([header, *reversed(lines)]) + "\n")
    assert said(exported, capsys)[0] == 0


def test_one_changed_vote_is_noticed(exported: Set, capsys: pytest.CaptureFixture[str]) -> None:
    header, first, *lines = exported.votes.splitlines()
    cells = first.split(",")
    cells[6] = "-1" if cells[6] == "1" else "1"
    exported.write_votes("\n".join([header, ",".join(cells), *lines]) + "\n")
    code, out, _ = said(exported, capsys)
    assert code == 1
    assert "DIFFERS. The votes in this set are not those it was computed from." in out


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"digest": "0" * 64}, "DIFFERS. The votes are the same, the result is"),
        ({"outcome": "groups!"}, "DIFFERS. The result is"),
        ({"off_map": []}, "DIFFERS. The votes in this set"),
    ],
)
def test_a_claim_that_does_not_hold_is_told(
    exported: Set, capsys: pytest.CaptureFixture[str], changed: dict[str, Any], sentence: str
) -> None:
    exported.write(**changed)
    code, out, _ = said(exported, capsys)
    assert code == 1
    assert sentence in out


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"ideas": "all"}, "landscape.json:0: landscapes[0].ideas is not a list of whole numbers"),
        ({"ideas": [2**70]}, "landscape.json:0: landscapes[0].ideas is not a list of whole numbers"),
        ({"ideas": [1, 2]}, "participant-votes.csv:1: there is no column for comment 2"),
        ({"parameters": {}}, "landscape.json:0: landscapes[0].parameters does not name seed"),
        (
            {"parameters": asdict(STANDARD) | {"resamples": 10**9}},
            "landscape.json:0: landscapes[0].parameters.resamples is not a number of its kind",
        ),
        (
            {"parameters": asdict(STANDARD) | {"stable_from": "0.5"}},
            "landscape.json:0: landscapes[0].parameters.stable_from is not a number of its kind",
        ),
    ],
)
def test_a_damaged_landscape_is_named(
    exported: Set, capsys: pytest.CaptureFixture[str], changed: dict[str, Any], fault: str
) -> None:
    exported.write(**changed)
    code, out, err = said(exported, capsys)
    assert (code, out) == (1, "")
    assert err.startswith(fault)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "landscape.json:1: the file cannot be read as JSON"),
        ("{\n\n]", "landscape.json:3: the file cannot be read as JSON"),
        ("[]", "landscape.json:0: the file does not say that its format is"),
        ("[" * 100_000, "landscape.json:0: the file is nested too deep"),
        (json.dumps({"format": FORMAT, "landscapes": []}), "landscape.json:0: the file names no landscape"),
        (
            json.dumps({"format": FORMAT, "landscapes": [7]}),
            "landscape.json:0: landscapes[0] is not an object",
        ),
    ],
)
def test_a_broken_file_is_named(
    exported: Set, capsys: pytest.CaptureFixture[str], text: str, fault: str
) -> None:
    (exported.directory / "landscape.json").write_text(text)
    code, out, err = said(exported, capsys)
    assert (code, out) == (1, "")
    assert err.startswith(fault)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("\n3,", "\n3,,", "participant-votes.csv:5: the row has 15 fields, not 14"),
        ("\n3,,0,0,0,0,", "\n3,,0,0,0,0,x", "participant-votes.csv:5: "),
        ("n-votes", "n-ballots", "participant-votes.csv:1: the column 'n-ballots' is unknown"),
        (",15\n", ",13\n", "participant-votes.csv:1: there are no column names, or one is there twice"),
        ("\n4,", '\n"4"5,', "participant-votes.csv:6: the quotation marks are broken"),
    ],
)
def test_a_damaged_row_is_named_by_file_and_line(
    exported: Set, capsys: pytest.CaptureFixture[str], old: str, new: str, fault: str
) -> None:
    assert old in exported.votes
    exported.write_votes(exported.votes.replace(old, new, 1))
    code, out, err = said(exported, capsys)
    assert (code, out) == (1, "")
    assert err.startswith(fault)


@pytest.mark.parametrize("name", ["landscape.json", "participant-votes.csv"])
def test_a_missing_file_is_named_in_a_sentence(
    exported: Set, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (exported.directory / name).unlink()
    code, _, err = said(exported, capsys)
    assert code == 1
    assert err == f"{name}:0: the file is missing\nNothing more could be checked.\n"


def test_text_that_is_not_utf8_is_named(exported: Set, capsys: pytest.CaptureFixture[str]) -> None:
    (exported.directory / "participant-votes.csv").write_bytes(b"participant,1\n\xff,1\n")
    assert said(exported, capsys)[2].startswith("participant-votes.csv:0: the text is not valid UTF-8")
